//! Features to a common scale: minus the mean, over the standard deviation, of the training windows.

use crate::{Error, Result};

/// Mean and scale of each feature, fitted on the training windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaler {
    means: Vec<f32>,
    scales: Vec<f32>,
}

impl Scaler {
    /// Fits on all windows of the training recordings, each windows × `features`, row by row.
    ///
    /// The standard deviation is the population one. A missing value (NaN) counts for nothing; a feature that never
    /// varies by more than its own rounding gets scale 1, and one without a single value mean 0.
    ///
    /// # Errors
    /// `Data` for no window at all, a broken row or an infinite value.
    pub fn fit(recordings: &[&[f32]], features: usize) -> Result<Self> {
        let numbers: usize = recordings.iter().map(|rows| rows.len()).sum();
        if features == 0 || numbers == 0 || recordings.iter().any(|rows| rows.len() % features != 0) {
            let found = format!("{numbers} numbers in {} recordings", recordings.len());
            return Err(Error::data(
                format!("windows of {features} features"),
                found,
                "give whole windows, at least one",
            ));
        }
        let rows = || recordings.iter().flat_map(|rows| rows.chunks_exact(features));
        let mut counts = vec![0u32; features];
        let mut means = vec![0.0f64; features];
        for row in rows() {
            for (feature, &value) in row.iter().enumerate() {
                if value.is_infinite() {
                    let found = format!("{value} in feature {feature}");
                    return Err(Error::data("finite features, or NaN for a missing one", found, "measure it again"));
                }
                if !value.is_nan() {
                    counts[feature] += 1;
                    means[feature] += f64::from(value);
                }
            }
        }
        means.iter_mut().zip(&counts).for_each(|(mean, &count)| *mean /= f64::from(count.max(1)));
        let mut squares = vec![0.0f64; features];
        for row in rows() {
            for ((square, mean), &value) in squares.iter_mut().zip(&means).zip(row) {
                if !value.is_nan() {
                    *square += (f64::from(value) - mean).powi(2);
                }
            }
        }
        let scales = squares.iter().zip(&counts).zip(&means).map(|((square, &count), mean)| {
            let deviation = (square / f64::from(count.max(1))).sqrt();
            let rounding = f64::from(f32::EPSILON) * mean.abs();
            let scale = deviation as f32;
            if deviation > rounding && scale.is_normal() { scale } else { 1.0 }
        });
        let scales = scales.collect();
        Ok(Scaler { means: means.into_iter().map(|mean| mean as f32).collect(), scales })
    }

    /// A scaler from what [`Scaler::means`] and [`Scaler::scales`] gave.
    ///
    /// # Errors
    /// `Data` for lengths that differ or are 0, a mean that is not finite, a scale that is not finite and above 0.
    pub fn from_parts(means: Vec<f32>, scales: Vec<f32>) -> Result<Self> {
        let fits =
            means.iter().all(|mean| mean.is_finite()) && scales.iter().all(|scale| scale.is_finite() && *scale > 0.0);
        if means.is_empty() || means.len() != scales.len() || !fits {
            let expected = "one finite mean and one finite scale above 0 a feature";
            let found = format!("{} means and {} scales, or a number out of range", means.len(), scales.len());
            return Err(Error::data(expected, found, "the scaler is damaged: train the model again"));
        }
        Ok(Scaler { means, scales })
    }

    /// The training windows' means, one a feature.
    pub fn means(&self) -> &[f32] {
        &self.means
    }

    /// What deviations are divided by, one a feature.
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// Standardises windows × features, row by row. A missing value (NaN) becomes 0, the training windows' mean.
    ///
    /// # Errors
    /// `Data` for a broken row or an infinite value.
    pub fn standardise(&self, rows: &[f32]) -> Result<Vec<f32>> {
        let features = self.means.len();
        if !rows.len().is_multiple_of(features) {
            let found = format!("{} numbers", rows.len());
            return Err(Error::data(format!("windows of {features} features"), found, "give whole windows"));
        }
        let places = self.means.iter().zip(&self.scales).cycle();
        let scaled = rows.iter().zip(places).map(|(value, (mean, scale))| match (value - mean) / scale {
            missing if missing.is_nan() => 0.0,
            scaled => scaled,
        });
        let scaled: Vec<f32> = scaled.collect();
        match scaled.iter().position(|value| value.is_infinite()) {
            None => Ok(scaled),
            Some(bad) => {
                let found = format!("{} in window {}, feature {}", rows[bad], bad / features, bad % features);
                Err(Error::data("finite features, or NaN for a missing one", found, "measure the recording again"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a few f32 operations on numbers near 1.
    const TOLERANCE: f32 = 1e-6;

    #[test]
    fn training_windows_get_mean_0_and_deviation_1() {
        let (one, two) = ([1.0, 10.0, 3.0, 20.0], [5.0, 60.0]);
        let scaler = Scaler::fit(&[&one, &two], 2).expect("a fit");
        assert_eq!(scaler.means(), [3.0, 30.0]);
        let expected = [(8.0f32 / 3.0).sqrt(), (1400.0f32 / 3.0).sqrt()];
        assert!(
            scaler.scales().iter().zip(expected).all(|(scale, expected)| (scale / expected - 1.0).abs() < TOLERANCE)
        );
        let scaled = scaler.standardise(&one).expect("whole windows");
        assert!(
            (scaled[0] + 2.0 / expected[0]).abs() < TOLERANCE && (scaled[3] + 10.0 / expected[1]).abs() < TOLERANCE
        );
    }

    #[test]
    fn a_constant_feature_is_only_centred() {
        let rows = [0.1, 5e8, 0.1, 5e8, 0.1, 5e8];
        let scaler = Scaler::fit(&[&rows], 2).expect("a fit");
        assert_eq!(scaler.scales(), [1.0, 1.0]);
        assert!(scaler.standardise(&rows).expect("whole windows").iter().all(|value| *value == 0.0));
    }

    #[test]
    fn a_missing_value_counts_for_nothing_and_becomes_the_mean() {
        let rows = [1.0, f32::NAN, f32::NAN, f32::NAN, 3.0, f32::NAN];
        let scaler = Scaler::fit(&[&rows], 2).expect("a fit");
        assert_eq!((scaler.means(), scaler.scales()), ([2.0, 0.0].as_slice(), [1.0, 1.0].as_slice()));
        assert_eq!(scaler.standardise(&rows).expect("whole windows"), [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn what_cannot_be_scaled_is_refused() {
        assert!(Scaler::fit(&[], 2).is_err());
        assert!(Scaler::fit(&[&[1.0, 2.0, 3.0]], 2).is_err());
        assert!(Scaler::fit(&[&[1.0, f32::INFINITY]], 2).is_err());
        let scaler = Scaler::from_parts(vec![0.0, 0.0], vec![1.0, 2.0]).expect("parts that fit");
        assert!(scaler.standardise(&[1.0]).is_err());
        let error = scaler.standardise(&[0.0, 1.0, f32::NEG_INFINITY, 1.0]).expect_err("an infinite value");
        assert!(error.to_string().ends_with("found -inf in window 1, feature 0"), "{error}");
        for (means, scales) in
            [(vec![0.0], vec![0.0]), (vec![f32::NAN], vec![1.0]), (vec![0.0], vec![]), (vec![], vec![])]
        {
            assert!(Scaler::from_parts(means, scales).is_err());
        }
    }
}
