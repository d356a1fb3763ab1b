//! One level for all recordings, so that a recording's gain says nothing.

use ebur128::{EbuR128, Mode};

use super::{Recording, SAMPLE_RATE};
use crate::{Warning, WarningKind};

/// What a recording's level is brought to: one factor for the whole, so that dynamics within stay as they were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it was recorded.
    #[default]
    None,
    /// Its highest sample to −1 dB of full scale.
    Peak,
    /// Its integrated loudness to −23 LUFS (EBU R 128).
    Loudness,
}

/// Where peaks come to, dB of full scale.
const PEAK_DB: f64 = -1.0;
/// Where loudness comes to, LUFS: that of broadcasts.
const LOUDNESS_LUFS: f64 = -23.0;
/// Samples measured at a time.
const BLOCK: usize = 1 << 15;

/// Brings a recording to its level, in place. One that is silent, or too quiet for its loudness to be measured (−70 LUFS), is
/// left alone with a warning.
pub fn set_level(recording: &mut Recording, level: Level) {
    let gain_db = match level {
        Level::None => return,
        Level::Peak => {
            let peak = recording.samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
            PEAK_DB - 20.0 * f64::from(peak).log10()
        }
        Level::Loudness => LOUDNESS_LUFS - loudness_lufs(&recording.samples),
    };
    if !gain_db.is_finite() {
        let message = "too quiet for its level to be measured: it was left as it is";
        recording.warnings.push(Warning::new(WarningKind::TooQuiet, message));
        return;
    }
    let gain = 10f64.powf(gain_db / 20.0) as f32;
    recording.samples.iter_mut().for_each(|sample| *sample *= gain);
}

/// Integrated loudness of mono samples at [`SAMPLE_RATE`]; −∞ where no 400 ms are louder than −70 LUFS.
fn loudness_lufs(samples: &[f32]) -> f64 {
    let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::I).expect("one channel at a usual rate");
    for block in samples.chunks(BLOCK) {
        meter.add_frames_f32(block).expect("frames of one channel");
    }
    meter.loudness_global().unwrap_or(f64::NEG_INFINITY)
}
