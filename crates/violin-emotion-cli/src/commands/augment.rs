//! `augment`: the copies that a model learns from, to be listened to.

use std::io::{Write, stdout};
use std::path::PathBuf;

use violin_emotion::audio::augment::{AugmentSettings, Augmentation, Change};
use violin_emotion::{Config, Error, audio};

use super::{Failure, Outcome, complain};
use crate::args::AugmentArguments;
use crate::{interrupt, wav};

pub fn run(arguments: &AugmentArguments) -> Result<Outcome, Failure> {
    let config = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::open)?;
    let augmentation = Augmentation::open(&settings(arguments, config.augment), &config.audio)?;
    let recording = audio::read(&arguments.recording, &config.audio)?;
    recording.warnings().iter().for_each(|warning| eprintln!("warning: {}: {warning}", recording.name()));
    let out = &arguments.out_dir;
    std::fs::create_dir_all(out).map_err(|source| Error::file("create", out, source))?;
    let mut failed = 0;
    for change in augmentation.changes() {
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        let copy = augmentation.copy(&recording, change).and_then(|copy| audio::prepare(copy, &config.audio));
        match copy {
            Ok(copy) => {
                let path = path(arguments, change);
                let clipped = wav::write(&path, copy.samples())?;
                if clipped > 0 {
                    eprintln!("warning: {}: {clipped} samples above full scale were cut", path.display());
                }
                writeln!(stdout(), "{}", path.display())?;
            }
            Err(error) => {
                failed += 1;
                complain(&error.to_string(), error.hint());
            }
        }
    }
    Ok(if failed > 0 { Outcome::SomeFailed } else { Outcome::Complete })
}

/// What the options ask for; if they ask for nothing, what the settings say; if these say nothing either, the usual copies.
fn settings(arguments: &AugmentArguments, configured: AugmentSettings) -> AugmentSettings {
    let AugmentArguments { pitch, stretch, speed, gain, noise_snr, room, .. } = arguments;
    let asked = AugmentSettings {
        pitch_semitones: pitch.clone(),
        stretch: stretch.clone(),
        speed: speed.clone(),
        gain_db: gain.clone(),
        noise_snr_db: noise_snr.clone(),
        noise: arguments.noise.map_or(configured.noise, Into::into),
        noise_folder: match arguments.noise {
            Some(_) => None,
            None => arguments.noise_folder.clone().or(configured.noise_folder.clone()),
        },
        room_s: room.clone(),
        seed: arguments.seed.unwrap_or(configured.seed),
    };
    match (asked.is_empty(), configured.is_empty()) {
        (false, _) => asked,
        (true, false) => AugmentSettings { seed: asked.seed, ..configured },
        (true, true) => AugmentSettings::usual(),
    }
}

/// `take_pitch_+2_semitones.wav`
fn path(arguments: &AugmentArguments, change: &Change) -> PathBuf {
    let stem = arguments.recording.file_stem().unwrap_or_default().to_string_lossy();
    arguments.out_dir.join(format!("{stem}_{}.wav", change.to_string().replace(' ', "_")))
}
