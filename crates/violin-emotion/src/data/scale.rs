//! One number between two ends, such as valence from 1 to 9, as a distribution over its ends.

use crate::{Error, Result};

/// A column of numbers between two ends, such as valence from 1 to 9.
///
/// It is learned as a distribution over its ends: a value has so large a share of the upper one as it lies above the lower, and
/// the rest of the lower one. R² and the correlation of that share are those of the scale itself.
///
/// ```
/// use violin_emotion::data::Scale;
/// let valence = Scale { column: "valence".into(), least: 1.0, most: 9.0 };
/// assert_eq!(valence.ends(), ["high valence", "low valence"]);
/// assert_eq!(valence.value(0.75), 7.0);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The column.
    pub column: String,
    /// Its least value.
    pub least: f64,
    /// Its largest value.
    pub most: f64,
}

impl Scale {
    /// The names of its ends, the upper one first.
    pub fn ends(&self) -> [String; 2] {
        ["high", "low"].map(|end| format!("{end} {}", self.column))
    }

    /// The number that a share of the upper end stands for.
    pub fn value(&self, share: f32) -> f64 {
        self.least + f64::from(share) * (self.most - self.least)
    }

    /// # Errors
    /// `Data` for ends that are no numbers or not in order.
    pub(super) fn check(&self) -> Result<()> {
        if self.least.is_finite() && self.most.is_finite() && self.least < self.most {
            return Ok(());
        }
        let found = format!("{} to {}", self.least, self.most);
        Err(Error::data("a scale that rises from its least to its largest value", found, "write --scale valence=1..9"))
    }
}
