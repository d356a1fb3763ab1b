//! What the models of a corpus would answer if one feature were otherwise: curves, in the mean over its recordings.

use indexmap::IndexMap;
use rayon::prelude::*;

use super::what_if::WhatIf;
use crate::Result;
use crate::data::Corpus;
use crate::features::Sequence;
use crate::model::EmotionModel;

/// Recordings that are asked, at most, spread evenly over the corpus.
const MOST: usize = 100;

/// The mean answer for each value of a feature, all else as it was played.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MeanResponse {
    /// The feature.
    pub feature: String,
    /// Its unit.
    pub unit: String,
    /// Values of the feature's mean over the windows, rising: from those that one window in twenty of the corpus lies below to those that
    /// one in twenty lies above, as far as all models know such values.
    pub values: Vec<f64>,
    /// For each emotion, its mean share for each value.
    pub shares: IndexMap<String, Vec<f64>>,
    /// How many recordings were asked: the others have no such feature, or there are more than enough.
    pub recordings: usize,
}

/// The mean answers to held-out recordings: `models` names for each model those that it has not learned from. `None` where the
/// feature never differs or could not be measured anywhere.
pub(super) fn mean_response(
    column: usize,
    corpus: &Corpus,
    models: &[(Vec<usize>, EmotionModel)],
) -> Result<Option<MeanResponse>> {
    let known = |sequence: &Sequence| sequence.known(column).next().is_some();
    let asked: Vec<(&EmotionModel, &Sequence)> = models
        .iter()
        .flat_map(|(held_out, model)| held_out.iter().map(move |&at| (model, &corpus.recordings()[at].sequence)))
        .filter(|(_, sequence)| known(sequence))
        .collect();
    let all = corpus.recordings().iter().flat_map(|recording| recording.sequence.known(column));
    let Some(what_if) = WhatIf::over_the_usual(column, all.collect(), models.iter().map(|(_, model)| model)) else {
        return Ok(None);
    };
    let apart = asked.len().div_ceil(MOST).max(1);
    let asked: Vec<(&EmotionModel, &Sequence)> = asked.into_iter().step_by(apart).collect();
    let ask = |(model, sequence): &(&EmotionModel, &Sequence)| what_if.ask(model, sequence);
    let answered = asked.par_iter().map(ask).collect::<Result<Vec<_>>>()?;
    let Some(first) = answered.first() else { return Ok(None) };
    let mean = |at: usize, emotion: &str| {
        answered.iter().map(|imagined| imagined.answers[at].prediction[emotion]).sum::<f64>() / answered.len() as f64
    };
    let steps = 0..first.answers.len();
    let emotions = corpus.labels().names().iter();
    Ok(Some(MeanResponse {
        feature: first.feature.clone(),
        unit: first.unit.clone(),
        values: first.answers.iter().map(|answer| answer.value).collect(),
        shares: emotions
            .map(|emotion| (emotion.clone(), steps.clone().map(|at| mean(at, emotion)).collect()))
            .collect(),
        recordings: answered.len(),
    }))
}
