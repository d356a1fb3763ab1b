//! How much was taken out, and whether of the tone.

use realfft::num_complex::Complex32;

use super::Removal;
use crate::audio::SAMPLE_RATE;

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
    /// Adds a frame: its spectrum before, and the gains it was given.
    pub(super) fn add(&mut self, spectrum: &[Complex32], gains: &[f32]) {
        self.frames += 1;
        if !self.frames.is_multiple_of(OVERLAP) {
            return;
        }
        let bin = |hz: f64| (hz / f64::from(SAMPLE_RATE / 2) * (spectrum.len() - 1) as f64).round() as usize;
        let pitched = bin(LOW_HZ)..bin(HIGH_HZ);
        let (mut whole, mut removed, mut strongest) = (0f32, 0f32, (0f32, 0f32));
        for (number, (value, gain)) in spectrum.iter().zip(gains).enumerate() {
            let power = value.norm_sqr();
            whole += power;
            removed += (1.0 - gain) * (1.0 - gain) * power;
            if power > strongest.0 && pitched.contains(&number) {
                strongest = (power, gain * gain * power);
            }
        }
        self.whole += f64::from(whole);
        self.removed += f64::from(removed);
        self.strongest += f64::from(strongest.0);
        self.strongest_after += f64::from(strongest.1);
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
