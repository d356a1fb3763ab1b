//! `predict`: a model's answers, in input order, one row a recording whatever happens to it.

use std::io::{self, Write, stdout};
use std::path::Path;

use rayon::prelude::*;
use violin_emotion::analysis::{Analysis, Status};
use violin_emotion::data::SoftLabels;
use violin_emotion::model::{EmotionModel, WITHIN};
use violin_emotion::{Error, pipeline};

use super::{Failure, Outcome, complain};
use crate::args::{AnswerFormat, PredictArguments};
use crate::progress::Bar;
use crate::{inputs, interrupt, table};

pub fn run(arguments: &PredictArguments) -> Result<Outcome, Failure> {
    let model = EmotionModel::load(&super::model_folder(arguments.model.as_deref())?)?;
    let paths = inputs::expand(&arguments.paths)?;
    let bar = Bar::new("listening", paths.len());
    let mut answers = Answers::new(arguments, &model);
    let mut failed = 0;
    // A few at a time, so that answers appear in order while the next ones are worked on.
    for batch in paths.chunks(4 * rayon::current_num_threads()) {
        let analyses: Vec<Analysis> = batch.par_iter().map(|path| answer(path, &model, &bar)).collect();
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        for analysis in &analyses {
            if let Some(error) = &analysis.error {
                failed += 1;
                complain(error, analysis.hint.as_deref());
            }
            answers.push(analysis)?;
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

/// The answers on stdout, in one of the formats.
struct Answers<'a> {
    format: AnswerFormat,
    timeline: bool,
    emotions: &'a [String],
    /// Name of the scale, if the model was trained on one.
    scale: Option<&'a str>,
    count: usize,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl<'a> Answers<'a> {
    fn new(arguments: &PredictArguments, model: &'a EmotionModel) -> Self {
        let emotions = model.labels().names();
        let scale = model.labels().scale().map(|scale| scale.column.as_str());
        let (format, timeline) = (arguments.format, arguments.timeline);
        Answers { format, timeline, emotions, scale, count: 0, rows: Vec::new(), notes: Vec::new() }
    }

    fn push(&mut self, analysis: &Analysis) -> io::Result<()> {
        self.count += 1;
        let shown = if self.timeline { analysis.clone() } else { analysis.clone().without_timeline() };
        match self.format {
            AnswerFormat::Json => {
                let opening = if self.count == 1 { "[\n" } else { ",\n" };
                write!(stdout(), "{opening}{}", serde_json::to_string_pretty(&shown)?)
            }
            AnswerFormat::Jsonl => {
                writeln!(stdout(), "{}", serde_json::to_string(&shown)?)
            }
            AnswerFormat::Csv => self.write_csv(analysis),
            AnswerFormat::Table => {
                self.tabulate(analysis);
                Ok(())
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self.format {
            AnswerFormat::Json => writeln!(stdout(), "{}", if self.count == 0 { "[]" } else { "\n]" }),
            AnswerFormat::Table => {
                let place: &[&str] =
                    if self.timeline { &["recording", "from", "to"] } else { &["recording", "length"] };
                let header: Vec<String> =
                    place.iter().copied().chain(self.scale).map(String::from).chain(self.emotions.to_vec()).collect();
                write!(stdout(), "{}", table::aligned(&header, &self.rows))?;
                self.notes.iter().try_for_each(|note| writeln!(stdout(), "{note}"))
            }
            AnswerFormat::Csv | AnswerFormat::Jsonl => Ok(()),
        }
    }

    fn tabulate(&mut self, analysis: &Analysis) {
        let shares = |answer: &SoftLabels| -> Vec<String> {
            let value = answer.value().map(|value| format!("{value:.2}"));
            value.into_iter().chain(answer.shares().iter().map(|share| format!("{share:.3}"))).collect()
        };
        match &analysis.emotions {
            None => self.rows.push(vec![analysis.path.clone(), "error".into()]),
            Some(overall) => {
                let length = format!("{:.1} s", analysis.duration_s.unwrap_or_default());
                let place = if self.timeline {
                    vec![analysis.path.clone(), "whole".into(), length]
                } else {
                    vec![analysis.path.clone(), length]
                };
                let columns = place.len();
                self.rows.push([place, shares(overall.soft_labels())].concat());
                self.rows.extend(analysis.intervals.as_ref().map(|intervals| {
                    let mut place = vec![String::new(); columns];
                    place[columns - 1] = format!("{:.0} % within", 100.0 * WITHIN);
                    let on_scale = analysis.scale.as_ref().and_then(|scale| scale.interval);
                    let on_scale = on_scale.map(|[low, high]| format!("{low:.2}–{high:.2}"));
                    let ends = intervals.ends().iter().map(|[low, high]| format!("{low:.2}–{high:.2}"));
                    place.into_iter().chain(on_scale).chain(ends).collect()
                }));
            }
        }
        if self.timeline {
            for moment in &analysis.timeline {
                let place = vec![String::new(), format!("{:.1} s", moment.start_s), format!("{:.1} s", moment.end_s)];
                self.rows.push([place, shares(moment.emotions.soft_labels())].concat());
            }
        }
        self.notes.extend(analysis.warnings.iter().map(|warning| format!("note: {}: {warning}", analysis.path)));
    }

    /// One row for the whole recording; with the timeline, its `scope` is said, and one row a moment follows.
    fn write_csv(&mut self, analysis: &Analysis) -> io::Result<()> {
        let mut csv = csv::WriterBuilder::new().from_writer(stdout());
        if self.count == 1 {
            let place: &[&str] = match self.timeline {
                true => &["path", "status", "error", "scope", "start_s", "end_s"],
                false => &["path", "status", "error", "duration_s"],
            };
            let ends = self.scale.into_iter().chain(self.emotions.iter().map(String::as_str));
            let ends: Vec<String> = ends.flat_map(|of| [format!("{of}_low"), format!("{of}_high")]).collect();
            let shares = place.iter().copied().chain(self.scale).chain(self.emotions.iter().map(String::as_str));
            csv.write_record(shares.chain(ends.iter().map(String::as_str)).chain(["warnings"]))?;
        }
        let status = if analysis.status == Status::Ok { "ok" } else { "error" };
        let said = [analysis.path.clone(), status.into(), analysis.error.clone().unwrap_or_default()];
        let shares = |answer: Option<&SoftLabels>| -> Vec<String> {
            match answer {
                Some(answer) => {
                    let value = answer.value().map(|value| format!("{value:.6}"));
                    value.into_iter().chain(answer.shares().iter().map(f32::to_string)).collect()
                }
                None => vec![String::new(); usize::from(self.scale.is_some()) + self.emotions.len()],
            }
        };
        let nothing = vec![String::new(); 2 * (usize::from(self.scale.is_some()) + self.emotions.len())];
        let mut row = |place: Vec<String>, answer: Option<&SoftLabels>, ends: &[String], warnings: String| {
            let cells = said.iter().cloned().chain(place).chain(shares(answer));
            csv.write_record(cells.chain(ends.iter().cloned()).chain([warnings]))
        };
        let duration = analysis.duration_s.map_or_else(String::new, |seconds| seconds.to_string());
        let place = match (self.timeline, analysis.duration_s) {
            (false, _) => vec![duration],
            (true, Some(_)) => vec!["whole".into(), "0".into(), duration],
            (true, None) => vec![String::new(); 3],
        };
        let warnings: Vec<String> = analysis.warnings.iter().map(ToString::to_string).collect();
        let ends = analysis.intervals.as_ref().map_or_else(
            || nothing.clone(),
            |intervals| {
                let on_scale = analysis.scale.as_ref().and_then(|scale| scale.interval);
                let on_scale = on_scale.into_iter().flatten().map(|end| format!("{end:.6}"));
                on_scale.chain(intervals.ends().iter().flatten().map(f32::to_string)).collect()
            },
        );
        row(place, analysis.emotions.as_ref().map(|answer| answer.soft_labels()), &ends, warnings.join("; "))?;
        if self.timeline {
            for moment in &analysis.timeline {
                let place = vec!["moment".into(), moment.start_s.to_string(), moment.end_s.to_string()];
                row(place, Some(moment.emotions.soft_labels()), &nothing, String::new())?;
            }
        }
        csv.flush()
    }
}
