//! `features`: one row of numbers a window, as CSV or for NumPy.

use std::io::{self, BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::features::{self, Catalog, CopyMeasurement, FeatureCache, Measurement, Sequence};
use violin_emotion::report::text_cell;
use violin_emotion::{Config, Error, WholeFile};

use super::{Failure, Outcome, complain};
use crate::args::FeaturesArguments;
use crate::npz::NpzWriter;
use crate::progress::Bar;
use crate::{inputs, interrupt};

pub fn run(arguments: &FeaturesArguments) -> Result<Outcome, Failure> {
    let base = super::base(arguments.config.as_deref(), None)?;
    let config = super::settings(base, &arguments.windows, &arguments.sound, arguments.augment)?;
    let copies = Augmentation::open(&config.augment, &config.audio)?;
    let with_copies = !copies.changes().is_empty();
    let cache = super::cache(arguments.cache.as_deref())?;
    let paths = inputs::expand(&arguments.paths)?;
    let mut table = FeatureTable::open(Catalog::of(config.features.set), with_copies, arguments.out.as_deref())?;
    let bar = Bar::new("measuring", paths.len());
    let mut failed = 0;
    // A few at a time, so that rows appear in input order while the next recordings are worked on.
    for batch in paths.chunks(4 * rayon::current_num_threads()) {
        let measured: Vec<_> =
            batch.par_iter().map(|path| measure(path, &config, &copies, cache.as_ref(), &bar)).collect();
        for (path, measured) in batch.iter().zip(measured) {
            if interrupt::asked() {
                return Err(Error::interrupted().into());
            }
            match measured {
                Ok((measured, copies)) => {
                    table.push(path, with_copies.then_some(""), &measured.sequence)?;
                    copies.iter().try_for_each(|copy| table.push(path, Some(&copy.change), &copy.sequence))?;
                    measured
                        .warnings
                        .iter()
                        .chain(measured.sequence.warnings())
                        .for_each(|warning| eprintln!("warning: {}: {warning}", path.display()));
                }
                Err(error) => {
                    failed += 1;
                    complain(&error.to_string(), error.hint());
                }
            }
        }
    }
    drop(bar);
    table.finish()?;
    if failed > 0 {
        eprintln!("{failed} of {} recordings could not be measured", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

fn measure(
    path: &Path,
    config: &Config,
    copies: &Augmentation,
    cache: Option<&FeatureCache>,
    bar: &Bar,
) -> Result<(Measurement, Vec<CopyMeasurement>), Error> {
    if interrupt::asked() {
        return Err(Error::interrupted());
    }
    let measured = inputs::refuse_folder(path)
        .and_then(|()| features::measure_with_copies(path, &config.audio, &config.features, copies, cache));
    bar.recording(path);
    measured
}

/// Where the rows go. A file appears under its name only when it is whole.
enum FeatureTable {
    Stdout(csv::Writer<io::Stdout>),
    Csv(csv::Writer<BufWriter<WholeFile>>, PathBuf),
    Npz(NumPyTable, PathBuf),
}

/// NumPy wants its columns whole.
struct NumPyTable {
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
    fn open(catalog: &'static Catalog, with_copies: bool, out: Option<&Path>) -> Result<Self, Failure> {
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
            _ => Err(Error::config("--out", "a file name that ends in .csv or .npz", path.display()).into()),
        }
    }

    /// Adds the rows of a recording, or of a copy; `copy` is empty for a recording among copies.
    fn push(&mut self, path: &Path, copy: Option<&str>, sequence: &Sequence) -> Result<(), Failure> {
        let path = path.display().to_string();
        for (window, span) in sequence.spans().iter().enumerate() {
            let row = sequence.row(window);
            match self {
                FeatureTable::Stdout(csv) => write_row(csv, &path, copy, [span.start_s, span.end_s], row)?,
                FeatureTable::Csv(csv, _) => write_row(csv, &path, copy, [span.start_s, span.end_s], row)?,
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

    fn finish(self) -> Result<(), Failure> {
        match self {
            FeatureTable::Stdout(mut csv) => Ok(csv.flush()?),
            FeatureTable::Csv(csv, path) => {
                let unwritten = |source| Error::file("write", &path, source);
                let buffered = csv.into_inner().map_err(|failed| unwritten(io::Error::other(failed.to_string())))?;
                let file = buffered.into_inner().map_err(|failed| unwritten(failed.into_error()))?;
                Ok(file.finish()?)
            }
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
