//! Frames out of the input and into the output.

use super::super::frame_transform::{FrameTransform, Spectrum};
use super::super::stft::hann;
use super::FRAME;

/// Reads windowed spectra and adds them up again.
///
/// Phases are those at a frame's beginning: what is done to a spectrum here, turning its bins, is the same at any other
/// place of the frame.
pub(super) struct Frames {
    hop: usize,
    /// Half the window, as the transform gives twice the spectrum.
    window: Vec<f32>,
    /// The window over what the squares of all windows sum to.
    window_back: Vec<f32>,
    transform: FrameTransform,
    edge: Vec<f32>,
    sums: Vec<f32>,
}

impl Frames {
    /// Frames every `hop` samples of the output; a divisor of the frame, at most a quarter of it.
    pub fn new(hop: usize) -> Self {
        // The squares of Hann windows sum to 3/8 of a frame over the hop; the transform there and back is FRAME times
        // what it was.
        let sum = 0.375 * FRAME as f64 / hop as f64 * FRAME as f64;
        Frames {
            hop,
            window: (0..FRAME).map(|n| (0.5 * hann(n)) as f32).collect(),
            window_back: (0..FRAME).map(|n| (hann(n) / sum) as f32).collect(),
            transform: FrameTransform::new(FRAME),
            edge: vec![0.0; FRAME],
            sums: vec![0.0; FRAME],
        }
    }

    /// Fills `spectrum` with that of the frame centred at `centre`, zeros beyond the signal's ends.
    pub fn read(&mut self, samples: &[f32], centre: i64, spectrum: &mut Spectrum) {
        self.transform.forward(around(samples, centre, &mut self.edge), &self.window, spectrum);
    }

    /// Adds the spectrum's frame to the sums, one hop after the last one.
    pub fn write(&mut self, spectrum: &Spectrum) {
        self.sums.copy_within(self.hop.., 0);
        self.sums[FRAME - self.hop..].fill(0.0);
        self.transform.add_backward(spectrum, &self.window_back, &mut self.sums);
    }

    /// What no later frame adds to: the hop where the last frame began.
    pub fn finished(&self) -> &[f32] {
        &self.sums[..self.hop]
    }
}

/// The samples around `centre`, as many as `edge` has; those that reach beyond the signal's ends in `edge`, zeros there.
pub(super) fn around<'a>(samples: &'a [f32], centre: i64, edge: &'a mut [f32]) -> &'a [f32] {
    let length = edge.len() as i64;
    let start = centre - length / 2;
    let whole = usize::try_from(start).ok().and_then(|start| samples.get(start..start + edge.len()));
    whole.unwrap_or_else(|| {
        let skipped = (-start).clamp(0, length) as usize;
        let end = (samples.len() as i64 - start).clamp(skipped as i64, length) as usize;
        edge[..skipped].fill(0.0);
        edge[end..].fill(0.0);
        if skipped < end {
            let from = (start + skipped as i64) as usize;
            edge[skipped..end].copy_from_slice(&samples[from..from + end - skipped]);
        }
        edge
    })
}
