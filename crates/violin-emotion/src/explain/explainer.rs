//! Asks a model why, against a reference.

use indexmap::IndexMap;

use super::game::Game;
use super::groups::Part;
use super::{
    ByEmotion, ByGroup, Explanation, Groups, Reference, SCHEMA, Why, WhyThen, owen, published, shapley, words,
};
use crate::features::{Sequence, Span};
use crate::model::EmotionModel;
use crate::{Result, Watcher};

/// How far the base and what is added may be from the answer: its rounding to f32, many times over.
const COMPLETE: f64 = 1e-6;

/// What the length adds: a reference's windows are brought to the recording's length, which moves the answer to it.
const LENGTH: &str = "length";

/// A model that is asked why, by which groups, and against what.
///
/// ```no_run
/// use std::path::Path;
/// use violin_emotion::explain::{Explainer, Reference};
/// use violin_emotion::{audio, features, model::EmotionModel, silent};
///
/// let model = EmotionModel::load(Path::new("hybrid_model"))?;
/// let recording = audio::open(Path::new("take.wav"), &model.config().audio)?;
/// let sequence = features::extract(&recording, &model.config().features)?;
/// let explainer = Explainer::new(&model, Reference::corpus(&model))?;
/// let explanation = explainer.explain(&sequence, &silent)?;
/// println!("{:?}", explanation.whole.contributions["vibrato"]);
/// # Ok::<(), violin_emotion::Error>(())
/// ```
pub struct Explainer<'a> {
    pub(super) model: &'a EmotionModel,
    reference: Reference,
    pub(super) groups: Groups,
    pub(super) width: usize,
    pub(super) game: Game<'a>,
}

impl<'a> Explainer<'a> {
    /// By the model's families.
    ///
    /// # Errors
    /// `Data` if a recording of the reference has other features than the model's.
    pub fn new(model: &'a EmotionModel, reference: Reference) -> Result<Self> {
        let mut recordings = Vec::new();
        let mut width = 0;
        for (share, sequence) in &reference.recordings {
            let (rows, its_width) = model.read(sequence)?;
            width = its_width;
            recordings.push((*share, rows));
        }
        let game = Game::new(model, width, recordings);
        Ok(Explainer { model, reference, groups: Groups::families(model), width, game })
    }

    /// By other groups.
    pub fn by(self, groups: Groups) -> Self {
        Explainer { groups, ..self }
    }

    /// By which groups it is asked.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Explains the answer to the whole sequence, exactly.
    ///
    /// # Errors
    /// `Data` if the sequence has other features than the model's, `Interrupted`.
    pub fn explain(&self, sequence: &Sequence, watcher: Watcher) -> Result<Explanation> {
        let (rows, _) = self.model.read(sequence)?;
        let changes = words::changes(self.model, &self.groups, sequence, &self.reference.recordings);
        let whole = self.by_groups(&rows, watcher)?;
        Ok(Explanation {
            schema: SCHEMA,
            reference: self.reference.name.clone(),
            unlike_published: published::disagreements(&whole, &changes),
            whole,
            changes,
            within: IndexMap::new(),
            what_if: Vec::new(),
            timeline: Vec::new(),
        })
    }

    /// Explains the answer to every moment, each by itself, in time order.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub fn timeline(&self, sequence: &Sequence, watcher: Watcher) -> Result<Vec<WhyThen>> {
        let (rows, _) = self.model.read(sequence)?;
        let then = |(window, span): (usize, &Span)| {
            let windows = self.model.excerpt(window, sequence.windows());
            let rows = &rows[windows.start * self.width..windows.end * self.width];
            Ok(WhyThen { span: *span, why: self.by_groups(rows, watcher)? })
        };
        sequence.spans().iter().enumerate().map(then).collect()
    }

    /// What each feature of one group adds to the answer, exactly: Owen values, which sum to what the group adds.
    ///
    /// # Errors
    /// As [`Explainer::explain`]; and `Data` for a group that is not there, or too large for all its subsets to be asked.
    pub fn within(&self, group: &str, sequence: &Sequence, watcher: Watcher) -> Result<ByGroup> {
        let (features, others) = self.groups.opened(self.groups.named(group)?)?;
        let (rows, _) = self.model.read(sequence)?;
        let players = [features.clone(), others].concat();
        let worths = self.game.worths(&rows, &players, watcher)?;
        let emotions = self.model.labels().len();
        let values = owen(&worths, features.len(), players.len() - features.len(), emotions);
        Ok(self.named(&features, &values))
    }

    fn by_groups(&self, rows: &[f32], watcher: Watcher) -> Result<Why> {
        let groups = self.groups.parts();
        let worths = self.game.worths(rows, groups, watcher)?;
        let emotions = self.model.labels().len();
        let values = shapley(&worths, groups.len(), emotions);
        let base = self.game.base()?;
        let answer = &worths[worths.len() - emotions..];
        let length: Vec<f64> = worths.iter().zip(&base).map(|(stretched, own)| stretched - own).collect();
        for emotion in 0..emotions {
            let added: f64 = values.iter().skip(emotion).step_by(emotions).sum();
            let (base, length, answer) = (base[emotion], length[emotion], answer[emotion]);
            assert!(
                (base + length + added - answer).abs() <= COMPLETE,
                "{base} + {length} + {added} is not the answer {answer}"
            );
        }
        let mut contributions = self.named(groups, &values);
        if length.iter().any(|added| added.abs() > COMPLETE) {
            contributions.insert(LENGTH.into(), self.by_emotion(&length));
        }
        Ok(Why { base: self.by_emotion(&base), prediction: self.by_emotion(answer), contributions })
    }

    pub(super) fn named(&self, players: &[Part], values: &[f64]) -> ByGroup {
        let values = values.chunks_exact(self.model.labels().len());
        players.iter().zip(values).map(|((name, _), values)| (name.clone(), self.by_emotion(values))).collect()
    }

    fn by_emotion(&self, values: &[f64]) -> ByEmotion {
        self.model.labels().names().iter().cloned().zip(values.iter().copied()).collect()
    }
}
