//! CSV and folder → dataset: labels, groups, splits.

mod labels;

pub use labels::{LabelSet, SoftLabels};
