//! The hybrid's settings.

use super::{ForestSettings, NetworkSettings};
use crate::error::figure;
use crate::{Error, Result};

/// Which of the restarts answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Combine {
    /// All, by their mean; each is stopped on other groups, so that together they have learned from all.
    #[default]
    Mean,
    /// The one with the least validation loss; all are stopped on the same groups.
    Best,
}

/// How features are brought to a common scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// Less the mean of the training windows, over their standard deviation.
    #[default]
    Standard,
    /// Normal scores: the quantile of the normal distribution at the share of training windows below.
    Normal,
}

/// What answers, and with which weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weighting {
    /// Networks, forests, and a low-rank ridge on summaries; the weights are learned on inner folds.
    #[default]
    Learned,
    /// Networks and forests alone, by `network_weight`: the hybrid of the notebook.
    Notebook,
}

/// The hybrid and its training.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// The network.
    pub network: NetworkSettings,
    /// The forest on the network's embedding; where several networks answer, its trees are dealt out among them.
    pub forest: ForestSettings,
    /// How features are brought to a common scale.
    pub scaling: Scaling,
    /// Networks trained from different beginnings, on each part of the features.
    pub restarts: usize,
    /// Which of them answer.
    pub combine: Combine,
    /// Share of the training side, in whole groups, that decides when to stop: one over the number of inner folds.
    pub validation_share: f64,
    /// What answers, and with which weights.
    pub weighting: Weighting,
    /// Weight of the network in the answers over time, and with `weighting = "notebook"` in all; the forest has the rest.
    pub network_weight: f32,
    /// Windows in the excerpt that answers for a moment.
    pub excerpt_windows: usize,
    /// Training recordings, at most, that the model keeps to stand for all: what answers are explained against.
    pub usual: usize,
}

impl Default for ModelSettings {
    fn default() -> Self {
        ModelSettings {
            network: NetworkSettings::default(),
            forest: ForestSettings::default(),
            scaling: Scaling::default(),
            restarts: 5,
            combine: Combine::default(),
            validation_share: 0.2,
            weighting: Weighting::default(),
            network_weight: 0.7,
            excerpt_windows: 5,
            usual: 20,
        }
    }
}

impl ModelSettings {
    /// How many restarts answer, of each part of the features.
    pub(super) fn answering(&self) -> usize {
        match self.combine {
            Combine::Mean => self.restarts,
            Combine::Best => 1,
        }
    }

    /// Inner folds of a training side.
    pub(super) fn inner_folds(&self) -> usize {
        (1.0 / self.validation_share).round() as usize
    }

    /// Trees of the forest on each answering network's embedding: all of them together, as evenly as can be.
    pub(super) fn trees(&self, feature_parts: usize) -> impl Iterator<Item = usize> {
        let (all, parts) = (self.forest.trees, self.answering() * feature_parts);
        (0..parts).map(move |part| all / parts + usize::from(part < all % parts))
    }

    /// Checks every value's range, for so many parts of the features.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self, feature_parts: usize) -> Result<()> {
        let within = |key: &str, fits: bool, expected: &str, found: f64| match fits {
            true => Ok(()),
            false => Err(Error::config(key, expected, figure(found))),
        };
        self.network.check()?;
        self.forest.check()?;
        let (share, weight) = (self.validation_share, self.network_weight);
        within("model.restarts", (1..=100).contains(&self.restarts), "1 to 100", self.restarts as f64)?;
        within("model.validation_share", share > 0.0 && share <= 0.5, "a share above 0, 0.5 at most", share)?;
        within("model.network_weight", (0.0..=1.0).contains(&weight), "0 to 1", f64::from(weight))?;
        let (trees, parts) = (self.forest.trees, self.answering() * feature_parts);
        within("model.forest.trees", trees >= parts, "at least one for each network that answers", trees as f64)?;
        let windows = self.excerpt_windows;
        within("model.excerpt_windows", (1..=1000).contains(&windows), "1 to 1000", windows as f64)?;
        within("model.usual", (1..=100).contains(&self.usual), "1 to 100", self.usual as f64)
    }
}
