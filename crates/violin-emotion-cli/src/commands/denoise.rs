//! `denoise`: a recording without its noise, and how much of it that was.

use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::report::{Spectrogram, Spectrograms};
use violin_emotion::{Error, WholeFile};

use super::{Failure, Outcome};
use crate::args::DenoiseArguments;
use crate::{inputs, wav};

pub fn run(arguments: &DenoiseArguments) -> Result<Outcome, Failure> {
    must_end_in("--out", &arguments.out, "wav")?;
    arguments.plot.iter().try_for_each(|plot| must_end_in("--plot", plot, "svg"))?;
    super::not_over(&arguments.path, &arguments.out)?;
    if let Some(plot) = &arguments.plot {
        // Whether it can be written is known before anything is.
        drop(WholeFile::begin(plot)?);
    }
    let settings = AudioSettings::default();
    let open = |path: &Path| inputs::expect_recording(path).and_then(|()| audio::open(path, &settings));
    let mut recording = open(&arguments.path)?;
    let noise: Option<Recording> = arguments.noise.as_deref().map(open).transpose()?;
    // Only a picture has need of what was there before.
    let before = arguments.plot.is_some().then(|| Spectrogram::of("before", recording.samples()));
    let removal = audio::denoise(&mut recording, arguments.mode.into(), noise.as_ref())?;
    recording.warnings().iter().for_each(|warning| eprintln!("warning: {}: {warning}", recording.name()));
    let clipped = wav::write(&arguments.out, recording.samples())?;
    if clipped > 0 {
        eprintln!("warning: {}: {clipped} samples above full scale were cut", arguments.out.display());
    }
    if let (Some(plot), Some(before)) = (&arguments.plot, before) {
        let after = Spectrogram::of("after", recording.samples());
        let title = format!("{}: noise reduction", arguments.path.file_name().unwrap_or_default().to_string_lossy());
        let figure = Spectrograms { title, duration_s: recording.duration_s(), panels: vec![before, after] };
        WholeFile::save(plot, figure.svg().as_bytes())?;
    }
    let removed = match removal.removed_db {
        Some(level) => format!("what was removed is {:.1} dB below the recording", -level),
        None => "nothing was removed".to_string(),
    };
    let kept = match removal.removed_db {
        Some(_) => format!("; the strongest partials fell by {:.2} dB", removal.tone_loss_db),
        None => String::new(),
    };
    writeln!(stdout(), "{}: {removed}{kept}", arguments.out.display())?;
    Ok(Outcome::Complete)
}

fn must_end_in(option: &str, path: &Path, extension: &str) -> Result<(), Error> {
    if path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension)) {
        return Ok(());
    }
    Err(Error::config(option, format!("a file name that ends in .{extension}"), path.display()))
}
