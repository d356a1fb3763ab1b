//! The parts of one run, put together in their order.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::part::Part;
use super::read::RowFile;
use crate::report::Table;
use crate::{Error, Result};

/// More than these are counted, not named.
const NAMED: usize = 10;

/// All parts of one run, each once, in the order of their shards; their rows are not read yet.
pub struct Parts {
    parts: Vec<(PathBuf, Part)>,
    table: Table,
}

impl Parts {
    /// The parts at these paths, in whatever order they are named.
    ///
    /// # Errors
    /// `File` and `Data` if one cannot be read or is no part, is of another run than the others, or is there twice or not at all.
    pub fn open(paths: &[PathBuf]) -> Result<Parts> {
        let mut found = Vec::with_capacity(paths.len());
        for path in paths {
            let file = RowFile::open(path)?;
            let part = Part::of(&file).ok_or_else(|| {
                let hint = "name the files that `predict --shard i/n` or `features --shard i/n` wrote";
                Error::data("parts of a run", format!("{}, which is none", path.display()), hint)
            })?;
            found.push((path.clone(), part, file.table()));
        }
        check_one_run(&found)?;
        found.sort_by_key(|(_, part, _)| part.shard.number());
        check_all_once(&found)?;
        let table = found[0].2.clone();
        Ok(Parts { parts: found.into_iter().map(|(path, part, _)| (path, part)).collect(), table })
    }

    /// Their columns, without rows.
    pub fn table(&self) -> Table {
        self.table.clone()
    }

    /// How many recordings could not be answered.
    pub fn failed(&self) -> usize {
        self.parts.iter().map(|(_, part)| part.failed).sum()
    }

    /// All rows in their order, a part of a file at a time.
    pub fn rows(&self) -> impl Iterator<Item = Result<Table>> {
        self.parts.iter().flat_map(|(path, part)| {
            let file = RowFile::open(path).and_then(|file| match Part::of(&file) == Some(part.clone()) {
                true => Part::check_rows(&file).map(|()| file),
                false => {
                    Err(Error::data("parts that stay", format!("{}, which has changed", path.display()), "merge again"))
                }
            });
            let (groups, failed) = match file {
                Ok(file) => (Some(file.groups()), None),
                Err(error) => (None, Some(Err(error))),
            };
            groups.into_iter().flatten().chain(failed)
        })
    }
}

type Found = (PathBuf, Part, Table);

/// That all are of the run that most of them are of.
fn check_one_run(found: &[Found]) -> Result<()> {
    let mut runs: BTreeMap<(&str, usize), Vec<&Found>> = BTreeMap::new();
    for one in found {
        runs.entry((&one.1.run, one.1.shard.of())).or_default().push(one);
    }
    // Of two that are as many, the first by name: what is said must not hang on the order of the arguments.
    let first = |parts: &[&Found]| parts.iter().map(|(path, ..)| path.clone()).min();
    let Some((_, usual)) = runs.iter().max_by_key(|(_, parts)| (parts.len(), Reverse(first(parts)))) else {
        let hint = "name the files that `predict --shard i/n` or `features --shard i/n` wrote";
        return Err(Error::data("parts of a run", "none", hint));
    };
    let usual = usual[0];
    let is_usual =
        |(_, part, table): &Found| (&part.run, part.shard.of(), table) == (&usual.1.run, usual.1.shard.of(), &usual.2);
    let mut odd: Vec<String> =
        found.iter().filter(|one| !is_usual(one)).map(|(path, ..)| path.display().to_string()).collect();
    odd.sort();
    if odd.is_empty() {
        return Ok(());
    }
    let found = format!("another run in {} than in the others", listed(&odd));
    let hint = "a run is one list of recordings, one model, the same options and program: run those shards again as the others";
    Err(Error::data("parts of one run", found, hint))
}

/// That no shard is missing, and none is there twice.
fn check_all_once(found: &[Found]) -> Result<()> {
    let of = found[0].1.shard.of();
    let doubled: Vec<String> = found
        .chunk_by(|(_, one, _), (_, other, _)| one.shard == other.shard)
        .filter(|same| same.len() > 1)
        .map(|same| {
            let mut paths: Vec<String> = same.iter().map(|(path, ..)| path.display().to_string()).collect();
            paths.sort();
            format!("{} in {}", same[0].1.shard, paths.join(" and "))
        })
        .collect();
    if !doubled.is_empty() {
        return Err(Error::data("each part once", listed(&doubled), "name one file for each shard"));
    }
    let is_there = |number: &usize| found.binary_search_by_key(number, |(_, part, _)| part.shard.number()).is_ok();
    let missing: Vec<String> =
        (1..=of).filter(|number| !is_there(number)).map(|number| format!("{number}/{of}")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let hint = format!("run the command with --shard {}, or name its file too", missing[0]);
    Err(Error::data(format!("all {of} parts"), format!("{}: missing {}", found.len(), listed(&missing)), hint))
}

fn listed(names: &[String]) -> String {
    let named = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ParquetFile;
    use crate::report::examples::{answer, tracks};

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let [two, _] = tracks();
        let mut notes = Table::of_notes("a.wav", Ok(two.notes));
        notes.append(Table::of_notes("b", Err("no file")));
        for table in [Table::of_answer(&answer()), notes, Table::answers()] {
            let path = folder.path().join("rows.parquet");
            let bytes = ParquetFile::begin(Vec::new(), table.clone()).and_then(ParquetFile::finish).expect("memory");
            std::fs::write(&path, bytes).expect("a file");
            let file = RowFile::open(&path).expect("rows");
            let mut read = file.table();
            assert!(Part::of(&file).is_none());
            file.groups().for_each(|rows| read.append(rows.expect("rows")));
            assert_eq!(read, table);
        }
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("part.parquet");
        let file = ParquetFile::begin(Vec::new(), Table::of_answer(&answer())).expect("memory");
        let part = Part { shard: "1/1".parse().expect("a shard"), run: "r".into(), contents: "c".into(), failed: 0 };
        let bytes = file.finish_part(&part).expect("memory");
        let read = |bytes: &[u8]| -> Result<Vec<_>> {
            std::fs::write(&path, bytes).expect("a file");
            let parts = Parts::open(std::slice::from_ref(&path))?;
            parts.rows().map(|rows| rows.map(|rows| rows.rows)).collect()
        };
        let whole = read(&bytes).expect("a part");
        assert_eq!(whole, [Table::of_answer(&answer()).rows]);
        assert_eq!(Part::read(&path).expect("a part"), Some(part.clone()));
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "cut at {length}");
        }
        for at in 0..bytes.len() {
            for bit in [1, 0x80] {
                let mut flipped = bytes.clone();
                flipped[at] ^= bit;
                match read(&flipped) {
                    Err(error) => assert!(error.hint().is_some(), "{error}"),
                    // Behind the rows stands what does not touch them, as the program's name.
                    Ok(rows) => assert_eq!(rows, whole, "byte {at}"),
                }
            }
        }
    }
}
