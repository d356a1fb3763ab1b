//! The harmonic part of a signal: what lasts, without what strikes.

use rustfft::num_complex::Complex32;

use super::istft::InverseStft;
use super::median::MedianFilter;
use super::stft::BINS;
use super::vectorised::vectorised;

/// Harmonic–percussive separation of which only the harmonic part is kept, as `librosa.effects.harmonic` with its defaults.
///
/// A partial is a ridge along time, a stroke a ridge along frequency. Each bin's magnitude is replaced by its median over
/// 31 frames (h) and over 31 bins (p); the spectrum is multiplied by h² ∕ (h² + p²) and transformed back
/// (Fitzgerald 2010, "Harmonic/percussive separation using median filtering"; soft mask of power 2, margin 1).
#[derive(Default)]
pub struct HarmonicPart {
    filter: MedianFilter,
    harmonic: Vec<f32>,
    percussive: Vec<f32>,
    inverse: InverseStft,
}

impl HarmonicPart {
    /// A separation without scratch memory; it grows on first use.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills `output` with the harmonic part, of the length of the signal.
    ///
    /// `spectrum` and `magnitude` are frames × 1025: 2048 samples, every 512, centred, periodic Hann window.
    ///
    /// # Panics
    /// If the two differ in size.
    pub fn extract(&mut self, spectrum: &[Complex32], magnitude: &[f32], output: &mut [f32]) {
        assert_eq!(spectrum.len(), magnitude.len(), "one magnitude a bin");
        self.harmonic.resize(magnitude.len(), 0.0);
        self.percussive.resize(magnitude.len(), 0.0);
        self.filter.down_columns(magnitude, BINS, &mut self.harmonic);
        self.filter.along_rows(magnitude, BINS, &mut self.percussive);
        let write = |frame: usize, bins: &mut [Complex32]| {
            let place = frame * BINS..(frame + 1) * BINS;
            mask(&spectrum[place.clone()], &self.harmonic[place.clone()], &self.percussive[place], bins);
        };
        self.inverse.invert(spectrum.len() / BINS, write, output);
    }
}

/// The spectrum times h² ∕ (h² + p²), by way of the larger of the two, so that no square is lost below the smallest number.
fn mask(spectrum: &[Complex32], harmonic: &[f32], percussive: &[f32], output: &mut [Complex32]) {
    vectorised(
        #[inline(always)]
        || {
            let medians = harmonic.iter().zip(percussive);
            for ((output, value), (&h, &p)) in output.iter_mut().zip(spectrum).zip(medians) {
                let larger = if h > p { h } else { p };
                let silent = larger < f32::MIN_POSITIVE;
                let scale = 1.0 / if silent { 1.0 } else { larger };
                let (h, p) = (h * scale, p * scale);
                let (h, p) = (h * h, p * p);
                let share = if silent { 0.5 } else { h / (h + p) };
                *output = Complex32::new(value.re * share, value.im * share);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_a_half_where_nothing_is_and_never_leaves_its_range() {
        let spectrum = [Complex32::new(1.0, -2.0); 5];
        let mut output = [Complex32::ZERO; 5];
        mask(&spectrum, &[0.0, 3.0, 0.0, 1e-30, 4.0], &[0.0, 0.0, 3.0, 1e-30, 3.0], &mut output);
        let shares: Vec<f32> = output.iter().map(|value| value.re).collect();
        assert_eq!(shares, [0.5, 1.0, 0.0, 0.5, 0.64]);
        assert!(output.iter().all(|value| value.im == -2.0 * value.re));
    }

    #[test]
    fn a_tone_stays_and_a_click_goes() {
        let frames = 80;
        let mut magnitude = vec![0.0; frames * BINS];
        for frame in 0..frames {
            magnitude[frame * BINS + 100] = 1.0;
        }
        magnitude[40 * BINS..41 * BINS].fill(1.0);
        let spectrum: Vec<Complex32> = magnitude.iter().map(|&value| Complex32::new(value, 0.0)).collect();
        let mut part = HarmonicPart::new();
        part.extract(&spectrum, &magnitude, &mut vec![0.0; (frames - 1) * 512]);
        // In the click's frame both medians are 1 at the tone: half of it stays. Elsewhere the click is gone and the tone whole.
        let share = |frame: usize, bin: usize| {
            let mut bins = [Complex32::ZERO; BINS];
            let place = frame * BINS..(frame + 1) * BINS;
            mask(&spectrum[place.clone()], &part.harmonic[place.clone()], &part.percussive[place], &mut bins);
            bins[bin].re
        };
        assert_eq!((share(40, 100), share(10, 100), share(40, 500)), (0.5, 1.0, 0.0));
    }

    #[test]
    fn silence_stays_silence() {
        let mut output = vec![1.0; 22_050];
        HarmonicPart::new().extract(&vec![Complex32::ZERO; 44 * BINS], &vec![0.0; 44 * BINS], &mut output);
        assert!(output.iter().all(|sample| *sample == 0.0));
    }
}
