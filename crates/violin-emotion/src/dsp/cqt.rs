//! The constant-Q transform: 36 bins an octave, seven octaves up from C1, every 512 samples at 44.1 kHz.

use std::f64::consts::{SQRT_2, TAU};
use std::sync::{Arc, OnceLock};

use pulp::{Arch, Simd, WithSimd};
use rustfft::num_complex::{Complex32, Complex64};
use rustfft::{Fft, FftPlanner};

use super::decimate::Decimator;
use super::vectorised::vectorised;

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
///
/// Two frames go through one transform, as real and imaginary parts a + ib. At frequency k it gives A + iB, and the
/// conjugate of what it gives at −k is A − iB; the filters answer to both, and sum and difference part the frames again.
pub struct ConstantQ {
    decimator: Decimator,
    octave: Vec<f32>,
    next: Vec<f32>,
    padded: Vec<f32>,
    fft: Arc<dyn Fft<f32>>,
    frames: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// For each two frames A + iB and A − iB at the frequencies that some filter hears.
    heard: Vec<f32>,
    magnitudes: Vec<f32>,
}

impl ConstantQ {
    /// A transform ready for any length of signal.
    pub fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(FRAME);
        ConstantQ {
            // The signal is kept at equal power, as it has half as many samples.
            decimator: Decimator::new(SQRT_2 as f32),
            octave: Vec::new(),
            next: Vec::new(),
            padded: Vec::new(),
            frames: vec![Complex32::ZERO; FRAME],
            scratch: vec![Complex32::ZERO; fft.get_inplace_scratch_len()],
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
        self.padded.clear();
        self.padded.resize(FRAME / 2, 0.0);
        self.padded.extend_from_slice(&self.octave);
        self.padded.resize(self.padded.len().max(frames * hop) + FRAME, 0.0);
        let width = 2 * bank.bins.len();
        self.heard.resize(frames.next_multiple_of(2) * width, 0.0);
        for (pair, heard) in self.heard.chunks_exact_mut(2 * width).enumerate() {
            let start = 2 * pair * hop;
            let (first, second) = (&self.padded[start..], &self.padded[start + hop..]);
            pair_up(first, second, &mut self.frames);
            self.fft.process_with_scratch(&mut self.frames, &mut self.scratch);
            let (sum, difference) = heard.split_at_mut(width);
            for (heard, bin) in sum.chunks_exact_mut(2).zip(&self.frames[bank.bins.clone()]) {
                (heard[0], heard[1]) = (bin.re, bin.im);
            }
            let mirrored = self.frames[FRAME + 1 - bank.bins.end..=FRAME - bank.bins.start].iter().rev();
            for (heard, bin) in difference.chunks_exact_mut(2).zip(mirrored) {
                (heard[0], heard[1]) = (bin.re, -bin.im);
            }
        }
    }
}

impl Default for ConstantQ {
    fn default() -> Self {
        Self::new()
    }
}

/// Two frames as the real and imaginary parts of one.
fn pair_up(first: &[f32], second: &[f32], both: &mut [Complex32]) {
    vectorised(
        #[inline(always)]
        || {
            for (both, (first, second)) in both.iter_mut().zip(first.iter().zip(second)) {
                *both = Complex32::new(*first, *second);
            }
        },
    );
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
        let fft = FftPlanner::new().plan_fft_forward(FRAME);
        let filters: Vec<Vec<Complex64>> = (0..BINS_PER_OCTAVE)
            .map(|bin| {
                let octaves = (OCTAVES - 1) as f64 + (bin as f64 + tuning) / BINS_PER_OCTAVE as f64;
                filter(LOWEST * octaves.exp2(), &*fft)
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
fn filter(frequency: f64, fft: &dyn Fft<f64>) -> Vec<Complex64> {
    let two_bins = (2.0 / BINS_PER_OCTAVE as f64).exp2();
    let length = (two_bins + 1.0) / (two_bins - 1.0) * TOP_RATE / frequency;
    let start = (-length / 2.0).floor() as isize;
    let count = ((length / 2.0).floor() as isize - start) as usize;
    // A periodic Hann window sums to half its length. The answer is divided by the root of the length, after a weight of
    // the length over the transform's; half of it, as frames are parted by a sum and a difference.
    let scale = 0.5 * length.sqrt() / FRAME as f64 / (count as f64 / 2.0);
    let mut tone = vec![Complex64::ZERO; FRAME];
    // Both turn from sample to sample; over a frame, in f64, that is exact enough.
    let (turn, window_turn) = (Complex64::cis(TAU * frequency / TOP_RATE), Complex64::cis(TAU / count as f64));
    let (mut phase, mut window_phase) =
        (Complex64::cis(TAU * frequency / TOP_RATE * start as f64), Complex64::new(1.0, 0.0));
    for value in &mut tone[(FRAME - count) / 2..][..count] {
        *value = phase * ((0.5 - 0.5 * window_phase.re) * scale);
        phase *= turn;
        window_phase *= window_turn;
    }
    fft.process(&mut tone);
    tone.truncate(FRAME / 2 + 1);

    let norm = |bin: &Complex64| bin.norm_sqr().sqrt();
    let mut sorted: Vec<f64> = tone.iter().map(norm).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let total: f64 = sorted.iter().sum();
    let mut dropped = 0.0;
    let least = sorted.into_iter().find(|norm| {
        dropped += norm / total;
        dropped >= SPARSITY
    });
    let least = least.unwrap_or(0.0);
    for bin in &mut tone {
        if norm(bin) < least {
            *bin = Complex64::ZERO;
        }
    }
    tone
}

/// Spectra that share one run over a group's weights: two pairs of frames.
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
            // Where the last pair stands alone, it is heard twice.
            let second_pair = if heard.len() > 2 * width { 2 * width } else { 0 };
            let spectra = [0, width, second_pair, second_pair + width].map(|start| &heard[start..][..width]);
            for (group, column) in bank.groups.iter().zip((first..).step_by(FILTERS)) {
                let values = group.weights.len() / LANES;
                let spectra = spectra.map(|spectrum| &spectrum[group.first..][..values]);
                let parts = LANES / S::F32_LANES;
                for part in 0..parts {
                    let weights = S::as_simd_f32s(&group.weights).0[part..].iter().step_by(parts);
                    let [a, b, c, d] = spectra;
                    let mut sums = [simd.splat_f32s(0.0); TOGETHER];
                    for ((((weight, a), b), c), d) in weights.zip(a).zip(b).zip(c).zip(d) {
                        for (sum, value) in sums.iter_mut().zip([a, b, c, d]) {
                            *sum = simd.mul_add_e_f32s(simd.splat_f32s(*value), *weight, *sum);
                        }
                    }
                    for (answer, sum) in answers.iter_mut().zip(sums) {
                        S::as_mut_simd_f32s(answer).0[part] = sum;
                    }
                }
                let filters = FILTERS.min(first + BINS_PER_OCTAVE - column);
                for (frame, row) in magnitudes.chunks_exact_mut(BINS).enumerate() {
                    let (sum, difference) = (&answers[frame / 2 * 2], &answers[frame / 2 * 2 + 1]);
                    let sign = if frame % 2 == 0 { 1.0 } else { -1.0 };
                    let mut squares = [0.0; LANES];
                    for (square, (sum, difference)) in squares.iter_mut().zip(sum.iter().zip(difference)) {
                        *square = (sum + sign * difference).powi(2);
                    }
                    for (filter, magnitude) in row[column..column + filters].iter_mut().enumerate() {
                        *magnitude = (squares[filter] + squares[FILTERS + filter]).sqrt();
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
    fn two_frames_through_one_transform_are_the_sums_over_the_filters() {
        /// Rounding of a single-precision transform and of sums of some 50 terms, for samples up to 1.
        const ROUNDING: f32 = 1e-5;
        let signal: Vec<f32> = (0..1500).map(|n| ((n * n) as f32 * 0.007).sin()).collect();
        let mut transform = ConstantQ::new();
        transform.octave = signal.clone();
        let fft = FftPlanner::<f64>::new().plan_fft_forward(FRAME);
        for frames in [1, 2, 3, 5] {
            let hop = 256;
            transform.hear(frames, hop, bank(0.25));
            let mut found = vec![0.0; frames * BINS];
            let product = Product { bank: bank(0.25), heard: &transform.heard, first: 36, magnitudes: &mut found };
            Arch::new().dispatch(product);
            for frame in 0..frames {
                let place = |n: usize| (frame * hop + n).checked_sub(FRAME / 2).and_then(|place| signal.get(place));
                let mut spectrum: Vec<Complex64> =
                    (0..FRAME).map(|n| Complex64::from(f64::from(*place(n).unwrap_or(&0.0)))).collect();
                fft.process(&mut spectrum);
                for bin in 0..BINS_PER_OCTAVE {
                    let weights = filter(LOWEST * (6.0 + (bin as f64 + 0.25) / BINS_PER_OCTAVE as f64).exp2(), &*fft);
                    let sum: Complex64 = weights.iter().zip(&spectrum).map(|(weight, value)| weight * value).sum();
                    let (found, expected) = (found[frame * BINS + 36 + bin], 2.0 * sum.norm() as f32);
                    assert!((found - expected).abs() < ROUNDING, "frame {frame}, bin {bin}: {found} for {expected}");
                }
            }
        }
    }
}
