//! Vibrato of one note: a regular swing of its pitch about a slow course.

use std::f64::consts::TAU;

use super::curves::HOP_S;
use super::plateaus::median;
use crate::dsp::least_squares::LeastSquares;

/// Swings a second that are taken for vibrato, Hz.
const SLOWEST_HZ: f64 = 3.2;
const FASTEST_HZ: f64 = 9.6;
/// Steps of the search, Hz and seconds.
const RATE_STEP_HZ: f64 = 0.3;
const START_STEP_S: f64 = 0.03;
/// A finer search goes down to this, Hz.
const FINEST_HZ: f64 = 0.01;
/// Less is no vibrato: cycles, cents of half width, share of the pitch's variance beside its slow course.
const FEWEST_CYCLES: f64 = 1.6;
const NARROWEST_CENTS: f64 = 6.0;
/// Nor is more, cents of half width.
const WIDEST_CENTS: f64 = 120.0;
const LEAST_SHARE: f64 = 0.7;

/// A note's vibrato.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Vibrato {
    /// Cycles a second.
    pub rate_hz: f32,
    /// Half width, cents: the pitch goes this far up and this far down.
    pub extent_cents: f32,
    /// From the note's onset to where the vibrato starts, seconds.
    pub delay_s: f32,
}

/// The best fit of one rate and start.
struct Fit {
    rate_hz: f64,
    start: usize,
    /// Half width in semitones.
    extent: f64,
    /// Mean pitch about which it swings.
    centre: f64,
    /// Mean square of what is left.
    rest: f64,
}

/// What is heard in a note's `pitch` (MIDI numbers, one a moment, NaN where there is none): its centre, and its vibrato if it
/// has one. `delay_s` of the vibrato counts from the first moment.
pub(super) fn vibrato(pitch: &[f32]) -> (f32, Option<Vibrato>) {
    let Some((centre, wander)) = steady(pitch) else { return (median(pitch), None) };
    let plain = (centre as f32, None);
    let length_s = pitch.len() as f64 * HOP_S;
    if length_s * FASTEST_HZ < FEWEST_CYCLES {
        return plain;
    }
    let mut best: Option<Fit> = None;
    let mut look = |rate_hz: f64, start: usize| {
        let cycles = (pitch.len() - start) as f64 * HOP_S * rate_hz;
        if cycles < FEWEST_CYCLES {
            return;
        }
        if let Some(fit) = fit(pitch, rate_hz, start)
            && best.as_ref().is_none_or(|best| fit.rest < best.rest)
        {
            best = Some(fit);
        }
    };
    let starts = || (0..pitch.len()).step_by((START_STEP_S / HOP_S) as usize);
    let mut rate_hz = SLOWEST_HZ;
    while rate_hz <= FASTEST_HZ {
        starts().for_each(|start| look(rate_hz, start));
        rate_hz += RATE_STEP_HZ;
    }
    let Some(mut found) = best else { return plain };
    let mut step = RATE_STEP_HZ / 2.0;
    while step > FINEST_HZ {
        let better = [found.rate_hz - step, found.rate_hz + step]
            .into_iter()
            .filter_map(|rate_hz| fit(pitch, rate_hz, found.start))
            .find(|fit| fit.rest < found.rest);
        match better {
            Some(fit) => found = fit,
            None => step /= 2.0,
        }
    }
    let extent_cents = 100.0 * found.extent;
    let inside = (SLOWEST_HZ - RATE_STEP_HZ..=FASTEST_HZ + RATE_STEP_HZ).contains(&found.rate_hz);
    if !inside || !(NARROWEST_CENTS..WIDEST_CENTS).contains(&extent_cents) || found.rest > (1.0 - LEAST_SHARE) * wander
    {
        return plain;
    }
    let vibrato = Vibrato {
        rate_hz: found.rate_hz as f32,
        extent_cents: extent_cents as f32,
        delay_s: (found.start as f64 * HOP_S) as f32,
    };
    (found.centre as f32, Some(vibrato))
}

/// The slow course alone: its centre, and the mean square about it.
fn steady(pitch: &[f32]) -> Option<(f64, f64)> {
    let mut course = LeastSquares::new();
    for (at, pitch) in heard(pitch) {
        course.add(slow(at), pitch);
    }
    course.solve().map(|([centre, ..], rest)| (centre, rest))
}

/// The slow course and a swing of `rate_hz` that starts at the moment `start` and grows over its first cycle.
fn fit(pitch: &[f32], rate_hz: f64, start: usize) -> Option<Fit> {
    let mut swing = LeastSquares::new();
    for (at, pitch) in heard(pitch) {
        let cycles = (at.moment as f64 - start as f64) * HOP_S * rate_hz;
        let width = cycles.clamp(0.0, 1.0);
        let (sine, cosine) = (TAU * cycles).sin_cos();
        let [one, slope, bend] = slow(at);
        swing.add([one, slope, bend, width * sine, width * cosine], pitch);
    }
    let ([centre, _, _, sine, cosine], rest) = swing.solve()?;
    Some(Fit { rate_hz, start, extent: sine.hypot(cosine), centre, rest })
}

/// A moment's number, and its place in the note from −1 to 1.
#[derive(Clone, Copy)]
struct Place {
    moment: usize,
    along: f64,
}

fn heard(pitch: &[f32]) -> impl Iterator<Item = (Place, f64)> {
    let half = (pitch.len().max(2) - 1) as f64 / 2.0;
    let place = move |moment: usize| Place { moment, along: moment as f64 / half - 1.0 };
    pitch.iter().enumerate().filter(|(_, pitch)| !pitch.is_nan()).map(move |(at, pitch)| (place(at), f64::from(*pitch)))
}

/// A parabola whose mean over the note is its first term.
fn slow(place: Place) -> [f64; 3] {
    [1.0, place.along, place.along * place.along - 1.0 / 3.0]
}
