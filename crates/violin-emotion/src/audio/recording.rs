//! What everything after decoding works on.

use crate::{Error, Result, Warning};

use super::SAMPLE_RATE;

/// Mono samples at 44.1 kHz; finite and not empty.
#[derive(Debug, Clone)]
pub struct Recording {
    name: String,
    samples: Vec<f32>,
    warnings: Vec<Warning>,
}

impl Recording {
    /// A recording from samples at [`SAMPLE_RATE`], full scale ±1.
    ///
    /// # Errors
    /// `Data` if there are no samples, or one is NaN or infinite.
    pub fn new(name: impl Into<String>, samples: Vec<f32>) -> Result<Self> {
        if samples.is_empty() {
            return Err(Error::data("at least one sample", "none", "give a recording that is not empty"));
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            let found = format!("{} at sample {at}", samples[at]);
            return Err(Error::data("finite samples", found, "replace NaN and infinite samples before"));
        }
        Ok(Recording { name: name.into(), samples, warnings: Vec::new() })
    }

    pub(super) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings = warnings;
        self
    }

    /// The recording's name: the path it was read from, or what its maker called it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Mono samples at [`SAMPLE_RATE`].
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE)
    }

    /// What was noticed on the way in.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
