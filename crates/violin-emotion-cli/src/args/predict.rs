//! What may be said to `predict`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::report::Annotation;
#[cfg(feature = "parquet")]
use violin_emotion::report::Shard;

use super::InputArguments;

#[derive(Debug, Args)]
pub struct PredictArguments {
    #[command(flatten)]
    pub inputs: InputArguments,
    /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// How to print the answers [default: table]
    #[arg(long, value_enum)]
    pub format: Option<AnswerFormat>,
    /// Write here instead of stdout: a file; for audacity, textgrid, jams and svl a folder that gets one file a recording
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Answer the i-th of n parts of the recordings alone, into --out FILE.parquet; the same command goes on after a kill, and `merge`
    /// puts all parts together
    #[cfg(feature = "parquet")]
    #[arg(long, value_name = "I/N", requires = "out")]
    pub shard: Option<Shard>,
    /// Add the answer over time, which audacity, textgrid, jams and svl always have
    #[arg(long)]
    pub timeline: bool,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    Table,
    /// One row a recording; with --timeline a row for the whole (`scope` = whole), then one a moment
    Csv,
    /// One array in input order
    Json,
    /// One object a line, in input order, a few recordings at a time
    Jsonl,
    /// CSV with one row an emotion, and a column with the unit
    Tidy,
    /// A label track for Audacity: the leading emotion of each moment
    Audacity,
    /// A TextGrid for Praat: the leading emotion of each moment, and its share
    Textgrid,
    /// JAMS, for MIR programs: every share of the whole and of each moment
    Jams,
    /// Layers for Sonic Visualiser: a curve an emotion
    Svl,
    /// The rows of tidy with their types, for pandas, R, DuckDB, …
    #[cfg(feature = "parquet")]
    Parquet,
}

impl AnswerFormat {
    /// The format of one recording, if it is one.
    pub fn annotation(self) -> Option<Annotation> {
        match self {
            AnswerFormat::Audacity => Some(Annotation::Audacity),
            AnswerFormat::Textgrid => Some(Annotation::TextGrid),
            AnswerFormat::Jams => Some(Annotation::Jams),
            AnswerFormat::Svl => Some(Annotation::SonicVisualiser),
            _ => None,
        }
    }
}
