//! Why an answer is what it is: exact Shapley values of the whole hybrid, family by family.
//!
//! The players are the catalog's families, 13 at most: vibrato, articulation, attack, … A family that is left out of a coalition has, over
//! the whole recording, the values of a reference recording: what the training recordings are like, or a take to compare
//! with. All coalitions are asked, nothing is sampled: what the families add to the reference's answer is the answer.

mod shapley;
#[cfg(test)]
mod tests;
mod words;

use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::features::{Sequence, Span};
use crate::model::EmotionModel;
use crate::watch::tell;
use crate::{Error, Progress, Result, Watcher};

pub use shapley::shapley;
pub use words::Change;

/// Name and version of the JSON contract.
pub const SCHEMA: &str = "violin-emotion/explanation/1";
/// How far the reference's answer and what the families add may be from the answer: its rounding to f32, many times over.
const COMPLETE: f64 = 1e-6;
/// Sequences that are answered at once.
const BATCH: usize = 256;

/// Emotion → a share, or what is added to it.
pub type ByEmotion = IndexMap<String, f64>;

/// What an answer is explained against.
#[derive(Debug, Clone)]
pub struct Reference {
    name: String,
    /// Recordings, each with what it counts; all together 1.
    recordings: Vec<(f64, Sequence)>,
}

impl Reference {
    /// What the model was trained on, by the recordings that stand for all.
    pub fn corpus(model: &EmotionModel) -> Self {
        let recordings = model.usual().iter().map(|usual| (usual.share, usual.sequence.clone())).collect();
        Reference { name: "corpus".into(), recordings }
    }

    /// Some recordings, each of which counts alike: an earlier take, a neutral one.
    ///
    /// # Errors
    /// `Data` for none.
    pub fn recordings(name: impl Into<String>, sequences: Vec<Sequence>) -> Result<Self> {
        if sequences.is_empty() {
            return Err(Error::data("at least one recording to compare with", "none", "name another reference"));
        }
        let share = 1.0 / sequences.len() as f64;
        let recordings = sequences.into_iter().map(|sequence| (share, sequence)).collect();
        Ok(Reference { name: name.into(), recordings })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why one answer is what it is: `base` and all `contributions` sum to `prediction`, emotion by emotion.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Why {
    /// The answer to the reference: the mean over its recordings.
    pub base: ByEmotion,
    /// The model's answer.
    pub prediction: ByEmotion,
    /// What each family adds, in the catalog's order. Over the emotions it sums to 0.
    pub contributions: IndexMap<String, ByEmotion>,
}

/// Why the answer to a recording is what it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explanation {
    schema: &'static str,
    /// What it is explained against.
    pub reference: String,
    /// The recording as a whole.
    #[serde(flatten)]
    pub whole: Why,
    /// How the recording differs from the reference, one line a family, where it does.
    pub changes: Vec<Change>,
    /// The answer to each moment, explained by itself; empty unless asked for.
    pub timeline: Vec<WhyThen>,
}

/// Why the answer to one moment is what it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct WhyThen {
    /// The window it stands for.
    #[serde(flatten)]
    pub span: Span,
    /// The answer to the excerpt around it.
    #[serde(flatten)]
    pub why: Why,
}

/// Explains the model's answer to the whole sequence, exactly.
///
/// ```no_run
/// use std::path::Path;
/// use violin_emotion::{audio, explain, features, model::EmotionModel, silent};
///
/// let model = EmotionModel::load(Path::new("hybrid_model"))?;
/// let recording = audio::open(Path::new("take.wav"), &model.config().audio)?;
/// let sequence = features::extract(&recording, &model.config().features)?;
/// let usual = explain::Reference::corpus(&model);
/// let explanation = explain::explain(&model, &sequence, &usual, &silent)?;
/// println!("{:?}", explanation.whole.contributions["vibrato"]);
/// # Ok::<(), violin_emotion::Error>(())
/// ```
///
/// # Errors
/// `Data` if a sequence has other features than the model's, `Interrupted`.
pub fn explain(
    model: &EmotionModel,
    sequence: &Sequence,
    reference: &Reference,
    watcher: Watcher,
) -> Result<Explanation> {
    let game = Game::new(model, reference)?;
    let (rows, _) = model.read(sequence)?;
    let changes = words::changes(model, sequence, &reference.recordings);
    let whole = game.why(&rows, watcher)?;
    Ok(Explanation { schema: SCHEMA, reference: reference.name.clone(), whole, changes, timeline: Vec::new() })
}

/// Explains the model's answer to every moment, each by itself, in time order.
///
/// # Errors
/// As [`explain`].
pub fn explain_timeline(
    model: &EmotionModel,
    sequence: &Sequence,
    reference: &Reference,
    watcher: Watcher,
) -> Result<Vec<WhyThen>> {
    let game = Game::new(model, reference)?;
    let (rows, width) = model.read(sequence)?;
    let then = |(window, span): (usize, &Span)| {
        let windows = model.excerpt(window, sequence.windows());
        Ok(WhyThen { span: *span, why: game.why(&rows[windows.start * width..windows.end * width], watcher)? })
    };
    sequence.spans().iter().enumerate().map(then).collect()
}

/// The families as players, against a reference.
struct Game<'a> {
    model: &'a EmotionModel,
    width: usize,
    /// Each with its columns.
    families: Vec<(String, Vec<usize>)>,
    /// The reference's recordings as the model reads them.
    reference: Vec<(f64, Vec<f32>)>,
}

impl<'a> Game<'a> {
    fn new(model: &'a EmotionModel, reference: &Reference) -> Result<Self> {
        let mut recordings = Vec::new();
        let mut width = 0;
        for (share, sequence) in &reference.recordings {
            let (rows, its_width) = model.read(sequence)?;
            width = its_width;
            recordings.push((*share, rows));
        }
        let named = |(family, columns)| (words::family(family), columns);
        let families: Vec<(String, Vec<usize>)> = model.families().into_iter().map(named).collect();
        Ok(Game { model, width, families, reference: recordings })
    }

    fn why(&self, rows: &[f32], watcher: Watcher) -> Result<Why> {
        let emotions = self.model.labels().len();
        let done = AtomicUsize::new(0);
        let compare = |(_, usual): &(f64, Vec<f32>)| {
            let worths = self.worths(rows, usual)?;
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            tell(watcher, Progress::Compared { done, total: self.reference.len() })?;
            Ok(worths)
        };
        let by_reference = self.reference.par_iter().map(compare).collect::<Result<Vec<Vec<f64>>>>()?;
        let mut worths = vec![0.0; emotions << self.families.len()];
        for ((share, _), of_one) in self.reference.iter().zip(&by_reference) {
            worths.iter_mut().zip(of_one).for_each(|(sum, worth)| *sum += share * worth);
        }
        let values = shapley(&worths, self.families.len(), emotions);

        let prediction: Vec<f64> = self.model.answers(&[rows])?.remove(0).into_iter().map(f64::from).collect();
        for emotion in 0..emotions {
            let added: f64 = values.iter().skip(emotion).step_by(emotions).sum();
            let (base, answer) = (worths[emotion], prediction[emotion]);
            assert!((base + added - answer).abs() <= COMPLETE, "{base} + {added} is not the answer {answer}");
        }
        let contributions = self.families.iter().zip(values.chunks_exact(emotions));
        Ok(Why {
            base: self.by_emotion(&worths[..emotions]),
            prediction: self.by_emotion(&prediction),
            contributions: contributions.map(|((name, _), added)| (name.clone(), self.by_emotion(added))).collect(),
        })
    }

    /// The answers to every coalition of families of `rows`, the others' values being those of `usual` at the same share of
    /// the time.
    fn worths(&self, rows: &[f32], usual: &[f32]) -> Result<Vec<f64>> {
        let (windows, theirs) = (rows.len() / self.width, usual.len() / self.width);
        let mut absent = Vec::with_capacity(rows.len());
        for window in 0..windows {
            let there = (2 * window + 1) * theirs / (2 * windows);
            absent.extend_from_slice(&usual[there * self.width..][..self.width]);
        }
        let mut worths = Vec::with_capacity(self.model.labels().len() << self.families.len());
        let coalitions: Vec<usize> = (0..1 << self.families.len()).collect();
        for batch in coalitions.chunks(BATCH) {
            let mixed: Vec<Vec<f32>> = batch.iter().map(|coalition| self.mix(*coalition, rows, &absent)).collect();
            let mixed: Vec<&[f32]> = mixed.iter().map(Vec::as_slice).collect();
            worths.extend(self.model.answers(&mixed)?.into_iter().flatten().map(f64::from));
        }
        Ok(worths)
    }

    /// `absent` with the columns of the coalition's families as they are in `rows`.
    fn mix(&self, coalition: usize, rows: &[f32], absent: &[f32]) -> Vec<f32> {
        let mut mixed = absent.to_vec();
        for (_, (_, columns)) in self.families.iter().enumerate().filter(|(at, _)| coalition >> at & 1 == 1) {
            for (mixed, row) in mixed.chunks_exact_mut(self.width).zip(rows.chunks_exact(self.width)) {
                columns.iter().for_each(|column| mixed[*column] = row[*column]);
            }
        }
        mixed
    }

    fn by_emotion(&self, values: &[f64]) -> ByEmotion {
        self.model.labels().names().iter().cloned().zip(values.iter().copied()).collect()
    }
}
