//! Rows of a table on their way, as CSV or Parquet.

use std::io::Write;
#[cfg(feature = "parquet")]
use std::io::{IsTerminal, stdout};
use std::path::Path;

#[cfg(feature = "parquet")]
use violin_emotion::Error;
#[cfg(feature = "parquet")]
use violin_emotion::report::ParquetFile;
use violin_emotion::report::Table;

use super::Out;
use crate::failure::Failure;

pub enum Rows {
    Csv(Out),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetFile<Out>>),
}

impl Rows {
    /// CSV with the columns of `table`, which has no rows yet.
    pub fn csv(out: Option<&Path>, table: &Table) -> Result<Rows, Failure> {
        let mut out = Out::open(out)?;
        out.write_all(table.csv(true).as_bytes())?;
        Ok(Rows::Csv(out))
    }

    /// Parquet with the columns of `table`.
    #[cfg(feature = "parquet")]
    pub fn parquet(out: Option<&Path>, table: Table) -> Result<Rows, Failure> {
        if out.is_none() && stdout().is_terminal() {
            let expected = "a file named by --out, or a pipe: it is no text";
            return Err(Error::config("--format parquet", expected, "a terminal").into());
        }
        Ok(Rows::Parquet(Box::new(ParquetFile::begin(Out::open(out)?, table)?)))
    }

    pub fn push(&mut self, table: Table) -> std::io::Result<()> {
        match self {
            Rows::Csv(out) => out.write_all(table.csv(false).as_bytes()),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file) => file.push(table),
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Rows::Csv(out) => out.finish(),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file) => file.finish()?.finish(),
        }
    }
}
