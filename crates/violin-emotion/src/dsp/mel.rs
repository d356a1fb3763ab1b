//! The mel scale: 128 bands of a spectrum, and their cepstral coefficients, as `librosa.feature`.

use std::f64::consts::PI;
use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::logarithm::ln;
use super::plane::{self, LANES, Lanes, Plane, part_mut, parts};
use super::stft::{BINS, FRAME};
use super::vectorised::vectorised;

/// Bands of the mel spectrum.
pub const BANDS: usize = 128;
/// Cepstral coefficients kept.
pub const COEFFICIENTS: usize = 13;
/// What is below the loudest value by more than this counts as this, dB.
const DYNAMIC_RANGE_DB: f32 = 80.0;
/// Power below this counts as this.
const LEAST_POWER: f32 = 1e-10;

/// Slaney's mel filters (Auditory Toolbox 1998): triangles of equal area, linear below 1 kHz, logarithmic above.
pub struct MelFilters {
    bands: Vec<(Range<usize>, Vec<f32>)>,
}

impl MelFilters {
    /// Filters from 0 Hz to half the sample rate.
    pub fn new(sample_rate: u32) -> Self {
        let half = f64::from(sample_rate) / 2.0;
        let top = hz_to_mel(half);
        let edge = |number: usize| mel_to_hz(top * number as f64 / (BANDS + 1) as f64);
        let bin_hz = f64::from(sample_rate) / FRAME as f64;
        let band = |number: usize| {
            let (low, centre, high) = (edge(number), edge(number + 1), edge(number + 2));
            let weight = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                let slope = ((hz - low) / (centre - low)).min((high - hz) / (high - centre));
                slope.max(0.0) * 2.0 / (high - low)
            };
            let bins = (low / bin_hz) as usize..((high / bin_hz) as usize + 2).min(BINS);
            (bins.clone(), bins.map(|bin| weight(bin) as f32).collect())
        };
        MelFilters { bands: (0..BANDS).map(band).collect() }
    }

    /// Fills `mel` (frames × [`BANDS`]) with the power in each band, from the magnitudes of frames.
    pub fn apply(&self, magnitude: &Plane, mel: &mut Vec<f32>) {
        mel.resize(magnitude.frames() * BANDS, 0.0);
        for (magnitude, mel) in magnitude.blocks().zip(mel.chunks_mut(LANES * BANDS)) {
            Arch::new().dispatch(Block { filters: self, magnitude, mel });
        }
    }
}

/// Sixteen frames.
struct Block<'a> {
    filters: &'a MelFilters,
    magnitude: &'a [Lanes],
    mel: &'a mut [f32],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (band, (bins, weights)) in self.filters.bands.iter().enumerate() {
            let mut sums = [0.0; LANES];
            for part in 0..parts::<S>() {
                let mut sum = simd.splat_f32s(0.0);
                for (magnitude, weight) in self.magnitude[bins.clone()].iter().zip(weights) {
                    let magnitude = plane::part::<S>(magnitude, part);
                    let power = simd.mul_f32s(magnitude, magnitude);
                    sum = simd.mul_add_e_f32s(power, simd.splat_f32s(*weight), sum);
                }
                *part_mut::<S>(&mut sums, part) = sum;
            }
            for (frame, sum) in self.mel.chunks_exact_mut(BANDS).zip(sums) {
                frame[band] = sum;
            }
        }
    }
}

/// Power → dB, `librosa.power_to_db` with its defaults: 10 log₁₀, at least 1e-10, at most 80 dB below the largest value.
pub fn power_to_db(power: &[f32], db: &mut Vec<f32>) {
    db.resize(power.len(), 0.0);
    vectorised(
        #[inline(always)]
        || {
            for (power, db) in power.iter().zip(db.iter_mut()) {
                let power = if *power > LEAST_POWER { *power } else { LEAST_POWER };
                *db = ln(power) * (10.0 / std::f32::consts::LN_10);
            }
        },
    );
    let floor = db.iter().copied().fold(f32::NEG_INFINITY, f32::max) - DYNAMIC_RANGE_DB;
    db.iter_mut().for_each(|value| *value = value.max(floor));
}

/// Discrete cosine transform of mel spectra in dB: the first 13 coefficients (type II, orthonormal).
pub struct Cepstrum {
    cosines: Vec<Lanes>,
}

impl Cepstrum {
    /// The transform of [`BANDS`] values.
    pub fn new() -> Self {
        let cosine = |band: usize, number: usize| {
            let norm = if number == 0 { 1.0 / BANDS as f64 } else { 2.0 / BANDS as f64 };
            norm.sqrt() * (PI * number as f64 * (band as f64 + 0.5) / BANDS as f64).cos()
        };
        let row = |band: usize| std::array::from_fn(|n| if n < COEFFICIENTS { cosine(band, n) as f32 } else { 0.0 });
        Cepstrum { cosines: (0..BANDS).map(row).collect() }
    }

    /// Fills `coefficients` (frames × [`COEFFICIENTS`]) from `db` (frames × [`BANDS`]).
    pub fn apply(&self, db: &[f32], coefficients: &mut Vec<f32>) {
        coefficients.resize(db.len() / BANDS * COEFFICIENTS, 0.0);
        Arch::new().dispatch(Cosines { cosines: &self.cosines, db, coefficients });
    }
}

/// Frames that share one run over the cosines.
const TOGETHER: usize = 4;

struct Cosines<'a> {
    cosines: &'a [Lanes],
    db: &'a [f32],
    coefficients: &'a mut [f32],
}

impl WithSimd for Cosines<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let frames = self.coefficients.chunks_mut(TOGETHER * COEFFICIENTS);
        for (db, coefficients) in self.db.chunks(TOGETHER * BANDS).zip(frames) {
            let last = db.len() / BANDS - 1;
            // Missing frames repeat the last one; nobody reads their sums.
            let db: [&[f32]; TOGETHER] = std::array::from_fn(|frame| &db[frame.min(last) * BANDS..][..BANDS]);
            let mut answers = [[0.0; LANES]; TOGETHER];
            for part in 0..parts::<S>() {
                let mut sums = [simd.splat_f32s(0.0); TOGETHER];
                for (band, cosines) in self.cosines.iter().enumerate() {
                    let cosines = plane::part::<S>(cosines, part);
                    for (sum, db) in sums.iter_mut().zip(db) {
                        *sum = simd.mul_add_e_f32s(simd.splat_f32s(db[band]), cosines, *sum);
                    }
                }
                for (answer, sum) in answers.iter_mut().zip(sums) {
                    *part_mut::<S>(answer, part) = sum;
                }
            }
            for (coefficients, answer) in coefficients.chunks_exact_mut(COEFFICIENTS).zip(answers) {
                coefficients.copy_from_slice(&answer[..COEFFICIENTS]);
            }
        }
    }
}

impl Default for Cepstrum {
    fn default() -> Self {
        Cepstrum::new()
    }
}

/// Hz a mel below 1 kHz.
const LINEAR_HZ: f64 = 200.0 / 3.0;
const KNEE_HZ: f64 = 1000.0;

fn log_step() -> f64 {
    6.4f64.ln() / 27.0
}

fn hz_to_mel(hz: f64) -> f64 {
    if hz < KNEE_HZ { hz / LINEAR_HZ } else { KNEE_HZ / LINEAR_HZ + (hz / KNEE_HZ).ln() / log_step() }
}

fn mel_to_hz(mel: f64) -> f64 {
    let knee = KNEE_HZ / LINEAR_HZ;
    if mel < knee { mel * LINEAR_HZ } else { KNEE_HZ * ((mel - knee) * log_step()).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_gives_every_band_the_same_density() {
        let mut mel = Vec::new();
        MelFilters::new(44_100).apply(&Plane::from_rows(&[1.0; BINS]), &mut mel);
        assert_eq!(mel.len(), BANDS);
        // Equal areas: the sum of a triangle's weights is one over the bin's width, but for sampling it.
        let bin_hz = 44_100.0 / FRAME as f32;
        assert!(mel[20..].iter().all(|band| (band * bin_hz - 1.0).abs() < 0.25), "{mel:?}");
    }

    #[test]
    fn the_cepstrum_of_a_constant_is_its_first_coefficient() {
        let mut coefficients = Vec::new();
        Cepstrum::new().apply(&[-20.0; BANDS], &mut coefficients);
        assert!((coefficients[0] + 20.0 * (BANDS as f32).sqrt()).abs() < 1e-3, "{coefficients:?}");
        assert!(coefficients[1..].iter().all(|value| value.abs() < 1e-4), "{coefficients:?}");
    }

    #[test]
    fn decibels_stop_80_below_the_loudest() {
        let mut db = Vec::new();
        power_to_db(&[1.0, 1e-4, 0.0], &mut db);
        assert!((db[1] + 40.0).abs() < 1e-4 && db[2] == db[0] - 80.0, "{db:?}");
        power_to_db(&[0.0; 3], &mut db);
        assert!(db.iter().all(|value| (value + 100.0).abs() < 1e-4), "{db:?}");
    }
}
