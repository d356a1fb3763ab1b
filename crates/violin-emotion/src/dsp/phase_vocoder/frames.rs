//! Frames out of the input and into the output.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::super::stft::hann;
use super::{BINS, FRAME};

/// Reads windowed spectra and adds them up again; the phases of a spectrum are those at the frame's centre.
pub(super) struct Frames {
    hop: usize,
    window: Vec<f32>,
    /// The window again, over what the squares of all windows sum to.
    window_back: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Complex32>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    sums: Vec<f32>,
}

impl Frames {
    /// Frames every `hop` samples of the output; a divisor of the frame, at most a quarter of it.
    pub fn new(hop: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(FRAME), planner.plan_fft_inverse(FRAME));
        let scratch = forward.get_scratch_len().max(backward.get_scratch_len());
        // The squares of Hann windows sum to 3/8 of a frame over the hop; the transform there and back is FRAME times
        // what it was.
        let sum = 0.375 * FRAME as f64 / hop as f64 * FRAME as f64;
        Frames {
            hop,
            window: (0..FRAME).map(|n| hann(n) as f32).collect(),
            window_back: (0..FRAME).map(|n| (hann(n) / sum) as f32).collect(),
            forward,
            backward,
            scratch: vec![Complex32::ZERO; scratch],
            frame: vec![0.0; FRAME],
            spectrum: vec![Complex32::ZERO; BINS],
            sums: vec![0.0; FRAME],
        }
    }

    /// The spectrum of the frame centred at `centre`, zeros beyond the signal's ends.
    pub fn read(&mut self, samples: &[f32], centre: i64) -> &mut [Complex32] {
        windowed(samples, centre, &self.window, &mut self.frame);
        let transformed = self.forward.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
        transformed.expect("buffers of the transform's own lengths");
        centred(&mut self.spectrum);
        &mut self.spectrum
    }

    /// Adds the spectrum's frame to the sums, one hop after the last one.
    pub fn write(&mut self) {
        centred(&mut self.spectrum);
        (self.spectrum[0].im, self.spectrum[BINS - 1].im) = (0.0, 0.0);
        let transformed = self.backward.process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch);
        transformed.expect("buffers of the transform's own lengths, real at both ends");
        self.sums.copy_within(self.hop.., 0);
        self.sums[FRAME - self.hop..].fill(0.0);
        let windowed = self.frame.iter().zip(&self.window_back);
        self.sums.iter_mut().zip(windowed).for_each(|(sum, (value, window))| *sum += value * window);
    }

    /// What no later frame adds to: the hop where the last frame began.
    pub fn finished(&self) -> &[f32] {
        &self.sums[..self.hop]
    }
}

/// Fills `frame` with the samples around `centre` times the window, zeros beyond the signal's ends.
pub(super) fn windowed(samples: &[f32], centre: i64, window: &[f32], frame: &mut [f32]) {
    let length = frame.len() as i64;
    let start = centre - length / 2;
    let skipped = (-start).clamp(0, length) as usize;
    let end = (samples.len() as i64 - start).clamp(skipped as i64, length) as usize;
    frame[..skipped].fill(0.0);
    frame[end..].fill(0.0);
    if skipped < end {
        let from = (start + skipped as i64) as usize;
        let samples = &samples[from..from + end - skipped];
        let products = samples.iter().zip(&window[skipped..end]).map(|(sample, window)| sample * window);
        frame[skipped..end].iter_mut().zip(products).for_each(|(value, product)| *value = product);
    }
}

/// Moves the time that phases refer to by half a frame.
fn centred(spectrum: &mut [Complex32]) {
    spectrum.iter_mut().skip(1).step_by(2).for_each(|bin| *bin = -*bin);
}
