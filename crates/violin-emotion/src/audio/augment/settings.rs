//! What copies are made, as a TOML file says it.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{AudioSettings, Recording, is_named_as_recording, open};
use super::Change;
use crate::dsp::phase_vocoder::RATES;
use crate::error::figure;
use crate::{Error, Result};

/// An octave, which is as far as the vocoder goes.
const SEMITONES: RangeInclusive<f64> = -12.0..=12.0;
const GAINS_DB: RangeInclusive<f64> = -60.0..=60.0;
const SNRS_DB: RangeInclusive<f64> = -20.0..=100.0;
/// A dry chamber to a cathedral.
const DECAYS_S: RangeInclusive<f64> = 0.05..=10.0;

/// How synthesised noise sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoiseColour {
    /// Hiss: as much in each Hz.
    White,
    /// As much in each octave, as rooms and machines have it roughly.
    #[default]
    Pink,
}

impl NoiseColour {
    pub(super) fn name(self) -> &'static str {
        match self {
            NoiseColour::White => "white",
            NoiseColour::Pink => "pink",
        }
    }
}

/// Copies of each recording that a model learns from beside it: one for each value here. None if nothing is said.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AugmentSettings {
    /// Shifts of the pitch, semitones, −12 to 12.
    pub pitch_semitones: Vec<f64>,
    /// Tempi, 0.5 to 2: 1.1 is faster by a tenth; the pitch stays.
    pub stretch: Vec<f64>,
    /// Speeds, 0.5 to 2: tempo and pitch together.
    pub speed: Vec<f64>,
    /// Gains, −60 to 60 dB.
    pub gain_db: Vec<f64>,
    /// Levels of the recording re noise that is added, −20 to 100 dB.
    pub noise_snr_db: Vec<f64>,
    /// The noise, if it is not recorded.
    pub noise: NoiseColour,
    /// A folder of recorded noise, one of which is taken for each recording.
    pub noise_folder: Option<PathBuf>,
    /// Rooms, by the time in which their sound dies away by 60 dB, 0.05 to 10 s.
    pub room_s: Vec<f64>,
    /// Seed of noise and rooms.
    pub seed: u64,
}

impl AugmentSettings {
    /// The four copies that are made where nothing else is said: two semitones up and down, a tenth slower and faster.
    pub fn usual() -> Self {
        AugmentSettings { pitch_semitones: vec![-2.0, 2.0], stretch: vec![0.9, 1.1], ..AugmentSettings::default() }
    }

    /// Whether no copies are made.
    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|(_, values, _)| values.is_empty())
    }

    /// Checks every value's range. A pitch of 0, a tempo or a speed of 1 and a gain of 0 are refused: nothing would be changed.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        for (key, values, range) in self.lists() {
            let unchanged = match key {
                "pitch_semitones" | "gain_db" => Some(0.0),
                "stretch" | "speed" => Some(1.0),
                _ => None,
            };
            if let Some(value) = values.iter().find(|value| !range.contains(value) || Some(**value) == unchanged) {
                let but = unchanged.map_or_else(String::new, |value| format!(", but not {value}"));
                let expected = format!("{} to {}{but}", range.start(), range.end());
                return Err(Error::config(&format!("augment.{key}"), expected, figure(*value)));
            }
            if let Some(twice) = values.iter().enumerate().find(|(at, value)| values[..*at].contains(value)) {
                return Err(Error::config(&format!("augment.{key}"), "each value once", figure(*twice.1)));
            }
        }
        Ok(())
    }

    fn lists(&self) -> [(&'static str, &[f64], RangeInclusive<f64>); 6] {
        [
            ("pitch_semitones", &self.pitch_semitones, SEMITONES),
            ("stretch", &self.stretch, RATES),
            ("speed", &self.speed, RATES),
            ("gain_db", &self.gain_db, GAINS_DB),
            ("noise_snr_db", &self.noise_snr_db, SNRS_DB),
            ("room_s", &self.room_s, DECAYS_S),
        ]
    }

    pub(super) fn changes(&self, audio: &AudioSettings) -> Result<Vec<Change>> {
        let mut changes: Vec<Change> = Vec::new();
        changes.extend(self.pitch_semitones.iter().map(|&semitones| Change::Pitch(semitones)));
        changes.extend(self.stretch.iter().map(|&rate| Change::Stretch(rate)));
        changes.extend(self.speed.iter().map(|&factor| Change::Speed(factor)));
        changes.extend(self.gain_db.iter().map(|&db| Change::Gain(db)));
        match &self.noise_folder {
            Some(folder) if !self.noise_snr_db.is_empty() => {
                let noises: Arc<[Recording]> = noises(folder, audio)?.into();
                changes.extend(self.noise_snr_db.iter().map(|&db| Change::RecordedNoise(db, noises.clone())));
            }
            _ => changes.extend(self.noise_snr_db.iter().map(|&db| Change::Noise(db, self.noise))),
        }
        changes.extend(self.room_s.iter().map(|&decay_s| Change::Room(decay_s)));
        Ok(changes)
    }
}

/// The recordings of a folder, in the order of their names; not those in folders below.
fn noises(folder: &Path, audio: &AudioSettings) -> Result<Vec<Recording>> {
    let unread = |source| Error::file("read", folder, source);
    let entries = std::fs::read_dir(folder).map_err(unread)?;
    let mut paths = entries.map(|entry| Ok(entry.map_err(unread)?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| is_named_as_recording(path));
    paths.sort();
    if paths.is_empty() {
        let found = format!("none in {}", folder.display());
        return Err(Error::config("augment.noise_folder", "a folder with recordings of noise", found));
    }
    let noises = Error::gather(paths.iter().map(|path| open(path, audio)).collect())?;
    match noises.iter().find(|noise| noise.samples().iter().all(|sample| *sample == 0.0)) {
        Some(silent) => {
            let hint = "take it out of the folder of noise";
            Err(Error::audio(Path::new(silent.name()), "expected noise, found silence", hint))
        }
        None => Ok(noises),
    }
}
