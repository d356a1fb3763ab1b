//! `evaluate`: grouped cross-validation, every score beside simpler methods' and below the raters' ceiling.

mod compare;
mod figures;
mod folder;
mod hybrid_permutations;
mod json;
pub mod replay;
pub mod words;
mod write_up;

use std::collections::BTreeSet;
use std::io::{Write, stdout};

use violin_emotion::data::{self, Corpus, Dataset, Plan, Split};
use violin_emotion::evaluate::{
    self, ByPiece, Ceiling, Evaluation, Method, PermutationTest, QUICK, permutation_steps, permutation_test,
};
use violin_emotion::report::{Methods, Source};
use violin_emotion::{Config, Error, Progress};

use super::{Failure, Outcome};
use crate::args::{EvaluateArguments, ScoreFormat};
use crate::progress::Bar;

pub use folder::Outputs;

/// Everything that one run finds.
pub struct Judgement {
    pub plan: Plan,
    pub seed: u64,
    pub permuted_labels: Option<u64>,
    pub copies: usize,
    /// Each recording's name and the checksum of its sound.
    pub sounds: Vec<(String, String)>,
    pub evaluation: Evaluation,
    /// Why there are no intervals, if so.
    pub no_intervals: Option<String>,
    /// What the raters' disagreement allows, or why that is not known.
    pub ceiling: Result<Ceiling, String>,
    /// The second group of each recording, with `--second-group`.
    pub second_groups: Option<Vec<String>>,
    pub by_piece: Option<Vec<ByPiece>>,
    pub tests: Vec<PermutationTest>,
    /// The share of the training groups, and what was reached with so many.
    pub learning_curve: Vec<(f64, Evaluation)>,
    /// How it was done, for a paper.
    pub methods: Vec<String>,
    /// Whose work that rests on.
    pub sources: Vec<Source>,
    /// Whether nobody played or rated the recordings.
    pub rendered: bool,
}

/// Shares of the training groups, beside all of them.
const LEARNING_CURVE: [f64; 3] = [0.25, 0.5, 0.75];

pub fn run(arguments: &EvaluateArguments) -> Result<Outcome, Failure> {
    if let Some(file) = &arguments.replay {
        return replay::run(arguments, file);
    }
    if arguments.compare_augment || arguments.compare_denoise || arguments.compare_sets {
        return compare::run(arguments);
    }
    let judged = judge(arguments)?;
    let outputs = Outputs::of(&judged);
    if let Some(folder) = &arguments.out {
        outputs.save(folder, arguments, &judged)?;
    }
    match arguments.format {
        ScoreFormat::Table => write!(stdout(), "{}", words::story(&judged))?,
        ScoreFormat::Json => stdout().write_all(outputs.json())?,
    }
    if let Some(folder) = &arguments.out {
        eprintln!("written: {}", folder.display());
    }
    Ok(Outcome::Complete)
}

/// All that `evaluate` does but saying it.
pub fn judge(arguments: &EvaluateArguments) -> Result<Judgement, Failure> {
    let shared = &arguments.corpus;
    let (seed, config) = (shared.seed, super::corpus_settings(shared, shared.augment)?);
    let mut dataset = super::dataset(shared)?;
    // What cannot be judged is known before any audio is decoded.
    plan(arguments, &dataset, &dataset.groups())?;
    if let Some(seed) = arguments.permute_labels {
        dataset = data::permute_labels(&dataset, seed);
        eprintln!("labels were shuffled among the recordings: an honest score is now 0 or below");
    }
    if arguments.learning_curve {
        enough_for_a_curve(&dataset, &plan(arguments, &dataset, &dataset.groups())?)?;
    }
    let pieces = arguments.pieces.as_deref().map(|name| column(&dataset, "--pieces", name)).transpose()?;
    let second = arguments.second_group.as_deref().map(|name| column(&dataset, "--second-group", name)).transpose()?;
    let second_groups = second.map(|cells| cells.into_iter().map(String::from).collect());
    let cache = super::cache(shared.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;
    let plan = plan(arguments, &dataset, &corpus.groups())?;
    let evaluation = cross_validate(&corpus, &config, &plan, seed)?;
    let by_piece = pieces.map(|pieces| evaluation.by_piece(&pieces));
    let learning_curve = match arguments.learning_curve {
        true => LEARNING_CURVE
            .iter()
            .map(|&share| {
                let smaller = plan.with_fewer_groups(&corpus.groups(), share, seed)?;
                Ok((share, cross_validate(&corpus, &config, &smaller, seed)?))
            })
            .collect::<Result<_, Error>>()?,
        false => Vec::new(),
    };
    let mut tests = match arguments.permutations {
        0 => Vec::new(),
        permutations => {
            let bar = Bar::new("permuting", QUICK.len() * permutation_steps(&plan, permutations));
            let show = |progress: Progress| bar.show(progress);
            let test = |&method| permutation_test(&corpus, &config, &plan, method, permutations, seed, &show);
            QUICK.iter().map(test).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
        }
    };
    if let Some(folder) = arguments.out.as_ref().filter(|_| arguments.hybrid_permutations > 0) {
        let observed = evaluation.row(Method::Hybrid).figures.mean_r2.filter(|_| plan.repetitions().len() == 1);
        tests.extend(hybrid_permutations::run(
            arguments.hybrid_permutations,
            folder,
            &corpus,
            &config,
            &plan,
            seed,
            observed,
        )?);
    }
    let group_by = shared.reading.group_by.as_deref();
    let methods = Methods { corpus: &corpus, config: &config, group_by, seed };
    let ceiling = ceiling(&dataset, &corpus, shared.reading.scale.is_some());
    let no_intervals = evaluate::no_intervals(&corpus.group_numbers());
    let judged = methods.judged(&plan, no_intervals.is_none(), ceiling.is_ok());
    Ok(Judgement {
        methods: methods.paragraphs().into_iter().chain([judged]).collect(),
        sources: methods.sources().into_iter().chain(no_intervals.is_none().then_some(Source::Jackknife)).collect(),
        rendered: corpus.is_rendered(),
        ceiling,
        no_intervals,
        plan,
        seed,
        permuted_labels: arguments.permute_labels,
        copies: copies(&corpus),
        sounds: corpus.recordings().iter().map(|one| (one.file_name.clone(), one.sound.clone())).collect(),
        evaluation,
        second_groups,
        by_piece,
        tests,
        learning_curve,
    })
}

/// Which recordings are held out together; `groups` are those of the dataset's recordings.
fn plan(arguments: &EvaluateArguments, dataset: &Dataset, groups: &[&str]) -> Result<Plan, Error> {
    let (folds, repeat, seed) = (arguments.folds, arguments.repeat, arguments.corpus.seed);
    if let Some(csv) = &arguments.folds_file {
        let names: Vec<&str> = dataset.recordings().iter().map(|recording| &*recording.file_name).collect();
        return Plan::from_file(csv, &names, groups);
    }
    match &arguments.second_group {
        _ if arguments.leave_one_group_out => Plan::leave_one_group_out(groups),
        Some(name) if Some(name) == arguments.corpus.reading.group_by.as_ref() => {
            Err(Error::config("--second-group", "another column than that of --group-by", format!("`{name}`")))
        }
        Some(name) => Plan::crossed(groups, &column(dataset, "--second-group", name)?, folds, repeat, seed),
        None => Plan::by_group(groups, folds, repeat, seed),
    }
}

fn column<'a>(dataset: &'a Dataset, option: &'static str, name: &str) -> Result<Vec<&'a str>, Error> {
    let labels = dataset.labels();
    let scale = labels.scale().map(|scale| scale.column.as_str());
    let rated = labels.names().iter().map(String::as_str).chain(scale).chain(["emotion"]);
    if rated.into_iter().any(|rated| rated.to_lowercase() == name.to_lowercase()) {
        let found = format!("`{name}`, which says how they are rated");
        return Err(Error::config(option, "a column that says what recordings share", found));
    }
    let columns = || format!("a column of the label file: {}", dataset.headers().join(", "));
    let cells = dataset.column(name).ok_or_else(|| Error::config(option, columns(), format!("`{name}`")))?;
    if let Some(empty) = cells.iter().position(|cell| cell.is_empty()) {
        let line = dataset.recordings()[empty].line;
        let found = format!("an empty cell in column `{name}`, line {line}");
        return Err(Error::config(option, "a value for every recording", found));
    }
    Ok(cells)
}

/// A quarter of the training groups are two at least.
fn enough_for_a_curve(dataset: &Dataset, plan: &Plan) -> Result<(), Error> {
    const FEWEST: usize = 8;
    let groups = dataset.groups();
    let learned = |split: &Split| split.train().iter().map(|&at| groups[at]).collect::<BTreeSet<_>>().len();
    let fewest = plan.repetitions()[0].iter().map(learned).min().expect("a split");
    if fewest < FEWEST {
        return Err(Error::config("--learning-curve", format!("at least {FEWEST} groups to learn from"), fewest));
    }
    Ok(())
}

fn cross_validate(corpus: &Corpus, config: &Config, plan: &Plan, seed: u64) -> Result<Evaluation, Error> {
    let bar = Bar::new("training", config.networks() * plan.splits());
    evaluate::cross_validate(corpus, config, plan, seed, &|progress| bar.show(progress))
}

fn ceiling(dataset: &Dataset, corpus: &Corpus, scale: bool) -> Result<Ceiling, String> {
    if scale {
        return Err("means on a scale do not tell how far the raters were apart".into());
    }
    let votes = dataset.votes().ok_or("the label file has no column `n_votes` or `n_raters`")?;
    let rated: Vec<&[f32]> = dataset.recordings().iter().map(|recording| recording.target.shares()).collect();
    evaluate::ceiling(&rated, &votes, &corpus.group_numbers(), 0)
}

/// Copies of all recordings.
fn copies(corpus: &Corpus) -> usize {
    corpus.recordings().iter().map(|recording| recording.copies.count()).sum()
}
