//! What a model may be fitted on: the recordings of one side of a split, and their copies.

use super::{LabelSet, Measured, SoftLabels, holdout};
use crate::Result;
use crate::features::Sequence;

/// The copies of one recording, each with one thing otherwise. They are closed: nothing but the [`TrainingSide`] that their
/// recording stands on gives them out, so that none can be judged on, or learned from on another side than its recording.
#[derive(Debug, Clone, Default)]
pub struct Copies(Vec<Sequence>);

impl Copies {
    /// Copies that have been measured as their recording was.
    pub fn new(copies: Vec<Sequence>) -> Self {
        Copies(copies)
    }

    /// Their number.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The recordings a model may be fitted on. It is got from a [`Corpus`](super::Corpus) and a split only, so that a held-out
/// recording cannot be fitted on by accident.
#[derive(Debug, Clone)]
pub struct TrainingSide<'a> {
    labels: &'a LabelSet,
    recordings: Vec<&'a Measured>,
}

impl<'a> TrainingSide<'a> {
    pub(super) fn new(labels: &'a LabelSet, recordings: Vec<&'a Measured>) -> Self {
        TrainingSide { labels, recordings }
    }

    /// The emotions.
    pub fn labels(&self) -> &'a LabelSet {
        self.labels
    }

    /// The recordings themselves: what is to be said of the recordings is read off these.
    pub fn recordings(&self) -> &[&'a Measured] {
        &self.recordings
    }

    /// What weights and trees are fitted on: each recording, then its copies, which have its label.
    pub fn lessons(&self) -> impl Iterator<Item = (&'a Sequence, &'a SoftLabels)> {
        self.recordings.iter().flat_map(|&recording| {
            let sequences = std::iter::once(&recording.sequence).chain(&recording.copies.0);
            sequences.map(|sequence| (sequence, &recording.target))
        })
    }

    /// Splits this side once more, by group: what the weights are fitted on, and the recordings, without copies, that decide
    /// when to stop.
    ///
    /// # Errors
    /// `Data` if there are fewer than two groups.
    pub fn inner_split(&self, validation_share: f64, seed: u64) -> Result<(TrainingSide<'a>, Vec<&'a Measured>)> {
        let groups: Vec<&str> = self.recordings.iter().map(|recording| recording.group.as_str()).collect();
        let split = holdout(&groups, validation_share, seed)?;
        let side = |indices: &[usize]| indices.iter().map(|&at| self.recordings[at]).collect();
        Ok((TrainingSide::new(self.labels, side(split.train())), side(split.test())))
    }
}
