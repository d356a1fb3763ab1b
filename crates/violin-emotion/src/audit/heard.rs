//! What there is to know of every recording without any model: file, length, level, silence, fingerprint.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::audio::{self, AudioSettings, FileFormat, Recording, SAMPLE_RATE};
use crate::data::{Dataset, LabelledRecording};
use crate::dsp::fingerprint::Fingerprint;
use crate::dsp::stft::HOP;
use crate::watch::tell;
use crate::{Error, Progress, Result, WarningKind, Watcher};

/// The share of blocks that are loud.
const LOUD: f64 = 0.05;
/// So many dB below the loud blocks is silence.
const SILENT_DB: f64 = 40.0;
/// Silences are told apart by this much, seconds: less is how a note begins and ends.
const GRAIN_S: f64 = 0.05;
/// Lengths are told apart by this much, seconds.
const LENGTH_GRAIN_S: f64 = 0.01;

/// A recording that could be read.
pub struct Heard<'a> {
    pub labelled: &'a LabelledRecording,
    /// Its place in the label file.
    pub row: usize,
    /// [`Recording::sound`].
    pub sound: String,
    pub fingerprint: Fingerprint,
    pub format: FileFormat,
    pub duration_s: f64,
    /// RMS re full scale, dB.
    pub level_db: f64,
    /// Before the first sound, seconds.
    pub silence_before_s: f64,
    /// After the last sound, seconds.
    pub silence_after_s: f64,
    /// Nothing is to be heard.
    pub silent: bool,
}

/// Reads every recording, several at a time; those that cannot be read come with their errors.
///
/// # Errors
/// `Interrupted`; `Config` for a setting out of its range.
pub fn hear<'a>(
    dataset: &'a Dataset,
    settings: &AudioSettings,
    watcher: Watcher,
) -> Result<Vec<std::result::Result<Heard<'a>, (&'a LabelledRecording, Error)>>> {
    settings.check()?;
    let total = dataset.recordings().len();
    let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let tell = |progress: Progress| tell(watcher, progress).inspect_err(|_| stopped.store(true, Ordering::Relaxed));
    let heard: Vec<Result<_>> = dataset
        .recordings()
        .par_iter()
        .enumerate()
        .map(|(row, labelled)| {
            if stopped.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            let path = Path::new(&labelled.file_name);
            tell(Progress::Begin { path })?;
            let heard = audio::read_with_format(&labelled.path, settings)
                .map(|(recording, format)| listen(labelled, row, &recording, format))
                .map_err(|error| (labelled, error));
            tell(Progress::Recording { done: done.fetch_add(1, Ordering::Relaxed) + 1, total, path })?;
            Ok(heard)
        })
        .collect();
    heard.into_iter().collect()
}

fn listen<'a>(labelled: &'a LabelledRecording, row: usize, recording: &Recording, format: FileFormat) -> Heard<'a> {
    let samples = recording.samples();
    let energy: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    // So that the level of silence is a number.
    const LEAST_POWER: f64 = 1e-12;
    let (silence_before_s, silence_after_s) = silence_around(samples);
    Heard {
        labelled,
        row,
        sound: recording.sound(),
        fingerprint: Fingerprint::of(samples, SAMPLE_RATE),
        format,
        duration_s: rounded(recording.duration_s(), LENGTH_GRAIN_S),
        level_db: 10.0 * (energy / samples.len() as f64).max(LEAST_POWER).log10(),
        silence_before_s,
        silence_after_s,
        silent: recording.warnings().iter().any(|warning| warning.kind == WarningKind::Silent),
    }
}

/// Seconds of silence before the first and after the last sound; a silent recording has none of both.
fn silence_around(samples: &[f32]) -> (f64, f64) {
    let power = |block: &[f32]| block.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / block.len() as f64;
    let powers: Vec<f64> = samples.chunks(HOP).map(power).collect();
    let mut sorted = powers.clone();
    sorted.sort_by(f64::total_cmp);
    let loud = sorted[((1.0 - LOUD) * sorted.len() as f64) as usize];
    let sounds = |power: &f64| *power > loud * 10f64.powf(-SILENT_DB / 10.0);
    let seconds = |blocks: usize| rounded((blocks * HOP) as f64 / f64::from(SAMPLE_RATE), GRAIN_S);
    match (powers.iter().position(sounds), powers.iter().rev().position(sounds)) {
        (Some(before), Some(after)) => (seconds(before), seconds(after)),
        _ => (0.0, 0.0),
    }
}

fn rounded(value: f64, grain: f64) -> f64 {
    (value / grain).round() * grain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_measured_from_both_ends() {
        let sound = |seconds: f64| (0..(seconds * 44_100.0) as usize).map(|n| 0.2 * (0.1 * n as f32).sin());
        let silence = |seconds: f64| vec![1e-5; (seconds * 44_100.0) as usize];
        let signal: Vec<f32> = silence(0.5)
            .into_iter()
            .chain(sound(2.0))
            .chain(silence(0.3))
            .chain(sound(0.5))
            .chain(silence(0.2))
            .collect();
        let (before, after) = silence_around(&signal);
        assert!((before - 0.5).abs() < 1e-9 && (after - 0.2).abs() < 1e-9, "{before} {after}");
        assert_eq!(silence_around(&[0.0; 1000]), (0.0, 0.0));
    }
}
