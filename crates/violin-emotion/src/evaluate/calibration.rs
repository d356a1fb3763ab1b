//! Do shares mean what they say? Where 0.3 is predicted, is 0.3 rated?

use serde::{Deserialize, Serialize};

/// Bins of the predicted share: [0, 0.1), [0.1, 0.2) … [0.9, 1].
pub const CALIBRATION_BINS: usize = 10;

/// What was predicted in one range of shares, and what was rated there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// How many pairs of recording and emotion fall into it, each counting by its recording's weight.
    pub weight: f64,
    /// Their mean predicted share.
    pub predicted: f64,
    /// Their mean rated share.
    pub rated: f64,
}

/// The reliability curve: all pairs of recording and emotion in [`CALIBRATION_BINS`] equal bins of the predicted share, in their
/// order; `None` for empty ones. Recording `i` counts `weights[i]` times.
pub fn calibration(
    rated: &[&[f32]],
    answers: &[&[f32]],
    weights: &[f64],
) -> [Option<CalibrationBin>; CALIBRATION_BINS] {
    let mut sums = [(0.0, 0.0, 0.0); CALIBRATION_BINS];
    for ((rated, answer), &weight) in rated.iter().zip(answers).zip(weights) {
        for (&y, &p) in rated.iter().zip(*answer) {
            let (y, p) = (f64::from(y), f64::from(p));
            // A share below 0 lands in the first bin, for casts saturate.
            let bin = &mut sums[((p * CALIBRATION_BINS as f64) as usize).min(CALIBRATION_BINS - 1)];
            *bin = (bin.0 + weight, bin.1 + weight * p, bin.2 + weight * y);
        }
    }
    sums.map(|(weight, predicted, rated)| {
        (weight > 0.0).then(|| CalibrationBin { weight, predicted: predicted / weight, rated: rated / weight })
    })
}

/// Calibration error, 0 to 1: how far the mean rated share is from the mean predicted one in a bin, in the mean over all pairs
/// (Naeini et al. 2015, of shares in place of hits). Blind answers that are right on average have none; it says nothing alone.
pub fn calibration_error(bins: &[Option<CalibrationBin>]) -> f64 {
    let total: f64 = bins.iter().flatten().map(|bin| bin.weight).sum();
    bins.iter().flatten().map(|bin| bin.weight / total * (bin.rated - bin.predicted).abs()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_fall_into_the_bins_of_their_predicted_share() {
        let rated: [&[f32]; 2] = [&[1.0, 0.0], &[0.5, 0.5]];
        let answers: [&[f32]; 2] = [&[1.0, 0.0], &[0.75, 0.25]];
        let bins = calibration(&rated, &answers, &[1.0, 2.0]);
        assert_eq!(bins[9], Some(CalibrationBin { weight: 1.0, predicted: 1.0, rated: 1.0 }));
        assert_eq!(bins[7], Some(CalibrationBin { weight: 2.0, predicted: 0.75, rated: 0.5 }));
        assert_eq!(bins[2], Some(CalibrationBin { weight: 2.0, predicted: 0.25, rated: 0.5 }));
        assert_eq!(bins[5], None);
        // Four of six pairs are off by 0.25.
        assert!((calibration_error(&bins) - 4.0 / 6.0 * 0.25).abs() < 1e-12);
    }
}
