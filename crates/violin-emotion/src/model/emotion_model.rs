//! The hybrid: networks and forests, answering together. How it is fitted: `fit.rs`.

use std::ops::Range;

use super::background::Usual;
use super::blend::{Answers, Blend, shares};
use super::forest::{Forest, ForestShap};
use super::inputs::Inputs;
use super::network::Output;
use super::reader::Reader;
use super::ridge::LowRankRidge;
use super::summary::{Scores, TrainingSummary};
use super::together::Together;
use crate::Result;
use crate::config::Config;
use crate::data::{LabelSet, SoftLabels};
use crate::features::{Catalog, Family, Sequence, Span};

/// The fitted hybrid; it cannot be named before it is fitted.
#[derive(Debug, Clone)]
pub struct EmotionModel {
    pub(super) labels: LabelSet,
    pub(super) config: Config,
    pub(super) inputs: Inputs,
    /// Smallest and largest value of each feature over the training windows; both 0 for one that was always missing.
    pub(super) range: Vec<(f32, f32)>,
    /// One a restart on the first part of the features, then on the next.
    pub(super) readers: Vec<Reader>,
    /// One on the embedding of each network that answers.
    pub(super) forests: Vec<Forest>,
    /// On summaries of whole recordings, one for each part of the features; none where the weighting is the notebook's.
    pub(super) ridges: Vec<LowRankRidge>,
    /// Training recordings that stand for all.
    pub(super) usual: Vec<Usual>,
    /// Features that went together in training.
    pub(super) together: Vec<Together>,
    pub(super) summary: TrainingSummary,
}

/// The answer to one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The window it stands for.
    pub span: Span,
    /// The answer of networks and forests to the excerpt of windows around it.
    pub answer: SoftLabels,
}

/// One answer with its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The networks' answer: their mean, by the weights of the parts of the features that they read.
    pub network: Vec<f32>,
    /// The forests' answer, likewise.
    pub forest: Vec<f32>,
    /// The ridges' answer, likewise, where there are some and a whole recording is asked about.
    pub ridge: Option<Vec<f32>>,
    /// All, by their weights.
    pub hybrid: Vec<f32>,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A whole recording: all parts answer.
    Whole,
    /// A moment, by an excerpt of windows around it: ridges on summaries of recordings have no say in that.
    Moment,
}

impl EmotionModel {
    /// The answer to the whole sequence.
    ///
    /// # Errors
    /// `Data` if the sequence has another number of features, or one that is not finite.
    pub fn predict(&self, sequence: &Sequence) -> Result<SoftLabels> {
        SoftLabels::new(&self.labels, self.parts(sequence)?.hybrid)
    }

    /// The answer to the whole sequence, with the parts it is made of.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn parts(&self, sequence: &Sequence) -> Result<Parts> {
        let rows = self.inputs.of(sequence)?;
        Ok(self.answer(&[&rows], Of::Whole)?.remove(0))
    }

    /// For each emotion in an answer to a whole recording, where the share that listeners would give it lies in four of five
    /// cases ([`WITHIN`](super::WITHIN)), by what such answers missed on recordings that they had not learned from: if the recording
    /// is like those.
    pub fn interval(&self, answer: &SoftLabels) -> Vec<[f32; 2]> {
        self.summary.margins.around(answer.shares())
    }

    /// One answer a window: the answer of networks and forests to the excerpt of windows around it, cut at the recording's ends.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn timeline(&self, sequence: &Sequence) -> Result<Vec<Moment>> {
        let (rows, width) = (self.inputs.of(sequence)?, self.inputs.width());
        let excerpts: Vec<&[f32]> = (0..sequence.windows())
            .map(|window| excerpt_around(window, sequence.windows(), self.config.model.excerpt_windows))
            .map(|windows| &rows[windows.start * width..windows.end * width])
            .collect();
        let moments = self.answer(&excerpts, Of::Moment)?.into_iter().zip(sequence.spans());
        moments
            .map(|(parts, &span)| Ok(Moment { span, answer: SoftLabels::new(&self.labels, parts.hybrid)? }))
            .collect()
    }

    /// The answers of all restarts' networks to the whole sequence, whether they have a part in the model's answer or not.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn restarts(&self, sequence: &Sequence) -> Result<Vec<Vec<f32>>> {
        let rows = self.inputs.of(sequence)?;
        let answer = |reader: &Reader| Ok(reader.forward(&[&rows])?.remove(0).probabilities);
        self.readers.iter().map(answer).collect()
    }

    /// What each number of the embedding adds to the answer of the forest on it, for each network that answers: the forests
    /// alone, as [`Forest::shap`]. [`explain`](crate::explain) says what the playing adds to the whole answer.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn forest_shap(&self, sequence: &Sequence) -> Result<Vec<ForestShap>> {
        let rows = self.inputs.of(sequence)?;
        let of_one = |(&restart, forest): (&usize, &Forest)| {
            let embedding = self.readers[restart].forward(&[&rows])?.remove(0).embedding;
            Ok(forest.shap(&embedding)?.remove(0))
        };
        self.summary.answering.iter().zip(&self.forests).map(of_one).collect()
    }

    /// The emotions it answers on.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The settings it was trained with, and that recordings must be measured with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What it was trained on, and its honest scores.
    pub fn summary(&self) -> &TrainingSummary {
        &self.summary
    }

    /// The features it reads.
    pub fn catalog(&self) -> &'static Catalog {
        self.inputs.catalog()
    }

    /// The training recordings that stand for all: what an answer can be explained against.
    pub fn usual(&self) -> &[Usual] {
        &self.usual
    }

    /// Features of different families that went together in the training recordings: of each two families the surest pair,
    /// where the rank correlation of their means is surely above 0.71.
    pub fn together(&self) -> &[Together] {
        &self.together
    }

    /// A sequence as the model reads it: windows × `width` numbers, row by row, and that width.
    pub(crate) fn read(&self, sequence: &Sequence) -> Result<(Vec<f32>, usize)> {
        Ok((self.inputs.of(sequence)?, self.inputs.width()))
    }

    /// The columns of each family in what [`EmotionModel::read`] gives; together all of them.
    pub(crate) fn families(&self) -> Vec<(Family, Vec<usize>)> {
        self.inputs.families()
    }

    /// The names of all columns of what [`EmotionModel::read`] gives.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.inputs.columns()
    }

    /// Smallest and largest value of a feature over the training windows.
    pub(crate) fn range(&self, column: usize) -> (f32, f32) {
        self.range[column]
    }

    /// Mean and standard deviation of a feature over the training windows, in its own unit.
    pub(crate) fn typical(&self, column: usize) -> (f32, f32) {
        (self.inputs.scaler().means()[column], self.inputs.scaler().scales()[column])
    }

    /// The answers to sequences as [`EmotionModel::read`] gives them, each windows × width.
    pub(crate) fn answers(&self, sequences: &[&[f32]], of: Of) -> Result<Vec<Vec<f32>>> {
        Ok(self.answer(sequences, of)?.into_iter().map(|parts| parts.hybrid).collect())
    }

    /// The answers to such a sequence with every subset of some changes of its size, each of other columns: number s has those
    /// whose bits are set in s.
    pub(crate) fn answers_to_subsets(&self, rows: &[f32], changes: &[Vec<f32>], of: Of) -> Result<Vec<Vec<f32>>> {
        let ridges = self.ridges_for(of).iter().map(|ridge| ridge.answers_to_subsets(rows, changes)).collect();
        let ask = |reader: &Reader| {
            let (outputs, read) = reader.forward_subsets(rows, changes)?;
            // Subsets that differ in what it does not read are one to it.
            let place = |subset: usize| read.iter().enumerate().map(|(at, change)| (subset >> change & 1) << at).sum();
            Ok((outputs, (0..1 << changes.len()).map(place).collect()))
        };
        let parts = self.blend(1 << changes.len(), ask, ridges)?;
        Ok(parts.into_iter().map(|parts| parts.hybrid).collect())
    }

    /// The gradient of the networks' share of an emotion by each number of such sequences.
    pub(crate) fn network_gradients(&self, sequences: &[&[f32]], emotion: usize) -> Result<Vec<Vec<f32>>> {
        let mut mean: Vec<Vec<f32>> = sequences.iter().map(|rows| vec![0.0; rows.len()]).collect();
        let weights = shares(&self.summary.blend.network);
        for &restart in &self.summary.answering {
            let weight = weights[self.part_of(restart)] / self.config.model.answering() as f32;
            for (sums, gradient) in mean.iter_mut().zip(self.readers[restart].input_gradient(sequences, emotion)?) {
                add(sums, &gradient, weight);
            }
        }
        Ok(mean)
    }

    /// The windows of the excerpt that answers for `window` in a recording of `windows`.
    pub(crate) fn excerpt(&self, window: usize, windows: usize) -> Range<usize> {
        excerpt_around(window, windows, self.config.model.excerpt_windows)
    }

    /// The same model, carrying the scores of a held-out side.
    pub fn with_scores(mut self, scores: Vec<Scores>, refitted: bool) -> Self {
        self.summary.scores = scores;
        self.summary.refitted = refitted;
        self
    }

    /// One answer to each of some sequences of input rows.
    fn answer(&self, sequences: &[&[f32]], of: Of) -> Result<Vec<Parts>> {
        let answers = |ridge: &LowRankRidge| sequences.iter().map(|rows| ridge.answer(rows)).collect();
        let ridges = self.ridges_for(of).iter().map(answers).collect();
        let every: Vec<usize> = (0..sequences.len()).collect();
        self.blend(sequences.len(), |reader| Ok((reader.forward(sequences)?, every.clone())), ridges)
    }

    /// The part of the features that a restart's network reads.
    fn part_of(&self, restart: usize) -> usize {
        restart / self.config.model.restarts
    }

    fn ridges_for(&self, of: Of) -> &[LowRankRidge] {
        match of {
            Of::Whole => &self.ridges,
            Of::Moment => &[],
        }
    }

    /// The `count` answers that come of the networks' outputs and each ridge's answers; `ask` gives a network's different outputs, and
    /// for each answer the number of its own.
    fn blend(
        &self,
        count: usize,
        ask: impl Fn(&Reader) -> Result<(Vec<Output>, Vec<usize>)>,
        ridges: Vec<Vec<Vec<f32>>>,
    ) -> Result<Vec<Parts>> {
        let nothing = vec![vec![0.0; self.labels.len()]; self.catalog().parts().len()];
        let nothing = Answers { network: nothing.clone(), forest: nothing, ridge: Vec::new() };
        let mut answers = vec![nothing; count];
        let mut trees = vec![0; self.catalog().parts().len()];
        for (&restart, forest) in self.summary.answering.iter().zip(&self.forests) {
            trees[self.part_of(restart)] += forest.trees();
        }
        for (&restart, forest) in self.summary.answering.iter().zip(&self.forests) {
            let part = self.part_of(restart);
            let (outputs, places) = ask(&self.readers[restart])?;
            let by_forest: Vec<Vec<f32>> = outputs.iter().map(|output| forest.predict(&output.embedding)).collect();
            // Every network of a part counts alike, and every tree.
            let weight = 1.0 / self.config.model.answering() as f32;
            let of_trees = forest.trees() as f32 / trees[part] as f32;
            for (answers, place) in answers.iter_mut().zip(places) {
                add(&mut answers.network[part], &outputs[place].probabilities, weight);
                add(&mut answers.forest[part], &by_forest[place], of_trees);
            }
        }
        let weights = match ridges[..] {
            [] => Blend::without_ridges(self.config.model.network_weight, &self.summary.blend),
            _ => self.summary.blend.clone(),
        };
        for of_part in ridges {
            answers.iter_mut().zip(of_part).for_each(|(answers, ridge)| answers.ridge.push(ridge));
        }
        let parts = |answers: Answers| Parts {
            network: weights.of_networks(&answers),
            forest: weights.of_forests(&answers),
            hybrid: weights.of(&answers),
            ridge: weights.of_ridges(&answers),
        };
        Ok(answers.into_iter().map(parts).collect())
    }
}

fn add(sums: &mut [f32], terms: &[f32], weight: f32) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
}

/// The windows of the excerpt that answers for `window` in a recording of `windows`.
pub(super) fn excerpt_around(window: usize, windows: usize, length: usize) -> Range<usize> {
    let before = (length - 1) / 2;
    window.saturating_sub(before)..(window + length - before).min(windows)
}

#[cfg(test)]
mod tests {
    use super::excerpt_around;

    #[test]
    fn an_excerpt_is_cut_at_the_ends() {
        assert_eq!(excerpt_around(0, 10, 5), 0..3);
        assert_eq!(excerpt_around(4, 10, 5), 2..7);
        assert_eq!(excerpt_around(9, 10, 5), 7..10);
        assert_eq!(excerpt_around(0, 1, 5), 0..1);
        assert_eq!(excerpt_around(3, 10, 4), 2..6);
        assert_eq!(excerpt_around(3, 10, 1), 3..4);
    }
}
