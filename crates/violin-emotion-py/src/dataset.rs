//! A label file and its folder of recordings.

use std::path::{Path, PathBuf};

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use violin_emotion::data::{self, LabelOptions, LabelledRecording};

use crate::errors::OrRaise;

/// Labelled recordings, as a label file names them; nothing is decoded yet.
#[pyclass(frozen, module = "violin_emotion._native")]
pub struct Dataset {
    pub(crate) dataset: data::Dataset,
}

#[pymethods]
impl Dataset {
    #[new]
    #[pyo3(signature = (audio_dir, labels, emotions=None, group_by=None, normalise=false))]
    fn new(
        py: Python<'_>,
        audio_dir: PathBuf,
        labels: PathBuf,
        emotions: Option<Vec<String>>,
        group_by: Option<String>,
        normalise: bool,
    ) -> PyResult<Self> {
        let options = LabelOptions { emotions, group_by, normalise, scale: None };
        let dataset = py.detach(|| data::read_labels(&labels, &audio_dir, &options)).or_raise(py)?;
        Ok(Dataset { dataset })
    }

    #[getter]
    fn emotions(&self) -> Vec<String> {
        self.dataset.labels().names().to_vec()
    }

    #[getter]
    fn file_names(&self) -> Vec<&str> {
        self.recordings().iter().map(|recording| &*recording.file_name).collect()
    }

    #[getter]
    fn paths(&self) -> Vec<&Path> {
        self.recordings().iter().map(|recording| &*recording.path).collect()
    }

    #[getter]
    fn groups(&self) -> Vec<&str> {
        self.dataset.groups()
    }

    #[getter]
    fn columns(&self) -> Vec<String> {
        self.dataset.headers().to_vec()
    }

    /// The rated shares, recordings × emotions.
    #[getter]
    fn shares<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let shares = self.recordings().iter().flat_map(|recording| recording.target.shares().iter().copied());
        PyArray1::from_iter(py, shares).reshape([self.recordings().len(), self.dataset.labels().len()])
    }

    /// How the label file was read, line by line.
    #[getter]
    fn report(&self) -> Vec<String> {
        self.dataset.report().lines()
    }

    /// What a column says of each recording; none if there is no such column.
    fn column(&self, name: &str) -> Option<Vec<&str>> {
        self.dataset.column(name)
    }
}

impl Dataset {
    fn recordings(&self) -> &[LabelledRecording] {
        self.dataset.recordings()
    }
}
