//! What may be said to `report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::report::Annotation;
use violin_emotion::report::page::WithSound;

use super::{AnswerFormat, NotesFormat};

#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Recordings, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Folder for the pages, made if it is not there; pages of the same names are replaced
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Of two recordings, the earlier take first, write comparison.html too: both side by side, the line at the same place of the music
    #[arg(long)]
    pub compare: bool,
    /// Write the answers and the notes for other programs too, as `predict` and `notes` do; may be said several times
    #[arg(long = "format", value_enum, value_name = "FORMAT")]
    pub formats: Vec<ReportFormat>,
    /// Whether the pages hold the sound
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = SoundArgument::Short)]
    pub sound: SoundArgument,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// emotions.json and notes.json, an object a recording
    Json,
    /// emotions.csv, a row an emotion, and notes.csv, a row a note
    Tidy,
    /// Label tracks for Audacity
    Audacity,
    /// TextGrids for Praat
    Textgrid,
    /// JAMS, for MIR programs
    Jams,
    /// Layers for Sonic Visualiser
    Svl,
    /// emotions.parquet and notes.parquet, the rows of tidy with their types
    #[cfg(feature = "parquet")]
    Parquet,
}

impl ReportFormat {
    /// The format of one recording, if it is one.
    pub fn annotation(self) -> Option<Annotation> {
        match self {
            ReportFormat::Audacity => Some(Annotation::Audacity),
            ReportFormat::Textgrid => Some(Annotation::TextGrid),
            ReportFormat::Jams => Some(Annotation::Jams),
            ReportFormat::Svl => Some(Annotation::SonicVisualiser),
            _ => None,
        }
    }

    /// What `predict` and `notes` call the format that holds all recordings, if it is one, and how its files' names end.
    pub fn tables(self) -> Option<(AnswerFormat, NotesFormat, &'static str)> {
        match self {
            ReportFormat::Json => Some((AnswerFormat::Json, NotesFormat::Json, "json")),
            ReportFormat::Tidy => Some((AnswerFormat::Tidy, NotesFormat::Csv, "csv")),
            #[cfg(feature = "parquet")]
            ReportFormat::Parquet => Some((AnswerFormat::Parquet, NotesFormat::Parquet, "parquet")),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SoundArgument {
    /// That of recordings up to five minutes; the page of a longer one lets you open the file
    Short,
    /// Always: some 4 MB a minute
    Always,
    /// Never
    Never,
}

impl From<SoundArgument> for WithSound {
    fn from(sound: SoundArgument) -> Self {
        match sound {
            SoundArgument::Short => WithSound::Short,
            SoundArgument::Always => WithSound::Always,
            SoundArgument::Never => WithSound::Never,
        }
    }
}
