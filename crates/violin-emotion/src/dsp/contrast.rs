//! Spectral contrast, as `librosa.feature.spectral_contrast`: how far peaks stand above valleys, octave by octave
//! (Jiang et al. 2002, "Music type classification by spectral contrast feature").

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::median::{sort_bitonic, sort_eight};
use super::mel::power_to_db;
use super::plane::{self, LANES, Lanes, Plane, part_mut, parts};
use super::stft::{BINS, FRAME};

/// Octave bands: below 200 Hz, six octaves from there, the last one up to half the sample rate.
pub const BANDS: usize = 7;
const LOWEST_HZ: f64 = 200.0;
/// Share of a band's bins that make its peak, and as many its valley.
const QUANTILE: f64 = 0.02;
/// The widest band at 44.1 kHz counts 15 of 728 bins.
const MOST: usize = 16;

/// The bands' bins, and how many of them count.
pub struct ContrastBands {
    bands: [(Range<usize>, usize); BANDS],
    peaks: Vec<f32>,
    valleys: Vec<f32>,
    scratch: Vec<f32>,
}

impl ContrastBands {
    /// Bands for spectra of 1025 bins.
    pub fn new(sample_rate: u32) -> Self {
        let bin_hz = f64::from(sample_rate) / FRAME as f64;
        let edge = |number: usize| if number == 0 { 0.0 } else { LOWEST_HZ * 2f64.powi(number as i32 - 1) };
        let band = |number: usize| {
            let first = (edge(number) / bin_hz).ceil() as usize;
            let last = (edge(number + 1) / bin_hz).floor() as usize;
            // As in librosa: a band begins one bin early, and all but the last leave their upper bin to the next.
            let first = if number > 0 { first - 1 } else { first };
            let end = if number == BANDS - 1 { BINS } else { last };
            let bins = if number == BANDS - 1 { end - first } else { end + 1 - first };
            let counting = ((QUANTILE * bins as f64).round_ties_even() as usize).clamp(1, MOST);
            (first..end, counting)
        };
        let bands = std::array::from_fn(band);
        ContrastBands { bands, peaks: Vec::new(), valleys: Vec::new(), scratch: Vec::new() }
    }

    /// Fills `contrast` (frames × [`BANDS`], dB) from the magnitudes of frames.
    pub fn apply(&mut self, magnitude: &Plane, contrast: &mut Vec<f32>) {
        let frames = magnitude.frames();
        self.peaks.resize(frames * BANDS, 0.0);
        self.valleys.resize(frames * BANDS, 0.0);
        let places = self.valleys.chunks_mut(LANES * BANDS).zip(self.peaks.chunks_mut(LANES * BANDS));
        for (magnitude, (valleys, peaks)) in magnitude.blocks().zip(places) {
            for (band, (bins, counting)) in self.bands.iter().enumerate() {
                let extremes = Extremes { rows: &magnitude[bins.clone()], counting: *counting };
                let (low, high) = Arch::new().dispatch(extremes);
                let places = valleys.chunks_exact_mut(BANDS).zip(peaks.chunks_exact_mut(BANDS));
                for ((valleys, peaks), (low, high)) in places.zip(low.into_iter().zip(high)) {
                    (valleys[band], peaks[band]) = (low, high);
                }
            }
        }
        power_to_db(&self.peaks, contrast);
        power_to_db(&self.valleys, &mut self.scratch);
        contrast.iter_mut().zip(&self.scratch).for_each(|(peak, valley)| *peak -= valley);
    }
}

/// Mean of the `counting` smallest and of as many largest values, lane by lane.
struct Extremes<'a> {
    rows: &'a [Lanes],
    counting: usize,
}

impl WithSimd for Extremes<'_> {
    type Output = (Lanes, Lanes);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (Lanes, Lanes) {
        let (mut low, mut high) = ([0.0; LANES], [0.0; LANES]);
        for part in 0..parts::<S>() {
            // The largest are the smallest of the negated.
            for (mean, sign) in [(&mut low, 0.0), (&mut high, -0.0)] {
                let sign = simd.splat_f32s(sign);
                let smallest = match self.counting {
                    ..=8 => mean_of_smallest::<S, 8>(simd, self.rows, part, sign, self.counting),
                    _ => mean_of_smallest::<S, MOST>(simd, self.rows, part, sign, self.counting),
                };
                *part_mut::<S>(mean, part) = simd.xor_f32s(smallest, sign);
            }
        }
        (low, high)
    }
}

/// Eight new values at a time are sorted, and of them and the `KEPT` sorted so far the smallest stay.
#[inline(always)]
fn mean_of_smallest<S: Simd, const KEPT: usize>(
    simd: S,
    rows: &[Lanes],
    part: usize,
    sign: S::f32s,
    counting: usize,
) -> S::f32s {
    let most = simd.splat_f32s(f32::INFINITY);
    let mut kept = [most; KEPT];
    let (eights, rest) = rows.as_chunks::<8>();
    for rows in eights {
        let mut eight = [most; 8];
        for (place, row) in eight.iter_mut().zip(rows) {
            *place = simd.xor_f32s(plane::part::<S>(row, part), sign);
        }
        keep_smallest(simd, &mut kept, eight);
    }
    // A last eight that is not full is filled up with what nobody keeps.
    let mut eight = [most; 8];
    for (place, row) in eight.iter_mut().zip(rest) {
        *place = simd.xor_f32s(plane::part::<S>(row, part), sign);
    }
    keep_smallest(simd, &mut kept, eight);
    mean(simd, &kept[..counting])
}

#[inline(always)]
fn keep_smallest<S: Simd, const KEPT: usize>(simd: S, kept: &mut [S::f32s; KEPT], mut eight: [S::f32s; 8]) {
    sort_eight(simd, &mut eight);
    for (kept, new) in kept[KEPT - 8..].iter_mut().zip(eight.into_iter().rev()) {
        *kept = simd.min_f32s(*kept, new);
    }
    sort_bitonic(simd, kept);
}

#[inline(always)]
fn mean<S: Simd>(simd: S, values: &[S::f32s]) -> S::f32s {
    let mut sum = simd.splat_f32s(0.0);
    for value in values {
        sum = simd.add_f32s(sum, *value);
    }
    simd.div_f32s(sum, simd.splat_f32s(values.len() as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_has_no_contrast() {
        let mut contrast = Vec::new();
        ContrastBands::new(44_100).apply(&Plane::from_rows(&[2.0; 3 * BINS]), &mut contrast);
        assert_eq!(contrast, [0.0; 3 * BANDS]);
    }

    #[test]
    fn a_peak_is_its_bands_contrast() {
        let mut magnitude = vec![1e-3; 20 * BINS];
        // 440 Hz in the 17th frame: the band from 400 to 800 Hz, of which one bin counts.
        magnitude[17 * BINS + 20] = 1.0;
        let mut contrast = Vec::new();
        ContrastBands::new(44_100).apply(&Plane::from_rows(&magnitude), &mut contrast);
        for (at, value) in contrast.iter().enumerate() {
            let expected = if at == 17 * BANDS + 2 { 30.0 } else { 0.0 };
            assert!((value - expected).abs() < 1e-4, "frame {}, band {}: {value}", at / BANDS, at % BANDS);
        }
    }

    #[test]
    fn the_kept_values_are_those_of_a_sort() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32
        };
        let rows: Vec<Lanes> = (0..150).map(|_| std::array::from_fn(|_| next())).collect();
        for counting in 1..=MOST {
            let (low, high) = Arch::new().dispatch(Extremes { rows: &rows, counting });
            for lane in 0..LANES {
                let mut sorted: Vec<f32> = rows.iter().map(|row| row[lane]).collect();
                sorted.sort_by(f32::total_cmp);
                let mean = |values: &[f32]| values.iter().sum::<f32>() / counting as f32;
                assert!((low[lane] - mean(&sorted[..counting])).abs() < 1e-3);
                assert!((high[lane] - mean(&sorted[150 - counting..])).abs() < 1e-3);
            }
        }
    }
}
