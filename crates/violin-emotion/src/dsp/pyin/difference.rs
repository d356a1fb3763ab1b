//! How unlike itself a frame is after a delay: near 0 at the periods of a tone.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::PyinSettings;

/// The cumulative mean normalised difference of YIN (A. de Cheveigné & H. Kawahara, JASA 111, 2002), with autocorrelation by
/// FFT and silence beyond the frame.
pub(super) struct Difference {
    frame: usize,
    hop: usize,
    shortest: usize,
    longest: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: (Vec<Complex32>, Vec<Complex32>),
    /// One value a delay, from the shortest period to the longest.
    values: Vec<f32>,
}

impl Difference {
    pub fn new(settings: &PyinSettings) -> Self {
        let shortest = (settings.sample_rate / settings.high_hz).floor() as usize;
        let longest = ((settings.sample_rate / settings.low_hz).ceil() as usize).min(settings.frame - 1);
        assert!((1..longest).contains(&shortest), "delays {shortest} to {longest} of a frame of {}", settings.frame);
        // Long enough that no delay of interest wraps around, and a product of small primes.
        let length = (settings.frame + longest + 1).next_multiple_of(256);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        Difference {
            frame: settings.frame,
            hop: settings.hop,
            shortest,
            longest,
            samples: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: (forward.make_scratch_vec(), inverse.make_scratch_vec()),
            values: vec![0.0; longest + 1 - shortest],
            forward,
            inverse,
        }
    }

    /// The delay of the first value, in samples.
    pub fn shortest(&self) -> usize {
        self.shortest
    }

    /// One value a delay, for the frame of that number.
    pub fn of(&mut self, samples: &[f32], frame: usize) -> &[f32] {
        self.fill_frame(samples, frame);
        let mut squares = 0.0;
        let heads: Vec<f64> = self.samples[..self.longest]
            .iter()
            .map(|sample| {
                squares += f64::from(*sample).powi(2);
                squares
            })
            .collect();
        self.autocorrelate();

        let energy = f64::from(self.samples[0]);
        let mut sum = 0.0;
        for delay in 1..=self.longest {
            let difference = 2.0 * (energy - f64::from(self.samples[delay])) - heads[delay - 1];
            sum += difference;
            if delay >= self.shortest {
                let mean = sum / delay as f64;
                self.values[delay - self.shortest] = (difference / (mean + f64::from(f32::MIN_POSITIVE))) as f32;
            }
        }
        &self.values
    }

    fn fill_frame(&mut self, samples: &[f32], frame: usize) {
        let before = (self.frame / 2).saturating_sub(frame * self.hop);
        let start = (frame * self.hop).saturating_sub(self.frame / 2).min(samples.len());
        let inside = &samples[start..(start + self.frame - before).min(samples.len())];
        self.samples.fill(0.0);
        self.samples[before..before + inside.len()].copy_from_slice(inside);
    }

    /// Replaces the frame by its autocorrelation.
    fn autocorrelate(&mut self) {
        let done = self.forward.process_with_scratch(&mut self.samples, &mut self.spectrum, &mut self.scratch.0);
        done.expect("buffers of the planned length");
        let scale = 1.0 / self.samples.len() as f32;
        for bin in &mut self.spectrum {
            *bin = Complex32::new(bin.norm_sqr() * scale, 0.0);
        }
        let done = self.inverse.process_with_scratch(&mut self.spectrum, &mut self.samples, &mut self.scratch.1);
        done.expect("buffers of the planned length");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Single precision through two transforms; energies here are about 500, differences relative to their mean.
    const ROUNDING: f64 = 1e-5;

    #[test]
    fn equals_the_definition() {
        let settings = PyinSettings { sample_rate: 8_000.0, low_hz: 100.0, high_hz: 1_000.0, frame: 512, hop: 128 };
        let samples: Vec<f32> = (0..2_000).map(|n| (n as f32 * 0.3).sin() + (n as f32 * 0.71).cos()).collect();
        let mut difference = Difference::new(&settings);
        for frame in [0, 1, 7, 15] {
            let found = difference.of(&samples, frame).to_vec();
            let at = |n: usize| {
                let place = (frame * 128 + n).checked_sub(256);
                place.and_then(|place| samples.get(place)).map_or(0.0, |sample| f64::from(*sample))
            };
            // Squared differences inside the frame, and what the delay pushes out of its end.
            let plain = |delay: usize| -> f64 {
                let inside: f64 = (0..512 - delay).map(|n| (at(n) - at(n + delay)).powi(2)).sum();
                inside + (512 - delay..512).map(|n| at(n).powi(2)).sum::<f64>()
            };
            for (found, delay) in found.iter().zip(8..=80) {
                let mean = (1..=delay).map(plain).sum::<f64>() / delay as f64;
                let expected = plain(delay) / mean;
                assert!((f64::from(*found) - expected).abs() < ROUNDING, "{frame}, {delay}: {found}, {expected}");
            }
        }
    }
}
