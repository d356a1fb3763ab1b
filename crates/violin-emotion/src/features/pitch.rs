//! Pitch classes and harmony.

use std::sync::LazyLock;

use super::Row;
use crate::audio::SAMPLE_RATE;
use crate::dsp::chroma::{CLASSES, ChromaFilters};
use crate::dsp::stft::Spectra;
use crate::dsp::summary::{column, mean, slopes};
use crate::dsp::tuning::TuningEstimate;

/// Made once for the whole program: a bank costs more than a window's chroma.
static FILTERS: LazyLock<ChromaFilters> = LazyLock::new(|| ChromaFilters::new(SAMPLE_RATE));

/// Measures a window's pitch classes; keeps its scratch memory.
#[derive(Default)]
pub(super) struct Pitch {
    tuning: TuningEstimate,
    chroma: Vec<f32>,
    values: Vec<f32>,
    slopes: Vec<f32>,
}

impl Pitch {
    pub(super) fn put(&mut self, spectra: &Spectra, row: &mut Row) {
        let tuning = self.tuning.step(&spectra.power, SAMPLE_RATE, CLASSES as u32);
        FILTERS.apply(&spectra.power, tuning, &mut self.chroma);
        for class in 0..CLASSES {
            column(&self.chroma, CLASSES, class, &mut self.values);
            slopes(&self.values, &mut self.slopes);
            row.put(("chroma_mean", class), mean(&self.values));
            row.put(("chroma_delta_mean", class), mean(&self.slopes));
        }
    }
}
