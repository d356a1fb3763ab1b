//! A file's features: from the cache if they are there, else measured.

use std::path::Path;

use super::{Catalog, FeatureCache, FeatureSettings, Sequence, Windowing, extract};
use crate::audio::{self, AudioSettings, Recording};
use crate::error::figure;
use crate::{Result, Warning, WarningKind};

/// What was measured of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Its features, window by window.
    pub sequence: Sequence,
    /// [`Recording::sound`]: the same for copies.
    pub sound: String,
    /// What was noticed while it was read.
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
    let warnings = recording.warnings().iter().cloned().chain(shortness(&recording, features)).collect();
    let measured = Measurement { sequence, sound: recording.sound(), warnings };
    if let Some((cache, entry)) = &entry {
        cache.write(entry, &measured)?;
    }
    Ok(measured)
}

/// A warning for a recording that does not fill one window.
pub fn shortness(recording: &Recording, settings: &FeatureSettings) -> Option<Warning> {
    let (found, window) = (recording.duration_s(), settings.window_s);
    if settings.windowing != Windowing::Cover || found >= window {
        return None;
    }
    let window = figure(window);
    let message =
        format!("{found:.2} s long, shorter than a window of {window} s: measured as one window of its length");
    Some(Warning::new(WarningKind::Short, message))
}
