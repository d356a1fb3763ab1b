//! `evaluate`: grouped cross-validation beside the simplest baseline.

use std::io::{Write, stdout};

use violin_emotion::{data, evaluate};

use super::{Failure, Outcome};
use crate::args::{EvaluateArguments, ScoreFormat};
use crate::progress::Bar;
use crate::table;

pub fn run(arguments: &EvaluateArguments) -> Result<Outcome, Failure> {
    let shared = &arguments.corpus;
    let config = super::settings(shared.config.as_deref(), &shared.windows, &shared.sound)?;
    let mut dataset = super::dataset(shared)?;
    data::checked_folds(&dataset.groups(), arguments.folds, shared.seed)?;
    if let Some(seed) = arguments.permute_labels {
        dataset = data::permute_labels(&dataset, seed);
        eprintln!("labels were shuffled among the recordings: an honest score is now 0 or below");
    }
    let cache = super::cache(shared.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;

    let bar = Bar::new("training", config.model.restarts * arguments.folds);
    let (folds, seed) = (arguments.folds, shared.seed);
    let evaluation = evaluate::cross_validate(&corpus, &config, folds, seed, &|progress| bar.show(progress))?;
    drop(bar);

    match arguments.format {
        ScoreFormat::Table => {
            let recordings = evaluation.answers().len();
            writeln!(stdout(), "{folds} folds by group, scores of the {recordings} pooled held-out answers:\n")?;
            write!(stdout(), "{}", table::scores(evaluation.rows()))?;
        }
        ScoreFormat::Json => {
            let permuted = arguments.permute_labels;
            let json = serde_json::json!({
                "schema": "violin-emotion/evaluation/1",
                "folds": folds,
                "seed": seed,
                "permute_labels": permuted,
                "emotions": corpus.labels(),
                "rows": evaluation.rows(),
                "answers": evaluation.answers(),
            });
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}
