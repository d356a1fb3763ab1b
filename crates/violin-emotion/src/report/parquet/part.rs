//! A part of a run over many recordings, and what it says of itself in its file.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use super::ParquetFile;
use super::read::RowFile;
use crate::Error;

/// More parts are a slip of the finger.
const MOST_SHARDS: usize = 100_000;

/// Which of how many parts of a list of recordings, from 1 on: `2/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Shard {
    /// Its number, from 1 on.
    pub fn number(self) -> usize {
        self.number
    }

    /// How many there are.
    pub fn of(self) -> usize {
        self.of
    }

    /// Its block of a list of `total`: the blocks of all shards, one after the other, are the list.
    ///
    /// ```
    /// use violin_emotion::report::Shard;
    /// let blocks = ["1/3", "2/3", "3/3"].map(|shard| shard.parse::<Shard>().expect("a shard").range(7));
    /// assert_eq!(blocks, [0..2, 2..4, 4..7]);
    /// ```
    pub fn range(self, total: usize) -> Range<usize> {
        let end = |number: usize| (number as u128 * total as u128 / self.of as u128) as usize;
        end(self.number - 1)..end(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match ends {
            Some((number, of)) if (1..=of).contains(&number) && of <= MOST_SHARDS => Ok(Shard { number, of }),
            _ => Err(format!("expected i/n, the i-th of n parts, such as 2/8: i from 1 to n, n at most {MOST_SHARDS}")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// What a part says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which one it is.
    pub shard: Shard,
    /// Checksum of everything that decides over the answers of the run, but for what the recordings hold.
    pub run: String,
    /// Checksum of what its own recordings hold.
    pub contents: String,
    /// How many of them could not be answered.
    pub failed: usize,
}

const SHARD: &str = "shard";
const RUN: &str = "run";
const CONTENTS: &str = "contents";
const FAILED: &str = "failed";
/// `60 4711 0a1b…`: how many rows there are, how many bytes they take from the beginning of the file, and the checksum of these.
const ROWS: &str = "rows";

impl Part {
    /// What the part at `path` says; `None` for a file of rows that is no part.
    ///
    /// # Errors
    /// `File` if it cannot be read; `Data` if it is no file of rows, or its rows are not those that were written.
    pub fn read(path: &Path) -> Result<Option<Part>, Error> {
        let file = RowFile::open(path)?;
        let part = Part::of(&file);
        if part.is_some() {
            Part::check_rows(&file)?;
        }
        Ok(part)
    }

    /// That the rows of a part are those that were written.
    pub(super) fn check_rows(file: &RowFile) -> Result<(), Error> {
        let said = file.said(ROWS).unwrap_or_default();
        let bytes = said.split(' ').nth(1).and_then(|bytes| bytes.parse().ok()).unwrap_or_default();
        if said == format!("{} {bytes} {}", file.rows_count(), file.checksum(bytes)?) {
            return Ok(());
        }
        Err(file.damaged("its rows are not those that were written"))
    }

    pub(super) fn of(file: &RowFile) -> Option<Part> {
        Some(Part {
            shard: file.said(SHARD)?.parse().ok()?,
            run: file.said(RUN)?.to_owned(),
            contents: file.said(CONTENTS)?.to_owned(),
            failed: file.said(FAILED)?.parse().ok()?,
        })
    }
}

impl<W: Write + Send> ParquetFile<W> {
    /// Ends the file of a part.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish_part(mut self, part: &Part) -> io::Result<W> {
        self.say(SHARD, part.shard.to_string());
        self.say(RUN, part.run.clone());
        self.say(CONTENTS, part.contents.clone());
        self.say(FAILED, part.failed.to_string());
        let rows = self.rows_written()?;
        self.say(ROWS, rows);
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shards_are_the_whole_list_in_its_order() {
        for total in [0, 1, 7, 60] {
            for of in [1, 2, 7, 61] {
                let blocks = (1..=of).map(|number| Shard { number, of }.range(total));
                assert_eq!(blocks.flatten().collect::<Vec<_>>(), (0..total).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_said() {
        for text in
            ["", "1", "0/2", "3/2", "1/0", "1/100001", "-1/2", "1/2/3", "a/b", "1 / 2", "1/99999999999999999999"]
        {
            let error = text.parse::<Shard>().expect_err(text);
            assert!(error.starts_with("expected i/n"), "{error}");
        }
        assert_eq!("2/8".parse::<Shard>().expect("a shard").to_string(), "2/8");
    }
}
