//! Key, mode, degrees, intervals: what the pitch classes of a span say.

use std::ops::Range;

use super::chroma::scaled;
use super::heard::{FRAME_RATE, Heard};
use super::statistics::{FEWEST, Sorted, mean_and_deviation};
use crate::features::Row;
use crate::features::key::{MAJOR, MINOR, best_fit};

/// A key is asked for in stretches of this length, each from the middle of the one before, seconds.
const STRETCH_S: f32 = 4.0;
/// Fewer stretches cannot tell how the key moves.
const STRETCHES: usize = 3;

/// How pitch classes fit the keys.
struct Fit {
    major: f32,
    minor: f32,
    /// The tonic of the best key, and whether it is minor.
    tonic: (usize, bool),
}

impl Fit {
    fn of(classes: &[f32; 12]) -> Self {
        let (major, minor) = (best_fit(classes, &MAJOR), best_fit(classes, &MINOR));
        let tonic = if major.0 > minor.0 { (major.1, false) } else { (minor.1, true) };
        Fit { major: major.0, minor: minor.0, tonic }
    }

    fn best(&self) -> f32 {
        self.major.max(self.minor)
    }
}

/// Puts the harmony of a span; what it needs is a pitch in four frames at least.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    let change = Sorted::of(heard.harmonic_change[frames.clone()].iter().copied());
    row.put_known("harmonic_change_mean", change.as_ref().map(Sorted::mean));
    row.put_known("harmonic_change_sd", change.as_ref().map(Sorted::deviation));
    row.put_known("harmonic_change_q90", change.as_ref().map(|change| change.quantile(0.9)));
    let Some(classes) = mean(&heard.chroma[frames.clone()]) else { return };
    let fit = Fit::of(&classes);
    row.put_known("major_fit", Some(fit.major));
    row.put_known("minor_fit", Some(fit.minor));
    row.put_known("majorness", Some(fit.major - fit.minor));
    row.put_known("key_fit", Some(fit.best()));
    put_key_course(&heard.chroma[frames.clone()], row);
    put_degrees(&classes, fit.tonic.0, row);
    row.put_all("interval_class", &intervals(&classes).unwrap_or([f32::NAN; 6]));
    row.put_known("chroma_entropy", Some(entropy(&classes)));
    put_frames(&heard.chroma[frames.clone()], row);
}

/// The mean of the frames in which a pitch sounds; `None` for fewer than four.
fn mean(chroma: &[[f32; 12]]) -> Option<[f32; 12]> {
    let mut sum = [0.0; 12];
    let mut count = 0;
    for classes in chroma.iter().filter(|classes| sounds(classes)) {
        sum.iter_mut().zip(classes).for_each(|(sum, class)| *sum += class);
        count += 1;
    }
    (count >= FEWEST).then(|| scaled(sum))
}

fn sounds(classes: &[f32; 12]) -> bool {
    classes.iter().any(|class| *class > 0.0)
}

fn put_key_course(chroma: &[[f32; 12]], row: &mut Row) {
    let length = (STRETCH_S * FRAME_RATE) as usize;
    let stretches = chroma.windows(length.min(chroma.len().max(1))).step_by(length / 2);
    let fits: Vec<Fit> = stretches.filter_map(mean).map(|classes| Fit::of(&classes)).collect();
    if chroma.len() < length || fits.len() < STRETCHES {
        return;
    }
    let deviation = |of: fn(&Fit) -> f32| {
        let values: Vec<f32> = fits.iter().map(of).collect();
        mean_and_deviation(&values, STRETCHES).map(|(_, deviation)| deviation)
    };
    row.put_known("majorness_sd", deviation(|fit| fit.major - fit.minor));
    row.put_known("key_fit_sd", deviation(Fit::best));
    let changes = fits.windows(2).filter(|pair| pair[0].tonic != pair[1].tonic).count();
    row.put_known("key_changes", Some(changes as f32 / (fits.len() - 1) as f32));
}

fn put_degrees(classes: &[f32; 12], tonic: usize, row: &mut Row) {
    let degrees: [f32; 12] = std::array::from_fn(|steps| classes[(tonic + steps) % 12]);
    row.put_all("degree", &degrees);
    let balance = |minor: usize, major: usize| {
        let both = degrees[minor] + degrees[major];
        (both > 0.0).then(|| (degrees[major] - degrees[minor]) / both)
    };
    row.put_known("third_balance", balance(3, 4));
    row.put_known("sixth_balance", balance(8, 9));
    row.put_known("seventh_balance", balance(10, 11));
}

/// Shares of the intervals between pitch classes, from a semitone to a tritone; `None` if only one sounds.
fn intervals(classes: &[f32; 12]) -> Option<[f32; 6]> {
    let pairs = |steps: usize| (0..12).map(|class| classes[class] * classes[(class + steps) % 12]).sum::<f32>();
    let mut shares: [f32; 6] = std::array::from_fn(|at| pairs(at + 1));
    // A tritone is met from both its ends.
    shares[5] /= 2.0;
    let sum: f32 = shares.iter().sum();
    (sum > 0.0).then(|| shares.map(|share| share / sum))
}

/// 0 for one pitch class, 1 for all twelve alike.
fn entropy(classes: &[f32; 12]) -> f32 {
    let terms = classes.iter().filter(|class| **class > 0.0).map(|class| -class * class.ln());
    terms.sum::<f32>() / 12f32.ln()
}

fn put_frames(chroma: &[[f32; 12]], row: &mut Row) {
    let sounding = || chroma.iter().filter(|classes| sounds(classes));
    let entropies = Sorted::of(sounding().map(entropy));
    row.put_known("chroma_entropy_frames", entropies.as_ref().map(Sorted::mean));
    row.put_known("chroma_entropy_frames_sd", entropies.as_ref().map(Sorted::deviation));
    let (mut sum, mut count) = ([0.0; 6], 0);
    for intervals in sounding().filter_map(intervals) {
        sum.iter_mut().zip(intervals).for_each(|(sum, share)| *sum += share);
        count += 1;
    }
    if count >= FEWEST {
        row.put_all("interval_class_frames", &sum.map(|sum| sum / count as f32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(classes: &[usize]) -> [f32; 12] {
        let mut weights = [0.0; 12];
        classes.iter().for_each(|class| weights[*class] = 1.0);
        scaled(weights)
    }

    #[test]
    fn a_triad_has_its_intervals_in_every_key() {
        for tonic in 0..12 {
            let triad = weights(&[tonic, (tonic + 4) % 12, (tonic + 7) % 12]);
            let found = intervals(&triad).expect("three classes");
            for (found, expected) in found.into_iter().zip([0.0, 0.0, 1.0, 1.0, 1.0, 0.0]) {
                assert!((found - expected / 3.0).abs() < 1e-6, "{found}");
            }
        }
        assert_eq!(intervals(&weights(&[5])), None);
    }

    #[test]
    fn entropy_goes_from_one_class_to_twelve() {
        assert_eq!(entropy(&weights(&[3])), 0.0);
        let all: Vec<usize> = (0..12).collect();
        assert!((entropy(&weights(&all)) - 1.0).abs() < 1e-6);
    }
}
