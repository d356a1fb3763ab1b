//! Noise reduction of a whole recording, in place.

mod noise_floor;
mod tally;
mod violin;

use super::Recording;
use crate::dsp::spectral_gate;
use crate::{Error, Result, Warning, WarningKind};
use tally::Tally;

/// How noise is told from sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Denoise {
    /// Nothing is taken out.
    #[default]
    None,
    /// What is always there between the partials: hiss, hum, the room. Held, quiet and dying notes are kept.
    Violin,
    /// As `noisereduce` with `stationary=True`: what is below a threshold of its frequency. Takes held notes for noise.
    Stationary,
    /// As `noisereduce` by default: what is not above its frequency's mean over two seconds. Takes held notes for noise.
    Nonstationary,
}

/// What noise reduction did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Removal {
    /// Level of what was taken out, dB re the recording before; `None` if nothing was.
    pub removed_db: Option<f64>,
    /// By how much the strongest partials fell, dB: what is above 1 dB is said as a warning.
    pub tone_loss_db: f64,
}

/// The strongest partials fall less than this if noise alone was taken, dB.
const TONE_KEPT_DB: f64 = 1.0;

/// Takes noise out of a recording; what a person should know of it is added to its warnings.
///
/// `noise`, which [`Denoise::Stationary`] alone can use, is a recording of the noise by itself; without it the
/// recording's own first 13.6 s stand for it.
///
/// # Errors
/// `Config` if `noise` is given to another mode; `Data` if it is shorter than a frame of 23 ms.
pub fn denoise(recording: &mut Recording, mode: Denoise, noise: Option<&Recording>) -> Result<Removal> {
    if let Some(noise) = noise {
        if mode != Denoise::Stationary {
            let found = format!("{mode:?}").to_lowercase();
            return Err(Error::config("--noise", "the mode `stationary`, which can use a clip of noise", found));
        }
        if noise.samples().len() < spectral_gate::FRAME {
            let expected = format!("a clip of noise of at least {} samples", spectral_gate::FRAME);
            let hint = "cut a longer piece in which nobody plays: a second or more";
            return Err(Error::data(expected, noise.samples().len().to_string(), hint));
        }
    }
    let mut tally = Tally::default();
    let samples = &mut recording.samples;
    let mut told = true;
    match mode {
        Denoise::None => (),
        Denoise::Violin => told = violin::denoise(samples, &mut tally),
        Denoise::Stationary => {
            let thresholds = spectral_gate::thresholds(noise.map_or(samples, Recording::samples));
            spectral_gate::stationary(samples, &thresholds, |spectrum, gains| tally.add(spectrum, gains));
        }
        Denoise::Nonstationary => spectral_gate::nonstationary(samples, |spectrum, gains| tally.add(spectrum, gains)),
    }
    let removal = tally.removal();
    if !told {
        let message = "too short, or too silent, to tell noise from sound: noise reduction left it as it is";
        recording.warnings.push(Warning::new(WarningKind::Short, message));
    }
    if removal.tone_loss_db > TONE_KEPT_DB {
        let message = format!(
            "noise reduction took {:.1} dB from what is strongest: notes may have been taken for noise, or there is little but noise",
            removal.tone_loss_db
        );
        recording.warnings.push(Warning::new(WarningKind::ToneTouched, message));
    }
    Ok(removal)
}
