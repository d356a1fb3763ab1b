//! A label track of Audacity: start, end and words of each label, a line each, with tabs between them.

use super::annotation::{Answered, NoteTrack};
use super::words::{leading, note, one_line, side_by_side};

/// A label over all for each warning, then one a moment: its leading emotion and that one's share.
pub(super) fn answer(answered: &Answered) -> String {
    let stretches = side_by_side(answered.timeline);
    let warnings =
        answered.warnings.iter().map(|warning| label(0.0, answered.duration_s, &format!("warning: {warning}")));
    let moments = stretches.iter().map(|stretch| label(stretch.start_s, stretch.end_s, &leading(stretch.answer)));
    warnings.chain(moments).collect()
}

/// A label a note.
pub(super) fn notes(track: &NoteTrack) -> String {
    track.notes.iter().map(|heard| label(heard.onset_s, heard.offset_s, &note(heard))).collect()
}

fn label(start_s: impl Into<f64>, end_s: impl Into<f64>, words: &str) -> String {
    format!("{:.6}\t{:.6}\t{}\n", start_s.into(), end_s.into(), one_line(words))
}

#[cfg(test)]
mod tests {
    use crate::report::Annotation::Audacity;
    use crate::report::examples::{answer, on_a_scale, tracks};

    #[test]
    fn moments_are_labels_side_by_side() {
        assert_eq!(
            Audacity.of_answer(&answer()).as_deref(),
            Some("0.000000\t2.250000\t=cmd \"x\"  y, é 0.750\n2.250000\t4.500000\tsad 0.600\n")
        );
        assert_eq!(
            Audacity.of_answer(&on_a_scale()).as_deref(),
            Some("0.000000\t2.250000\tvalence 7.00\n2.250000\t4.500000\tvalence 4.20\n")
        );
    }

    #[test]
    fn notes_are_labels_and_no_notes_are_no_labels() {
        let [two, none] = tracks();
        assert_eq!(
            Audacity.of_notes(&two),
            "0.500000\t1.250000\tA4 +3 cents, vibrato 5.6 Hz ±21, slide 80 ms\n\
             1.250000\t2.100000\tC#5 -12 cents, pizz., with another voice\n"
        );
        assert_eq!(Audacity.of_notes(&none), "");
    }
}
