//! Honest scores: answers to recordings of groups the model had not seen, beside the simplest baseline.

mod calibration;
mod ceiling;
mod chance;
mod dirichlet;
mod figures;
mod interval;
mod metrics;
mod permutation;
mod sampling_noise;

use std::path::Path;

use rayon::prelude::*;

use crate::config::Config;
use crate::data::{Corpus, LabelSet, Measured, Split, TrainingSide, checked_folds};
use crate::model::{EmotionModel, Scores};
use crate::{Error, Result, Watcher};

pub use calibration::{CALIBRATION_BINS, CalibrationBin, calibration, calibration_error};
pub use ceiling::{Ceiling, ceiling};
pub use figures::{Figure, Figures};
pub use interval::{FEWEST_GROUPS, Interval, intervals, no_intervals};
pub use metrics::{LEAST_SHARE, ccc, chebyshev, cosine, intersection, jensen_shannon, kl, r2, same_strongest};
pub use permutation::{p_value, permutation};

/// Answers to held-out recordings, pooled over folds, and the scores they reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    answers: Vec<HeldOut>,
    rows: Vec<Scores>,
}

/// The answers to one recording, by models that had not seen its group.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct HeldOut {
    /// The recording, as the label file names it.
    pub file_name: String,
    /// Its group.
    pub group: String,
    /// The fold it was held out in.
    pub fold: usize,
    /// The rated distribution.
    pub rated: Vec<f32>,
    /// The mean rated distribution of the training side: what one may say without listening.
    pub mean_label: Vec<f32>,
    /// The network's answer.
    pub network: Vec<f32>,
    /// The answer of the forest on the network's embedding.
    pub forest: Vec<f32>,
    /// The hybrid's answer.
    pub hybrid: Vec<f32>,
}

impl Evaluation {
    /// The score table: mean label, network, forest, hybrid.
    pub fn rows(&self) -> &[Scores] {
        &self.rows
    }

    /// The answers the scores are made of.
    pub fn answers(&self) -> &[HeldOut] {
        &self.answers
    }

    fn new(labels: &LabelSet, answers: Vec<HeldOut>) -> Self {
        let rows = vec![
            scores("mean label", labels, &answers, |held_out| &held_out.mean_label),
            scores("network", labels, &answers, |held_out| &held_out.network),
            scores("forest", labels, &answers, |held_out| &held_out.forest),
            scores("hybrid", labels, &answers, |held_out| &held_out.hybrid),
        ];
        Evaluation { answers, rows }
    }
}

/// Scores a fitted model on the other side of the split it was fitted on.
///
/// # Errors
/// As [`EmotionModel::predict`].
pub fn on_held_out(corpus: &Corpus, split: &Split, model: &EmotionModel) -> Result<Evaluation> {
    let answers = held_out_answers(corpus, split, 0, model)?;
    Ok(Evaluation::new(corpus.labels(), answers))
}

/// Grouped cross-validation: every recording is answered once, by a model fitted without its group. All scores are of
/// the pooled answers.
///
/// # Errors
/// `Data` for fewer groups than folds, or fewer than three groups; `Interrupted`.
pub fn cross_validate(corpus: &Corpus, config: &Config, k: usize, seed: u64, watcher: Watcher) -> Result<Evaluation> {
    config.check()?;
    let folds = checked_folds(&corpus.groups(), k, seed)?;
    let answers = folds
        .par_iter()
        .enumerate()
        .map(|(number, split)| {
            let model = EmotionModel::fit(&corpus.training_side(split), config, seed, watcher)?;
            held_out_answers(corpus, split, number, &model)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Evaluation::new(corpus.labels(), answers.concat()))
}

fn held_out_answers(corpus: &Corpus, split: &Split, number: usize, model: &EmotionModel) -> Result<Vec<HeldOut>> {
    let mean_label = mean_label(&corpus.training_side(split));
    let answer = |recording: &Measured| {
        let named = |error: Error| error.of_recording(Path::new(&recording.file_name));
        let parts = model.parts(&recording.sequence).map_err(named)?;
        Ok(HeldOut {
            file_name: recording.file_name.clone(),
            group: recording.group.clone(),
            fold: number,
            rated: recording.target.shares().to_vec(),
            mean_label: mean_label.clone(),
            network: parts.network,
            forest: parts.forest,
            hybrid: parts.hybrid,
        })
    };
    Error::gather(split.test().iter().map(|&at| answer(&corpus.recordings()[at])).collect())
}

fn mean_label(side: &TrainingSide) -> Vec<f32> {
    let mut sums = vec![0.0f64; side.labels().len()];
    for recording in side.recordings() {
        for (sum, &share) in sums.iter_mut().zip(recording.target.shares()) {
            *sum += f64::from(share);
        }
    }
    sums.iter().map(|sum| (sum / side.recordings().len() as f64) as f32).collect()
}

fn scores(name: &str, labels: &LabelSet, answers: &[HeldOut], answer: fn(&HeldOut) -> &[f32]) -> Scores {
    let column = |emotion: usize, of: fn(&HeldOut) -> &[f32]| -> Vec<f32> {
        answers.iter().map(|held_out| of(held_out)[emotion]).collect()
    };
    let r2_of = |emotion| r2(&column(emotion, |held_out| &held_out.rated), &column(emotion, answer));
    let by_emotion: Vec<Option<f64>> = (0..labels.len()).map(r2_of).collect();
    let known: Vec<f64> = by_emotion.iter().flatten().copied().collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let js: Vec<f64> = answers.iter().map(|held_out| jensen_shannon(&held_out.rated, answer(held_out))).collect();
    let named = answers.iter().filter(|held_out| same_strongest(&held_out.rated, answer(held_out))).count();
    Scores {
        name: name.to_string(),
        mean_r2: (!known.is_empty()).then(|| mean(&known)),
        js: mean(&js),
        accuracy: named as f64 / answers.len() as f64,
        r2: labels.names().iter().cloned().zip(by_emotion).collect(),
    }
}
