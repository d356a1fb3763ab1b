//! CSV and folder → [`Dataset`]: labels, groups, splits.

mod columns;
mod copies;
mod corpus;
mod dataset;
mod files;
mod labels;
mod noticed;
mod plan;
mod problems;
pub mod ratings;
mod report;
mod rows;
mod scale;
mod search;
mod splits;
mod table;
mod training_side;

pub use corpus::{Corpus, Measured};
pub use dataset::{Column, Dataset, LabelOptions, LabelledRecording, permute_labels, read_labels};
pub use labels::{LabelSet, SoftLabels};
pub use plan::Plan;
pub use report::{EmotionSource, IgnoredColumn, LabelReport};
pub use scale::Scale;
pub use splits::{Split, check_groups, checked_folds, folds, holdout};
pub use training_side::{Copies, InnerFold, TrainingSide};
