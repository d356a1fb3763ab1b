//! One reading of a file: packets → samples of one channel at the one rate.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_ADTS, FORMAT_ID_MP3, FORMAT_ID_OGG};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::mix::{Mixer, Take};
use super::resample::Resampler;
use super::{AudioSettings, limit, ogg};
use crate::error::figure;
use crate::{Error, Result};

/// Sample rates that are read, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// A WAV header up to its channels and sample rate, bytes.
const WAV_HEADER: usize = 28;

/// So many packets that cannot even be found, one after the other, are the end of what can be read.
const MAX_LOST_IN_A_ROW: usize = 100;

const FORMATS: &str = "WAV, AIFF, FLAC, MP3, Ogg Vorbis, AAC and ALAC are read; convert other files to WAV or FLAC";
const DAMAGED: &str = "the file is damaged or cut: copy or export it again";

/// Where the bytes of a recording are.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// In a file of their own.
    File(&'a Path),
    /// Here: those of a whole file.
    Bytes(&'a [u8]),
}

/// What one reading brought.
#[derive(Debug)]
pub(super) struct Pass {
    /// The one channel, at the one rate.
    pub(super) samples: Vec<f32>,
    /// The file's own rate, in Hz.
    pub(super) rate: u32,
    /// What was met while mixing, at the file's own rate.
    pub(super) mixer: Mixer,
    /// Frames the header says there are.
    pub(super) claimed_frames: Option<u64>,
    /// Packets that could not be decoded and were left out.
    pub(super) damaged_packets: usize,
    /// Whether another stream of other kind follows, which is not read.
    pub(super) more_streams: bool,
    /// Whether an Ogg file stops before its stream ends.
    pub(super) ends_early: bool,
    /// The container, as `wave`.
    pub(super) container: &'static str,
    /// Bits of a sample, where the file says so.
    pub(super) bits: Option<u32>,
}

/// Reads `source` once; `path` is its name in errors.
pub(super) fn pass(path: &Path, source: &Source, settings: &AudioSettings, take: Take) -> Result<Pass> {
    contained(path, || {
        check_wav_header(path, source, settings)?;
        Reader::new(path, source, settings)?.read(settings, take)
    })
}

/// As [`pass`], of samples that are here already, one `Vec` a channel, of one length; `path` is their name in errors.
pub(super) fn pass_of_channels(
    path: &Path,
    mut channels: Vec<Vec<f32>>,
    rate: u32,
    settings: &AudioSettings,
    take: Take,
) -> Result<Pass> {
    check_rate(path, rate)?;
    check_channels(path, channels.len(), settings)?;
    check_duration(path, channels[0].len() as f64 / f64::from(rate), settings)?;
    let mut mixer = Mixer::new(channels.len(), None, take);
    let mut resampler = Resampler::new(rate, super::SAMPLE_RATE);
    let (mut mono, mut samples) = (Vec::new(), Vec::new());
    mixer.mix(&mut channels, &mut mono);
    resampler.push(&mono, &mut samples);
    resampler.finish(&mut samples);
    Ok(Pass {
        samples,
        rate,
        mixer,
        claimed_frames: None,
        damaged_packets: 0,
        more_streams: false,
        ends_early: false,
        container: "samples",
        bits: None,
    })
}

/// Turns a panic into an error: one hostile file must not take a batch of a thousand others with it.
fn contained<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let problem = format!("its decoder failed inside: {}", message.unwrap_or("no reason given"));
        Err(Error::audio(path, problem, DAMAGED))
    })
}

struct Reader<'a> {
    path: &'a Path,
    format: Box<dyn FormatReader + 'a>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    bits: Option<u32>,
    claimed_frames: Option<u64>,
    damaged_packets: usize,
    more_streams: bool,
    ends_early: bool,
    container: &'static str,
    last_fault: Option<Fault>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, source: &Source<'a>, settings: &AudioSettings) -> Result<Self> {
        let probe = |seekable| -> Result<Box<dyn FormatReader + 'a>> {
            let stream = MediaSourceStream::new(source.stream(path, seekable)?, Default::default());
            symphonia::default::get_probe()
                .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
                .map_err(|fault| unreadable(path, fault))
        };
        let mut format = probe(true)?;
        let (kind, container) = (format.format_info().format, format.format_info().short_name);
        if kind == FORMAT_ID_MP3 {
            // Of a stream it can seek in, the reader guesses the length of an MP3 without a header and would drop what
            // lies beyond the guess.
            format = probe(false)?;
        }
        let silent = || Error::audio(path, "there is no sound track in it", FORMATS);
        let track = format.default_track(TrackType::Audio).ok_or_else(silent)?;
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return Err(silent()) };
        check_claims(path, parameters, settings)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|fault| Error::audio(path, format!("it cannot be decoded: {}", words(&fault)), FORMATS))?;
        // An ADTS stream has no header: its length is the reader's guess.
        let claimed_frames = if kind == FORMAT_ID_ADTS { None } else { track.num_frames };
        let ends_early = match kind {
            FORMAT_ID_OGG => {
                let tail = source.tail(ogg::LARGEST_PAGE).map_err(|error| Error::file("read", path, error))?;
                !ogg::ends_its_stream(&tail)
            }
            _ => false,
        };
        let (track, bits) = (track.id, parameters.bits_per_sample);
        let (damaged_packets, more_streams, last_fault) = (0, false, None);
        Ok(Reader {
            path,
            format,
            decoder,
            track,
            bits,
            claimed_frames,
            damaged_packets,
            more_streams,
            ends_early,
            container,
            last_fault,
        })
    }

    fn read(mut self, settings: &AudioSettings, take: Take) -> Result<Pass> {
        let mut samples = Vec::new();
        let mut planes: Vec<Vec<f32>> = Vec::new();
        let mut mono = Vec::new();
        let mut begun: Option<(u32, Mixer, Resampler)> = None;
        while let Some(packet) = self.next_packet()? {
            let sound = match self.decoder.decode(&packet) {
                Ok(sound) if sound.frames() == 0 => continue,
                Ok(sound) => sound,
                Err(fault) => {
                    self.damaged_packets += 1;
                    self.last_fault = Some(fault);
                    continue;
                }
            };
            let (rate, channels) = (sound.spec().rate(), sound.spec().channels().count());
            if begun.is_none() {
                check_rate(self.path, rate)?;
                check_channels(self.path, channels, settings)?;
            }
            let (first_rate, mixer, resampler) = begun.get_or_insert_with(|| {
                (rate, Mixer::new(channels, self.bits, take), Resampler::new(rate, super::SAMPLE_RATE))
            });
            if (*first_rate, mixer.channels.len()) != (rate, channels) {
                self.damaged_packets += 1;
                continue;
            }
            sound.copy_to_vecs_planar(&mut planes);
            mixer.mix(&mut planes, &mut mono);
            resampler.push(&mono, &mut samples);
            check_duration(self.path, mixer.frames as f64 / f64::from(rate), settings)?;
        }
        let Some((rate, mixer, resampler)) = begun else {
            let reason = self.last_fault.as_ref().map_or("it holds no samples".to_string(), words);
            return Err(Error::audio(self.path, format!("nothing in it can be decoded: {reason}"), DAMAGED));
        };
        resampler.finish(&mut samples);
        samples.shrink_to_fit();
        let Reader { claimed_frames, damaged_packets, more_streams, ends_early, container, bits, .. } = self;
        Ok(Pass { samples, rate, mixer, claimed_frames, damaged_packets, more_streams, ends_early, container, bits })
    }

    /// The next packet of the track, over damaged places; `None` at the end of what can be read.
    fn next_packet(&mut self) -> Result<Option<Packet>> {
        let mut lost = 0;
        while lost < MAX_LOST_IN_A_ROW {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                // A picture or a film beside the sound.
                Ok(Some(_)) => lost = 0,
                Ok(None) => return Ok(None),
                // The system's own errors have a number, the reader's do not.
                Err(Fault::IoError(error)) if error.raw_os_error().is_some() => {
                    return Err(Error::file("read", self.path, error));
                }
                Err(Fault::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(Fault::ResetRequired) => {
                    self.more_streams = true;
                    return Ok(None);
                }
                Err(fault) => {
                    lost += 1;
                    self.damaged_packets += 1;
                    self.last_fault = Some(fault);
                }
            }
        }
        Ok(None)
    }
}

impl<'a> Source<'a> {
    fn stream(&self, path: &Path, seekable: bool) -> Result<Box<dyn MediaSource + 'a>> {
        Ok(match (self, seekable) {
            (Source::File(file), true) => Box::new(open(path, file)?),
            (Source::File(file), false) => Box::new(ReadOnlySource::new(open(path, file)?)),
            (Source::Bytes(bytes), true) => Box::new(Cursor::new(*bytes)),
            (Source::Bytes(bytes), false) => Box::new(ReadOnlySource::new(*bytes)),
        })
    }

    /// Bytes from `start` on, up to `length` of them.
    fn piece(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Source::File(file) => {
                let mut file = File::open(file)?;
                file.seek(SeekFrom::Start(start))?;
                let mut piece = Vec::with_capacity(length);
                file.take(length as u64).read_to_end(&mut piece)?;
                Ok(piece)
            }
            Source::Bytes(bytes) => {
                let rest = &bytes[bytes.len().min(start as usize)..];
                Ok(rest[..rest.len().min(length)].to_vec())
            }
        }
    }

    /// The last bytes, up to `length` of them.
    fn tail(&self, length: usize) -> io::Result<Vec<u8>> {
        let size = match self {
            Source::File(file) => file.metadata()?.len(),
            Source::Bytes(bytes) => bytes.len() as u64,
        };
        self.piece(size.saturating_sub(length as u64), length)
    }
}

fn open(path: &Path, file: &Path) -> Result<File> {
    File::open(file).map_err(|source| Error::file("read", path, source))
}

/// What stands in the header, before a decoder allocates anything by it.
fn check_claims(path: &Path, parameters: &AudioCodecParameters, settings: &AudioSettings) -> Result<()> {
    if let Some(channels) = &parameters.channels {
        check_channels(path, channels.count(), settings)?;
    }
    parameters.sample_rate.map_or(Ok(()), |rate| check_rate(path, rate))
}

fn check_channels(path: &Path, channels: usize, settings: &AudioSettings) -> Result<()> {
    if (1..=settings.max_channels).contains(&channels) {
        return Ok(());
    }
    let problem = format!("expected 1 to {} channels, found {channels}", settings.max_channels);
    Err(Error::audio(path, problem, format!("export it as mono or stereo, or raise the {}", limit("max_channels"))))
}

fn check_duration(path: &Path, seconds: f64, settings: &AudioSettings) -> Result<()> {
    if seconds <= settings.max_duration_s {
        return Ok(());
    }
    let problem = format!("expected at most {} s, found more", figure(settings.max_duration_s));
    Err(Error::audio(path, problem, format!("cut the recording, or raise the {}", limit("max_duration_s"))))
}

fn check_rate(path: &Path, rate: u32) -> Result<()> {
    if RATES.contains(&rate) {
        return Ok(());
    }
    let problem = format!("expected a sample rate of {} to {} Hz, found {rate} Hz", RATES.start(), RATES.end());
    Err(Error::audio(path, problem, "the header is damaged, or the file must be exported at 44100 Hz"))
}

/// A WAV reader meets too many channels with an error that does not name them, or panics: look first.
fn check_wav_header(path: &Path, source: &Source, settings: &AudioSettings) -> Result<()> {
    let head = source.piece(0, WAV_HEADER).map_err(|error| Error::file("read", path, error))?;
    // What ends before has said nothing of channels yet.
    if head.len() == WAV_HEADER && head.starts_with(b"RIFF") && &head[8..16] == b"WAVEfmt " {
        check_channels(path, usize::from(u16::from_le_bytes([head[22], head[23]])), settings)?;
        check_rate(path, u32::from_le_bytes([head[24], head[25], head[26], head[27]]))?;
    }
    Ok(())
}

/// Why a file's format could not be found out.
fn unreadable(path: &Path, fault: Fault) -> Error {
    match fault {
        Fault::IoError(error) if error.raw_os_error().is_some() => Error::file("read", path, error),
        Fault::IoError(_) => Error::audio(path, "the file ends inside its header", DAMAGED),
        Fault::Unsupported(reason) if reason.contains("no suitable format reader") => {
            Error::audio(path, "this is no recording in a known format", FORMATS)
        }
        fault => Error::audio(path, format!("its header cannot be read: {}", words(&fault)), DAMAGED),
    }
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::DecodeError(reason) | Fault::Unsupported(reason) | Fault::LimitError(reason) => (*reason).to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_names_the_file() {
        let path = Path::new("hostile.mp3");
        let found: Vec<String> = [
            contained::<()>(path, || panic!("index out of bounds")),
            contained::<()>(path, || panic!("frame {} of 3", 7)),
        ]
        .into_iter()
        .map(|result| result.expect_err("a panic").to_string())
        .collect();
        let expected = ["index out of bounds", "frame 7 of 3"];
        assert_eq!(found, expected.map(|reason| format!("hostile.mp3: its decoder failed inside: {reason}")));
    }
}
