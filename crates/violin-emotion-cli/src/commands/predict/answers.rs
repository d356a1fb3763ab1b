//! The answers on their way out, in any of the formats.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use violin_emotion::analysis::{Analysis, Status};
use violin_emotion::data::SoftLabels;
use violin_emotion::model::{EmotionModel, WITHIN};
use violin_emotion::report::{Annotation, Table, text_cell};

use crate::args::AnswerFormat;
use crate::commands::Failure;
use crate::out::{Annotations, Out, Rows};
use crate::table;

/// Answers in one of the formats.
pub struct Answers<'a> {
    timeline: bool,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Text(TextAnswers<'a>),
    Rows(Rows),
    Files(Annotation, Annotations),
}

impl<'a> Answers<'a> {
    pub fn open(
        format: AnswerFormat,
        timeline: bool,
        out: Option<&Path>,
        model: &'a EmotionModel,
        paths: &[PathBuf],
    ) -> Result<Self, Failure> {
        let kind = match format {
            format if let Some(annotation) = format.annotation() => {
                Kind::Files(annotation, Annotations::open(annotation, "emotions", out, paths)?)
            }
            AnswerFormat::Tidy => Kind::Rows(Rows::csv(out, &Table::answers())?),
            #[cfg(feature = "parquet")]
            AnswerFormat::Parquet => Kind::Rows(Rows::parquet(out, Table::answers())?),
            format => Kind::Text(TextAnswers::new(format, timeline, model, Out::open(out)?)),
        };
        Ok(Answers { timeline, kind })
    }

    /// Adds the answer to the recording at `path`.
    pub fn push(&mut self, path: &Path, analysis: &Analysis) -> Result<(), Failure> {
        let shown = || if self.timeline { analysis.clone() } else { analysis.clone().without_timeline() };
        match &mut self.kind {
            Kind::Text(answers) => answers.push(&shown())?,
            Kind::Rows(rows) => rows.push(Table::of_answer(&shown()))?,
            Kind::Files(annotation, files) => {
                if let Some(text) = annotation.of_answer(analysis) {
                    files.write(path, &text)?;
                }
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self.kind {
            Kind::Text(answers) => answers.finish(),
            Kind::Rows(rows) => rows.finish(),
            Kind::Files(..) => Ok(()),
        }
    }
}

/// Answers as a table, wide CSV or JSON.
struct TextAnswers<'a> {
    out: Out,
    format: AnswerFormat,
    timeline: bool,
    emotions: &'a [String],
    /// Name of the scale, if the model was trained on one.
    scale: Option<&'a str>,
    count: usize,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl<'a> TextAnswers<'a> {
    fn new(format: AnswerFormat, timeline: bool, model: &'a EmotionModel, out: Out) -> Self {
        let emotions = model.labels().names();
        let scale = model.labels().scale().map(|scale| scale.column.as_str());
        TextAnswers { out, format, timeline, emotions, scale, count: 0, rows: Vec::new(), notes: Vec::new() }
    }

    fn push(&mut self, analysis: &Analysis) -> io::Result<()> {
        self.count += 1;
        match self.format {
            AnswerFormat::Json => {
                let opening = if self.count == 1 { "[\n" } else { ",\n" };
                write!(self.out, "{opening}{}", serde_json::to_string_pretty(analysis)?)
            }
            AnswerFormat::Jsonl => writeln!(self.out, "{}", serde_json::to_string(analysis)?),
            AnswerFormat::Csv => self.write_csv(analysis),
            _ => {
                self.tabulate(analysis);
                Ok(())
            }
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        match self.format {
            AnswerFormat::Json => writeln!(self.out, "{}", if self.count == 0 { "[]" } else { "\n]" })?,
            AnswerFormat::Table => {
                let place: &[&str] =
                    if self.timeline { &["recording", "from", "to"] } else { &["recording", "length"] };
                let header: Vec<String> =
                    place.iter().copied().chain(self.scale).map(String::from).chain(self.emotions.to_vec()).collect();
                write!(self.out, "{}", table::aligned(&header, &self.rows))?;
                self.notes.iter().try_for_each(|note| writeln!(self.out, "{note}"))?;
            }
            _ => (),
        }
        self.out.finish()
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
        let mut csv = csv::Writer::from_writer(&mut self.out);
        if self.count == 1 {
            let place: &[&str] = match self.timeline {
                true => &["path", "status", "error", "scope", "start_s", "end_s"],
                false => &["path", "status", "error", "duration_s"],
            };
            let ends = self.scale.into_iter().chain(self.emotions.iter().map(String::as_str));
            let ends: Vec<String> = ends.flat_map(|of| [format!("{of}_low"), format!("{of}_high")]).collect();
            let shares = place.iter().copied().chain(self.scale).chain(self.emotions.iter().map(String::as_str));
            let header = shares.chain(ends.iter().map(String::as_str)).chain(["warnings"]);
            csv.write_record(header.map(|name| text_cell(name).into_owned()))?;
        }
        let status = if analysis.status == Status::Ok { "ok" } else { "error" };
        let said = [&analysis.path, status, analysis.error.as_deref().unwrap_or_default()];
        let said = said.map(|words| text_cell(words).into_owned());
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
            csv.write_record(cells.chain(ends.iter().cloned()).chain([text_cell(&warnings).into_owned()]))
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
