//! What an explanation cannot explain: how far the answer could be another, and what was not to be heard.

use indexmap::IndexMap;

use super::Groups;
use crate::Result;
use crate::features::Sequence;
use crate::model::EmotionModel;

/// Beside an answer: how sure it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Doubt {
    /// Of each emotion, where the share that listeners would give lies in four of five cases ([`EmotionModel::interval`]).
    pub intervals: IndexMap<String, (f64, f64)>,
    /// Of each emotion, the least and the largest share that the model's networks give it: each was trained from another start, and
    /// some read what the player does, others what is heard.
    pub restarts: IndexMap<String, (f64, f64)>,
    /// Share of the measured values that lie outside of what the training windows have.
    pub outside: f64,
    /// Of each group, the share of its features' values that could not be measured: notes too short for a vibrato, for example.
    pub missing: IndexMap<String, f64>,
}

impl Doubt {
    pub(super) fn of(model: &EmotionModel, groups: &Groups, sequence: &Sequence) -> Result<Self> {
        let answers = model.restarts(sequence)?;
        let between = |emotion: usize| {
            let shares = answers.iter().map(|answer| f64::from(answer[emotion]));
            shares.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), share| (low.min(share), high.max(share)))
        };
        let ends = model.interval(&model.predict(sequence)?);
        let ends = ends.into_iter().map(|[low, high]| (f64::from(low), f64::from(high)));
        let emotions = model.labels().names().iter().enumerate();
        let missing = |columns: &[usize]| {
            let features: Vec<usize> = columns.iter().copied().filter(|column| *column < sequence.width()).collect();
            let known: usize = features.iter().map(|&column| sequence.known(column).count()).sum();
            1.0 - known as f64 / (features.len() * sequence.windows()).max(1) as f64
        };
        Ok(Doubt {
            intervals: model.labels().names().iter().cloned().zip(ends).collect(),
            restarts: emotions.map(|(at, emotion)| (emotion.clone(), between(at))).collect(),
            outside: model.outside_share(sequence),
            missing: groups.parts().iter().map(|(group, columns)| (group.clone(), missing(columns))).collect(),
        })
    }
}
