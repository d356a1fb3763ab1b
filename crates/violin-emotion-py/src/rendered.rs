//! Rendered takes, whose labels follow a known rule: for trying things out.

use std::path::PathBuf;

use pyo3::prelude::*;
use violin_emotion::synth::{self, CorpusSettings, LABELS, RECORDINGS, Recipe, Rendered};

use crate::work::work;

/// As many as `violin-emotion render` has if nothing is said.
const PERFORMERS: usize = 16;
const PIECES: usize = 12;

/// Writes the folder that `violin-emotion render` writes; gives the places of its recordings and of its label file.
#[pyfunction]
#[pyo3(signature = (folder, takes, seed=1, raters=10, duration_s=12.0))]
pub fn render(
    py: Python<'_>,
    folder: PathBuf,
    takes: usize,
    seed: u64,
    raters: usize,
    duration_s: f64,
) -> PyResult<(PathBuf, PathBuf)> {
    let places = (folder.join(RECORDINGS), folder.join(LABELS));
    work(py, 0, None, move |watcher| {
        let settings = CorpusSettings { takes, performers: PERFORMERS, pieces: PIECES, duration_s };
        settings.check()?;
        let (recipe, recipe_text) = (Recipe::built_in(), Recipe::built_in_text());
        let command = synth::command("recipe.toml", &settings, seed, raters);
        let takes = recipe.takes(&settings, seed);
        Rendered { recipe, recipe_text, takes: &takes, raters, command }.write(&folder, watcher)
    })?;
    Ok(places)
}
