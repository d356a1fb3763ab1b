//! File → [`Recording`]: decode, mix, resample.

mod checks;
mod decode;
mod mix;
mod resample;

use std::fs;
use std::path::Path;

use crate::{Error, Result, Warning};
use decode::{Pass, Source};
use mix::Take;

/// The one sample rate that everything after decoding sees, in Hz.
pub const SAMPLE_RATE: u32 = 44_100;

/// The shortest recording that says anything, in seconds: a few notes at best.
pub const MIN_DURATION_S: f64 = 0.5;

/// What a file may cost; no header can pass these limits.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSettings {
    /// Size of the largest file, bytes.
    pub max_bytes: u64,
    /// Length of the longest recording, seconds.
    pub max_duration_s: f64,
    /// Channels of the widest recording.
    pub max_channels: usize,
}

impl Default for AudioSettings {
    fn default() -> Self {
        AudioSettings { max_bytes: 2 << 30, max_duration_s: 3.0 * 3600.0, max_channels: 8 }
    }
}

impl AudioSettings {
    fn check(&self) -> Result<()> {
        if self.max_duration_s.is_nan() || self.max_duration_s < MIN_DURATION_S {
            let expected = format!("at least {MIN_DURATION_S} seconds");
            return Err(Error::config("audio.max_duration_s", expected, self.max_duration_s));
        }
        if self.max_channels == 0 {
            return Err(Error::config("audio.max_channels", "at least 1", 0));
        }
        Ok(())
    }

    fn check_size(&self, path: &Path, bytes: u64) -> Result<()> {
        if bytes == 0 {
            return Err(Error::audio(path, "the file is empty (0 bytes)", "copy or export the recording again"));
        }
        if bytes > self.max_bytes {
            let problem = format!("expected at most {} bytes, found {bytes}", self.max_bytes);
            return Err(Error::audio(path, problem, "cut the recording, or raise the setting `audio.max_bytes`"));
        }
        Ok(())
    }
}

/// Mono samples at [`SAMPLE_RATE`]; finite and not empty.
#[derive(Debug, Clone)]
pub struct Recording {
    name: String,
    samples: Vec<f32>,
    warnings: Vec<Warning>,
}

impl Recording {
    /// A recording from samples at [`SAMPLE_RATE`], full scale ±1.
    ///
    /// # Errors
    /// `Data` if there are no samples, or one is NaN or infinite.
    pub fn new(name: impl Into<String>, samples: Vec<f32>) -> Result<Self> {
        if samples.is_empty() {
            return Err(Error::data("at least one sample", "none", "give a recording that is not empty"));
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            let found = format!("{} at sample {at}", samples[at]);
            return Err(Error::data("finite samples", found, "replace NaN and infinite samples before"));
        }
        Ok(Recording { name: name.into(), samples, warnings: Vec::new() })
    }

    /// The same recording with what was noticed on the way in.
    pub(crate) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// The recording's name: the path it was read from, or what its maker called it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Mono samples at [`SAMPLE_RATE`].
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE)
    }

    /// What was noticed on the way in.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Reads a recording: WAV, AIFF, FLAC, MP3, Ogg Vorbis, AAC or ALAC (ADTS, M4A), 8–192 kHz.
///
/// Channels are mixed with equal weight (where they cancel, the loudest one is taken), other rates are brought to
/// [`SAMPLE_RATE`]; mono files at that rate are passed bit by bit. Damaged parts are left out. Whatever a person should
/// know of all this stands in [`Recording::warnings`].
///
/// # Errors
/// `File` if it cannot be read; `Audio` if it is no recording, is damaged beyond use, passes a limit of `settings`, or is
/// shorter than [`MIN_DURATION_S`]; `Config` if a setting is out of its range.
pub fn open(path: &Path, settings: &AudioSettings) -> Result<Recording> {
    let metadata = fs::metadata(path).map_err(|source| Error::file("read", path, source))?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(Error::audio(path, format!("expected a file, found {what}"), "name a recording"));
    }
    settings.check_size(path, metadata.len())?;
    record(path, &Source::File(path), settings)
}

/// As [`open`], from the bytes of a file; `name` stands for its path.
///
/// # Errors
/// As [`open`].
pub fn decode_bytes(name: &str, bytes: Vec<u8>, settings: &AudioSettings) -> Result<Recording> {
    let path = Path::new(name);
    settings.check_size(path, bytes.len() as u64)?;
    record(path, &Source::Bytes(&bytes), settings)
}

fn record(path: &Path, source: &Source, settings: &AudioSettings) -> Result<Recording> {
    settings.check()?;
    let mut pass = decode::pass(path, source, settings, Take::Mix)?;
    let mut warnings = checks::of_the_file(path, &pass)?;
    if let Some((loudest, warning)) = checks::of_the_channels(&pass) {
        warnings.push(warning);
        // Rare, so a second reading is cheaper than a copy of every channel in every first one.
        let Pass { samples, .. } = decode::pass(path, source, settings, Take::Channel(loudest))?;
        pass.samples = samples;
    }
    warnings.extend(checks::of_the_sound(&pass.samples));
    Ok(Recording::new(path.display().to_string(), pass.samples)?.with_warnings(warnings))
}
