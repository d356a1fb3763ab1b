//! The inverse of the centred short-time Fourier transform, as `librosa.istft`.

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::stft::{BINS, FRAME, HOP};
use super::vectorised::vectorised;

/// Inverse transform with a periodic Hann window of 2048 samples every 512.
///
/// Frames are windowed again and added; the sum is divided by the sum of the squared windows
/// (Griffin and Lim 1984, "Signal estimation from modified short-time Fourier transform").
///
/// Two frames go through one transform, as real and imaginary parts.
pub struct InverseStft {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    bins: [Vec<Complex32>; 2],
    frames: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// One over the sum of the squared windows, for the frames and samples of the last call.
    weights: Vec<f32>,
    weighted: (usize, usize),
}

impl InverseStft {
    /// A transform ready for any number of frames.
    pub fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_inverse(FRAME);
        InverseStft {
            window: (0..FRAME).map(|n| (hann(n) / FRAME as f64) as f32).collect(),
            bins: [vec![Complex32::ZERO; BINS], vec![Complex32::ZERO; BINS]],
            frames: vec![Complex32::ZERO; FRAME],
            scratch: vec![Complex32::ZERO; fft.get_inplace_scratch_len()],
            fft,
            weights: Vec::new(),
            weighted: (0, 0),
        }
    }

    /// Fills `output` with the signal of `frames` spectra; its length is the signal's.
    ///
    /// `spectrum` writes the frame of the given number: [`BINS`] values; the imaginary parts of the first and last are ignored.
    pub fn invert(&mut self, frames: usize, mut spectrum: impl FnMut(usize, &mut [Complex32]), output: &mut [f32]) {
        self.weigh(frames, output.len());
        output.fill(0.0);
        for first in (0..frames).step_by(2) {
            spectrum(first, &mut self.bins[0]);
            if first + 1 < frames {
                spectrum(first + 1, &mut self.bins[1]);
            } else {
                self.bins[1].fill(Complex32::ZERO);
            }
            join(&self.bins[0], &self.bins[1], &mut self.frames);
            self.fft.process_with_scratch(&mut self.frames, &mut self.scratch);
            let window = &self.window;
            let (skipped, range) = place(first, output.len());
            add(&mut output[range], &self.frames[skipped..], &window[skipped..], |both| both.re);
            let (skipped, range) = place(first + 1, output.len());
            add(&mut output[range], &self.frames[skipped..], &window[skipped..], |both| both.im);
        }
        for (sample, weight) in output.iter_mut().zip(&self.weights) {
            *sample *= weight;
        }
    }

    fn weigh(&mut self, frames: usize, samples: usize) {
        if self.weighted == (frames, samples) {
            return;
        }
        let squares: Vec<f64> = (0..FRAME).map(|n| hann(n).powi(2)).collect();
        let mut sums = vec![0.0; samples];
        for index in 0..frames {
            let (skipped, place) = place(index, samples);
            sums[place].iter_mut().zip(&squares[skipped..]).for_each(|(sum, square)| *sum += square);
        }
        // Where no window reaches there is nothing to divide.
        let weight = |sum: f64| if sum > f64::from(f32::MIN_POSITIVE) { (1.0 / sum) as f32 } else { 1.0 };
        self.weights.clear();
        self.weights.extend(sums.into_iter().map(weight));
        self.weighted = (frames, samples);
    }
}

impl Default for InverseStft {
    fn default() -> Self {
        Self::new()
    }
}

/// The spectrum of a complex signal whose parts are two real ones: a + ib, and conjugates above half the sample rate.
fn join(a: &[Complex32], b: &[Complex32], joined: &mut [Complex32]) {
    let last = BINS - 1;
    joined[0] = Complex32::new(a[0].re, b[0].re);
    joined[last] = Complex32::new(a[last].re, b[last].re);
    let (low, high) = joined.split_at_mut(last);
    vectorised(
        #[inline(always)]
        || {
            let places = low[1..].iter_mut().zip(high[1..].iter_mut().rev());
            for ((low, high), (a, b)) in places.zip(a[1..last].iter().zip(&b[1..last])) {
                *low = Complex32::new(a.re - b.im, a.im + b.re);
                *high = Complex32::new(a.re + b.im, b.re - a.im);
            }
        },
    );
}

#[inline(always)]
fn add(output: &mut [f32], frames: &[Complex32], window: &[f32], part: impl Fn(&Complex32) -> f32) {
    vectorised(
        #[inline(always)]
        || {
            for (sample, (both, weight)) in output.iter_mut().zip(frames.iter().zip(window)) {
                *sample += part(both) * weight;
            }
        },
    );
}

/// Samples of a frame that lie before the signal, and where the others lie in it.
fn place(frame: usize, samples: usize) -> (usize, std::ops::Range<usize>) {
    let skipped = (FRAME / 2).saturating_sub(frame * HOP);
    let start = (frame * HOP).saturating_sub(FRAME / 2).min(samples);
    (skipped, start..(start + FRAME - skipped).min(samples))
}

fn hann(n: usize) -> f64 {
    0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a 2048-point transform there and back, in single precision.
    const ROUNDING: f32 = 2e-6;

    /// The centred transform by its definition, one frame: Σ x[t] w[t] e^(−2πikt/2048).
    fn slow_frame(signal: &[f32], frame: usize, bins: &mut [Complex32]) {
        let (skipped, place) = place(frame, signal.len());
        for (bin, value) in bins.iter_mut().enumerate() {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, sample) in signal[place.clone()].iter().enumerate() {
                let n = n + skipped;
                let (sine, cosine) = (TAU * (bin * n % FRAME) as f64 / FRAME as f64).sin_cos();
                re += f64::from(*sample) * hann(n) * cosine;
                im -= f64::from(*sample) * hann(n) * sine;
            }
            *value = Complex32::new(re as f32, im as f32);
        }
    }

    #[test]
    fn there_and_back_is_the_signal_itself() {
        for length in [1500, 3000, 4096] {
            let signal: Vec<f32> = (0..length).map(|n| (n as f32 * 0.37).sin() + (n as f32 * 0.011).cos()).collect();
            let mut found = vec![0.0; length];
            InverseStft::new().invert(1 + length / HOP, |frame, bins| slow_frame(&signal, frame, bins), &mut found);
            for (n, (found, sample)) in found.iter().zip(&signal).enumerate() {
                assert!((found - sample).abs() < ROUNDING * 2.0, "sample {n} of {length}: {found} for {sample}");
            }
        }
    }
}
