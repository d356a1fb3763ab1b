//! A file's features: from the cache if they are there, else measured.

use std::path::Path;

use super::{Catalog, FeatureCache, FeatureSettings, Sequence, extract};
use crate::audio::{self, AudioSettings};
use crate::{Result, Warning};

/// What was measured of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Its features, window by window.
    pub sequence: Sequence,
    /// [`Recording::sound`](crate::audio::Recording::sound): the same for copies.
    pub sound: String,
    /// What was noticed while it was read; what was noticed in measuring stands with the sequence.
    pub warnings: Vec<Warning>,
}

/// Features of the recording at `path`, and what was noticed while it was read.
///
/// # Errors
/// `Audio` if the recording cannot be used; `File` if the cache cannot be written.
pub fn measure(
    path: &Path,
    audio: &AudioSettings,
    features: &FeatureSettings,
    cache: Option<&FeatureCache>,
) -> Result<Measurement> {
    let entry = match cache {
        Some(cache) => Some((cache, cache.entry(path, audio, features)?)),
        None => None,
    };
    if let Some((cache, entry)) = &entry
        && let Some(kept) = cache.read(entry, Catalog::of(features.set))
    {
        return Ok(kept);
    }
    let recording = audio::open(path, audio)?;
    let sequence = extract(&recording, features)?;
    let measured = Measurement { sequence, sound: recording.sound(), warnings: recording.warnings().to_vec() };
    if let Some((cache, entry)) = &entry {
        cache.write(entry, &measured)?;
    }
    Ok(measured)
}
