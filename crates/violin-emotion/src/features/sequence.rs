//! What the model sees of a recording: one row of features a window, in time order.

use super::Catalog;
use crate::{Error, Result, Warning};

/// The part of a recording one window covers, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// Begin, seconds from the recording's start.
    pub start_s: f64,
    /// End, seconds from the recording's start.
    pub end_s: f64,
}

/// Windows × features; time is axis 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    width: usize,
    spans: Vec<Span>,
    values: Vec<f32>,
    warnings: Vec<Warning>,
}

impl Sequence {
    /// A sequence from its windows and their values, row by row.
    ///
    /// # Panics
    /// If `values` does not hold one row of `catalog` a span, or there is no span.
    pub fn new(catalog: &Catalog, spans: Vec<Span>, values: Vec<f32>) -> Self {
        assert!(!spans.is_empty(), "a sequence has at least one window");
        assert_eq!(values.len(), spans.len() * catalog.len(), "one row a window");
        Sequence { width: catalog.len(), spans, values, warnings: Vec::new() }
    }

    /// The same sequence with what was noticed while it was measured.
    pub(super) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// Checks that every value is a number, or missing (NaN) where `catalog` says that it may be.
    ///
    /// # Errors
    /// `Data` for another number of features than the catalog's, or the first value that is neither.
    pub fn check(&self, catalog: &Catalog) -> Result<()> {
        let features = catalog.len();
        if self.width != features {
            let hint = "measure the recording with the model's own settings";
            return Err(Error::data(format!("{features} features a window"), self.width.to_string(), hint));
        }
        let is_wrong = |(at, value): (usize, &f32)| {
            !(value.is_finite() || value.is_nan() && catalog.may_be_missing(at % features))
        };
        if let Some(at) = self.values.iter().enumerate().position(is_wrong) {
            let (window, feature) = (at / features, &catalog.names()[at % features]);
            let found = format!("{} for `{feature}` in window {window}", self.values[at]);
            return Err(Error::data("finite features", found, "check the recording for damage"));
        }
        Ok(())
    }

    /// What was noticed while it was measured: too short for a window, not the one bowed voice that was listened for.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Number of windows, at least 1.
    pub fn windows(&self) -> usize {
        self.spans.len()
    }

    /// Number of features.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The window's place in the recording.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// One window's features, in catalog order.
    pub fn row(&self, window: usize) -> &[f32] {
        &self.values[window * self.width..][..self.width]
    }

    /// One feature's values, window after window, those left out in which it could not be measured.
    pub fn known(&self, column: usize) -> impl Iterator<Item = f64> {
        let values = self.values[column..].iter().step_by(self.width);
        values.copied().filter(|value| !value.is_nan()).map(f64::from)
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}
