//! What one frame's spectrum says of timbre: bands, contrast, where it lies, how flat it is.

use std::f32::consts::LN_10;
use std::ops::Range;

use crate::audio::SAMPLE_RATE;
use crate::dsp::logarithm::ln;
use crate::dsp::power_frames::{BINS, FRAME};
use crate::dsp::vectorised::vectorised;

/// Bands from 50 Hz to 10 kHz, equally wide on the mel scale.
pub(super) const BANDS: usize = 48;
/// Three of them side by side.
pub(super) const WIDE_BANDS: usize = BANDS / 3;
/// Octaves whose contrast is measured; the lowest reaches down to 50 Hz, the highest up to 10 kHz.
pub(super) const OCTAVES: usize = 7;

pub(super) const LOWEST_HZ: f32 = 50.0;
pub(super) const HIGHEST_HZ: f32 = 10_000.0;
/// The level is heard below this: above, hiss weighs more than music.
const LEVEL_HZ: f32 = 4000.0;
/// Power of a bin against the recording's loud frames, −65 dB: as if every recording had the same faint hiss, 35 dB below its
/// loud frames, so that its own does not count.
pub(super) const FLOOR: f32 = 3.162_277_7e-7;
/// What is less than 6 dB above that floor is taken for hiss where a frame's place and shape are measured.
const ABOVE: f32 = 4.0 * FLOOR;
/// The share of the amplitudes that lies below the roll-off.
const ROLL_OFF: f32 = 0.85;
/// Sums kept apart, so that none waits for another.
const SUMS: usize = 16;

/// Hz from one bin to the next.
pub(super) const BIN_HZ: f32 = SAMPLE_RATE as f32 / FRAME as f32;

/// A frame's scalars.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shape {
    /// dB re the recording's loud frames, up to 4 kHz.
    pub level_db: f32,
    /// Mean of the amplitudes' pitch as a MIDI number.
    pub centroid: f32,
    /// Their standard deviation around it, semitones.
    pub bandwidth: f32,
    /// The pitch below which 85 % of the amplitudes lie.
    pub roll_off: f32,
    /// Geometric over arithmetic mean of the powers, dB: 0 for white noise.
    pub flatness_db: f32,
    /// Zero crossings a second, by the spectrum.
    pub crossings: f32,
}

impl Shape {
    /// The shape of a frame that does not sound.
    pub(super) fn missing(level_db: f32) -> Self {
        let [centroid, bandwidth, roll_off, flatness_db, crossings] = [f32::NAN; 5];
        Shape { level_db, centroid, bandwidth, roll_off, flatness_db, crossings }
    }
}

/// Power → dB.
pub(super) fn decibels(power: f32) -> f32 {
    ln(power.max(f32::MIN_POSITIVE)) * (10.0 / LN_10)
}

/// Pitch of a frequency as a MIDI number.
pub(super) fn semitones(hz: f32) -> f32 {
    69.0 + 12.0 * (hz / 440.0).log2()
}

/// Tables for all frames.
pub(super) struct Spectrum {
    /// Triangles that add up to 1 everywhere, but for the half below the first and above the last centre.
    bands: Vec<(usize, Vec<f32>)>,
    octaves: [Range<usize>; OCTAVES],
    /// Pitch of each bin, less that of 440 Hz, semitones.
    pitches: Vec<f32>,
    logarithms: Vec<f32>,
    above: Vec<f32>,
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
        let edge = |number: usize| hz(low + (high - low) * number as f32 / (BANDS + 1) as f32);
        let band = |number: usize| {
            let (low, centre, high) = (edge(number), edge(number + 1), edge(number + 2));
            let weight = |hz: f32| ((hz - low) / (centre - low)).min((high - hz) / (high - centre)).max(0.0);
            let bins = (low / BIN_HZ) as usize..((high / BIN_HZ) as usize + 1).min(BINS);
            (bins.start, bins.map(|bin| weight(bin as f32 * BIN_HZ)).collect())
        };
        let bin = |hz: f32| ((hz / BIN_HZ).ceil() as usize).min(BINS);
        let octave = |number: usize| {
            let lower = if number == 0 { LOWEST_HZ } else { 100.0 * 2f32.powi(number as i32) };
            let upper = if number == OCTAVES - 1 { HIGHEST_HZ } else { 200.0 * 2f32.powi(number as i32) };
            bin(lower)..bin(upper)
        };
        Spectrum {
            bands: (0..BANDS).map(band).collect(),
            octaves: std::array::from_fn(octave),
            pitches: (0..BINS).map(|bin| semitones((bin as f32).max(1.0) * BIN_HZ) - 69.0).collect(),
            logarithms: vec![0.0; BINS],
            above: vec![0.0; BINS],
        }
    }

    /// dB in each band, and in each wide one, the floor in them.
    pub(super) fn bands(&self, power: &[f32], bands: &mut [f32], wide: &mut [f32]) {
        for ((first, weights), band) in self.bands.iter().zip(&mut *bands) {
            *band = power[*first..].iter().zip(weights).map(|(power, weight)| (power + FLOOR) * weight).sum();
        }
        for (wide, bands) in wide.iter_mut().zip(bands.chunks_exact(3)) {
            *wide = decibels(bands.iter().sum());
        }
        bands.iter_mut().for_each(|band| *band = decibels(*band));
    }

    /// A frame's scalars, and how far in each octave the arithmetic mean stands above the geometric one, dB.
    pub(super) fn shape(&mut self, power: &[f32], contrast: &mut [f32]) -> Shape {
        let Spectrum { octaves, pitches, logarithms, above, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                for (logarithm, power) in logarithms.iter_mut().zip(power) {
                    *logarithm = ln(power + FLOOR);
                }
            },
        );
        let (mut arithmetic, mut geometric, mut bins) = (0.0, 0.0, 0);
        for (contrast, octave) in contrast.iter_mut().zip(octaves.iter()) {
            let sum: f32 = power[octave.clone()].iter().map(|power| power + FLOOR).sum();
            let logs: f32 = logarithms[octave.clone()].iter().sum();
            let count = octave.len() as f32;
            *contrast = decibels(sum / count) - logs / count * (10.0 / LN_10);
            (arithmetic, geometric, bins) = (arithmetic + sum, geometric + logs, bins + octave.len());
        }
        let (first, last) = ((LOWEST_HZ / BIN_HZ).ceil() as usize, octaves[OCTAVES - 1].end);
        let level: f32 = power[first..(LEVEL_HZ / BIN_HZ) as usize].iter().map(|power| power + FLOOR).sum();
        let mut shape = Shape {
            level_db: decibels(level),
            flatness_db: geometric / bins as f32 * (10.0 / LN_10) - decibels(arithmetic / bins as f32),
            ..Shape::default()
        };
        let (power, above) = (&power[first..last], &mut above[first..last]);
        let sums = vectorised(
            #[inline(always)]
            || place(power, above, &pitches[first..last], first as f32),
        );
        let [amplitude, pitch, square, power, crossings] = sums;
        let missing = |value: f32| if amplitude > 0.0 { value } else { f32::NAN };
        let mean = pitch / amplitude;
        shape.centroid = missing(69.0 + mean);
        shape.bandwidth = missing((square / amplitude - mean * mean).max(0.0).sqrt());
        shape.crossings = missing(2.0 * BIN_HZ * (crossings / power).sqrt());
        shape.roll_off = missing(semitones(roll_off(above, amplitude, first) * BIN_HZ));
        shape
    }
}

/// Sums of the amplitudes above the floor, of them times pitch and its square; of the powers, and of them times the square of
/// the frequency in bins (Rice 1945, "Mathematical analysis of random noise": the mean square frequency is that of the zero
/// crossings).
#[inline(always)]
fn place(power: &[f32], above: &mut [f32], pitches: &[f32], first: f32) -> [f32; 5] {
    for (above, power) in above.iter_mut().zip(power) {
        let rest = power - ABOVE;
        *above = if rest > 0.0 { rest } else { 0.0 }.sqrt();
    }
    let mut sums = [[0.0f32; SUMS]; 5];
    let chunks = above.chunks(SUMS).zip(pitches.chunks(SUMS));
    for (number, (above, pitches)) in chunks.enumerate() {
        let start = first + (number * SUMS) as f32;
        for (lane, (amplitude, pitch)) in above.iter().zip(pitches).enumerate() {
            let (bin, square) = (start + lane as f32, amplitude * amplitude);
            sums[0][lane] += amplitude;
            sums[1][lane] += amplitude * pitch;
            sums[2][lane] += amplitude * pitch * pitch;
            sums[3][lane] += square;
            sums[4][lane] += square * bin * bin;
        }
    }
    sums.map(|sums| sums.iter().sum())
}

/// The bin below which 85 % of the amplitudes lie, with its fraction.
fn roll_off(amplitudes: &[f32], total: f32, first: usize) -> f32 {
    let mut rest = ROLL_OFF * total;
    for (at, amplitude) in amplitudes.iter().enumerate() {
        if *amplitude >= rest && *amplitude > 0.0 {
            return (first + at) as f32 + rest / amplitude - 0.5;
        }
        rest -= amplitude;
    }
    (first + amplitudes.len()) as f32
}

/// O'Shaughnessy's mel scale.
fn mel(hz: f32) -> f32 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn hz(mel: f32) -> f32 {
    700.0 * (10f32.powf(mel / 2595.0) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(power: &[f32]) -> (Shape, [f32; OCTAVES]) {
        let mut contrast = [0.0; OCTAVES];
        (Spectrum::new().shape(power, &mut contrast), contrast)
    }

    #[test]
    fn one_bin_is_where_it_is() {
        let mut power = vec![0.0; BINS];
        power[100] = 1.0;
        let (shape, contrast) = measured(&power);
        let hz = 100.0 * BIN_HZ;
        assert!((shape.centroid - semitones(hz)).abs() < 1e-3 && shape.bandwidth < 0.05, "{shape:?}");
        assert!((shape.crossings - 2.0 * hz).abs() < 1.0 && shape.level_db.abs() < 0.01, "{shape:?}");
        assert!((shape.roll_off - semitones(hz + 0.35 * BIN_HZ)).abs() < 1e-3, "{shape:?}");
        assert!(contrast[3] > 40.0 && contrast[1].abs() < 1e-3, "1077 Hz is in the octave above 800 Hz: {contrast:?}");
    }

    #[test]
    fn a_flat_spectrum_is_flat_in_every_octave() {
        let (shape, contrast) = measured(&[1e-3; BINS]);
        assert!(shape.flatness_db.abs() < 1e-3 && contrast.iter().all(|value| value.abs() < 1e-3), "{contrast:?}");
    }

    #[test]
    fn nothing_has_no_place_and_a_level_of_the_floor() {
        let (shape, _) = measured(&[0.0; BINS]);
        assert!(shape.centroid.is_nan() && shape.roll_off.is_nan() && (shape.level_db + 39.4).abs() < 0.2, "{shape:?}");
    }

    #[test]
    fn the_bands_add_up_to_the_power_between_their_centres() {
        let mut power = vec![0.0; BINS];
        power[200] = 0.5;
        let (mut bands, mut wide) = ([0.0; BANDS], [0.0; WIDE_BANDS]);
        Spectrum::new().bands(&power, &mut bands, &mut wide);
        let sum = |values: &[f32]| values.iter().map(|db| 10f32.powf(db / 10.0)).sum::<f32>();
        // The floor adds 3 in ten thousand.
        assert!((sum(&bands) - 0.5).abs() < 1e-3 && (sum(&wide) - sum(&bands)).abs() < 1e-5, "{}", sum(&bands));
    }
}
