//! A TextGrid of Praat, in its long form: tiers of intervals that fill the recording without a gap.

use super::annotation::{Answered, NoteTrack};
use super::words::{all, largest, on_scale, one_line, seconds, share, side_by_side};
use crate::notes::note_name;

/// A stretch of a tier.
struct Interval {
    start_s: f64,
    end_s: f64,
    text: String,
}

struct Tier<'a> {
    name: &'a str,
    /// In order, none overlapping the next; what lies between them is empty.
    intervals: Vec<Interval>,
}

/// `whole`: the answer to the recording; `emotion` and `share`: the leading emotion of each moment, and its share. Of a scale,
/// its number in the place of these two. `warnings`, if there are any, over all.
pub(super) fn answer(answered: &Answered) -> String {
    let stretches = side_by_side(answered.timeline);
    let tier = |name, text: &dyn Fn(&crate::data::SoftLabels) -> String| {
        let interval = |stretch: &super::words::Stretch| Interval {
            start_s: stretch.start_s,
            end_s: stretch.end_s,
            text: text(stretch.answer),
        };
        Tier { name, intervals: stretches.iter().map(interval).collect() }
    };
    let whole = vec![Interval { start_s: 0.0, end_s: answered.duration_s, text: all(answered.whole) }];
    let mut tiers = vec![Tier { name: "whole", intervals: whole }];
    match on_scale(answered.whole) {
        Some((name, _)) => {
            tiers.push(tier(name, &|answer| on_scale(answer).map(|(_, value)| value).unwrap_or_default()))
        }
        None => {
            tiers.push(tier("emotion", &|answer| answer.strongest().to_owned()));
            tiers.push(tier("share", &|answer| share(largest(answer))));
        }
    }
    if !answered.warnings.is_empty() {
        let text = answered.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let over_all = Interval { start_s: 0.0, end_s: answered.duration_s, text };
        tiers.push(Tier { name: "warnings", intervals: vec![over_all] });
    }
    grid(answered.duration_s, tiers)
}

/// `notes`: their names; `cents`: how far each is off.
pub(super) fn notes(track: &NoteTrack) -> String {
    let tier = |name, text: &dyn Fn(&crate::notes::Note) -> String| {
        let next = track.notes.iter().skip(1).map(|next| next.onset_s).chain([f32::INFINITY]);
        let interval = |(note, next): (&crate::notes::Note, f32)| Interval {
            start_s: note.onset_s.into(),
            end_s: note.offset_s.min(next).into(),
            text: text(note),
        };
        Tier { name, intervals: track.notes.iter().zip(next).map(interval).collect() }
    };
    let tiers = vec![tier("notes", &|note| note_name(note.pitch)), tier("cents", &|note| format!("{:.1}", note.cents))];
    grid(track.duration_s, tiers)
}

fn grid(duration_s: f64, tiers: Vec<Tier>) -> String {
    let end = seconds(duration_s);
    let mut text = format!(
        "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = {end}\ntiers? <exists>\nsize = {}\nitem []:\n",
        tiers.len()
    );
    for (at, Tier { name, intervals }) in tiers.into_iter().enumerate() {
        let filled = filled(intervals, end);
        text += &format!(
            "    item [{}]:\n        class = \"IntervalTier\"\n        name = {}\n        xmin = 0\n        xmax = {end}\n        intervals: size = {}\n",
            at + 1,
            quoted(name),
            filled.len()
        );
        for (at, Interval { start_s, end_s, text: words }) in filled.iter().enumerate() {
            text += &format!(
                "        intervals [{}]:\n            xmin = {start_s}\n            xmax = {end_s}\n            text = {}\n",
                at + 1,
                quoted(words)
            );
        }
    }
    text
}

/// The intervals with empty ones between them, from 0 to the end. Praat knows no interval without length.
fn filled(intervals: Vec<Interval>, end: f64) -> Vec<Interval> {
    let mut filled = Vec::with_capacity(2 * intervals.len() + 1);
    let mut reached = 0.0;
    let empty = |start_s, end_s| Interval { start_s, end_s, text: String::new() };
    for Interval { start_s, end_s, text } in intervals {
        let (start_s, end_s) = (seconds(start_s).max(reached), seconds(end_s).min(end));
        if end_s <= start_s {
            continue;
        }
        if start_s > reached {
            filled.push(empty(reached, start_s));
        }
        filled.push(Interval { start_s, end_s, text });
        reached = end_s;
    }
    if reached < end {
        filled.push(empty(reached, end));
    }
    filled
}

/// The words as Praat reads them: a quote within is two.
fn quoted(words: &str) -> String {
    format!("\"{}\"", one_line(words).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Annotation::TextGrid;
    use crate::report::examples::{answer, on_a_scale, tracks};

    #[test]
    fn a_tier_fills_the_recording() {
        let [two, none] = tracks();
        assert_eq!(
            TextGrid.of_notes(&two).split("    item [2]:").next(),
            Some(
                "File type = \"ooTextFile\"
Object class = \"TextGrid\"

xmin = 0
xmax = 2.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = \"IntervalTier\"
        name = \"notes\"
        xmin = 0
        xmax = 2.5
        intervals: size = 4
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = \"\"
        intervals [2]:
            xmin = 0.5
            xmax = 1.25
            text = \"A4\"
        intervals [3]:
            xmin = 1.25
            xmax = 2.1
            text = \"C#5\"
        intervals [4]:
            xmin = 2.1
            xmax = 2.5
            text = \"\"
"
            )
        );
        let empty = TextGrid.of_notes(&none);
        assert_eq!(empty.matches("intervals: size = 1").count(), 2, "{empty}");
    }

    #[test]
    fn an_answer_has_the_whole_and_its_moments_in_tiers() {
        let grid = TextGrid.of_answer(&answer()).expect("an answer");
        let texts: Vec<&str> = grid.lines().filter_map(|line| line.trim().strip_prefix("text = ")).collect();
        let hostile = "=cmd \"\"x\"\"  y, é";
        let whole = format!("\"{hostile} 0.500, sad 0.500\"");
        assert_eq!(texts, [&*whole, &format!("\"{hostile}\""), "\"sad\"", "\"0.750\"", "\"0.600\""]);
        let times: Vec<&str> = grid.lines().filter_map(|line| line.trim().strip_prefix("xmax = ")).collect();
        assert_eq!(times, ["4.5", "4.5", "4.5", "4.5", "2.25", "4.5", "4.5", "2.25", "4.5"]);
        let grid = TextGrid.of_answer(&on_a_scale()).expect("an answer");
        assert!(grid.contains("name = \"valence\"") && grid.contains("text = \"7.00\""), "{grid}");
    }

    #[test]
    fn what_would_have_no_length_is_left_out() {
        let interval = |start_s, end_s| Interval { start_s, end_s, text: "x".into() };
        let found = filled(vec![interval(0.0, 1.0), interval(0.5, 1.0), interval(1.0, 9.0)], 2.0);
        let ends: Vec<(f64, f64)> = found.iter().map(|interval| (interval.start_s, interval.end_s)).collect();
        assert_eq!(ends, [(0.0, 1.0), (1.0, 2.0)]);
    }
}
