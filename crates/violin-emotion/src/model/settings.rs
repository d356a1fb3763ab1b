//! The hybrid's settings.

use super::{ForestSettings, NetworkSettings};
use crate::error::figure;
use crate::{Error, Result};

/// The hybrid and its training.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// The network.
    pub network: NetworkSettings,
    /// The forest on the network's embedding.
    pub forest: ForestSettings,
    /// Networks trained from different beginnings; the best on the validation part answers.
    pub restarts: usize,
    /// Share of the training side, in whole groups, that decides when to stop.
    pub validation_share: f64,
    /// Weight of the network in the answer; the forest has the rest.
    pub network_weight: f32,
    /// Windows in the excerpt that answers for a moment.
    pub excerpt_windows: usize,
}

impl Default for ModelSettings {
    fn default() -> Self {
        ModelSettings {
            network: NetworkSettings::default(),
            forest: ForestSettings::default(),
            restarts: 3,
            validation_share: 0.2,
            network_weight: 0.7,
            excerpt_windows: 5,
        }
    }
}

impl ModelSettings {
    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        let within = |key: &str, fits: bool, expected: &str, found: f64| match fits {
            true => Ok(()),
            false => Err(Error::config(key, expected, figure(found))),
        };
        self.network.check()?;
        self.forest.check()?;
        let (share, weight) = (self.validation_share, self.network_weight);
        within("model.restarts", (1..=100).contains(&self.restarts), "1 to 100", self.restarts as f64)?;
        within("model.validation_share", share > 0.0 && share < 1.0, "a share between 0 and 1", share)?;
        within("model.network_weight", (0.0..=1.0).contains(&weight), "0 to 1", f64::from(weight))?;
        let windows = self.excerpt_windows;
        within("model.excerpt_windows", (1..=1000).contains(&windows), "1 to 1000", windows as f64)
    }
}
