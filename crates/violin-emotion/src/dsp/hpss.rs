//! The harmonic part of a signal: what lasts, without what strikes.

use super::istft::InverseStft;
use super::median::MedianFilter;
use super::plane::{Lanes, Plane};
use super::stft::Spectra;
use super::vectorised::vectorised;

/// Harmonic–percussive separation of which only the harmonic part is kept, as `librosa.effects.harmonic` with its defaults.
///
/// A partial is a ridge along time, a stroke a ridge along frequency. Each bin's magnitude is replaced by its median over
/// 31 frames (h) and over 31 bins (p); the spectrum is multiplied by h² ∕ (h² + p²) and transformed back
/// (Fitzgerald 2010, "Harmonic/percussive separation using median filtering"; soft mask of power 2, margin 1).
#[derive(Default)]
pub struct HarmonicPart {
    filter: MedianFilter,
    harmonic: Plane,
    percussive: Plane,
    inverse: InverseStft,
}

impl HarmonicPart {
    /// A separation without scratch memory; it grows on first use.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills `output` with the harmonic part of the signal whose spectra these are; its length is the signal's.
    pub fn extract(&mut self, spectra: &Spectra, output: &mut [f32]) {
        self.filter.over_frames(&spectra.magnitude, &mut self.harmonic);
        self.filter.over_bins(&spectra.magnitude, &mut self.percussive);
        let mut medians = self.harmonic.blocks().zip(self.percussive.blocks());
        let mut spectrum = spectra.re.blocks().zip(spectra.im.blocks());
        let write = |_, re: &mut [Lanes], im: &mut [Lanes]| {
            if let (Some((h, p)), Some((real, imaginary))) = (medians.next(), spectrum.next()) {
                mask((real, imaginary), (h, p), (re, im));
            }
        };
        self.inverse.invert(spectra.frames(), write, output);
    }
}

/// The spectrum times h² ∕ (h² + p²), by way of the larger of the two, so that no square is lost below the smallest number.
fn mask(spectrum: (&[Lanes], &[Lanes]), medians: (&[Lanes], &[Lanes]), output: (&mut [Lanes], &mut [Lanes])) {
    vectorised(
        #[inline(always)]
        || {
            let medians = medians.0.as_flattened().iter().zip(medians.1.as_flattened());
            let spectrum = spectrum.0.as_flattened().iter().zip(spectrum.1.as_flattened());
            let output = output.0.as_flattened_mut().iter_mut().zip(output.1.as_flattened_mut());
            for ((output, value), (&h, &p)) in output.zip(spectrum).zip(medians) {
                let share = share(h, p);
                (*output.0, *output.1) = (value.0 * share, value.1 * share);
            }
        },
    );
}

#[inline(always)]
fn share(h: f32, p: f32) -> f32 {
    let larger = if h > p { h } else { p };
    let silent = larger < f32::MIN_POSITIVE;
    let scale = 1.0 / if silent { 1.0 } else { larger };
    let (h, p) = (h * scale, p * scale);
    let (h, p) = (h * h, p * p);
    if silent { 0.5 } else { h / (h + p) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::stft::BINS;

    #[test]
    fn the_mask_is_a_half_where_nothing_is_and_never_leaves_its_range() {
        let medians = [(0.0, 0.0), (3.0, 0.0), (0.0, 3.0), (1e-30, 1e-30), (4.0, 3.0)];
        assert_eq!(medians.map(|(h, p)| share(h, p)), [0.5, 1.0, 0.0, 0.5, 0.64]);
        let (mut re, mut im) = ([[0.0; 16]; 3], [[0.0; 16]; 3]);
        mask((&[[1.0; 16]; 3], &[[-2.0; 16]; 3]), (&[[4.0; 16]; 3], &[[3.0; 16]; 3]), (&mut re, &mut im));
        assert_eq!((re, im), ([[0.64; 16]; 3], [[-1.28; 16]; 3]));
    }

    #[test]
    fn a_tone_stays_and_a_click_goes() {
        let frames = 80;
        let mut magnitude = vec![0.0; frames * BINS];
        for frame in 0..frames {
            magnitude[frame * BINS + 100] = 1.0;
        }
        magnitude[40 * BINS..41 * BINS].fill(1.0);
        let magnitude = Plane::from_rows(&magnitude);
        let silence = Plane::from_rows(&vec![0.0; frames * BINS]);
        let spectra = Spectra { re: magnitude.clone(), im: silence, magnitude };
        let mut part = HarmonicPart::new();
        part.extract(&spectra, &mut vec![0.0; (frames - 1) * 512]);
        // In the click's frame both medians are 1 at the tone: half of it stays. Elsewhere the click is gone and the tone whole.
        let share = |frame: usize, bin: usize| share(part.harmonic.at(frame, bin), part.percussive.at(frame, bin));
        assert_eq!((share(40, 100), share(10, 100), share(40, 500)), (0.5, 1.0, 0.0));
    }

    #[test]
    fn silence_stays_silence() {
        let mut output = vec![1.0; 22_050];
        let silence = Plane::from_rows(&vec![0.0; 44 * BINS]);
        let spectra = Spectra { re: silence.clone(), im: silence.clone(), magnitude: silence };
        HarmonicPart::new().extract(&spectra, &mut output);
        assert!(output.iter().all(|sample| *sample == 0.0));
    }
}
