//! Rows of features on their way out, in any of the formats.

use std::io::{self, BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use violin_emotion::features::{Catalog, Sequence};
#[cfg(feature = "parquet")]
use violin_emotion::report::Table;
use violin_emotion::report::text_cell;
use violin_emotion::{Error, WholeFile};

use crate::commands::Failure;
use crate::npz::NpzWriter;
#[cfg(feature = "parquet")]
use crate::out::Rows;

#[cfg(feature = "parquet")]
const ENDINGS: &str = "a file name that ends in .csv, .npz or .parquet";
#[cfg(not(feature = "parquet"))]
const ENDINGS: &str = "a file name that ends in .csv or .npz";

/// Where the rows go. A file appears under its name only when it is whole.
pub enum FeatureTable {
    Stdout(csv::Writer<io::Stdout>),
    Csv(csv::Writer<BufWriter<WholeFile>>, PathBuf),
    Npz(NumPyTable, PathBuf),
    /// With a table of its columns.
    #[cfg(feature = "parquet")]
    Parquet(Rows, Table),
}

/// NumPy wants its columns whole.
pub struct NumPyTable {
    catalog: &'static Catalog,
    paths: Vec<String>,
    /// What was done in each row's copy; empty where there are no copies.
    copies: Vec<String>,
    times: Vec<f64>,
    values: Vec<f32>,
}

impl NumPyTable {
    fn new(catalog: &'static Catalog) -> Self {
        NumPyTable { catalog, paths: Vec::new(), copies: Vec::new(), times: Vec::new(), values: Vec::new() }
    }
}

impl FeatureTable {
    pub fn open(catalog: &'static Catalog, with_copies: bool, out: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = out else {
            let mut csv = csv::Writer::from_writer(stdout());
            write_header(catalog, with_copies, &mut csv)?;
            return Ok(FeatureTable::Stdout(csv));
        };
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("csv") => {
                let mut csv = csv::Writer::from_writer(BufWriter::new(WholeFile::begin(path)?));
                write_header(catalog, with_copies, &mut csv)?;
                Ok(FeatureTable::Csv(csv, path.to_path_buf()))
            }
            Some("npz") => {
                // Only to try whether it can be written: this is known before anything is measured.
                WholeFile::begin(path)?;
                Ok(FeatureTable::Npz(NumPyTable::new(catalog), path.to_path_buf()))
            }
            #[cfg(feature = "parquet")]
            Some("parquet") => {
                let empty = Table::features(catalog, with_copies);
                Ok(FeatureTable::Parquet(Rows::parquet(Some(path), empty.clone())?, empty))
            }
            _ => Err(Error::config("--out", ENDINGS, path.display()).into()),
        }
    }

    /// Adds the rows of a recording, or of a copy; `copy` is empty for a recording among copies.
    pub fn push(&mut self, path: &Path, copy: Option<&str>, sequence: &Sequence) -> Result<(), Failure> {
        let path = path.display().to_string();
        #[cfg(feature = "parquet")]
        if let FeatureTable::Parquet(rows, empty) = self {
            let mut table = empty.clone();
            table.push_features(&path, copy, sequence);
            return Ok(rows.push(table)?);
        }
        for (window, span) in sequence.spans().iter().enumerate() {
            let row = sequence.row(window);
            match self {
                FeatureTable::Stdout(csv) => write_row(csv, &path, copy, [span.start_s, span.end_s], row)?,
                FeatureTable::Csv(csv, _) => write_row(csv, &path, copy, [span.start_s, span.end_s], row)?,
                #[cfg(feature = "parquet")]
                FeatureTable::Parquet(..) => unreachable!("its rows come all at once"),
                FeatureTable::Npz(table, _) => {
                    table.paths.push(path.clone());
                    table.copies.extend(copy.map(str::to_string));
                    table.times.extend([span.start_s, span.end_s]);
                    table.values.extend_from_slice(row);
                }
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            FeatureTable::Stdout(mut csv) => Ok(csv.flush()?),
            FeatureTable::Csv(csv, path) => {
                let unwritten = |source| Error::file("write", &path, source);
                let buffered = csv.into_inner().map_err(|failed| unwritten(io::Error::other(failed.to_string())))?;
                let file = buffered.into_inner().map_err(|failed| unwritten(failed.into_error()))?;
                Ok(file.finish()?)
            }
            #[cfg(feature = "parquet")]
            FeatureTable::Parquet(rows, _) => rows.finish(),
            FeatureTable::Npz(table, path) => {
                let write = |file: &mut WholeFile| -> io::Result<()> {
                    let (catalog, rows) = (table.catalog, table.paths.len());
                    let mut npz = NpzWriter::new(BufWriter::new(file));
                    npz.write_texts("path", &table.paths)?;
                    if !table.copies.is_empty() {
                        npz.write_texts("copy", &table.copies)?;
                    }
                    npz.write_f64("spans_s", &[rows, 2], &table.times)?;
                    npz.write_texts("names", catalog.names())?;
                    npz.write_f32("features", &[rows, catalog.len()], &table.values)?;
                    npz.finish()?.flush()
                };
                let mut file = WholeFile::begin(&path)?;
                write(&mut file).map_err(|source| Error::file("write", &path, source))?;
                Ok(file.finish()?)
            }
        }
    }
}

fn write_header(catalog: &Catalog, with_copies: bool, csv: &mut csv::Writer<impl Write>) -> io::Result<()> {
    let names = catalog.names().iter().map(String::as_str);
    let copy = with_copies.then_some("copy");
    Ok(csv.write_record(["path"].into_iter().chain(copy).chain(["start_s", "end_s"]).chain(names))?)
}

fn write_row(
    csv: &mut csv::Writer<impl Write>,
    path: &str,
    copy: Option<&str>,
    times: [f64; 2],
    row: &[f32],
) -> io::Result<()> {
    let times = times.iter().map(f64::to_string);
    // What could not be measured stays empty; docs/features.md says why it may.
    let values = row.iter().map(|value| if value.is_nan() { String::new() } else { value.to_string() });
    let names = std::iter::once(path).chain(copy).map(|name| text_cell(name).into_owned());
    Ok(csv.write_record(names.chain(times).chain(values))?)
}
