//! The constant-Q transform: 36 bins an octave, seven octaves up from C1, every 512 samples at 44.1 kHz.

use std::f64::consts::{SQRT_2, TAU};
use std::sync::OnceLock;

use pulp::{Arch, Simd, WithSimd};
use rustfft::num_complex::{Complex32, Complex64};
use rustfft::{Fft, FftPlanner};

use super::columns::{Columns, pad};
use super::decimate::Decimator;
use super::fft::RealFft;
use super::plane::{Aligned, LANES, Lanes, part_mut, parts_of};

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
/// Sixteen frames are transformed and filtered side by side.
pub struct ConstantQ {
    decimator: Decimator,
    octave: Vec<f32>,
    next: Vec<f32>,
    padded: Vec<f32>,
    columns: Columns,
    fft: RealFft,
    re: Aligned,
    im: Aligned,
    /// The frames' real and imaginary part at each bin up to a quarter of the sample rate; no filter hears beyond.
    spectrum: Aligned,
    magnitudes: Vec<f32>,
}

impl ConstantQ {
    /// A transform ready for any length of signal.
    pub fn new() -> Self {
        let fft = RealFft::new(FRAME);
        ConstantQ {
            re: Aligned::new(fft.room() * LANES),
            im: Aligned::new(fft.room() * LANES),
            fft,
            // The signal is kept at equal power, as it has half as many samples.
            decimator: Decimator::new(SQRT_2 as f32),
            octave: Vec::new(),
            next: Vec::new(),
            padded: Vec::new(),
            columns: Columns::default(),
            spectrum: Aligned::new((FRAME / 2 + 2) * LANES),
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
            let first = BINS - (octave + 1) * BINS_PER_OCTAVE;
            self.hear(frames, TOP_HOP >> octave, bank, first);
            if octave + 1 < OCTAVES {
                self.decimator.halve(&self.octave, &mut self.next);
                std::mem::swap(&mut self.octave, &mut self.next);
            }
        }
        &self.magnitudes
    }

    /// The filters' answers to the octave's frames, centred every `hop` samples, no window, silence around the signal; the
    /// lowest filter's stand at bin `first`.
    fn hear(&mut self, frames: usize, hop: usize, bank: &Bank, first: usize) {
        let length = frames.next_multiple_of(LANES) * hop + FRAME;
        pad(&self.octave, FRAME / 2, length, &mut self.padded);
        let ConstantQ { padded, columns, fft, re, im, spectrum, magnitudes, .. } = self;
        let mut answers = [[0.0; LANES]; BINS_PER_OCTAVE];
        for (block, magnitudes) in magnitudes.chunks_mut(LANES * BINS).enumerate() {
            columns.fill(&padded[block * LANES * hop..], hop, LANES + FRAME / hop);
            let (frames, answers) = (frames - block * LANES, &mut answers);
            Arch::new().dispatch(Block { frames, columns, fft, re, im, spectrum, bank, answers });
            for (lane, frame) in magnitudes.chunks_exact_mut(BINS).enumerate() {
                for (magnitude, answer) in frame[first..].iter_mut().zip(&*answers) {
                    *magnitude = answer[lane];
                }
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

/// The filters of the highest octave at one tuning, from low to high.
struct Bank {
    filters: Vec<Filter>,
}

/// What a filter multiplies the spectrum with.
struct Filter {
    /// The first bin it hears.
    first: usize,
    /// Real and imaginary part for each bin from there on.
    weights: Vec<Complex32>,
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
        let filters = (0..BINS_PER_OCTAVE).map(|bin| {
            let octaves = (OCTAVES - 1) as f64 + (bin as f64 + tuning) / BINS_PER_OCTAVE as f64;
            Filter::new(&filter(LOWEST * octaves.exp2(), &*fft))
        });
        Bank { filters: filters.collect() }
    }
}

impl Filter {
    fn new(spectrum: &[Complex64]) -> Self {
        let hears = |bin: &Complex64| *bin != Complex64::ZERO;
        let first = spectrum.iter().position(hears).expect("a filter that hears something");
        let last = spectrum.iter().rposition(hears).expect("a filter that hears something");
        let weights = spectrum[first..=last].iter().map(|bin| Complex32::new(bin.re as f32, bin.im as f32)).collect();
        Filter { first, weights }
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
    // the length over the transform's; half of it, as the frames' transform gives twice their spectrum.
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
    let norms: Vec<f64> = tone.iter().map(norm).collect();
    let total: f64 = norms.iter().sum();
    // All that are below this could be dropped together, so only the others have to be in order.
    let small = SPARSITY * total / norms.len() as f64;
    let mut dropped = norms.iter().filter(|norm| **norm < small).sum::<f64>() / total;
    let mut sorted: Vec<f64> = norms.into_iter().filter(|norm| *norm >= small).collect();
    sorted.sort_unstable_by(f64::total_cmp);
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

/// The sixteen frames of an octave that lie in the columns, or those of them that there are.
struct Block<'a> {
    frames: usize,
    columns: &'a Columns,
    fft: &'a RealFft,
    re: &'a mut Aligned,
    im: &'a mut Aligned,
    spectrum: &'a mut Aligned,
    bank: &'a Bank,
    /// Takes the magnitude of each filter's answer.
    answers: &'a mut [Lanes; BINS_PER_OCTAVE],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Block { frames, columns, fft, re, im, spectrum, bank, answers } = self;
        let (re, im) = (S::as_mut_simd_f32s(re.get_mut()).0, S::as_mut_simd_f32s(im.get_mut()).0);
        let spectrum = S::as_mut_simd_f32s(spectrum.get_mut()).0.as_chunks_mut::<2>().0;
        let heard = bank.filters.iter().map(|filter| filter.first).min().unwrap_or(0);
        let end = bank.filters.iter().map(|filter| filter.first + filter.weights.len()).max().unwrap_or(0);
        for part in 0..parts_of::<S>(frames) {
            let first = part * S::F32_LANES;
            fft.forward(
                simd,
                #[inline(always)]
                |point| {
                    let [a, b, c, d] = columns.four_samples::<S>(2 * point, FRAME / 4, first);
                    let [e, f, g, h] = columns.four_samples::<S>(2 * point + 1, FRAME / 4, first);
                    [(a, e), (b, f), (c, g), (d, h)]
                },
                re,
                im,
            );
            for (k, bin) in spectrum.iter_mut().enumerate().take(end).skip(heard) {
                let [(re, im), _] = fft.bins(simd, k, re, im);
                *bin = [re, im];
            }
            for (filter, answer) in bank.filters.iter().zip(answers.iter_mut()) {
                let bins = &spectrum[filter.first..][..filter.weights.len()];
                // Four sums that do not wait for one another.
                let mut sums = [simd.splat_f32s(0.0); 4];
                for ([re, im], weight) in bins.iter().zip(&filter.weights) {
                    let (weight_re, weight_im) = (simd.splat_f32s(weight.re), simd.splat_f32s(weight.im));
                    sums[0] = simd.mul_add_e_f32s(*re, weight_re, sums[0]);
                    sums[1] = simd.mul_add_e_f32s(*im, weight_im, sums[1]);
                    sums[2] = simd.mul_add_e_f32s(*re, weight_im, sums[2]);
                    sums[3] = simd.mul_add_e_f32s(*im, weight_re, sums[3]);
                }
                let (re, im) = (simd.sub_f32s(sums[0], sums[1]), simd.add_f32s(sums[2], sums[3]));
                let square = simd.mul_add_e_f32s(re, re, simd.mul_f32s(im, im));
                *part_mut::<S>(answer, part) = simd.sqrt_f32s(square);
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
    fn frames_side_by_side_are_the_sums_over_the_filters() {
        /// Rounding of a single-precision transform and of sums of some 50 terms, for samples up to 1.
        const ROUNDING: f32 = 1e-5;
        let signal: Vec<f32> = (0..1500).map(|n| ((n * n) as f32 * 0.007).sin()).collect();
        let mut transform = ConstantQ::new();
        transform.octave = signal.clone();
        let fft = FftPlanner::<f64>::new().plan_fft_forward(FRAME);
        for frames in [1, 5, 16, 18] {
            let hop = 256;
            transform.magnitudes.clear();
            transform.magnitudes.resize(frames * BINS, 0.0);
            transform.hear(frames, hop, bank(0.25), 36);
            let found = &transform.magnitudes;
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
