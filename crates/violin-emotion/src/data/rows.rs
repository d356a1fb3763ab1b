//! One row of a label file → one labelled recording, or the problems that it has.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::columns::{Columns, Targets, number};
use super::dataset::{LabelOptions, LabelledRecording};
use super::files::{AudioFolder, Found};
use super::problems::{Problems, plain};
use super::search::{is_rounded, whole_of};
use super::table::{Row, Table};
use super::{LabelSet, Scale, SoftLabels};

/// A sum this near to 1 was written as 1: what six decimals and binary fractions lose.
const WRITTEN_AS_ONE: f64 = 1e-5;

const SHARES: &str = "give each emotion a share of 0 or more in every row";

/// Reads rows, and remembers what concerns more than one of them.
pub(super) struct RowReader<'a> {
    table: &'a Table,
    columns: &'a Columns,
    normalise: bool,
    /// None where the emotions could not be told.
    pub labels: Option<LabelSet>,
    /// What a row's cells sum to: 1, or 100 for percentages.
    pub whole: f64,
    /// Rows off by rounding.
    pub renormalised: usize,
    /// Rows further off, scaled because asked.
    pub normalised: usize,
    /// File-name cells not taken as written: line, cell, name.
    pub mended: Vec<(u64, String, String)>,
    /// Each file met, with its line and labels.
    seen: HashMap<PathBuf, (u64, Option<SoftLabels>)>,
}

impl<'a> RowReader<'a> {
    /// A reader of the table's rows; what is wrong with its emotions as a whole goes to `problems`.
    pub fn new(table: &'a Table, columns: &'a Columns, options: &LabelOptions, problems: &mut Problems) -> Self {
        // Names that make no label set are twins or empty, and stand among the problems already.
        let labels = match &columns.targets {
            Some(Targets::Shares { columns, .. }) => {
                LabelSet::new(columns.iter().map(|at| table.headers[*at].clone()).collect()).ok()
            }
            Some(Targets::OneHot(column)) => {
                emotions_in(table, *column, problems).and_then(|names| LabelSet::new(names).ok())
            }
            Some(Targets::Scale { column, least, most }) => {
                let scale = Scale { column: table.headers[*column].clone(), least: *least, most: *most };
                let named = LabelSet::on_scale(scale);
                if let Err(error) = &named {
                    let header = Some(table.headers[*column].as_str());
                    problems.add(0, header, error.to_string(), error.hint().unwrap_or_default());
                }
                named.ok()
            }
            None => None,
        };
        let whole = match &columns.targets {
            Some(Targets::Shares { whole: Some(whole), .. }) => *whole,
            Some(Targets::Shares { columns, whole: None }) => {
                let sum = |row: &Row| columns.iter().map(|at| number(&row.cells[*at]).unwrap_or(f64::NAN)).sum();
                whole_of(&table.rows.iter().map(sum).collect::<Vec<f64>>())
            }
            _ => 1.0,
        };
        RowReader {
            table,
            columns,
            normalise: options.normalise,
            labels,
            whole,
            renormalised: 0,
            normalised: 0,
            mended: Vec::new(),
            seen: HashMap::new(),
        }
    }

    /// The row's recording; None if there are problems, which are all noted.
    pub fn read(&mut self, row: &Row, folder: &mut AudioFolder, problems: &mut Problems) -> Option<LabelledRecording> {
        let found = self.file(row, folder, problems);
        let group = self.group(row, problems);
        let target = self.target(row, problems);
        let found = found?;
        self.refuse_second(row, &found, target.as_ref(), problems);
        let group = group?.unwrap_or_else(|| found.name.clone());
        let (target, cells) = (target?, row.cells.clone());
        Some(LabelledRecording { file_name: found.name, path: found.path, target, group, line: row.line, cells })
    }

    fn header(&self, column: usize) -> Option<&'a str> {
        Some(&self.table.headers[column])
    }

    fn file(&mut self, row: &Row, folder: &mut AudioFolder, problems: &mut Problems) -> Option<Found> {
        let cell = &row.cells[self.columns.file];
        match folder.find(cell) {
            Ok(found) => {
                if found.mended {
                    self.mended.push((row.line, cell.clone(), found.name.clone()));
                }
                Some(found)
            }
            Err((problem, hint)) => {
                problems.add(row.line, self.header(self.columns.file), problem, &hint);
                None
            }
        }
    }

    /// `Some(None)` without a group column.
    fn group(&self, row: &Row, problems: &mut Problems) -> Option<Option<String>> {
        let Some(column) = self.columns.group else { return Some(None) };
        let group = row.cells[column].trim();
        if group.is_empty() {
            let problem = "expected a group, found an empty cell";
            problems.add(row.line, self.header(column), problem, "name the group of every recording");
            return None;
        }
        Some(Some(group.to_owned()))
    }

    fn target(&mut self, row: &Row, problems: &mut Problems) -> Option<SoftLabels> {
        let columns = self.columns;
        match columns.targets.as_ref()? {
            Targets::Shares { columns, .. } => self.shares(row, columns, problems),
            Targets::OneHot(column) => self.one_hot(row, *column, problems),
            Targets::Scale { column, least, most } => self.on_scale(row, *column, (*least, *most), problems),
        }
    }

    fn on_scale(
        &self,
        row: &Row,
        column: usize,
        (least, most): (f64, f64),
        problems: &mut Problems,
    ) -> Option<SoftLabels> {
        let cell = row.cells[column].trim();
        match number(cell).filter(|value| (least..=most).contains(value)) {
            Some(value) => {
                let high = ((value - least) / (most - least)) as f32;
                let labels = self.labels.as_ref()?;
                Some(SoftLabels::new(labels, vec![high, 1.0 - high]).expect("two shares that sum to 1"))
            }
            None => {
                let found = if cell.is_empty() { "an empty cell".to_owned() } else { format!("`{cell}`") };
                let problem = format!("expected a number from {} to {}, found {found}", plain(least), plain(most));
                problems.add(
                    row.line,
                    self.header(column),
                    problem,
                    "give every recording a number within what the scale goes from and to: --scale COL=LEAST..MOST",
                );
                None
            }
        }
    }

    fn one_hot(&self, row: &Row, column: usize, problems: &mut Problems) -> Option<SoftLabels> {
        let emotion = row.cells[column].trim();
        if emotion.is_empty() {
            let problem = "expected an emotion, found an empty cell";
            problems.add(row.line, self.header(column), problem, "name the emotion of every recording");
            return None;
        }
        let labels = self.labels.as_ref()?;
        let shares = labels.names().iter().map(|name| if name == emotion { 1.0 } else { 0.0 }).collect();
        Some(SoftLabels::new(labels, shares).expect("each emotion named in the column is in the label set"))
    }

    fn shares(&mut self, row: &Row, columns: &[usize], problems: &mut Problems) -> Option<SoftLabels> {
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            let cell = row.cells[*column].trim();
            match number(cell) {
                Some(value) if value.is_finite() && value >= 0.0 => values.push(value),
                _ => {
                    let found = if cell.is_empty() { "an empty cell".to_owned() } else { format!("`{cell}`") };
                    let problem = format!("expected a number of 0 or more, found {found}");
                    problems.add(row.line, self.header(*column), problem, SHARES);
                }
            }
        }
        if values.len() < columns.len() {
            return None;
        }
        let sum: f64 = values.iter().sum();
        let share = sum / self.whole;
        let written = (share - 1.0).abs() <= WRITTEN_AS_ONE;
        if !written && is_rounded(share) {
            self.renormalised += 1;
        } else if !written && self.normalise && sum > 0.0 && sum.is_finite() {
            self.normalised += 1;
        } else if !written {
            let what = if self.whole == 1.0 { "shares that sum to 1" } else { "percentages that sum to 100" };
            let hint = if sum > 0.0 {
                "correct the rows, or give --normalise-labels to scale each row's sum to 1"
            } else {
                "correct or remove rows of zeros: they name no emotion"
            };
            problems.add(row.line, None, format!("expected {what}, found a sum of {}", plain(sum)), hint);
            return None;
        }
        let shares = values.iter().map(|value| (value / sum) as f32).collect();
        let labels = self.labels.as_ref()?;
        Some(SoftLabels::new(labels, shares).expect("shares ≥ 0, divided by their sum"))
    }

    fn refuse_second(&mut self, row: &Row, found: &Found, target: Option<&SoftLabels>, problems: &mut Problems) {
        let Some((line, first)) = self.seen.get(&found.real) else {
            self.seen.insert(found.real.clone(), (row.line, target.cloned()));
            return;
        };
        let (labels, hint) = match (first, target) {
            (Some(first), Some(second)) if first == second => (" with the same labels", "keep one row a recording"),
            (Some(_), Some(_)) => (" with other labels", "keep one row a recording: average its raters' labels first"),
            _ => ("", "keep one row a recording"),
        };
        let problem = format!("expected each recording once, found `{}` again, as on line {line},{labels}", found.name);
        problems.add(row.line, self.header(self.columns.file), problem.trim_end_matches(','), hint);
    }
}

/// The distinct values of the emotion column, sorted.
fn emotions_in(table: &Table, column: usize, problems: &mut Problems) -> Option<Vec<String>> {
    let values =
        || table.rows.iter().map(|row| (row.line, row.cells[column].trim())).filter(|(_, value)| !value.is_empty());
    let names: BTreeSet<&str> = values().map(|(_, value)| value).collect();
    let mut spelt: HashMap<String, &str> = HashMap::new();
    for (line, value) in values() {
        let first = *spelt.entry(value.to_lowercase()).or_insert(value);
        if first != value {
            let problem = format!("expected one spelling, found `{value}` beside `{first}`");
            problems.add(line, Some(&table.headers[column]), problem, "spell each emotion in one way");
        }
    }
    if names.len() < 2 {
        let found = names.first().map_or("none".to_owned(), |name| format!("`{name}` alone"));
        let problem = format!("expected at least two different emotions, found {found}");
        problems.add(
            table.header_line,
            Some(&table.headers[column]),
            problem,
            "a model tells emotions apart: label at least two",
        );
        return None;
    }
    Some(names.into_iter().map(str::to_owned).collect())
}
