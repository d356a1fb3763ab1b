//! Arguments of `audit`.

use std::path::PathBuf;

use clap::Args;

use super::{LabelArguments, ScoreFormat};

#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Folder of the recordings
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// Label file: a `filename` column and one numeric column an emotion
    #[arg(long, value_name = "CSV")]
    pub labels: PathBuf,
    #[command(flatten)]
    pub reading: LabelArguments,
    /// Settings as a TOML file: limits on recordings, what is measured, and the copies that show what a random split does
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep measured features here and find them again; `train --augment` uses the same ones
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = ScoreFormat::Table)]
    pub format: ScoreFormat,
}
