//! The page of two takes: how they differ, what that does to the answer, and the same place of the music in both.

use indexmap::IndexMap;
use serde::Serialize;

use super::data::heard_of;
use super::document::{Part, document};
use super::{PageData, STYLE, TOOLS, WithSound};
use crate::dsp::time_warp::warp;
use crate::explain::{Explainer, Explanation, Groups, Reference};
use crate::model::EmotionModel;
use crate::notes::{self, Notes};
use crate::pipeline::Told;
use crate::{Result, Watcher};

const TEMPLATE: &str = include_str!("comparison.html");
const SCRIPT: &str = include_str!("comparison.js");
/// Name and version of the JSON contract.
const SCHEMA: &str = "violin-emotion/comparison-page/1";
/// Moments of either take that are laid upon each other, at most, and the shortest, seconds.
const MOST_MOMENTS: usize = 3_000;
const MOMENT_S: f64 = 0.05;
/// Pitches are no more apart than this, semitones; and a pitch is as far as that from none.
const FARTHEST: f32 = 3.0;
/// Takes of one phrase lie nearer to each other in the mean, semitones; other phrases are at 1.2 and more.
const ONE_PIECE: f32 = 0.9;

/// Everything that a page shows of two takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    schema: &'static str,
    /// Each as on its own page, the one that is compared with first.
    takes: [PageData; 2],
    /// How the second is played otherwise, in words, the surest difference first.
    differences: Vec<String>,
    /// What that adds to the answer; the first take is the reference.
    explanation: Explanation,
    /// What is heard of each part, in words.
    said: IndexMap<String, Vec<String>>,
    /// Which moments belong together.
    alignment: Alignment,
}

/// Moments of two takes that belong together, both rising from their starts to their ends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alignment {
    /// Whether they sound like takes of one piece; if not, moments go together by their share of the whole.
    pub one_piece: bool,
    /// Seconds of the first.
    pub first_s: Vec<f64>,
    /// Seconds of the second.
    pub second_s: Vec<f64>,
}

impl Comparison {
    /// What is shown of two takes; `with` says whether their sound is among it.
    ///
    /// # Errors
    /// `Data` if a sound cannot be coded, `Interrupted`.
    pub fn of(first: &Told, second: &Told, model: &EmotionModel, with: WithSound, watcher: Watcher) -> Result<Self> {
        let reference = Reference::recordings(first.recording.name(), vec![first.sequence.clone()])?;
        let explainer = Explainer::new(model, reference)?.by(Groups::broad(model)?);
        let explanation = explainer.explain(&second.sequence, watcher)?;
        Ok(Comparison {
            schema: SCHEMA,
            takes: [PageData::of(first, model, with)?, PageData::of(second, model, with)?],
            differences: explanation.differences(),
            said: heard_of(&explanation.whole, &explanation.changes),
            alignment: Alignment::of(
                (&first.notes, first.recording.duration_s()),
                (&second.notes, second.recording.duration_s()),
            ),
            explanation,
        })
    }

    /// The page: HTML that works from a file.
    pub fn html(&self) -> String {
        let data = serde_json::to_string(self).expect("numbers, texts and lists of them");
        document(TEMPLATE, Part { style: STYLE, script: &(TOOLS.concat() + SCRIPT), data: &data })
    }
}

impl Alignment {
    /// By the pitches that are heard.
    fn of((first, first_s): (&Notes, f64), (second, second_s): (&Notes, f64)) -> Self {
        let moment_s = MOMENT_S.max(first_s.max(second_s) / MOST_MOMENTS as f64);
        let apart = |one: &f32, other: &f32| match (one.is_nan(), other.is_nan()) {
            (true, true) => 0.0,
            (false, false) => (one - other).abs().min(FARTHEST),
            _ => FARTHEST,
        };
        let warp = warp(&course(first, moment_s), &course(second, moment_s), apart);
        let one_piece = warp.distance < ONE_PIECE;
        if !one_piece {
            return Alignment { one_piece, first_s: vec![0.0, first_s], second_s: vec![0.0, second_s] };
        }
        // A moment of the first that waits for several of the second belongs to the last of them.
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (at, there) in warp.path {
            match pairs.last_mut() {
                Some(last) if last.0 == at => last.1 = there,
                Some(last) if last.1 == there => {}
                _ => pairs.push((at, there)),
            }
        }
        let pairs = &pairs[..];
        let seconds = |pick: fn(&(usize, usize)) -> usize, end_s: f64| {
            let inside = pairs.iter().skip(1).map(move |pair| (pick(pair) as f64 * moment_s).min(end_s));
            std::iter::once(0.0).chain(inside.filter(move |second| *second < end_s)).collect::<Vec<f64>>()
        };
        let (mut one, mut other) = (seconds(|pair| pair.0, first_s), seconds(|pair| pair.1, second_s));
        let known = one.len().min(other.len());
        one.truncate(known);
        other.truncate(known);
        one.push(first_s);
        other.push(second_s);
        Alignment { one_piece, first_s: one, second_s: other }
    }
}

/// The pitch of the note that sounds at every moment, as a MIDI number; NaN where none does.
fn course(notes: &Notes, moment_s: f64) -> Vec<f32> {
    let moments = ((notes.curves.pitch.len() as f64 * notes::STEP_S / moment_s).ceil() as usize).max(1);
    let mut course = vec![f32::NAN; moments];
    for note in &notes.notes {
        let moment = |seconds: f32| ((f64::from(seconds) / moment_s).round() as usize).min(moments);
        let (begin, end) = (moment(note.onset_s), moment(note.offset_s));
        course[begin..end.max(begin)].fill(note.pitch - notes.tuning_cents / 100.0);
    }
    course
}
