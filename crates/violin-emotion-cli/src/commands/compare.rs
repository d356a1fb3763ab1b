//! `compare`: how two takes differ, and what that does to the answer.

use std::io::{Write, stdout};

use serde::Serialize;
use violin_emotion::explain::{Explainer, Explanation, Reference};
use violin_emotion::{Error, Progress, Warning};

use super::explain::{figures, groups, measure, within, write_cautions, write_disagreements, write_within};
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
    warnings: Vec<Noted>,
}

/// A warning, and the take it speaks of.
#[derive(Serialize)]
struct Noted {
    path: String,
    #[serde(flatten)]
    warning: Warning,
}

pub fn run(arguments: &CompareArguments) -> Result<Outcome, Failure> {
    let model = super::model(arguments.model.as_deref())?;
    for path in [&arguments.before, &arguments.after] {
        if path.is_dir() {
            let hint = "`explain TAKE --reference FOLDER` compares a take with a folder of them";
            return Err(Error::audio(path, "expected a recording, found a folder", hint).into());
        }
    }
    let (before, after) = (measure(&arguments.before, &model)?, measure(&arguments.after, &model)?);
    let [before_path, path] = [&arguments.before, &arguments.after].map(|path| path.display().to_string());
    let reference = Reference::recordings(before_path.clone(), vec![before.sequence.clone()])?;
    let explainer = Explainer::new(&model, reference)?.by(groups(&arguments.groups, &model)?);
    let within = within(&arguments.groups, explainer.groups())?;
    let bar = Bar::new("comparing", 1);
    let watcher = |progress: Progress| bar.show(progress);
    let mut explanation = explainer.explain(&after.sequence, &watcher)?;
    for group in &within {
        explanation.within.insert(group.clone(), explainer.within(group, &after.sequence, &watcher)?);
    }
    drop(bar);
    let mut warnings = Vec::new();
    for (name, measured) in [(&before_path, before), (&path, after)] {
        let doubts = model.doubts(&measured.sequence)?;
        let all = [&measured.warnings, measured.sequence.warnings(), &doubts].concat();
        warnings.extend(all.into_iter().map(|warning| Noted { path: name.clone(), warning }));
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
    let mut changes = compared.explanation.changes.iter();
    match compared.differences.split_first() {
        None if changes.all(|change| change.here.is_none() || change.reference.is_none()) => {
            writeln!(out, "nothing can be compared: one of the two has nothing to be measured")?;
        }
        None => writeln!(out, "nothing in the playing differs for sure")?,
        Some((first, others)) => {
            writeln!(out, "what differs most surely: {first}")?;
            others.iter().try_for_each(|line| writeln!(out, "also: {line}"))?;
        }
    }
    write_disagreements(&mut out, &compared.explanation)?;
    write_cautions(&mut out, &compared.explanation)?;
    let whole = &compared.explanation.whole;
    write!(out, "\n{}", figures("before", whole, "after"))?;
    write_within(&mut out, &compared.explanation)?;
    if !compared.warnings.is_empty() {
        writeln!(out)?;
    }
    let mut notes = compared.warnings.iter();
    notes.try_for_each(|noted| writeln!(out, "note: {}: {}", noted.path, noted.warning))
}
