//! Bytes of a label file → header and rows, each with its line: encoding, separator, line ends, quotes.

use std::fs;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::columns::is_file_column;
use super::problems::Problems;
use crate::error::count as counted;
use crate::{Error, LabelProblem, Result};

/// What Windows-1252, the Latin-1 that spreadsheets write, has at 0x80–0x9F; unassigned bytes stay control codes.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

const SEPARATORS: [(u8, &str); 3] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab")];

const UNCLOSED: &str = "expected every quote to be closed, found one that runs over the line's end";

const CLOSE: &str = "close the quote, or write a quote inside a cell twice";

const SAVE_AGAIN: &str = "save the table again as CSV in UTF-8";

/// A label file's cells.
pub(super) struct Table {
    /// Column names, trimmed; a column without a name has the name "".
    pub headers: Vec<String>,
    /// Line of the header, 1 = the first.
    pub header_line: u64,
    /// Rows as wide as the header.
    pub rows: Vec<Row>,
    /// Rows in the file, those of a wrong width included.
    pub row_count: usize,
    /// Rows without any text, left out.
    pub empty_rows: usize,
    /// "comma", "semicolon" or "tab".
    pub separator: &'static str,
    /// "UTF-8", "UTF-16" or "Latin-1".
    pub encoding: &'static str,
}

/// One row's cells, as written.
pub(super) struct Row {
    /// Line where the row begins, 1 = the first.
    pub line: u64,
    pub cells: Vec<String>,
}

impl Table {
    /// Reads a label file; rows of a wrong width go to `problems`.
    ///
    /// # Errors
    /// `File` if it cannot be read, `Labels` if it is not text or has no rows.
    pub fn read(csv: &Path, problems: &mut Problems) -> Result<Table> {
        let bytes = fs::read(csv).map_err(|source| Error::file("read", csv, source))?;
        let (text, encoding) = decode(&bytes).map_err(|(line, problem)| whole(csv, line, problem, SAVE_AGAIN))?;
        // The csv crate counts lines by `\n` alone; so that the numbers hold for every file, lines end in it.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (separator, name) = detect_separator(&text);

        let mut records = records(&text, separator).into_iter();
        let mut empty_rows = 0;
        let Some(header) = records.find(|record| !is_blank(&record.cells)) else {
            return Err(whole(csv, 0, "expected a header and rows, found an empty file", "write one row a recording"));
        };
        if header.unclosed {
            return Err(whole(csv, header.line, UNCLOSED, CLOSE));
        }
        let mut headers: Vec<String> = header.cells.iter().map(|cell| cell.trim().to_owned()).collect();
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }

        let (mut rows, mut row_count) = (Vec::new(), 0);
        for record in records {
            if is_blank(&record.cells) {
                empty_rows += 1;
                continue;
            }
            row_count += 1;
            let mut cells: Vec<String> = record.cells.iter().map(str::to_owned).collect();
            while cells.len() > headers.len() && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
                cells.pop();
            }
            if record.unclosed {
                problems.add(record.line, None, UNCLOSED, CLOSE);
            } else if cells.len() != headers.len() {
                let (problem, hint) = wrong_width(headers.len(), cells.len(), separator);
                problems.add(record.line, None, problem, hint);
            } else {
                rows.push(Row { line: record.line, cells });
            }
        }
        if row_count == 0 {
            let problem = "expected rows below the header, found none";
            return Err(whole(csv, header.line, problem, "write one row a recording"));
        }
        Ok(Table { headers, header_line: header.line, rows, row_count, empty_rows, separator: name, encoding })
    }
}

fn whole(csv: &Path, line: u64, problem: impl Into<String>, hint: &str) -> Error {
    Error::labels(csv, vec![LabelProblem { line, column: None, problem: problem.into() }], hint)
}

fn wrong_width(expected: usize, found: usize, separator: u8) -> (String, &'static str) {
    let problem = format!("expected {}, as in the header, found {found}", counted(expected, "cell"));
    if separator == b',' && found > expected {
        (problem, "put a cell that holds a comma into quotes; with decimal commas, separate the cells by semicolons")
    } else {
        (problem, "give every row as many cells as the header has")
    }
}

/// Text and the name of its encoding, or the line and what is wrong there.
fn decode(bytes: &[u8]) -> std::result::Result<(String, &'static str), (u64, String)> {
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (utf16(rest, u16::from_le_bytes)?, "UTF-16"),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, u16::from_be_bytes)?, "UTF-16"),
        [0xef, 0xbb, 0xbf, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (text.to_owned(), "UTF-8"),
            Err(error) => {
                let line = line_after(&rest[..error.valid_up_to()]);
                return Err((line, "expected UTF-8, as the file's byte order mark says, found other bytes".into()));
            }
        },
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), "UTF-8"),
            Err(_) => (bytes.iter().map(|byte| latin_1(*byte)).collect(), "Latin-1"),
        },
    };
    match text.find('\0') {
        Some(at) => Err((line_after(&text.as_bytes()[..at]), "expected text, found a zero byte".into())),
        None => Ok((text, encoding)),
    }
}

fn line_after(bytes: &[u8]) -> u64 {
    1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn latin_1(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> std::result::Result<String, (u64, String)> {
    let pairs = bytes.chunks_exact(2);
    let whole = pairs.remainder().is_empty();
    let text: std::result::Result<String, _> = char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))).collect();
    match text {
        Ok(text) if whole => Ok(text),
        _ => Err((0, "expected UTF-16, as the file's byte order mark says, found other bytes".into())),
    }
}

/// The separator under which the header names a file column; else the one that cuts the rows most evenly.
fn detect_separator(text: &str) -> (u8, &'static str) {
    let score = |separator: u8| {
        let records = records(text, separator);
        let mut rows = records.iter().map(|record| &record.cells).filter(|record| !is_blank(record));
        let Some(header) = rows.next() else { return (false, false, 0, 0) };
        let even = rows.filter(|row| row.len() == header.len()).count();
        (header.iter().any(is_file_column), header.len() > 1, even, header.len())
    };
    let mut best = SEPARATORS[0];
    let mut best_score = score(best.0);
    for candidate in &SEPARATORS[1..] {
        let candidate_score = score(candidate.0);
        if candidate_score > best_score {
            (best, best_score) = (*candidate, candidate_score);
        }
    }
    best
}

/// A record of the text.
struct Record {
    /// Line where it begins, 1 = the first.
    line: u64,
    cells: StringRecord,
    /// A quote opens in it that is not closed on its line, nor in pairs further down.
    unclosed: bool,
}

fn records(text: &str, separator: u8) -> Vec<Record> {
    let mut reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut line, mut counted) = (1, 0);
    let mut records = Vec::new();
    let mut cells = StringRecord::new();
    while reader.read_record(&mut cells).expect("text in memory, of any width, is always a record") {
        // A record's position is where the one before ended: blank lines lie between.
        let from = cells.position().map_or(0, |position| position.byte() as usize);
        let blank = text.as_bytes()[from..].iter().take_while(|byte| **byte == b'\n').count();
        let (start, end) = (from + blank, reader.position().byte() as usize);
        line += count(&text[counted..start], b'\n') as u64;
        counted = start;
        let unclosed = cells.iter().any(|cell| cell.contains('\n')) && count(&text[start..end], b'"') % 2 == 1;
        records.push(Record { line, cells: cells.clone(), unclosed });
    }
    records
}

fn count(text: &str, wanted: u8) -> usize {
    text.bytes().filter(|byte| *byte == wanted).count()
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}
