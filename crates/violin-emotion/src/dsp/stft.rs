//! The centred short-time Fourier transform, as `librosa.stft`.

use std::f64::consts::TAU;
use std::sync::Arc;

use super::vectorised::vectorised;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples of a frame.
pub const FRAME: usize = 2048;
/// Samples from one frame's centre to the next.
pub const HOP: usize = 512;
/// Frequencies of a frame, 0 Hz and half the sample rate included.
pub const BINS: usize = FRAME / 2 + 1;

/// Frames that [`Stft`] makes of a signal: one a hop, the first centred on the first sample.
pub fn frames(samples: usize) -> usize {
    1 + samples / HOP
}

/// Forward transform with a periodic Hann window of 2048 samples every 512, zeros beyond the signal's ends.
pub struct Stft {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    scratch: Vec<Complex32>,
}

/// What [`Stft`] says of one signal; each plane is frames × [`BINS`], bins side by side.
#[derive(Debug, Default, Clone)]
pub struct Spectra {
    /// The transform.
    pub complex: Vec<Complex32>,
    /// Its absolute value.
    pub magnitude: Vec<f32>,
    /// The square of that.
    pub power: Vec<f32>,
}

impl Spectra {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.magnitude.len() / BINS
    }
}

impl Stft {
    /// A transform ready for signals of any length.
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME);
        let window = (0..FRAME).map(|n| (0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos()) as f32).collect();
        let (frame, scratch) = (fft.make_input_vec(), fft.make_scratch_vec());
        Stft { fft, window, frame, scratch }
    }

    /// Fills `spectra` with the transform of `signal`, of its magnitude and its power.
    pub fn transform(&mut self, signal: &[f32], spectra: &mut Spectra) {
        let frames = frames(signal.len());
        spectra.complex.resize(frames * BINS, Complex32::ZERO);
        spectra.magnitude.resize(frames * BINS, 0.0);
        spectra.power.resize(frames * BINS, 0.0);
        for (index, bins) in spectra.complex.chunks_exact_mut(BINS).enumerate() {
            self.fill_frame(signal, index);
            let done = self.fft.process_with_scratch(&mut self.frame, bins, &mut self.scratch);
            done.expect("buffers of the planned length");
        }
        magnitudes(&spectra.complex, &mut spectra.magnitude, &mut spectra.power);
    }

    /// The windowed samples around the frame's centre.
    fn fill_frame(&mut self, signal: &[f32], index: usize) {
        let before = (FRAME / 2).saturating_sub(index * HOP);
        let start = (index * HOP).saturating_sub(FRAME / 2);
        let inside = &signal[start.min(signal.len())..(start + FRAME - before).min(signal.len())];
        self.frame[..before].fill(0.0);
        self.frame[before + inside.len()..].fill(0.0);
        let windowed = inside.iter().zip(&self.window[before..]);
        for (place, (sample, weight)) in self.frame[before..].iter_mut().zip(windowed) {
            *place = sample * weight;
        }
    }
}

impl Default for Stft {
    fn default() -> Self {
        Stft::new()
    }
}

fn magnitudes(complex: &[Complex32], magnitude: &mut [f32], power: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || {
            for ((value, magnitude), power) in complex.iter().zip(magnitude).zip(power) {
                *power = value.re * value.re + value.im * value.im;
                *magnitude = power.sqrt();
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 2048-point f32 FFT is exact to a few rounding errors of the frame's largest bin.
    const ROUNDING: f64 = 2e-6;

    fn noise(length: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn equals_the_definition() {
        let signal = noise(3000);
        let mut spectra = Spectra::default();
        Stft::new().transform(&signal, &mut spectra);
        assert_eq!(spectra.frames(), 6);
        let padded = |at: i64| usize::try_from(at).ok().and_then(|at| signal.get(at)).map_or(0.0, |&v| f64::from(v));
        for frame in 0..6 {
            for bin in [0, 1, 7, 400, 1023, 1024] {
                let (mut re, mut im) = (0.0, 0.0);
                for n in 0..FRAME {
                    let window = 0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos();
                    let sample = padded((frame * HOP + n) as i64 - (FRAME / 2) as i64) * window;
                    let angle = TAU * (bin * n % FRAME) as f64 / FRAME as f64;
                    re += sample * angle.cos();
                    im -= sample * angle.sin();
                }
                let found = spectra.complex[frame * BINS + bin];
                let largest = spectra.magnitude[frame * BINS..][..BINS].iter().fold(0.0, |a: f32, &b| a.max(b));
                let slack = ROUNDING * f64::from(largest);
                assert!((f64::from(found.re) - re).abs() < slack, "frame {frame}, bin {bin}");
                assert!((f64::from(found.im) - im).abs() < slack, "frame {frame}, bin {bin}");
            }
        }
    }

    #[test]
    fn a_sine_is_one_peak_of_a_quarter_of_the_frame() {
        let signal: Vec<f32> = (0..44_100).map(|n| (TAU * n as f64 * 100.0 / FRAME as f64).sin() as f32).collect();
        let mut spectra = Spectra::default();
        Stft::new().transform(&signal, &mut spectra);
        let frame = &spectra.magnitude[40 * BINS..41 * BINS];
        // A sine of amplitude 1 under a Hann window: frame ∕ 4 at its bin, half of it beside.
        assert!((frame[100] - 512.0).abs() < 0.01 && (frame[99] - 256.0).abs() < 0.01, "{:?}", &frame[98..103]);
        assert!(frame[110] < 0.01);
    }

    #[test]
    fn a_signal_shorter_than_a_frame_is_padded() {
        let mut spectra = Spectra::default();
        Stft::new().transform(&noise(100), &mut spectra);
        assert_eq!(spectra.frames(), 1);
        assert!(spectra.magnitude.iter().all(|value| value.is_finite()));
    }
}
