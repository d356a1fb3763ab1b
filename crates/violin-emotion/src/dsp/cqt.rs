//! The constant-Q transform: 36 bins an octave, seven octaves up from C1, every 512 samples at 44.1 kHz.

use std::f64::consts::{SQRT_2, TAU};
use std::sync::{Arc, OnceLock};

use pulp::{Arch, Simd, WithSimd};
use realfft::num_complex::{Complex32, Complex64};
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::FftPlanner;

use super::decimate::Decimator;

/// Bins of an octave.
pub const BINS_PER_OCTAVE: usize = 36;
/// Bins in all.
pub const BINS: usize = OCTAVES * BINS_PER_OCTAVE;

const OCTAVES: usize = 7;
/// Samples from frame to frame in the highest octave, at half the sample rate.
const TOP_HOP: usize = 256;
const TOP_RATE: f64 = 22_050.0;
/// C1, in Hz.
const LOWEST: f64 = 32.703_195_662_574_83;
/// Samples of a frame, in every octave.
const FRAME: usize = 1024;
/// The share of a filter's absolute spectrum that is dropped, smallest values first.
const SPARSITY: f64 = 0.01;

/// Constant-Q magnitudes, as `librosa.cqt` of 252 bins, 36 an octave, at 44.1 kHz and hop 512.
///
/// Each octave is the one above at half the sample rate, so one filter bank of the highest octave serves all
/// (Schörkhuber and Klapuri 2010, "Constant-Q transform toolbox for music processing").
pub struct ConstantQ {
    decimator: Decimator,
    octave: Vec<f32>,
    next: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Frames × the spectrum's bins that some filter hears.
    heard: Vec<f32>,
    magnitudes: Vec<f32>,
}

impl ConstantQ {
    /// A transform ready for any length of signal.
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME);
        ConstantQ {
            // The signal is kept at equal power, as it has half as many samples.
            decimator: Decimator::new(SQRT_2 as f32),
            octave: Vec::new(),
            next: Vec::new(),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
            heard: Vec::new(),
            magnitudes: Vec::new(),
        }
    }

    /// Magnitudes of a signal at 44.1 kHz: frames × 252, C1 first; frame t is centred at sample 512 t.
    ///
    /// `tuning` is in parts of a bin, −0.5 to 0.5, and is rounded to hundredths: each hundredth's filters are made once.
    ///
    /// # Panics
    /// If the signal is empty or `tuning` out of its range.
    pub fn magnitudes(&mut self, samples: &[f32], tuning: f32) -> &[f32] {
        assert!(!samples.is_empty(), "a signal");
        let bank = bank(tuning);
        let frames = frames(samples.len());
        self.magnitudes.resize(frames * BINS, 0.0);
        self.decimator.halve(samples, &mut self.octave);
        for octave in 0..OCTAVES {
            self.hear(frames, TOP_HOP >> octave, bank);
            let first = BINS - (octave + 1) * BINS_PER_OCTAVE;
            let product = Product { bank, heard: &self.heard, first, magnitudes: &mut self.magnitudes };
            Arch::new().dispatch(product);
            if octave + 1 < OCTAVES {
                self.decimator.halve(&self.octave, &mut self.next);
                std::mem::swap(&mut self.octave, &mut self.next);
            }
        }
        &self.magnitudes
    }

    /// Spectra of the octave's frames, centred every `hop` samples, no window, silence around the signal.
    fn hear(&mut self, frames: usize, hop: usize, bank: &Bank) {
        let width = 2 * bank.bins.len();
        self.heard.resize(frames * width, 0.0);
        for (index, heard) in self.heard.chunks_exact_mut(width).enumerate() {
            let centre = index * hop;
            let silence = (FRAME / 2).saturating_sub(centre);
            let first = (centre + silence - FRAME / 2).min(self.octave.len());
            let count = (self.octave.len() - first).min(FRAME - silence);
            self.frame[..silence].fill(0.0);
            self.frame[silence..silence + count].copy_from_slice(&self.octave[first..first + count]);
            self.frame[silence + count..].fill(0.0);
            let done = self.fft.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
            done.expect("buffers of the planned length");
            let bins = self.spectrum[bank.bins.clone()].iter().flat_map(|bin| [bin.re, bin.im]);
            for (heard, value) in heard.iter_mut().zip(bins) {
                *heard = value;
            }
        }
    }
}

impl Default for ConstantQ {
    fn default() -> Self {
        Self::new()
    }
}

/// Frames that every octave has.
fn frames(samples: usize) -> usize {
    let mut length = samples;
    let mut frames = usize::MAX;
    for octave in 0..OCTAVES {
        length = length.div_ceil(2);
        frames = frames.min(1 + length / (TOP_HOP >> octave));
    }
    frames
}

/// Filters that share one run over the spectrum: eight real parts and eight imaginary parts.
const LANES: usize = 16;
const FILTERS: usize = LANES / 2;

/// The filters of the highest octave at one tuning.
struct Bank {
    /// Bins of the spectrum that some filter hears.
    bins: std::ops::Range<usize>,
    /// Eight filters at a time.
    groups: Vec<Group>,
}

/// Eight neighbouring filters.
struct Group {
    /// The first value they hear, real and imaginary parts counted apart.
    first: usize,
    /// Values × lanes: what each value adds to the real and imaginary part of each filter's answer.
    weights: Vec<f32>,
}

/// The filters at a tuning, made at its first use.
fn bank(tuning: f32) -> &'static Bank {
    static BANKS: [OnceLock<Bank>; 101] = [const { OnceLock::new() }; 101];
    assert!((-0.5..=0.5).contains(&tuning), "a tuning of at most half a bin");
    let hundredths = ((tuning + 0.5) * 100.0).round() as usize;
    BANKS[hundredths].get_or_init(|| Bank::new(hundredths as f64 / 100.0 - 0.5))
}

impl Bank {
    fn new(tuning: f64) -> Self {
        let filters: Vec<Vec<Complex64>> = (0..BINS_PER_OCTAVE)
            .map(|bin| {
                let octaves = (OCTAVES - 1) as f64 + (bin as f64 + tuning) / BINS_PER_OCTAVE as f64;
                filter(LOWEST * octaves.exp2())
            })
            .collect();
        let hears = |bin: &usize| filters.iter().any(|filter| filter[*bin] != Complex64::ZERO);
        let first = (0..=FRAME / 2).find(hears).expect("filters that hear something");
        let last = (0..=FRAME / 2).rfind(hears).expect("filters that hear something");
        let groups = filters.chunks(FILTERS).map(|filters| Group::new(filters, first)).collect();
        Bank { bins: first..last + 1, groups }
    }
}

impl Group {
    fn new(filters: &[Vec<Complex64>], bank_first: usize) -> Self {
        let hears = |bin: &usize| filters.iter().any(|filter| filter[*bin] != Complex64::ZERO);
        let first = (0..=FRAME / 2).find(hears).expect("filters that hear something");
        let last = (0..=FRAME / 2).rfind(hears).expect("filters that hear something");
        let mut weights = Vec::new();
        for bin in first..=last {
            let (mut real, mut imaginary) = ([0.0; LANES], [0.0; LANES]);
            for (lane, filter) in filters.iter().enumerate() {
                let weight = filter[bin];
                (real[lane], real[FILTERS + lane]) = (weight.re as f32, weight.im as f32);
                (imaginary[lane], imaginary[FILTERS + lane]) = (-weight.im as f32, weight.re as f32);
            }
            weights.extend(real);
            weights.extend(imaginary);
        }
        Group { first: 2 * (first - bank_first), weights }
    }
}

/// Spectrum of the filter at `frequency` Hz, bins 0–512: a complex tone under a periodic Hann window as long as
/// the Q asks, of absolute sum 1, centred in the frame; the smallest bins dropped; scaled for magnitudes of equal power.
fn filter(frequency: f64) -> Vec<Complex64> {
    let two_bins = (2.0 / BINS_PER_OCTAVE as f64).exp2();
    let length = (two_bins + 1.0) / (two_bins - 1.0) * TOP_RATE / frequency;
    let start = (-length / 2.0).floor() as isize;
    let count = ((length / 2.0).floor() as isize - start) as usize;
    let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / count as f64).cos();
    let sum: f64 = (0..count).map(window).sum();
    // The answer is divided by the root of the length, after a weight of the length over the transform's.
    let scale = length.sqrt() / FRAME as f64 / sum;
    let mut tone = vec![Complex64::ZERO; FRAME];
    for (n, value) in tone[(FRAME - count) / 2..][..count].iter_mut().enumerate() {
        *value = Complex64::from_polar(window(n) * scale, TAU * frequency / TOP_RATE * (start + n as isize) as f64);
    }
    FftPlanner::new().plan_fft_forward(FRAME).process(&mut tone);
    tone.truncate(FRAME / 2 + 1);

    let mut sorted: Vec<f64> = tone.iter().map(|bin| bin.norm()).collect();
    sorted.sort_by(f64::total_cmp);
    let total: f64 = sorted.iter().sum();
    let mut dropped = 0.0;
    let least = sorted.into_iter().find(|norm| {
        dropped += norm / total;
        dropped >= SPARSITY
    });
    let least = least.unwrap_or(0.0);
    for bin in &mut tone {
        if bin.norm() < least {
            *bin = Complex64::ZERO;
        }
    }
    tone
}

/// Frames that share one run over a group's weights.
const TOGETHER: usize = 4;

/// The filters' answers to the frames heard, as magnitudes.
struct Product<'a> {
    bank: &'a Bank,
    heard: &'a [f32],
    first: usize,
    magnitudes: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Product { bank, heard, first, magnitudes } = self;
        let width = 2 * bank.bins.len();
        let mut answers = [[0.0f32; LANES]; TOGETHER];
        for (heard, magnitudes) in heard.chunks(TOGETHER * width).zip(magnitudes.chunks_mut(TOGETHER * BINS)) {
            for (group, column) in bank.groups.iter().zip((first..).step_by(FILTERS)) {
                let values = group.weights.len() / LANES;
                // The last frames are fewer: the missing ones repeat the first.
                let frame = |index: usize| heard.get(index * width..).filter(|rest| !rest.is_empty()).unwrap_or(heard);
                let frames = [0, 1, 2, 3].map(|index| &frame(index)[group.first..][..values]);
                let weights = S::as_simd_f32s(&group.weights).0;
                let parts = LANES / S::F32_LANES;
                for part in 0..parts {
                    let mut sums = [simd.splat_f32s(0.0); TOGETHER];
                    for value in 0..values {
                        let weight = weights[value * parts + part];
                        for (sum, frame) in sums.iter_mut().zip(frames) {
                            *sum = simd.mul_add_e_f32s(simd.splat_f32s(frame[value]), weight, *sum);
                        }
                    }
                    for (answer, sum) in answers.iter_mut().zip(sums) {
                        S::as_mut_simd_f32s(answer).0[part] = sum;
                    }
                }
                let filters = FILTERS.min(first + BINS_PER_OCTAVE - column);
                for (row, answer) in magnitudes.chunks_exact_mut(BINS).zip(&answers) {
                    for (filter, magnitude) in row[column..column + filters].iter_mut().enumerate() {
                        let (re, im) = (answer[filter], answer[FILTERS + filter]);
                        *magnitude = (re * re + im * im).sqrt();
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frequency: f64, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (TAU * frequency * n as f64 / 44_100.0).sin() as f32).collect()
    }

    #[test]
    fn a_tone_is_loudest_in_its_own_bin() {
        let mut transform = ConstantQ::new();
        for (bin, tuning) in [(251, 0.0), (200, -0.5), (144, 0.37), (100, 0.49), (60, 0.0)] {
            let octaves = (f64::from(bin) + f64::from(tuning)) / BINS_PER_OCTAVE as f64;
            let found = transform.magnitudes(&tone(LOWEST * octaves.exp2(), 66_150), tuning);
            let frame = &found[found.len() / 2 / BINS * BINS..][..BINS];
            let loudest = (0..BINS).max_by(|a, b| frame[*a].total_cmp(&frame[*b]));
            assert_eq!(loudest, Some(bin as usize));
        }
    }

    #[test]
    fn an_octave_shift_is_a_shift_by_36_bins() {
        /// Below the top octave's first bin the same filters hear the same signal; what differs is the decimation's ripple.
        const RIPPLE: f32 = 1e-4;
        let mut transform = ConstantQ::new();
        let middle = |found: &[f32]| found[64 * BINS..65 * BINS].to_vec();
        let high = middle(transform.magnitudes(&tone(1760.0, 66_150), 0.0));
        let low = middle(transform.magnitudes(&tone(880.0, 66_150), 0.0));
        let peak = (0..BINS).max_by(|a, b| low[*a].total_cmp(&low[*b])).expect("bins");
        // Half the length of signal at equal amplitude: the root of two more power.
        let ratio = low[peak] / high[peak + BINS_PER_OCTAVE];
        assert!((ratio - 2.0f32.sqrt()).abs() < RIPPLE, "{ratio}");
    }

    #[test]
    fn silence_and_half_a_second_are_signals_too() {
        let mut transform = ConstantQ::new();
        let found = transform.magnitudes(&vec![0.0; 22_050], 0.0);
        assert_eq!(found.len(), 44 * BINS);
        assert!(found.iter().all(|magnitude| *magnitude == 0.0));
        assert_eq!(transform.magnitudes(&vec![0.0; 132_300], 0.0).len(), 259 * BINS);
    }

    #[test]
    fn the_product_is_the_sum_over_the_filters() {
        /// Rounding of sums of some 50 terms.
        const ROUNDING: f32 = 1e-5;
        let bank = bank(0.25);
        let width = 2 * bank.bins.len();
        let frames = 6;
        let heard: Vec<f32> = (0..frames * width).map(|n| ((n * n) as f32 * 0.7).sin()).collect();
        let mut found = vec![0.0; frames * BINS];
        Arch::new().dispatch(Product { bank, heard: &heard, first: 36, magnitudes: &mut found });
        for frame in 0..frames {
            for bin in 0..BINS_PER_OCTAVE {
                let weights = filter(LOWEST * (6.0 + (bin as f64 + 0.25) / BINS_PER_OCTAVE as f64).exp2());
                let values = heard[frame * width..].chunks_exact(2).take(bank.bins.len());
                let terms = values.zip(&weights[bank.bins.clone()]);
                let sum: Complex64 =
                    terms.map(|(value, weight)| Complex64::new(value[0].into(), value[1].into()) * weight).sum();
                let found = found[frame * BINS + 36 + bin];
                assert!((found - sum.norm() as f32).abs() < ROUNDING, "frame {frame}, bin {bin}: {found} for {sum}");
            }
        }
    }
}
