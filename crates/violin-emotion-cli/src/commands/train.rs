//! `train`: a model from labelled recordings, and the figure one may believe.

use std::io::{Write, stdout};

use violin_emotion::data::{Corpus, Dataset};
use violin_emotion::model;
use violin_emotion::pipeline::{self, Trained};
use violin_emotion::report::ModelCard;

use super::{Failure, Outcome, count};
use crate::args::TrainArguments;
use crate::progress::Bar;
use crate::table;

pub fn run(arguments: &TrainArguments) -> Result<Outcome, Failure> {
    let shared = &arguments.corpus;
    model::check_place(&arguments.out)?;
    let config = super::corpus_settings(shared, shared.augment)?;
    let dataset = super::dataset(shared)?;
    pipeline::checked_holdout(&dataset.groups(), shared.seed)?;
    let cache = super::cache(shared.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;

    let refit = !arguments.no_refit;
    let bar = Bar::new("training", config.networks() * (1 + usize::from(refit)));
    let trained = pipeline::train(&corpus, &config, shared.seed, refit, &|progress| bar.show(progress))?;
    drop(bar);

    let card = card(&trained, &dataset, &corpus, shared.reading.group_by.as_deref());
    trained.model.save_with_card(&arguments.out, &card)?;
    write!(stdout(), "{}", story(&trained, corpus.recordings().len()))?;
    writeln!(stdout(), "Model: {}", arguments.out.display())?;
    Ok(Outcome::Complete)
}

/// What people should know of the model.
pub fn card(trained: &Trained, dataset: &Dataset, corpus: &Corpus, group_by: Option<&str>) -> String {
    let votes = dataset.votes();
    ModelCard { trained, corpus, votes: votes.as_deref(), group_by }.markdown()
}

/// The scores, and which model they belong to.
pub fn story(trained: &Trained, recordings: usize) -> String {
    let answers = trained.held_out.answers();
    let mut groups: Vec<&str> = answers.iter().map(|answer| answer.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let (held, groups) = (count(answers.len(), "held-out recording"), count(groups.len(), "group"));
    let scores = table::scores(&trained.held_out.scores());
    let saved = match trained.model.summary().refitted {
        true => {
            format!("The saved model was then fitted again on all {recordings} recordings; it has no score of its own.")
        }
        false => "The saved model is the one that was scored.".to_string(),
    };
    format!("On {held} ({groups} the scored model never heard):\n\n{scores}\n{saved}\n")
}
