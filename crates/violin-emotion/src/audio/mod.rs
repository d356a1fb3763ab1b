//! File → [`Recording`]: decode, mix, resample.

mod checks;
mod decode;
mod mix;
mod recording;
mod resample;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::{Error, Result};

pub use recording::Recording;

/// The one sample rate that everything after decoding sees, in Hz.
pub const SAMPLE_RATE: u32 = 44_100;

/// Shorter recordings say too little of a performance, seconds.
pub const MIN_DURATION_S: f64 = 0.5;

/// Limits on what is read; a file's header cannot lift them.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSettings {
    /// Largest file, bytes.
    pub max_bytes: u64,
    /// Longest recording, seconds.
    pub max_duration_s: f64,
    /// Most channels.
    pub max_channels: usize,
}

impl Default for AudioSettings {
    fn default() -> Self {
        AudioSettings { max_bytes: 2 << 30, max_duration_s: 3.0 * 3600.0, max_channels: 8 }
    }
}

/// Reads a recording: WAV, FLAC, MP3, Ogg Vorbis, AAC, ALAC or AIFF, 8 to 192 kHz, mixed to mono, at 44.1 kHz. Samples
/// that have this rate already are not touched. What was noticed on the way is in [`Recording::warnings`].
///
/// # Errors
/// `Audio` for a file that is not there, cannot be decoded, is shorter than half a second or beyond a limit.
pub fn open(path: &Path, settings: &AudioSettings) -> Result<Recording> {
    decode(&path.display().to_string(), read(path, settings)?, settings)
}

/// The bytes of a file, if they are not too many.
///
/// # Errors
/// `Audio` for a file that is not there or larger than the limit.
pub fn read(path: &Path, settings: &AudioSettings) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        Error::audio(path, format!("cannot be read: {error}"), "check that the file exists and that you may read it")
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Error::audio(path, "expected a recording, found a folder", "name a file"));
    }
    let mut bytes = Vec::new();
    file.take(settings.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > settings.max_bytes {
        let problem = format!("expected at most {} bytes, found more", settings.max_bytes);
        return Err(Error::audio(path, problem, "raise `audio.max_bytes`, or cut the recording"));
    }
    Ok(bytes)
}

/// As [`open`], from bytes; `name` is what the recording is called.
///
/// # Errors
/// As [`open`].
pub fn decode(name: &str, bytes: Vec<u8>, settings: &AudioSettings) -> Result<Recording> {
    let path = Path::new(name);
    let decoded = decode::decode(path, bytes, settings)?;
    let mut warnings = decoded.warnings;
    let mut samples = decoded.samples;
    checks::mend_not_finite(path, &mut samples, &mut warnings)?;
    let seconds = samples.len() as f64 / f64::from(decoded.rate);
    if seconds < MIN_DURATION_S {
        let problem = format!("expected at least {MIN_DURATION_S} s, found {seconds:.2} s");
        return Err(Error::audio(path, problem, "too short to say anything of a performance: give a longer one"));
    }
    checks::look(&samples, decoded.rate, &mut warnings);
    let samples = resample::to_standard_rate(samples, decoded.rate);
    Ok(Recording::new(name, samples)?.with_warnings(warnings))
}
