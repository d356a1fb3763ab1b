//! The method judged on the same folds with something done otherwise: with and without copies, noise reduction, sets of features.

use std::io::{Write, stdout};

use violin_emotion::Config;
use violin_emotion::audio::{AudioSettings, Denoise};
use violin_emotion::data::Corpus;
use violin_emotion::evaluate::Evaluation;
use violin_emotion::features::{Catalog, FeatureSet, FeatureSettings};

use super::words;
use super::{Failure, Outcome, cross_validate, plan};
use crate::args::{EvaluateArguments, ScoreFormat};

/// One way of doing it, and what it reaches.
pub struct Way {
    pub name: String,
    /// Copies that were learned from too.
    pub copies: usize,
    pub evaluation: Evaluation,
}

impl Way {
    fn new(name: String, corpus: &Corpus, evaluation: Evaluation) -> Way {
        Way { name, copies: super::copies(corpus), evaluation }
    }
}

pub fn run(arguments: &EvaluateArguments) -> Result<Outcome, Failure> {
    let (shared, seed) = (&arguments.corpus, arguments.corpus.seed);
    let config = super::super::corpus_settings(shared, shared.augment || arguments.compare_augment)?;
    let dataset = super::super::dataset(shared)?;
    plan(arguments, &dataset, &dataset.groups())?;
    let cache = super::super::cache(shared.cache.as_deref())?;
    let mut ways = Vec::new();
    let plan = if arguments.compare_augment {
        let corpus = super::super::corpus(&dataset, &config, cache.as_ref())?;
        let plan = plan(arguments, &dataset, &corpus.groups())?;
        for (name, corpus) in [("without copies", &corpus.without_copies()), ("with copies", &corpus)] {
            ways.push(Way::new(name.into(), corpus, cross_validate(corpus, &config, &plan, seed)?));
        }
        plan
    } else {
        let mut first = None;
        for (name, config) in otherwise(arguments, &config) {
            eprintln!("{name}");
            let corpus = super::super::corpus(&dataset, &config, cache.as_ref())?;
            // The same folds, also where noise reduction makes recordings of one sound differ.
            let plan = match &first {
                Some(plan) => plan,
                None => first.insert(plan(arguments, &dataset, &corpus.groups())?),
            };
            ways.push(Way::new(name, &corpus, cross_validate(&corpus, &config, plan, seed)?));
        }
        first.expect("four ways")
    };
    match arguments.format {
        ScoreFormat::Table => {
            write!(stdout(), "{}", words::compared(&plan, &ways))?;
            if arguments.compare_sets {
                let (last, first) = (&ways[ways.len() - 1], &ways[0]);
                write!(stdout(), "\n{}", words::over_the_forest(last, first))?;
            }
        }
        ScoreFormat::Json => {
            let way = |way: &Way| {
                let gains: serde_json::Map<String, serde_json::Value> = way
                    .evaluation
                    .methods()
                    .map(|method| {
                        let gain = way.evaluation.gain(method, &ways[0].evaluation, method);
                        (method.name().to_owned(), serde_json::json!(gain))
                    })
                    .collect();
                serde_json::json!({ "name": way.name, "copies": way.copies, "rows": way.evaluation.rows(), "gain_over_first": gains })
            };
            let json = serde_json::json!({
                "schema": "violin-emotion/comparison/1",
                "plan": plan.described(),
                "seed": seed,
                "emotions": dataset.labels(),
                "ways": ways.iter().map(way).collect::<Vec<_>>(),
            });
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}

/// Each way's name, and the settings with that one thing otherwise.
fn otherwise(arguments: &EvaluateArguments, config: &Config) -> Vec<(String, Config)> {
    if arguments.compare_sets {
        let sets = [FeatureSet::Classic, FeatureSet::Violin, FeatureSet::Music, FeatureSet::ViolinMusic];
        let with = |set| {
            let features = FeatureSettings { set, ..config.features.clone() };
            (Catalog::of(set).name().to_owned(), Config { features, ..config.clone() })
        };
        return sets.map(with).into();
    }
    let modes = [Denoise::None, Denoise::Violin, Denoise::Stationary, Denoise::Nonstationary];
    let with = |denoise| {
        let audio = AudioSettings { denoise, ..config.audio.clone() };
        (format!("{denoise:?}").to_lowercase(), Config { audio, ..config.clone() })
    };
    modes.map(with).into()
}
