//! Labelled recordings as measured: what a model is fitted on, by side of a split.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Copies, Dataset, LabelSet, SoftLabels, Split, TrainingSide, copies};
use crate::audio::AudioSettings;
use crate::audio::augment::Augmentation;
use crate::features::{self, FeatureCache, FeatureSettings, Measurement, Sequence};
use crate::watch::tell;
use crate::{Error, Progress, Result, Warning, Watcher};

/// One labelled recording, measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The file, as the label file names it.
    pub file_name: String,
    /// The group that must not stand on both sides of a split.
    pub group: String,
    /// [`Recording::sound`](crate::audio::Recording::sound): the same for copies.
    pub sound: String,
    /// Its features, window by window.
    pub sequence: Sequence,
    /// Its label.
    pub target: SoftLabels,
    /// What was noticed while it was read.
    pub warnings: Vec<Warning>,
    /// The same with one thing otherwise, to be learned from beside it; nobody but a [`TrainingSide`] can look into them.
    pub copies: Copies,
}

/// All measured recordings of a label file. Copies of a sound are of one group.
#[derive(Debug, Clone)]
pub struct Corpus {
    labels: LabelSet,
    recordings: Vec<Measured>,
    rendered: bool,
    warnings: Vec<Warning>,
}

impl Corpus {
    /// Measures every recording of a dataset and its copies, several at a time; what the cache holds is not measured again.
    ///
    /// # Errors
    /// `Several` naming every recording that cannot be used, not the first alone; `Interrupted`.
    pub fn measure(
        dataset: &Dataset,
        audio: &AudioSettings,
        features: &FeatureSettings,
        augmentation: &Augmentation,
        cache: Option<&FeatureCache>,
        watcher: Watcher,
    ) -> Result<Corpus> {
        let total = dataset.recordings().len();
        let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let tell = |progress: Progress| tell(watcher, progress).inspect_err(|_| stopped.store(true, Ordering::Relaxed));
        let measured: Vec<Result<Measured>> = dataset
            .recordings()
            .par_iter()
            .map(|labelled| {
                if stopped.load(Ordering::Relaxed) {
                    return Err(Error::interrupted());
                }
                let path = Path::new(&labelled.file_name);
                tell(Progress::Begin { path })?;
                let measured = features::measure_with_copies(&labelled.path, audio, features, augmentation, cache);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                tell(Progress::Recording { done, total, path })?;
                let (Measurement { sequence, sound, warnings, .. }, copies) = measured?;
                let warnings = [&warnings, sequence.warnings()].concat();
                let copies = Copies::new(copies.into_iter().map(|copy| copy.sequence).collect());
                let (file_name, group) = (labelled.file_name.clone(), labelled.group.clone());
                Ok(Measured { file_name, group, sound, sequence, target: labelled.target.clone(), warnings, copies })
            })
            .collect();
        let corpus = Corpus::new(dataset.labels().clone(), Error::gather(measured)?)?;
        Ok(Corpus { rendered: dataset.is_rendered(), ..corpus })
    }

    /// A corpus of recordings measured elsewhere. The groups of copies become one.
    ///
    /// # Errors
    /// `Data` if there are none, or one is labelled on other emotions.
    pub fn new(labels: LabelSet, mut recordings: Vec<Measured>) -> Result<Self> {
        let hint = "give recordings labelled on one set of emotions";
        if recordings.is_empty() {
            return Err(Error::data("at least one recording", "none", hint));
        }
        if let Some(other) = recordings.iter().find(|recording| *recording.target.labels() != labels) {
            let found = format!("{}: {:?}", other.file_name, other.target.labels().names());
            return Err(Error::data(format!("labels on {:?}", labels.names()), found, hint));
        }
        let warnings = copies::join(&mut recordings);
        Ok(Corpus { labels, recordings, rendered: false, warnings })
    }

    /// The same recordings in other groups, one each in the recordings' order; copies are joined again.
    ///
    /// # Errors
    /// `Data` if there are more or fewer of them than recordings.
    pub fn with_groups(self, groups: Vec<String>) -> Result<Self> {
        if groups.len() != self.recordings.len() {
            let expected = format!("one group for each of {} recordings", self.recordings.len());
            let hint = "give as many of them as there are recordings, in the same order";
            return Err(Error::data(expected, groups.len().to_string(), hint));
        }
        let mut recordings = self.recordings;
        recordings.iter_mut().zip(groups).for_each(|(recording, group)| recording.group = group);
        Ok(Corpus { rendered: self.rendered, ..Corpus::new(self.labels, recordings)? })
    }

    /// The emotions.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The recordings, in the label file's order.
    pub fn recordings(&self) -> &[Measured] {
        &self.recordings
    }

    /// As [`Dataset::is_rendered`].
    pub fn is_rendered(&self) -> bool {
        self.rendered
    }

    /// What a person should know of the recordings as a whole; their own warnings stand with them.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Each recording's group, in the same order.
    pub fn groups(&self) -> Vec<&str> {
        self.recordings.iter().map(|recording| recording.group.as_str()).collect()
    }

    /// Each recording's group as a number, in the order of the groups' names.
    pub fn group_numbers(&self) -> Vec<usize> {
        let groups = self.groups();
        let mut names = groups.clone();
        names.sort_unstable();
        names.dedup();
        groups.iter().map(|group| names.binary_search(group).expect("a group's own name")).collect()
    }

    /// The side of a split that a model may be fitted on.
    pub fn training_side(&self, split: &Split) -> TrainingSide<'_> {
        TrainingSide::new(&self.labels, self.rendered, split.train().iter().map(|&at| (at, &self.recordings[at])))
    }

    /// All recordings, for the model that is used and no longer judged.
    pub fn whole(&self) -> TrainingSide<'_> {
        TrainingSide::new(&self.labels, self.rendered, self.recordings.iter().enumerate())
    }

    /// The same recordings, number i with the label of number `order[i]`: what a model learns from these is not about the music.
    ///
    /// # Panics
    /// If `order` does not name one recording for each.
    pub fn with_labels_in(&self, order: &[usize]) -> Corpus {
        assert_eq!(order.len(), self.recordings.len(), "one label a recording");
        let mut corpus = self.clone();
        for (recording, &from) in corpus.recordings.iter_mut().zip(order) {
            recording.target = self.recordings[from].target.clone();
        }
        corpus
    }

    /// The same recordings without their copies.
    pub fn without_copies(&self) -> Corpus {
        let mut corpus = self.clone();
        corpus.recordings.iter_mut().for_each(|recording| recording.copies = Copies::default());
        corpus
    }
}
