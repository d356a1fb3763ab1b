//! Noise reduction by spectral gating, as `noisereduce.reduce_noise` (3.0.3) with its defaults at 44.1 kHz.
//!
//! What is quieter than a threshold of its frequency is turned down; the gains are smoothed over neighbouring frames and
//! frequencies. Two rules for the threshold: from a stretch of noise, or from what the frequency holds in the mean (Sainburg,
//! Thielk and Gentner 2020, "Finding, visualizing, and quantifying latent structure across diverse animal vocal
//! repertoires").

use super::exponential::exp;
use super::logarithm::ln;
use super::overlap_add::{OverlapAdd, Spectrum};
use super::triangle::{triangle, weighted_sum};
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

/// What is told of frames in passing: the powers of their frequencies before, and the gains they were given. Of each chunk the
/// last frame comes first.
pub trait Seen: FnMut(&[f32], &[f32]) {}
impl<F: FnMut(&[f32], &[f32])> Seen for F {}

/// One value for each frequency.
type Row = [f32; BINS];

/// How gains are told from the magnitudes of a chunk, which come twice.
trait Rule {
    /// Forgets the last chunk and makes room for so many frames.
    fn begin(&mut self, frames: usize);
    /// Hears a frame, the first one first.
    fn hear(&mut self, frame: usize, magnitudes: &Row);
    /// Gives a frame its gains, the last one first.
    fn gains(&mut self, frame: usize, magnitudes: &Row, gains: &mut Row);
}

/// The magnitude of each frequency above which something is no noise: 1.5 standard deviations above the mean level of
/// `noise`, of which the first 600,000 samples are used.
pub fn thresholds(noise: &[f32]) -> Vec<f32> {
    let noise = &noise[..noise.len().min(CHUNK)];
    let mut transform = OverlapAdd::new(FRAME);
    let frames = transform.frames(noise.len());
    let mut levels = vec![[0.0; BINS]; frames];
    let mut floor = [f32::NEG_INFINITY; BINS];
    let mut spectrum = Spectrum::new(BINS);
    for (frame, row) in levels.iter_mut().enumerate() {
        transform.spectrum(noise, frame, &mut spectrum);
        magnitudes(&spectrum, row);
        vectorised(
            #[inline(always)]
            || {
                for (level, floor) in row.iter_mut().zip(&mut floor) {
                    *level = 20.0 / std::f32::consts::LN_10 * ln(*level + EPSILON);
                    *floor = larger(*floor, *level - TOP_DB);
                }
            },
        );
    }
    let mut sums = vec![(0.0, 0.0); BINS];
    for row in &levels {
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
    in_chunks(samples, seen, Stationary { thresholds, loudest: [0.0; BINS] });
}

/// Turns down what is not far above its frequency's mean over some seconds.
pub fn nonstationary(samples: &mut [f32], seen: impl Seen) {
    let squared = MEAN_FRAMES * MEAN_FRAMES;
    let share = (((1.0 + 4.0 * squared).sqrt() - 1.0) / (2.0 * squared)) as f32;
    in_chunks(samples, seen, Nonstationary { share, means: Vec::new(), mean: [0.0; BINS] });
}

struct Stationary<'a> {
    thresholds: &'a [f32],
    loudest: Row,
}

impl Rule for Stationary<'_> {
    fn begin(&mut self, _: usize) {
        self.loudest.fill(0.0);
    }

    fn hear(&mut self, _: usize, magnitudes: &Row) {
        vectorised(
            #[inline(always)]
            || self.loudest.iter_mut().zip(magnitudes).for_each(|(loudest, here)| *loudest = larger(*loudest, *here)),
        );
    }

    fn gains(&mut self, _: usize, magnitudes: &Row, gains: &mut Row) {
        let range = 10f32.powf(-TOP_DB / 20.0);
        vectorised(
            #[inline(always)]
            || {
                let bins = magnitudes.iter().zip(&self.loudest).zip(self.thresholds);
                for (gain, ((magnitude, loudest), threshold)) in gains.iter_mut().zip(bins) {
                    // Nothing counts as further below the loudest frame than the range, so nothing may be below the threshold.
                    let above = (magnitude + EPSILON > *threshold) | ((loudest + EPSILON) * range > *threshold);
                    *gain = if above { 1.0 } else { 0.0 };
                }
            },
        );
    }
}

/// A frequency's mean goes there and back, so that it does not lag behind.
struct Nonstationary {
    share: f32,
    /// Of each frame and those before it.
    means: Vec<Row>,
    /// Of these, of a frame and those after it.
    mean: Row,
}

impl Rule for Nonstationary {
    fn begin(&mut self, frames: usize) {
        self.means.resize(frames, [0.0; BINS]);
    }

    fn hear(&mut self, frame: usize, magnitudes: &Row) {
        let (before, here) = self.means.split_at_mut(frame);
        let (before, here, share) = (before.last().unwrap_or(magnitudes), &mut here[0], self.share);
        vectorised(
            #[inline(always)]
            || {
                for (here, (before, magnitude)) in here.iter_mut().zip(before.iter().zip(magnitudes)) {
                    *here = before + share * (magnitude - before);
                }
            },
        );
    }

    fn gains(&mut self, frame: usize, magnitudes: &Row, gains: &mut Row) {
        let here = &self.means[frame];
        if frame + 1 == self.means.len() {
            self.mean = *here;
        }
        vectorised(
            #[inline(always)]
            || {
                for (mean, here) in self.mean.iter_mut().zip(here) {
                    *mean += self.share * (here - *mean);
                }
                for (gain, (magnitude, mean)) in gains.iter_mut().zip(magnitudes.iter().zip(&self.mean)) {
                    let above = (magnitude - mean) / larger(*mean, f32::MIN_POSITIVE);
                    let exponent = SLOPE * (ABOVE_MEAN - above);
                    *gain = if exponent > CLOSED { 0.0 } else { 1.0 / (1.0 + exp(exponent)) };
                }
            },
        );
    }
}

fn magnitudes(spectrum: &Spectrum, magnitudes: &mut Row) {
    vectorised(
        #[inline(always)]
        || {
            for (magnitude, (re, im)) in magnitudes.iter_mut().zip(spectrum.re.iter().zip(&spectrum.im)) {
                *magnitude = (re * re + im * im).sqrt() / WINDOW_SUM;
            }
        },
    );
}

/// Of numbers; a vector instruction, unlike the maximum that minds NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Works on a chunk at a time, with its neighbours' samples around it.
fn in_chunks(samples: &mut [f32], mut seen: impl Seen, mut rule: impl Rule) {
    let mut transform = OverlapAdd::new(FRAME);
    // A recording of more than one chunk is read as whole chunks, silence at its end.
    let length = if samples.len() > CHUNK { CHUNK } else { samples.len() };
    let mut before = vec![0.0; PADDING];
    let (mut padded, mut spectra) = (Vec::new(), Vec::new());
    let (mut here, mut smooth, mut turned_down) = ([0.0; BINS], Smooth::new(), Spectrum::new(BINS));
    for start in (0..samples.len()).step_by(CHUNK) {
        let end = samples.len().min(start + length);
        padded.clear();
        padded.extend_from_slice(&before);
        padded.extend_from_slice(&samples[start..samples.len().min(start + length + PADDING)]);
        padded.resize(length + 2 * PADDING, 0.0);
        before.copy_from_slice(&padded[length..][..PADDING]);
        let frames = transform.frames(padded.len());
        spectra.resize(frames, Spectrum::new(BINS));
        rule.begin(frames);
        for (frame, spectrum) in spectra.iter_mut().enumerate() {
            transform.spectrum(&padded, frame, spectrum);
            magnitudes(spectrum, &mut here);
            rule.hear(frame, &here);
        }
        // The first frame begins half a frame before the padding.
        padded.clear();
        padded.resize((frames - 1) * HOP + FRAME, 0.0);
        let own = (PADDING / HOP)..((PADDING + end - start) / HOP);
        // The others lie wholly in the padding, and were there for their neighbours alone.
        let reaching = (PADDING - FRAME / 2) / HOP..(PADDING + length + FRAME / 2) / HOP + 1;
        // Back from the last frame on, as the rule goes; a frame's gains are smoothed when those around it are known.
        for heard in (reaching.start - SMOOTH_FRAMES..frames).rev() {
            magnitudes(&spectra[heard], &mut here);
            rule.gains(heard, &here, smooth.next());
            smooth.over_bins();
            let frame = heard + SMOOTH_FRAMES;
            if !reaching.contains(&frame) {
                continue;
            }
            let gains = smooth.over_frames();
            let spectrum = &spectra[frame];
            if own.contains(&frame) {
                spectrum.power(&mut here);
                seen(&here, gains);
            }
            spectrum.times(gains, &mut turned_down);
            transform.add(&turned_down, &mut padded[frame * HOP..][..FRAME]);
        }
        samples[start..end].copy_from_slice(&padded[FRAME / 2 + PADDING..][..end - start]);
    }
}

/// Means under a triangle over frequencies, zeros beyond the edges, and over frames.
struct Smooth {
    padded: [f32; BINS + 2 * SMOOTH_BINS],
    /// A ring of the last rows.
    rows: [Row; 2 * SMOOTH_FRAMES + 1],
    newest: usize,
    smoothed: Row,
}

impl Smooth {
    fn new() -> Self {
        Smooth {
            padded: [0.0; BINS + 2 * SMOOTH_BINS],
            rows: [[0.0; BINS]; 2 * SMOOTH_FRAMES + 1],
            newest: 0,
            smoothed: [0.0; BINS],
        }
    }

    /// The row of the next frame, in the place of the oldest one.
    fn next(&mut self) -> &mut Row {
        self.newest = (self.newest + 1) % self.rows.len();
        &mut self.rows[self.newest]
    }

    /// Smooths the newest row.
    fn over_bins(&mut self) {
        let row = &mut self.rows[self.newest];
        self.padded[SMOOTH_BINS..][..BINS].copy_from_slice(row);
        let moved = |at: usize| self.padded[at..].first_chunk().expect("a row within the padding");
        weighted_sum(&triangle::<{ 2 * SMOOTH_BINS + 1 }>(), std::array::from_fn(moved), row);
    }

    /// The smoothed gains of the frame in the middle of the rows.
    fn over_frames(&mut self) -> &Row {
        let oldest = self.newest + 1;
        let rows = std::array::from_fn(|at| &self.rows[(oldest + at) % self.rows.len()]);
        weighted_sum(&triangle::<{ 2 * SMOOTH_FRAMES + 1 }>(), rows, &mut self.smoothed);
        &self.smoothed
    }
}
