//! Where the pitch stays: a course of pitch → stretches about one centre each.

use std::ops::Range;

/// Distance of the centres tried, semitones.
const STEP: f32 = 0.25;
/// Cost of a change of centre, in semitones times moments: a semitone held for 60 ms is worth two of them, the half cycle
/// of a wide and slow vibrato is not.
const CHANGE: f32 = 5.0;
/// A moment costs at most so many semitones: one far away is an error, not a note.
const FAR: f32 = 1.5;
/// Moments without a pitch after which a new stretch begins.
const BREAK: usize = 4;
/// A leap from one pitch to another may be heard as no pitch for so many moments: 46 ms.
const LEAP: usize = 8;
/// A run between two others is a slide between them, and no note, if less than this share of it stays near its median …
const DWELL: f32 = 0.6;
/// … semitones …
const NEAR: f32 = 0.25;
/// … and it is no longer than this, in moments: 0.35 s.
const LONGEST_SLIDE: usize = 60;
/// Runs nearer than this are one note that drifts, semitones: the narrowest semitone that is sung or bowed has 0.7.
const DRIFT: f32 = 0.6;

/// A run of moments about one pitch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plateau {
    pub moments: Range<usize>,
    /// Median pitch, MIDI number.
    pub pitch: f32,
    /// Whether the plateau before ends where this one begins, its pitch or the bow having changed.
    pub joined: bool,
}

/// The plateaus of a course of pitch (MIDI numbers, NaN where there is none).
pub(super) fn plateaus(pitch: &[f32]) -> Vec<Plateau> {
    let mut found: Vec<Plateau> = Vec::new();
    for stretch in stretches(pitch) {
        let mut inside = held(&pitch[stretch.clone()]);
        without_slides(&pitch[stretch.clone()], &mut inside);
        without_drift(&pitch[stretch.clone()], &mut inside);
        for (at, moments) in inside.into_iter().enumerate() {
            let mut moments = stretch.start + moments.start..stretch.start + moments.end;
            let centre = median(&pitch[moments.clone()]);
            let leaps = |before: &&mut Plateau| {
                moments.start - before.moments.end <= LEAP && (before.pitch - centre).abs() >= DRIFT
            };
            let leapt = found.last_mut().filter(leaps);
            let joined = at > 0 || leapt.is_some();
            if let Some(before) = leapt {
                let middle = (before.moments.end + moments.start) / 2;
                (before.moments.end, moments.start) = (middle, middle);
            }
            found.push(Plateau { pitch: centre, moments, joined });
        }
    }
    found
}

fn stretches(pitch: &[f32]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for moment in (0..pitch.len()).filter(|moment| !pitch[*moment].is_nan()) {
        match stretches.last_mut() {
            Some(stretch) if moment - stretch.end < BREAK => stretch.end = moment + 1,
            _ => stretches.push(moment..moment + 1),
        }
    }
    stretches
}

/// The cheapest division into runs about one centre each, by dynamic programming over moments and centres.
fn held(pitch: &[f32]) -> Vec<Range<usize>> {
    let (low, high) = pitch
        .iter()
        .filter(|pitch| !pitch.is_nan())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), pitch| (low.min(*pitch), high.max(*pitch)));
    let centres = ((high - low) / STEP).ceil() as usize + 1;
    let mut costs = vec![0.0f32; centres];
    // Where each centre's run began, at each moment.
    let mut begun = vec![0u32; centres];
    // The best division of all that came before a moment: its cost and the start of its last run.
    let mut best_before: Vec<(f32, u32)> = Vec::with_capacity(pitch.len());
    for (moment, pitch) in pitch.iter().enumerate() {
        let best = cheapest(&costs, &begun);
        if moment > 0 {
            for (cost, begun) in costs.iter_mut().zip(&mut begun) {
                if best.0 + CHANGE < *cost {
                    (*cost, *begun) = (best.0 + CHANGE, moment as u32);
                }
            }
        }
        best_before.push(best);
        if !pitch.is_nan() {
            for (at, cost) in costs.iter_mut().enumerate() {
                *cost += (pitch - low - at as f32 * STEP).abs().min(FAR);
            }
        }
    }
    let mut runs = Vec::new();
    let (mut end, (_, mut start)) = (pitch.len(), cheapest(&costs, &begun));
    loop {
        runs.push(start as usize..end);
        if start == 0 {
            break;
        }
        end = start as usize;
        start = best_before[end].1;
    }
    runs.reverse();
    runs
}

fn cheapest(costs: &[f32], begun: &[u32]) -> (f32, u32) {
    costs
        .iter()
        .zip(begun)
        .fold((f32::INFINITY, 0), |best, (cost, begun)| if *cost < best.0 { (*cost, *begun) } else { best })
}

/// Gives runs that are on their way from one note to the next to their neighbours, half to each.
fn without_slides(pitch: &[f32], runs: &mut Vec<Range<usize>>) {
    let mut at = 1;
    while at + 1 < runs.len() {
        let centre = |at: usize| median(&pitch[runs[at].clone()]);
        let (before, here, after) = (centre(at - 1), centre(at), centre(at + 1));
        let on_the_way = (here - before) * (after - here) > 0.0 && runs[at].len() <= LONGEST_SLIDE;
        let near = pitch[runs[at].clone()].iter().filter(|pitch| (*pitch - here).abs() < NEAR).count();
        if on_the_way && (near as f32) < DWELL * runs[at].len() as f32 {
            let middle = (runs[at].start + runs[at].end) / 2;
            runs[at - 1].end = middle;
            runs[at + 1].start = middle;
            runs.remove(at);
        } else {
            at += 1;
        }
    }
}

/// Joins runs that are too near each other in pitch to be two notes.
fn without_drift(pitch: &[f32], runs: &mut Vec<Range<usize>>) {
    let mut at = 1;
    while at < runs.len() {
        let centre = |at: usize| median(&pitch[runs[at].clone()]);
        if (centre(at) - centre(at - 1)).abs() < DRIFT {
            runs[at - 1].end = runs[at].end;
            runs.remove(at);
        } else {
            at += 1;
        }
    }
}

/// Of the values that are not NaN.
pub(super) fn median(values: &[f32]) -> f32 {
    let mut values: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let middle = values.len() / 2;
    match values.is_empty() {
        true => f32::NAN,
        false => *values.select_nth_unstable_by(middle, f32::total_cmp).1,
    }
}
