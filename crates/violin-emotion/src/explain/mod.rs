//! Why an answer is what it is: exact Shapley values of the whole hybrid, family by family.
//!
//! The players are the catalog's families, 13 at most: vibrato, articulation, attack, … A family that is left out of a
//! coalition has, over the whole recording, the values of a reference recording: what the training recordings are like, or a
//! take to compare with. All coalitions are asked, nothing is sampled: what the families add to the reference's answer is
//! the answer. [`Groups`] put families together or take features out of them; the features inside one group have Owen values.

mod across;
mod doubt;
mod explainer;
mod game;
mod gradients;
mod groups;
mod mean_response;
mod published;
mod sampled;
mod sayings;
mod sentences;
mod shapley;
#[cfg(test)]
mod tests;
mod together;
mod what_if;
mod words;

use indexmap::IndexMap;

use crate::features::{Sequence, Span};
use crate::model::EmotionModel;
use crate::{Error, Result};

pub use across::{Across, ExplainedRecording, Importance, across};
pub use doubt::Doubt;
pub use explainer::Explainer;
pub use groups::Groups;
pub use mean_response::MeanResponse;
pub use published::Disagreement;
pub use sentences::heard;
pub use shapley::{owen, shapley};
pub use together::Inseparable;
pub use what_if::{Imagined, ImaginedAnswer, WhatIf};
pub use words::{Change, ways};

/// Name and version of the JSON contract.
pub const SCHEMA: &str = "violin-emotion/explanation/1";

/// Emotion → a share, or what is added to it.
pub type ByEmotion = IndexMap<String, f64>;

/// Group, or feature, → what it adds.
pub type ByGroup = IndexMap<String, ByEmotion>;

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
    /// The answer to the reference: the mean over its recordings, each as long as it is.
    pub base: ByEmotion,
    /// The model's answer.
    pub prediction: ByEmotion,
    /// What each group adds, in order: a family, if nothing else was asked. Over the emotions it sums to 0. Last, where the
    /// reference is longer or shorter, `length`: what bringing its windows to the recording's length changes.
    pub contributions: ByGroup,
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
    /// How the recording differs from the reference, one a feature, group by group.
    pub changes: Vec<Change>,
    /// Where the model goes another way than published studies of cues and emotions.
    pub unlike_published: Vec<Disagreement>,
    /// Groups that went together in training, so that what one adds may belong to the other.
    pub together: Vec<Inseparable>,
    /// What is not explained: how far the answer could be another, what was not to be heard.
    pub doubt: Doubt,
    /// What each feature of a group adds, for the groups that were asked for.
    pub within: IndexMap<String, Within>,
    /// What the model would answer if one thing were otherwise; empty unless asked for.
    pub what_if: Vec<Imagined>,
    /// The answer to each moment, explained by itself; empty unless asked for.
    pub timeline: Vec<WhyThen>,
}

/// What each feature of one group adds; together what the group adds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Within {
    /// Feature by feature.
    pub contributions: ByGroup,
    /// Where the group is too large for exact values, the standard errors of the sampled ones.
    pub standard_errors: Option<ByGroup>,
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
