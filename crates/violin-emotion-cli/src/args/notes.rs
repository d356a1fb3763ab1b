//! What may be said to `notes`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::report::Annotation;

#[derive(Debug, Args)]
pub struct NotesArguments {
    /// Recordings of one voice, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the notes are written
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: NotesFormat,
    /// Write here instead of stdout: a file; for audacity, textgrid, jams and svl a folder that gets one file a recording
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Lowest and highest pitch of the instrument, as C2-C6 or in Hz [default: G3-E7, a violin's]
    #[arg(long, value_name = "LOW-HIGH")]
    pub pitch_range: Option<String>,
    /// Settings as a TOML file: limits on recordings, and the pitch range
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotesFormat {
    /// One line a note; what a note does not have stays empty
    Csv,
    /// One array, one object a recording
    Json,
    /// A label track for Audacity, one label a note
    Audacity,
    /// A TextGrid for Praat: a tier of notes, one of cents
    Textgrid,
    /// JAMS, for MIR programs
    Jams,
    /// A layer of notes for Sonic Visualiser
    Svl,
    /// The rows of csv with their types, for pandas, R, DuckDB, …
    #[cfg(feature = "parquet")]
    Parquet,
}

impl NotesFormat {
    /// The format of one recording, if it is one.
    pub fn annotation(self) -> Option<Annotation> {
        match self {
            NotesFormat::Audacity => Some(Annotation::Audacity),
            NotesFormat::Textgrid => Some(Annotation::TextGrid),
            NotesFormat::Jams => Some(Annotation::Jams),
            NotesFormat::Svl => Some(Annotation::SonicVisualiser),
            _ => None,
        }
    }
}
