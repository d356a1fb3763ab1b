//! Frames of a signal → their spectra, changed → the signal again, added up where frames overlap.

use std::collections::VecDeque;
use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Frames that overlap in one place.
const OVERLAP: usize = 4;
/// The sum of the squared windows in every place, for a periodic Hann window and this overlap.
const WINDOWS_SQUARED: f32 = 1.5;

/// Windowed transforms of one frame length there and back, a quarter of a frame apart; frames are centred on their place,
/// zeros beyond the signal's ends.
///
/// Frames are windowed before and after (periodic Hann), so that a change of one frame fades in and out.
pub struct OverlapAdd {
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    time: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl OverlapAdd {
    /// Transforms of so many samples: an even number, at least 8.
    pub fn new(frame: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(frame), planner.plan_fft_inverse(frame));
        let scratch = forward.get_scratch_len().max(backward.get_scratch_len());
        let window = (0..frame).map(|n| (0.5 - 0.5 * (TAU * n as f64 / frame as f64).cos()) as f32).collect();
        OverlapAdd {
            time: vec![0.0; frame],
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex32::ZERO; scratch],
            forward,
            backward,
            window,
        }
    }

    /// Samples of a frame.
    pub fn frame(&self) -> usize {
        self.window.len()
    }

    /// Samples from one frame to the next.
    pub fn hop(&self) -> usize {
        self.frame() / OVERLAP
    }

    /// Frequencies of a spectrum, 0 Hz and half the sample rate included.
    pub fn bins(&self) -> usize {
        self.spectrum.len()
    }

    /// Frames centred on the signal, the first on its first sample.
    pub fn frames(&self, samples: usize) -> usize {
        1 + samples / self.hop()
    }

    /// The spectrum of a frame of `signal`: Σ x(n) w(n) e^(−2πikn ∕ frame).
    pub fn spectrum(&mut self, signal: &[f32], frame: usize) -> &mut [Complex32] {
        let start = (frame * self.hop()) as isize - (self.frame() / 2) as isize;
        let first = start.clamp(0, signal.len() as isize) as usize;
        let end = (start + self.frame() as isize).clamp(0, signal.len() as isize) as usize;
        let before = (first as isize - start).clamp(0, self.frame() as isize) as usize;
        self.time.fill(0.0);
        let windowed = self.time[before..].iter_mut().zip(&self.window[before..]).zip(&signal[first..end]);
        windowed.for_each(|((windowed, window), sample)| *windowed = window * sample);
        let OverlapAdd { forward, time, spectrum, scratch, .. } = self;
        forward.process_with_scratch(time, spectrum, scratch).expect("lengths that fit the transform");
        spectrum
    }

    /// Adds a frame's signal back to `sums`, which begins where the frame does; spectra that were not changed add up to the
    /// signal itself.
    pub fn add(&mut self, spectrum: &[Complex32], sums: &mut [f32]) {
        self.spectrum.copy_from_slice(spectrum);
        self.add_own(sums);
    }

    fn add_own(&mut self, sums: &mut [f32]) {
        let OverlapAdd { backward, time, spectrum, scratch, window, .. } = self;
        // Rounding must not give the first and last bin an imaginary part: the transform refuses it.
        let last = spectrum.len() - 1;
        (spectrum[0].im, spectrum[last].im) = (0.0, 0.0);
        backward.process_with_scratch(spectrum, time, scratch).expect("lengths that fit the transform");
        let scale = 1.0 / (WINDOWS_SQUARED * window.len() as f32);
        sums.iter_mut().zip(&*time).zip(&*window).for_each(|((sum, x), window)| *sum += x * window * scale);
    }

    /// Changes `signal` in place, frame after frame: `change` is given a frame's number and its spectrum, and puts there what
    /// the frame `delay` before it becomes, so that it can look ahead. The last `delay` frames and two more lie at the
    /// signal's end or beyond it. Beside the signal, memory for one frame is needed.
    pub fn apply(&mut self, signal: &mut [f32], delay: usize, mut change: impl FnMut(usize, &mut [Complex32])) {
        let (hop, half) = (self.hop(), self.frame() / 2);
        let mut sums: VecDeque<f32> = VecDeque::from(vec![0.0; self.frame()]);
        for frame in 0..self.frames(signal.len()) + OVERLAP / 2 + delay {
            change(frame, self.spectrum(signal, frame));
            self.add_own(sums.make_contiguous());
            // What the next frame no longer reaches is whole, and no frame reads it again.
            let start = (frame * hop) as isize - (delay * hop + half) as isize;
            for (n, sum) in sums.drain(..hop).enumerate() {
                if let Ok(at) = usize::try_from(start + n as isize)
                    && let Some(sample) = signal.get_mut(at)
                {
                    // The first hop lacks the frame that would be centred before the signal.
                    let missing = if at < hop { self.window[at + self.frame() - hop].powi(2) } else { 0.0 };
                    *sample = sum * WINDOWS_SQUARED / (WINDOWS_SQUARED - missing);
                }
            }
            sums.extend(std::iter::repeat_n(0.0, hop));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a transform there and back, in single precision, of samples up to 2.
    const ROUNDING: f32 = 4e-6;

    fn signal(length: usize) -> Vec<f32> {
        (0..length).map(|n| (n as f32 * 0.37).sin() + (n as f32 * 0.011).cos()).collect()
    }

    #[test]
    fn left_alone_it_is_the_signal_itself_at_any_length() {
        for length in [0, 1, 100, 255, 256, 1000, 5000] {
            let mut found = signal(length);
            OverlapAdd::new(1024).apply(&mut found, 0, |_, _| {});
            for (n, (found, sample)) in found.iter().zip(signal(length)).enumerate() {
                assert!((found - sample).abs() < ROUNDING, "sample {n} of {length}: {found} for {sample}");
            }
        }
    }

    #[test]
    fn a_spectrum_is_its_definition() {
        let (signal, mut transform) = (signal(3000), OverlapAdd::new(64));
        for (frame, k) in [(0, 3), (7, 0), (20, 17), (187, 32)] {
            let (mut re, mut im) = (0.0, 0.0);
            for n in 0..64 {
                let sample =
                    usize::try_from(frame as i64 * 16 - 32 + n).ok().and_then(|at| signal.get(at)).unwrap_or(&0.0);
                let turn = TAU * (n * k) as f64 / 64.0;
                let x = f64::from(*sample) * (0.5 - 0.5 * (TAU * n as f64 / 64.0).cos());
                (re, im) = (re + x * turn.cos(), im - x * turn.sin());
            }
            let found = transform.spectrum(&signal, frame)[k as usize];
            assert!((f64::from(found.re) - re).hypot(f64::from(found.im) - im) < 1e-4, "frame {frame}, bin {k}");
        }
    }

    #[test]
    fn frames_may_be_given_back_later() {
        let (mut found, mut waiting) = (signal(4000), VecDeque::from(vec![vec![Complex32::ZERO; 257]; 3]));
        OverlapAdd::new(512).apply(&mut found, 3, |_, bins| {
            waiting.push_back(bins.to_vec());
            bins.copy_from_slice(&waiting.pop_front().expect("a frame"));
        });
        assert!(found.iter().zip(signal(4000)).all(|(found, sample)| (found - sample).abs() < ROUNDING));
    }

    #[test]
    fn a_gain_for_all_frames_is_a_gain() {
        let mut found = signal(4000);
        OverlapAdd::new(512).apply(&mut found, 0, |_, bins| bins.iter_mut().for_each(|bin| *bin *= 0.5));
        assert!(found.iter().zip(signal(4000)).all(|(found, sample)| (found - 0.5 * sample).abs() < ROUNDING));
    }
}
