//! What matters across a corpus: every recording's answer explained by a model that never heard its group.

use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::groups::Part;
use super::mean_response::{MeanResponse, mean_response};
use super::{ByGroup, Explainer, Groups, Reference};
use crate::config::Config;
use crate::data::{Corpus, Measured, Split, checked_folds};
use crate::features::Catalog;
use crate::model::EmotionModel;
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// Times the groups are drawn anew for the intervals.
const DRAWS: usize = 2000;
/// What lies outside of an interval, on each side.
const OUTSIDE: f64 = 0.025;

/// Families whose leading features have a curve.
const CURVES: usize = 4;

/// The explanations of a corpus.
#[derive(Debug, Clone)]
pub struct Across {
    /// One a recording, in the order of the corpus.
    pub recordings: Vec<ExplainedRecording>,
    catalog: &'static Catalog,
    /// Of each family, its features.
    columns: Vec<Vec<usize>>,
    /// What would be answered if the leading features of the families that move the answers most were otherwise.
    pub responses: Vec<MeanResponse>,
}

/// One recording, explained out of fold.
#[derive(Debug, Clone)]
pub struct ExplainedRecording {
    /// The file, as the label file names it.
    pub file_name: String,
    /// Its group, which its model never heard.
    pub group: String,
    /// What each family adds to each emotion's share.
    pub contributions: ByGroup,
    /// Each feature's mean over the windows, in standard deviations of the training windows from their mean; NaN where it
    /// could not be measured.
    pub deviations: Vec<f64>,
}

/// What one family adds to one emotion across the corpus.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Importance {
    /// The family.
    pub family: String,
    /// The emotion.
    pub emotion: String,
    /// Mean of what it adds, with sign.
    pub mean: f64,
    /// Its 95 % interval: the corpus's groups drawn anew 2,000 times.
    pub interval: (f64, f64),
    /// Mean of how much it moves the share, up or down.
    pub absolute: f64,
    /// The 95 % interval of that.
    pub absolute_interval: (f64, f64),
    /// Correlation, over the recordings, of what it adds with the family's leading feature: above 0, more of the feature is
    /// more of the emotion.
    pub direction: f64,
}

/// Explains every recording of a corpus by a model fitted on the other folds, against training recordings of that model:
/// as many as `config.model.usual` says.
///
/// # Errors
/// `Data` for fewer groups than folds, or fewer than three groups; `Interrupted`.
pub fn across(corpus: &Corpus, config: &Config, folds: usize, seed: u64, watcher: Watcher) -> Result<Across> {
    config.check()?;
    let mut found: Vec<Option<ExplainedRecording>> = vec![None; corpus.recordings().len()];
    let mut columns = Vec::new();
    let mut models = Vec::new();
    for split in checked_folds(&corpus.groups(), folds, seed)? {
        let model = EmotionModel::fit(&corpus.training_side(&split), config, seed, watcher)?;
        columns = features_of(&model);
        for (at, explained) in explain_held_out(corpus, &split, &model, watcher)? {
            found[at] = Some(explained);
        }
        models.push((split.test().to_vec(), model));
    }
    let recordings = found.into_iter().flatten().collect();
    let mut across = Across { recordings, catalog: Catalog::of(config.features.set), columns, responses: Vec::new() };
    for column in across.weightiest() {
        across.responses.extend(mean_response(column, corpus, &models)?);
    }
    Ok(across)
}

fn explain_held_out(
    corpus: &Corpus,
    split: &Split,
    model: &EmotionModel,
    watcher: Watcher,
) -> Result<Vec<(usize, ExplainedRecording)>> {
    let explainer = Explainer::new(model, Reference::corpus(model))?;
    let explain = |&at: &usize| {
        let recording = &corpus.recordings()[at];
        let path = Path::new(&recording.file_name);
        let explanation = explainer.explain(&recording.sequence, watcher).map_err(|error| error.of_recording(path))?;
        tell(watcher, Progress::Explained { path })?;
        // What the length adds is no part of the playing.
        let mut contributions = explanation.whole.contributions;
        contributions.retain(|group, _| explainer.groups().names().contains(&group.as_str()));
        let explained = ExplainedRecording {
            file_name: recording.file_name.clone(),
            group: recording.group.clone(),
            contributions,
            deviations: deviations(recording, model),
        };
        Ok((at, explained))
    };
    split.test().iter().map(explain).collect()
}

/// The columns of each family that are features.
fn features_of(model: &EmotionModel) -> Vec<Vec<usize>> {
    let features = model.catalog().len();
    let of = |(_, columns): &Part| columns.iter().copied().filter(|column| *column < features).collect();
    Groups::families(model).parts().iter().map(of).collect()
}

fn deviations(recording: &Measured, model: &EmotionModel) -> Vec<f64> {
    let sequence = &recording.sequence;
    let deviation = |column: usize| {
        let known: Vec<f64> = sequence.known(column).collect();
        let (mean, scale) = model.typical(column);
        // 0 / 0 for none: NaN.
        (known.iter().sum::<f64>() / known.len() as f64 - f64::from(mean)) / f64::from(scale)
    };
    (0..sequence.width()).map(deviation).collect()
}

impl Across {
    /// The families, in order.
    pub fn families(&self) -> Vec<&str> {
        self.recordings.first().map_or_else(Vec::new, |first| first.contributions.keys().map(String::as_str).collect())
    }

    /// The emotions, in order.
    pub fn emotions(&self) -> Vec<&str> {
        let first = self.recordings.first().and_then(|first| first.contributions.values().next());
        first.map_or_else(Vec::new, |added| added.keys().map(String::as_str).collect())
    }

    /// What every family adds to every emotion; the intervals come from drawing whole groups, since takes of one group are
    /// no independent evidence.
    pub fn importance(&self, seed: u64) -> Vec<Importance> {
        let mut groups: Vec<(&str, Vec<&ExplainedRecording>)> = Vec::new();
        for recording in &self.recordings {
            match groups.iter_mut().find(|(name, _)| *name == recording.group) {
                Some((_, members)) => members.push(recording),
                None => groups.push((&recording.group, vec![recording])),
            }
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let draw = |_| (0..groups.len()).map(|_| (random.next_u64() % groups.len() as u64) as usize).collect();
        let draws: Vec<Vec<usize>> = (0..DRAWS).map(draw).collect();
        let interval = |of: &dyn Fn(&ExplainedRecording) -> f64| {
            let sums: Vec<(f64, f64)> = groups
                .iter()
                .map(|(_, members)| (members.iter().map(|one| of(one)).sum(), members.len() as f64))
                .collect();
            let mean_of = |drawn: &Vec<usize>| {
                let add = |(sum, count): (f64, f64), &at: &usize| (sum + sums[at].0, count + sums[at].1);
                let (sum, count) = drawn.iter().fold((0.0, 0.0), add);
                sum / count
            };
            let mut means: Vec<f64> = draws.iter().map(mean_of).collect();
            means.sort_unstable_by(f64::total_cmp);
            let place = |share: f64| means[(share * (DRAWS - 1) as f64).round() as usize];
            (place(OUTSIDE), place(1.0 - OUTSIDE))
        };
        let mean = |of: &dyn Fn(&ExplainedRecording) -> f64| {
            self.recordings.iter().map(of).sum::<f64>() / self.recordings.len() as f64
        };
        let mut all = Vec::new();
        for (family, (_, deviations)) in self.families().into_iter().zip(self.leading()) {
            for emotion in self.emotions() {
                let added = |recording: &ExplainedRecording| recording.contributions[family][emotion];
                let absolute = |recording: &ExplainedRecording| added(recording).abs();
                all.push(Importance {
                    family: family.to_string(),
                    emotion: emotion.to_string(),
                    mean: mean(&added),
                    interval: interval(&added),
                    absolute: mean(&absolute),
                    absolute_interval: interval(&absolute),
                    direction: correlation(&deviations, &self.recordings.iter().map(added).collect::<Vec<f64>>()),
                });
            }
        }
        all
    }

    /// Of each family, the feature that goes with what the family adds most, by its correlations with all emotions: its
    /// name, and every recording's deviation.
    pub fn leading(&self) -> Vec<(&str, Vec<f64>)> {
        let column = |&column: &usize| {
            let deviations = self.recordings.iter().map(|recording| recording.deviations[column]).collect();
            (self.catalog.names()[column].as_str(), deviations)
        };
        self.leading_columns().iter().map(column).collect()
    }

    /// The leading features of the families that move the answers most, those first.
    fn weightiest(&self) -> Vec<usize> {
        let moves = |family: &str| -> f64 {
            let added = self.recordings.iter().flat_map(|recording| recording.contributions[family].values());
            added.map(|value| value.abs()).sum()
        };
        let mut families: Vec<(f64, usize)> =
            self.families().into_iter().map(moves).zip(self.leading_columns()).collect();
        families.sort_by(|one, other| other.0.total_cmp(&one.0));
        families.into_iter().take(CURVES).map(|(_, column)| column).collect()
    }

    fn leading_columns(&self) -> Vec<usize> {
        let emotions = self.emotions();
        let lead = |(family, columns): (&str, &Vec<usize>)| {
            let deviations = |column: usize| -> Vec<f64> {
                self.recordings.iter().map(|recording| recording.deviations[column]).collect()
            };
            let together = |&column: &usize| {
                let deviations = deviations(column);
                let with = |emotion: &&str| {
                    let added = self.recordings.iter().map(|recording| recording.contributions[family][*emotion]);
                    correlation(&deviations, &added.collect::<Vec<f64>>())
                };
                emotions.iter().map(|emotion| with(emotion).abs()).sum::<f64>()
            };
            let column = columns.iter().max_by(|one, other| together(one).total_cmp(&together(other)));
            *column.expect("a family has features")
        };
        self.families().into_iter().zip(&self.columns).map(lead).collect()
    }
}

/// Correlation of what is known of the one with the other, by the share that is known; 0 where it cannot be told.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        one.iter().copied().zip(other.iter().copied()).filter(|(one, _)| !one.is_nan()).collect();
    let count = pairs.len() as f64;
    let (mean_one, mean_other) = pairs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
    let (mut product, mut square_one, mut square_other) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        product += (x - mean_one) * (y - mean_other);
        square_one += (x - mean_one).powi(2);
        square_other += (y - mean_other).powi(2);
    }
    let scale = (square_one * square_other).sqrt();
    if scale > 0.0 { product / scale * count / one.len() as f64 } else { 0.0 }
}
