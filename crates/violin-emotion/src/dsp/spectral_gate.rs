//! Noise reduction by spectral gating, as `noisereduce.reduce_noise` (3.0.3) with its defaults at 44.1 kHz.
//!
//! What is quieter than a threshold of its frequency is turned down; the gains are smoothed over neighbouring frames and
//! frequencies. Two rules for the threshold: from a stretch of noise, or from what the frequency holds in the mean (Sainburg,
//! Thielk and Gentner 2020, "Finding, visualizing, and quantifying latent structure across diverse animal vocal
//! repertoires").

use std::collections::VecDeque;

use realfft::num_complex::Complex32;

use super::logarithm::ln;
use super::overlap_add::OverlapAdd;
use super::vectorised::vectorised;

/// Samples of a frame.
pub const FRAME: usize = 1024;
/// Frequencies of a frame.
const BINS: usize = FRAME / 2 + 1;
/// Samples from one frame to the next.
const HOP: usize = FRAME / 4;
/// Samples that are worked on together, and those read beyond on either side.
const CHUNK: usize = 600_000;
const PADDING: usize = 30_000;

/// The sum of the window: magnitudes are those of sines.
const WINDOW_SUM: f32 = FRAME as f32 / 2.0;
/// Added to magnitudes so that silence has a level.
const EPSILON: f32 = f64::EPSILON as f32;
/// What is further below a frequency's loudest frame counts as so far below, dB.
const TOP_DB: f32 = 80.0;
/// Standard deviations from the mean level of noise to the threshold.
const DEVIATIONS: f32 = 1.5;

/// Frames of the time constant of a frequency's mean: 2 s.
const MEAN_FRAMES: f64 = 2.0 * 44_100.0 / HOP as f64;
/// So many times the mean above it the gain is a half, and how fast it goes from 0 to 1 there.
const ABOVE_MEAN: f32 = 2.0;
const SLOPE: f32 = 10.0;
/// Where the exponent of a gain is above this, it is 0 in single precision.
const CLOSED: f32 = 17.0;

/// The gains are smoothed by triangles: half their width in frequencies (500 Hz) and frames (50 ms).
const SMOOTH_BINS: usize = 5;
const SMOOTH_FRAMES: usize = 8;

/// What is told of frames in passing: their spectrum before, and the gains they were given.
pub trait Seen: FnMut(&[Complex32], &[f32]) {}
impl<F: FnMut(&[Complex32], &[f32])> Seen for F {}

/// The spectra and gains of a chunk, frame by frame.
struct Chunk {
    spectra: Vec<Complex32>,
    gains: Vec<f32>,
}

/// The magnitude of each frequency above which something is no noise: 1.5 standard deviations above the mean level of
/// `noise`, of which the first 600,000 samples are used.
pub fn thresholds(noise: &[f32]) -> Vec<f32> {
    let noise = &noise[..noise.len().min(CHUNK)];
    let mut transform = OverlapAdd::new(FRAME);
    let frames = transform.frames(noise.len());
    let mut levels = vec![0.0; frames * BINS];
    for frame in 0..frames {
        let spectrum = transform.spectrum(noise, frame);
        let row = &mut levels[frame * BINS..][..BINS];
        vectorised(
            #[inline(always)]
            || row.iter_mut().zip(&*spectrum).for_each(|(level, bin)| *level = level_db(magnitude(bin))),
        );
    }
    let mut floor = vec![f32::NEG_INFINITY; BINS];
    for row in levels.chunks_exact(BINS) {
        floor.iter_mut().zip(row).for_each(|(floor, level)| *floor = floor.max(level - TOP_DB));
    }
    let mut sums = vec![(0.0, 0.0); BINS];
    for row in levels.chunks_exact(BINS) {
        for ((sum, square), (level, floor)) in sums.iter_mut().zip(row.iter().zip(&floor)) {
            let level = f64::from(level.max(*floor));
            (*sum, *square) = (*sum + level, *square + level * level);
        }
    }
    let threshold = |(sum, square): (f64, f64)| {
        let mean = sum / frames as f64;
        let deviation = (square / frames as f64 - mean * mean).max(0.0).sqrt();
        10f64.powf((mean + f64::from(DEVIATIONS) * deviation) / 20.0) as f32
    };
    sums.into_iter().map(threshold).collect()
}

/// Silences what stays below the [`thresholds`] of noise.
pub fn stationary(samples: &mut [f32], thresholds: &[f32], seen: impl Seen) {
    in_chunks(samples, seen, |chunk| {
        let mut loudest = vec![0f32; BINS];
        let magnitudes = chunk.gains.chunks_exact_mut(BINS).zip(chunk.spectra.chunks_exact(BINS));
        for (gains, spectrum) in magnitudes {
            for ((gain, bin), loudest) in gains.iter_mut().zip(spectrum).zip(&mut loudest) {
                *gain = magnitude(bin);
                *loudest = loudest.max(*gain);
            }
        }
        let range = 10f32.powf(-TOP_DB / 20.0);
        let limits: Vec<f32> = loudest
            .iter()
            .zip(thresholds)
            // Nothing counts as further below the loudest frame than the range, so nothing may be below the threshold.
            .map(
                |(loudest, threshold)| {
                    if (loudest + EPSILON) * range > *threshold { f32::NEG_INFINITY } else { *threshold }
                },
            )
            .collect();
        for gains in chunk.gains.chunks_exact_mut(BINS) {
            for (gain, limit) in gains.iter_mut().zip(&limits) {
                *gain = f32::from(u8::from(*gain + EPSILON > *limit));
            }
        }
    });
}

/// Turns down what is not far above its frequency's mean over some seconds.
pub fn nonstationary(samples: &mut [f32], seen: impl Seen) {
    let squared = MEAN_FRAMES * MEAN_FRAMES;
    let share = (((1.0 + 4.0 * squared).sqrt() - 1.0) / (2.0 * squared)) as f32;
    let mut means = Vec::new();
    in_chunks(samples, seen, |chunk| {
        means.resize(chunk.spectra.len(), 0.0);
        vectorised(
            #[inline(always)]
            || means.iter_mut().zip(&chunk.spectra).for_each(|(mean, bin)| *mean = magnitude(bin)),
        );
        let last = means.len() / BINS - 1;
        // There and back, so that the mean does not lag behind.
        for frame in 1..=last {
            let (before, here) = means[(frame - 1) * BINS..].split_at_mut(BINS);
            here.iter_mut().zip(before).for_each(|(here, before)| *here = *before + share * (*here - *before));
        }
        for frame in (0..last).rev() {
            let (here, after) = means[frame * BINS..].split_at_mut(BINS);
            here.iter_mut().zip(after).for_each(|(here, after)| *here = *after + share * (*here - *after));
        }
        for ((gain, bin), mean) in chunk.gains.iter_mut().zip(&chunk.spectra).zip(&means) {
            let above = (magnitude(bin) - mean) / mean.max(f32::MIN_POSITIVE);
            let exponent = SLOPE * (ABOVE_MEAN - above);
            *gain = if exponent > CLOSED { 0.0 } else { 1.0 / (1.0 + exponent.exp()) };
        }
    });
}

#[inline(always)]
fn magnitude(bin: &Complex32) -> f32 {
    bin.norm_sqr().sqrt() / WINDOW_SUM
}

#[inline(always)]
fn level_db(magnitude: f32) -> f32 {
    20.0 / std::f32::consts::LN_10 * ln(magnitude + EPSILON)
}

/// Works on a chunk at a time, with its neighbours' samples around it: `rule` makes gains of its spectra.
fn in_chunks(samples: &mut [f32], mut seen: impl Seen, mut rule: impl FnMut(&mut Chunk)) {
    let mut transform = OverlapAdd::new(FRAME);
    // A recording of more than one chunk is read as whole chunks, silence at its end.
    let length = if samples.len() > CHUNK { CHUNK } else { samples.len() };
    let mut before = vec![0.0; PADDING];
    let mut chunk = Chunk { spectra: Vec::new(), gains: Vec::new() };
    for start in (0..samples.len()).step_by(CHUNK) {
        let end = samples.len().min(start + length);
        let mut padded = before.clone();
        padded.extend_from_slice(&samples[start..samples.len().min(start + length + PADDING)]);
        padded.resize(length + 2 * PADDING, 0.0);
        before.copy_from_slice(&padded[padded.len() - 2 * PADDING..padded.len() - PADDING]);
        let frames = transform.frames(padded.len());
        chunk.spectra.clear();
        (0..frames).for_each(|frame| chunk.spectra.extend_from_slice(transform.spectrum(&padded, frame)));
        chunk.gains.resize(frames * BINS, 0.0);
        rule(&mut chunk);
        smooth(&mut chunk.gains);
        // The first frame begins half a frame before the padding.
        padded.clear();
        padded.resize((frames - 1) * HOP + FRAME, 0.0);
        let own = (PADDING / HOP)..((PADDING + end - start) / HOP);
        let rows = chunk.spectra.chunks_exact_mut(BINS).zip(chunk.gains.chunks_exact(BINS));
        for (frame, (spectrum, gains)) in rows.enumerate() {
            if own.contains(&frame) {
                seen(spectrum, gains);
            }
            spectrum.iter_mut().zip(gains).for_each(|(bin, gain)| *bin *= *gain);
            transform.add(spectrum, &mut padded[frame * HOP..][..FRAME]);
        }
        samples[start..end].copy_from_slice(&padded[FRAME / 2 + PADDING..][..end - start]);
    }
}

/// Means under a triangle over frequencies and frames; zeros beyond the edges.
fn smooth(gains: &mut [f32]) {
    let weights = |half: usize| -> Vec<f32> {
        let height = |at: usize| (half + 1 - at.abs_diff(half)) as f32 / ((half + 1) * (half + 1)) as f32;
        (0..2 * half + 1).map(height).collect()
    };
    let (over_bins, over_frames) = (weights(SMOOTH_BINS), weights(SMOOTH_FRAMES));
    let mut padded = vec![0.0; BINS + 2 * SMOOTH_BINS];
    for row in gains.chunks_exact_mut(BINS) {
        padded[SMOOTH_BINS..][..BINS].copy_from_slice(row);
        row.fill(0.0);
        vectorised(
            #[inline(always)]
            || {
                for (at, weight) in over_bins.iter().enumerate() {
                    row.iter_mut().zip(&padded[at..]).for_each(|(sum, gain)| *sum += weight * gain);
                }
            },
        );
    }
    // A ring of the rows as they were: the one that leaves is no longer needed where it stood.
    let frames = gains.len() / BINS;
    let mut rows: VecDeque<Vec<f32>> = (0..=SMOOTH_FRAMES).map(|_| vec![0.0; BINS]).collect();
    rows.extend((0..SMOOTH_FRAMES).map(|frame| gains[frame * BINS..][..BINS].to_vec()));
    for frame in 0..frames {
        let mut oldest = rows.pop_front().expect("a full ring");
        match frame + SMOOTH_FRAMES < frames {
            true => oldest.copy_from_slice(&gains[(frame + SMOOTH_FRAMES) * BINS..][..BINS]),
            false => oldest.fill(0.0),
        }
        rows.push_back(oldest);
        let sums = &mut gains[frame * BINS..][..BINS];
        sums.fill(0.0);
        vectorised(
            #[inline(always)]
            || {
                for (row, weight) in rows.iter().zip(&over_frames) {
                    sums.iter_mut().zip(row).for_each(|(sum, gain)| *sum += weight * gain);
                }
            },
        );
    }
}
