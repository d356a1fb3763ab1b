//! The one JSON object that a page shows.

use indexmap::IndexMap;
use serde::Serialize;

use super::headline::told;
use super::{Curves, Lane, Sound, Spectrum, Trust, Waveform, WithSound, headline};
use crate::Result;
use crate::analysis::Analysis;
use crate::explain::{Change, Explanation, Why};
use crate::model::EmotionModel;
use crate::notes::{Note, note_name};
use crate::pipeline::Told;

/// Name and version of the JSON contract.
const SCHEMA: &str = "violin-emotion/page/1";
/// Words said of one part of the playing.
const WORDS: usize = 3;

/// Everything that a page shows of one recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageData {
    schema: &'static str,
    /// Version of the program that made it.
    program: &'static str,
    /// The recording's file name.
    pub name: String,
    /// The answer in one sentence.
    pub headline: String,
    /// The answer, with that over time.
    pub analysis: Analysis,
    /// Why, by the larger parts of the playing, as a whole and for moments.
    pub explanation: Explanation,
    /// What is heard of each part, in words.
    pub said: Said,
    /// What to keep in mind.
    pub cautions: Vec<String>,
    /// How far the model may be trusted.
    pub trust: Trust,
    /// The notes.
    pub played: Played,
    /// Pitch and level.
    pub curves: Curves,
    /// The waveform.
    pub waveform: Waveform,
    /// Cues from note to note.
    pub lanes: Vec<Lane>,
    /// What sounds at every pitch.
    pub spectrum: Spectrum,
    /// What is played.
    pub sound: Sound,
}

/// How the recording differs from what the model learned from, part by part: part → the words, the surest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Over the whole recording.
    pub whole: IndexMap<String, Vec<String>>,
    /// Around each moment of the explanation's timeline.
    pub moments: Vec<IndexMap<String, Vec<String>>>,
}

/// The notes of a recording, as `notes` gives them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// Cents above A4 = 440 Hz.
    pub tuning_cents: f32,
    /// In the order of their onsets.
    pub notes: Vec<NamedNote>,
}

/// A note with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedNote {
    /// `A4`.
    pub name: String,
    /// The note.
    #[serde(flatten)]
    pub note: Note,
}

impl PageData {
    /// What is shown of a recording; `with` says whether its sound is among it.
    ///
    /// # Errors
    /// `Data` if its sound cannot be coded.
    pub fn of(told: &Told, model: &EmotionModel, with: WithSound) -> Result<Self> {
        let Told { recording, notes, analysis, explanation, changes, .. } = told;
        let (sound, spectrum) = rayon::join(|| Sound::of(recording, with), || Spectrum::of(recording));
        let named = |note: &Note| NamedNote { name: note_name(note.pitch), note: *note };
        Ok(PageData {
            schema: SCHEMA,
            program: env!("CARGO_PKG_VERSION"),
            name: file_name(recording.name()),
            headline: headline(analysis, Some(explanation)),
            analysis: analysis.clone(),
            explanation: explanation.clone(),
            said: Said {
                whole: heard_of(&explanation.whole, &explanation.changes),
                moments: changes.iter().map(|changes| heard_of(&explanation.whole, changes)).collect(),
            },
            cautions: explanation.cautions(),
            trust: Trust::of(model),
            played: Played { tuning_cents: notes.tuning_cents, notes: notes.notes.iter().map(named).collect() },
            curves: Curves::of(notes),
            waveform: Waveform::of(recording),
            lanes: Lane::all(&notes.notes),
            spectrum: spectrum?,
            sound: sound?,
        })
    }

    /// The object as text.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("numbers, texts and lists of them")
    }
}

/// What is heard of each part of an explanation, in words.
pub(super) fn heard_of(why: &Why, changes: &[Change]) -> IndexMap<String, Vec<String>> {
    let of = |part: &String| told(changes, part).into_iter().take(WORDS).map(|change| change.words.clone()).collect();
    why.contributions.keys().map(|part| (part.clone(), of(part))).collect()
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> String {
    let name = std::path::Path::new(path).file_name();
    name.map_or_else(|| path.to_string(), |name| name.to_string_lossy().into_owned())
}
