//! WAV files of 16 bits.

use std::io::{self, BufWriter};
use std::path::Path;

use violin_emotion::audio::SAMPLE_RATE;
use violin_emotion::{Error, WholeFile};

/// Largest step of 16 bits.
const FULL_SCALE: f32 = 32_767.0;

/// Writes mono samples, full scale ±1, whole or not at all; what is beyond full scale is cut there.
pub fn write(path: &Path, samples: &[f32]) -> Result<(), Error> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = WholeFile::begin(path)?;
    let write = |file: &mut WholeFile| {
        let mut wav = hound::WavWriter::new(BufWriter::new(file), format)?;
        let step = |sample: &f32| (sample * FULL_SCALE).round() as i16;
        samples.iter().try_for_each(|sample| wav.write_sample(step(sample)))?;
        wav.finalize()
    };
    write(&mut file).map_err(|error| Error::file("write", path, io::Error::other(error)))?;
    file.finish()
}
