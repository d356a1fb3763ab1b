//! What is measured, and copies of a recording.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::prelude::*;
use violin_emotion::audio::augment::{AugmentSettings, Augmentation};
use violin_emotion::features::{Catalog, FeatureSettings, Sequence, Span};
use violin_emotion::{Error, ErrorKind, Result};

use crate::errors::OrRaise;
use crate::settings::config;
use crate::source::Source;
use crate::work::work;

/// Features of a recording, windows × features; the windows' begins and ends in seconds; what was noticed.
type Measured<'py> = (Bound<'py, PyArray2<f32>>, Bound<'py, PyArray2<f64>>, Vec<String>);

/// Measures one recording.
#[pyfunction]
pub fn measure<'py>(py: Python<'py>, source: Source, settings: &str) -> PyResult<Measured<'py>> {
    let config = config(settings).or_raise(py)?;
    let measured = work(py, 1, None, move |_| source.measure(&config.audio, &config.features, None))?;
    let sequence = &measured.sequence;
    let values = PyArray1::from_slice(py, sequence.values()).reshape([sequence.windows(), sequence.width()])?;
    let ends = sequence.spans().iter().flat_map(|span| [span.start_s, span.end_s]);
    let spans = PyArray1::from_iter(py, ends).reshape([sequence.windows(), 2])?;
    let warnings = measured.warnings.iter().chain(sequence.warnings()).map(ToString::to_string).collect();
    Ok((values, spans, warnings))
}

/// The names of the features that these settings ask for, in order.
#[pyfunction]
pub fn feature_names(py: Python<'_>, settings: &str) -> PyResult<Vec<String>> {
    Ok(Catalog::of(config(settings).or_raise(py)?.features.set).names().to_vec())
}

/// A copy's name and its samples at 44.1 kHz.
type Copied<'py> = (String, Bound<'py, PyArray1<f32>>);

/// The usual four copies of a recording.
#[pyfunction]
pub fn augment<'py>(py: Python<'py>, source: Source) -> PyResult<Vec<Copied<'py>>> {
    let copies = work(py, 1, None, move |_| {
        let audio = Default::default();
        let augmentation = Augmentation::open(&AugmentSettings::usual(), &audio)?;
        let recording = source.open(&audio)?;
        let copy = |change| Ok((format!("{change}"), augmentation.copy(&recording, change)?));
        augmentation.changes().iter().map(copy).collect::<Result<Vec<_>>>()
    })?;
    Ok(copies.into_iter().map(|(name, copy)| (name, PyArray1::from_slice(py, copy.samples()))).collect())
}

/// The sequences in an array of recordings × windows × features, of which the first `lengths[i]` windows count.
pub fn sequences(
    features: &PyReadonlyArray3<'_, f32>,
    lengths: &[usize],
    settings: &FeatureSettings,
) -> Result<Vec<Sequence>> {
    let (catalog, shape) = (Catalog::of(settings.set), features.shape());
    if shape[2] != catalog.len() {
        let expected = format!("recordings × windows × {} features", catalog.len());
        return Err(Error::data(
            expected,
            format!("{shape:?}"),
            "measure recordings with the model's own set of features",
        ));
    }
    let values = features.as_slice().expect("contiguous, as the package gives it");
    let span = |window: usize| {
        let start_s = window as f64 * settings.hop_s;
        Span { start_s, end_s: start_s + settings.window_s }
    };
    let sequence = |(at, &length): (usize, &usize)| {
        let values = &values[at * shape[1] * shape[2]..][..length * shape[2]];
        let sequence = Sequence::new(catalog, (0..length).map(span).collect(), values.to_vec());
        let hint = "leave windows out that could not be measured";
        let named = |error: Error| match error.kind() {
            ErrorKind::Data { expected, found, .. } => Error::data(expected, format!("{found} of X[{at}]"), hint),
            _ => error,
        };
        sequence.check(catalog).map_err(named)?;
        Ok(sequence)
    };
    lengths.iter().enumerate().map(sequence).collect()
}
