//! Labelled recordings as measured: what models are fitted on and judged with.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rayon::prelude::*;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::data::{self, Copies, LabelSet, Measured, Plan, SoftLabels};
use violin_emotion::evaluate::{self, Evaluation, HeldOut, Row};
use violin_emotion::features::{FeatureCache, Measurement, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::report::ModelCard;
use violin_emotion::{Checksum, Config, Error, Result, pipeline};

use crate::dataset::Dataset;
use crate::errors::OrRaise;
use crate::features::sequences;
use crate::model::Model;
use crate::settings::config;
use crate::source::{self, Source};
use crate::work::work;

/// Measured recordings with their labels, groups and settings.
#[pyclass(frozen, module = "violin_emotion._native")]
pub struct Corpus {
    corpus: Arc<data::Corpus>,
    config: Config,
    /// How many votes the shares of each recording rest on, where that is known.
    votes: Option<Vec<usize>>,
    /// What the groups are called, where there are some.
    group_by: Option<String>,
}

#[pymethods]
impl Corpus {
    /// Measures the recordings of a label file; `groups` take the place of the file's own.
    #[staticmethod]
    #[pyo3(signature = (dataset, settings, groups=None, cache=None, threads=0, callback=None))]
    fn of_dataset(
        py: Python<'_>,
        dataset: &Dataset,
        settings: &str,
        groups: Option<Vec<String>>,
        cache: Option<PathBuf>,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (config, dataset) = (config(settings).or_raise(py)?, dataset.dataset.clone());
        let votes = dataset.votes();
        let group_by = match &groups {
            Some(_) => Some("groups".to_owned()),
            None => dataset.report().group_by.clone(),
        };
        let asked = config.clone();
        let corpus = work(py, threads, callback.as_ref(), move |watcher| {
            let cache = cache.as_deref().map(FeatureCache::open).transpose()?;
            let copies = Augmentation::open(&asked.augment, &asked.audio)?;
            let (audio, features) = (&asked.audio, &asked.features);
            let corpus = data::Corpus::measure(&dataset, audio, features, &copies, cache.as_ref(), watcher)?;
            match groups {
                Some(groups) => corpus.with_groups(groups),
                None => Ok(corpus),
            }
        })?;
        Ok(Corpus { corpus: corpus.into(), config, votes, group_by })
    }

    /// Measures recordings that come with their shares, one row each.
    #[staticmethod]
    #[pyo3(signature = (sources, shares, emotions, groups, settings, cache=None, threads=0, callback=None))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn of_sources(
        py: Python<'_>,
        sources: Vec<Source>,
        shares: PyReadonlyArray2<'_, f32>,
        emotions: Vec<String>,
        groups: Option<Vec<String>>,
        settings: &str,
        cache: Option<PathBuf>,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let config = config(settings).or_raise(py)?;
        let group_by = named(&groups);
        if !config.augment.is_empty() {
            let error = Error::config("augment", "a Dataset to make copies for", "single recordings");
            return Err(error).or_raise(py);
        }
        let (labels, targets) = targets(&shares, emotions).or_raise(py)?;
        let asked = config.clone();
        let corpus = work(py, threads, callback.as_ref(), move |watcher| {
            one_each("row of labels", targets.len(), sources.len())?;
            let groups = groups.unwrap_or_else(|| (0..sources.len()).map(|number| number.to_string()).collect());
            one_each("group", groups.len(), sources.len())?;
            let cache = cache.as_deref().map(FeatureCache::open).transpose()?;
            let (done, total) = (AtomicUsize::new(0), sources.len());
            let measured = sources.par_iter().zip(targets).zip(groups).map(|((source, target), group)| {
                let measured = source.measure(&asked.audio, &asked.features, cache.as_ref());
                source::done(&source.name(), done.fetch_add(1, Ordering::Relaxed) + 1, total, watcher)?;
                let Measurement { sequence, sound, warnings, .. } = measured?;
                let warnings = [&warnings, sequence.warnings()].concat();
                let (file_name, copies) = (source.name(), Copies::default());
                Ok(Measured { file_name, group, sound, sequence, target, warnings, copies })
            });
            data::Corpus::new(labels, Error::gather(measured.collect())?)
        })?;
        Ok(Corpus { corpus: corpus.into(), config, votes: None, group_by })
    }

    /// Recordings measured before: recordings × windows × features, of which the first `lengths[i]` windows count.
    #[staticmethod]
    fn of_features(
        py: Python<'_>,
        features: PyReadonlyArray3<'_, f32>,
        lengths: Vec<usize>,
        shares: PyReadonlyArray2<'_, f32>,
        emotions: Vec<String>,
        groups: Option<Vec<String>>,
        settings: &str,
    ) -> PyResult<Self> {
        let config = config(settings).or_raise(py)?;
        let group_by = named(&groups);
        let (labels, targets) = targets(&shares, emotions).or_raise(py)?;
        let sequences = sequences(&features, &lengths, &config.features).or_raise(py)?;
        let corpus = from_sequences(labels, sequences, targets, groups).or_raise(py)?;
        Ok(Corpus { corpus: corpus.into(), config, votes: None, group_by })
    }

    #[getter]
    fn emotions(&self) -> Vec<String> {
        self.corpus.labels().names().to_vec()
    }

    /// What was noticed of the recordings, and of all of them together.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.corpus.noticed()
    }

    /// The features of each recording and its copies, one after the other, and the number of the recording.
    fn lessons<'py>(&self, py: Python<'py>) -> PyResult<Vec<(usize, Bound<'py, PyArray2<f32>>)>> {
        let side = self.corpus.whole();
        let features = |(number, (sequence, _)): (usize, (&Sequence, &SoftLabels))| {
            let values = PyArray1::from_slice(py, sequence.values());
            Ok((number, values.reshape([sequence.windows(), sequence.width()])?))
        };
        side.numbers().zip(side.lessons()).map(features).collect()
    }

    #[getter]
    fn groups(&self) -> Vec<&str> {
        self.corpus.groups()
    }

    /// A model of all recordings.
    #[pyo3(signature = (seed=0, threads=0, callback=None))]
    fn fit(&self, py: Python<'_>, seed: u64, threads: usize, callback: Option<Bound<'_, PyAny>>) -> PyResult<Model> {
        let (corpus, config) = (self.corpus.clone(), self.config.clone());
        let model = work(py, threads, callback.as_ref(), move |watcher| {
            EmotionModel::fit(&corpus.whole(), &config, seed, watcher)
        })?;
        Ok(Model::new(model))
    }

    /// A model that carries its scores on groups held out, and these scores as JSON.
    #[pyo3(signature = (seed=0, refit=true, threads=0, callback=None))]
    fn train(
        &self,
        py: Python<'_>,
        seed: u64,
        refit: bool,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<(Model, String)> {
        let (corpus, config) = (self.corpus.clone(), self.config.clone());
        let trained = work(py, threads, callback.as_ref(), move |watcher| {
            pipeline::train(&corpus, &config, seed, refit, watcher)
        })?;
        let (votes, group_by) = (self.votes.as_deref(), self.group_by.as_deref());
        let card = ModelCard { trained: &trained, corpus: &self.corpus, votes, group_by }.markdown();
        let told = told(&trained.held_out);
        Ok((Model::with_card(trained.model, card), told))
    }

    /// Grouped cross-validation, as JSON.
    #[pyo3(signature = (folds=5, repeat=1, seed=0, threads=0, callback=None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        folds: usize,
        repeat: usize,
        seed: u64,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let (corpus, config) = (self.corpus.clone(), self.config.clone());
        let plan = Plan::by_group(&corpus.groups(), folds, repeat, seed).or_raise(py)?;
        let evaluation = work(py, threads, callback.as_ref(), move |watcher| {
            evaluate::cross_validate(&corpus, &config, &plan, seed, watcher)
        })?;
        Ok(told(&evaluation))
    }

    /// Networks that are trained for one model.
    #[getter]
    fn networks(&self) -> usize {
        self.config.networks()
    }
}

/// All that is told of an evaluation.
#[derive(serde::Serialize)]
struct Judged<'a> {
    emotions: &'a [String],
    methods: &'a [Row],
    answers: &'a [HeldOut],
}

fn told(evaluation: &Evaluation) -> String {
    let (emotions, methods) = (evaluation.labels().names(), evaluation.rows());
    let judged = Judged { emotions, methods, answers: evaluation.answers() };
    serde_json::to_string(&judged).expect("numbers, texts and lists of them")
}

/// Groups that are given have no name of a column.
fn named(groups: &Option<Vec<String>>) -> Option<String> {
    groups.as_ref().map(|_| "groups".to_owned())
}

fn one_each(what: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let hint = "give as many of them as there are recordings, in the same order";
    Err(Error::data(format!("one {what} for each of {expected} recordings"), found.to_string(), hint))
}

fn targets(shares: &PyReadonlyArray2<'_, f32>, emotions: Vec<String>) -> Result<(LabelSet, Vec<SoftLabels>)> {
    let labels = LabelSet::new(emotions)?;
    let values = shares.as_slice().expect("contiguous, as the package gives it");
    let width = shares.shape()[1];
    if width != labels.len() {
        let expected = format!("{} shares a recording, one an emotion", labels.len());
        return Err(Error::data(expected, width.to_string(), "give one column an emotion"));
    }
    let target = |(row, shares): (usize, &[f32])| {
        SoftLabels::new(&labels, shares.to_vec()).map_err(|_| {
            let expected = format!("{} shares ≥ 0 that sum to 1 in row {row} of the labels", labels.len());
            Error::data(expected, format!("{shares:?}"), "give one distribution over the emotions a recording")
        })
    };
    let targets = values.chunks_exact(width).enumerate().map(target).collect::<Result<_>>()?;
    Ok((labels, targets))
}

fn from_sequences(
    labels: LabelSet,
    sequences: Vec<Sequence>,
    targets: Vec<SoftLabels>,
    groups: Option<Vec<String>>,
) -> Result<data::Corpus> {
    one_each("row of labels", targets.len(), sequences.len())?;
    let groups = groups.unwrap_or_else(|| (0..sequences.len()).map(|number| number.to_string()).collect());
    one_each("group", groups.len(), sequences.len())?;
    let measured =
        sequences.into_iter().zip(targets).zip(groups).enumerate().map(|(at, ((sequence, target), group))| {
            let bytes: Vec<u8> = sequence.values().iter().flat_map(|value| value.to_le_bytes()).collect();
            let mut checksum = Checksum::default();
            checksum.add(&bytes);
            // Rows that are equal are copies, as sounds are that are equal.
            let (file_name, sound, copies) = (format!("X[{at}]"), checksum.finish(), Copies::default());
            Measured { file_name, group, sound, sequence, target, warnings: Vec::new(), copies }
        });
    data::Corpus::new(labels, measured.collect())
}
