//! The answer to one recording.

use numpy::PyArray1;
use pyo3::prelude::*;
use violin_emotion::analysis;
use violin_emotion::report::{Annotation, Plot, PlotLine};
use violin_emotion::{Error, Result};

use crate::errors::exception;

/// Everything said of one recording, or why nothing can be said.
#[pyclass(frozen, module = "violin_emotion._native")]
pub struct Analysis {
    analysis: analysis::Analysis,
    error: Option<Error>,
}

impl Analysis {
    /// What was answered to the recording called `name`.
    pub fn of(name: &str, answered: Result<analysis::Analysis>) -> Self {
        match answered {
            Ok(analysis) => Analysis { analysis, error: None },
            Err(error) => Analysis { analysis: analysis::Analysis::failed(name, &error), error: Some(error) },
        }
    }
}

#[pymethods]
impl Analysis {
    /// The JSON object that `violin-emotion predict --timeline --format json` has for the recording.
    fn json(&self) -> String {
        serde_json::to_string(&self.analysis).expect("numbers, texts and lists of them")
    }

    /// Raises what went wrong, if anything did.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        self.error.as_ref().map_or(Ok(()), |error| Err(exception(py, error)))
    }

    /// The answer to the whole recording, in label order; none if there is no answer.
    #[getter]
    fn shares<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<f32>>> {
        let emotions = self.analysis.emotions.as_ref()?;
        Some(PyArray1::from_slice(py, emotions.soft_labels().shares()))
    }

    /// The answer over time as SVG; none if there is no answer.
    fn curves(&self) -> Option<String> {
        let emotions = self.analysis.emotions.as_ref()?.soft_labels().labels();
        let line = |(at, name): (usize, &String)| PlotLine {
            name: name.clone(),
            colour: at,
            points: self
                .analysis
                .timeline
                .iter()
                .map(|moment| {
                    let shares = moment.emotions.soft_labels().shares();
                    ((moment.start_s + moment.end_s) / 2.0, f64::from(shares[at]))
                })
                .collect(),
            weights: None,
        };
        let plot = Plot {
            title: "Emotions over time".into(),
            footnote: format!("{}: the answers to the excerpts around each moment.", self.analysis.path),
            across: "seconds".into(),
            up: "share".into(),
            lines: emotions.names().iter().enumerate().map(line).collect(),
            diagonal: None,
            ceiling: None,
        };
        Some(plot.svg())
    }

    /// The JAMS file; none if there is no answer.
    fn jams(&self) -> Option<String> {
        Annotation::Jams.of_answer(&self.analysis)
    }
}

/// The JSON object of what was no recording.
#[pyfunction]
pub fn refused(name: &str, problem: String, hint: Option<String>) -> String {
    let analysis = analysis::Analysis::refused(name, problem, hint);
    serde_json::to_string(&analysis).expect("texts")
}
