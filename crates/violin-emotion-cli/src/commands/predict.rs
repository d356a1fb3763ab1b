//! `predict`: a model's answers, in input order, one row a recording whatever happens to it.

mod answers;

use std::path::Path;

use rayon::prelude::*;
use violin_emotion::analysis::Analysis;
use violin_emotion::model::EmotionModel;
use violin_emotion::{Error, pipeline};

use super::{Failure, Outcome, complain};
use crate::args::PredictArguments;
use crate::progress::Bar;
use crate::{inputs, interrupt};
pub use answers::Answers;

pub fn run(arguments: &PredictArguments) -> Result<Outcome, Failure> {
    let model = super::model(arguments.model.as_deref())?;
    let paths = inputs::expand(&arguments.paths)?;
    let mut answers = Answers::open(arguments.format, arguments.timeline, arguments.out.as_deref(), &model, &paths)?;
    let bar = Bar::new("listening", paths.len());
    let mut failed = 0;
    // A few at a time, so that answers appear in order while the next ones are worked on.
    for batch in paths.chunks(4 * rayon::current_num_threads()) {
        let analyses: Vec<Analysis> = batch.par_iter().map(|path| answer(path, &model, &bar)).collect();
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        for (path, analysis) in batch.iter().zip(&analyses) {
            if let Some(error) = &analysis.error {
                failed += 1;
                complain(error, analysis.hint.as_deref());
            }
            answers.push(path, analysis)?;
        }
    }
    drop(bar);
    answers.finish()?;
    if failed > 0 {
        eprintln!("{failed} of {} recordings could not be answered", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

fn answer(path: &Path, model: &EmotionModel, bar: &Bar) -> Analysis {
    if interrupt::asked() {
        return Analysis::failed(&path.display().to_string(), &Error::interrupted());
    }
    let analysis = inputs::refuse_folder(path).and_then(|()| pipeline::analyze(path, model));
    bar.recording(path);
    analysis.unwrap_or_else(|error| Analysis::failed(&path.display().to_string(), &error))
}
