//! The names of the emotions, and distributions over them.

use std::sync::Arc;

use super::Scale;
use crate::{Error, Result};

/// How far a distribution's sum may stand from 1.
pub const SUM_TOLERANCE: f32 = 1e-4;

/// The emotions of a label file or a model, in its order: at least two, each named once; or the two ends of a scale.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct LabelSet {
    names: Arc<[String]>,
    scale: Option<Arc<Scale>>,
}

impl LabelSet {
    /// A label set of these names.
    ///
    /// # Errors
    /// `Data` for fewer than two names, an empty one, or one given twice.
    pub fn new(names: Vec<String>) -> Result<Self> {
        let hint = "name at least two emotions, each once";
        if names.len() < 2 {
            return Err(Error::data("at least two emotions", format!("{names:?}"), hint));
        }
        for (at, name) in names.iter().enumerate() {
            if name.trim().is_empty() || names[..at].contains(name) {
                return Err(Error::data("distinct, non-empty emotion names", format!("{name:?}"), hint));
            }
        }
        Ok(LabelSet { names: names.into(), scale: None })
    }

    /// The ends of a scale.
    ///
    /// # Errors
    /// `Data` for ends that are no numbers or not in order.
    pub fn on_scale(scale: Scale) -> Result<Self> {
        scale.check()?;
        Ok(LabelSet { names: scale.ends().into(), scale: Some(scale.into()) })
    }

    /// The scale, if its ends are what the shares are of.
    pub fn scale(&self) -> Option<&Scale> {
        self.scale.as_deref()
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of emotions, at least 2.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: a label set has at least two emotions.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl TryFrom<Vec<String>> for LabelSet {
    type Error = Error;
    fn try_from(names: Vec<String>) -> Result<Self> {
        LabelSet::new(names)
    }
}

impl From<LabelSet> for Vec<String> {
    fn from(labels: LabelSet) -> Self {
        labels.names.to_vec()
    }
}

/// One distribution over a [`LabelSet`]: each share ≥ 0, their sum 1.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftLabels {
    labels: LabelSet,
    shares: Vec<f32>,
}

impl SoftLabels {
    /// A distribution on `labels`.
    ///
    /// # Errors
    /// `Data` for a wrong number of shares, one that is negative or not finite, or a sum away from 1.
    pub fn new(labels: &LabelSet, shares: Vec<f32>) -> Result<Self> {
        let sum: f32 = shares.iter().sum();
        let fits = shares.len() == labels.len() && shares.iter().all(|share| share.is_finite() && *share >= 0.0);
        if !fits || (sum - 1.0).abs() > SUM_TOLERANCE {
            let expected = format!("{} shares ≥ 0 that sum to 1", labels.len());
            return Err(Error::data(expected, format!("{shares:?}"), "give one distribution over the emotions"));
        }
        Ok(SoftLabels { labels: labels.clone(), shares })
    }

    /// The emotions.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The shares, in the label set's order.
    pub fn shares(&self) -> &[f32] {
        &self.shares
    }

    /// The number on the scale, if the labels are one.
    pub fn value(&self) -> Option<f64> {
        self.labels.scale().map(|scale| scale.value(self.shares[0]))
    }

    /// Names and shares, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f32)> {
        self.labels.names().iter().map(String::as_str).zip(self.shares.iter().copied())
    }

    /// The emotion with the largest share; the first of equals.
    pub fn strongest(&self) -> &str {
        let mut best = 0;
        for (at, share) in self.shares.iter().enumerate() {
            if *share > self.shares[best] {
                best = at;
            }
        }
        &self.labels.names()[best]
    }
}
