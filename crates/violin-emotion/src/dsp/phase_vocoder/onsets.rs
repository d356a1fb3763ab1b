//! Where something begins, for the phase vocoder: to a fraction of a hop, for all phases are set from there.

use std::f64::consts::TAU;

use super::super::frame_transform::{FrameTransform, Spectrum};
use super::super::logarithm::ln;
use super::super::vectorised::vectorised;
use super::frames::around;

/// Samples of a frame: 23 ms at 44.1 kHz.
const FRAME: usize = 1024;
/// Samples from one frame's centre to the next.
const HOP: usize = 256;
/// A magnitude of a thousandth of the loudest possible one counts half as much as is usual for spectra seen as levels: noise
/// far below the music begins nothing.
const COMPRESSION: f32 = 1000.0;
/// How much the spectrum must rise, against its mean rise around (0.12 s to either side).
const ABOVE_MEAN: f32 = 1.5;
const AROUND: usize = 20;
/// And in absolute terms: nepers, the mean over all frequencies.
const LEAST_RISE: f32 = 0.05;
/// The spectrum, seen as levels, rises most while a beginning is still so far ahead of a frame's centre, samples: the mean
/// over beginnings that are there at once.
const AHEAD: f64 = 300.0;
/// Frames within which only the steepest rise is an onset: 50 ms.
const APART: usize = 8;

/// Onsets in rising order, samples, at least 50 ms apart.
pub(super) fn onsets(samples: &[f32]) -> Vec<f64> {
    let rises = rises(samples);
    let mut sums = vec![0.0f64; rises.len() + 1];
    for (at, rise) in rises.iter().enumerate() {
        sums[at + 1] = sums[at] + f64::from(*rise);
    }
    let around = |at: usize, reach: usize| at.saturating_sub(reach)..(at + reach + 1).min(rises.len());
    let is_onset = |&at: &usize| {
        let wide = around(at, AROUND);
        let mean = ((sums[wide.end] - sums[wide.start]) / wide.len() as f64) as f32;
        let here = rises[at];
        // Of equal ones the first.
        let steepest = around(at, APART).all(|other| rises[other] < here || rises[other] == here && other >= at);
        here > LEAST_RISE && here > ABOVE_MEAN * mean && steepest
    };
    let place = |at: usize| (at as f64 + top(&rises, at)) * HOP as f64 + AHEAD;
    (1..rises.len().saturating_sub(1)).filter(is_onset).map(place).collect()
}

/// The top of the parabola through three values, from the middle one.
fn top(values: &[f32], at: usize) -> f64 {
    let [below, here, above] = [values[at - 1], values[at], values[at + 1]].map(f64::from);
    let curvature = below - 2.0 * here + above;
    if curvature < 0.0 { 0.5 * (below - above) / curvature } else { 0.0 }
}

/// How much the compressed spectrum rises from the frame before to the frame after each, the mean over all frequencies.
fn rises(samples: &[f32]) -> Vec<f32> {
    let loudest = samples.iter().fold(0.0f32, |loudest, sample| loudest.max(sample.abs()));
    let frames = samples.len() / HOP + 1;
    let mut rises = vec![0.0; frames];
    if loudest < f32::MIN_POSITIVE {
        return rises;
    }
    // A sine of amplitude a has a magnitude of a quarter of the frame times a.
    let scale = (COMPRESSION / (loudest * FRAME as f32 / 4.0)).powi(2);
    let mut transform = FrameTransform::new(FRAME);
    // Half the window, as the transform gives twice the spectrum.
    let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos();
    let window: Vec<f32> = (0..FRAME).map(|n| (0.5 * hann(n)) as f32).collect();
    let (mut edge, mut spectrum) = (vec![0.0f32; FRAME], Spectrum::new(FRAME / 2 + 1));
    let mut levels = [(); 3].map(|()| vec![0.0f32; FRAME / 2 + 1]);
    for number in 0..frames {
        transform.forward(around(samples, (number * HOP) as i64, &mut edge), &window, &mut spectrum);
        levels.rotate_left(1);
        let [before, _, after] = &mut levels;
        let rise = vectorised(
            #[inline(always)]
            || rise(&spectrum, scale, before, after),
        );
        if number >= 2 {
            rises[number - 1] = rise / after.len() as f32;
        }
    }
    rises
}

/// Fills the levels `after` from a spectrum; the sum of their rises above those `before`.
#[inline(always)]
fn rise(spectrum: &Spectrum, scale: f32, before: &[f32], after: &mut [f32]) -> f32 {
    for (level, (re, im)) in after.iter_mut().zip(spectrum.re.iter().zip(&spectrum.im)) {
        *level = ln(1.0 + (scale * (re * re + im * im)).sqrt());
    }
    let mut lanes = [0.0f32; 16];
    for (before, after) in before.chunks(16).zip(after.chunks(16)) {
        for (lane, (before, after)) in lanes.iter_mut().zip(before.iter().zip(after)) {
            let difference = after - before;
            *lane += if difference > 0.0 { difference } else { 0.0 };
        }
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a hop: an onset is a rise over some time.
    const NEAR: f64 = 128.0;

    #[test]
    fn bursts_begin_where_they_begin_and_nothing_else_does() {
        let begins = [20_000, 31_234, 60_001];
        let burst = |n: usize, begin: usize| match n.checked_sub(begin) {
            Some(after) => (after as f32 * 0.0627).sin() * (-(after as f32) / 6_000.0).exp(),
            None => 0.0,
        };
        let samples: Vec<f32> = (0..88_200).map(|n| begins.iter().map(|&begin| burst(n, begin)).sum()).collect();
        let found = onsets(&samples);
        assert_eq!(found.len(), begins.len(), "{found:?}");
        for (found, begin) in found.iter().zip(begins) {
            assert!((found - begin as f64).abs() < NEAR, "{found} for {begin}");
        }
        assert!(onsets(&vec![0.0; 88_200]).is_empty() && onsets(&[0.5]).is_empty());
    }
}
