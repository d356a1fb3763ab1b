//! `compare`: how two takes differ, and what that does to the answer.

use std::io::{Write, stdout};

use serde::Serialize;
use violin_emotion::explain::{Explainer, Explanation, Reference};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Progress, Warning};

use super::explain::{figures, groups, measure, write_within};
use super::{Failure, Outcome};
use crate::args::{CompareArguments, ExplanationFormat};
use crate::progress::Bar;

/// What is said of two takes.
#[derive(Serialize)]
struct Compared {
    path: String,
    /// In words, the surest difference first.
    differences: Vec<String>,
    #[serde(flatten)]
    explanation: Explanation,
    warnings: Vec<Warning>,
}

pub fn run(arguments: &CompareArguments) -> Result<Outcome, Failure> {
    let model = EmotionModel::load(&super::model_folder(arguments.model.as_deref())?)?;
    let (before, after) = (measure(&arguments.before, &model)?, measure(&arguments.after, &model)?);
    let [before_path, path] = [&arguments.before, &arguments.after].map(|path| path.display().to_string());
    let reference = Reference::recordings(before_path.clone(), vec![before.sequence.clone()])?;
    let explainer = Explainer::new(&model, reference)?.by(groups(&arguments.groups, &model)?);
    let bar = Bar::new("comparing", 1);
    let watcher = |progress: Progress| bar.show(progress);
    let mut explanation = explainer.explain(&after.sequence, &watcher)?;
    for group in &arguments.groups.within {
        explanation.within.insert(group.clone(), explainer.within(group, &after.sequence, &watcher)?);
    }
    drop(bar);
    let mut warnings = Vec::new();
    for measured in [before, after] {
        warnings.extend(model.doubts(&measured.sequence)?);
        warnings.extend([&measured.warnings, measured.sequence.warnings()].concat());
    }
    let differences = explanation.differences();
    let compared = Compared { path, differences, explanation, warnings };
    match arguments.format {
        ExplanationFormat::Json => {
            let json = serde_json::to_string_pretty(&compared).map_err(std::io::Error::from)?;
            writeln!(stdout(), "{json}")?;
        }
        ExplanationFormat::Table => write_table(&before_path, &compared)?,
    }
    Ok(Outcome::Complete)
}

fn write_table(before: &str, compared: &Compared) -> std::io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{}, compared with {before}\n", compared.path)?;
    match compared.differences.split_first() {
        None => writeln!(out, "nothing in the playing differs for sure")?,
        Some((first, others)) => {
            writeln!(out, "what differs most: {first}")?;
            others.iter().try_for_each(|line| writeln!(out, "also: {line}"))?;
        }
    }
    let whole = &compared.explanation.whole;
    write!(out, "\n{}", figures("before", whole, "after"))?;
    write_within(&mut out, &compared.explanation)?;
    compared.warnings.iter().try_for_each(|warning| writeln!(out, "note: {warning}"))
}
