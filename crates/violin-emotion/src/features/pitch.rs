//! Pitch classes and harmony.

use std::sync::LazyLock;

use super::Row;
use crate::audio::SAMPLE_RATE;
use crate::dsp::chroma::{CLASSES, ChromaFilters};
use crate::dsp::cqt::{BINS_PER_OCTAVE, ConstantQ};
use crate::dsp::hpss::HarmonicPart;
use crate::dsp::plane::Plane;
use crate::dsp::stft::{Spectra, Stft};
use crate::dsp::summary::{column, mean, slopes};
use crate::dsp::tonnetz::mean_centroid;
use crate::dsp::tuning::{TuningEstimate, deviation};

/// Made once for the whole program: a bank costs more than a window's chroma.
static FILTERS: LazyLock<ChromaFilters> = LazyLock::new(|| ChromaFilters::new(SAMPLE_RATE));

/// Measures a window's pitch classes; keeps its scratch memory.
#[derive(Default)]
pub(super) struct Pitch {
    tuning: TuningEstimate,
    harmonic: HarmonicPart,
    harmonic_samples: Vec<f32>,
    harmonic_magnitude: Plane,
    constant_q: ConstantQ,
    chroma: Vec<f32>,
    values: Vec<f32>,
    slopes: Vec<f32>,
}

impl Pitch {
    /// `stft` is lent for the spectrum of the harmonic part.
    pub(super) fn put(&mut self, samples: &[f32], spectra: &Spectra, stft: &mut Stft, row: &mut Row) {
        self.put_chroma(spectra, row);
        self.put_tonnetz(samples.len(), spectra, stft, row);
    }

    fn put_chroma(&mut self, spectra: &Spectra, row: &mut Row) {
        let tuning = self.tuning.step(&spectra.magnitude, |value| value * value, SAMPLE_RATE, CLASSES as u32);
        FILTERS.apply(&spectra.magnitude, tuning, &mut self.chroma);
        for class in 0..CLASSES {
            column(&self.chroma, CLASSES, class, &mut self.values);
            slopes(&self.values, &mut self.slopes);
            row.put(("chroma_mean", class), mean(&self.values));
            row.put(("chroma_delta_mean", class), mean(&self.slopes));
        }
    }

    fn put_tonnetz(&mut self, length: usize, spectra: &Spectra, stft: &mut Stft, row: &mut Row) {
        self.harmonic_samples.resize(length, 0.0);
        self.harmonic.extract(spectra, &mut self.harmonic_samples);
        stft.magnitudes(&self.harmonic_samples, &mut self.harmonic_magnitude);
        let bins_per_octave = BINS_PER_OCTAVE as u32;
        let tuning = self.tuning.step(&self.harmonic_magnitude, |value| value, SAMPLE_RATE, bins_per_octave);
        let magnitudes = self.constant_q.magnitudes(&self.harmonic_samples, deviation(tuning) as f32);
        row.put_all("tonnetz_mean", &mean_centroid(magnitudes));
    }
}
