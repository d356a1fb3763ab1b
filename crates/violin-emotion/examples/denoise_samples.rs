//! A recording without its noise, as raw 32-bit samples on stdout:
//! `denoise_samples violin|stationary|nonstationary RECORDING [NOISE]`. `tests/golden/parity_denoise.py` compares them.

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::audio::{self, AudioSettings, Denoise, Recording, denoise};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, path, noise @ ..] = &arguments[..] else { return Err("expected a mode and a recording".into()) };
    let mode = match mode.as_str() {
        "violin" => Denoise::Violin,
        "stationary" => Denoise::Stationary,
        "nonstationary" => Denoise::Nonstationary,
        _ => return Err("expected violin, stationary or nonstationary".into()),
    };
    let open = |path: &String| audio::open(Path::new(path), &AudioSettings::default());
    let noise: Option<Recording> = noise.first().map(open).transpose()?;
    let mut recording = open(path)?;
    denoise(&mut recording, mode, noise.as_ref())?;
    let bytes: Vec<u8> = recording.samples().iter().flat_map(|sample| sample.to_le_bytes()).collect();
    Ok(stdout().write_all(&bytes)?)
}
