//! How far the music is tuned from A = 440 Hz, as `librosa.estimate_tuning`.

use super::plane::{LANES, Lanes, Plane};
use super::stft::{BINS, FRAME};
use super::vectorised::vectorised;

/// Peaks are sought from here …
const LOWEST_HZ: f64 = 150.0;
/// … to here.
const HIGHEST_HZ: f64 = 4000.0;
/// A peak stands above this share of its frame's largest value.
const PEAK_SHARE: f32 = 0.1;
/// Steps in one bin of an octave: the estimate's resolution is 0.01 bin.
pub const STEPS: usize = 100;

/// Estimates tuning deviations; keeps its scratch memory.
#[derive(Debug, Default)]
pub struct TuningEstimate {
    peaks: Vec<(f32, f32)>,
    levels: Vec<f32>,
}

impl TuningEstimate {
    /// The step (0 … 99) of the most frequent deviation of spectral peaks from the nearest of `bins_per_octave` tempered
    /// pitches; [`deviation`] says what it is in bins. Steps of equal count are ties: the lowest of them is taken.
    ///
    /// `level` makes of a magnitude what is compared: itself, or its power. Peaks are interpolated by a parabola (`librosa.piptrack`), those below
    /// the median peak are left out. Without a peak the deviation is 0.
    pub fn step(
        &mut self,
        magnitude: &Plane,
        level: impl Fn(f32) -> f32,
        sample_rate: u32,
        bins_per_octave: u32,
    ) -> usize {
        self.find_peaks(magnitude, level, f64::from(sample_rate));
        let Some(threshold) = self.median_level() else {
            return STEPS / 2;
        };
        let mut counts = [0usize; STEPS];
        for &(hz, level) in &self.peaks {
            if level >= threshold {
                counts[step_of(hz, bins_per_octave)] += 1;
            }
        }
        let most = counts.iter().max().copied().unwrap_or(0);
        counts.iter().position(|&count| count == most).unwrap_or(STEPS / 2)
    }

    fn find_peaks(&mut self, magnitude: &Plane, level: impl Fn(f32) -> f32, sample_rate: f64) {
        let bin_hz = sample_rate / FRAME as f64;
        let first = (LOWEST_HZ / bin_hz).ceil() as usize;
        let last = ((HIGHEST_HZ / bin_hz).ceil() as usize).min(BINS - 1);
        self.peaks.clear();
        for (number, block) in magnitude.blocks().enumerate() {
            let floors = largest(block).map(|value| PEAK_SHARE * level(value));
            let frames = LANES.min(magnitude.frames() - number * LANES);
            for bin in first..last {
                if !any_peak(&block[bin - 1..=bin + 1], &floors, &level) {
                    continue;
                }
                let around = block[bin - 1].iter().zip(&block[bin]).zip(&block[bin + 1]).zip(&floors);
                for (((&left, &middle), &right), &floor) in around.take(frames) {
                    let [left, middle, right] = [level(left), level(middle), level(right)];
                    if !is_peak(left, middle, right, floor) {
                        continue;
                    }
                    let (curvature, slope) = (left + right - 2.0 * middle, 0.5 * (right - left));
                    let shift = if slope.abs() >= curvature.abs() { 0.0 } else { -slope / curvature };
                    let hz = (bin as f64 + f64::from(shift)) * sample_rate / FRAME as f64;
                    self.peaks.push((hz as f32, middle + 0.5 * slope * shift));
                }
            }
        }
    }

    fn median_level(&mut self) -> Option<f32> {
        self.levels.clear();
        self.levels.extend(self.peaks.iter().map(|(_, level)| level));
        let middle = self.levels.len() / 2;
        if self.levels.is_empty() {
            return None;
        }
        let even = self.levels.len().is_multiple_of(2);
        let (below, &mut upper, _) = self.levels.select_nth_unstable_by(middle, f32::total_cmp);
        match even {
            true => Some(0.5 * (below.iter().copied().fold(f32::NEG_INFINITY, f32::max) + upper)),
            false => Some(upper),
        }
    }
}

/// A step's deviation, in bins: −0.5 … 0.49.
pub fn deviation(step: usize) -> f64 {
    step as f64 / STEPS as f64 - 0.5
}

/// The step a frequency's deviation falls into. Arithmetic in f32 where librosa has f32, so that both fall alike.
fn step_of(hz: f32, bins_per_octave: u32) -> usize {
    let octaves = f64::from(hz / (440.0 / 16.0)).log2() as f32;
    let bins = bins_per_octave as f32 * octaves;
    let residual = bins - bins.floor();
    let residual = f64::from(if residual >= 0.5 { residual - 1.0 } else { residual });
    let guess = (((residual + 0.5) * STEPS as f64) as usize).min(STEPS - 1);
    // The edges are what counts, not the division.
    let edge = |step: usize| -0.5 + step as f64 / STEPS as f64;
    match residual {
        _ if guess > 0 && residual < edge(guess) => guess - 1,
        _ if guess + 1 < STEPS && residual >= edge(guess + 1) => guess + 1,
        _ => guess,
    }
}

/// Whether a value stands above the floor and its neighbours.
#[inline(always)]
fn is_peak(left: f32, middle: f32, right: f32, floor: f32) -> bool {
    (middle > floor) & (middle > left) & (middle >= right)
}

/// Whether the middle one of three bins is a peak in any of sixteen frames; in most it is in none.
fn any_peak(bins: &[Lanes], floors: &Lanes, level: &impl Fn(f32) -> f32) -> bool {
    vectorised(
        #[inline(always)]
        || {
            let mut peaks = 0;
            for lane in 0..LANES {
                let [left, middle, right] = [level(bins[0][lane]), level(bins[1][lane]), level(bins[2][lane])];
                peaks += u32::from(is_peak(left, middle, right, floors[lane]));
            }
            peaks > 0
        },
    )
}

/// Each frame's largest value.
fn largest(block: &[Lanes]) -> Lanes {
    vectorised(
        #[inline(always)]
        || {
            let mut largest = [0.0f32; LANES];
            for bin in block {
                for (largest, value) in largest.iter_mut().zip(bin) {
                    *largest = if value > largest { *value } else { *largest };
                }
            }
            largest
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::stft::{Spectra, Stft};

    fn spectra_of(hz: f64) -> Spectra {
        let angle = std::f64::consts::TAU * hz / 44_100.0;
        let signal: Vec<f32> = (0..66_150).map(|n| (angle * f64::from(n)).sin() as f32).collect();
        let mut spectra = Spectra::default();
        Stft::new().transform(&signal, &mut spectra);
        spectra
    }

    #[test]
    fn a_tone_tells_its_own_deviation() {
        for cents in [-40.0, -13.0, 0.5, 27.0] {
            let spectra = spectra_of(880.0 * 2f64.powf(cents / 1200.0));
            let step = TuningEstimate::default().step(&spectra.magnitude, |magnitude| magnitude, 44_100, 12);
            // Interpolating a Hann peak by a parabola is off by up to a few cents.
            let found = 100.0 * deviation(step);
            assert!((found - cents).abs() < 8.0, "{cents} cents read as {found}");
        }
    }

    #[test]
    fn silence_is_in_tune() {
        let step =
            TuningEstimate::default().step(&Plane::from_rows(&[0.0; 3 * BINS]), |magnitude| magnitude, 44_100, 12);
        assert_eq!(deviation(step), 0.0);
    }

    #[test]
    fn steps_begin_at_their_edges() {
        assert_eq!(step_of(440.0, 12), 50);
        assert_eq!(step_of(440.0 * 2f32.powf(0.485 / 12.0), 12), 98);
        assert_eq!(step_of(440.0 * 2f32.powf(-0.495 / 12.0), 12), 0);
    }
}
