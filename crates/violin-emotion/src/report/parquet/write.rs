//! Tables as Parquet: typed columns, any of whose cells may be empty, and their units beside.

use std::io::{self, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use crate::checksum::Checksum;
use crate::report::Table;
use crate::report::table::{Cell, Column, Kind};

/// Where the file's own metadata keeps the units of its columns.
pub(super) const UNITS: &str = "units";

/// Cells that are written together: a reader takes in so many at once, which fill some 50 MB here.
const CELLS_OF_A_GROUP: usize = 1 << 21;

/// A Parquet file on its way to `out`. Equal rows give equal bytes, however many come at once.
pub struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<Summed<W>>,
    /// Rows that do not yet make a group.
    pending: Table,
    rows_of_a_group: usize,
}

impl<W: Write + Send> ParquetFile<W> {
    /// Begins a file of the columns of `table` with its rows.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn begin(out: W, table: Table) -> io::Result<Self> {
        let units: IndexMap<&str, &str> = table
            .columns
            .iter()
            .filter(|column| !column.unit.is_empty())
            .map(|column| (&*column.name, &*column.unit))
            .collect();
        let units = serde_json::to_string(&units).expect("names are JSON");
        let properties = WriterProperties::builder()
            .set_created_by(concat!("violin-emotion ", env!("CARGO_PKG_VERSION")).into())
            .set_key_value_metadata(Some(vec![KeyValue::new(UNITS.into(), units)]));
        let fields = table.columns.iter().map(|column| Arc::new(field(column))).collect();
        let schema = Type::group_type_builder("rows").with_fields(fields).build().expect("columns of different names");
        let out = Summed { out, bytes: 0, checksum: Checksum::default() };
        let writer =
            SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties.build())).map_err(unwritten)?;
        let rows_of_a_group = (CELLS_OF_A_GROUP / table.columns.len()).max(1);
        let mut file = ParquetFile { writer, pending: table, rows_of_a_group };
        file.write_whole_groups()?;
        Ok(file)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// If the table has other columns.
    pub fn push(&mut self, table: Table) -> io::Result<()> {
        self.pending.append(table);
        self.write_whole_groups()
    }

    /// Says something of the file in its metadata, under a name of its own.
    pub(super) fn say(&mut self, name: &str, value: String) {
        self.writer.append_key_value_metadata(KeyValue::new(name.into(), value));
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_rest()?;
        Ok(self.writer.into_inner().map_err(unwritten)?.out)
    }

    /// How many rows there are, how many bytes they take from the beginning of the file, and the checksum of these. No row may follow.
    pub(super) fn rows_written(&mut self) -> io::Result<String> {
        self.write_rest()?;
        self.writer.flush()?;
        let rows: i64 = self.writer.flushed_row_groups().iter().map(|group| group.num_rows()).sum();
        let Summed { bytes, checksum, .. } = self.writer.inner();
        Ok(format!("{rows} {bytes} {}", checksum.clone().finish()))
    }

    fn write_rest(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.pending.rows);
        if rows.is_empty() { Ok(()) } else { self.write_group(&rows) }
    }

    fn write_whole_groups(&mut self) -> io::Result<()> {
        while self.pending.len() >= self.rows_of_a_group {
            let later = self.pending.rows.split_off(self.rows_of_a_group);
            let rows = std::mem::replace(&mut self.pending.rows, later);
            self.write_group(&rows)?;
        }
        Ok(())
    }

    fn write_group(&mut self, rows: &[Vec<Cell>]) -> io::Result<()> {
        let mut group = self.writer.next_row_group().map_err(unwritten)?;
        for at in 0..self.pending.columns.len() {
            let cells = || rows.iter().map(|row| &row[at]);
            let mut column = group.next_column().map_err(unwritten)?.expect("a writer a column");
            match self.pending.columns[at].kind {
                Kind::Text => write::<ByteArrayType>(&mut column, cells(), |cell| match cell {
                    Cell::Text(text) => Some(ByteArray::from(text.as_str())),
                    _ => None,
                }),
                Kind::Number => write::<DoubleType>(&mut column, cells(), |cell| match cell {
                    Cell::Number(number) => Some(*number),
                    _ => None,
                }),
                Kind::Single => write::<FloatType>(&mut column, cells(), |cell| match cell {
                    Cell::Single(number) => Some(*number),
                    _ => None,
                }),
                Kind::Truth => write::<BoolType>(&mut column, cells(), |cell| match cell {
                    Cell::Truth(truth) => Some(*truth),
                    _ => None,
                }),
            }
            .and_then(|()| column.close())
            .map_err(unwritten)?;
        }
        group.close().map_err(unwritten)?;
        Ok(())
    }
}

/// Knows what went through it.
struct Summed<W> {
    out: W,
    bytes: u64,
    checksum: Checksum,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        self.checksum.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn field(column: &Column) -> Type {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Single => (Physical::FLOAT, None),
        Kind::Truth => (Physical::BOOLEAN, None),
    };
    let builder = Type::primitive_type_builder(&column.name, physical).with_logical_type(logical);
    builder.with_repetition(Repetition::OPTIONAL).build().expect("a text is bytes")
}

/// The values that there are, and for each cell whether there is one.
fn write<'a, D: DataType>(
    column: &mut SerializedColumnWriter,
    cells: impl Iterator<Item = &'a Cell>,
    value: impl Fn(&Cell) -> Option<D::T>,
) -> Result<(), ParquetError> {
    let values: Vec<Option<D::T>> = cells.map(value).collect();
    let there: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<D::T> = values.into_iter().flatten().collect();
    column.typed::<D>().write_batch(&values, Some(&there), None).map(drop)
}

fn unwritten(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::report::examples::{answer, tracks};

    fn open(file: ParquetFile<Vec<u8>>) -> SerializedFileReader<File> {
        let mut kept = tempfile::tempfile().expect("a file");
        kept.write_all(&file.finish().expect("memory")).expect("a file");
        SerializedFileReader::new(kept).expect("a Parquet file")
    }

    fn read(table: Table, more: Option<Table>) -> (Vec<Vec<Field>>, String) {
        let mut file = ParquetFile::begin(Vec::new(), table).expect("memory");
        more.into_iter().for_each(|table| file.push(table).expect("memory"));
        let reader = open(file);
        let units = reader.metadata().file_metadata().key_value_metadata().expect("units")[0].value.clone();
        let row = |row: Result<parquet::record::Row, ParquetError>| {
            row.expect("a row").into_columns().into_iter().map(|(_, field)| field).collect()
        };
        let rows = reader.get_row_iter(None).expect("rows").map(row).collect();
        (rows, units.expect("units"))
    }

    #[test]
    fn rows_come_back_with_their_types_and_units() {
        let (rows, units) = read(Table::of_answer(&answer()), Some(Table::of_answer(&answer())));
        assert_eq!(rows.len(), 12);
        assert_eq!(
            rows[5][4..9],
            [
                Field::Double(1.5),
                Field::Double(4.5),
                Field::Str("sad".into()),
                Field::Double(0.6),
                Field::Str("share".into())
            ]
        );
        assert_eq!((&rows[5][9], &rows[0][9]), (&Field::Null, &Field::Double(0.25)));
        assert!(units.starts_with("{\"start_s\":\"s\",\"end_s\":\"s\","), "{units}");

        let [two, none] = tracks();
        let (rows, _) = read(Table::of_notes("a.wav", Ok(two.notes)), Some(Table::of_notes("b", Err("no file"))));
        assert_eq!((&rows[0][4], &rows[0][7], &rows[1][8]), (&Field::Float(69.03), &Field::Bool(false), &Field::Null));
        assert_eq!((&rows[2][1], &rows[2][18]), (&Field::Null, &Field::Str("no file".into())));
        assert_eq!(read(Table::of_notes("a.wav", Ok(none.notes)), None).0, Vec::<Vec<Field>>::new());
    }

    #[test]
    fn many_rows_make_several_groups() {
        let [two, _] = tracks();
        let rows_of_a_group = CELLS_OF_A_GROUP / 19;
        let notes = vec![two.notes[0]; 2 * rows_of_a_group];
        let written = |pieces: &[usize]| {
            let mut file = ParquetFile::begin(Vec::new(), Table::notes()).expect("memory");
            let mut rest = &notes[..];
            for piece in pieces {
                let (now, later) = rest.split_at(*piece);
                file.push(Table::of_notes("a", Ok(now))).expect("memory");
                rest = later;
            }
            file.push(Table::of_notes("a", Ok(rest))).expect("memory");
            file
        };
        let groups =
            |file| -> Vec<i64> { open(file).metadata().row_groups().iter().map(|group| group.num_rows()).collect() };
        let whole = rows_of_a_group as i64;
        assert_eq!(groups(written(&[1])), [whole, whole]);
        let mut more = written(&[]);
        more.push(Table::of_notes("a", Ok(two.notes))).expect("memory");
        assert_eq!(groups(more), [whole, whole, 2]);
        let bytes = |pieces| written(pieces).finish().expect("memory");
        assert!(bytes(&[]) == bytes(&[1, 2, rows_of_a_group, 3]), "the pieces make no difference");
    }
}
