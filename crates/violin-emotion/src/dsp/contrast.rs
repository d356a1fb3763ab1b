//! Spectral contrast, as `librosa.feature.spectral_contrast`: how far peaks stand above valleys, octave by octave
//! (Jiang et al. 2002, "Music type classification by spectral contrast feature").

use std::ops::Range;

use super::vectorised::vectorised;

use super::mel::power_to_db;
use super::stft::{BINS, FRAME};

/// Octave bands: below 200 Hz, six octaves from there, the last one up to half the sample rate.
pub const BANDS: usize = 7;
const LOWEST_HZ: f64 = 200.0;
/// Share of a band's bins that make its peak, and as many its valley.
const QUANTILE: f64 = 0.02;
/// Frames worked on side by side.
const LANES: usize = 16;
/// The widest band at 44.1 kHz counts 15 of 728 bins.
const MOST: usize = 16;

type Lanes = [f32; LANES];

/// The bands' bins, and how many of them count.
pub struct ContrastBands {
    bands: [(Range<usize>, usize); BANDS],
    rows: Vec<Lanes>,
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
        ContrastBands { bands, rows: Vec::new(), peaks: Vec::new(), valleys: Vec::new(), scratch: Vec::new() }
    }

    /// Fills `contrast` (frames × [`BANDS`], dB) from `magnitude` (frames × 1025).
    pub fn apply(&mut self, magnitude: &[f32], contrast: &mut Vec<f32>) {
        let frames = magnitude.len() / BINS;
        self.peaks.resize(frames * BANDS, 0.0);
        self.valleys.resize(frames * BANDS, 0.0);
        for first in (0..frames).step_by(LANES) {
            let together = LANES.min(frames - first);
            turn(&magnitude[first * BINS..(first + together) * BINS], &mut self.rows);
            for (band, (bins, counting)) in self.bands.iter().enumerate() {
                let (low, high) = extremes(&self.rows[bins.clone()], *counting);
                for lane in 0..together {
                    self.valleys[(first + lane) * BANDS + band] = low[lane];
                    self.peaks[(first + lane) * BANDS + band] = high[lane];
                }
            }
        }
        power_to_db(&self.peaks, contrast);
        power_to_db(&self.valleys, &mut self.scratch);
        contrast.iter_mut().zip(&self.scratch).for_each(|(peak, valley)| *peak -= valley);
    }
}

/// Up to 16 frames, turned so that they lie side by side; lanes without a frame repeat the first.
fn turn(magnitude: &[f32], rows: &mut Vec<Lanes>) {
    rows.resize(BINS, [0.0; LANES]);
    let frames: [&[f32]; LANES] =
        std::array::from_fn(|lane| magnitude.get(lane * BINS..(lane + 1) * BINS).unwrap_or(&magnitude[..BINS]));
    for (bin, row) in rows.iter_mut().enumerate() {
        for (value, frame) in row.iter_mut().zip(frames) {
            *value = frame[bin];
        }
    }
}

/// Mean of the `counting` smallest and of as many largest values, lane by lane.
fn extremes(rows: &[Lanes], counting: usize) -> (Lanes, Lanes) {
    vectorised(
        #[inline(always)]
        || match counting {
            // A constant count keeps the values in registers.
            1 => kept::<1>(rows, counting),
            2..=3 => kept::<3>(rows, counting),
            4..=6 => kept::<6>(rows, counting),
            _ => kept::<MOST>(rows, counting),
        },
    )
}

/// Keeps the `COUNT` smallest and largest values sorted, by passing each new one down the line; gives the means of the
/// outermost `counting`.
#[inline(always)]
fn kept<const COUNT: usize>(rows: &[Lanes], counting: usize) -> (Lanes, Lanes) {
    let mut low = [[f32::INFINITY; LANES]; COUNT];
    let mut high = [[f32::NEG_INFINITY; LANES]; COUNT];
    for row in rows {
        let (mut up, mut down) = (*row, *row);
        for place in 0..COUNT {
            for lane in 0..LANES {
                let (kept, new) = (low[place][lane], up[lane]);
                low[place][lane] = if new < kept { new } else { kept };
                up[lane] = if new < kept { kept } else { new };
                let (kept, new) = (high[place][lane], down[lane]);
                high[place][lane] = if new > kept { new } else { kept };
                down[lane] = if new > kept { kept } else { new };
            }
        }
    }
    let mean = |kept: &[Lanes; COUNT]| {
        std::array::from_fn(|lane| kept[..counting].iter().map(|row| row[lane]).sum::<f32>() / counting as f32)
    };
    (mean(&low), mean(&high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_has_no_contrast() {
        let mut contrast = Vec::new();
        ContrastBands::new(44_100).apply(&[2.0; 3 * BINS], &mut contrast);
        assert_eq!(contrast, [0.0; 3 * BANDS]);
    }

    #[test]
    fn a_peak_is_its_bands_contrast() {
        let mut magnitude = vec![1e-3; 20 * BINS];
        // 440 Hz in the 17th frame: the band from 400 to 800 Hz, of which one bin counts.
        magnitude[17 * BINS + 20] = 1.0;
        let mut contrast = Vec::new();
        ContrastBands::new(44_100).apply(&magnitude, &mut contrast);
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
            let (low, high) = extremes(&rows, counting);
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
