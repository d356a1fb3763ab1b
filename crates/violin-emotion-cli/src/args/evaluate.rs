//! What `evaluate` may be asked.

use std::path::PathBuf;

use clap::Args;

use super::{CorpusArguments, ScoreFormat};

/// What a comparison does not do.
const BESIDE_COMPARISON: [&str; 6] =
    ["pieces", "permutations", "hybrid_permutations", "learning_curve", "permute_labels", "out"];

#[derive(Debug, Args)]
pub struct EvaluateArguments {
    #[command(flatten)]
    pub corpus: CorpusArguments,
    /// Folds, at least 2 and at most as many as there are groups
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub folds: usize,
    /// Deal the groups into folds so many times anew; scores are means over all times
    #[arg(long, value_name = "TIMES", default_value_t = 1)]
    pub repeat: usize,
    /// Hold each group out by itself
    #[arg(long, conflicts_with_all = ["folds", "repeat"])]
    pub leave_one_group_out: bool,
    /// Folds as they stand in a file: a `filename` column, and for each repetition a column that names the fold
    #[arg(long, value_name = "CSV", conflicts_with_all = ["folds", "repeat", "leave_one_group_out", "second_group"])]
    pub folds_file: Option<PathBuf>,
    /// A second column whose groups never stand on both sides of a split (pieces, beside performers)
    #[arg(long, value_name = "COL", requires = "group_by", conflicts_with = "leave_one_group_out")]
    pub second_group: Option<String>,
    /// Column of the pieces: the scores between pieces and within them, from take to take, are told apart
    #[arg(long, value_name = "COL")]
    pub pieces: Option<String>,
    /// Test the ridge's and the forest's score against so many permutations of the labels
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub permutations: usize,
    /// Test the hybrid's score too. Each permutation takes as long as one repetition; those that are done are kept in --out,
    /// and the same command goes on from there
    #[arg(long, value_name = "N", default_value_t = 0, requires = "out")]
    pub hybrid_permutations: usize,
    /// Judge the method with copies (as --augment) and without, on the same folds
    #[arg(long, conflicts_with_all = BESIDE_COMPARISON)]
    pub compare_augment: bool,
    /// Judge the method on the recordings as they are and with each kind of noise reduction, on the same folds
    #[arg(long, conflicts_with = "compare_augment", conflicts_with_all = BESIDE_COMPARISON)]
    pub compare_denoise: bool,
    /// Judge the method on each set of features, on the same folds
    #[arg(long, conflicts_with_all = ["compare_augment", "compare_denoise", "set"], conflicts_with_all = BESIDE_COMPARISON)]
    pub compare_sets: bool,
    /// Learn from a quarter, a half and three quarters of the training groups too: would more recordings help?
    #[arg(long)]
    pub learning_curve: bool,
    /// Shuffle the labels among the recordings first: a method that still scores has seen the answers
    #[arg(long, value_name = "SEED")]
    pub permute_labels: Option<u64>,
    /// Folder for the answers, the figures, and run.json, with which the run can be repeated
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Repeat a run as its run.json says, on the same files, and compare what comes out with it, byte by byte
    #[arg(long, value_name = "RUN.JSON", exclusive = true)]
    pub replay: Option<PathBuf>,
    /// How to print the scores
    #[arg(long, value_enum, default_value_t = ScoreFormat::Table)]
    pub format: ScoreFormat,
}
