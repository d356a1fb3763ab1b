//! A file of ratings → [`Ratings`]: which form it has, which column is what.
//!
//! Long form: one row a listener and clip, with an emotion's name or one number an emotion. Wide form: one row a listener, with
//! one column a clip (an emotion's name) or one column a clip and emotion (`clip1_happiness`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::heads::{CLIP, RATER, column, may_be_emotion, plain_name};
use super::questionnaire::{AskedClip, Questionnaire};
use super::{Answers, Clip, Rating, Ratings};
use crate::Result;
use crate::data::LabelSet;
use crate::data::columns::number;
use crate::data::files::AudioFolder;
use crate::data::problems::{Problems, plain, quoted};
use crate::data::table::{Row, Table};

/// How to read a file of ratings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RatingOptions {
    /// The emotions: columns of a long form, endings of a wide one's; none finds them.
    pub emotions: Option<Vec<String>>,
    /// The column of clips; none finds it by its name.
    pub clip: Option<String>,
    /// The column of listeners; none finds it by its name.
    pub rater: Option<String>,
    /// What a scale goes from and to; none takes what is met.
    pub scale: Option<(f64, f64)>,
    /// Where the recordings lie: names of clips become names of files.
    pub audio: Option<PathBuf>,
}

/// The column of a long form that names one emotion.
const EMOTION: &str = "emotion";

/// Reads ratings in either form.
///
/// # Errors
/// `File` if the file or the folder of recordings cannot be read; `Labels` with every problem, each with its line and column.
pub fn read_ratings(csv: &Path, options: &RatingOptions) -> Result<Ratings> {
    let mut problems = Problems::default();
    let table = Table::read(csv, &mut problems)?;
    let clip = column(&table, options.clip.as_deref(), &CLIP, &mut problems);
    let rater = column(&table, options.rater.as_deref(), &RATER, &mut problems);
    let mut reading =
        Reading { table: &table, options, problems: &mut problems, clips: Vec::new(), names: HashMap::new() };
    let read = match clip {
        Some(clip) => reading.long(clip, rater),
        None => reading.wide(rater),
    };
    let clips = std::mem::take(&mut reading.clips);
    match read {
        Some(read) if problems.is_empty() => read.into_ratings(clips, options, &mut problems, csv),
        _ => Err(problems.into_error(csv)),
    }
}

/// What was read, before the clips are matched with files.
struct Read {
    emotions: Vec<String>,
    chosen: bool,
    raters: Vec<String>,
    ratings: Vec<(Rating, u64)>,
    carried: Vec<String>,
    notes: Vec<String>,
}

struct Reading<'a> {
    table: &'a Table,
    options: &'a RatingOptions,
    problems: &'a mut Problems,
    clips: Vec<(Clip, u64)>,
    /// Where a clip stands among them.
    names: HashMap<String, usize>,
}

impl Reading<'_> {
    fn clip(&mut self, name: &str, line: u64) -> usize {
        let next = self.clips.len();
        let at = *self.names.entry(name.to_owned()).or_insert(next);
        if at == next {
            self.clips.push((Clip { name: name.to_owned(), carried: Vec::new() }, line));
        }
        at
    }

    fn header(&self, column: usize) -> Option<&str> {
        Some(&self.table.headers[column])
    }

    fn long(&mut self, clip: usize, rater: Option<usize>) -> Option<Read> {
        let table = self.table;
        let others: Vec<usize> = (0..table.headers.len()).filter(|at| *at != clip && Some(*at) != rater).collect();
        let (columns, chosen) = self.emotion_columns(&others)?;
        let emotions = match chosen {
            true => self.named_emotions(&columns)?,
            false => columns.iter().map(|at| table.headers[*at].clone()).collect(),
        };
        let (mut raters, mut ratings, mut empty) = (Names::default(), Vec::new(), 0);
        let mut seen: HashMap<(usize, usize), u64> = HashMap::new();
        for row in &table.rows {
            let name = row.cells[clip].trim();
            if name.is_empty() {
                self.problems.add(
                    row.line,
                    Some(&table.headers[clip]),
                    "expected a clip, found an empty cell",
                    "name the clip in every row",
                );
                continue;
            }
            let who = rater.map(|rater| row.cells[rater].trim());
            if let (Some(""), Some(rater)) = (who, rater) {
                let problem = "expected a listener, found an empty cell";
                self.problems.add(row.line, Some(&table.headers[rater]), problem, "name the listener in every row");
                continue;
            }
            let Some(values) = self.values(row, &columns, chosen, &emotions) else {
                empty += usize::from(columns.iter().all(|at| row.cells[*at].trim().is_empty()));
                continue;
            };
            let clip = self.clip(name, row.line);
            let rater = who.map(|who| raters.place(who));
            if let Some(before) = rater.and_then(|rater| seen.insert((clip, rater), row.line)) {
                let problem = format!(
                    "expected one row a listener and clip, found another of `{}` on `{name}`, as on line {before}",
                    who.unwrap_or_default()
                );
                self.problems.add(row.line, None, problem, "keep one row for each listener and clip");
            }
            ratings.push((Rating { clip, rater, values }, row.line));
        }
        let carried = self.carry(clip, &others, &columns);
        let mut notes = vec![form_note("long", table, rater, &emotions, chosen)];
        if rater.is_none() {
            notes.push("no column of listeners: each row counts as another listener's".into());
        }
        if empty > 0 {
            notes.push(format!("{empty} rows without any rating were left out"));
        }
        Some(Read { emotions, chosen, raters: raters.0, ratings, carried, notes })
    }

    /// The columns of a long form that speak of emotions, and whether it is one that names them.
    fn emotion_columns(&mut self, others: &[usize]) -> Option<(Vec<usize>, bool)> {
        let table = self.table;
        // Most cells: one that is no number is then an error with its line, and no reason to lose the emotion.
        let is_number = |at: usize| {
            let cells = table.rows.iter().map(|row| row.cells[at].trim()).filter(|cell| !cell.is_empty());
            let (numbers, others): (Vec<&str>, Vec<&str>) = cells.partition(|cell| number(cell).is_some());
            numbers.len() > others.len()
        };
        if let Some(named) = &self.options.emotions {
            let mut columns = Vec::new();
            for name in named {
                columns.extend(column(table, Some(name), &[], self.problems));
            }
            let chosen = matches!(columns[..], [one] if !is_number(one));
            return (columns.len() == named.len()).then_some((columns, chosen));
        }
        let emotion = others.iter().copied().find(|at| plain_name(&table.headers[*at]) == EMOTION);
        if let Some(emotion) = emotion.filter(|at| !is_number(*at)) {
            return Some((vec![emotion], true));
        }
        let is_emotion = |at: &usize| may_be_emotion(&table.headers[*at]) && is_number(*at);
        let columns: Vec<usize> = others.iter().copied().filter(is_emotion).collect();
        if columns.len() >= 2 {
            return Some((columns, false));
        }
        let problem = format!(
            "expected a column `emotion`, or two columns of numbers, one an emotion, found {}",
            quoted(table.headers.iter().map(String::as_str))
        );
        self.problems.add(table.header_line, None, problem, "name the columns of the emotions with --emotions A,B,…");
        None
    }

    /// What a column of names holds; one spelling an emotion.
    fn named_emotions(&mut self, columns: &[usize]) -> Option<Vec<String>> {
        let mut spelt: Vec<(String, String)> = Vec::new();
        for row in &self.table.rows {
            for cell in columns.iter().map(|at| row.cells[*at].trim()).filter(|cell| !cell.is_empty()) {
                match spelt.iter().find(|(lower, _)| *lower == cell.to_lowercase()) {
                    None => spelt.push((cell.to_lowercase(), cell.to_owned())),
                    Some((_, first)) if first != cell => {
                        let problem = format!("expected one spelling, found `{cell}` beside `{first}`");
                        self.problems.add(row.line, None, problem, "spell each emotion in one way");
                    }
                    Some(_) => {}
                }
            }
        }
        spelt.sort();
        if spelt.len() < 2 {
            let found = spelt.first().map_or("none".to_owned(), |(_, name)| format!("`{name}` alone"));
            let problem = format!("expected at least two different emotions, found {found}");
            self.problems.add(
                self.table.header_line,
                None,
                problem,
                "give the file in which listeners chose among emotions",
            );
            return None;
        }
        Some(spelt.into_iter().map(|(_, name)| name).collect())
    }

    /// One number an emotion; none for a row without a rating, and for one with problems, which are noted.
    fn values(&mut self, row: &Row, columns: &[usize], chosen: bool, emotions: &[String]) -> Option<Vec<f64>> {
        let cells: Vec<&str> = columns.iter().map(|at| row.cells[*at].trim()).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            return None;
        }
        if chosen {
            return Some(emotions.iter().map(|name| f64::from(u8::from(name == cells[0]))).collect());
        }
        let mut values = Vec::new();
        for (cell, at) in cells.iter().zip(columns) {
            match number(cell).filter(|value| value.is_finite()) {
                Some(value) => values.push(value),
                None => {
                    let found = if cell.is_empty() { "an empty cell".into() } else { format!("`{cell}`") };
                    let hint = "give every emotion of a rating a number (0 for one that was not chosen), or leave its cells all empty";
                    let header = self.header(*at).map(str::to_owned);
                    self.problems.add(row.line, header.as_deref(), format!("expected a number, found {found}"), hint);
                }
            }
        }
        (values.len() == columns.len()).then_some(values)
    }

    /// Columns that say one thing of each clip go with it into the label file: performer, piece.
    fn carry(&mut self, clip: usize, others: &[usize], columns: &[usize]) -> Vec<String> {
        let mut carried = Vec::new();
        for &at in others.iter().filter(|at| !columns.contains(at) && !self.table.headers[**at].is_empty()) {
            let mut said: HashMap<usize, &str> = HashMap::new();
            let mut one_each = true;
            for row in &self.table.rows {
                let Some(&clip) = self.names.get(row.cells[clip].trim()) else { continue };
                one_each &= *said.entry(clip).or_insert(row.cells[at].trim()) == row.cells[at].trim();
            }
            // What only ever stands in one row a clip is not known to be the clip's.
            if one_each && self.table.rows.len() > self.clips.len() {
                carried.push(self.table.headers[at].clone());
                for (number, (clip, _)) in self.clips.iter_mut().enumerate() {
                    clip.carried.push(said.get(&number).copied().unwrap_or_default().to_owned());
                }
            }
        }
        carried
    }

    fn wide(&mut self, rater: Option<usize>) -> Option<Read> {
        let table = self.table;
        let others: Vec<usize> =
            (0..table.headers.len()).filter(|at| Some(*at) != rater && may_be_emotion(&table.headers[*at])).collect();
        let filled = |at: usize| table.rows.iter().map(move |row| row.cells[at].trim()).filter(|cell| !cell.is_empty());
        let numbers: Vec<usize> =
            others.iter().copied().filter(|at| filled(*at).all(|cell| number(cell).is_some())).collect();
        let heads: Vec<(usize, &str)> = numbers.iter().map(|at| (*at, table.headers[*at].as_str())).collect();
        if let Some(asked) = Questionnaire::of(&heads, self.options.emotions.as_deref()) {
            return Some(self.wide_numbers(rater, asked));
        }
        let names: Vec<usize> = others.iter().copied().filter(|at| !numbers.contains(at)).collect();
        let is_answer = names.len() >= 2;
        if !is_answer {
            let problem = format!(
                "expected a column of clips (`clip`, `filename`), or columns named after clip and emotion (`clip1_happiness`), \
                 found {}",
                quoted(table.headers.iter().map(String::as_str))
            );
            let hint = "name the column of clips with --clip, or write one row a listener and clip";
            self.problems.add(table.header_line, None, problem, hint);
            return None;
        }
        let emotions = self.named_emotions(&names)?;
        let (mut raters, mut ratings) = (Names::default(), Vec::new());
        for row in &table.rows {
            let rater = raters.place(&self.listener(row, rater));
            for &at in &names {
                let cell = row.cells[at].trim();
                if !cell.is_empty() {
                    let clip = self.clip(&table.headers[at], table.header_line);
                    let values = emotions.iter().map(|name| f64::from(u8::from(name == cell))).collect();
                    ratings.push((Rating { clip, rater: Some(rater), values }, row.line));
                }
            }
        }
        let notes = vec![form_note("wide", table, rater, &emotions, true)];
        Some(Read { emotions, chosen: true, raters: raters.0, ratings, carried: Vec::new(), notes })
    }

    fn wide_numbers(&mut self, rater: Option<usize>, Questionnaire { emotions, clips }: Questionnaire) -> Read {
        let table = self.table;
        let (mut raters, mut ratings) = (Names::default(), Vec::new());
        for row in &table.rows {
            let rater = raters.place(&self.listener(row, rater));
            for AskedClip { name, columns } in &clips {
                if let Some(values) = self.values(row, columns, false, &emotions) {
                    let clip = self.clip(name, table.header_line);
                    ratings.push((Rating { clip, rater: Some(rater), values }, row.line));
                }
            }
        }
        let notes = vec![form_note("wide", table, rater, &emotions, false)];
        Read { emotions, chosen: false, raters: raters.0, ratings, carried: Vec::new(), notes }
    }

    /// Each row is a listener, by name or by line.
    fn listener(&self, row: &Row, rater: Option<usize>) -> String {
        let named = rater.map(|rater| row.cells[rater].trim()).filter(|name| !name.is_empty());
        named.map_or_else(|| format!("line {}", row.line), str::to_owned)
    }
}

/// Names in the order in which they are met.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn place(&mut self, name: &str) -> usize {
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

fn form_note(form: &str, table: &Table, rater: Option<usize>, emotions: &[String], chosen: bool) -> String {
    let rows = if form == "long" { "one row a listener and clip" } else { "one row a listener" };
    let listeners = rater.map_or(String::new(), |rater| format!(", listeners in `{}`", table.headers[rater]));
    let how = if chosen { "one of" } else { "a number for" };
    format!("{rows}{listeners}; {how} {}", quoted(emotions.iter().map(String::as_str)))
}

impl Read {
    fn into_ratings(
        self,
        clips: Vec<(Clip, u64)>,
        options: &RatingOptions,
        problems: &mut Problems,
        csv: &Path,
    ) -> Result<Ratings> {
        let mut notes = self.notes;
        if self.ratings.is_empty() {
            problems.add(0, None, "expected ratings, found none", "give a file with at least one rating");
        }
        let answers = answers(&self.ratings, self.chosen, options.scale, problems);
        if let Answers::Scale { least, most } = answers {
            let said = if options.scale.is_some() {
                "as said"
            } else {
                "the least and most that is met; --scale says otherwise"
            };
            notes.push(format!("a scale from {} to {} ({said})", plain(least), plain(most)));
        }
        let mut named = Vec::new();
        let mut folder = options.audio.as_deref().map(AudioFolder::open).transpose()?;
        for (mut clip, line) in clips {
            match folder.as_mut().map(|folder| folder.find(&clip.name)) {
                Some(Ok(found)) => clip.name = found.name,
                Some(Err((problem, hint))) => problems.add(line, None, problem, &hint),
                None => {}
            }
            named.push(clip);
        }
        let emotions = match LabelSet::new(self.emotions.clone()) {
            Ok(emotions) if problems.is_empty() => emotions,
            Ok(_) => return Err(std::mem::take(problems).into_error(csv)),
            Err(error) => return Err(error),
        };
        if !self.carried.is_empty() {
            notes.push(format!("kept beside the clips: {}", quoted(self.carried.iter().map(String::as_str))));
        }
        let ratings = self.ratings.into_iter().map(|(rating, _)| rating).collect();
        Ok(Ratings { emotions, answers, clips: named, carried: self.carried, raters: self.raters, ratings, notes })
    }
}

fn answers(ratings: &[(Rating, u64)], chosen: bool, scale: Option<(f64, f64)>, problems: &mut Problems) -> Answers {
    if chosen {
        return Answers::Chosen;
    }
    let values = || ratings.iter().flat_map(|(rating, _)| rating.values.iter().copied());
    if scale.is_none() && values().all(|value| value == 0.0 || value == 1.0) {
        return Answers::Flags;
    }
    let met = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (least, most) = scale.unwrap_or(met);
    let outside =
        ratings.iter().filter(|(rating, _)| rating.values.iter().any(|value| *value < least || *value > most));
    for (rating, line) in outside {
        let value = rating.values.iter().find(|value| **value < least || **value > most).expect("one of them");
        let problem = format!("expected {} to {}, found {}", plain(least), plain(most), plain(*value));
        problems.add(*line, None, problem, "correct the value, or name the scale with --scale LEAST..MOST");
    }
    Answers::Scale { least, most }
}
