//! `explain`: what each part of the playing adds to the answer.

use std::io::{self, Write, stdout};
use std::path::Path;

use serde::Serialize;
use violin_emotion::explain::{
    ByEmotion, Disagreement, Explainer, Explanation, Groups, Imagined, Reference, WhatIf, Why, Within,
};
use violin_emotion::features::{self, Measurement};
use violin_emotion::model::EmotionModel;
use violin_emotion::report::{Line, Response};
use violin_emotion::{Error, Progress, Warning, WholeFile};

use super::{Failure, Outcome, across, complain};
use crate::args::{ExplainArguments, ExplanationFormat, GroupArguments};
use crate::progress::Bar;
use crate::{inputs, interrupt, table};

/// What `--reference` is called that is no path.
const CORPUS: &str = "corpus";
/// Groups that are put into words, those that move the answer most.
const IN_WORDS: usize = 3;

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
    if let Some(audio) = &arguments.across.corpus {
        return across::run(arguments, audio);
    }
    if arguments.across.labels.is_some() {
        return Err(Error::config("--labels", "--corpus beside it: what matters across a corpus", "PATHs").into());
    }
    let curves = arguments.what_if.iter().any(|asked| asked.contains(".."));
    if arguments.figures.is_some() && !curves {
        let expected = "--what-if FEATURE=FROM..TO beside it, the curve to draw, or --corpus";
        return Err(Error::config("--figures", expected, "neither").into());
    }
    let model = super::model(arguments.model.as_deref())?;
    let groups = groups(&arguments.groups, &model)?;
    let explainer = Explainer::new(&model, reference(&arguments.reference, &model)?)?.by(groups);
    let what_if = arguments.what_if.iter().map(|asked| WhatIf::parse(asked, &model)).collect::<Result<_, Error>>()?;
    let within = within(&arguments.groups, explainer.groups())?;
    arguments.figures.as_deref().map_or(Ok(()), across::check_folder)?;
    let paths = inputs::expand(&arguments.paths)?;
    let asked = Asked { model: &model, explainer, within, what_if, timeline: arguments.timeline };
    let mut curves = arguments.figures.as_deref().map(Curves::new);
    let bar = Bar::new("explaining", paths.len());
    let mut failed = 0;
    for (count, path) in paths.iter().enumerate() {
        let explained = explained(path, &asked, &bar);
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        bar.recording(path);
        if let (Some(curves), Some(explanation)) = (&mut curves, &explained.explanation) {
            curves.draw(path, explanation)?;
        }
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

/// The families, with what the command line puts together.
pub(super) fn groups(arguments: &GroupArguments, model: &EmotionModel) -> Result<Groups, Error> {
    let mut groups = Groups::families(model);
    for group in &arguments.group {
        let Some((name, parts)) = group.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            let hint = "write --group tone=brightness+bow_noise";
            return Err(Error::data("NAME=PART+PART after --group", format!("`{group}`"), hint));
        };
        let parts: Vec<&str> = parts.split('+').map(str::trim).collect();
        groups = groups.gather(name.trim(), &parts)?;
    }
    Ok(groups)
}

pub(super) fn measure(path: &Path, model: &EmotionModel) -> Result<Measurement, Error> {
    inputs::expect_recording(path)?;
    features::measure(path, &model.config().audio, &model.config().features, None)
}

/// The groups to be opened, each once.
pub(super) fn within(arguments: &GroupArguments, groups: &Groups) -> Result<Vec<String>, Error> {
    let mut within: Vec<String> = Vec::new();
    for asked in &arguments.within {
        let name = groups.named(asked)?;
        if !within.iter().any(|known| known == name) {
            within.push(name.to_string());
        }
    }
    Ok(within)
}

/// What is asked of each recording.
struct Asked<'a> {
    model: &'a EmotionModel,
    explainer: Explainer<'a>,
    within: Vec<String>,
    what_if: Vec<WhatIf>,
    timeline: bool,
}

fn explained(path: &Path, asked: &Asked, bar: &Bar) -> Explained {
    let explained = explain_one(path, asked, bar);
    let (error, hint) = match &explained {
        Ok(_) => (None, None),
        Err(error) => (Some(error.to_string()), error.hint().map(str::to_string)),
    };
    let (explanation, warnings) = explained.ok().unzip();
    Explained {
        path: path.display().to_string(),
        status: if error.is_none() { "ok" } else { "error" },
        error,
        hint,
        explanation,
        warnings: warnings.unwrap_or_default(),
    }
}

fn explain_one(path: &Path, asked: &Asked, bar: &Bar) -> Result<(Explanation, Vec<Warning>), Error> {
    let Measurement { sequence, warnings, .. } = measure(path, asked.model)?;
    let watcher = |progress: Progress| bar.show(progress);
    let mut explanation = asked.explainer.explain(&sequence, &watcher)?;
    for group in &asked.within {
        explanation.within.insert(group.clone(), asked.explainer.within(group, &sequence, &watcher)?);
    }
    for what_if in &asked.what_if {
        explanation.what_if.push(what_if.ask(asked.model, &sequence)?);
    }
    if asked.timeline {
        explanation.timeline = asked.explainer.timeline(&sequence, &watcher)?;
    }
    let doubts = asked.model.doubts(&sequence)?;
    Ok((explanation, [&warnings, sequence.warnings(), &doubts].concat()))
}

/// Where the curves of `--what-if` go.
struct Curves<'a> {
    folder: &'a Path,
    /// Names that are taken: recordings of one name in several folders, or one feature asked about twice.
    names: Vec<String>,
}

impl<'a> Curves<'a> {
    fn new(folder: &'a Path) -> Self {
        Curves { folder, names: Vec::new() }
    }

    fn draw(&mut self, path: &Path, explanation: &Explanation) -> Result<(), Error> {
        for imagined in explanation.what_if.iter().filter(|imagined| imagined.answers.len() > 1) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let name = format!("{stem}-{}", imagined.feature);
            let free = (2..).map(|number| format!("{name}-{number}")).find(|other| !self.names.contains(other));
            let name = if self.names.contains(&name) { free.expect("numbers do not end") } else { name };
            across::make_folder(self.folder)?;
            WholeFile::save(&self.folder.join(format!("{name}.svg")), curve(path, imagined).svg().as_bytes())?;
            self.names.push(name);
        }
        Ok(())
    }
}

fn write_table(explained: &Explained, first: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    if !first {
        writeln!(out)?;
    }
    let Some(explanation) = &explained.explanation else { return writeln!(out, "{}: error", explained.path) };
    writeln!(out, "{}, against {}\n", explained.path, explanation.reference)?;
    write!(out, "{}", figures("reference", &explanation.whole, "answer"))?;
    writeln!(out)?;
    for line in explanation.sentences().iter().take(IN_WORDS) {
        writeln!(out, "{line}")?;
    }
    write_disagreements(&mut out, explanation)?;
    write_cautions(&mut out, explanation)?;
    write_within(&mut out, explanation)?;
    explanation.what_if.iter().try_for_each(|imagined| write_what_if(&mut out, imagined))?;
    for then in &explanation.timeline {
        writeln!(out, "\n{:.1} to {:.1} s\n", then.span.start_s, then.span.end_s)?;
        write!(out, "{}", figures("reference", &then.why, "answer"))?;
    }
    explained.warnings.iter().try_for_each(|warning| writeln!(out, "note: {warning}"))
}

/// The answers if a feature were otherwise; for a single one, what changes too.
fn write_what_if(out: &mut impl Write, imagined: &Imagined) -> io::Result<()> {
    let Imagined { feature, unit, played, answers, .. } = imagined;
    let Some(played) = played else {
        return writeln!(out, "\nwhat if {feature} were otherwise: it is not to be heard here");
    };
    let emotions = answers.iter().take(1).flat_map(|answer| answer.prediction.keys().cloned());
    let header: Vec<String> = std::iter::once(feature.clone()).chain(emotions).collect();
    let mut rows: Vec<Vec<String>> =
        answers.iter().map(|answer| line(&figure(answer.value), &answer.prediction, share)).collect();
    if let [only] = &answers[..] {
        rows.push(line("change", &only.change, added));
    }
    let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
    writeln!(out, "\nwhat if {feature}, {}{unit} as it was played, were otherwise:", figure(*played))?;
    write!(out, "{}", table::aligned(&header, &rows))?;
    match imagined.seen {
        Some((low, high)) if answers.iter().any(|answer| !(low..=high).contains(&answer.value)) => {
            let (low, high) = (figure(low), figure(high));
            writeln!(out, "outside of {low} to {high}{unit} the model has learned from few")
        }
        _ => Ok(()),
    }
}

/// Three digits.
fn figure(value: f64) -> String {
    if value.abs() < 1e-9 {
        return "0".into();
    }
    let digits = 2 - value.abs().log10().floor() as i32;
    format!("{value:.0$}", digits.clamp(0, 6) as usize)
}

fn curve(path: &Path, imagined: &Imagined) -> Response {
    let shares = |emotion: &String| imagined.answers.iter().map(|answer| answer.prediction[emotion]).collect();
    let emotions = imagined.answers[0].prediction.keys();
    Response {
        title: format!("If {} were otherwise", imagined.feature),
        footnote: format!(
            "{}: one cue changed, all others as played. What the model would answer, not what listeners would say.",
            path.display()
        ),
        cue: imagined.feature.clone(),
        unit: imagined.unit.clone(),
        values: imagined.answers.iter().map(|answer| answer.value).collect(),
        lines: emotions.map(|emotion| Line { emotion: emotion.clone(), shares: shares(emotion) }).collect(),
        own: imagined.played,
        seen: imagined.seen,
    }
}

/// Where the model goes another way than published studies.
pub(super) fn write_disagreements(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    for one in &explanation.unlike_published {
        let way = if one.contribution > 0.0 { "more" } else { "less" };
        let Disagreement { words, emotion, contribution, .. } = one;
        writeln!(out, "unlike in published studies: {words} with {way} {emotion} ({contribution:+.2})")?;
    }
    Ok(())
}

/// How sure the answer is, and what the model can hardly tell apart.
pub(super) fn write_cautions(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    explanation.cautions().iter().try_for_each(|caution| writeln!(out, "keep in mind: {caution}"))
}

/// What each feature of a group adds, group by group; a sampled one with its standard error.
pub(super) fn write_within(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    for (group, Within { contributions, standard_errors }) in &explanation.within {
        let emotions = contributions.values().next().into_iter().flat_map(ByEmotion::keys);
        let header: Vec<String> = std::iter::once(format!("within {group}")).chain(emotions.cloned()).collect();
        let row = |(feature, values): (&String, &ByEmotion)| {
            let mut row = line(feature, values, added);
            if let Some(errors) = standard_errors {
                let errors = errors[feature].values();
                row.iter_mut().skip(1).zip(errors).for_each(|(value, error)| value.push_str(&format!(" ±{error:.3}")));
            }
            row
        };
        let rows: Vec<Vec<String>> = contributions.iter().map(row).collect();
        write!(out, "\n{}", table::aligned(&header, &rows))?;
        if standard_errors.is_some() {
            writeln!(out, "± one standard error: so many features have their orders sampled, not all asked")?;
        }
    }
    Ok(())
}

/// The reference's answer, what each group adds, and the answer.
pub(super) fn figures(reference: &str, why: &Why, answer: &str) -> String {
    let header: Vec<String> = std::iter::once(String::new()).chain(why.base.keys().cloned()).collect();
    let mut rows = vec![line(reference, &why.base, share)];
    rows.extend(why.contributions.iter().map(|(group, values)| line(group, values, added)));
    rows.push(line(answer, &why.prediction, share));
    table::aligned(&header, &rows)
}

fn line(name: &str, values: &ByEmotion, figure: fn(&f64) -> String) -> Vec<String> {
    std::iter::once(name.to_string()).chain(values.values().map(figure)).collect()
}

fn share(value: &f64) -> String {
    format!("{value:.3}")
}

fn added(value: &f64) -> String {
    // No −0.000.
    format!("{:+.3}", if value.abs() < 5e-4 { 0.0 } else { *value })
}
