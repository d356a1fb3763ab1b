//! A file's features, and those of its copies: from the cache if they are there, else measured.

use std::path::Path;

use super::{Catalog, FeatureCache, FeatureSettings, Sequence, extract};
use crate::audio::augment::{Augmentation, Change};
use crate::audio::{self, AudioSettings, Recording, Source};
use crate::{Error, ErrorKind, Result, Warning, WarningKind};

/// What was measured of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Its features, window by window.
    pub sequence: Sequence,
    /// [`Recording::sound`](crate::audio::Recording::sound): the same for copies.
    pub sound: String,
    /// Length of the recording, seconds.
    pub duration_s: f64,
    /// Sample rate of its file, Hz.
    pub file_rate_hz: u32,
    /// What was noticed while it was read; what was noticed in measuring stands with the sequence.
    pub warnings: Vec<Warning>,
}

impl Measurement {
    /// The features of a recording, and what else is known of it.
    pub fn new(recording: &Recording, sequence: Sequence) -> Self {
        Measurement {
            sequence,
            sound: recording.sound(),
            duration_s: recording.duration_s(),
            file_rate_hz: recording.file_rate_hz(),
            warnings: recording.warnings().to_vec(),
        }
    }
}

/// What was measured of a copy in which one thing is otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyMeasurement {
    /// What was done, such as `pitch +2 semitones`.
    pub change: String,
    /// Its features, window by window.
    pub sequence: Sequence,
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
    measure_with_copies(path, audio, features, &Augmentation::default(), cache).map(|(measured, _)| measured)
}

/// As [`measure`], with copies in the order of the changes. A copy is made of the recording as it was decoded and then goes
/// the recording's own way: prepared and measured alike. One that would be too short is left out, and a warning says so.
///
/// # Errors
/// As [`measure`].
pub fn measure_with_copies(
    path: &Path,
    audio: &AudioSettings,
    features: &FeatureSettings,
    augmentation: &Augmentation,
    cache: Option<&FeatureCache>,
) -> Result<(Measurement, Vec<CopyMeasurement>)> {
    measure_from(path, &Source::File(path), audio, features, augmentation, cache)
}

/// As [`measure_with_copies`], from wherever the recording's bytes are; `name` stands for its path.
///
/// # Errors
/// As [`measure`].
pub fn measure_from(
    name: &Path,
    source: &Source,
    audio: &AudioSettings,
    features: &FeatureSettings,
    augmentation: &Augmentation,
    cache: Option<&FeatureCache>,
) -> Result<(Measurement, Vec<CopyMeasurement>)> {
    let mut desk = Desk { name, source, audio, features, cache, decoded: None };
    // Half an hour fills 318 MB: it is copied only if copies will be made of it.
    let alone = augmentation.changes().is_empty();
    let mut original = desk.kept_or_measured(None, |decoded, kept| {
        if !alone {
            *kept = Some(decoded.clone());
        }
        Ok(decoded)
    })?;
    let mut copies = Vec::with_capacity(augmentation.changes().len());
    for change in augmentation.changes() {
        let key = augmentation.key(change);
        let copy = |decoded, kept: &mut Option<_>| augmentation.copy(kept.insert(decoded), change);
        match desk.kept_or_measured(Some(key), copy) {
            Ok(measured) => {
                copies.push(CopyMeasurement { change: change.to_string(), sequence: measured.sequence });
            }
            Err(error) => original.warnings.push(left_out(change, error)?),
        }
    }
    Ok((original, copies))
}

/// A warning for a copy that cannot be measured although its recording can; other errors are errors.
fn left_out(change: &Change, error: Error) -> Result<Warning> {
    match error.kind() {
        ErrorKind::Audio { problem, .. } => {
            Ok(Warning::new(WarningKind::Short, format!("its copy `{change}` was left out: {problem}")))
        }
        _ => Err(error),
    }
}

/// Where one recording is worked on: decoded once, and only if something is not kept.
struct Desk<'a> {
    name: &'a Path,
    source: &'a Source<'a>,
    audio: &'a AudioSettings,
    features: &'a FeatureSettings,
    cache: Option<&'a FeatureCache>,
    decoded: Option<Recording>,
}

impl Desk<'_> {
    /// What the cache keeps of this recording, or of the copy that `copy` tells from all others; or else what is measured: `make`
    /// is given what was decoded, and where to keep it for copies to come.
    fn kept_or_measured(
        &mut self,
        copy: Option<serde_json::Value>,
        make: impl FnOnce(Recording, &mut Option<Recording>) -> Result<Recording>,
    ) -> Result<Measurement> {
        let Desk { name, source, audio, features, .. } = *self;
        let entry = match self.cache {
            Some(cache) => Some((cache, cache.entry(name, source, audio, features, copy)?)),
            None => None,
        };
        if let Some((cache, entry)) = &entry
            && let Some(kept) = cache.read(entry, Catalog::of(features.set))
        {
            return Ok(kept);
        }
        let decoded = match self.decoded.take() {
            Some(decoded) => decoded,
            None => audio::read_from(name, source, audio)?,
        };
        let recording = make(decoded, &mut self.decoded).and_then(|made| audio::prepare(made, audio))?;
        let sequence = extract(&recording, features)?;
        let measured = Measurement::new(&recording, sequence);
        if let Some((cache, entry)) = &entry {
            cache.write(entry, &measured)?;
        }
        Ok(measured)
    }
}
