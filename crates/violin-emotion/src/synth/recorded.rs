//! The recording of a take: gain, noise and room, which belong to no player.

use super::body::amplitude;
use super::dice::{Dice, Purpose, WHITE_RMS};
use super::room::add_room;

/// How a take is recorded; the default adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Recorded {
    /// Gain of the recorder, dB.
    pub gain_db: f64,
    /// RMS of the whole take over RMS of the recorder's white noise, dB; `None` is no noise.
    pub snr_db: Option<f64>,
    /// The room's tail re the dry sound, dB, as [`add_room`](super::add_room) has it; `None` is no room.
    pub room_db: Option<f64>,
}

impl Recorded {
    /// Records `samples` in place: first the room, then noise, then gain. `seed` decides the noise.
    pub fn apply(&self, samples: &mut [f32], seed: u64) {
        if let Some(level_db) = self.room_db {
            add_room(samples, level_db);
        }
        if let Some(snr_db) = self.snr_db {
            let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
            let rms = (energy / samples.len().max(1) as f64).sqrt();
            let scale = (rms * amplitude(-snr_db) / WHITE_RMS) as f32;
            let mut dice = Dice::new(seed, Purpose::RecordingNoise);
            samples.iter_mut().for_each(|sample| *sample += scale * dice.white());
        }
        let gain = amplitude(self.gain_db) as f32;
        samples.iter_mut().for_each(|sample| *sample *= gain);
    }
}
