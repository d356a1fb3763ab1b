//! Where a command's data go: stdout or a file, whole or not at all; or a folder with one file a recording.

mod annotations;
mod rows;

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::path::Path;

use violin_emotion::{Error, WholeFile};

use crate::failure::Failure;

pub use annotations::Annotations;
pub use rows::Rows;

/// stdout, or a file that stands under its name when all of it is written.
pub enum Out {
    Stdout(Stdout),
    File(BufWriter<WholeFile>),
}

impl Out {
    /// Whether a file can be written is known before anything is heard.
    pub fn open(path: Option<&Path>) -> Result<Out, Error> {
        match path {
            Some(path) if path.is_dir() => {
                Err(Error::config("--out", "the name of a file", format!("the folder {}", path.display())))
            }
            Some(path) => Ok(Out::File(BufWriter::new(WholeFile::begin(path)?))),
            None => Ok(Out::Stdout(stdout())),
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Out::Stdout(mut stdout) => Ok(stdout.flush()?),
            Out::File(file) => Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Stdout(stdout) => stdout.write(bytes),
            Out::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Stdout(stdout) => stdout.flush(),
            Out::File(file) => file.flush(),
        }
    }
}
