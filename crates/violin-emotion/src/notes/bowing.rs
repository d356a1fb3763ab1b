//! What the level says of the bow: where it begins anew, how fast, and when it leaves.

use std::f64::consts::PI;
use std::ops::Range;

use super::curves::{Curves, HOP_S, PARTIALS};
use super::plateaus::median;
use crate::dsp::least_squares::LeastSquares;

/// A rise of the level by this much is a stroke's, dB: vibrato alone leaves 3, its resonances taken off.
pub(super) const NEW_STROKE_DB: f32 = 4.0;
/// Where the pitch stays, the whole falls by this much, dB …
const WHOLE_DB: f32 = 3.0;
/// … and all but this share of the partials by that much, dB, and so many times as much as they do in three quarters of the
/// places where it sounds: swells, vibrato and rooms take some partials down at a time, a bow that turns takes all.
const EXEMPT: f32 = 1.0 / 3.0;
const PARTIALS_DB: f32 = 5.0;
const OUTSTANDING: f32 = 2.8;
/// What is this much below a note's full level is not its sound, dB.
const SOUNDING_DB: f32 = 8.0;
/// Moments by which the lowest points of the partials and of the whole may lie apart.
const PARTIALS_APART: usize = 1;
const WHOLE_APART: usize = 3;
/// The fall is looked for in so many moments before the lowest point, the rise in so many after: 0.1 and 0.15 s.
const FALL: usize = 17;
const RISE: usize = 26;
/// A new stroke is not nearer to the ends of a stretch, in moments: there, the note before or after is heard.
const FROM_THE_ENDS: usize = 10;
/// Further from the centre, in semitones, it is another note that is heard.
const WIDEST: f32 = 0.8;
/// Fewer moments do not show what the body does.
const FEWEST: usize = 50;
/// A pitch that moves less up and down, in semitones, meets the same resonances all the time.
const NARROWEST: f64 = 0.05;
/// The raised cosine's way from 20 % to 70 % and from 10 % to 90 %, and to 50 %, as shares of the whole.
const FROM_20_TO_70: f64 = 0.335_843;
const FROM_10_TO_90: f64 = 0.590_334;
/// A fall to −10 dB shows where the bow leaves; one to this does if the next stroke cuts it short, dB.
const FADED_DB: f32 = -5.0;
/// Moments over which a note's full level is looked for after its start, 0.3 s at most.
const FULL: usize = 52;
/// Whole rises that are tried for an attack under a ring, in moments: 17 to 165 ms.
const RISES: [f64; 7] = [3.0, 4.4, 6.4, 9.3, 13.6, 19.7, 28.6];
/// The rise of a common attack (45 ms from 10 % to 90 %), and what a rise e times as long or short must gain in mean square
/// to be preferred: where old and new stroke have one pitch, they also beat.
const COMMON_RISE: f64 = 13.0;
const UNCOMMON: f64 = 0.1;
/// What a ring keeps of its power from moment to moment: it falls to 1/e of its amplitude in 20, 35 or 60 ms.
const RINGS: [f64; 3] = [0.56, 0.718, 0.824];
/// Half moments before the lowest point in which such an attack may begin, and moments before it that show the ring.
const EARLIEST: u32 = 24;
const UNDER_RING: usize = 2;

/// `levels` of a stretch of one pitch with what the body's resonances make of its vibrato taken off; 0 dB is its middle.
///
/// Resonances stand still, so what they do to a level depends on the pitch, and as they take time, on its motion: a
/// polynomial of both. What is left is the bow's.
pub(super) fn without_body(levels: &[f32], pitch: &[f32]) -> Vec<f32> {
    let full = full_level(levels);
    let centre = median(pitch);
    let sounds = |(level, pitch): &(&f32, &f32)| **level > full - SOUNDING_DB && (**pitch - centre).abs() < WIDEST;
    let mut heard: Vec<f32> = levels.iter().zip(pitch).filter(sounds).map(|(_, pitch)| *pitch).collect();
    heard.sort_by(f32::total_cmp);
    // Beyond the pitches that were heard for some time, a polynomial says nothing.
    let (low, high) = match heard.len() < FEWEST {
        true => (centre, centre),
        false => (heard[heard.len() / 20], heard[heard.len() - 1 - heard.len() / 20]),
    };
    let half = f64::from(high - low) / 2.0;
    if half < NARROWEST {
        return levels.iter().map(|level| level - full).collect();
    }
    let at_rest = |pitch: f32| (f64::from(pitch.clamp(low, high)) - f64::from(low + high) / 2.0) / half;
    // A vibrato of 5 Hz moves by a fifth of its half width a moment.
    let motion = |at: usize| {
        let (before, after) = (pitch[at.saturating_sub(2)], pitch[(at + 2).min(pitch.len() - 1)]);
        let motion = f64::from(after - before) / half / 0.8;
        if motion.is_nan() { 0.0 } else { motion.clamp(-1.5, 1.5) }
    };
    let terms = |at: usize| {
        let (d, m) = (at_rest(pitch[at]), motion(at));
        [1.0, d, d * d, d * d * d, d * d * d * d, m, m * m, d * m]
    };
    let mut body = LeastSquares::new();
    for at in (0..levels.len()).filter(|at| sounds(&(&levels[*at], &pitch[*at]))) {
        body.add(terms(at), f64::from(levels[at] - full));
    }
    let body = body.solve().map_or([0.0; 8], |(body, _)| body);
    let by_body = |at: usize| match pitch[at].is_nan() {
        true => 0.0,
        false => terms(at).iter().zip(&body).map(|(term, by)| term * by).sum::<f64>() as f32,
    };
    (0..levels.len()).map(|at| levels[at] - full - by_body(at)).collect()
}

/// The level that a note has while it is bowed: the median of what is near its highest.
pub(super) fn full_level(levels: &[f32]) -> f32 {
    let mut sorted: Vec<f32> = levels.iter().copied().filter(|level| !level.is_nan()).collect();
    sorted.sort_by(f32::total_cmp);
    let Some(high) = sorted.get(sorted.len().saturating_sub(1) * 19 / 20).copied() else { return f32::NAN };
    sorted.retain(|level| *level > high - SOUNDING_DB);
    sorted[sorted.len() / 2]
}

/// Moments, counted from the start of a stretch of one pitch, at which the bow begins anew: where the whole and nearly all
/// partials fall and rise again, deeper than they do elsewhere.
pub(super) fn new_strokes(curves: &Curves, moments: &Range<usize>) -> Vec<usize> {
    let inside = FROM_THE_ENDS..moments.len().saturating_sub(FROM_THE_ENDS);
    let levels = &curves.level_db[moments.clone()];
    let whole = widened(&valleys(levels), WHOLE_APART);
    let partials: Vec<Vec<f32>> = (0..PARTIALS)
        .map(|partial| curves.partials_db[moments.clone()].iter().map(|levels| levels[partial]).collect::<Vec<f32>>())
        .filter(|levels| levels.iter().any(|level| !level.is_nan()))
        .map(|levels| widened(&valleys(&levels), PARTIALS_APART))
        .collect();
    let shared = |at: usize| {
        let mut depths: Vec<f32> = partials.iter().map(|depths| depths[at]).collect();
        depths.sort_by(f32::total_cmp);
        let exempt = EXEMPT * depths.len().saturating_sub(1) as f32;
        let (low, part) = (exempt as usize, exempt.fract());
        let (one, other) = (depths.get(low), depths.get(low + 1).or(depths.get(low)));
        one.zip(other).map_or(0.0, |(one, other)| one + part * (other - one))
    };
    let shared: Vec<f32> = (0..moments.len()).map(shared).collect();
    let full = full_level(levels);
    let mut sorted: Vec<f32> =
        inside.clone().filter(|at| levels[*at] > full - SOUNDING_DB).map(|at| shared[at]).collect();
    sorted.sort_by(f32::total_cmp);
    let common = sorted.get(sorted.len() * 3 / 4).copied().unwrap_or_default();
    let deep = PARTIALS_DB.max(OUTSTANDING * common);
    let mut found: Vec<usize> = Vec::new();
    for at in inside.filter(|at| shared[*at] > deep && whole[*at] > WHOLE_DB) {
        match found.last_mut() {
            Some(last) if at - *last < FALL => {
                if shared[at] > shared[*last] {
                    *last = at;
                }
            }
            _ => found.push(at),
        }
    }
    found
}

/// By how much `level` lies below what is near on both sides, at each moment.
fn valleys(level: &[f32]) -> Vec<f32> {
    let highest = |moments: Range<usize>| {
        level[moments].iter().copied().filter(|level| !level.is_nan()).fold(f32::NEG_INFINITY, f32::max)
    };
    let depth = |at: usize| {
        let (before, after) = (at.saturating_sub(FALL)..at + 1, at..(at + RISE).min(level.len()));
        (highest(before).min(highest(after)) - level[at]).max(0.0)
    };
    (0..level.len()).map(depth).collect()
}

/// The largest of each value and its neighbours up to `apart` away.
fn widened(values: &[f32], apart: usize) -> Vec<f32> {
    let around = |at: usize| &values[at.saturating_sub(apart)..(at + apart + 1).min(values.len())];
    (0..values.len()).map(|at| around(at).iter().copied().fold(0.0, f32::max)).collect()
}

/// Start of a note that the bow begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Attack {
    /// Moments from the start of the curve.
    pub onset: f64,
    /// From 10 % to 90 % of the amplitude, seconds; unknown where what sounded before covers its start.
    pub duration_s: Option<f64>,
}

/// The attack in `level` (dB), whose lowest point before it is at `from`: measured from 20 % to 70 % of the amplitude, where
/// neither the note before nor the note's own unsteadiness is heard, and taken for a raised cosine.
pub(super) fn attack(level: &[f32], from: usize) -> Option<Attack> {
    // Not what is still rising.
    let high = full_level(&level[from..(from + FULL).min(level.len())]);
    let reach: Vec<f32> = level[from..].iter().take(FULL).copied().filter(|level| *level > high - 2.0).collect();
    let full = median(&reach);
    let reached = |share: f64| {
        let bar = full + (20.0 * share.log10()) as f32;
        let at = (from..level.len()).find(|at| level[*at] >= bar)?;
        let before = level[at.saturating_sub(1)];
        let part = if at > from && before < bar { f64::from((bar - before) / (level[at] - before)) } else { 1.0 };
        Some(at as f64 - 1.0 + part)
    };
    let (early, late) = (reached(0.2)?, reached(0.7)?);
    let whole = (late - early) / FROM_20_TO_70;
    // Half of the amplitude is reached in the middle.
    let covered = level[from] > full + (20.0 * 0.2f64.log10()) as f32;
    let duration_s = (!covered).then_some(whole * FROM_10_TO_90 * HOP_S);
    Some(Attack { onset: reached(0.5)? - whole / 2.0, duration_s })
}

/// Where a stroke begins, in moments, that starts under the ring of the one before and makes the level (dB) lowest at
/// `deepest`: the rise and the dying ring that together fit the level best.
pub(super) fn covered_onset(level: &[f32], deepest: usize) -> Option<f64> {
    let full = full_level(&level[deepest..(deepest + FULL).min(level.len())]);
    let reached = (deepest..level.len().min(deepest + FULL)).find(|at| level[*at] > full - 1.0)?;
    let moments = deepest.saturating_sub(UNDER_RING)..(reached + 2).min(level.len());
    let powers: Vec<f64> =
        level[moments.clone()].iter().map(|level| 10f64.powf(f64::from(level - full) / 10.0)).collect();
    let mut best = (f64::INFINITY, None);
    for rise in RISES {
        for early in 0..=EARLIEST {
            let onset = deepest as f64 + 1.0 - f64::from(early) / 2.0;
            let risen = |at: usize| (0.5 - 0.5 * (PI * ((at as f64 - onset) / rise).clamp(0.0, 1.0)).cos()).powi(2);
            let stroke: Vec<f64> = moments.clone().map(risen).collect();
            for kept in RINGS {
                // What is left of the old stroke follows from the rest, each moment weighing the same in dB.
                let (mut up, mut down, mut ring) = (0.0, 0.0, 1.0);
                for (risen, power) in stroke.iter().zip(&powers) {
                    up += (power - risen) * ring / (power * power);
                    down += ring * ring / (power * power);
                    ring *= kept;
                }
                let (mut ring, mut rest) = ((up / down).max(0.0), 0.0);
                for (risen, power) in stroke.iter().zip(&powers) {
                    rest += ((risen + ring) / power - 1.0).powi(2);
                    ring *= kept;
                }
                let rest = rest / powers.len() as f64 + UNCOMMON * (rise / COMMON_RISE).ln().powi(2);
                if rest < best.0 {
                    best = (rest, Some(onset));
                }
            }
        }
    }
    best.1
}

/// Where the bow leaves the string, in moments from the curve's start: the fall from −3 to −10 dB, or as far as it goes, drawn
/// back to 0 dB.
pub(super) fn release(level: &[f32]) -> Option<f64> {
    let last = level.iter().rposition(|level| *level >= -3.0)?;
    let faded = (last..level.len()).find(|at| level[*at] <= -10.0);
    let lowest = || (last..level.len()).min_by(|one, other| level[*one].total_cmp(&level[*other]));
    // The next stroke may begin before this one has died away.
    let end = faded.or_else(|| lowest().filter(|at| level[*at] <= FADED_DB))?;
    let slope = f64::from(level[end] - level[last]) / (end - last) as f64;
    Some(last as f64 + f64::from(level[last]) / -slope)
}
