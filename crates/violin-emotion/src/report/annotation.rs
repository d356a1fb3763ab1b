//! Files about one recording that annotation programs open: what is heard when.

use super::{audacity, jams, sonic_visualiser, textgrid};
use crate::Warning;
use crate::analysis::{Analysis, TimelineEntry};
use crate::data::SoftLabels;
use crate::notes::Note;

/// The format of one such program. Every file is UTF-8 text of one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotation {
    /// A label track of Audacity.
    Audacity,
    /// A TextGrid of Praat.
    TextGrid,
    /// JAMS, the JSON of music research.
    Jams,
    /// Layers of Sonic Visualiser.
    SonicVisualiser,
}

/// The notes of one recording.
#[derive(Debug, Clone, Copy)]
pub struct NoteTrack<'a> {
    /// The recording, as it was named.
    pub path: &'a str,
    /// Its length, seconds.
    pub duration_s: f64,
    /// Sample rate of its file, Hz.
    pub sample_rate_hz: u32,
    /// The notes, in the order of their onsets.
    pub notes: &'a [Note],
}

/// The answer to one recording, as exporters read it.
pub(super) struct Answered<'a> {
    pub path: &'a str,
    pub duration_s: f64,
    pub sample_rate_hz: u32,
    pub whole: &'a SoftLabels,
    /// Lower and upper end around each share of the whole.
    pub intervals: &'a [[f32; 2]],
    pub timeline: &'a [TimelineEntry],
    /// What should be known beside it.
    pub warnings: &'a [Warning],
}

impl Annotation {
    /// How the names of its files end, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Annotation::Audacity => "txt",
            Annotation::TextGrid => "TextGrid",
            Annotation::Jams => "jams",
            Annotation::SonicVisualiser => "svl",
        }
    }

    /// The file of an answer and its timeline; `None` where the recording could not be answered.
    pub fn of_answer(self, analysis: &Analysis) -> Option<String> {
        let answered = Answered {
            path: &analysis.path,
            duration_s: analysis.duration_s?,
            sample_rate_hz: analysis.sample_rate_hz?,
            whole: analysis.emotions.as_ref()?.soft_labels(),
            intervals: analysis.intervals.as_ref()?.ends(),
            timeline: &analysis.timeline,
            warnings: &analysis.warnings,
        };
        Some(match self {
            Annotation::Audacity => audacity::answer(&answered),
            Annotation::TextGrid => textgrid::answer(&answered),
            Annotation::Jams => jams::answer(&answered),
            Annotation::SonicVisualiser => sonic_visualiser::answer(&answered),
        })
    }

    /// The file of a recording's notes.
    pub fn of_notes(self, track: &NoteTrack) -> String {
        match self {
            Annotation::Audacity => audacity::notes(track),
            Annotation::TextGrid => textgrid::notes(track),
            Annotation::Jams => jams::notes(track),
            Annotation::SonicVisualiser => sonic_visualiser::notes(track),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Annotation::{Audacity, Jams, SonicVisualiser, TextGrid};
    use crate::report::examples::answer;
    use crate::{Warning, WarningKind};

    #[test]
    fn every_format_has_a_place_for_warnings() {
        let without = answer();
        let mut with = answer();
        with.warnings = vec![Warning { kind: WarningKind::Short, message: "it is \"short\"".into() }];
        for (format, said) in [
            (Audacity, "0.000000\t4.500000\twarning: it is \"short\"\n"),
            (TextGrid, "name = \"warnings\""),
            (TextGrid, "text = \"it is \"\"short\"\"\""),
            (Jams, r#""message": "it is \"short\"""#),
            (SonicVisualiser, r#"<point frame="0" height="0.5" label="warning: it is &quot;short&quot;"/>"#),
        ] {
            let text = format.of_answer(&with).expect("an answer");
            assert!(text.contains(said), "{text}");
            assert!(!format.of_answer(&without).expect("an answer").contains("warning"));
        }
    }
}
