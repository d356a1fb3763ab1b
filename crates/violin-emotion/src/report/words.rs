//! What exporters write beside a stretch of time, in words, and where moments end.

use crate::analysis::TimelineEntry;
use crate::data::SoftLabels;
use crate::notes::{Note, note_name};

/// A stretch of time that one moment answers for.
pub(super) struct Stretch<'a> {
    pub start_s: f64,
    pub end_s: f64,
    pub answer: &'a SoftLabels,
}

/// The moments side by side: what two of them share is cut at its middle, so that each instant belongs to the moment whose
/// middle is nearest.
pub(super) fn side_by_side(timeline: &[TimelineEntry]) -> Vec<Stretch<'_>> {
    let cut = |one: &TimelineEntry, next: &TimelineEntry| (one.end_s + next.start_s) / 2.0;
    let stretch = |(at, moment): (usize, &'_ TimelineEntry)| {
        let before = at.checked_sub(1).map(|before| cut(&timeline[before], moment));
        let after = timeline.get(at + 1).map(|next| cut(moment, next));
        (before.unwrap_or(moment.start_s), after.unwrap_or(moment.end_s))
    };
    let of_one = |(at, moment)| {
        let (start_s, end_s) = stretch((at, moment));
        Stretch { start_s, end_s, answer: moment.emotions.soft_labels() }
    };
    timeline.iter().enumerate().map(of_one).collect()
}

/// `tenderness 0.413`: the leading emotion and its share; of a scale, `valence 6.20`.
pub(super) fn leading(answer: &SoftLabels) -> String {
    match on_scale(answer) {
        Some((name, value)) => format!("{name} {value}"),
        None => format!("{} {}", answer.strongest(), share(largest(answer))),
    }
}

/// `happiness 0.542, sadness 0.063, …`, in the model's order; of a scale, `valence 6.20`.
pub(super) fn all(answer: &SoftLabels) -> String {
    match on_scale(answer) {
        Some((name, value)) => format!("{name} {value}"),
        None => answer.iter().map(|(name, part)| format!("{name} {}", share(part))).collect::<Vec<_>>().join(", "),
    }
}

/// The scale's name and the number on it, to hundredths.
pub(super) fn on_scale(answer: &SoftLabels) -> Option<(&str, String)> {
    let (scale, value) = (answer.labels().scale()?, answer.value()?);
    Some((&scale.column, format!("{value:.2}")))
}

pub(super) fn largest(answer: &SoftLabels) -> f32 {
    answer.shares().iter().copied().fold(0.0, f32::max)
}

/// A share to thousandths.
pub(super) fn share(share: f32) -> String {
    format!("{share:.3}")
}

/// `A4 +3 cents, vibrato 5.6 Hz ±21`
pub(super) fn note(note: &Note) -> String {
    let mut words = format!("{} {:+.0} cents", note_name(note.pitch), note.cents);
    if note.plucked {
        words += ", pizz.";
    }
    if note.doubled {
        words += ", with another voice";
    }
    if let Some(vibrato) = note.vibrato {
        words += &format!(", vibrato {:.1} Hz ±{:.0}", vibrato.rate_hz, vibrato.extent_cents);
    }
    if let Some(portamento) = note.portamento {
        words += &format!(", slide {:.0} ms", 1000.0 * portamento.duration_s);
    }
    words
}

/// Seconds to microseconds: a 32-bit number does not show as more exact than it is.
pub(super) fn seconds(time_s: impl Into<f64>) -> f64 {
    (1e6 * time_s.into()).round() / 1e6
}

/// The words on one line, without letters that end lines or cells.
pub(super) fn one_line(words: &str) -> String {
    words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
