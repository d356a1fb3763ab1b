//! From onset to onset: how fast, how much of the time sounds, how regular.

use crate::notes::Note;

/// What is longer is a rest between two phrases and no interval, seconds.
const LONGEST_S: f32 = 2.5;
/// An interval is up to so many units long.
const MULTIPLES: usize = 8;
/// The unit is half of the median interval at least, and no longer than it but for so much.
const SHORTEST_UNIT: f32 = 0.5;
const LONGEST_UNIT: f32 = 1.2;
/// Units are tried this much apart.
const FINER: f32 = 1.01;
/// An onset is known to about 6 ms, so an interval to √2 times that, seconds.
const INTERVAL_ERROR_S: f32 = 0.0085;
/// And a player is not expected to be more regular than this, as a share.
const REGULAR: f32 = 0.05;
/// An interval that is farther off is one that was misheard, or another rhythm: it counts for no more, as a share.
const FARTHEST: f32 = 0.12;
/// Fewer intervals fit some unit by chance.
const FEWEST: usize = 6;

/// From one note's onset to the next one's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub start_s: f32,
    pub end_s: f32,
    /// Where its note stops to sound, seconds.
    pub sounds_until_s: f32,
}

impl Interval {
    pub fn length_s(&self) -> f32 {
        self.end_s - self.start_s
    }

    /// Share of it that sounds, at most 1.
    pub fn sounding_share(&self) -> f32 {
        ((self.sounds_until_s - self.start_s) / self.length_s()).min(1.0)
    }
}

/// The intervals of notes in the order of their onsets, rests between phrases left out.
pub(super) fn intervals(notes: &[Note]) -> Vec<Interval> {
    let interval =
        |pair: &[Note]| Interval { start_s: pair[0].onset_s, end_s: pair[1].onset_s, sounds_until_s: pair[0].offset_s };
    let is_one = |interval: &Interval| interval.length_s() > 0.0 && interval.length_s() <= LONGEST_S;
    notes.windows(2).map(interval).filter(is_one).collect()
}

/// Notes a second between two moments: the mean over time of one over the interval; `None` if there is none.
pub(super) fn note_rate(intervals: &[Interval], start_s: f32, end_s: f32) -> Option<f32> {
    let (mut notes, mut seconds) = (0.0, 0.0);
    for interval in intervals {
        let inside_s = (interval.end_s.min(end_s) - interval.start_s.max(start_s)).max(0.0);
        notes += inside_s / interval.length_s();
        seconds += inside_s;
    }
    (seconds > 0.0).then(|| notes / seconds)
}

/// How far intervals are from multiples of one unit, as a share of their length: the mean for the unit that fits best. Short
/// intervals, which are known less well, count less. `None` for fewer than six intervals.
pub(super) fn timing_deviation(intervals: &[Interval]) -> Option<f32> {
    if intervals.len() < FEWEST {
        return None;
    }
    let weight = |length_s: f32| 1.0 / ((INTERVAL_ERROR_S / length_s).powi(2) + REGULAR * REGULAR);
    let mut lengths: Vec<(f32, f32)> =
        intervals.iter().map(|interval| (interval.length_s().ln(), weight(interval.length_s()))).collect();
    lengths.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (median, _) = lengths[lengths.len() / 2];
    let weights: f32 = lengths.iter().map(|(_, weight)| weight).sum();
    let deviation = |unit: f32| {
        let off = |length: f32| {
            let away = |multiple: usize| (length - unit - (multiple as f32).ln()).abs();
            (1..=MULTIPLES).map(away).fold(FARTHEST, f32::min)
        };
        lengths.iter().map(|(length, weight)| weight * off(*length)).sum::<f32>() / weights
    };
    let steps = ((LONGEST_UNIT / SHORTEST_UNIT).ln() / FINER.ln()) as usize;
    let units = (0..=steps).map(|step| median + SHORTEST_UNIT.ln() + step as f32 * FINER.ln());
    Some(units.map(deviation).fold(f32::INFINITY, f32::min))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes one after the other, of so many seconds, sounding for `share` of them.
    fn played(lengths_s: &[f32], share: f32) -> Vec<Note> {
        let mut onset_s = 1.0;
        let mut notes = Vec::new();
        for length_s in lengths_s {
            notes.push(Note { onset_s, offset_s: onset_s + share * length_s, ..Note::default() });
            onset_s += length_s;
        }
        notes
    }

    #[test]
    fn the_rate_is_that_of_the_intervals_however_the_window_cuts_them() {
        let even = intervals(&played(&[0.4; 20], 0.5));
        for (start_s, end_s) in [(2.0, 5.0), (2.1, 5.1), (1.0, 1.3)] {
            let rate = note_rate(&even, start_s, end_s).expect("notes");
            assert!((rate - 2.5).abs() < 1e-4, "{rate}");
        }
        assert!(even.iter().all(|interval| (interval.sounding_share() - 0.5).abs() < 1e-4));
    }

    #[test]
    fn a_rest_is_no_interval() {
        assert_eq!(intervals(&played(&[0.5, 3.0, 0.5, 0.5], 1.0)).len(), 2);
    }

    #[test]
    fn a_strict_rhythm_deviates_by_nothing_and_a_loose_one_by_its_looseness() {
        let rhythm = [1.5, 0.5, 1.0, 1.0, 0.5, 0.5, 2.0, 1.0, 1.0, 0.5];
        let strict = timing_deviation(&intervals(&played(&rhythm, 0.9))).expect("enough");
        // Half a step between the units tried.
        assert!(strict <= FINER.ln() / 2.0 + 1e-4, "{strict}");
        let loose: Vec<f32> =
            rhythm.iter().enumerate().map(|(at, beats)| beats * if at % 2 == 0 { 1.08 } else { 0.92 }).collect();
        let loose = timing_deviation(&intervals(&played(&loose, 0.9))).expect("enough");
        assert!((0.05..0.09).contains(&loose), "{loose}");
        assert_eq!(timing_deviation(&intervals(&played(&[0.5; 6], 0.9))), None);
    }
}
