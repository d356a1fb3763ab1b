//! How much was taken out, and whether of the tone.

use super::Removal;
use crate::audio::SAMPLE_RATE;
use crate::dsp::vectorised::vectorised;

/// Where the strongest partials of a violin lie, Hz: from its lowest string on.
const LOW_HZ: f64 = 180.0;
const HIGH_HZ: f64 = 5_000.0;
/// Frames overlap so often: every fourth has all of the sound in it.
const OVERLAP: usize = 4;
/// What is less than this part of the whole is rounding.
const NOTHING: f64 = 1e-10;

/// Sums over all frames.
#[derive(Debug, Default)]
pub(super) struct Tally {
    whole: f64,
    removed: f64,
    strongest: f64,
    strongest_after: f64,
    frames: usize,
}

impl Tally {
    /// Adds a frame: the powers of its frequencies before, and the gains they were given.
    pub(super) fn add(&mut self, powers: &[f32], gains: &[f32]) {
        self.frames += 1;
        if !self.frames.is_multiple_of(OVERLAP) {
            return;
        }
        let bin = |hz: f64| (hz / f64::from(SAMPLE_RATE / 2) * (powers.len() - 1) as f64).round() as usize;
        let pitched = bin(LOW_HZ)..bin(HIGH_HZ);
        let (whole, removed) = vectorised(
            #[inline(always)]
            || sums(powers, gains),
        );
        let strongest = pitched.max_by(|a, b| powers[*a].total_cmp(&powers[*b])).expect("frequencies");
        self.whole += f64::from(whole);
        self.removed += f64::from(removed);
        self.strongest += f64::from(powers[strongest]);
        self.strongest_after += f64::from(gains[strongest] * gains[strongest] * powers[strongest]);
    }

    pub(super) fn removal(&self) -> Removal {
        let removed = self.removed / self.whole;
        let lost = self.strongest / self.strongest_after.max(f64::MIN_POSITIVE);
        Removal {
            removed_db: (removed > NOTHING).then(|| 10.0 * removed.log10()),
            tone_loss_db: if self.strongest > 0.0 { (10.0 * lost.log10()).max(0.0) } else { 0.0 },
        }
    }
}

/// The power of all frequencies, and of what gains take from them.
#[inline(always)]
fn sums(powers: &[f32], gains: &[f32]) -> (f32, f32) {
    let removed = |power: f32, gain: f32| (1.0 - gain) * (1.0 - gain) * power;
    // Sums that do not wait for one another.
    let mut sums = ([0.0; 16], [0.0; 16]);
    let ((powers, powers_left), (gains, gains_left)) = (powers.as_chunks::<16>(), gains.as_chunks::<16>());
    for (powers, gains) in powers.iter().zip(gains) {
        for n in 0..16 {
            sums.0[n] += powers[n];
            sums.1[n] += removed(powers[n], gains[n]);
        }
    }
    let left = powers_left.iter().zip(gains_left).map(|(power, gain)| removed(*power, *gain));
    (sums.0.iter().chain(powers_left).sum(), sums.1.into_iter().chain(left).sum())
}
