//! `evaluate`: grouped cross-validation beside the simplest baseline.

use std::io::{Write, stdout};

use violin_emotion::evaluate::Evaluation;
use violin_emotion::model::Scores;
use violin_emotion::{data, evaluate};

use super::{Failure, Outcome};
use crate::args::{EvaluateArguments, ScoreFormat};
use crate::progress::Bar;
use crate::table;

pub fn run(arguments: &EvaluateArguments) -> Result<Outcome, Failure> {
    let shared = &arguments.corpus;
    let augment = shared.augment || arguments.compare_augment;
    let config = super::settings(shared.config.as_deref(), &shared.windows, &shared.sound, augment)?;
    let mut dataset = super::dataset(shared)?;
    data::checked_folds(&dataset.groups(), arguments.folds, shared.seed)?;
    if let Some(seed) = arguments.permute_labels {
        dataset = data::permute_labels(&dataset, seed);
        eprintln!("labels were shuffled among the recordings: an honest score is now 0 or below");
    }
    let cache = super::cache(shared.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;

    let runs = 1 + usize::from(arguments.compare_augment);
    let bar = Bar::new("training", runs * config.model.restarts * arguments.folds);
    let (folds, seed) = (arguments.folds, shared.seed);
    let judge = |corpus: &_| evaluate::cross_validate(corpus, &config, folds, seed, &|progress| bar.show(progress));
    let evaluation = judge(&corpus)?;
    let without = arguments.compare_augment.then(|| judge(&corpus.without_copies())).transpose()?;
    drop(bar);

    match arguments.format {
        ScoreFormat::Table => {
            let recordings = evaluation.answers().len();
            writeln!(stdout(), "{folds} folds by group, scores of the {recordings} pooled held-out answers:\n")?;
            match &without {
                Some(without) => write!(stdout(), "{}", table::scores(&compared(without, &evaluation)))?,
                None => write!(stdout(), "{}", table::scores(evaluation.rows()))?,
            }
        }
        ScoreFormat::Json => {
            let permuted = arguments.permute_labels;
            let json = serde_json::json!({
                "schema": "violin-emotion/evaluation/1",
                "folds": folds,
                "seed": seed,
                "permute_labels": permuted,
                "emotions": corpus.labels(),
                "copies": corpus.recordings().iter().map(|recording| recording.copies.count()).sum::<usize>(),
                "rows": evaluation.rows(),
                "answers": evaluation.answers(),
                "without_copies": without.map(|without| {
                    serde_json::json!({ "rows": without.rows(), "answers": without.answers() })
                }),
            });
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}

/// One table: each part of the model without copies, then with them. The mean label is the same for both.
fn compared(without: &Evaluation, with: &Evaluation) -> Vec<Scores> {
    let pairs = without.rows().iter().zip(with.rows());
    pairs
        .flat_map(|(without, with)| match with == without {
            true => vec![with.clone()],
            false => {
                let name = format!("{}, with copies", with.name);
                vec![without.clone(), Scores { name, ..with.clone() }]
            }
        })
        .collect()
}
