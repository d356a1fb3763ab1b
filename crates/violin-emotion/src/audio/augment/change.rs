//! One change of a recording, and its name.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::super::{MIN_DURATION_S, Recording, SAMPLE_RATE};
use super::noise::{self, Noise};
use super::settings::NoiseColour;
use super::{pitch, room};
use crate::error::figure;
use crate::{Error, Result};

/// One thing that is otherwise in a copy.
#[derive(Debug, Clone)]
pub enum Change {
    /// The pitch, in semitones; tempo and the body's resonances stay.
    Pitch(f64),
    /// The tempo: 1.1 is faster by a tenth; the pitch stays.
    Stretch(f64),
    /// Tempo and pitch together, as of a tape: 1.1 is faster by a tenth, and higher.
    Speed(f64),
    /// The level, dB.
    Gain(f64),
    /// Synthesised noise in the background: the ratio of the recording's level to its own, dB.
    Noise(f64, NoiseColour),
    /// The same with one of some recorded noises.
    RecordedNoise(f64, Arc<[Recording]>),
    /// A room, by the time in which its sound dies away by 60 dB, seconds.
    Room(f64),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Pitch(semitones) if semitones.abs() == 1.0 => write!(f, "pitch {semitones:+} semitone"),
            Change::Pitch(semitones) => write!(f, "pitch {semitones:+} semitones"),
            Change::Stretch(rate) => write!(f, "stretch {rate}"),
            Change::Speed(factor) => write!(f, "speed {factor}"),
            Change::Gain(db) => write!(f, "gain {db:+} dB"),
            Change::Noise(snr_db, colour) => write!(f, "{} noise {snr_db} dB", colour.name()),
            Change::RecordedNoise(snr_db, _) => write!(f, "recorded noise {snr_db} dB"),
            Change::Room(decay_s) => write!(f, "room {decay_s} s"),
        }
    }
}

impl Change {
    pub(super) fn is_random(&self) -> bool {
        matches!(self, Change::Noise(..) | Change::RecordedNoise(..) | Change::Room(_))
    }

    /// As text and, where sounds come from elsewhere, what they are.
    pub(super) fn key(&self) -> serde_json::Value {
        let sounds: Vec<String> = match self {
            Change::RecordedNoise(_, noises) => noises.iter().map(Recording::sound).collect(),
            _ => Vec::new(),
        };
        serde_json::json!([self.to_string(), sounds])
    }

    /// Samples of a copy of so many.
    fn length(&self, samples: usize) -> usize {
        match self {
            Change::Stretch(rate) | Change::Speed(rate) => (samples as f64 / rate).round() as usize,
            _ => samples,
        }
    }

    pub(super) fn apply(&self, recording: &Recording, seed: u64) -> Result<Recording> {
        let name = format!("{} ({self})", recording.name());
        let samples = recording.samples();
        let duration_s = self.length(samples.len()) as f64 / f64::from(SAMPLE_RATE);
        if duration_s < MIN_DURATION_S {
            let problem = format!("{} s is too short: at least {MIN_DURATION_S} s are needed", figure(duration_s));
            return Err(Error::audio(Path::new(&name), problem, "leave this change out, or give longer recordings"));
        }
        let chance = || noise::seed_of(recording, seed);
        let changed = match self {
            Change::Pitch(semitones) => pitch::shift(samples, *semitones),
            Change::Stretch(rate) => pitch::stretch(samples, *rate),
            Change::Speed(factor) => pitch::speed(samples, *factor),
            Change::Gain(db) => {
                let factor = amplitude(*db);
                samples.iter().map(|sample| sample * factor).collect()
            }
            Change::Noise(snr_db, colour) => noise::add(samples, *snr_db, Noise::of(*colour, chance())),
            Change::RecordedNoise(snr_db, noises) => noise::add(samples, *snr_db, Noise::recorded(noises, chance())),
            Change::Room(decay_s) => room::add(samples, *decay_s, chance()),
        };
        Recording::new(name, changed)
    }
}

/// dB → factor.
pub(super) fn amplitude(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}
