//! Rendered takes, whose labels follow a known rule: for trying things out.

use numpy::PyArray1;
use pyo3::prelude::*;
use rayon::prelude::*;
use violin_emotion::synth::{self, CorpusSettings, Recipe, Take};

use crate::work::work;

/// As many as `violin-emotion render` has if nothing is said.
const PERFORMERS: usize = 16;
const PIECES: usize = 12;

/// Name, performer, piece, the shares of the votes, the samples at 44.1 kHz.
type Rendered<'py> = (String, usize, usize, Vec<f64>, Bound<'py, PyArray1<f32>>);

/// The emotions of the built-in recipe, and `takes` of it, each rated by `raters`.
#[pyfunction]
#[pyo3(signature = (takes, seed=1, raters=10, duration_s=12.0))]
pub fn render<'py>(
    py: Python<'py>,
    takes: usize,
    seed: u64,
    raters: usize,
    duration_s: f64,
) -> PyResult<(Vec<String>, Vec<Rendered<'py>>)> {
    let emotions = Recipe::built_in().emotions().to_vec();
    let rendered = work(py, 0, None, move |_| {
        let settings = CorpusSettings { takes, performers: PERFORMERS, pieces: PIECES, duration_s };
        let takes = synth::corpus(&settings, seed);
        Ok(takes.into_par_iter().map(|take| (take.render(), take)).collect::<Vec<(Vec<f32>, Take)>>())
    })?;
    let told = rendered.into_iter().map(|(samples, take)| {
        let votes = take.votes(raters);
        let share = |emotion| votes.iter().filter(|vote| **vote == emotion).count() as f64 / raters as f64;
        let shares = (0..emotions.len()).map(share).collect();
        (format!("{}.wav", take.name), take.performer, take.piece, shares, PyArray1::from_vec(py, samples))
    });
    let told = told.collect();
    Ok((emotions, told))
}
