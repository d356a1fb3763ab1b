//! The sound that a page plays.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;
use flacenc::source::MemSource;
use serde::Serialize;

use crate::audio::{Recording, SAMPLE_RATE};
use crate::report::base64::data_address;
use crate::{Error, Result};

/// A longer recording's sound is left out, unless it is asked for: five minutes make a page of some 20 MB.
const LONGEST_S: f64 = 300.0;

/// Whether a page holds the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WithSound {
    /// That of recordings up to five minutes.
    #[default]
    Short,
    /// Always.
    Always,
    /// Never: the page asks for the file instead.
    Never,
}

/// What a page plays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sound {
    /// Where the sound is: a `data:` address of a FLAC file, 16 bits, one channel; null if it was left out.
    pub address: Option<String>,
    /// Why it was left out; null if it was not.
    pub left_out: Option<String>,
}

impl Sound {
    pub(super) fn of(recording: &Recording, with: WithSound) -> Result<Self> {
        let minutes = LONGEST_S / 60.0;
        let left_out = match with {
            WithSound::Never => Some("The sound was left out of this page.".to_string()),
            WithSound::Short if recording.duration_s() > LONGEST_S => {
                Some(format!("Longer than {minutes:.0} minutes: the sound was left out, so that the page stays small."))
            }
            _ => None,
        };
        let address = match left_out {
            None => Some(data_address("audio/flac", &flac(recording.samples())?)),
            Some(_) => None,
        };
        Ok(Sound { address, left_out })
    }
}

/// Samples as 16-bit FLAC.
fn flac(samples: &[f32]) -> Result<Vec<u8>> {
    let samples: Vec<i32> =
        samples.iter().map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i32).collect();
    let refused = |problem: String| {
        Error::data("a sound that can be coded as FLAC", problem, "leave the sound out: --sound never")
    };
    let config =
        flacenc::config::Encoder::default().into_verified().map_err(|(_, error)| refused(error.to_string()))?;
    let source = MemSource::from_samples(&samples, 1, 16, SAMPLE_RATE as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size);
    let mut stream = stream.map_err(|error| refused(format!("{error:?}")))?;
    // The encoder counts the last block, which may be shorter; the format does not (RFC 9639, 8.2), and readers take it at its word.
    let blocks = stream.stream_info_mut().set_block_sizes(config.block_size, config.block_size);
    blocks.map_err(|error| refused(error.to_string()))?;
    let mut sink = ByteSink::new();
    stream.write(&mut sink).map_err(|error| refused(error.to_string()))?;
    Ok(sink.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{AudioSettings, decode_bytes};

    #[test]
    fn what_is_coded_is_what_was_recorded_to_16_bits() {
        // A second and a little more, louder than full scale for a while: a short last block, and samples that are cut.
        let sample = |n: usize| 1.2 * (n as f32 / 30_000.0).min(1.0) * (0.06 * n as f32).sin();
        let samples: Vec<f32> = (0..50_001).map(sample).collect();
        let back =
            decode_bytes("a.flac", flac(&samples).expect("FLAC"), &AudioSettings::default()).expect("a recording");
        assert_eq!(back.samples().len(), samples.len());
        for (before, after) in samples.iter().zip(back.samples()) {
            // Half a step of 16 bits, and what rounding the quotient adds.
            assert!((before.clamp(-1.0, 32_767.0 / 32_768.0) - after).abs() <= 0.51 / 32_768.0, "{before} {after}");
        }
    }

    #[test]
    fn a_long_recording_is_silent_unless_asked_and_says_so() {
        let recording = |seconds: usize| Recording::new("a.wav", vec![0.0; seconds * 44_100]).expect("a recording");
        let short = Sound::of(&recording(1), WithSound::Short).expect("a sound");
        assert!(short.address.is_some_and(|address| address.starts_with("data:audio/flac;base64,ZkxhQ")));
        let long = Sound::of(&recording(301), WithSound::Short).expect("a sound");
        assert_eq!(long.address, None);
        assert!(long.left_out.is_some_and(|words| words.starts_with("Longer than 5 minutes")));
        assert_eq!(Sound::of(&recording(1), WithSound::Never).expect("a sound").address, None);
    }
}
