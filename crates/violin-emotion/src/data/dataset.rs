//! Label file and audio folder → [`Dataset`]; every row is checked before any audio is decoded.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::columns::{self, Targets};
use super::files::AudioFolder;
use super::problems::Problems;
use super::report::{EmotionSource, LabelReport};
use super::rows::RowReader;
use super::splits::shuffle;
use super::table::{Row, Table};
use super::{LabelSet, Scale, SoftLabels};
use crate::whole_file::folder_of;
use crate::{Result, synth};

/// Columns that say how many votes the shares rest on, the first found in this order.
const VOTES: [&str; 2] = ["n_votes", "n_raters"];
/// A column that says so too, if it holds numbers.
const RATERS: &str = "raters";

/// How to read a label file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelOptions {
    /// The emotion columns, or `emotion` alone for one emotion a recording; `None` finds them by their sum.
    pub emotions: Option<Vec<String>>,
    /// The column whose values no split may have on both sides; `None` makes each recording its own group.
    pub group_by: Option<String>,
    /// Scale rows that do not sum to 1 instead of refusing them.
    pub normalise: bool,
    /// A scale (valence, arousal) instead of emotions.
    pub scale: Option<Scale>,
}

/// A recording and what it should be heard as.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledRecording {
    /// Its name below the audio folder, with `/`.
    pub file_name: String,
    /// Its file.
    pub path: PathBuf,
    /// Its emotions.
    pub target: SoftLabels,
    /// Its group; the file name where no column was named.
    pub group: String,
    /// Its line in the label file, 1 = the first.
    pub line: u64,
    /// The cells of that line, as written; [`Dataset::column`] finds them by name.
    pub cells: Vec<String>,
}

/// A column of the label file that is not learned from, cell by cell in the order of the recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// At least two recordings, each file once, all labelled on one label set.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    labels: LabelSet,
    recordings: Vec<LabelledRecording>,
    /// Numbers of the columns that recordings may share a value of.
    beside: Vec<usize>,
    report: LabelReport,
    /// The names of the label file's columns.
    headers: Vec<String>,
    /// The column that says how many votes the shares rest on.
    votes: Option<usize>,
    rendered: bool,
}

impl Dataset {
    /// The emotions.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The recordings, in the order of the label file.
    pub fn recordings(&self) -> &[LabelledRecording] {
        &self.recordings
    }

    /// Columns beside the file names, the groups and the emotions that may hold what several recordings share (a session, a
    /// piece); no counts and no notes.
    pub fn beside(&self) -> Vec<Column> {
        let cells = |at: usize| self.recordings.iter().map(|one| one.cells[at].trim().to_owned()).collect();
        self.beside.iter().map(|&at| Column { name: self.headers[at].clone(), cells: cells(at) }).collect()
    }

    /// How the label file was read.
    pub fn report(&self) -> &LabelReport {
        &self.report
    }

    /// What a column of the label file says of each recording, trimmed; `None` if there is no such column.
    pub fn column(&self, name: &str) -> Option<Vec<&str>> {
        let same = |exactly: bool| {
            let is = |header: &String| *header == name || !exactly && header.to_lowercase() == name.to_lowercase();
            self.headers.iter().position(is)
        };
        let column = same(true).or_else(|| same(false))?;
        Some(self.recordings.iter().map(|recording| recording.cells[column].trim()).collect())
    }

    /// The names of the label file's columns.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How many single votes the shares of each recording rest on, as the column `n_votes` says, or else how many listeners rated
    /// it (`n_raters`, `raters`), as if each had one vote; 0 where the cell is empty. `None` without such a column.
    pub fn votes(&self) -> Option<Vec<usize>> {
        let column = self.votes?;
        let of = |one: &LabelledRecording| votes(one.cells[column].trim()).expect("checked when the file was read");
        Some(self.recordings.iter().map(of).collect())
    }

    /// Whether `violin-emotion render` made the recordings: nobody played them, and a rule labelled them.
    pub fn is_rendered(&self) -> bool {
        self.rendered
    }

    /// The group of each recording.
    pub fn groups(&self) -> Vec<&str> {
        self.recordings.iter().map(|recording| &*recording.group).collect()
    }
}

/// The same recordings with their targets dealt out anew: what a model learns from these is not about the music.
pub fn permute_labels(dataset: &Dataset, seed: u64) -> Dataset {
    let mut targets: Vec<SoftLabels> = dataset.recordings.iter().map(|recording| recording.target.clone()).collect();
    shuffle(&mut targets, seed);
    let mut permuted = dataset.clone();
    for (recording, target) in permuted.recordings.iter_mut().zip(targets) {
        recording.target = target;
    }
    permuted
}

/// Reads a label file and finds its recordings in `audio_dir`. No audio is decoded.
///
/// # Errors
/// `File` if the label file or the folder cannot be read; `Labels` with every problem of the file, each with its line
/// and column.
pub fn read_labels(csv: &Path, audio_dir: &Path, options: &LabelOptions) -> Result<Dataset> {
    let mut problems = Problems::default();
    let table = Table::read(csv, &mut problems)?;
    let mut folder = AudioFolder::open(audio_dir)?;
    if table.row_count == 1 {
        problems.add(0, None, "expected at least two recordings, found one", "label more recordings");
    }
    // A scale's values are no shares of votes.
    let votes = if options.scale.is_some() { None } else { votes_column(&table, &mut problems) };
    let Some(columns) = columns::tell_apart(&table, options, &mut problems) else {
        return Err(problems.into_error(csv));
    };
    let mut reader = RowReader::new(&table, &columns, options, &mut problems);
    let recordings: Vec<LabelledRecording> =
        table.rows.iter().filter_map(|row| reader.read(row, &mut folder, &mut problems)).collect();
    let RowReader { labels: Some(labels), whole, renormalised, normalised, mended, .. } = reader else {
        return Err(problems.into_error(csv));
    };
    if !problems.is_empty() {
        return Err(problems.into_error(csv));
    }

    let groups: BTreeSet<&str> = recordings.iter().map(|recording| &*recording.group).collect();
    let beside = columns::beside(&table, &columns);
    let report = LabelReport {
        emotions: labels.names().to_vec(),
        source: match columns.targets {
            Some(Targets::OneHot(_)) => EmotionSource::OneHot,
            Some(Targets::Scale { .. }) => EmotionSource::Scale,
            _ if options.emotions.is_some() => EmotionSource::Named,
            _ => EmotionSource::Sum,
        },
        separator: table.separator,
        encoding: table.encoding,
        percentages: whole == 100.0,
        renormalised,
        normalised,
        recordings: recordings.len(),
        group_by: columns.group.map(|column| table.headers[column].clone()),
        groups: groups.len(),
        unused_groups: columns::named_as_groups(&table),
        similar_groups: similar(&groups),
        empty_rows: table.empty_rows,
        mended_names: mended,
        ignored: columns.ignored,
    };
    Ok(Dataset {
        labels,
        recordings,
        beside,
        report,
        headers: table.headers,
        votes,
        rendered: synth::is_rendered(folder_of(csv)),
    })
}

/// A cell that says how many votes there are, `12` or `12.0`; an empty one has none.
fn votes(cell: &str) -> Option<usize> {
    let number = if cell.is_empty() { 0.0 } else { columns::number(cell)? };
    (number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX)).then_some(number as usize)
}

/// The column that says how many votes there are, the first found; `raters` may as well hold their names.
fn votes_column(table: &Table, problems: &mut Problems) -> Option<usize> {
    let named = |name: &str| table.headers.iter().position(|header| header.to_lowercase() == name);
    let cell = |row: &Row, column: usize| row.cells[column].trim().to_owned();
    let column = VOTES
        .iter()
        .find_map(|name| named(name))
        .or_else(|| named(RATERS).filter(|&column| table.rows.iter().all(|row| votes(&cell(row, column)).is_some())))?;
    for row in table.rows.iter().filter(|row| votes(&cell(row, column)).is_none()) {
        let problem = format!("expected a whole number of listeners or votes, found `{}`", cell(row, column));
        let hint = "correct the number, or leave the cell empty where it is not known";
        problems.add(row.line, Some(&table.headers[column]), problem, hint);
    }
    Some(column)
}

fn similar(groups: &BTreeSet<&str>) -> Vec<(String, String)> {
    let mut spellings: HashMap<String, &str> = HashMap::new();
    let mut pairs = Vec::new();
    for group in groups {
        if let Some(other) = spellings.insert(group.to_lowercase(), group) {
            pairs.push((other.to_owned(), (*group).to_owned()));
        }
    }
    pairs
}
