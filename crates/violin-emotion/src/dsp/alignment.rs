//! Where two fingerprints agree best: their correlation at every offset, by FFT.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::fingerprint::{Fingerprint, VALUES};

/// Two values are transformed as one complex number.
const PLANES: usize = VALUES / 2;

/// Mean square sum of a frame's values below which there is nothing to compare: about 1 dB of change in one value.
const SILENT: f64 = 0.25;

/// How two fingerprints lie on each other where they agree best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// Frame of the first on which the second's frame 0 lies; negative if the second begins before the first.
    pub offset: i64,
    /// Frames that lie on each other.
    pub overlap: usize,
    /// Their correlation, −1 to 1: 1 for the same sound, about 0 for others.
    pub agreement: f64,
}

/// Aligns fingerprints that are together no longer than its size.
pub struct Aligner {
    size: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
}

/// A fingerprint made ready for an [`Aligner`].
pub struct Ready {
    spectra: Vec<Complex32>,
    /// Sum of squares of all frames before each frame, and of all.
    energy: Vec<f64>,
}

impl Ready {
    fn frames(&self) -> usize {
        self.energy.len() - 1
    }
}

impl Aligner {
    /// For two fingerprints of so many frames together.
    pub fn new(frames: usize) -> Self {
        let size = frames.next_power_of_two();
        let mut planner = FftPlanner::new();
        Aligner { size, forward: planner.plan_fft_forward(size), inverse: planner.plan_fft_inverse(size) }
    }

    /// Transforms a fingerprint once, for all its alignments.
    ///
    /// # Panics
    /// If it is longer than the size.
    pub fn ready(&self, print: &Fingerprint) -> Ready {
        assert!(print.frames() <= self.size, "a fingerprint within the size");
        let mut spectra = vec![Complex32::ZERO; PLANES * self.size];
        let soft = |value: i8| f32::from(value) / f32::from(i8::MAX);
        for (plane, values) in spectra.chunks_exact_mut(self.size).enumerate() {
            for (value, row) in values.iter_mut().zip(print.rows()) {
                *value = Complex32::new(soft(row[2 * plane]), soft(row[2 * plane + 1]));
            }
        }
        self.forward.process(&mut spectra);
        let mut energy = Vec::with_capacity(print.frames() + 1);
        let mut sum = 0.0;
        energy.push(sum);
        for row in print.rows() {
            sum += row.iter().map(|&value| f64::from(soft(value)).powi(2)).sum::<f64>();
            energy.push(sum);
        }
        Ready { spectra, energy }
    }

    /// The best of all alignments with an overlap of at least so many frames: the one whose agreement times the square root
    /// of its overlap, by which chance is measured, is largest. `None` if nothing can lie on each other so far.
    ///
    /// # Panics
    /// If both together are longer than the size.
    pub fn align(&self, first: &Ready, second: &Ready, least_overlap: usize) -> Option<Alignment> {
        let (longer, shorter) = (first.frames(), second.frames());
        assert!(longer + shorter <= self.size, "fingerprints within the size");
        let mut sums = vec![Complex32::ZERO; self.size];
        for (one, other) in first.spectra.chunks_exact(self.size).zip(second.spectra.chunks_exact(self.size)) {
            for (sum, (a, b)) in sums.iter_mut().zip(one.iter().zip(other)) {
                *sum += a * b.conj();
            }
        }
        self.inverse.process(&mut sums);
        let least = least_overlap.max(1) as i64;
        let (longer, shorter) = (longer as i64, shorter as i64);
        let mut best: Option<(f64, Alignment)> = None;
        for offset in least - shorter..=longer - least {
            let (start, end) = (offset.max(0), (offset + shorter).min(longer));
            let overlap = end - start;
            if overlap < least {
                continue;
            }
            let energy = |ready: &Ready, from: i64, to: i64| ready.energy[to as usize] - ready.energy[from as usize];
            let scale = (energy(first, start, end) * energy(second, start - offset, end - offset)).sqrt();
            // Frames of silence agree on nothing.
            if scale < overlap as f64 * SILENT {
                continue;
            }
            let sum = f64::from(sums[offset.rem_euclid(self.size as i64) as usize].re) / self.size as f64;
            let agreement = sum / scale;
            let weight = agreement * (overlap as f64).sqrt();
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, Alignment { offset, overlap: overlap as usize, agreement }));
            }
        }
        best.map(|(_, alignment)| alignment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::fingerprint::STEP;

    /// Correlations in f32.
    const ROUNDING: f64 = 1e-4;

    fn noise(samples: usize, mut seed: u32) -> Vec<f32> {
        let draw = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1u32 << 24) as f32 - 0.5
        };
        (0..samples).map(draw).collect()
    }

    /// The definition, offset by offset.
    fn slow(first: &Fingerprint, second: &Fingerprint, least: usize) -> Alignment {
        let (longer, shorter) = (first.frames() as i64, second.frames() as i64);
        let weight = |it: &Alignment| it.agreement * (it.overlap as f64).sqrt();
        (1 - shorter..longer)
            .filter_map(|offset| {
                let pairs: Vec<(f64, f64)> = (offset.max(0)..(offset + shorter).min(longer))
                    .flat_map(|at| first.rows()[at as usize].iter().zip(&second.rows()[(at - offset) as usize]))
                    .map(|(&a, &b)| (f64::from(a), f64::from(b)))
                    .collect();
                let sum = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
                let agreement = sum(|(a, b)| a * b) / (sum(|(a, _)| a * a) * sum(|(_, b)| b * b)).sqrt();
                let overlap = pairs.len() / VALUES;
                (overlap >= least).then_some(Alignment { offset, overlap, agreement })
            })
            .max_by(|a, b| weight(a).total_cmp(&weight(b)))
            .expect("an overlap")
    }

    #[test]
    fn the_transform_finds_what_the_definition_finds() {
        let long = noise(200_000, 1);
        let prints = [&long[..], &long[50 * STEP..120 * STEP], &noise(90_000, 2)].map(|it| Fingerprint::of(it, 44_100));
        let aligner = Aligner::new(400);
        for (one, other) in [(0, 1), (1, 0), (0, 2), (1, 2)] {
            let ready = [one, other].map(|at| aligner.ready(&prints[at]));
            let found = aligner.align(&ready[0], &ready[1], 20).expect("an overlap");
            let expected = slow(&prints[one], &prints[other], 20);
            assert_eq!((found.offset, found.overlap), (expected.offset, expected.overlap), "{one} {other}");
            assert!((found.agreement - expected.agreement).abs() < ROUNDING, "{found:?} {expected:?}");
        }
        let ready = [0, 1].map(|at| aligner.ready(&prints[at]));
        let found = aligner.align(&ready[0], &ready[1], 20).expect("an overlap");
        assert!(found.offset == 50 && found.agreement > 0.95, "{found:?}");
    }

    #[test]
    fn nothing_is_said_of_silence_or_too_little() {
        let prints = [vec![0.0; 100_000], noise(100_000, 1)].map(|it| Fingerprint::of(&it, 44_100));
        let aligner = Aligner::new(400);
        let ready = [0, 1].map(|at| aligner.ready(&prints[at]));
        assert_eq!(aligner.align(&ready[0], &ready[1], 20), None);
        assert_eq!(aligner.align(&ready[1], &ready[1], 1000), None);
    }
}
