//! Pitch, level and waveform, in as many steps as a page can hold.

use serde::Serialize;

use crate::audio::{Recording, SAMPLE_RATE};
use crate::notes::{self, Notes};

/// Steps of a curve at most: in half an hour one stands for 23 ms, short enough for a vibrato.
const MOST_STEPS: usize = 80_000;
/// Steps of the waveform at most, and the shortest, samples: 5 ms.
const MOST_COLUMNS: usize = 40_000;
const SHORTEST: usize = 220;

/// Pitch and level from moment to moment; the first stands for the recording's first sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// Seconds from one step to the next.
    pub step_s: f64,
    /// Pitch as a MIDI number, to a cent; none where there is no pitch.
    pub pitch: Vec<Option<f64>>,
    /// RMS, dB re full scale, to a tenth: the highest in the step.
    pub level_db: Vec<f64>,
}

impl Curves {
    pub(super) fn of(notes: &Notes) -> Self {
        let curves = &notes.curves;
        let every = curves.pitch.len().div_ceil(MOST_STEPS).max(1);
        let rounded = |value: f32, parts: f64| (f64::from(value) * parts).round() / parts;
        let pitch = curves.pitch.iter().step_by(every);
        let loudest = |levels: &[f32]| rounded(levels.iter().copied().fold(f32::NEG_INFINITY, f32::max), 10.0);
        Curves {
            step_s: notes::STEP_S * every as f64,
            pitch: pitch.map(|pitch| pitch.is_finite().then(|| rounded(*pitch, 100.0))).collect(),
            level_db: curves.level_db.chunks(every).map(loudest).collect(),
        }
    }
}

/// How far the samples reach in every step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waveform {
    /// Seconds from one step to the next.
    pub step_s: f64,
    /// The lowest sample in each step, per cent of full scale.
    pub low: Vec<i32>,
    /// The highest sample in each step, per cent of full scale.
    pub high: Vec<i32>,
}

impl Waveform {
    pub(super) fn of(recording: &Recording) -> Self {
        let samples = recording.samples();
        let step = samples.len().div_ceil(MOST_COLUMNS).max(SHORTEST);
        let percent = |sample: f32| (100.0 * sample.clamp(-1.0, 1.0)).round() as i32;
        let reach = |from: f32, pick: fn(f32, f32) -> f32| -> Vec<i32> {
            samples.chunks(step).map(|samples| percent(samples.iter().copied().fold(from, pick))).collect()
        };
        Waveform {
            step_s: step as f64 / f64::from(SAMPLE_RATE),
            low: reach(f32::INFINITY, f32::min),
            high: reach(f32::NEG_INFINITY, f32::max),
        }
    }
}
