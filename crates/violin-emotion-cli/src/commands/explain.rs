//! `explain`: what each part of the playing adds to the answer.

use std::io::{self, Write, stdout};
use std::path::Path;

use serde::Serialize;
use violin_emotion::explain::{self, ByEmotion, Change, Explanation, Reference, Why};
use violin_emotion::features::{self, Measurement};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Error, Warning};

use super::{Failure, Outcome, complain};
use crate::args::{ExplainArguments, ExplanationFormat};
use crate::progress::Bar;
use crate::{inputs, interrupt, table};

/// What `--reference` is called that is no path.
const CORPUS: &str = "corpus";
/// Families that are put into words, those that move the answer most.
const IN_WORDS: usize = 3;
/// Less is not put into words: it is not seen in figures of two digits.
const LEAST: f64 = 0.005;

/// What is said of one recording.
#[derive(Serialize)]
struct Explained {
    path: String,
    status: &'static str,
    error: Option<String>,
    hint: Option<String>,
    #[serde(flatten)]
    explanation: Option<Explanation>,
    warnings: Vec<Warning>,
}

pub fn run(arguments: &ExplainArguments) -> Result<Outcome, Failure> {
    let model = EmotionModel::load(&super::model_folder(arguments.model.as_deref())?)?;
    let reference = reference(&arguments.reference, &model)?;
    let paths = inputs::expand(&arguments.paths)?;
    let bar = Bar::new("explaining", paths.len());
    let mut failed = 0;
    for (count, path) in paths.iter().enumerate() {
        let explained = explained(path, &model, &reference, arguments.timeline, &bar);
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        bar.recording(path);
        if let Some(error) = &explained.error {
            failed += 1;
            complain(error, explained.hint.as_deref());
        }
        match arguments.format {
            ExplanationFormat::Json => {
                let opening = if count == 0 { "[\n" } else { ",\n" };
                let json = serde_json::to_string_pretty(&explained).map_err(io::Error::from)?;
                write!(stdout(), "{opening}{json}")?;
            }
            ExplanationFormat::Table => write_table(&explained, count == 0)?,
        }
    }
    drop(bar);
    if arguments.format == ExplanationFormat::Json {
        writeln!(stdout(), "{}", if paths.is_empty() { "[]" } else { "\n]" })?;
    }
    if failed > 0 {
        eprintln!("{failed} of {} recordings could not be explained", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

fn reference(named: &Path, model: &EmotionModel) -> Result<Reference, Failure> {
    if named == Path::new(CORPUS) {
        return Ok(Reference::corpus(model));
    }
    let mut sequences = Vec::new();
    for path in inputs::expand(&[named.to_path_buf()])? {
        sequences.push(measure(&path, model)?.sequence);
    }
    Ok(Reference::recordings(named.display().to_string(), sequences)?)
}

fn measure(path: &Path, model: &EmotionModel) -> Result<Measurement, Error> {
    inputs::refuse_folder(path)?;
    features::measure(path, &model.config().audio, &model.config().features, None)
}

fn explained(path: &Path, model: &EmotionModel, reference: &Reference, timeline: bool, bar: &Bar) -> Explained {
    let path_name = path.display().to_string();
    match explain_one(path, model, reference, timeline, bar) {
        Ok((explanation, warnings)) => Explained {
            path: path_name,
            status: "ok",
            error: None,
            hint: None,
            explanation: Some(explanation),
            warnings,
        },
        Err(error) => Explained {
            path: path_name,
            status: "error",
            error: Some(error.to_string()),
            hint: error.hint().map(str::to_string),
            explanation: None,
            warnings: Vec::new(),
        },
    }
}

fn explain_one(
    path: &Path,
    model: &EmotionModel,
    reference: &Reference,
    timeline: bool,
    bar: &Bar,
) -> Result<(Explanation, Vec<Warning>), Error> {
    let Measurement { sequence, warnings, .. } = measure(path, model)?;
    let mut explanation = explain::explain(model, &sequence, reference, &|progress| bar.show(progress))?;
    if timeline {
        explanation.timeline = explain::explain_timeline(model, &sequence, reference, &|progress| bar.show(progress))?;
    }
    let doubts = model.doubts(&sequence)?;
    Ok((explanation, [&warnings, sequence.warnings(), &doubts].concat()))
}

fn write_table(explained: &Explained, first: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    if !first {
        writeln!(out)?;
    }
    let Some(explanation) = &explained.explanation else { return writeln!(out, "{}: error", explained.path) };
    writeln!(out, "{}, against {}\n", explained.path, explanation.reference)?;
    write!(out, "{}", figures(&explanation.whole))?;
    writeln!(out)?;
    for line in sentences(&explanation.whole, &explanation.changes) {
        writeln!(out, "{line}")?;
    }
    for then in &explanation.timeline {
        writeln!(out, "\n{:.1} to {:.1} s\n", then.span.start_s, then.span.end_s)?;
        write!(out, "{}", figures(&then.why))?;
    }
    explained.warnings.iter().try_for_each(|warning| writeln!(out, "note: {warning}"))
}

/// The reference's answer, what each family adds, and the answer.
fn figures(why: &Why) -> String {
    let header: Vec<String> = std::iter::once(String::new()).chain(why.base.keys().cloned()).collect();
    let line = |name: &str, values: &ByEmotion, figure: fn(&f64) -> String| {
        std::iter::once(name.to_string()).chain(values.values().map(figure)).collect::<Vec<String>>()
    };
    let share = |value: &f64| format!("{value:.3}");
    let added = |value: &f64| format!("{value:+.3}");
    let mut rows = vec![line("reference", &why.base, share)];
    rows.extend(why.contributions.iter().map(|(family, values)| line(family, values, added)));
    rows.push(line("answer", &why.prediction, share));
    table::aligned(&header, &rows)
}

/// `vibrato: wider vibrato (28 against 14 cents up and down): tenderness +0.06, anger -0.03`
fn sentences(why: &Why, changes: &[Change]) -> Vec<String> {
    let moved = |values: &ByEmotion| values.values().map(|value| value.abs()).sum::<f64>();
    let mut families: Vec<(&String, &ByEmotion)> = why.contributions.iter().collect();
    families.sort_by(|one, other| moved(other.1).total_cmp(&moved(one.1)));
    let sentence = |(family, values): (&String, &ByEmotion)| {
        let mut emotions: Vec<(&String, &f64)> = values.iter().filter(|(_, value)| value.abs() >= LEAST).collect();
        emotions.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        let effects: Vec<String> =
            emotions.iter().take(2).map(|(emotion, value)| format!("{emotion} {value:+.2}")).collect();
        let change = changes.iter().find(|change| change.family == *family)?;
        (!effects.is_empty()).then(|| format!("{family}: {}: {}", change.words, effects.join(", ")))
    };
    families.into_iter().filter_map(sentence).take(IN_WORDS).collect()
}
