//! Asks a model why, against a reference.

use indexmap::IndexMap;

use super::game::Game;
use super::groups::{LENGTH, Part};
use super::sampled::{Sampled, sampled_owen};
use super::{
    ByEmotion, ByGroup, Change, Doubt, Explanation, Groups, Reference, SCHEMA, Why, WhyThen, Within, owen, published,
    shapley, together, words,
};
use crate::features::Sequence;
use crate::model::{EmotionModel, Of};
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// How far the base and what is added may be from the answer: its rounding to f32, many times over.
const COMPLETE: f64 = 1e-6;
/// All coalitions of more players would take minutes.
const MOST_PLAYERS: usize = 16;

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
    pub(super) game: Game<'a>,
}

impl<'a> Explainer<'a> {
    /// By the model's families.
    ///
    /// # Errors
    /// `Data` if a recording of the reference has other features than the model's.
    pub fn new(model: &'a EmotionModel, reference: Reference) -> Result<Self> {
        let game = Game::new(model, &reference)?;
        Ok(Explainer { model, reference, groups: Groups::families(model), game })
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
        let whole = self.by_groups(&rows, &self.game.base(Of::Whole)?, Of::Whole, watcher)?;
        Ok(Explanation {
            schema: SCHEMA,
            reference: self.reference.name.clone(),
            unlike_published: published::disagreements(&whole, &changes),
            together: together::of(self.model, &self.groups),
            doubt: Doubt::of(self.model, &self.groups, sequence)?,
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
        self.moments(sequence, 0..sequence.windows(), watcher)
    }

    /// As [`Explainer::timeline`], for some windows.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    ///
    /// # Panics
    /// If there is no such window.
    pub fn moments(
        &self,
        sequence: &Sequence,
        windows: impl IntoIterator<Item = usize>,
        watcher: Watcher,
    ) -> Result<Vec<WhyThen>> {
        let (rows, width) = self.model.read(sequence)?;
        let base = self.game.base(Of::Moment)?;
        let windows: Vec<usize> = windows.into_iter().collect();
        let then = |(before, &window): (usize, &usize)| {
            let excerpt = self.model.excerpt(window, sequence.windows());
            let rows = &rows[excerpt.start * width..excerpt.end * width];
            let why = self.by_groups(rows, &base, Of::Moment, watcher)?;
            tell(watcher, Progress::Moment { done: before + 1, total: windows.len() })?;
            Ok(WhyThen { span: sequence.spans()[window], why })
        };
        windows.iter().enumerate().map(then).collect()
    }

    /// How the excerpt that answers for a window differs from the reference, one change a feature, group by group.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn changes_around(&self, sequence: &Sequence, window: usize) -> Vec<Change> {
        let excerpt = self.model.excerpt(window, sequence.windows());
        let values = excerpt.clone().flat_map(|window| sequence.row(window).iter().copied()).collect();
        let excerpt = Sequence::new(self.model.catalog(), sequence.spans()[excerpt].to_vec(), values);
        words::changes(self.model, &self.groups, &excerpt, &self.reference.recordings)
    }

    /// What each feature of one group adds to the answer: Owen values, which sum to what the group adds. Exact, unless the
    /// group is too large for all its subsets to be asked; then they are sampled, and have standard errors.
    ///
    /// # Errors
    /// As [`Explainer::explain`]; and `Data` for a group that is not there.
    pub fn within(&self, group: &str, sequence: &Sequence, watcher: Watcher) -> Result<Within> {
        let (features, others) = self.groups.opened(self.groups.named(group)?);
        let (rows, _) = self.model.read(sequence)?;
        if features.len() + others.len() > MOST_PLAYERS {
            return self.sampled(&rows, &features, &others, watcher);
        }
        let players = [features.clone(), others].concat();
        let worths = self.game.worths(&rows, &players, Of::Whole, watcher)?;
        let emotions = self.model.labels().len();
        let values = owen(&worths, features.len(), players.len() - features.len(), emotions);
        // The game of whole groups: this one is there with all its features, or with none.
        let all = (1 << features.len()) - 1;
        let whole: Vec<f64> = (worths.chunks_exact(emotions).enumerate())
            .filter(|(coalition, _)| [0, all].contains(&(coalition & all)))
            .flat_map(|(_, worths)| worths.iter().copied())
            .collect();
        let of_group = shapley(&whole, players.len() - features.len() + 1, emotions);
        for (emotion, of_group) in of_group[..emotions].iter().enumerate() {
            let sum: f64 = values.iter().skip(emotion).step_by(emotions).sum();
            assert!((sum - of_group).abs() <= COMPLETE, "{group}: its features add {sum}, itself {of_group}");
        }
        Ok(Within { contributions: self.named(&features, &values), standard_errors: None })
    }

    fn sampled(&self, rows: &[f32], features: &[Part], others: &[Part], watcher: Watcher) -> Result<Within> {
        let columns = features.iter().flat_map(|(_, columns)| columns.iter().copied()).collect();
        let players = [vec![(String::new(), columns)], others.to_vec()].concat();
        let emotions = self.model.labels().len();
        let worths = self.game.worths(rows, &players, Of::Whole, watcher)?;
        let whole = &shapley(&worths, players.len(), emotions)[..emotions];
        let (shares, absent): (Vec<f64>, Vec<Vec<f32>>) = self.game.stretched_reference(rows.len()).unzip();
        let along = |recording: usize, there: &[usize], order: &[usize]| {
            let there: Vec<&Part> = there.iter().map(|&other| &others[other]).collect();
            let order: Vec<&Part> = order.iter().map(|&feature| &features[feature]).collect();
            self.game.along(rows, &absent[recording], &there, &order)
        };
        let Sampled { values, standard_errors } =
            sampled_owen(&shares, features.len(), others.len(), whole, along, watcher)?;
        let standard_errors = Some(self.named(features, &standard_errors));
        Ok(Within { contributions: self.named(features, &values), standard_errors })
    }

    fn by_groups(&self, rows: &[f32], base: &[f64], of: Of, watcher: Watcher) -> Result<Why> {
        let groups = self.groups.parts();
        let worths = self.game.worths(rows, groups, of, watcher)?;
        let emotions = self.model.labels().len();
        let values = shapley(&worths, groups.len(), emotions);
        let answer = &worths[worths.len() - emotions..];
        let length: Vec<f64> = worths.iter().zip(base).map(|(stretched, own)| stretched - own).collect();
        for emotion in 0..emotions {
            let added: f64 = values.iter().skip(emotion).step_by(emotions).sum();
            let (base, length, answer) = (base[emotion], length[emotion], answer[emotion]);
            assert!(
                (base + length + added - answer).abs() <= COMPLETE,
                "{base} + {length} + {added} is not the answer {answer}"
            );
        }
        for (added, (group, _)) in values.chunks_exact(emotions).zip(groups) {
            let sum: f64 = added.iter().sum();
            assert!(sum.abs() <= COMPLETE, "{group}: over the emotions {sum} is added to what sums to 1");
        }
        let mut contributions = self.named(groups, &values);
        if length.iter().any(|added| added.abs() > COMPLETE) {
            contributions.insert(LENGTH.into(), self.by_emotion(&length));
        }
        Ok(Why { base: self.by_emotion(base), prediction: self.by_emotion(answer), contributions })
    }

    pub(super) fn named(&self, players: &[Part], values: &[f64]) -> ByGroup {
        let values = values.chunks_exact(self.model.labels().len());
        players.iter().zip(values).map(|((name, _), values)| (name.clone(), self.by_emotion(values))).collect()
    }

    fn by_emotion(&self, values: &[f64]) -> ByEmotion {
        self.model.labels().names().iter().cloned().zip(values.iter().copied()).collect()
    }
}
