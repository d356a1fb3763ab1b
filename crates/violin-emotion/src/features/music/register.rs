//! How high, how wide, how many voices, and how the top line moves.

use std::ops::Range;

use super::heard::{FRAME_RATE, Heard, Pitches};
use super::statistics::{FEWEST, Sorted, put_five};
use crate::features::Row;

/// A note of the top line lasts so many frames, a tenth of a second: what is shorter is chance.
const NOTE: usize = 4;

/// Puts the register of a span.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    let pitches = &heard.pitches[frames.clone()];
    let track = |of: fn(&Pitches) -> f32| pitches.iter().map(of);
    put_five(row, PITCH, track(|pitches| pitches.mean));
    put_five(row, LOWEST, track(|pitches| pitches.lowest));
    put_five(row, HIGHEST, track(|pitches| pitches.highest));
    put_five(row, COUNT, track(|pitches| pitches.count));
    put_five(row, PEAKS, track(|pitches| pitches.peaks));
    let widths = Sorted::of(track(|pitches| pitches.highest - pitches.lowest));
    row.put_known("ambitus_mean", widths.as_ref().map(Sorted::mean));
    row.put_known("ambitus_sd", widths.as_ref().map(Sorted::deviation));

    let notes = top_line(pitches, heard.tuning);
    let steps: Vec<f32> = notes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let share = |has: fn(&&f32) -> bool| steps.iter().filter(has).count() as f32 / steps.len() as f32;
    let enough = steps.len() >= FEWEST;
    let mean = steps.iter().map(|step| step.abs()).sum::<f32>() / steps.len() as f32;
    row.put_known("top_step_semitones", enough.then_some(mean));
    row.put_known("top_leap_share", enough.then(|| share(|step| step.abs() > 2.5)));
    let sounds = pitches.iter().any(|pitches| !pitches.highest.is_nan());
    row.put_known("top_notes_per_s", sounds.then(|| notes.len() as f32 * FRAME_RATE / pitches.len() as f32));
}

const PITCH: [&str; 5] = ["register_mean", "register_sd", "register_q10", "register_median", "register_q90"];
const LOWEST: [&str; 5] = ["lowest_mean", "lowest_sd", "lowest_q10", "lowest_median", "lowest_q90"];
const HIGHEST: [&str; 5] = ["highest_mean", "highest_sd", "highest_q10", "highest_median", "highest_q90"];
const COUNT: [&str; 5] = ["voices_mean", "voices_sd", "voices_q10", "voices_median", "voices_q90"];
const PEAKS: [&str; 5] = ["peaks_mean", "peaks_sd", "peaks_q10", "peaks_median", "peaks_q90"];

/// The notes of the highest pitch, to the semitone: one that lasts a tenth of a second and differs from the one before.
fn top_line(pitches: &[Pitches], tuning: f32) -> Vec<f32> {
    let mut notes: Vec<f32> = Vec::new();
    let semitone = |pitches: &Pitches| (pitches.highest - tuning).round();
    for run in pitches.chunk_by(|one, next| semitone(one) == semitone(next)) {
        let note = semitone(&run[0]);
        if run.len() >= NOTE && notes.last() != Some(&note) {
            notes.push(note);
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_line_leaves_out_what_is_short() {
        let run = |pitch: f32, frames: usize| {
            vec![Pitches { lowest: 40.0, highest: pitch, mean: 50.0, count: 2.0, peaks: 9.0 }; frames]
        };
        let line = [run(70.1, 6), run(75.0, 2), run(69.9, 5), run(f32::NAN, 6), run(72.0, 4), run(65.2, 9)].concat();
        assert_eq!(top_line(&line, 0.0), [70.0, 72.0, 65.0]);
    }
}
