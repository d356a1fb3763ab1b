//! Peaks → pitch classes, and how they move.

use std::f64::consts::TAU;

use crate::dsp::tonnetz::centroid;

/// What a partial counts for its own pitch class, against a pitch: the third and fifth partials of a tone are not its chord.
pub(super) const PARTIAL: f32 = 0.3;
/// Frames on either side whose pitch classes are compared: a fifth of a second.
const REACH: usize = 8;

/// How far the peaks (pitch, weight) lie from the tempered pitches on the whole, semitones in ±0.5: the direction of their mean
/// on a circle of one semitone.
pub(super) fn tuning(peaks: &[(f32, f32)]) -> f32 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (pitch, weight) in peaks {
        let (s, c) = (TAU * f64::from(*pitch)).sin_cos();
        sine += f64::from(*weight) * s;
        cosine += f64::from(*weight) * c;
    }
    (sine.atan2(cosine) / TAU) as f32
}

/// Weights of the pitch classes, C first, of sum 1; all 0 without a peak. A peak between two pitches counts for both.
pub(super) fn classes(peaks: &[(f32, f32)], tuning: f32) -> [f32; 12] {
    let mut classes = [0.0; 12];
    for (pitch, weight) in peaks {
        let place = (pitch - tuning).rem_euclid(12.0);
        let (below, share) = (place as usize, place.fract());
        classes[below % 12] += weight * (1.0 - share);
        classes[(below + 1) % 12] += weight * share;
    }
    scaled(classes)
}

/// The same weights of sum 1.
pub(super) fn scaled(classes: [f32; 12]) -> [f32; 12] {
    let sum: f32 = classes.iter().sum();
    if sum > 0.0 { classes.map(|class| class / sum) } else { classes }
}

/// The way of the tonal centroid from the fifth of a second before each frame to that after it (C. Harte, M. Sandler and
/// M. Gasser 2006, "Detecting harmonic change in musical audio"); NaN where nothing sounds on one of the sides.
pub(super) fn harmonic_change(chroma: &[[f32; 12]]) -> Vec<f32> {
    let place = |from: usize, to: usize| {
        let mut sum = [0.0f32; 12];
        for classes in &chroma[from..to] {
            sum.iter_mut().zip(classes).for_each(|(sum, class)| *sum += class);
        }
        let sum = scaled(sum).map(f64::from);
        sum.iter().any(|class| *class > 0.0).then(|| centroid(&sum))
    };
    let way = |at: usize| {
        let before = place(at.saturating_sub(REACH), at)?;
        let after = place(at, (at + REACH).min(chroma.len()))?;
        let square: f64 = before.iter().zip(after).map(|(before, after)| (before - after).powi(2)).sum();
        Some(square.sqrt() as f32)
    };
    (0..chroma.len()).map(|at| way(at).unwrap_or(f32::NAN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_classes_of_their_own_tuning() {
        let peaks: Vec<(f32, f32)> = [60.0, 64.0, 67.0].map(|pitch| (pitch - 0.31, 1.0)).to_vec();
        let found = tuning(&peaks);
        assert!((found + 0.31).abs() < 1e-3, "{found}");
        let classes = classes(&peaks, found);
        assert!([0, 4, 7].iter().all(|class| (classes[*class] - 1.0 / 3.0).abs() < 1e-3), "{classes:?}");
        assert_eq!(super::classes(&[], 0.0), [0.0; 12]);
    }

    #[test]
    fn the_harmony_moves_where_the_chord_changes() {
        let one = classes(&[(60.0, 1.0), (64.0, 1.0), (67.0, 1.0)], 0.0);
        let other = classes(&[(61.0, 1.0), (65.0, 1.0), (68.0, 1.0)], 0.0);
        let change = harmonic_change(&[[one; 20], [other; 20]].concat());
        let most = (1..40).max_by(|a, b| change[*a].total_cmp(&change[*b]));
        assert_eq!(most, Some(20));
        // The first frame has nothing before it.
        assert!(change[0].is_nan() && [1, 10, 30].iter().all(|at| change[*at] < 1e-6), "{change:?}");
    }
}
