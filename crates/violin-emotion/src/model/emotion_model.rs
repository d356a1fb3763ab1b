//! The hybrid: network and forest, fitted together, answering together.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::background::{self, Usual};
use super::forest::{Forest, ForestSettings, ForestShap};
use super::inputs::Inputs;
use super::network::{self, CropSettings, EpochReport, Example, Network, Output, Trained};
use super::settings::Combine;
use super::summary::{Restart, Scores, TrainingSummary};
use crate::config::Config;
use crate::data::{LabelSet, Measured, SoftLabels, TrainingSide};
use crate::features::{Catalog, Family, Sequence, Span};
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// The fitted hybrid; it cannot be named before it is fitted.
#[derive(Debug, Clone)]
pub struct EmotionModel {
    pub(super) labels: LabelSet,
    pub(super) config: Config,
    pub(super) inputs: Inputs,
    /// Smallest and largest value of each feature over the training windows; both 0 for one that was always missing.
    pub(super) range: Vec<(f32, f32)>,
    /// One a restart.
    pub(super) networks: Vec<Network>,
    /// One on the embedding of each network that answers.
    pub(super) forests: Vec<Forest>,
    /// Training recordings that stand for all.
    pub(super) usual: Vec<Usual>,
    pub(super) summary: TrainingSummary,
}

/// The answer to one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The window it stands for.
    pub span: Span,
    /// The model's answer to the excerpt of windows around it.
    pub answer: SoftLabels,
}

/// One answer with its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The network's answer.
    pub network: Vec<f32>,
    /// The forest's answer.
    pub forest: Vec<f32>,
    /// Both, by their weights.
    pub hybrid: Vec<f32>,
}

impl EmotionModel {
    /// Fits scaler, networks and forest on one side of a split. Early stopping and a choice among restarts use a
    /// validation part, split off this side by group: another one for each restart if all of them answer, or else the same.
    ///
    /// # Errors
    /// `Config` for a setting out of range, `Data` for fewer than two groups, `Audio` naming a recording whose features are
    /// no numbers, `Interrupted`.
    pub fn fit(side: &TrainingSide, config: &Config, seed: u64, watcher: Watcher) -> Result<Self> {
        config.check()?;
        let settings = &config.model;
        let catalog = Catalog::of(config.features.set);
        for recording in side.recordings() {
            recording.sequence.check(catalog).map_err(|error| error.of_recording(Path::new(&recording.file_name)))?;
        }
        let inputs = Inputs::fit(catalog, side.recordings().iter().map(|recording| &recording.sequence))?;
        let trained = (0..settings.restarts)
            .into_par_iter()
            .map(|restart| train(side, &inputs, config, seed, restart as u64, watcher))
            .collect::<Result<Vec<_>>>()?;
        let answering = match settings.combine {
            Combine::Mean => (0..trained.len()).collect(),
            Combine::Best => vec![best(&trained)],
        };

        let summary = summary(side, seed, &trained, answering);
        let networks: Vec<Network> = trained.into_iter().map(|trained| trained.network).collect();
        let mut forests = Vec::new();
        for (&restart, trees) in summary.answering.iter().zip(settings.trees()) {
            let seed = seed.wrapping_add(restart as u64);
            forests.push(fit_forest(&networks[restart], trees, side, &inputs, config, seed)?);
        }
        let range = training_range(side);
        let usual = background::usual(side, &inputs, settings.usual, seed)?;
        Ok(EmotionModel {
            labels: side.labels().clone(),
            config: config.clone(),
            inputs,
            range,
            networks,
            forests,
            usual,
            summary,
        })
    }

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
        Ok(self.answer(&[&rows])?.remove(0))
    }

    /// One answer a window: the model's answer to the excerpt of windows around it, cut at the recording's ends.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn timeline(&self, sequence: &Sequence) -> Result<Vec<Moment>> {
        let (rows, width) = (self.inputs.of(sequence)?, self.inputs.width());
        let excerpts: Vec<&[f32]> = (0..sequence.windows())
            .map(|window| excerpt_around(window, sequence.windows(), self.config.model.excerpt_windows))
            .map(|windows| &rows[windows.start * width..windows.end * width])
            .collect();
        let moments = self.answer(&excerpts)?.into_iter().zip(sequence.spans());
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
        let answer = |network: &Network| Ok(network.forward(&[&rows])?.remove(0).probabilities);
        self.networks.iter().map(answer).collect()
    }

    /// What each number of the embedding adds to the answer of the forest on it, for each network that answers: the forests
    /// alone, as [`Forest::shap`]. [`explain`](crate::explain) says what the playing adds to the whole answer.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn forest_shap(&self, sequence: &Sequence) -> Result<Vec<ForestShap>> {
        let rows = self.inputs.of(sequence)?;
        let of_one = |(&restart, forest): (&usize, &Forest)| {
            let embedding = self.networks[restart].forward(&[&rows])?.remove(0).embedding;
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
    pub(crate) fn answers(&self, sequences: &[&[f32]]) -> Result<Vec<Vec<f32>>> {
        Ok(self.answer(sequences)?.into_iter().map(|parts| parts.hybrid).collect())
    }

    /// The answers to such a sequence with every subset of some changes of its size: number s has those whose bits are set in s.
    pub(crate) fn answers_to_subsets(&self, rows: &[f32], changes: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        let parts = self.blend(1 << changes.len(), |network| network.forward_subsets(rows, changes))?;
        Ok(parts.into_iter().map(|parts| parts.hybrid).collect())
    }

    /// The gradient of the networks' share of an emotion by each number of such sequences.
    pub(crate) fn network_gradients(&self, sequences: &[&[f32]], emotion: usize) -> Result<Vec<Vec<f32>>> {
        let mut mean: Vec<Vec<f32>> = sequences.iter().map(|rows| vec![0.0; rows.len()]).collect();
        for &restart in &self.summary.answering {
            for (sums, gradient) in mean.iter_mut().zip(self.networks[restart].input_gradient(sequences, emotion)?) {
                add(sums, &gradient, 1.0 / self.summary.answering.len() as f32);
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
    fn answer(&self, sequences: &[&[f32]]) -> Result<Vec<Parts>> {
        self.blend(sequences.len(), |network| network.forward(sequences))
    }

    /// The `count` answers that come of the networks' outputs.
    fn blend(&self, count: usize, ask: impl Fn(&Network) -> Result<Vec<Output>>) -> Result<Vec<Parts>> {
        let emotions = self.labels.len();
        let nothing = Parts { network: vec![0.0; emotions], forest: vec![0.0; emotions], hybrid: vec![0.0; emotions] };
        let mut answers = vec![nothing; count];
        let trees = self.config.model.forest.trees as f32;
        for (&restart, forest) in self.summary.answering.iter().zip(&self.forests) {
            for (parts, output) in answers.iter_mut().zip(ask(&self.networks[restart])?) {
                add(&mut parts.network, &output.probabilities, 1.0 / self.forests.len() as f32);
                // Every tree counts alike.
                add(&mut parts.forest, &forest.predict(&output.embedding), forest.trees() as f32 / trees);
            }
        }
        let weight = self.config.model.network_weight;
        for Parts { network, forest, hybrid } in &mut answers {
            add(hybrid, network, weight);
            add(hybrid, forest, 1.0 - weight);
            // Both sum to 1 but for rounding, which grows with the number of emotions.
            let sum: f32 = hybrid.iter().sum();
            hybrid.iter_mut().for_each(|share| *share /= sum);
        }
        Ok(answers)
    }
}

fn add(sums: &mut [f32], terms: &[f32], weight: f32) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
}

/// One restart's network.
fn train(
    side: &TrainingSide,
    inputs: &Inputs,
    config: &Config,
    seed: u64,
    restart: u64,
    watcher: Watcher,
) -> Result<Trained> {
    let settings = &config.model;
    let groups_seed = match settings.combine {
        Combine::Mean => seed.wrapping_add(restart),
        Combine::Best => seed,
    };
    let (fitting, validation) = side.inner_split(settings.validation_share, groups_seed)?;
    let (fitting, validation) = (rows_of(&fitting, inputs)?, rows_of(&validation, inputs)?);
    let (fitting, validation) = (examples(&fitting), examples(&validation));
    let mut on_epoch = |report: EpochReport| {
        let EpochReport { epoch, epochs, .. } = report;
        tell(watcher, Progress::Epoch { epoch, epochs, validation_loss: loss(report.validation_loss) })
    };
    let crops = CropSettings { windows: settings.excerpt_windows };
    let seed = seed.wrapping_mul(1_000_003).wrapping_add(restart);
    let trained = network::train(&fitting, &validation, &settings.network, &crops, seed, &mut on_epoch)?;
    tell(watcher, Progress::Fit { validation_loss: loss(trained.validation_loss) })?;
    Ok(trained)
}

/// The restart with the least validation loss; the first of them where several have it.
fn best(trained: &[Trained]) -> usize {
    let mut best = 0;
    for (restart, candidate) in trained.iter().enumerate() {
        if loss(candidate.validation_loss) < loss(trained[best].validation_loss) {
            best = restart;
        }
    }
    best
}

/// The windows of the excerpt that answers for `window` in a recording of `windows`.
pub(super) fn excerpt_around(window: usize, windows: usize, length: usize) -> Range<usize> {
    let before = (length - 1) / 2;
    window.saturating_sub(before)..(window + length - before).min(windows)
}

/// The inner split never leaves the validation part empty.
fn loss(validation: Option<f32>) -> f32 {
    validation.expect("validation recordings")
}

fn rows_of<'a>(side: &TrainingSide<'a>, inputs: &Inputs) -> Result<Vec<(&'a Measured, Vec<f32>)>> {
    let rows = |&recording: &&'a Measured| Ok((recording, inputs.of(&recording.sequence)?));
    side.recordings().iter().map(rows).collect()
}

fn examples<'a>(side: &'a [(&'a Measured, Vec<f32>)]) -> Vec<Example<'a>> {
    side.iter()
        .map(|(recording, rows)| Example {
            rows,
            windows: recording.sequence.windows(),
            target: recording.target.shares(),
        })
        .collect()
}

/// Excerpts one after the other, the last of which ends with the recording; none where one would be the whole of it.
fn consecutive_excerpts(windows: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    let last = windows.saturating_sub(length);
    let starts = (0..last).step_by(length).chain((last > 0).then_some(last));
    starts.map(move |start| start..start + length)
}

/// The forest sees each training recording whole and in consecutive excerpts, as the answers over time will ask it.
fn fit_forest(
    network: &Network,
    trees: usize,
    side: &TrainingSide,
    inputs: &Inputs,
    config: &Config,
    seed: u64,
) -> Result<Forest> {
    let (width, excerpt) = (inputs.width(), config.model.excerpt_windows);
    let (mut embeddings, mut targets) = (Vec::new(), Vec::new());
    for recording in side.recordings() {
        let rows = inputs.of(&recording.sequence)?;
        let mut parts: Vec<&[f32]> = vec![&rows];
        let excerpts = consecutive_excerpts(recording.sequence.windows(), excerpt);
        parts.extend(excerpts.map(|windows| &rows[windows.start * width..windows.end * width]));
        for output in network.forward(&parts)? {
            embeddings.extend(output.embedding);
            targets.extend_from_slice(recording.target.shares());
        }
    }
    let settings = ForestSettings { trees, ..config.model.forest.clone() };
    let embedding = config.model.network.embedding;
    Forest::fit(&embeddings, embedding, &targets, side.labels().len(), &settings, seed)
}

fn training_range(side: &TrainingSide) -> Vec<(f32, f32)> {
    let mut range = vec![(f32::INFINITY, f32::NEG_INFINITY); side.recordings()[0].sequence.width()];
    for recording in side.recordings() {
        for window in 0..recording.sequence.windows() {
            for ((low, high), &value) in range.iter_mut().zip(recording.sequence.row(window)) {
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
    }
    let known = |(low, high): (f32, f32)| if low <= high { (low, high) } else { (0.0, 0.0) };
    range.into_iter().map(known).collect()
}

fn summary(side: &TrainingSide, seed: u64, trained: &[Trained], answering: Vec<usize>) -> TrainingSummary {
    let mut groups: Vec<&str> = side.recordings().iter().map(|recording| recording.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    TrainingSummary {
        recordings: side.recordings().len(),
        groups: groups.len(),
        windows: side.recordings().iter().map(|recording| recording.sequence.windows()).sum(),
        seed,
        restarts: trained
            .iter()
            .map(|trained| Restart {
                epochs: trained.epochs,
                best_epoch: trained.best_epoch,
                validation_loss: loss(trained.validation_loss),
            })
            .collect(),
        answering,
        scores: Vec::new(),
        refitted: false,
    }
}

#[cfg(test)]
mod tests {
    use super::{consecutive_excerpts, excerpt_around};

    #[test]
    fn an_excerpt_is_cut_at_the_ends() {
        assert_eq!(excerpt_around(0, 10, 5), 0..3);
        assert_eq!(excerpt_around(4, 10, 5), 2..7);
        assert_eq!(excerpt_around(9, 10, 5), 7..10);
        assert_eq!(excerpt_around(0, 1, 5), 0..1);
        assert_eq!(excerpt_around(3, 10, 4), 2..6);
        assert_eq!(excerpt_around(3, 10, 1), 3..4);
    }

    #[test]
    fn no_excerpt_that_the_forest_learns_from_is_a_mere_tail() {
        let excerpts = |windows, length| consecutive_excerpts(windows, length).collect::<Vec<_>>();
        assert_eq!(excerpts(10, 5), [0..5, 5..10]);
        assert_eq!(excerpts(12, 5), [0..5, 5..10, 7..12]);
        assert_eq!(excerpts(6, 5), [0..5, 1..6]);
        assert_eq!((excerpts(5, 5), excerpts(3, 5)), (vec![], vec![]));
        assert_eq!(excerpts(3, 1), [0..1, 1..2, 2..3]);
    }
}
