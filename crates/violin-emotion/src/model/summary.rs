//! What a model says of its own making: the data, the fits, the honest scores.

use indexmap::IndexMap;

use super::{Blend, Margins};

/// One row of a score table.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Scores {
    /// Whose answers: `mean label`, `ridge`, `forest`, `network`, `forest on embedding`, `hybrid`.
    pub name: String,
    /// Mean of [`Scores::r2`] over the emotions that have one.
    pub mean_r2: Option<f64>,
    /// Mean Jensen–Shannon divergence, nats.
    pub js: f64,
    /// Share of the recordings whose strongest emotion was named.
    pub accuracy: f64,
    /// Coefficient of determination by emotion; none where the rated shares do not vary.
    pub r2: IndexMap<String, Option<f64>>,
}

/// What a model was trained on, and how it went.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSummary {
    /// Recordings the model was fitted on.
    pub recordings: usize,
    /// Whether nobody played them and a rule labelled them: `violin-emotion render` did.
    pub rendered: bool,
    /// Copies of them, with one thing otherwise, that were learned from too.
    #[serde(default)]
    pub copies: usize,
    /// Groups they belong to.
    pub groups: usize,
    /// Windows of the recordings in all.
    pub windows: usize,
    /// Seed of every random choice.
    pub seed: u64,
    /// The processor's instructions that arithmetic used: with others the last bits differ, and training makes more of that.
    pub instruction_set: String,
    /// One entry a restart on the first part of the features, then on the next.
    pub restarts: Vec<Restart>,
    /// The restarts that answer, in rising order: all, or of each part of the features the best on the validation part.
    pub answering: Vec<usize>,
    /// What each part has to say in the answer to a whole recording.
    pub blend: Blend,
    /// For each part of the features its ridge's penalty for each component of the answers, the one with most of the variance
    /// first; none without ridges.
    pub ridge_penalties: Vec<Vec<f64>>,
    /// How far rated shares may lie from the answer to a whole recording.
    pub margins: Margins,
    /// Scores on recordings of groups that the scored model had not seen.
    pub scores: Vec<Scores>,
    /// Whether the model was fitted again, on all recordings, after it was scored.
    pub refitted: bool,
}

/// How one network's training went.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Passes over the training recordings.
    pub epochs: usize,
    /// The pass whose weights were kept.
    pub best_epoch: usize,
    /// Cross-entropy on the validation part with these weights, nats.
    pub validation_loss: f32,
}
