//! Timbre: cepstral coefficients, contrast, the spectrum's shape, zero crossings.

use super::Row;
use crate::audio::SAMPLE_RATE;
use crate::dsp::contrast::{self, ContrastBands};
use crate::dsp::level::zero_crossing_rate;
use crate::dsp::mel::{COEFFICIENTS, Cepstrum};
use crate::dsp::shape::Shapes;
use crate::dsp::stft::Spectra;
use crate::dsp::summary::{column, curve, mean, slopes, standard_deviation};

/// Measures a window's timbre; keeps its scratch memory.
pub(super) struct Timbre {
    cepstrum: Cepstrum,
    bands: ContrastBands,
    shapes: Shapes,
    coefficients: Vec<f32>,
    contrast: Vec<f32>,
    crossings: Vec<f32>,
    values: Vec<f32>,
    slopes: Vec<f32>,
}

impl Timbre {
    pub(super) fn new() -> Self {
        Timbre {
            cepstrum: Cepstrum::new(),
            bands: ContrastBands::new(SAMPLE_RATE),
            shapes: Shapes::default(),
            coefficients: Vec::new(),
            contrast: Vec::new(),
            crossings: Vec::new(),
            values: Vec::new(),
            slopes: Vec::new(),
        }
    }

    /// `mel_db` is the mel spectrum in dB, frames × 128.
    pub(super) fn put(&mut self, samples: &[f32], spectra: &Spectra, mel_db: &[f32], row: &mut Row) {
        self.put_cepstrum(mel_db, row);
        self.put_contrast(spectra, row);
        self.put_shape(spectra, row);
        self.put_crossings(samples, row);
    }

    fn put_cepstrum(&mut self, mel_db: &[f32], row: &mut Row) {
        self.cepstrum.apply(mel_db, &mut self.coefficients);
        for number in 0..COEFFICIENTS {
            column(&self.coefficients, COEFFICIENTS, number, &mut self.values);
            slopes(&self.values, &mut self.slopes);
            row.put(("mfcc_mean", number), mean(&self.values));
            row.put(("mfcc_sd", number), standard_deviation(&self.values));
            row.put(("mfcc_delta_mean", number), mean(&self.slopes));
            row.put(("mfcc_delta_sd", number), standard_deviation(&self.slopes));
        }
    }

    fn put_contrast(&mut self, spectra: &Spectra, row: &mut Row) {
        self.bands.apply(&spectra.magnitude, &mut self.contrast);
        for number in 0..contrast::BANDS {
            column(&self.contrast, contrast::BANDS, number, &mut self.values);
            row.put(("contrast_mean", number), mean(&self.values));
        }
    }

    fn put_shape(&mut self, spectra: &Spectra, row: &mut Row) {
        self.shapes.measure(&spectra.magnitude, SAMPLE_RATE);
        row.put(("centroid_mean", 0), mean(&self.shapes.centroid));
        row.put(("centroid_sd", 0), standard_deviation(&self.shapes.centroid));
        row.put(("bandwidth_mean", 0), mean(&self.shapes.bandwidth));
        row.put(("flatness_mean", 0), mean(&self.shapes.flatness));
    }

    fn put_crossings(&mut self, samples: &[f32], row: &mut Row) {
        zero_crossing_rate(samples, &mut self.crossings);
        row.put(("zcr_mean", 0), mean(&self.crossings));
        row.put(("zcr_sd", 0), standard_deviation(&self.crossings));
        row.put_all("zcr_curve", &curve::<20>(&self.crossings));
    }
}
