//! A recording → what it would be if one thing were otherwise: for listening, and for the training side of a model.

mod change;
mod noise;
mod pitch;
mod room;
mod settings;

pub use change::Change;
pub use settings::{AugmentSettings, NoiseColour};

use super::{AudioSettings, Recording};
use crate::Result;

/// What copies are made of each recording, ready to be made.
#[derive(Debug, Clone, Default)]
pub struct Augmentation {
    changes: Vec<Change>,
    seed: u64,
}

impl Augmentation {
    /// What the settings ask for, one copy a value; recorded noise is read.
    ///
    /// # Errors
    /// `Config` for a value out of its range, or a folder of noise without recordings; `File`, `Audio` for noise that cannot
    /// be read.
    pub fn open(settings: &AugmentSettings, audio: &AudioSettings) -> Result<Self> {
        settings.check()?;
        Ok(Augmentation { changes: settings.changes(audio)?, seed: settings.seed })
    }

    /// The changes, each of which makes one copy.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// One copy of a recording, as it was decoded: named after the recording and the change. The same seed, recording and
    /// change give the same samples.
    ///
    /// # Errors
    /// `Audio` if the copy would be shorter than [`MIN_DURATION_S`](super::MIN_DURATION_S).
    pub fn copy(&self, recording: &Recording, change: &Change) -> Result<Recording> {
        change.apply(recording, self.seed)
    }

    /// What tells one copy from another of the same recording: the change, and the seed where chance has a part.
    pub(crate) fn key(&self, change: &Change) -> serde_json::Value {
        serde_json::json!([change.key(), change.is_random().then_some(self.seed)])
    }
}
