//! What may be said to `explain` and `compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::data::Scale;

use super::SetArgument;

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Recordings, or folders of them
    #[arg(required_unless_present = "corpus", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// What to compare with: `corpus`, the recordings that the model was trained on; or a recording, or a folder of them
    #[arg(long, value_name = "corpus|PATH", default_value = "corpus")]
    pub reference: PathBuf,
    #[command(flatten)]
    pub groups: GroupArguments,
    /// Ask what the model would answer if one feature were otherwise and all else as it was played:
    /// vibrato_extent_cents=+50%, =+5 (that much more), =30 (so much in the mean), or =10..60 (a curve); may be given several
    /// times
    #[arg(long, value_name = "FEATURE=CHANGE")]
    pub what_if: Vec<String>,
    /// How to print the explanations
    #[arg(long, value_enum, default_value_t = ExplanationFormat::Table)]
    pub format: ExplanationFormat,
    /// Add the explanation of every moment's answer, some seconds a window
    #[arg(long)]
    pub timeline: bool,
    /// Write figures (SVG) into this folder: a curve for each --what-if from one value to another, and what --corpus found
    #[arg(long, value_name = "DIR")]
    pub figures: Option<PathBuf>,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    #[command(flatten, next_help_heading = "Across a corpus")]
    pub across: AcrossArguments,
}

/// What matters across a corpus, instead of in single recordings.
#[derive(Debug, Args)]
pub struct AcrossArguments {
    /// Folder of labelled recordings: each is explained by a model that never heard its group
    #[arg(long, value_name = "DIR", requires = "labels", conflicts_with_all = ["paths", "model", "reference", "timeline", "what_if", "group", "within"])]
    pub corpus: Option<PathBuf>,
    /// Label file: a `filename` column and one numeric column an emotion
    #[arg(long, value_name = "CSV")]
    pub labels: Option<PathBuf>,
    /// Column whose groups (performers, pieces) never stand on both sides of a split
    #[arg(long, value_name = "COL", requires = "corpus")]
    pub group_by: Option<String>,
    /// Emotion columns, where they cannot be told from the others
    #[arg(long, value_name = "A,B,…", value_delimiter = ',', requires = "corpus")]
    pub emotions: Option<Vec<String>>,
    /// A scale instead of emotions (valence, arousal): its column, and what it goes from and to
    #[arg(long, value_name = "COL=LEAST..MOST", value_parser = super::target_scale, requires = "corpus", conflicts_with_all = ["emotions", "normalise_labels"])]
    pub scale: Option<Scale>,
    /// Rescale rows that do not sum to 1 instead of refusing them
    #[arg(long, requires = "corpus")]
    pub normalise_labels: bool,
    /// What is measured [default: violin+music]
    #[arg(long, value_name = "SET", requires = "corpus")]
    pub set: Option<SetArgument>,
    /// Settings as a TOML file, as `train` takes it
    #[arg(long, value_name = "FILE", requires = "corpus")]
    pub config: Option<PathBuf>,
    /// Folds, at least 2 and at most as many as there are groups
    #[arg(long, value_name = "K", default_value_t = 5, requires = "corpus")]
    pub folds: usize,
    /// Training recordings that each one is compared with; more say it more exactly and take longer
    #[arg(long, value_name = "N", default_value_t = 5, requires = "corpus")]
    pub against: usize,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 0, requires = "corpus")]
    pub seed: u64,
    /// Keep measured features here, so that the next run starts at once
    #[arg(long, value_name = "DIR", requires = "corpus")]
    pub cache: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The take to compare with: an earlier one, a teacher's
    #[arg(value_name = "TAKE")]
    pub before: PathBuf,
    /// The take that is compared
    #[arg(value_name = "OTHER")]
    pub after: PathBuf,
    /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    #[command(flatten)]
    pub groups: GroupArguments,
    /// How to print the comparison; json is one object
    #[arg(long, value_enum, default_value_t = ExplanationFormat::Table)]
    pub format: ExplanationFormat,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

/// What is asked about together, and what one by one.
#[derive(Debug, Args)]
pub struct GroupArguments {
    /// Put parts of the playing together under a name, or single features (docs/features.md) apart: tone=brightness+bow_noise
    /// takes the place of both; may be given several times
    #[arg(long, value_name = "NAME=PART+…")]
    pub group: Vec<String>,
    /// Say also what each feature inside this part adds; may be given several times. Each feature doubles the time
    #[arg(long, value_name = "GROUP")]
    pub within: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplanationFormat {
    Table,
    /// For scripts, see docs/analysis-json.md
    Json,
}
