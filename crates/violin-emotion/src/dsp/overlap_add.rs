//! Frames of a signal → their spectra, changed → the signal again, added up where frames overlap.

use std::f64::consts::TAU;

use super::frame_transform::FrameTransform;
pub use super::frame_transform::Spectrum;

/// Frames that overlap in one place.
const OVERLAP: usize = 4;
/// The sum of the squared windows in every place, for a periodic Hann window and this overlap.
const WINDOWS_SQUARED: f32 = 1.5;

/// Windowed transforms of one frame length there and back, a quarter of a frame apart; frames are centred on their place,
/// zeros beyond the signal's ends.
///
/// Frames are windowed before and after (periodic Hann), so that a change of one frame fades in and out.
pub struct OverlapAdd {
    transform: FrameTransform,
    /// Half the window, as the transform gives twice the spectrum.
    window: Vec<f32>,
    /// The window over what the transforms there and back and the squared windows make of a sample.
    window_back: Vec<f32>,
    edge: Vec<f32>,
}

impl OverlapAdd {
    /// Transforms of so many samples: a multiple of 32.
    pub fn new(frame: usize) -> Self {
        let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / frame as f64).cos();
        let scale = 1.0 / (f64::from(WINDOWS_SQUARED) * frame as f64);
        OverlapAdd {
            transform: FrameTransform::new(frame),
            window: (0..frame).map(|n| (0.5 * hann(n)) as f32).collect(),
            window_back: (0..frame).map(|n| (scale * hann(n)) as f32).collect(),
            edge: vec![0.0; frame],
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
        self.frame() / 2 + 1
    }

    /// Frames centred on the signal, the first on its first sample.
    pub fn frames(&self, samples: usize) -> usize {
        1 + samples / self.hop()
    }

    /// Fills `spectrum` with that of a frame of `signal`: Σ x(n) w(n) e^(−2πikn ∕ frame).
    pub fn spectrum(&mut self, signal: &[f32], frame: usize, spectrum: &mut Spectrum) {
        let (length, place) = (self.frame(), (frame * self.hop()).checked_sub(self.frame() / 2));
        let whole = place.and_then(|start| signal.get(start..start + length));
        let samples = whole.unwrap_or_else(|| {
            let (start, before) =
                (place.unwrap_or(0), (self.window.len() / 2).saturating_sub(frame * length / OVERLAP));
            let inside = signal.get(start..).unwrap_or(&[]);
            let inside = &inside[..inside.len().min(length - before)];
            self.edge.fill(0.0);
            self.edge[before..][..inside.len()].copy_from_slice(inside);
            &self.edge
        });
        self.transform.forward(samples, &self.window, spectrum);
    }

    /// Adds a spectrum's signal back to `sums`, which begins where its frame does; spectra that were not changed add up to
    /// the signal itself.
    pub fn add(&mut self, spectrum: &Spectrum, sums: &mut [f32]) {
        self.transform.add_backward(spectrum, &self.window_back, sums);
    }

    /// Changes `signal` in place, frame after frame: `change` is given a frame's number and its spectrum, and puts there what
    /// the frame `delay` before it becomes, so that it can look ahead. The last `delay` frames and two more lie at the
    /// signal's end or beyond it. Beside the signal, memory for one frame is needed.
    pub fn apply(&mut self, signal: &mut [f32], delay: usize, mut change: impl FnMut(usize, &mut Spectrum)) {
        let (hop, half) = (self.hop(), self.frame() / 2);
        let (mut sums, mut spectrum) = (vec![0.0; self.frame()], Spectrum::new(self.bins()));
        for frame in 0..self.frames(signal.len()) + OVERLAP / 2 + delay {
            self.spectrum(signal, frame, &mut spectrum);
            change(frame, &mut spectrum);
            self.add(&spectrum, &mut sums);
            // What the next frame no longer reaches is whole, and no frame reads it again.
            if let Some(start) = (frame * hop).checked_sub(delay * hop + half) {
                let whole = signal.iter_mut().skip(start).zip(&sums[..hop]);
                whole.for_each(|(sample, sum)| *sample = *sum);
            }
            sums.copy_within(hop.., 0);
            sums[OVERLAP * hop - hop..].fill(0.0);
        }
        // The first hop lacks the frame that would be centred before the signal.
        for (sample, half_window) in signal.iter_mut().zip(&self.window[OVERLAP * hop - hop..]) {
            *sample *= WINDOWS_SQUARED / (WINDOWS_SQUARED - 4.0 * half_window.powi(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

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
            let mut found = Spectrum::new(transform.bins());
            transform.spectrum(&signal, frame, &mut found);
            let (found_re, found_im) = (f64::from(found.re[k as usize]), f64::from(found.im[k as usize]));
            assert!((found_re - re).hypot(found_im - im) < 1e-4, "frame {frame}, bin {k}");
        }
    }

    #[test]
    fn frames_may_be_given_back_later() {
        let (mut found, mut waiting) = (signal(4000), VecDeque::from(vec![Spectrum::new(257); 3]));
        OverlapAdd::new(512).apply(&mut found, 3, |_, bins| {
            waiting.push_back(bins.clone());
            *bins = waiting.pop_front().expect("a frame");
        });
        assert!(found.iter().zip(signal(4000)).all(|(found, sample)| (found - sample).abs() < ROUNDING));
    }

    #[test]
    fn a_gain_for_all_frames_is_a_gain() {
        let mut found = signal(4000);
        OverlapAdd::new(512).apply(&mut found, 0, |_, bins| {
            bins.re.iter_mut().chain(&mut bins.im).for_each(|part| *part *= 0.5);
        });
        assert!(found.iter().zip(signal(4000)).all(|(found, sample)| (found - 0.5 * sample).abs() < ROUNDING));
    }
}
