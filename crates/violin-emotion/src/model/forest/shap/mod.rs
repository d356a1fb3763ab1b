//! Exact SHAP values of a forest (Lundberg et al., "From local explanations to global understanding with explainable AI for
//! trees", 2020), all outputs at once: what `shap.TreeExplainer` computes.
//!
//! A leaf is a product of one factor a feature on its path, so its Shapley values have a closed form. Against training covers it
//! is an integral of a polynomial ([`by_cover`]), against other rows a count of rows ([`against`]).

mod against;
mod by_cover;
mod gauss;
#[cfg(test)]
mod tests;

use super::Forest;
use crate::{Error, Result};

/// How far base and values may be from the answer, of the size of what is summed: rounding of f64, many times over, also where
/// a path of 64 questions multiplies as many factors.
const COMPLETE: f64 = 1e-9;

/// What each feature adds to a forest's answer: `base` and the values of all features sum to it, output by output.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct ForestShap {
    /// The answer that is expected where no feature is known, one number an output.
    pub base: Vec<f64>,
    /// What each feature adds, in the unit of the answer: features × outputs, feature by feature.
    pub values: Vec<f64>,
}

impl ForestShap {
    /// Divides sums by how many they were.
    fn mean(mut self, count: usize) -> Self {
        self.base.iter_mut().chain(&mut self.values).for_each(|sum| *sum /= count as f64);
        self
    }

    /// Itself, if it sums to the answer.
    fn complete(self, answer: &[f64]) -> Self {
        let outputs = answer.len();
        for (output, (base, answer)) in self.base.iter().zip(answer).enumerate() {
            let values = self.values.iter().skip(output).step_by(outputs);
            let (sum, size) = values.fold((*base, base.abs()), |(sum, size), value| (sum + value, size + value.abs()));
            assert!((sum - answer).abs() <= COMPLETE * size.max(1.0), "{sum} is not the answer {answer}");
        }
        self
    }
}

impl Forest {
    /// What each feature adds to the answer to each of some rows (n × width), row by row. A feature that is not known sends
    /// a row both ways, by the training rows that went there: `tree_path_dependent` in `shap`.
    ///
    /// The values are exact but for rounding (1e-9). The time grows with n, with the forest's nodes and with half its depth;
    /// four rows take little longer than one.
    ///
    /// ```
    /// use violin_emotion::model::{Forest, ForestSettings};
    ///
    /// let rows = [0.0, 5.0, 1.0, 5.0, 2.0, 5.0, 3.0, 5.0];
    /// let settings = ForestSettings { trees: 1, bootstrap: false, ..ForestSettings::default() };
    /// let forest = Forest::fit(&rows, 2, &[1.0, 1.0, 0.0, 0.0], 1, &settings, 0)?;
    /// let shap = forest.shap(&[0.5, 5.0])?.remove(0);
    /// assert_eq!(shap.base, [0.5]);
    /// assert!((shap.values[0] - 0.5).abs() < 1e-9 && shap.values[1] == 0.0);
    /// # Ok::<(), violin_emotion::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Data` if a row is broken.
    pub fn shap(&self, rows: &[f32]) -> Result<Vec<ForestShap>> {
        self.check_rows(rows, 0)?;
        Ok(self.complete(rows, by_cover::shap(self, rows), self.trees()))
    }

    /// What each feature adds to the answer to each of some rows, over the mean answer to the rows of `background` (n × width
    /// both). A feature that is not known has the value it has in one of them; the mean is over all: `interventional` in
    /// `shap`.
    ///
    /// The values are exact but for rounding (1e-9). The time grows with the forest's nodes and both numbers of rows.
    ///
    /// # Errors
    /// `Data` if `background` is empty, or a row is broken.
    pub fn shap_against(&self, rows: &[f32], background: &[f32]) -> Result<Vec<ForestShap>> {
        self.check_rows(rows, 0)?;
        self.check_rows(background, 1)?;
        let count = background.len() / self.width * self.trees();
        Ok(self.complete(rows, against::shap(self, rows, background), count))
    }

    /// Means of sums over `count`, which give the answers to the rows.
    fn complete(&self, rows: &[f32], sums: Vec<ForestShap>, count: usize) -> Vec<ForestShap> {
        let of_one = |(sums, row): (ForestShap, &[f32])| sums.mean(count).complete(&self.answer(row));
        sums.into_iter().zip(rows.chunks_exact(self.width)).map(of_one).collect()
    }

    fn check_rows(&self, rows: &[f32], least: usize) -> Result<()> {
        if rows.len() < least * self.width || !rows.len().is_multiple_of(self.width) {
            let expected = format!("{least} or more rows of {} features", self.width);
            return Err(Error::data(expected, format!("{} numbers", rows.len()), "give whole rows"));
        }
        Ok(())
    }
}
