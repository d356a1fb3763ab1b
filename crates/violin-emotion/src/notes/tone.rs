//! What a note sounds like: bright or dull, clean or noisy.
//!
//! Of the measures of brightness, the slope depends least on the pitch; the centroid, which noise moves less, orders notes of
//! different pitches worse.

use std::f64::consts::TAU;

use super::background::Background;
use super::spectrum::{HIGHEST_HZ, Spectrum};
use crate::dsp::least_squares::LeastSquares;

/// The noise is looked at so far from the partials, in shares of the fundamental, or as far as their lobes reach …
const NEAREST: f64 = 0.25;
/// … but leaving some room in the middle.
const FARTHEST: f64 = 0.4;
/// No bow is heard below, but the room, traffic and hum, Hz.
const LOWEST_NOISE_HZ: f64 = 200.0;
/// A bow's noise cannot be told that is weaker than this share of the background, which is known no better.
const LEAST_OF_BACKGROUND: f32 = 0.15;
/// A partial counts that stands out of the noise by this factor of power.
const OUTSTANDING: f32 = 4.0;
/// Nor does one that is this much weaker than the strongest: what a resampler leaves above the band of the file.
const FAINTEST: f32 = 1e-8;
/// Fewer partials say nothing of a slope.
const FEWEST: usize = 3;
/// Rounds in which the slope and the hidden partials find each other.
const ROUNDS: usize = 6;

/// The two measures.
pub(super) struct Tone {
    /// Slope of the partials' levels over log2 of their number.
    pub brightness_db_per_octave: Option<f32>,
    /// Power between the partials over that of the partials, dB.
    pub bow_noise_db: Option<f32>,
}

pub(super) fn tone(spectrum: &Spectrum, background: &Background) -> Tone {
    let mean = spectrum.mean();
    let bin_hz = spectrum.hz / spectrum.spacing as f64;
    // The power a bin that lies between each partial and the next, the first value being that below the fundamental.
    let edge = spectrum.lobe().clamp(NEAREST, FARTHEST);
    let partials = (HIGHEST_HZ / spectrum.hz) as usize;
    let between: Vec<f32> = (0..=partials)
        .map(|number| {
            let bins = spectrum.bins(number as f64 + edge, (number + 1) as f64 - edge);
            middle_of_noise(&mean[bins], spectrum.frames.len())
        })
        .collect();

    let reach = spectrum.lobe().min(1.0 - FARTHEST);
    let powers: Vec<f32> = (1..=partials)
        .map(|number| mean[spectrum.bins(number as f64 - reach, number as f64 + reach)].iter().sum())
        .collect();
    let faintest = FAINTEST * powers.iter().copied().fold(0.0, f32::max);
    // Octaves above the fundamental, and dB.
    let (mut heard, mut hidden) = (Vec::new(), Vec::new());
    let (mut tone, mut noise) = (0.0, 0.0);
    for number in 1..=partials {
        let bins = spectrum.bins(number as f64 - reach, number as f64 + reach);
        let around = (between[number - 1] + between[number]) / 2.0 * bins.len() as f32;
        let power = powers[number - 1];
        let octaves = (number as f64).log2();
        match power > ((1.0 + OUTSTANDING) * around).max(faintest) {
            true => heard.push((octaves, 10.0 * f64::from(power - around).log10())),
            false => hidden.push((octaves, 10.0 * f64::from(OUTSTANDING * around + f32::MIN_POSITIVE).log10())),
        }
        tone += (power - around).max(0.0);
    }
    for (number, between) in between.iter().enumerate() {
        let hz = (number as f64 + 0.5) * spectrum.hz;
        if hz >= LOWEST_NOISE_HZ {
            let background = background.density(hz) * bin_hz as f32;
            let bow = (between - background).max(LEAST_OF_BACKGROUND * between.min(background));
            noise += bow * spectrum.spacing as f32;
        }
    }
    Tone {
        brightness_db_per_octave: slope(&heard, &hidden),
        bow_noise_db: (tone > 0.0 && noise > 0.0).then(|| 10.0 * (noise / tone).log10()),
    }
}

/// The slope of the `heard` levels over octaves, and of the `hidden` ones, of which is known that they are below a bound: left
/// out, a dull tone's strongest high partials alone would make it bright. J. Tobin's model (Econometrica 26, 1958), by
/// expectation and maximisation.
fn slope(heard: &[(f64, f64)], hidden: &[(f64, f64)]) -> Option<f32> {
    if heard.len() < FEWEST {
        return None;
    }
    // A recording may hold nothing at all up there: then no more is known than that it would have been heard.
    let weakest = heard.iter().fold(f64::INFINITY, |weakest, (_, db)| weakest.min(*db));
    let mut line: Option<([f64; 2], f64)> = None;
    for _ in 0..ROUNDS {
        let mut levels = LeastSquares::new();
        heard.iter().for_each(|(octaves, db)| levels.add([1.0, *octaves], *db));
        if let Some(([start, slope], rest)) = line {
            for (octaves, bound) in hidden {
                levels.add([1.0, *octaves], below(bound.max(weakest), start + slope * octaves, rest.sqrt()));
            }
        }
        line = Some(levels.solve()?);
    }
    line.map(|([_, slope], _)| slope as f32)
}

/// The mean of a normal distribution, of whose values only those below `bound` are seen.
fn below(bound: f64, mean: f64, deviation: f64) -> f64 {
    let away = (bound - mean) / deviation.max(1e-3);
    let density = (-away * away / 2.0).exp() / TAU.sqrt();
    // The logistic curve next to the normal distribution function.
    let share = 1.0 / (1.0 + (-1.702 * away).exp());
    (mean - deviation * density / share).min(bound)
}

/// The mean power of noise from the median of some bins, each the mean of so many frames: lines of the room's ring do not
/// move it. The median of the gamma distribution after E. B. Wilson & M. M. Hilferty (1931).
fn middle_of_noise(powers: &[f32], frames: usize) -> f32 {
    let mut powers = powers.to_vec();
    if powers.is_empty() {
        return 0.0;
    }
    let middle = powers.len() / 2;
    let median = *powers.select_nth_unstable_by(middle, f32::total_cmp).1;
    median / (1.0 - 1.0 / (9.0 * frames as f32)).powi(3)
}

#[cfg(test)]
mod tests {
    use super::super::curves::{Curves, HOP, SAMPLE_RATE};
    use super::super::spectrum::Spectrograph;
    use super::*;

    #[test]
    fn slope_and_noise_are_those_of_the_sound() {
        let hz = 300.0;
        let mut state = 1u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let partials = || (1..=26).map(|number| (f64::from(number), 0.1 * f64::from(number).powf(-1.5)));
        let power: f64 = partials().map(|(_, amplitude)| amplitude * amplitude / 2.0).sum();
        // White noise of which 0.2 to 8 kHz are 30 dB weaker than the partials; uniform between ±a has a power of a² / 3.
        let width = (3.0 * power * 1e-3 * SAMPLE_RATE / 2.0 / 7_800.0).sqrt();
        let samples: Vec<f32> = (0..HOP * 172)
            .map(|at| {
                let time = at as f64 / SAMPLE_RATE;
                let tone: f64 =
                    partials().map(|(number, a)| a * (TAU * hz * number * time + number * number).sin()).sum();
                (tone + width * noise()) as f32
            })
            .collect();
        let pitch = vec![(69.0 + 12.0 * (hz / 440.0_f64).log2()) as f32; 172];
        let spectrum = Spectrograph::new().spectrum(&samples, &pitch, 10..160).expect("enough periods");
        let nothing = Curves { pitch: vec![], level_db: vec![], partials_db: vec![] };
        let found = tone(&spectrum, &Background::of(&[], &nothing, &[]));
        let (slope, noise_db) =
            (found.brightness_db_per_octave.expect("a slope"), found.bow_noise_db.expect("a level"));
        assert!((slope + 9.03).abs() < 0.3, "{slope}");
        assert!((noise_db + 30.0).abs() < 1.0, "{noise_db}");
    }
}
