//! Pitch classes of a spectrum, as `librosa.feature.chroma_stft`.

use std::sync::OnceLock;

use pulp::{Arch, Simd, WithSimd};

use super::plane::{self, LANES, Lanes, Plane, part_mut, parts};
use super::stft::{BINS, FRAME};
use super::tuning::{STEPS, deviation};

/// Pitch classes, C first.
pub const CLASSES: usize = 12;

/// Gaussian pitch-class filters (Ellis 2007, "Chroma feature analysis and synthesis"), one bank a tuning step, each made
/// when first asked for.
pub struct ChromaFilters {
    sample_rate: f64,
    banks: [OnceLock<Vec<[f32; CLASSES]>>; STEPS],
}

impl ChromaFilters {
    /// Filters for spectra of 1025 bins.
    pub fn new(sample_rate: u32) -> Self {
        ChromaFilters { sample_rate: f64::from(sample_rate), banks: [const { OnceLock::new() }; STEPS] }
    }

    /// Fills `chroma` (frames × [`CLASSES`]) from the magnitudes of frames; each frame's strongest class is 1, silence 0.
    pub fn apply(&self, magnitude: &Plane, tuning_step: usize, chroma: &mut Vec<f32>) {
        let bank = self.banks[tuning_step].get_or_init(|| bank(self.sample_rate, deviation(tuning_step)));
        chroma.resize(magnitude.frames() * CLASSES, 0.0);
        for (magnitude, chroma) in magnitude.blocks().zip(chroma.chunks_mut(LANES * CLASSES)) {
            let sums = Arch::new().dispatch(Fold { bank, magnitude });
            for (lane, chroma) in chroma.chunks_exact_mut(CLASSES).enumerate() {
                normalise(&sums.map(|sum| sum[lane]), chroma);
            }
        }
    }
}

/// Sixteen frames times the filters.
struct Fold<'a> {
    bank: &'a [[f32; CLASSES]],
    magnitude: &'a [Lanes],
}

impl WithSimd for Fold<'_> {
    type Output = [Lanes; CLASSES];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [Lanes; CLASSES] {
        let mut answers = [[0.0; LANES]; CLASSES];
        for part in 0..parts::<S>() {
            let mut sums = [simd.splat_f32s(0.0); CLASSES];
            for (filters, magnitude) in self.bank.iter().zip(self.magnitude) {
                let magnitude = plane::part::<S>(magnitude, part);
                let power = simd.mul_f32s(magnitude, magnitude);
                for (sum, filter) in sums.iter_mut().zip(filters) {
                    *sum = simd.mul_add_e_f32s(power, simd.splat_f32s(*filter), *sum);
                }
            }
            for (answer, sum) in answers.iter_mut().zip(sums) {
                *part_mut::<S>(answer, part) = sum;
            }
        }
        answers
    }
}

/// Values over the largest of them; left as they are if that is next to nothing.
pub(super) fn normalise(values: &[f32], output: &mut [f32]) {
    let largest = values.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let scale = if largest < f32::MIN_POSITIVE { 1.0 } else { largest };
    for (output, value) in output.iter_mut().zip(values) {
        *output = value / scale;
    }
}

/// The filters for a tuning `deviation` in semitones.
fn bank(sample_rate: f64, deviation: f64) -> Vec<[f32; CLASSES]> {
    let reference = 440.0 * 2f64.powf(deviation / 12.0) / 16.0;
    let class_of = |bin: usize| 12.0 * (bin as f64 * sample_rate / FRAME as f64 / reference).log2();
    // 0 Hz has no pitch: it is put one and a half octaves below the first bin.
    let place = |bin: usize| if bin == 0 { class_of(1) - 18.0 } else { class_of(bin) };
    let filters = |bin: usize| {
        let here = place(bin);
        let width = (place(bin + 1) - here).max(1.0);
        // A is class 0 of the formula; C, three semitones up, is class 0 of the result.
        let distance = |class: usize| (here - ((class + 3) % 12) as f64 + 6.0 + 120.0).rem_euclid(12.0) - 6.0;
        let bumps: [f64; CLASSES] = std::array::from_fn(|class| (-0.5 * (2.0 * distance(class) / width).powi(2)).exp());
        let norm = bumps.iter().map(|bump| bump * bump).sum::<f64>().sqrt();
        let octave = (-0.5 * ((here / 12.0 - 5.0) / 2.0).powi(2)).exp();
        bumps.map(|bump| (bump / norm * octave) as f32)
    };
    (0..BINS).map(filters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_its_pitch_class() {
        for (hz, class) in [(440.0, 9), (261.63, 0), (1479.98, 6)] {
            let mut magnitude = vec![0.0; BINS];
            magnitude[(hz * FRAME as f64 / 44_100.0).round() as usize] = 1.0;
            let mut chroma = Vec::new();
            ChromaFilters::new(44_100).apply(&Plane::from_rows(&magnitude), STEPS / 2, &mut chroma);
            assert_eq!(chroma[class], 1.0, "{hz} Hz: {chroma:?}");
            assert!(chroma[(class + 6) % 12] < 0.05, "{hz} Hz: {chroma:?}");
        }
    }

    #[test]
    fn frames_do_not_mix_and_silence_is_zero() {
        let filters = ChromaFilters::new(44_100);
        let mut magnitude = vec![0.0; 6 * BINS];
        magnitude[4 * BINS + 41] = 2.0;
        let mut chroma = Vec::new();
        filters.apply(&Plane::from_rows(&magnitude), 50, &mut chroma);
        for frame in [0, 1, 2, 3, 5] {
            assert!(chroma[frame * CLASSES..][..CLASSES].iter().all(|value| *value == 0.0));
        }
        let mut alone = Vec::new();
        filters.apply(&Plane::from_rows(&magnitude[4 * BINS..5 * BINS]), 50, &mut alone);
        assert_eq!(alone, chroma[4 * CLASSES..5 * CLASSES]);
    }
}
