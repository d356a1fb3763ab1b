//! How the pitch gets from one note to the next.

use std::ops::Range;

use super::curves::HOP_S;
use crate::dsp::least_squares::LeastSquares;

/// Moments looked at on either side of the change.
const REACH: usize = 45;
/// Lengths tried, from 10 % to 90 % of the way, seconds: each this much longer than the one before.
const SHORTEST_S: f64 = 0.012;
const LONGEST_S: f64 = 0.5;
const LONGER: f64 = 1.25;
/// Rounds of the finer search.
const FINER: usize = 4;
/// 10 % to 90 % of the logistic curve, in units of its scale: 2 ln 9.
const LOGISTIC_WIDTH: f64 = 4.394_449_154_672_439;

/// The way from one pitch to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slide {
    /// Its middle, in moments.
    pub middle: f64,
    /// From 10 % to 90 % of the way, seconds.
    pub duration_s: f64,
    /// Semitones, negative downwards.
    pub interval: f64,
}

/// The logistic curve that fits `pitch` best about the end of the moments `before` and the start of `after`, which meet.
pub(super) fn slide(pitch: &[f32], before: &Range<usize>, after: &Range<usize>) -> Option<Slide> {
    // Not beyond the middle of either note, but for short ones.
    let reach = |moments: &Range<usize>| (moments.len() / 2).clamp(12.min(moments.len()), REACH);
    let around = before.end - reach(before)..after.start + reach(after);
    let heard: Vec<(usize, f64)> =
        around.clone().filter(|at| !pitch[*at].is_nan()).map(|at| (at, f64::from(pitch[at]))).collect();
    let mut alone = LeastSquares::<2>::new();
    heard.iter().for_each(|(_, pitch)| alone.add([1.0, 0.0], *pitch));
    let better = |best: Option<(f64, Slide)>, middle: f64, duration_s: f64, arrived: &dyn Fn(usize) -> f64| {
        let mut curve = alone;
        for &(moment, pitch) in &heard {
            curve.add_columns(1, [1.0, arrived(moment)], pitch);
        }
        match curve.solve() {
            Some(([_, interval], rest)) if best.is_none_or(|(least, _)| rest < least) => {
                Some((rest, Slide { middle, duration_s, interval }))
            }
            _ => best,
        }
    };
    let mut best: Option<(f64, Slide)> = None;
    let mut duration_s = SHORTEST_S;
    while duration_s < LONGEST_S && duration_s < around.len() as f64 * HOP_S {
        // By the moments before the middle, and after it.
        let before: Vec<f64> = (0..around.len()).map(|at| logistic(at as f64, duration_s)).collect();
        let after: Vec<f64> = (0..around.len()).map(|at| logistic(-(at as f64), duration_s)).collect();
        for middle in around.clone() {
            let arrived = |at: usize| if at < middle { before[middle - at] } else { after[at - middle] };
            best = better(best, middle as f64, duration_s, &arrived);
        }
        duration_s *= LONGER;
    }
    let mut step = LONGER;
    for _ in 0..FINER {
        step = step.sqrt();
        let Some((_, slide)) = best else { break };
        for (middle, factor) in [(-0.5, 1.0), (0.5, 1.0), (0.0, step), (0.0, 1.0 / step)] {
            let (middle, duration_s) = (slide.middle + middle, slide.duration_s * factor);
            best = better(best, middle, duration_s, &|at| logistic(middle - at as f64, duration_s));
        }
    }
    best.map(|(_, slide)| slide)
}

/// Share of the way that is behind so many moments before the middle.
fn logistic(before: f64, duration_s: f64) -> f64 {
    let scale = duration_s / LOGISTIC_WIDTH / HOP_S;
    1.0 / (1.0 + (before / scale).exp())
}
