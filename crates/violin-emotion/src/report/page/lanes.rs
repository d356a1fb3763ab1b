//! What the player does from note to note, one lane a cue.

use serde::Serialize;

use crate::notes::Note;

/// What lasts longer from one onset to the next is a rest between two phrases, seconds.
const LONGEST_S: f32 = 2.5;

/// One cue over time: a value for every note that has one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lane {
    /// `vibrato`, `articulation`, `brightness`, `timing`.
    pub name: &'static str,
    /// What a value is, in words.
    pub words: &'static str,
    /// The unit of a value.
    pub unit: &'static str,
    /// What high values are called.
    pub high: &'static str,
    /// What low values are called.
    pub low: &'static str,
    /// Where each value begins to hold, seconds.
    pub start_s: Vec<f32>,
    /// Where each value ceases to hold, seconds.
    pub end_s: Vec<f32>,
    /// The values.
    pub value: Vec<f32>,
}

impl Lane {
    pub(super) fn all(notes: &[Note]) -> Vec<Lane> {
        let single = |note: &Note, value: Option<f32>| Some((note.onset_s, note.offset_s, value?));
        let vibrato = |note: &Note| {
            let vibrato = note.vibrato?;
            Some((note.onset_s + vibrato.delay_s, note.offset_s, vibrato.extent_cents))
        };
        let interval = |pair: &[Note], value: fn(&Note, f32) -> f32| {
            let length_s = pair[1].onset_s - pair[0].onset_s;
            let is_one = length_s > 0.0 && length_s <= LONGEST_S;
            is_one.then(|| (pair[0].onset_s, pair[1].onset_s, value(&pair[0], length_s)))
        };
        let sounding = |note: &Note, length_s: f32| (100.0 * (note.offset_s - note.onset_s) / length_s).min(100.0);
        let brightness = |note: &Note| single(note, note.brightness_db_per_octave);
        let lane = |name, words, unit, [high, low]: [&'static str; 2], values: Vec<(f32, f32, f32)>| Lane {
            name,
            words,
            unit,
            high,
            low,
            start_s: values.iter().map(|(start, ..)| *start).collect(),
            end_s: values.iter().map(|(_, end, _)| *end).collect(),
            value: values.iter().map(|(.., value)| *value).collect(),
        };
        let pairs = || notes.windows(2);
        vec![
            lane(
                "vibrato",
                "how far the pitch swings up and down",
                "cents",
                ["wide", "narrow"],
                notes.iter().filter_map(vibrato).collect(),
            ),
            lane(
                "articulation",
                "how much of the time to the next note sounds",
                "%",
                ["legato", "staccato"],
                pairs().filter_map(|pair| interval(pair, sounding)).collect(),
            ),
            lane(
                "brightness",
                "how slowly the partials grow weaker",
                "dB an octave",
                ["bright", "dark"],
                notes.iter().filter_map(brightness).collect(),
            ),
            lane(
                "timing",
                "from each onset to the next",
                "notes a second",
                ["fast", "slow"],
                pairs().filter_map(|pair| interval(pair, |_, length_s| 1.0 / length_s)).collect(),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::Vibrato;

    #[test]
    fn a_lane_has_the_notes_that_have_its_cue() {
        let vibrato = Some(Vibrato { rate_hz: 5.0, extent_cents: 20.0, delay_s: 0.25 });
        let first = Note { onset_s: 1.0, offset_s: 1.5, vibrato, ..Note::default() };
        let second = Note { onset_s: 2.0, offset_s: 3.0, brightness_db_per_octave: Some(-8.0), ..Note::default() };
        let last = Note { onset_s: 9.0, offset_s: 9.5, ..Note::default() };
        let lanes = Lane::all(&[first, second, last]);
        // The rest before the last note is longer than any interval.
        let expected = [
            ("vibrato", 1.25, 1.5, 20.0),
            ("articulation", 1.0, 2.0, 50.0),
            ("brightness", 2.0, 3.0, -8.0),
            ("timing", 1.0, 2.0, 1.0),
        ];
        for (lane, (name, start_s, end_s, value)) in lanes.iter().zip(expected) {
            assert_eq!(lane.name, name);
            assert_eq!([&lane.start_s[..], &lane.end_s, &lane.value], [[start_s], [end_s], [value]], "{name}");
        }
        assert!(Lane::all(&[]).iter().all(|lane| lane.value.is_empty()));
    }
}
