//! Bytes → mono samples at the file's own rate.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::AudioSettings;
use super::mix::{self, Mix};
use crate::{Error, Result, Warning, WarningKind};

/// Sample rates that are read, Hz.
const RATES: std::ops::RangeInclusive<u32> = 8000..=192_000;
/// What may be missing of the length a header claims before it is worth a word, seconds: codecs pad and trim.
const MISSING_S: f64 = 0.1;

const FORMATS: &str = "WAV, FLAC, MP3, Ogg Vorbis, AAC/M4A, ALAC and AIFF are read";

pub(super) struct Decoded {
    pub samples: Vec<f32>,
    pub rate: u32,
    pub warnings: Vec<Warning>,
}

/// Decodes a file; a decoder that panics on a hostile one is an error of this file alone.
pub(super) fn decode(path: &Path, bytes: Vec<u8>, settings: &AudioSettings) -> Result<Decoded> {
    if bytes.is_empty() {
        return Err(Error::audio(path, "expected a recording, found an empty file", "copy or export it again"));
    }
    // Shared, not copied: two channels that cancel are decoded twice.
    let bytes: std::sync::Arc<[u8]> = bytes.into();
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let (mut mix, rate, mut warnings) = Decoding::open(path, bytes.clone(), settings)?.run(None)?;
        if let Some(channel) = mix.cancelled() {
            mix = Decoding::open(path, bytes, settings)?.run(Some(channel))?.0;
            warnings.push(mix::cancel_warning(channel));
        }
        Ok(Decoded { samples: mix.samples, rate, warnings })
    }));
    decoded.unwrap_or_else(|_| Err(Error::audio(path, "damaged: its decoder gave up", "copy or export it again")))
}

/// One pass through a file.
struct Decoding<'a> {
    path: &'a Path,
    settings: &'a AudioSettings,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Frames that the header claims.
    claimed: Option<u64>,
}

impl<'a> Decoding<'a> {
    fn open(path: &'a Path, bytes: std::sync::Arc<[u8]>, settings: &'a AudioSettings) -> Result<Self> {
        let unknown = |error: SymphoniaError| {
            Error::audio(path, format!("expected a recording, found something else ({error})"), FORMATS)
        };
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(unknown)?;
        let none = || Error::audio(path, "expected a sound track, found none", FORMATS);
        let track = format.default_track(TrackType::Audio).ok_or_else(none)?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or_else(none)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(unknown)?;
        let (track, claimed) = (track.id, track.num_frames);
        Ok(Decoding { path, settings, format, decoder, track, claimed })
    }

    fn run(mut self, only: Option<usize>) -> Result<(Mix, u32, Vec<Warning>)> {
        let (mut mix, mut sound, mut damaged) = (Mix::default(), None, 0usize);
        let mut interleaved = Vec::new();
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                // The end of a cut file, or of what can be followed: the rest is counted as missing.
                Err(_) => {
                    damaged += 1;
                    break;
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            let buffer = match self.decoder.decode(&packet) {
                Ok(buffer) => buffer,
                Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_)) => {
                    damaged += 1;
                    continue;
                }
                Err(error) => return Err(Error::audio(self.path, format!("cannot be decoded: {error}"), FORMATS)),
            };
            let here = (buffer.spec().rate(), buffer.num_planes());
            if buffer.frames() == 0 {
                continue;
            }
            check_sound(self.path, here, self.settings)?;
            if *sound.get_or_insert(here) != here {
                let problem = format!("expected one rate and number of channels, found {sound:?} and then {here:?}");
                return Err(Error::audio(self.path, problem, "export the recording again as one piece"));
            }
            interleaved.resize(buffer.samples_interleaved(), 0.0);
            buffer.copy_to_slice_interleaved::<f32, _>(&mut interleaved);
            mix.add(&interleaved, here.1, only);
            self.check_duration(mix.samples.len(), here.0)?;
        }
        let Some((rate, _)) = sound else {
            let hint = "the file holds a header and no sound: copy or export it again";
            return Err(Error::audio(self.path, "expected sound, found none that can be decoded", hint));
        };
        let warnings = self.missing(mix.samples.len(), rate, damaged).into_iter().collect();
        Ok((mix, rate, warnings))
    }

    fn check_duration(&self, frames: usize, rate: u32) -> Result<()> {
        let (found, most) = (frames as f64 / f64::from(rate), self.settings.max_duration_s);
        if found <= most {
            return Ok(());
        }
        let hint = "raise `audio.max_duration_s`, or cut the recording";
        Err(Error::audio(self.path, format!("expected at most {most} s, found more"), hint))
    }

    /// Says what the header promised and the file does not hold.
    fn missing(&self, frames: usize, rate: u32, damaged: usize) -> Option<Warning> {
        let seconds = |frames: f64| frames / f64::from(rate);
        let found = seconds(frames as f64);
        let claimed = seconds(self.claimed.unwrap_or(frames as u64) as f64);
        let message = if claimed - found > MISSING_S {
            format!("cut short: the file says {claimed:.1} s and holds {found:.1} s")
        } else if damaged > 0 {
            format!("damaged: {damaged} pieces could not be decoded and are left out; {found:.1} s remain")
        } else {
            return None;
        };
        Some(Warning::new(WarningKind::Truncated, message))
    }
}

fn check_sound(path: &Path, (rate, channels): (u32, usize), settings: &AudioSettings) -> Result<()> {
    if !RATES.contains(&rate) {
        let problem = format!("expected 8000 to 192000 Hz, found {rate} Hz");
        return Err(Error::audio(path, problem, "convert the recording to 44100 Hz"));
    }
    if channels == 0 || channels > settings.max_channels {
        let problem = format!("expected 1 to {} channels, found {channels}", settings.max_channels);
        return Err(Error::audio(path, problem, "mix the recording down, or raise `audio.max_channels`"));
    }
    Ok(())
}
