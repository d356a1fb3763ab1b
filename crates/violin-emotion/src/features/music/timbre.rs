//! The colour of the sound and how it changes, over the frames that sound.

use std::ops::Range;

use super::heard::{COEFFICIENTS, Heard};
use super::spectrum::{OCTAVES, Shape, WIDE_BANDS};
use super::statistics::{FEWEST, mean_and_deviation, put_five};
use crate::features::Row;

/// Frames on either side of a coefficient's change.
const REACH: usize = 2;

/// Puts the timbre of a span.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    for (number, track) in heard.coefficients.iter().enumerate().take(COEFFICIENTS) {
        let track = &track[frames.clone()];
        put_two(row, [("cepstrum_mean", number), ("cepstrum_sd", number)], track);
        let changes: Vec<f32> = track
            .windows(2 * REACH + 1)
            .map(|around| around[2 * REACH] - around[0])
            .filter(|way| !way.is_nan())
            .collect();
        if let Some((_, deviation)) = mean_and_deviation(&changes, FEWEST) {
            row.put(("cepstrum_change_sd", number), deviation);
        }
    }
    for (number, track) in heard.contrast.iter().enumerate().take(OCTAVES) {
        put_two(row, [("octave_contrast_mean", number), ("octave_contrast_sd", number)], &track[frames.clone()]);
    }
    for (number, track) in heard.bands.iter().enumerate().take(WIDE_BANDS) {
        put_two(row, [("band_mean", number), ("band_sd", number)], &track[frames.clone()]);
    }
    let shapes = &heard.shapes[frames.clone()];
    let track = |of: fn(&Shape) -> f32| shapes.iter().map(of);
    put_five(row, CENTROID, track(|shape| shape.centroid));
    put_five(row, BANDWIDTH, track(|shape| shape.bandwidth));
    put_five(row, ROLL_OFF, track(|shape| shape.roll_off));
    put_five(row, FLATNESS, track(|shape| shape.flatness_db));
    put_five(row, CROSSINGS, track(|shape| shape.crossings));
    put_five(row, PERCUSSIVE, heard.percussive[frames.clone()].iter().copied());
    put_five(row, FLUX, heard.flux_db[frames.clone()].iter().copied());
}

fn put_two(row: &mut Row, [mean, deviation]: [(&'static str, usize); 2], track: &[f32]) {
    let known: Vec<f32> = track.iter().copied().filter(|value| !value.is_nan()).collect();
    if let Some(values) = mean_and_deviation(&known, FEWEST) {
        row.put(mean, values.0);
        row.put(deviation, values.1);
    }
}

const CENTROID: [&str; 5] = [
    "colour_centroid_mean",
    "colour_centroid_sd",
    "colour_centroid_q10",
    "colour_centroid_median",
    "colour_centroid_q90",
];
const BANDWIDTH: [&str; 5] = [
    "colour_bandwidth_mean",
    "colour_bandwidth_sd",
    "colour_bandwidth_q10",
    "colour_bandwidth_median",
    "colour_bandwidth_q90",
];
const ROLL_OFF: [&str; 5] = ["roll_off_mean", "roll_off_sd", "roll_off_q10", "roll_off_median", "roll_off_q90"];
const FLATNESS: [&str; 5] = [
    "colour_flatness_mean",
    "colour_flatness_sd",
    "colour_flatness_q10",
    "colour_flatness_median",
    "colour_flatness_q90",
];
const CROSSINGS: [&str; 5] = ["crossings_mean", "crossings_sd", "crossings_q10", "crossings_median", "crossings_q90"];
const PERCUSSIVE: [&str; 5] =
    ["percussive_mean", "percussive_sd", "percussive_q10", "percussive_median", "percussive_q90"];
const FLUX: [&str; 5] = ["flux_mean", "flux_sd", "flux_q10", "flux_median", "flux_q90"];
