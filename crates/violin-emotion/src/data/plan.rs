//! Which recordings are held out together, once or several times over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::problems::{Problems, quoted};
use super::splits::{Split, check_groups, checked_folds, folds, shuffle};
use super::table::Table;
use crate::error::count;
use crate::{Error, Result};

/// Partitions of the recordings into folds: in each, every recording is held out exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    repetitions: Vec<Vec<Split>>,
    rule: String,
}

impl Plan {
    /// `k` folds of whole groups, about equally large, `repetitions` times over with the seeds from `seed` upwards.
    ///
    /// # Errors
    /// As [`checked_folds`]; `Config` for no repetition.
    pub fn by_group<G: AsRef<str>>(groups: &[G], k: usize, repetitions: usize, seed: u64) -> Result<Plan> {
        at_least_once(repetitions)?;
        let one = |repetition| checked_folds(groups, k, seed.wrapping_add(repetition as u64));
        let rule = format!("{k} folds by group");
        Ok(Plan { repetitions: (0..repetitions).map(one).collect::<Result<_>>()?, rule })
    }

    /// Each group is held out by itself.
    ///
    /// # Errors
    /// `Data` for fewer than three groups.
    pub fn leave_one_group_out<G: AsRef<str>>(groups: &[G]) -> Result<Plan> {
        check_groups(groups)?;
        let distinct = groups.iter().map(AsRef::as_ref).collect::<BTreeSet<&str>>().len();
        Ok(Plan {
            repetitions: vec![checked_folds(groups, distinct, 0)?],
            rule: "each group held out by itself".into(),
        })
    }

    /// Folds in which what is learned from shares neither a group nor a second group (piece and performer, say) with what is
    /// tested on.
    ///
    /// Groups that are tied by a common second group are put together where that leaves at least `k` of them. Otherwise
    /// groups and second groups are dealt into `k` folds each; what is tested on lies in one fold of both, and recordings in
    /// but one of the two are left out: k² tests, each learning from about (1 − 1∕k)² of the recordings.
    ///
    /// # Errors
    /// As [`Plan::by_group`], of either kind of group; `Data` where nothing would be left to learn from.
    pub fn crossed<G: AsRef<str>>(groups: &[G], second: &[G], k: usize, repetitions: usize, seed: u64) -> Result<Plan> {
        at_least_once(repetitions)?;
        let tied = tied(groups, second);
        let distinct = tied.iter().collect::<BTreeSet<_>>().len();
        if distinct >= k.max(3) {
            let plan = Plan::by_group(&tied, k, repetitions, seed)?;
            return Ok(Plan { rule: format!("{k} folds by both groups"), ..plan });
        }
        let seconds = second.iter().map(AsRef::as_ref).collect::<BTreeSet<&str>>().len();
        if seconds < k {
            let hint = "use fewer folds, or another column as the second group";
            return Err(Error::data(format!("at least {k} second groups"), seconds.to_string(), hint));
        }
        let one = |repetition: usize| -> Result<Vec<Split>> {
            let seed = seed.wrapping_add(repetition as u64);
            let (first, other) = (fold_of(&folds(groups, k, seed)?), fold_of(&folds(second, k, seed)?));
            let cells: BTreeSet<(usize, usize)> = first.iter().copied().zip(other.iter().copied()).collect();
            let split = |(row, column): (usize, usize)| {
                let all = 0..groups.len();
                let test = all.clone().filter(|&at| (first[at], other[at]) == (row, column)).collect();
                let train = all.filter(|&at| first[at] != row && other[at] != column).collect();
                let split = Split::new(groups, train, test)?;
                split.check_trainable(groups)?;
                Ok(split)
            };
            cells.into_iter().map(split).collect()
        };
        let rule = format!("{k} × {k} folds by both groups");
        Ok(Plan { repetitions: (0..repetitions).map(one).collect::<Result<_>>()?, rule })
    }

    /// Folds as a CSV file gives them: a column `filename`, and for each repetition a column that names every recording's
    /// fold. Recordings of the file that are not among `names` are passed over.
    ///
    /// # Errors
    /// `File` if it cannot be read; `Labels` with every recording that is missing, named twice or in no fold; `Data` for a
    /// group on both sides, or a single fold.
    pub fn from_file<G: AsRef<str>>(csv: &Path, names: &[&str], groups: &[G]) -> Result<Plan> {
        let mut problems = Problems::default();
        let table = Table::read(csv, &mut problems)?;
        let Some(file) = table.headers.iter().position(|header| super::columns::is_file_column(header)) else {
            let problem =
                format!("expected a column `filename`, found {}", quoted(table.headers.iter().map(|name| &**name)));
            problems.add(table.header_line, None, problem, "name the column of file names `filename`");
            return Err(problems.into_error(csv));
        };
        let columns: Vec<usize> = (0..table.headers.len()).filter(|column| *column != file).collect();
        if columns.is_empty() {
            let hint = "add a column with the number of each recording's fold";
            problems.add(table.header_line, None, "expected a column of folds beside the names, found none", hint);
        }
        let mut rows: BTreeMap<&str, &[String]> = BTreeMap::new();
        for row in &table.rows {
            if rows.insert(row.cells[file].trim(), &row.cells).is_some() {
                let problem = format!("expected each recording once, found `{}` again", row.cells[file].trim());
                problems.add(row.line, Some(&table.headers[file]), problem, "leave one of the rows out");
            }
        }
        for name in names.iter().filter(|name| !rows.contains_key(*name)) {
            problems.add(
                0,
                None,
                format!("expected a row for `{name}`, found none"),
                "name a fold for every labelled recording",
            );
        }
        for row in &table.rows {
            for &column in columns.iter().filter(|column| row.cells[**column].trim().is_empty()) {
                let hint = "name a fold for every labelled recording";
                problems.add(row.line, Some(&table.headers[column]), "expected a fold, found an empty cell", hint);
            }
        }
        if !problems.is_empty() {
            return Err(problems.into_error(csv));
        }
        // An error of a split says where the fold is.
        let placed = |column: usize, error: Error| {
            let mut problems = Problems::default();
            let hint = error.hint().unwrap_or("name other folds").to_owned();
            problems.add(table.header_line, Some(&table.headers[column]), error.to_string(), &hint);
            problems.into_error(csv)
        };
        let repetition = |&column: &usize| -> Result<Vec<Split>> {
            let mut tests: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (at, name) in names.iter().enumerate() {
                tests.entry(rows[name][column].trim()).or_default().push(at);
            }
            let split = |test: &Vec<usize>| {
                let train = (0..names.len()).filter(|at| !test.contains(at)).collect();
                let split = Split::new(groups, train, test.clone())?;
                split.check_trainable(groups)?;
                Ok(split)
            };
            tests.values().map(split).collect::<Result<Vec<_>>>().map_err(|error| placed(column, error))
        };
        check_groups(groups)?;
        let repetitions = columns.iter().map(repetition).collect::<Result<Vec<_>>>()?;
        Ok(Plan { repetitions, rule: "folds as given".into() })
    }

    /// The first repetition, each split learning from `share` of its training groups, at least two, drawn by `seed`.
    ///
    /// # Errors
    /// `Data` if a training side has fewer than two groups.
    pub fn with_fewer_groups<G: AsRef<str>>(&self, groups: &[G], share: f64, seed: u64) -> Result<Plan> {
        let smaller = |split: &Split| {
            let learned: Vec<&str> = split.train().iter().map(|&at| groups[at].as_ref()).collect();
            let mut names: Vec<&str> = learned.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            shuffle(&mut names, seed);
            names.truncate(((share * names.len() as f64).round() as usize).max(2));
            let train = split.train().iter().copied().filter(|&at| names.contains(&groups[at].as_ref())).collect();
            let smaller = Split::new(groups, train, split.test().to_vec())?;
            smaller.check_trainable(groups)?;
            Ok(smaller)
        };
        let splits = self.repetitions[0].iter().map(smaller).collect::<Result<Vec<_>>>()?;
        Ok(Plan { repetitions: vec![splits], rule: self.rule.clone() })
    }

    /// The splits of each repetition.
    pub fn repetitions(&self) -> &[Vec<Split>] {
        &self.repetitions
    }

    /// The first repetition alone.
    pub fn first(&self) -> Plan {
        Plan { repetitions: self.repetitions[..1].to_vec(), rule: self.rule.clone() }
    }

    /// All splits of all repetitions.
    pub fn splits(&self) -> usize {
        self.repetitions.iter().map(Vec::len).sum()
    }

    /// In words: `5 folds by group, 3 times`.
    pub fn described(&self) -> String {
        match self.repetitions.len() {
            1 => self.rule.clone(),
            several => format!("{}, {}", self.rule, count(several, "time")),
        }
    }
}

fn at_least_once(repetitions: usize) -> Result<()> {
    if repetitions == 0 {
        return Err(Error::config("--repeat", "at least 1", repetitions));
    }
    Ok(())
}

/// The number of the fold that each recording is tested in.
fn fold_of(folds: &[Split]) -> Vec<usize> {
    let mut of = vec![0; folds.iter().map(|fold| fold.test().len()).sum()];
    for (number, fold) in folds.iter().enumerate() {
        fold.test().iter().for_each(|&at| of[at] = number);
    }
    of
}

/// For each recording the first of all groups that are tied to its own by common second groups.
fn tied<G: AsRef<str>>(groups: &[G], second: &[G]) -> Vec<String> {
    let mut name: BTreeMap<&str, &str> = groups.iter().map(|group| (group.as_ref(), group.as_ref())).collect();
    // Names only become smaller, so this ends.
    loop {
        let mut least: BTreeMap<&str, &str> = BTreeMap::new();
        for (group, second) in groups.iter().zip(second) {
            let entry = least.entry(second.as_ref()).or_insert(name[group.as_ref()]);
            *entry = name[group.as_ref()].min(entry);
        }
        let mut changed = false;
        for (group, second) in groups.iter().zip(second) {
            let least = least[second.as_ref()];
            let own = name.get_mut(group.as_ref()).expect("every group has a name");
            changed |= least < *own;
            *own = least.min(own);
        }
        if !changed {
            return groups.iter().map(|group| name[group.as_ref()].to_owned()).collect();
        }
    }
}
