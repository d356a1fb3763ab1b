//! The course of the level.

use std::ops::Range;

use super::heard::{FRAME_RATE, Heard};
use super::statistics::{Sorted, mean_and_deviation, moving_mean};
use crate::dsp::least_squares::LeastSquares;
use crate::features::Row;

/// What is slower is the course of a phrase, what is faster that of its notes: the level is smoothed over a second.
const HALF_SECOND: usize = 21;
/// The slow course needs three of them.
const LONG_ENOUGH: usize = 6 * HALF_SECOND;

/// Puts the dynamics of a span.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    let level = &heard.level_db[frames.clone()];
    let Some(sorted) = Sorted::of(level.iter().copied()) else { return };
    let count = level.len() as f32;
    let powers: Vec<f32> = level.iter().map(|db| 10f32.powf(db / 10.0)).collect();
    let mean_power = powers.iter().sum::<f32>() / count;
    let mean_db = 10.0 * mean_power.log10();
    let share = |has: &dyn Fn(f32) -> bool| level.iter().filter(|level| has(**level)).count() as f32 / count;
    row.put_known("loudness_db", Some(mean_db));
    row.put_known("level_range_db", Some(sorted.quantile(0.95) - sorted.quantile(0.1)));
    row.put_known("level_crest_db", Some(sorted.quantile(1.0) - mean_db));
    row.put_known("level_sd_db", Some(sorted.deviation()));
    row.put_known("low_level_share", Some(share(&|level| level < mean_db)));
    row.put_known("very_low_level_share", Some(share(&|level| level < mean_db - 10.0)));
    let sounding = heard.sounds[frames.clone()].iter().filter(|sounds| **sounds).count();
    row.put_known("sounding_share", Some(sounding as f32 / count));
    let steps: f32 = level.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    row.put_known("level_step_db", Some(steps / (count - 1.0)));

    let smooth = moving_mean(level, HALF_SECOND);
    let fast: Vec<f32> = level.iter().zip(&smooth).map(|(level, smooth)| level - smooth).collect();
    row.put_known("level_fast_sd_db", mean_and_deviation(&fast, HALF_SECOND).map(|(_, deviation)| deviation));
    if level.len() < LONG_ENOUGH {
        return;
    }
    row.put_known("level_slow_sd_db", mean_and_deviation(&smooth, 1).map(|(_, deviation)| deviation));
    let swells: f32 = smooth.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    row.put_known("level_swell_db_per_s", Some(swells * FRAME_RATE / (count - 1.0)));
    let mut line = LeastSquares::new();
    level.iter().enumerate().for_each(|(at, db)| line.add([1.0, at as f64], f64::from(*db)));
    row.put_known("level_slope_db_per_s", line.solve().map(|([_, slope], _)| slope as f32 * FRAME_RATE));
}
