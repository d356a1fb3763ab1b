//! Tempo: the lag at which the onsets repeat.

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use super::vectorised::vectorised;
use realfft::num_complex::Complex64;
use realfft::{RealFftPlanner, RealToComplex};

/// Onset strengths a second: 44.1 kHz, every 512 samples.
const FRAME_RATE: f64 = 44_100.0 / 512.0;
/// Lags looked at: eight seconds, in whole frames. An odd number.
const LAGS: usize = 689;
/// Tempo above which nothing is believed, beats a minute.
const FASTEST: f64 = 320.0;
/// Tempo believed most, beats a minute; half as believable one octave away (in the sense of a normal distribution of sd 1).
const LIKELIEST: f64 = 120.0;

/// Points of the transform: room for the autocorrelation of a window, and twice its length, so that the window's cosine
/// falls on the second bin.
const POINTS: usize = 2 * LAGS;
/// Bins needed, and two more on either side for the window.
const BINS: usize = POINTS / 2 + 1;
const PADDED: usize = BINS + 4;
/// Sums kept apart when adding up energy.
const SUMS: usize = 8;

/// The tempo of an onset curve, as `librosa.beat.beat_track` gives it (without the beats).
///
/// Around every frame, eight seconds of the curve under a Hann window are correlated with themselves and divided by
/// their energy; the mean of these over all frames, weighted by a log-normal belief around 120, has its peak at the
/// period of the beat (Grosche, Müller and Kurth 2010, "Cyclic tempogram"; Ellis 2007, "Beat tracking by dynamic
/// programming").
///
/// Neighbouring windows differ by a sample at each end, so their spectra follow from one another, and all the squared
/// spectra are added up before a single transform back.
pub struct TempoEstimator {
    fft: Arc<dyn RealToComplex<f64>>,
    window_squared: Vec<f64>,
    belief: Vec<f64>,
    turn: Spectrum,
    spectrum: Spectrum,
    power: Vec<f64>,
    curve: Vec<f64>,
    points: Vec<f64>,
    bins: Vec<Complex64>,
    scratch: Vec<Complex64>,
}

/// Real and imaginary parts of bins −2, −1, 0 … 691.
struct Spectrum {
    re: Vec<f64>,
    im: Vec<f64>,
}

impl TempoEstimator {
    /// An estimator ready for any length of curve.
    pub fn new() -> Self {
        let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / LAGS as f64).cos();
        let mut window_squared: Vec<f64> = (0..LAGS).map(|n| hann(n) * hann(n)).collect();
        window_squared.resize(LAGS.next_multiple_of(SUMS), 0.0);
        let belief = |lag: usize| {
            let tempo = tempo_at(lag);
            if tempo < FASTEST { -0.5 * (tempo / LIKELIEST).log2().powi(2) } else { f64::NEG_INFINITY }
        };
        let angle = |bin: usize| PI * (bin as f64 - 2.0) / LAGS as f64;
        let fft = RealFftPlanner::new().plan_fft_forward(POINTS);
        TempoEstimator {
            points: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
            window_squared,
            belief: (0..LAGS).map(belief).collect(),
            turn: Spectrum {
                re: (0..PADDED).map(|bin| angle(bin).cos()).collect(),
                im: (0..PADDED).map(|bin| angle(bin).sin()).collect(),
            },
            spectrum: Spectrum { re: vec![0.0; PADDED], im: vec![0.0; PADDED] },
            power: vec![0.0; BINS],
            curve: Vec::new(),
        }
    }

    /// Beats a minute of a curve of one onset strength (≥ 0) every 512 samples at 44.1 kHz; 0 if no onset is in it.
    pub fn estimate(&mut self, strength: &[f32]) -> f32 {
        if strength.iter().all(|value| *value == 0.0) {
            return 0.0;
        }
        self.correlate(strength);
        let score = |lag: usize| (1e6 * self.correlation(lag).max(0.0)).ln_1p() + self.belief[lag];
        let (mut best, mut best_score) = (1, f64::NEG_INFINITY);
        for lag in 1..LAGS {
            let score = score(lag);
            if score > best_score {
                (best, best_score) = (lag, score);
            }
        }
        tempo_at(best) as f32
    }

    /// The windows' autocorrelations, each divided by its value at lag 0, averaged over the frames.
    fn correlate(&mut self, strength: &[f32]) {
        self.fill_curve(strength);
        self.begin();
        self.power.fill(0.0);
        for start in 0..strength.len() {
            let energy = self.energy(start);
            if energy > 0.0 {
                let weight = 1.0 / (energy * strength.len() as f64);
                add_power(&self.spectrum, weight, &mut self.power);
            }
            step(&mut self.spectrum, &self.turn, self.curve[start], self.curve[start + LAGS]);
        }
        // The spectrum is real and even: a transform forwards is one backwards.
        self.points[..BINS].copy_from_slice(&self.power);
        for (mirrored, power) in self.points[BINS..].iter_mut().rev().zip(&self.power[1..]) {
            *mirrored = *power;
        }
        self.transform();
    }

    /// What [`Self::correlate`] found at a lag.
    fn correlation(&self, lag: usize) -> f64 {
        self.bins[lag].re / POINTS as f64
    }

    fn transform(&mut self) {
        let done = self.fft.process_with_scratch(&mut self.points, &mut self.bins, &mut self.scratch);
        done.expect("buffers of the planned length");
    }

    /// The curve with half a window at either end, in which it falls to zero in a straight line.
    fn fill_curve(&mut self, strength: &[f32]) {
        let half = LAGS / 2;
        let (first, last) = (f64::from(strength[0]), f64::from(strength[strength.len() - 1]));
        let ramp = |step: usize| step as f64 / half as f64;
        self.curve.clear();
        self.curve.extend((0..half).map(|n| first * ramp(n)));
        self.curve.extend(strength.iter().map(|value| f64::from(*value)));
        self.curve.extend((0..half).rev().map(|n| last * ramp(n)));
        // Read beyond the last window, and never used.
        self.curve.resize(self.curve.len() + SUMS, 0.0);
    }

    /// The spectrum of the first window, without the window's shape.
    fn begin(&mut self) {
        self.points[..LAGS].copy_from_slice(&self.curve[..LAGS]);
        self.points[LAGS..].fill(0.0);
        self.transform();
        for place in 0..PADDED {
            // Bins beyond the ends are their mirrors, conjugated.
            let bin = place as isize - 2;
            let (bin, sign) = match bin {
                ..0 => (-bin, -1.0),
                _ if bin as usize >= BINS => (POINTS as isize - bin, -1.0),
                _ => (bin, 1.0),
            };
            self.spectrum.re[place] = self.bins[bin as usize].re;
            self.spectrum.im[place] = sign * self.bins[bin as usize].im;
        }
    }

    /// Energy of the windowed curve from `start` on.
    fn energy(&self, start: usize) -> f64 {
        let curve = &self.curve[start..];
        vectorised(
            #[inline(always)]
            || {
                let mut sums = [0.0; SUMS];
                let weights = self.window_squared.chunks_exact(SUMS);
                for (values, weights) in curve.chunks_exact(SUMS).zip(weights) {
                    for (sum, (value, weight)) in sums.iter_mut().zip(values.iter().zip(weights)) {
                        *sum += value * value * weight;
                    }
                }
                sums.iter().sum()
            },
        )
    }
}

impl Default for TempoEstimator {
    fn default() -> Self {
        Self::new()
    }
}

/// Beats a minute, one every `lag` frames.
fn tempo_at(lag: usize) -> f64 {
    60.0 * FRAME_RATE / lag as f64
}

/// Adds the squared spectrum of the windowed curve: the Hann window is ½ of a bin less ¼ of the second on either side.
fn add_power(spectrum: &Spectrum, weight: f64, power: &mut [f64]) {
    vectorised(
        #[inline(always)]
        || {
            let windowed = |part: &[f64]| 0.5 * part[2] - 0.25 * (part[0] + part[4]);
            let parts = spectrum.re.windows(5).zip(spectrum.im.windows(5));
            for (power, (re, im)) in power.iter_mut().zip(parts) {
                let (re, im) = (windowed(re), windowed(im));
                *power += weight * (re * re + im * im);
            }
        },
    );
}

/// From a window's spectrum to that of the window one later: one value leaves, one comes in, and the origin moves on.
/// The new value is half the transform's length away from the old one, where odd bins change sign.
fn step(spectrum: &mut Spectrum, turn: &Spectrum, leaving: f64, coming: f64) {
    vectorised(
        #[inline(always)]
        || {
            let changes = [coming - leaving, -coming - leaving];
            let turns = turn.re.chunks_exact(2).zip(turn.im.chunks_exact(2));
            let bins = spectrum.re.chunks_exact_mut(2).zip(spectrum.im.chunks_exact_mut(2));
            for ((re, im), (cosine, sine)) in bins.zip(turns) {
                for n in 0..2 {
                    let changed = re[n] + changes[n];
                    (re[n], im[n]) = (changed * cosine[n] - im[n] * sine[n], changed * sine[n] + im[n] * cosine[n]);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of sums of some 700 double-precision terms.
    const ROUNDING: f64 = 1e-10;

    /// The definition, window by window and lag by lag.
    fn slow(strength: &[f32]) -> Vec<f64> {
        let mut estimator = TempoEstimator::new();
        estimator.fill_curve(strength);
        let mut mean = vec![0.0; LAGS];
        for start in 0..strength.len() {
            let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / LAGS as f64).cos();
            let part: Vec<f64> = (0..LAGS).map(|n| window(n) * estimator.curve[start + n]).collect();
            let correlate = |lag: usize| -> f64 { part[lag..].iter().zip(&part).map(|(a, b)| a * b).sum() };
            let energy = correlate(0);
            for (lag, mean) in mean.iter_mut().enumerate() {
                *mean += if energy > 0.0 { correlate(lag) / energy / strength.len() as f64 } else { 0.0 };
            }
        }
        mean
    }

    fn clicks(period: f64, frames: usize) -> Vec<f32> {
        let mut strength = vec![0.0; frames];
        let mut at = 5.0;
        while (at as usize) < frames {
            strength[at as usize] = 10.0;
            at += period;
        }
        strength
    }

    #[test]
    fn equal_to_correlating_window_by_window() {
        let mut curves: Vec<Vec<f32>> = vec![clicks(20.0, 44), clicks(33.3, 259), vec![1.0; 60]];
        curves.push((0..259).map(|n| ((n * n) as f32 * 0.1).sin().max(0.0)).collect());
        for strength in curves {
            let mut estimator = TempoEstimator::new();
            estimator.correlate(&strength);
            for (lag, slow) in slow(&strength).into_iter().enumerate() {
                let found = estimator.correlation(lag);
                assert!((found - slow).abs() < ROUNDING, "lag {lag} of {} frames: {found} for {slow}", strength.len());
            }
        }
    }

    #[test]
    fn clicks_at_a_known_tempo_are_heard_at_it() {
        let mut estimator = TempoEstimator::new();
        for lag in [30usize, 43, 52, 60] {
            let found = estimator.estimate(&clicks(lag as f64, 600));
            assert_eq!(found, tempo_at(lag) as f32, "lag {lag}");
        }
    }

    #[test]
    fn no_onset_no_tempo() {
        assert_eq!(TempoEstimator::new().estimate(&[0.0; 259]), 0.0);
    }
}
