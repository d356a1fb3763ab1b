//! 16-bit WAV files of one channel.

use std::io::{BufWriter, Error as Fault};
use std::path::Path;

use violin_emotion::audio::SAMPLE_RATE;
use violin_emotion::{Error, WholeFile};

/// Writes samples, whole or not at all, and counts those beyond full scale, which are cut.
pub fn write(path: &Path, samples: &[f32]) -> Result<usize, Error> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut clipped = 0;
    let mut file = WholeFile::begin(path)?;
    let mut write = || {
        let mut wav = hound::WavWriter::new(BufWriter::new(&mut file), format)?;
        for sample in samples {
            let level = (sample * 32_768.0).round();
            clipped += usize::from(!(-32_768.0..=32_767.0).contains(&level));
            // A conversion to fewer bits cuts what is beyond.
            wav.write_sample(level as i16)?;
        }
        wav.finalize()
    };
    write().map_err(|error: hound::Error| Error::file("write", path, Fault::other(error)))?;
    file.finish()?;
    Ok(clipped)
}
