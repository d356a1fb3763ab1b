//! `render`: a corpus with known answers.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::Error;
use violin_emotion::synth::{self, CorpusSettings, LABELS, RECORDINGS, Recipe, Rendered};

use super::{Failure, Outcome};
use crate::args::RenderArguments;
use crate::progress::Bar;

/// The recipe that needs no file.
const BUILT_IN: &str = "cues";

pub fn run(arguments: &RenderArguments) -> Result<Outcome, Failure> {
    let (recipe, recipe_text) = open(&arguments.recipe)?;
    let settings = CorpusSettings {
        takes: arguments.n,
        performers: arguments.performers,
        pieces: arguments.pieces,
        duration_s: arguments.duration,
    };
    let takes = recipe.takes(&settings, arguments.seed);
    let raters = arguments.raters;
    let command = synth::command("recipe.toml", &settings, arguments.seed, raters);
    let bar = Bar::new("rendering", takes.len());
    let rendered = Rendered { recipe: &recipe, recipe_text: &recipe_text, takes: &takes, raters, command };
    rendered.write(&arguments.out, &|progress| bar.show(progress))?;
    drop(bar);
    let out = arguments.out.display();
    writeln!(
        stdout(),
        "{} in {out}/{RECORDINGS}/, labels in {out}/{LABELS}: {}.",
        super::count(takes.len(), "take"),
        synth::NOTICE
    )?;
    Ok(Outcome::Complete)
}

fn open(recipe: &str) -> Result<(Recipe, String), Error> {
    if recipe == BUILT_IN {
        return Ok((Recipe::built_in().clone(), Recipe::built_in_text().to_string()));
    }
    let path = Path::new(recipe);
    let text = fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
    Ok((Recipe::from_toml(&text, path)?, text))
}
