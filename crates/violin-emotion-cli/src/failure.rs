//! Why a command did not do its work, and how that is said.

use std::io;
use std::process::ExitCode;

use violin_emotion::{Error, ErrorKind};

use crate::interrupt;

/// Why a command did not do its work.
pub enum Failure {
    /// The library's answer.
    Work(Error),
    /// stdout could not be written.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Work(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl Failure {
    /// Says what happened and what to do, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Failure::Work(error) => {
                complain(&error.to_string(), error.hint());
                let stopped = matches!(error.kind(), ErrorKind::Interrupted);
                ExitCode::from(if stopped { interrupt::EXIT_CODE } else { 1 })
            }
            // The reader has seen enough, as `head` does.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Failure::Output(error) => {
                eprintln!("error: cannot write the output: {error}");
                ExitCode::from(1)
            }
        }
    }
}

/// Says on stderr what went wrong with one recording, while the others go on.
pub fn complain(error: &str, hint: Option<&str>) {
    eprintln!("error: {}", printable(error));
    hint.iter().for_each(|hint| eprintln!("hint: {}", printable(hint)));
}

/// Words as a terminal may be given them: a stranger's name has no say over it. Lines stay lines.
pub fn printable(words: &str) -> String {
    let shown = |letter: char| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter };
    words.chars().map(shown).collect()
}
