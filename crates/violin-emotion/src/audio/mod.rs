//! File → [`Recording`]: decode, mix, resample, denoise, level; and copies of it in which one thing is otherwise.

pub mod augment;
mod checks;
mod decode;
mod denoise;
mod level;
mod mix;
mod ogg;
mod resample;

use std::fs;
use std::path::Path;

use crate::checksum::Checksum;
use crate::error::figure;
use crate::{Error, Result, Warning};
use decode::Pass;
pub use decode::Source;
pub use denoise::{Denoise, Removal, denoise};
pub use level::{Level, set_level};
use mix::Take;

/// The one sample rate that everything after decoding sees, in Hz.
pub const SAMPLE_RATE: u32 = 44_100;

/// The shortest recording that says anything, in seconds: a few notes at best.
pub const MIN_DURATION_S: f64 = 0.5;

/// What the limit on a recording's length may be raised to, in seconds: eleven days, whose samples fill 176 GB.
const MAX_DURATION_S: f64 = 1e6;

/// How the names of recordings end, in small letters: what a folder is searched for. What a file holds decides how it is
/// read.
pub const EXTENSIONS: [&str; 12] =
    ["wav", "wave", "flac", "mp3", "ogg", "oga", "m4a", "mp4", "aac", "aiff", "aif", "aifc"];

/// Whether a file's name ends as a recording's.
pub fn is_named_as_recording(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&&*extension)) && !is_companion(path)
}

/// Whether a name is that of a file which macOS puts beside another, on disks and into archives that do not know its metadata.
fn is_companion(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"))
}

/// What a file may cost (no header can pass these limits), and what is done to the sound before anything is measured.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSettings {
    /// Size of the largest file, bytes.
    pub max_bytes: u64,
    /// Length of the longest recording, seconds.
    pub max_duration_s: f64,
    /// Channels of the widest recording.
    pub max_channels: usize,
    /// What is taken out as noise.
    pub denoise: Denoise,
    /// The level it is brought to, after that.
    pub level: Level,
}

impl Default for AudioSettings {
    fn default() -> Self {
        AudioSettings {
            max_bytes: 2 << 30,
            max_duration_s: 3.0 * 3600.0,
            max_channels: 8,
            denoise: Denoise::None,
            level: Level::None,
        }
    }
}

impl AudioSettings {
    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        if !(MIN_DURATION_S..=MAX_DURATION_S).contains(&self.max_duration_s) {
            let expected = format!("{MIN_DURATION_S} to {MAX_DURATION_S} seconds");
            return Err(Error::config("audio.max_duration_s", expected, figure(self.max_duration_s)));
        }
        if self.max_bytes == 0 {
            return Err(Error::config("audio.max_bytes", "at least 1", 0));
        }
        if self.max_channels == 0 {
            return Err(Error::config("audio.max_channels", "at least 1", 0));
        }
        Ok(())
    }

    /// Checks a file's size before anything of it is read; `path` is its name.
    ///
    /// # Errors
    /// `Audio` if it is empty, or larger than `max_bytes`.
    pub fn check_size(&self, path: &Path, bytes: u64) -> Result<()> {
        if bytes == 0 {
            return Err(Error::audio(path, "the file is empty (0 bytes)", "copy or export the recording again"));
        }
        if bytes > self.max_bytes {
            let problem = format!("expected at most {} bytes, found {bytes}", self.max_bytes);
            return Err(Error::audio(path, problem, format!("cut the recording, or raise the {}", limit("max_bytes"))));
        }
        Ok(())
    }
}

/// A limit, for a hint.
fn limit(name: &str) -> String {
    format!("setting `audio.{name}` with --config (a model keeps the settings it was trained with)")
}

/// Mono samples at [`SAMPLE_RATE`]; finite and not empty.
#[derive(Debug, Clone)]
pub struct Recording {
    name: String,
    samples: Vec<f32>,
    file_rate_hz: u32,
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
        Ok(Recording { name: name.into(), samples, file_rate_hz: SAMPLE_RATE, warnings: Vec::new() })
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

    /// Sample rate of the file it was read from, Hz: what other programs count its frames in. [`SAMPLE_RATE`] for samples that
    /// were made here.
    pub fn file_rate_hz(&self) -> u32 {
        self.file_rate_hz
    }

    /// SHA-256 of the samples at 16 bits, in hexadecimal: the same for copies of a sound under any name, and for lossless
    /// copies of 16 bits in any container. Another take, cut, level or lossy coding has another one.
    pub fn sound(&self) -> String {
        let mut checksum = Checksum::default();
        let mut bytes = Vec::new();
        for block in self.samples.chunks(1 << 14) {
            bytes.clear();
            bytes.extend(block.iter().flat_map(|sample| ((sample * 32_768.0).round() as i16).to_le_bytes()));
            checksum.add(&bytes);
        }
        checksum.finish()
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

/// What a file is like, whatever sounds in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormat {
    /// Its own sample rate, Hz.
    pub rate_hz: u32,
    /// Its channels.
    pub channels: usize,
    /// Its container, such as `wave`, `mp3`, `ogg`.
    pub container: &'static str,
    /// Bits of a sample, where the file says so.
    pub bits: Option<u32>,
}

/// Reads a recording: WAV, AIFF, FLAC, MP3, Ogg Vorbis, AAC or ALAC (ADTS, M4A), 8–192 kHz.
///
/// Channels are mixed with equal weight (where they cancel, the loudest one is taken), other rates are brought to
/// [`SAMPLE_RATE`]; mono files at that rate are passed bit by bit. Then noise
/// is taken out and the level set, if `settings` say so. Damaged parts are left out. Whatever a person should
/// know of all this stands in [`Recording::warnings`].
///
/// # Errors
/// `File` if it cannot be read; `Audio` if it is no recording, is damaged beyond use, passes a limit of `settings`, or is
/// shorter than [`MIN_DURATION_S`]; `Config` if a setting is out of its range.
pub fn open(path: &Path, settings: &AudioSettings) -> Result<Recording> {
    prepare(read(path, settings)?, settings)
}

/// As [`open`], of a file that others know by another name: `name` stands for its path.
///
/// # Errors
/// As [`open`].
pub fn open_as(name: &str, path: &Path, settings: &AudioSettings) -> Result<Recording> {
    prepare(read_named(Path::new(name), path, settings)?.0, settings)
}

/// As [`open`], but not prepared: the samples as they were recorded, for copies that are prepared themselves.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path, settings: &AudioSettings) -> Result<Recording> {
    read_with_format(path, settings).map(|(recording, _)| recording)
}

/// As [`read`], with what the file is like.
///
/// # Errors
/// As [`open`].
pub fn read_with_format(path: &Path, settings: &AudioSettings) -> Result<(Recording, FileFormat)> {
    read_named(path, path, settings)
}

/// As [`read`], from wherever its bytes are; `name` stands for its path.
///
/// # Errors
/// As [`open`].
pub fn read_from(name: &Path, source: &Source, settings: &AudioSettings) -> Result<Recording> {
    match source {
        Source::File(file) => read_named(name, file, settings),
        Source::Bytes(bytes) => {
            settings.check_size(name, bytes.len() as u64)?;
            record(name, source, settings)
        }
    }
    .map(|(recording, _)| recording)
}

fn read_named(name: &Path, file: &Path, settings: &AudioSettings) -> Result<(Recording, FileFormat)> {
    let metadata = fs::metadata(file).map_err(|source| Error::file("read", name, source))?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(Error::audio(name, format!("expected a file, found {what}"), "name a recording"));
    }
    settings.check_size(name, metadata.len())?;
    record(name, &Source::File(file), settings)
}

/// What is done to every recording once it is read, and to every copy once it is made: the one place for it.
///
/// # Errors
/// As [`denoise`].
pub fn prepare(mut recording: Recording, settings: &AudioSettings) -> Result<Recording> {
    denoise(&mut recording, settings.denoise, None)?;
    set_level(&mut recording, settings.level);
    Ok(recording)
}

/// As [`open`], from the bytes of a file; `name` stands for its path.
///
/// # Errors
/// As [`open`].
pub fn decode_bytes(name: &str, bytes: Vec<u8>, settings: &AudioSettings) -> Result<Recording> {
    prepare(read_from(Path::new(name), &Source::Bytes(&bytes), settings)?, settings)
}

/// As [`open`], from samples: one `Vec` a channel, all of one length, at `rate_hz`, full scale ±1; `name` stands for the path.
/// What a float WAV file of these samples would give, to the last bit.
///
/// # Errors
/// As [`open`]; `Data` for no channel, or channels of different lengths.
pub fn from_channels(name: &str, channels: &[Vec<f32>], rate_hz: u32, settings: &AudioSettings) -> Result<Recording> {
    let path = Path::new(name);
    if let Some(other) = channels.iter().find(|channel| channel.len() != channels[0].len()) {
        let found = format!("{} and {}", channels[0].len(), other.len());
        return Err(Error::data("channels of one length", found, "give every channel the same number of samples"));
    }
    if channels.first().is_none_or(Vec::is_empty) {
        return Err(Error::data("at least one sample", "none", "give a recording that is not empty").of_recording(path));
    }
    let pass = |take| decode::pass_of_channels(path, channels.to_vec(), rate_hz, settings, take);
    prepare(record_from(path, pass, settings)?.0, settings)
}

fn record(path: &Path, source: &Source, settings: &AudioSettings) -> Result<(Recording, FileFormat)> {
    record_from(path, |take| decode::pass(path, source, settings, take), settings)
}

fn record_from(
    path: &Path,
    read: impl Fn(Take) -> Result<Pass>,
    settings: &AudioSettings,
) -> Result<(Recording, FileFormat)> {
    settings.check()?;
    let mut pass = read(Take::Mix)?;
    let mut warnings = checks::of_the_file(path, &pass)?;
    if let Some((loudest, warning)) = checks::of_the_channels(&pass) {
        warnings.push(warning);
        // Rare, so a second reading is cheaper than a copy of every channel in every first one.
        let Pass { samples, .. } = read(Take::Channel(loudest))?;
        pass.samples = samples;
    }
    warnings.extend(checks::of_the_sound(&pass.samples));
    let Pass { rate: rate_hz, container, bits, .. } = pass;
    let format = FileFormat { rate_hz, channels: pass.mixer.channels.len(), container, bits };
    let recording = Recording::new(path.display().to_string(), pass.samples)?.with_warnings(warnings);
    Ok((Recording { file_rate_hz: rate_hz, ..recording }, format))
}
