//! What may be said to `augment`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use violin_emotion::audio::augment::NoiseColour;

#[derive(Debug, Args)]
pub struct AugmentArguments {
    /// The recording
    #[arg(value_name = "IN")]
    pub recording: PathBuf,
    /// Folder for the copies, 16-bit WAV, each named after what was done
    #[arg(long, value_name = "DIR")]
    pub out_dir: PathBuf,
    /// Shift the pitch, -12 to 12 semitones; tempo and length stay
    #[arg(long, value_name = "SEMITONES", value_delimiter = ',', allow_hyphen_values = true)]
    pub pitch: Vec<f64>,
    /// Play at another tempo, 0.5 to 2 (1.1 is faster by a tenth); the pitch stays
    #[arg(long, value_name = "RATE", value_delimiter = ',', allow_hyphen_values = true)]
    pub stretch: Vec<f64>,
    /// Play at another speed, 0.5 to 2: tempo and pitch together, as a tape does
    #[arg(long, value_name = "FACTOR", value_delimiter = ',', allow_hyphen_values = true)]
    pub speed: Vec<f64>,
    /// Change the level, -60 to 60 dB
    #[arg(long, value_name = "DB", value_delimiter = ',', allow_hyphen_values = true)]
    pub gain: Vec<f64>,
    /// Add noise so many dB below the recording, -20 to 100
    #[arg(long, value_name = "DB", value_delimiter = ',', allow_hyphen_values = true)]
    pub noise_snr: Vec<f64>,
    /// The noise [default: pink]
    #[arg(long, value_name = "COLOUR", requires = "noise_snr", conflicts_with = "noise_folder")]
    pub noise: Option<NoiseArgument>,
    /// Take the noise from a folder of recordings
    #[arg(long, value_name = "DIR", requires = "noise_snr")]
    pub noise_folder: Option<PathBuf>,
    /// Put it into a room whose sound dies away by 60 dB in so many seconds, 0.05 to 10
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', allow_hyphen_values = true)]
    pub room: Vec<f64>,
    /// Seed of noise and rooms
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Settings as a TOML file; what is asked for here is made instead of what its `[augment]` says
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NoiseArgument {
    /// Hiss: as much in each Hz
    White,
    /// As much in each octave
    Pink,
}

impl From<NoiseArgument> for NoiseColour {
    fn from(noise: NoiseArgument) -> Self {
        match noise {
            NoiseArgument::White => NoiseColour::White,
            NoiseArgument::Pink => NoiseColour::Pink,
        }
    }
}
