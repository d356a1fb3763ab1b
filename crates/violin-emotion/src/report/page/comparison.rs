//! The page of two takes: how they differ, what that does to the answer, and the same place of the music in both.

use indexmap::IndexMap;
use serde::Serialize;

use super::data::heard_of;
use super::document::{Part, Reach, document};
use super::{PageData, STYLE, TOOLS, WithSound};
use crate::dsp::time_warp::warp;
use crate::explain::{Explainer, Explanation, Groups, Reference};
use crate::model::EmotionModel;
use crate::notes::Notes;
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
/// Takes of one piece lie nearer to each other in the mean, semitones: phrases of Bach are 0.1 to 0.5 away from their own copies
/// that are a quarter slower or faster or noisy, and 1.3 and more from one another; rendered ones of few pitches 0.7 from others.
const ONE_PIECE: f32 = 0.6;

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
        document(
            TEMPLATE,
            Part { style: STYLE, script: &(TOOLS.concat() + SCRIPT), data: &data, reach: Reach::Nothing },
        )
    }
}

impl Alignment {
    /// By the pitches that are heard, from the first note to the end of the last; what is before and after goes along.
    fn of((first, first_s): (&Notes, f64), (second, second_s): (&Notes, f64)) -> Self {
        let moment_s = MOMENT_S.max(first_s.max(second_s) / MOST_MOMENTS as f64);
        let by_share = Alignment { one_piece: false, first_s: vec![0.0, first_s], second_s: vec![0.0, second_s] };
        let (one, other) = (course(first, moment_s), course(second, moment_s));
        if one.is_empty() || other.is_empty() {
            return by_share;
        }
        let apart = |one: &f32, other: &f32| match (one.is_nan(), other.is_nan()) {
            (true, true) => 0.0,
            (false, false) => (one - other).abs().min(FARTHEST),
            _ => FARTHEST,
        };
        let warp = warp(&one, &other, apart);
        if warp.distance > ONE_PIECE {
            return by_share;
        }
        let begin = |notes: &Notes| f64::from(notes.notes[0].onset_s);
        let seconds = |(at, there): (usize, usize)| {
            (begin(first) + at as f64 * moment_s, begin(second) + there as f64 * moment_s)
        };
        let mut aligned = Alignment { one_piece: true, first_s: vec![0.0], second_s: vec![0.0] };
        for (at, there) in warp.path.into_iter().map(seconds) {
            // Where one waits for the other, the moment at which it began to wait stands for all.
            let goes_on = |known: &[f64], next: f64| known.last().is_none_or(|last| next > *last);
            if goes_on(&aligned.first_s, at) && goes_on(&aligned.second_s, there) && at < first_s && there < second_s {
                aligned.first_s.push(at);
                aligned.second_s.push(there);
            }
        }
        aligned.first_s.push(first_s);
        aligned.second_s.push(second_s);
        aligned
    }
}

/// The pitch of the note that sounds at every moment from the first onset to the last note's end, as a MIDI number; NaN where none
/// does, and nothing where there are no notes.
fn course(notes: &Notes, moment_s: f64) -> Vec<f32> {
    let (Some(first), Some(last)) = (notes.notes.first(), notes.notes.last()) else { return Vec::new() };
    let moment = |seconds: f32| (f64::from(seconds - first.onset_s) / moment_s).round() as usize;
    let mut course = vec![f32::NAN; moment(last.offset_s).max(1)];
    for note in &notes.notes {
        let (begin, end) = (moment(note.onset_s).min(course.len()), moment(note.offset_s).min(course.len()));
        course[begin..end.max(begin)].fill(note.pitch - notes.tuning_cents / 100.0);
    }
    course
}
