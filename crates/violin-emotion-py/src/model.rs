//! A fitted model.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray3};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use violin_emotion::explain::{Explainer, Explanation, Reference};
use violin_emotion::features::Sequence;
use violin_emotion::model::EmotionModel;
use violin_emotion::{Checksum, Error, Progress, Result, Warning, Watcher, pipeline};

use crate::analysis::Analysis;
use crate::errors::OrRaise;
use crate::features::sequences;
use crate::source::{self, Source};
use crate::work::work;

/// What people read; a folder without it is whole.
const CARD: &str = "MODEL_CARD.md";

/// A model that is shared, never changed: any number of threads may ask it.
#[pyclass(frozen, module = "violin_emotion._native")]
pub struct Model {
    model: Arc<EmotionModel>,
    /// What goes into its folder for people to read, where it was judged.
    card: Option<String>,
    /// Where it stands on disk, and what stood there.
    folder: Mutex<Option<(PathBuf, String)>>,
}

impl Model {
    pub fn new(model: EmotionModel) -> Self {
        Model { model: model.into(), card: None, folder: Mutex::new(None) }
    }

    pub fn with_card(model: EmotionModel, card: String) -> Self {
        Model { card: Some(card), ..Model::new(model) }
    }

    fn stands_in(&self, folder: &Path) {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        // It holds the checksums of the other files.
        let there = std::fs::read(folder.join("meta.json")).map(|meta| Checksum::of(&meta));
        *self.folder.lock().expect("no panic while it is held") = there.ok().map(|sum| (folder, sum));
    }
}

#[pymethods]
impl Model {
    #[staticmethod]
    fn load(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        // Nobody but people reads the card: a folder without one is whole.
        let card = || std::fs::read_to_string(folder.join(CARD)).ok();
        let (model, card) = py.detach(|| EmotionModel::load(&folder).map(|model| (model, card()))).or_raise(py)?;
        let model = Model { card, ..Model::new(model) };
        model.stands_in(&folder);
        Ok(model)
    }

    fn save(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        let saved = py.detach(|| match &self.card {
            Some(card) => self.model.save_with_card(&folder, card),
            None => self.model.save(&folder),
        });
        saved.or_raise(py)?;
        self.stands_in(&folder);
        Ok(())
    }

    /// The model that is there without any training.
    #[staticmethod]
    fn built_in(py: Python<'_>) -> Self {
        Model::with_card(py.detach(EmotionModel::built_in), EmotionModel::built_in_card().to_owned())
    }

    /// The files of its folder, by name.
    fn files<'py>(&self, py: Python<'py>) -> Vec<(&'static str, Bound<'py, PyBytes>)> {
        let files = py.detach(|| self.model.files());
        let card = self.card.as_ref().map(|card| (CARD, PyBytes::new(py, card.as_bytes())));
        files.into_iter().map(|(name, bytes)| (name, PyBytes::new(py, &bytes))).chain(card).collect()
    }

    /// A model of such files.
    #[staticmethod]
    fn from_files(py: Python<'_>, files: Vec<(String, Vec<u8>)>) -> PyResult<Self> {
        let model = py.detach(|| EmotionModel::from_files("pickled model", &files)).or_raise(py)?;
        let card = files.iter().find(|(name, _)| name == CARD);
        let card = card.map(|(_, card)| String::from_utf8_lossy(card).into_owned());
        Ok(Model { card, ..Model::new(model) })
    }

    /// The folder it was loaded from or saved to last, absolute, and the checksum of its `meta.json` then.
    #[getter]
    fn folder(&self) -> Option<(PathBuf, String)> {
        self.folder.lock().expect("no panic while it is held").clone()
    }

    #[getter]
    fn emotions(&self) -> Vec<String> {
        self.model.labels().names().to_vec()
    }

    #[getter]
    fn feature_names(&self) -> Vec<String> {
        self.model.catalog().names().to_vec()
    }

    /// The settings it was trained with, as JSON.
    #[getter]
    fn settings(&self) -> String {
        serde_json::to_string(self.model.config()).expect("plain data")
    }

    /// What it was trained on, and its scores, as JSON.
    #[getter]
    fn summary(&self) -> String {
        serde_json::to_string(self.model.summary()).expect("plain data")
    }

    /// One answer for each source, in order, whatever happens to it.
    #[pyo3(signature = (sources, threads=1, callback=None))]
    fn analyze(
        &self,
        py: Python<'_>,
        sources: Vec<Source>,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Analysis>> {
        let model = self.model.clone();
        work(py, threads, callback.as_ref(), move |watcher| {
            let (done, total) = (AtomicUsize::new(0), sources.len());
            let answer = |source: &Source| {
                let recording = source.open(&model.config().audio);
                let answered = recording.and_then(|recording| pipeline::analyze_recording(&recording, &model));
                source::done(&source.name(), done.fetch_add(1, Ordering::Relaxed) + 1, total, watcher)?;
                Ok(Analysis::of(&source.name(), answered))
            };
            sources.par_iter().map(answer).collect()
        })
    }

    /// The shares for recordings measured before, recordings × emotions: the first `lengths[i]` windows of each.
    fn predict_features<'py>(
        &self,
        py: Python<'py>,
        features: PyReadonlyArray3<'py, f32>,
        lengths: Vec<usize>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let sequences = sequences(&features, &lengths, &self.model.config().features).or_raise(py)?;
        let (model, recordings) = (self.model.clone(), sequences.len());
        let shares = work(py, 0, None, move |_| {
            let answer = |sequence: &Sequence| Ok(model.predict(sequence)?.shares().to_vec());
            sequences.par_iter().map(answer).collect::<Result<Vec<_>>>()
        })?;
        PyArray1::from_iter(py, shares.into_iter().flatten()).reshape([recordings, self.model.labels().len()])
    }

    /// Why each answer is what it is, as JSON; against the training recordings, or those of `reference`.
    #[pyo3(signature = (sources, reference=None, within=Vec::new(), moments=false, threads=0, callback=None))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn explain(
        &self,
        py: Python<'_>,
        sources: Vec<Source>,
        reference: Option<Vec<Source>>,
        within: Vec<String>,
        moments: bool,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        let model = self.model.clone();
        work(py, threads, callback.as_ref(), move |watcher| {
            let measure = |source: &Source| source.measure(&model.config().audio, &model.config().features, None);
            let reference = match reference {
                None => Reference::corpus(&model),
                Some(sources) => {
                    let names: Vec<String> = sources.iter().map(Source::name).collect();
                    let measured = sources.iter().map(|source| Ok(measure(source)?.sequence)).collect();
                    Reference::recordings(names.join(", "), Error::gather(measured)?)?
                }
            };
            let explainer = Explainer::new(&model, reference)?;
            let explain = |source: &Source| {
                let measured = measure(source)?;
                let explanation = explained(&explainer, &measured.sequence, &within, moments, watcher)?;
                let doubts = model.doubts(&measured.sequence)?;
                let warnings = [&measured.warnings, measured.sequence.warnings(), &doubts].concat();
                tell(&source.name(), watcher)?;
                Ok(Explained::json(source.name(), explanation, &warnings))
            };
            Error::gather(sources.iter().map(explain).collect())
        })
    }

    /// As `explain`, for recordings measured before.
    #[pyo3(signature = (features, lengths, within=Vec::new(), threads=0, callback=None))]
    fn explain_features(
        &self,
        py: Python<'_>,
        features: PyReadonlyArray3<'_, f32>,
        lengths: Vec<usize>,
        within: Vec<String>,
        threads: usize,
        callback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        let sequences = sequences(&features, &lengths, &self.model.config().features).or_raise(py)?;
        let model = self.model.clone();
        work(py, threads, callback.as_ref(), move |watcher| {
            let explainer = Explainer::new(&model, Reference::corpus(&model))?;
            let explain = |(at, sequence): (usize, &Sequence)| {
                let explanation = explained(&explainer, sequence, &within, false, watcher)?;
                let name = format!("X[{at}]");
                tell(&name, watcher)?;
                Ok(Explained::json(name, explanation, &model.doubts(sequence)?))
            };
            sequences.iter().enumerate().map(explain).collect()
        })
    }
}

/// An explanation as `violin-emotion explain` writes it, with the sentences of its table.
#[derive(serde::Serialize)]
struct Explained<'a> {
    path: String,
    #[serde(flatten)]
    explanation: Explanation,
    warnings: &'a [Warning],
    sentences: Vec<String>,
    cautions: Vec<String>,
}

impl<'a> Explained<'a> {
    fn json(path: String, explanation: Explanation, warnings: &'a [Warning]) -> String {
        let (sentences, cautions) = (explanation.sentences(), explanation.cautions());
        let explained = Explained { path, explanation, warnings, sentences, cautions };
        serde_json::to_string(&explained).expect("numbers, texts and lists of them")
    }
}

fn explained(
    explainer: &Explainer,
    sequence: &Sequence,
    within: &[String],
    moments: bool,
    watcher: Watcher,
) -> Result<Explanation> {
    let mut explanation = explainer.explain(sequence, watcher)?;
    for group in within {
        let name = explainer.groups().named(group)?.to_string();
        let inside = explainer.within(&name, sequence, watcher)?;
        explanation.within.insert(name, inside);
    }
    if moments {
        explanation.timeline = explainer.timeline(sequence, watcher)?;
    }
    Ok(explanation)
}

fn tell(name: &str, watcher: Watcher) -> Result<()> {
    match watcher(Progress::Explained { path: Path::new(name) }) {
        std::ops::ControlFlow::Continue(()) => Ok(()),
        std::ops::ControlFlow::Break(()) => Err(Error::interrupted()),
    }
}
