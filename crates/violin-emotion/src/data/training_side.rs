//! What a model may be fitted on: the recordings of one side of a split, and their copies.

use std::collections::BTreeSet;

use super::{LabelSet, Measured, SoftLabels, Split, folds};
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
    /// Their numbers in the corpus.
    numbers: Vec<usize>,
    rendered: bool,
}

/// A training side split once more, for a choice.
#[derive(Debug, Clone)]
pub struct InnerFold<'a> {
    /// What is fitted on.
    pub side: TrainingSide<'a>,
    /// The recordings that judge, with their numbers in the corpus.
    pub judges: Vec<(usize, &'a Measured)>,
}

impl<'a> TrainingSide<'a> {
    pub(super) fn new(
        labels: &'a LabelSet,
        rendered: bool,
        recordings: impl IntoIterator<Item = (usize, &'a Measured)>,
    ) -> Self {
        let (numbers, recordings) = recordings.into_iter().unzip();
        TrainingSide { labels, recordings, numbers, rendered }
    }

    /// The emotions.
    pub fn labels(&self) -> &'a LabelSet {
        self.labels
    }

    /// Whether nobody played the recordings, and a rule labelled them.
    pub fn is_rendered(&self) -> bool {
        self.rendered
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

    /// Of each of the [`lessons`](TrainingSide::lessons) the recording's number in the corpus.
    pub fn numbers(&self) -> impl Iterator<Item = usize> {
        let members = self.numbers.iter().zip(&self.recordings);
        members.flat_map(|(&number, recording)| std::iter::repeat_n(number, 1 + recording.copies.count()))
    }

    /// Splits this side by group into about `count` folds (fewer where there are fewer groups), for choices that are made on
    /// this side alone.
    ///
    /// # Errors
    /// `Data` if there are fewer than two groups.
    pub fn inner_folds(&self, count: usize, seed: u64) -> Result<Vec<InnerFold<'a>>> {
        let groups = self.groups();
        let distinct = groups.iter().collect::<BTreeSet<_>>().len();
        let folds = folds(&groups, count.min(distinct.max(2)), seed)?;
        let side = |split: Split| {
            let judges = self.members(split.test()).collect();
            InnerFold { side: TrainingSide::new(self.labels, self.rendered, self.members(split.train())), judges }
        };
        Ok(folds.into_iter().map(side).collect())
    }

    fn groups(&self) -> Vec<&'a str> {
        self.recordings.iter().map(|recording| recording.group.as_str()).collect()
    }

    fn members(&self, of: &[usize]) -> impl Iterator<Item = (usize, &'a Measured)> {
        of.iter().map(|&at| (self.numbers[at], self.recordings[at]))
    }
}
