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

/// A longer note is heard in stretches of equal length, at most this, seconds: from half of it to the whole.
const STRETCH_S: f64 = 2.0;
/// A vibrato in fewer of them is chance.
const LEAST_STRETCHES: f64 = 1.0 / 3.0;

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
///
/// A long note is heard in stretches, since no hand keeps one rate and phase for long.
pub(super) fn vibrato(pitch: &[f32]) -> (f32, Option<Vibrato>) {
    let count = (pitch.len() as f64 * HOP_S / STRETCH_S).ceil().max(1.0) as usize;
    let edge = |stretch: usize| stretch * pitch.len() / count;
    let stretches: Vec<_> = (0..count).map(|at| in_stretch(&pitch[edge(at)..edge(at + 1)])).collect();
    let heard: Vec<(usize, Vibrato)> =
        stretches.iter().enumerate().filter_map(|(at, (_, vibrato))| vibrato.map(|vibrato| (at, vibrato))).collect();
    let centres: Vec<f32> = stretches.iter().map(|(centre, _)| *centre).filter(|centre| centre.is_finite()).collect();
    let centre = if count == 1 { stretches[0].0 } else { median(&centres) };
    if heard.is_empty() || (heard.len() as f64) < LEAST_STRETCHES * count as f64 {
        return (centre, None);
    }
    let middle = |of: fn(&Vibrato) -> f32| median(&heard.iter().map(|(_, vibrato)| of(vibrato)).collect::<Vec<f32>>());
    let (first, vibrato) = heard[0];
    let delay_s = vibrato.delay_s + (edge(first) as f64 * HOP_S) as f32;
    let vibrato = Vibrato {
        rate_hz: middle(|vibrato| vibrato.rate_hz),
        extent_cents: middle(|vibrato| vibrato.extent_cents),
        delay_s,
    };
    (centre, Some(vibrato))
}

fn in_stretch(pitch: &[f32]) -> (f32, Option<Vibrato>) {
    let Some((centre, wander)) = steady(pitch) else { return (median(pitch), None) };
    let plain = (centre as f32, None);
    let length_s = pitch.len() as f64 * HOP_S;
    if length_s * FASTEST_HZ < FEWEST_CYCLES {
        return plain;
    }
    let mut fitting = Fitting::new(pitch);
    let mut best: Option<Fit> = None;
    let mut rate_hz = SLOWEST_HZ;
    while rate_hz <= FASTEST_HZ {
        for start in (0..pitch.len()).step_by((START_STEP_S / HOP_S) as usize) {
            let cycles = (pitch.len() - start) as f64 * HOP_S * rate_hz;
            if cycles < FEWEST_CYCLES {
                break;
            }
            if let Some(fit) = fitting.fit(rate_hz, start)
                && best.as_ref().is_none_or(|best| fit.rest < best.rest)
            {
                best = Some(fit);
            }
        }
        rate_hz += RATE_STEP_HZ;
    }
    let Some(mut found) = best else { return plain };
    let mut step = RATE_STEP_HZ / 2.0;
    while step > FINEST_HZ {
        let better = [found.rate_hz - step, found.rate_hz + step]
            .into_iter()
            .filter_map(|rate_hz| fitting.fit(rate_hz, found.start))
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

/// A slow course and a swing that starts at some moment and grows over its first cycle.
struct Fitting {
    heard: Vec<(Place, f64)>,
    /// What all swings have in common.
    course: LeastSquares<5>,
    /// Sine and cosine of the swing of one rate, by the moments since its start; those before it are not asked about.
    turns: Vec<(f64, f64)>,
    turns_of_hz: f64,
}

impl Fitting {
    fn new(pitch: &[f32]) -> Self {
        let heard: Vec<(Place, f64)> = heard(pitch).collect();
        let mut course = LeastSquares::new();
        for (at, pitch) in &heard {
            let [one, slope, bend] = slow(*at);
            course.add([one, slope, bend, 0.0, 0.0], *pitch);
        }
        Fitting { heard, course, turns: vec![(0.0, 0.0); pitch.len()], turns_of_hz: f64::NAN }
    }

    fn fit(&mut self, rate_hz: f64, start: usize) -> Option<Fit> {
        let cycles = |moments: usize| moments as f64 * HOP_S * rate_hz;
        if rate_hz != self.turns_of_hz {
            let turns = self.turns.iter_mut().enumerate();
            turns.for_each(|(at, turn)| *turn = (TAU * cycles(at)).sin_cos());
            self.turns_of_hz = rate_hz;
        }
        let mut swing = self.course;
        // Before its start a swing is nothing.
        let from = self.heard.partition_point(|(at, _)| at.moment < start);
        for &(at, pitch) in &self.heard[from..] {
            let since = at.moment - start;
            let (width, (sine, cosine)) = (cycles(since).min(1.0), self.turns[since]);
            let [one, slope, bend] = slow(at);
            swing.add_columns(3, [one, slope, bend, width * sine, width * cosine], pitch);
        }
        let ([centre, _, _, sine, cosine], rest) = swing.solve()?;
        Some(Fit { rate_hz, start, extent: sine.hypot(cosine), centre, rest })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded notes turn about their pitch by so much, cents.
    const UNSTEADY_CENTS: f64 = 1.5;

    /// A4 for so long, with a vibrato of 5.5 Hz that begins at `from_s` and whose rate wanders by 5 %.
    fn note(length_s: f64, extent_cents: f64, from_s: f64) -> Vec<f32> {
        let mut cycles = 0.0;
        let moment = |at: usize| {
            let time_s = at as f64 * HOP_S;
            let wander = (TAU * 0.37 * time_s).sin();
            cycles += 5.5 * (1.0 + 0.05 * wander) * HOP_S;
            let swing = if time_s >= from_s { extent_cents * (TAU * cycles).sin() } else { 0.0 };
            let unsteady = UNSTEADY_CENTS * (TAU * 1.7 * time_s).sin() * (TAU * 11.3 * time_s).cos();
            (69.0 + (swing + unsteady) / 100.0) as f32
        };
        (0..(length_s / HOP_S) as usize).map(moment).collect()
    }

    #[test]
    fn it_is_heard_in_notes_of_any_length() {
        for length_s in [0.6, 1.0, 1.9, 2.1, 3.0, 4.5, 6.0, 7.0, 12.0, 60.0] {
            let (centre, vibrato) = vibrato(&note(length_s, 25.0, 0.0));
            let vibrato = vibrato.unwrap_or_else(|| panic!("none in {length_s} s"));
            assert!((vibrato.rate_hz - 5.5).abs() < 0.3, "{length_s} s: {vibrato:?}");
            assert!((vibrato.extent_cents - 25.0).abs() < 3.0, "{length_s} s: {vibrato:?}");
            assert!(vibrato.delay_s < 0.1 && (centre - 69.0).abs() < 0.03, "{length_s} s: {centre}, {vibrato:?}");
        }
    }

    #[test]
    fn a_long_note_without_has_none_and_a_late_one_starts_late() {
        for length_s in [2.5, 8.0, 30.0] {
            assert_eq!(vibrato(&note(length_s, 0.0, 0.0)).1, None, "{length_s} s");
        }
        let (_, late) = vibrato(&note(8.0, 25.0, 3.3));
        assert!(late.is_some_and(|late| (late.delay_s - 3.3).abs() < 0.2), "{late:?}");
    }
}
