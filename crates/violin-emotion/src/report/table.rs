//! Answers, notes and features as tables of typed columns with their units: what tidy CSV and Parquet are written from.

use std::borrow::Cow;

use crate::analysis::{Analysis, OnScale, Status};
use crate::data::SoftLabels;
use crate::features::{Catalog, Sequence};
use crate::notes::{Note, note_name};

/// Rows of typed cells under named columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(super) columns: Cow<'static, [Column]>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A column: what stands in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub name: Cow<'static, str>,
    pub kind: Kind,
    /// Of its numbers; empty where they have none, or are none.
    pub unit: Cow<'static, str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// 64 bits.
    Number,
    /// A number of 32 bits.
    Single,
    Truth,
}

/// A cell of its column's kind, or an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Single(f32),
    Truth(bool),
}

const fn column(name: &'static str, kind: Kind, unit: &'static str) -> Column {
    Column { name: Cow::Borrowed(name), kind, unit: Cow::Borrowed(unit) }
}

/// One row an emotion (or scale) of each answer.
const OF_ANSWERS: &[Column] = &[
    column("path", Kind::Text, ""),
    column("status", Kind::Text, ""),
    column("error", Kind::Text, ""),
    column("scope", Kind::Text, ""),
    column("start_s", Kind::Number, "s"),
    column("end_s", Kind::Number, "s"),
    column("emotion", Kind::Text, ""),
    column("value", Kind::Number, "as `unit` says"),
    column("unit", Kind::Text, ""),
    column("low", Kind::Number, "as `unit` says"),
    column("high", Kind::Number, "as `unit` says"),
    column("warnings", Kind::Text, ""),
];

/// One row a note.
const OF_NOTES: &[Column] = &[
    column("path", Kind::Text, ""),
    column("onset_s", Kind::Single, "s"),
    column("offset_s", Kind::Single, "s"),
    column("note", Kind::Text, ""),
    column("pitch", Kind::Single, "MIDI number"),
    column("cents", Kind::Single, "cents"),
    column("level_db", Kind::Single, "dB re full scale"),
    column("joined", Kind::Truth, ""),
    column("attack_s", Kind::Single, "s"),
    column("vibrato_rate_hz", Kind::Single, "Hz"),
    column("vibrato_extent_cents", Kind::Single, "cents"),
    column("vibrato_delay_s", Kind::Single, "s"),
    column("portamento_s", Kind::Single, "s"),
    column("portamento_cents", Kind::Single, "cents"),
    column("brightness_db_per_octave", Kind::Single, "dB an octave"),
    column("bow_noise_db", Kind::Single, "dB"),
    column("plucked", Kind::Truth, ""),
    column("doubled", Kind::Truth, ""),
    column("error", Kind::Text, ""),
];

impl Table {
    /// A table of answers, without rows.
    pub fn answers() -> Table {
        Table { columns: Cow::Borrowed(OF_ANSWERS), rows: Vec::new() }
    }

    /// A table of notes, without rows.
    pub fn notes() -> Table {
        Table { columns: Cow::Borrowed(OF_NOTES), rows: Vec::new() }
    }

    /// The answer to a recording: for the whole, then for each moment, one row an emotion; on a scale its number first. A
    /// recording that could not be answered is one row.
    pub fn of_answer(analysis: &Analysis) -> Table {
        let said = |status: &str| {
            vec![text(&analysis.path), text(status), analysis.error.as_deref().map_or(Cell::Empty, text)]
        };
        let (Some(whole), Some(duration_s), Status::Ok) = (&analysis.emotions, analysis.duration_s, analysis.status)
        else {
            let mut row = said("error");
            row.resize(OF_ANSWERS.len(), Cell::Empty);
            return Table { columns: Cow::Borrowed(OF_ANSWERS), rows: vec![row] };
        };
        let warnings: Vec<String> = analysis.warnings.iter().map(ToString::to_string).collect();
        let mut rows = Vec::new();
        let mut add = |scope, span, answer, scale, ends: Option<&[[f32; 2]]>, warnings: &str| {
            for (name, value, unit, ends) in values(answer, scale, ends) {
                let place = [text(scope)].into_iter().chain(<[f64; 2]>::map(span, Cell::Number));
                let [low, high] = ends.map_or([Cell::Empty, Cell::Empty], |ends| ends.map(Cell::Number));
                let measured = [Cell::Text(name), Cell::Number(value), Cell::Text(unit), low, high, text(warnings)];
                rows.push(said("ok").into_iter().chain(place).chain(measured).collect());
            }
        };
        let ends = analysis.intervals.as_ref().map(|intervals| intervals.ends());
        add("whole", [0.0, duration_s], whole.soft_labels(), analysis.scale.as_ref(), ends, &warnings.join("; "));
        for moment in &analysis.timeline {
            let span = [moment.start_s, moment.end_s];
            add("moment", span, moment.emotions.soft_labels(), moment.scale.as_ref(), None, "");
        }
        Table { columns: Cow::Borrowed(OF_ANSWERS), rows }
    }

    /// The notes of a recording, or why they could not be had.
    pub fn of_notes(path: &str, notes: Result<&[Note], &str>) -> Table {
        let rows = match notes {
            Ok(notes) => notes.iter().map(|note| of_note(path, note)).collect(),
            Err(error) => {
                let empty = std::iter::repeat_n(Cell::Empty, OF_NOTES.len() - 2);
                vec![[text(path)].into_iter().chain(empty).chain([text(error)]).collect()]
            }
        };
        Table { columns: Cow::Borrowed(OF_NOTES), rows }
    }

    /// A table of features, without rows. `with_copies` adds a column that says what was done in each row's copy.
    pub fn features(catalog: &'static Catalog, with_copies: bool) -> Table {
        let place = [column("start_s", Kind::Number, "s"), column("end_s", Kind::Number, "s")];
        let units = catalog.groups().flat_map(|group| std::iter::repeat_n(group.unit, group.count));
        // `1` is the unit of what has none.
        let units = units.map(|unit| if unit == "1" { "" } else { unit });
        let features = catalog.names().iter().zip(units).map(|(name, unit)| column(name, Kind::Single, unit));
        let copy = with_copies.then(|| column("copy", Kind::Text, ""));
        let columns = [column("path", Kind::Text, "")].into_iter().chain(copy).chain(place).chain(features);
        Table { columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds the windows of a recording, or of its copy, to a table of features of its catalog: one row each, with empty cells for
    /// what could not be measured. `copy` says what was done, nothing for the recording itself; it is said where there are copies
    /// alone.
    ///
    /// # Panics
    /// If the table has other columns.
    pub fn push_features(&mut self, path: &str, copy: Option<&str>, sequence: &Sequence) {
        for (window, span) in sequence.spans().iter().enumerate() {
            let names = std::iter::once(path).chain(copy).map(text);
            let place = [Cell::Number(span.start_s), Cell::Number(span.end_s)];
            let single = |value: &f32| if value.is_nan() { Cell::Empty } else { Cell::Single(*value) };
            let row: Vec<Cell> = names.chain(place).chain(sequence.row(window).iter().map(single)).collect();
            assert_eq!(row.len(), self.columns.len(), "a cell a column");
            self.rows.push(row);
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows, as of a recording without notes.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of both.
    ///
    /// # Panics
    /// If they have other columns.
    pub fn append(&mut self, mut next: Table) {
        assert_eq!(self.columns, next.columns, "rows of one kind");
        self.rows.append(&mut next.rows);
    }
}

fn text(words: &str) -> Cell {
    if words.is_empty() { Cell::Empty } else { Cell::Text(words.to_owned()) }
}

/// Name, value, unit and interval of each number of an answer.
fn values(
    answer: &SoftLabels,
    scale: Option<&OnScale>,
    ends: Option<&[[f32; 2]]>,
) -> Vec<(String, f64, String, Option<[f64; 2]>)> {
    let on_scale = scale.map(|scale| {
        let unit = format!("from {} to {}", scale.least, scale.most);
        (scale.name.clone(), scale.value, unit, scale.interval)
    });
    let shares = answer.iter().enumerate().map(|(at, (name, share))| {
        (name.to_owned(), decimal(share), "share".to_owned(), ends.map(|ends| ends[at].map(decimal)))
    });
    on_scale.into_iter().chain(shares).collect()
}

/// The number that its shortest decimal says, as in the JSON: 0.4, not 0.4000000059604645.
fn decimal(single: f32) -> f64 {
    single.to_string().parse().expect("a number that was written")
}

fn of_note(path: &str, note: &Note) -> Vec<Cell> {
    let single = |value: Option<f32>| value.map_or(Cell::Empty, Cell::Single);
    vec![
        text(path),
        Cell::Single(note.onset_s),
        Cell::Single(note.offset_s),
        Cell::Text(note_name(note.pitch)),
        Cell::Single(note.pitch),
        Cell::Single(note.cents),
        Cell::Single(note.level_db),
        Cell::Truth(note.joined),
        single(note.attack_s),
        single(note.vibrato.map(|vibrato| vibrato.rate_hz)),
        single(note.vibrato.map(|vibrato| vibrato.extent_cents)),
        single(note.vibrato.map(|vibrato| vibrato.delay_s)),
        single(note.portamento.map(|portamento| portamento.duration_s)),
        single(note.portamento.map(|portamento| portamento.extent_cents)),
        single(note.brightness_db_per_octave),
        single(note.bow_noise_db),
        Cell::Truth(note.plucked),
        Cell::Truth(note.doubled),
        Cell::Empty,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::report::examples::{answer, on_a_scale, tracks};

    #[test]
    fn every_row_has_a_cell_of_its_columns_kind() {
        let [two, none] = tracks();
        let failed = Analysis::failed("gone.wav", &Error::interrupted());
        let tables = [
            Table::of_answer(&answer()),
            Table::of_answer(&on_a_scale()),
            Table::of_answer(&failed),
            Table::of_notes("a.wav", Ok(two.notes)),
            Table::of_notes("a.wav", Ok(none.notes)),
            Table::of_notes("a.wav", Err("no such file")),
        ];
        assert_eq!(tables.each_ref().map(Table::len), [6, 9, 1, 2, 0, 1]);
        for table in tables {
            for row in &table.rows {
                assert_eq!(row.len(), table.columns.len());
                for (cell, column) in row.iter().zip(table.columns.iter()) {
                    let fits = match (cell, column.kind) {
                        (Cell::Empty, _) => true,
                        (Cell::Text(_), kind) => kind == Kind::Text,
                        (Cell::Number(_), kind) => kind == Kind::Number,
                        (Cell::Single(_), kind) => kind == Kind::Single,
                        (Cell::Truth(_), kind) => kind == Kind::Truth,
                    };
                    assert!(fits, "{column:?}: {cell:?}");
                }
            }
        }
    }
}
