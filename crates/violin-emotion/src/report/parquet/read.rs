//! Tables from Parquet, as this program writes it.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::write::UNITS;
use crate::Error;
use crate::checksum::Checksum;
use crate::report::Table;
use crate::report::table::{Cell, Column, Kind};

/// A file of rows; none of them is read yet.
pub(super) struct RowFile {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    columns: Vec<Column>,
}

impl RowFile {
    /// Opens a file.
    ///
    /// # Errors
    /// `File` if it cannot be read; `Data` if it holds no rows that this program may have written.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::file("read", path, source))?;
        let reader = contained(path, || SerializedFileReader::new(file))?;
        let units: IndexMap<String, String> =
            said(&reader, UNITS).and_then(|units| serde_json::from_str(units).ok()).unwrap_or_default();
        let schema = reader.metadata().file_metadata().schema_descr();
        let columns = schema.columns().iter().map(|column| read_column(column, &units)).collect::<Option<_>>();
        let columns = columns.ok_or_else(|| damaged(path, "columns of other types"))?;
        Ok(RowFile { path: path.into(), reader, columns })
    }

    /// What the file's metadata say under a name.
    pub fn said(&self, name: &str) -> Option<&str> {
        said(&self.reader, name)
    }

    /// How many rows it says to have.
    pub fn rows_count(&self) -> i64 {
        self.reader.metadata().row_groups().iter().map(|group| group.num_rows()).fold(0, i64::wrapping_add)
    }

    /// Checksum of its first `bytes`.
    pub fn checksum(&self, bytes: u64) -> Result<String, Error> {
        let mut checksum = Checksum::default();
        let summed = File::open(&self.path).and_then(|file| checksum.add_all(file.take(bytes)));
        summed.map_err(|source| Error::file("read", &self.path, source))?;
        Ok(checksum.finish())
    }

    /// The error of a file in which something is wrong.
    pub fn damaged(&self, problem: &str) -> Error {
        damaged(&self.path, problem)
    }

    /// Its columns, without rows.
    pub fn table(&self) -> Table {
        Table { columns: self.columns.clone().into(), rows: Vec::new() }
    }

    /// Its rows, as many at a time as were written together.
    pub fn groups(self) -> impl Iterator<Item = Result<Table, Error>> {
        (0..self.reader.num_row_groups()).map(move |group| {
            let rows = contained(&self.path, || self.rows(&*self.reader.get_row_group(group)?))?;
            Ok(Table { rows, ..self.table() })
        })
    }

    fn rows(&self, group: &dyn RowGroupReader) -> Result<Vec<Vec<Cell>>, ParquetError> {
        let count = group.metadata().num_rows() as usize;
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for at in 0..self.columns.len() {
            let cells = match group.get_column_reader(at)? {
                ColumnReader::ByteArrayColumnReader(column) => {
                    cells(column, count, |text: ByteArray| Ok(Cell::Text(text.as_utf8()?.to_owned())))?
                }
                ColumnReader::DoubleColumnReader(column) => cells(column, count, |number| Ok(Cell::Number(number)))?,
                ColumnReader::FloatColumnReader(column) => cells(column, count, |number| Ok(Cell::Single(number)))?,
                ColumnReader::BoolColumnReader(column) => cells(column, count, |truth| Ok(Cell::Truth(truth)))?,
                _ => return Err(ParquetError::General("a column of another type".into())),
            };
            rows.resize_with(cells.len(), || Vec::with_capacity(self.columns.len()));
            rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        }
        Ok(rows)
    }
}

fn said<'a>(reader: &'a SerializedFileReader<File>, name: &str) -> Option<&'a str> {
    let metadata = reader.metadata().file_metadata().key_value_metadata()?;
    metadata.iter().find(|entry| entry.key == name)?.value.as_deref()
}

/// A column of the file, if it is of a kind that is written here.
fn read_column(column: &ColumnDescriptor, units: &IndexMap<String, String>) -> Option<Column> {
    let kind = match column.physical_type() {
        Physical::BYTE_ARRAY => Kind::Text,
        Physical::DOUBLE => Kind::Number,
        Physical::FLOAT => Kind::Single,
        Physical::BOOLEAN => Kind::Truth,
        _ => return None,
    };
    let name = column.name().to_owned();
    let unit = units.get(&name).cloned().unwrap_or_default();
    let is_plain = (column.max_def_level(), column.max_rep_level()) == (1, 0);
    is_plain.then(|| Column { name: name.into(), kind, unit: unit.into() })
}

/// The `count` cells of a column.
fn cells<D: DataType>(
    mut column: ColumnReaderImpl<D>,
    count: usize,
    cell: impl Fn(D::T) -> Result<Cell, ParquetError>,
) -> Result<Vec<Cell>, ParquetError> {
    let (mut there, mut values) = (Vec::new(), Vec::new());
    while there.len() < count {
        let (read, ..) = column.read_records(count - there.len(), Some(&mut there), None, &mut values)?;
        if read == 0 {
            return Err(ParquetError::General(format!("expected {count} rows, found {}", there.len())));
        }
    }
    let mut values = values.into_iter();
    let mut next = || values.next().map_or_else(|| Err(ParquetError::General("a value is missing".into())), &cell);
    there.iter().map(|there| if *there == 0 { Ok(Cell::Empty) } else { next() }).collect()
}

/// Turns a panic into an error: some damage is met by the reader's own assertions.
fn contained<T>(path: &Path, read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| damaged(path, error)),
        Err(_) => Err(damaged(path, "it is damaged")),
    }
}

fn damaged(path: &Path, problem: impl std::fmt::Display) -> Error {
    let found = format!("{}: {problem}", path.display());
    Error::data("a Parquet file as `--shard` writes it", found, "run that shard again if this is one of its parts")
}
