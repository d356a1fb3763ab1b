//! What may be said of noise and level.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::audio::{Denoise, Level};

/// What is done to every recording before it is measured; a model keeps it.
#[derive(Debug, Args)]
pub struct SoundArguments {
    /// Take noise out of every recording first [default: none]
    #[arg(long, value_name = "MODE")]
    pub denoise: Option<DenoiseArgument>,
    /// Bring every recording to one level first, after that [default: none]
    #[arg(long, value_name = "RULE")]
    pub level: Option<LevelArgument>,
}

#[derive(Debug, Args)]
pub struct DenoiseArguments {
    /// A recording
    #[arg(value_name = "IN")]
    pub path: PathBuf,
    /// Where the result goes: .wav, 16 bits, mono, 44.1 kHz
    #[arg(long, value_name = "OUT")]
    pub out: PathBuf,
    /// How noise is told from sound
    #[arg(long, value_enum, default_value_t = DenoiseArgument::Violin)]
    pub mode: DenoiseArgument,
    /// A recording of the noise alone, for --mode stationary
    #[arg(long, value_name = "CLIP")]
    pub noise: Option<PathBuf>,
    /// Draw the spectrograms before and after: .svg
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DenoiseArgument {
    /// Leave everything
    None,
    /// Take what is always there between the partials: hiss, hum, the room
    Violin,
    /// As noisereduce with stationary=True; takes held notes for noise
    Stationary,
    /// As noisereduce by default; takes held notes for noise
    Nonstationary,
}

impl From<DenoiseArgument> for Denoise {
    fn from(mode: DenoiseArgument) -> Self {
        match mode {
            DenoiseArgument::None => Denoise::None,
            DenoiseArgument::Violin => Denoise::Violin,
            DenoiseArgument::Stationary => Denoise::Stationary,
            DenoiseArgument::Nonstationary => Denoise::Nonstationary,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LevelArgument {
    /// Leave it as it was recorded
    None,
    /// The highest sample to -1 dB of full scale
    Peak,
    /// The loudness to -23 LUFS (EBU R 128)
    Loudness,
}

impl From<LevelArgument> for Level {
    fn from(rule: LevelArgument) -> Self {
        match rule {
            LevelArgument::None => Level::None,
            LevelArgument::Peak => Level::Peak,
            LevelArgument::Loudness => Level::Loudness,
        }
    }
}
