//! The bow's noise: white, strongest where the string slips in each period, coloured as bowed violins are.

use std::f64::consts::TAU;

use super::SAMPLE_RATE;
use super::dice::{Dice, WHITE_RMS};
use super::partials::BLOCK;

/// The noise between the slips, over its peak.
const BETWEEN_SLIPS: f32 = 0.4;
/// RMS over a period of b + (1 − b)·((1 + cos θ) / 2)⁴ for b = 0.4: the mean of ((1 + cos θ) / 2)ⁿ is C(2n, n) / 4ⁿ.
const SLIP_RMS: f64 = 0.601_620_1;
/// Samples of the filter's impulse response by which its gain is measured.
const RESPONSE: usize = 4096;

/// A block of noise that follows the string's period (θ = 0 is the slip), its RMS going from `from` to `to`.
pub(super) fn slip_noise(cosines: &[f32; BLOCK], from: f64, to: f64, dice: &mut Dice) -> [f32; BLOCK] {
    let scale = 1.0 / (WHITE_RMS * SLIP_RMS);
    let start = (from * scale) as f32;
    let rise = ((to - from) * scale) as f32;
    std::array::from_fn(|j| {
        let near = (0.5 + 0.5 * cosines[j]).powi(4);
        let slip = BETWEEN_SLIPS + (1.0 - BETWEEN_SLIPS) * near;
        (start + rise * j as f32 / BLOCK as f32) * slip * dice.white()
    })
}

/// The colour of the noise; RMS in is RMS out for white noise.
pub(super) struct BowFilter {
    sections: [Section; 3],
    scale: f32,
}

impl BowFilter {
    pub fn new() -> Self {
        let fresh =
            || [Section::high_pass(300.0, 0.7), Section::peak(2_400.0, 0.8, 8.0), Section::low_pass(6_000.0, 0.6)];
        let mut filter = BowFilter { sections: fresh(), scale: 1.0 };
        let energy: f64 = (0..RESPONSE).map(|at| f64::from(filter.next(if at == 0 { 1.0 } else { 0.0 })).powi(2)).sum();
        BowFilter { sections: fresh(), scale: (1.0 / energy.sqrt()) as f32 }
    }

    pub fn next(&mut self, sample: f32) -> f32 {
        self.scale * self.sections.iter_mut().fold(sample, |value, section| section.next(value))
    }
}

/// A second-order filter section, after R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
struct Section {
    b: [f32; 3],
    a: [f32; 2],
    state: [f32; 2],
}

impl Section {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        Section {
            b: b.map(|value| (value / a[0]) as f32),
            a: [(a[1] / a[0]) as f32, (a[2] / a[0]) as f32],
            state: [0.0; 2],
        }
    }

    fn high_pass(hz: f64, quality: f64) -> Self {
        let (cosine, alpha) = Self::angle(hz, quality);
        let edge = 1.0 + cosine;
        Self::new([edge / 2.0, -edge, edge / 2.0], [1.0 + alpha, -2.0 * cosine, 1.0 - alpha])
    }

    fn low_pass(hz: f64, quality: f64) -> Self {
        let (cosine, alpha) = Self::angle(hz, quality);
        let edge = 1.0 - cosine;
        Self::new([edge / 2.0, edge, edge / 2.0], [1.0 + alpha, -2.0 * cosine, 1.0 - alpha])
    }

    fn peak(hz: f64, quality: f64, gain_db: f64) -> Self {
        let (cosine, alpha) = Self::angle(hz, quality);
        let root = 10_f64.powf(gain_db / 40.0);
        Self::new(
            [1.0 + alpha * root, -2.0 * cosine, 1.0 - alpha * root],
            [1.0 + alpha / root, -2.0 * cosine, 1.0 - alpha / root],
        )
    }

    fn angle(hz: f64, quality: f64) -> (f64, f64) {
        let angle = TAU * hz / f64::from(SAMPLE_RATE);
        (angle.cos(), angle.sin() / (2.0 * quality))
    }

    fn next(&mut self, sample: f32) -> f32 {
        let out = self.b[0] * sample + self.state[0];
        self.state[0] = self.b[1] * sample - self.a[0] * out + self.state[1];
        self.state[1] = self.b[2] * sample - self.a[1] * out;
        out
    }
}
