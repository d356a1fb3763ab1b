//! What a note sounds like: bright or dull, clean or noisy.

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
/// Fewer partials say nothing of a slope.
const FEWEST: usize = 3;

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
    let mut slope = LeastSquares::new();
    let (mut heard, mut tone, mut noise) = (0, 0.0, 0.0);
    for number in 1..=partials {
        let bins = spectrum.bins(number as f64 - reach, number as f64 + reach);
        let around = (between[number - 1] + between[number]) / 2.0 * bins.len() as f32;
        let power = mean[bins].iter().sum::<f32>();
        if power > (1.0 + OUTSTANDING) * around {
            slope.add([1.0, (number as f64).log2()], 10.0 * f64::from(power - around).log10());
            heard += 1;
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
    let slope = if heard >= FEWEST { slope.solve() } else { None };
    Tone {
        brightness_db_per_octave: slope.map(|([_, slope], _)| slope as f32),
        bow_noise_db: (tone > 0.0 && noise > 0.0).then(|| 10.0 * (noise / tone).log10()),
    }
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
