//! Files → recordings: every format, every limit, every kind of damage.

mod damage;
mod formats;
pub mod wav;

use std::path::PathBuf;

use violin_emotion::audio::{AudioSettings, Recording, decode_bytes};
use violin_emotion::{Error, Result, WarningKind};

fn decode(bytes: Vec<u8>) -> Result<Recording> {
    decode_bytes("take.wav", bytes, &AudioSettings::default())
}

fn refusal(bytes: Vec<u8>) -> Error {
    decode(bytes).expect_err("a file that cannot be used")
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/audio").join(name)
}

fn fixture_bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("a committed fixture")
}

fn kinds(recording: &Recording) -> Vec<WarningKind> {
    recording.warnings().iter().map(|warning| warning.kind).collect()
}

/// The message of the one warning of this kind.
fn warning(recording: &Recording, kind: WarningKind) -> String {
    let found: Vec<_> = recording.warnings().iter().filter(|warning| warning.kind == kind).collect();
    assert_eq!(found.len(), 1, "{:?}", recording.warnings());
    found[0].message.clone()
}

/// Level of a sine (its peak) and its frequency in Hz, over the middle half.
fn level_and_frequency(samples: &[f32]) -> (f64, f64) {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let power = middle.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / middle.len() as f64;
    let rises: Vec<f64> = (1..middle.len())
        .filter(|&n| middle[n - 1] < 0.0 && middle[n] >= 0.0)
        .map(|n| n as f64 - f64::from(middle[n]) / f64::from(middle[n] - middle[n - 1]))
        .collect();
    let period = (rises[rises.len() - 1] - rises[0]) / (rises.len() - 1) as f64;
    ((2.0 * power).sqrt(), 44_100.0 / period)
}

/// Mono samples as a WAV file of 32-bit floats at 44.1 kHz.
pub fn wav_of(samples: &[f32]) -> Vec<u8> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut wav = hound::WavWriter::new(&mut bytes, format).expect("a writer");
    samples.iter().try_for_each(|sample| wav.write_sample(*sample)).expect("samples");
    wav.finalize().expect("a file");
    bytes.into_inner()
}
