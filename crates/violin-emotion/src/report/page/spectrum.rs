//! What sounds at every moment and pitch, as grey pictures that the page colours.

use rayon::prelude::*;
use serde::Serialize;

use crate::audio::{Recording, SAMPLE_RATE};
use crate::dsp::power_frames::{BINS, FRAME, HOP, PowerFrames, TOGETHER, frames};
use crate::report::base64::data_address;
use crate::{Error, Result};

/// The lowest frequency shown, Hz: a little below a violin's lowest note.
const LOW_HZ: f64 = 165.0;
/// The highest, Hz; what the transform keeps goes a little beyond.
const HIGH_HZ: f64 = 9_900.0;
/// Rows of the picture, from low to high in equal steps of pitch: three a semitone.
const ROWS: usize = 212;
/// Columns at most: in half an hour one stands for 0.1 s.
const MOST_COLUMNS: usize = 20_000;
/// Columns of one picture at most: browsers refuse wider ones.
const TILE: usize = 2_048;
/// From the loudest down to nothing shown, dB.
const RANGE_DB: f32 = 70.0;
/// Levels told apart: finer ones are not seen, and make the picture larger.
const LEVELS: f32 = 63.0;

/// A spectrogram on an axis of pitch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spectrum {
    /// Where the first column begins, seconds.
    pub start_s: f64,
    /// Seconds from one column to the next.
    pub step_s: f64,
    /// The lower edge of the lowest row, Hz.
    pub low_hz: f64,
    /// The upper edge of the highest row, Hz; rows between are equal steps of pitch.
    pub high_hz: f64,
    /// Columns of all pictures together.
    pub columns: usize,
    /// Rows of each picture, the highest pitch first.
    pub rows: usize,
    /// Level of white, dB re the loudest: 0 dB. Black is this far below it.
    pub range_db: f32,
    /// Grey pictures (PNG, as `data:` addresses), side by side from the first moment on.
    pub tiles: Vec<String>,
}

impl Spectrum {
    pub(super) fn of(recording: &Recording) -> Result<Self> {
        let samples = recording.samples();
        // A recording that is shorter than one frame is one.
        let count = frames(samples.len()).max(1);
        let every = count.div_ceil(MOST_COLUMNS);
        let columns = count.div_ceil(every);
        let powers: Vec<f32> = (0..columns.div_ceil(TOGETHER))
            .into_par_iter()
            .flat_map_iter(|block| {
                block_of_columns(samples, block * TOGETHER..((block + 1) * TOGETHER).min(columns), every, count)
            })
            .collect();
        let loudest = powers.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let grey = |power: f32| {
            let below = 10.0 * (power.max(f32::MIN_POSITIVE) / loudest).log10();
            let level = (LEVELS * (1.0 + below / RANGE_DB)).round().clamp(0.0, LEVELS);
            (level * 255.0 / LEVELS).round() as u8
        };
        let tile =
            |columns: &[f32]| png(columns.len() / ROWS, |column, row| grey(columns[column * ROWS + ROWS - 1 - row]));
        let tiles: Result<Vec<String>> = powers.par_chunks(TILE * ROWS).map(tile).collect();
        let rate = f64::from(SAMPLE_RATE);
        Ok(Spectrum {
            // A column stands for the middle of its frame.
            start_s: (FRAME - HOP) as f64 / 2.0 / rate,
            step_s: (every * HOP) as f64 / rate,
            low_hz: LOW_HZ,
            high_hz: HIGH_HZ,
            columns,
            rows: ROWS,
            range_db: RANGE_DB,
            tiles: tiles?,
        })
    }
}

/// Columns × rows: the strongest power at each pitch in the frames of a column.
fn block_of_columns(samples: &[f32], columns: std::ops::Range<usize>, every: usize, count: usize) -> Vec<f32> {
    let mut transform = PowerFrames::new();
    let mut rows = vec![0.0; TOGETHER * BINS];
    let mut pitches = vec![0f32; columns.len() * ROWS];
    let frames = columns.start * every..(columns.end * every).min(count);
    for first in frames.clone().step_by(TOGETHER) {
        let together = TOGETHER.min(frames.end - first);
        transform.rows(&samples[first * HOP..], 1.0, &mut rows[..together * BINS]);
        for (frame, powers) in rows[..together * BINS].chunks_exact(BINS).enumerate() {
            let column = (first + frame - frames.start) / every;
            let cells = &mut pitches[column * ROWS..][..ROWS];
            cells.iter_mut().enumerate().for_each(|(row, cell)| *cell = cell.max(power_at(powers, row)));
        }
    }
    pitches
}

/// The strongest bin of a row; between two bins, what lies between them.
fn power_at(powers: &[f32], row: usize) -> f32 {
    let bin = |row: f64| LOW_HZ * (HIGH_HZ / LOW_HZ).powf(row / ROWS as f64) * FRAME as f64 / f64::from(SAMPLE_RATE);
    let (low, high) = (bin(row as f64), bin(row as f64 + 1.0));
    let (first, last) = (low.ceil() as usize, (high.ceil() as usize).min(BINS));
    if first < last {
        return powers[first..last].iter().copied().fold(0.0, f32::max);
    }
    let middle = (low + high) / 2.0;
    let (below, part) = (middle as usize, middle.fract() as f32);
    powers[below] * (1.0 - part) + powers[(below + 1).min(BINS - 1)] * part
}

/// A picture of one byte a cell.
fn png(width: usize, grey: impl Fn(usize, usize) -> u8) -> Result<String> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, ROWS as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let cells: Vec<u8> =
        (0..ROWS).flat_map(|row| (0..width).map(move |column| (column, row))).map(|(c, r)| grey(c, r)).collect();
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&cells));
    written.map_err(|error| Error::data("a picture of the spectrum", error.to_string(), "report this as a fault"))?;
    Ok(data_address("image/png", &bytes))
}
