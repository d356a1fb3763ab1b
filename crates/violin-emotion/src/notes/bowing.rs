//! What the level says of the bow: where it begins anew, how fast, and when it leaves.

use std::ops::Range;

use super::curves::{Curves, HOP_S, PARTIALS};
use super::plateaus::median;
use crate::dsp::least_squares::LeastSquares;

/// A fall and rise of the bow's level by this much is a new stroke, dB. Vibrato alone leaves 3, its resonances taken off.
pub(super) const NEW_STROKE_DB: f32 = 4.0;
/// Where the pitch stays, by this much: a steady stroke on a real string swings by 3 or 4.
const SAME_PITCH_DB: f32 = 6.0;
/// And it is so many times as deep as three quarters of all places in the stretch are.
const OUTSTANDING: f32 = 2.5;
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
/// Moments over which a note's full level is looked for after its start, 0.3 s at most.
const FULL: usize = 52;

/// The mean level of the partials over a stretch of one pitch.
pub(super) fn partials_level(curves: &Curves, moments: Range<usize>) -> Vec<f32> {
    let mean = |partials: &[f32; PARTIALS]| {
        let (mut sum, mut count) = (0.0, 0.0);
        for level in partials.iter().filter(|level| !level.is_nan()) {
            sum += level;
            count += 1.0;
        }
        sum / count
    };
    curves.partials_db[moments].iter().map(mean).collect()
}

/// `levels` of a stretch of one pitch with what the body's resonances make of its vibrato taken off; 0 dB is its middle.
///
/// Resonances stand still, so what they do to a level depends on the pitch, and as they take time, on its motion: a
/// polynomial of both. What is left is the bow's.
pub(super) fn without_body(levels: &[f32], pitch: &[f32]) -> Vec<f32> {
    let full = full_level(levels);
    let centre = median(pitch);
    let sounds = |(level, pitch): &(&f32, &f32)| **level > full - 8.0 && (**pitch - centre).abs() < WIDEST;
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
    sorted.retain(|level| *level > high - 8.0);
    sorted[sorted.len() / 2]
}

/// Moments of `level` at which a new stroke begins inside: the lowest points of its deep and short valleys.
pub(super) fn new_strokes(level: &[f32]) -> Vec<usize> {
    let highest = |moments: Range<usize>| {
        level[moments].iter().copied().filter(|level| !level.is_nan()).fold(f32::NEG_INFINITY, f32::max)
    };
    let depth =
        |at: usize| highest(at.saturating_sub(FALL)..at + 1).min(highest(at..(at + RISE).min(level.len()))) - level[at];
    let inside = FROM_THE_ENDS..level.len().saturating_sub(FROM_THE_ENDS);
    // Vibrato leaves valleys everywhere, strokes only here and there.
    let mut depths: Vec<f32> = inside.clone().map(depth).collect();
    depths.sort_by(f32::total_cmp);
    let common = depths.get(depths.len() * 3 / 4).copied().unwrap_or_default();
    let deep = SAME_PITCH_DB.max(OUTSTANDING * common);
    let mut found: Vec<usize> = Vec::new();
    for at in inside.filter(|at| depth(*at) > deep) {
        match found.last_mut() {
            Some(last) if at - *last < FALL => {
                if level[at] < level[*last] {
                    *last = at;
                }
            }
            _ => found.push(at),
        }
    }
    found
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

/// Where the bow leaves the string, in moments from the curve's start: the fall from −3 to −10 dB, drawn back to 0 dB.
pub(super) fn release(level: &[f32]) -> Option<f64> {
    let last = level.iter().rposition(|level| *level >= -3.0)?;
    let end = (last..level.len()).find(|at| level[*at] <= -10.0)?;
    let slope = f64::from(level[end] - level[last]) / (end - last) as f64;
    Some(last as f64 + f64::from(level[last]) / -slope)
}
