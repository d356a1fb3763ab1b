//! Separators, encodings, line ends, quotes; files that are no tables.

use violin_emotion::data::LabelOptions;

use super::{Case, PLAIN, grouped, read, refused, refused_with, shares};

#[test]
fn every_separator_encoding_and_line_end() {
    let expected = shares(&read(PLAIN));
    let semicolons = PLAIN.replace(',', ";").replace('.', ",").replace(",wav", ".wav");
    let tabs = PLAIN.replace(',', "\t");
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(PLAIN.encode_utf16()).flat_map(bytes).collect()
    };
    let forms: [(Vec<u8>, &str, &str); 8] = [
        (semicolons.into(), "semicolon", "UTF-8"),
        (tabs.clone().into(), "tab", "UTF-8"),
        (tabs.replace('.', ",").replace(",wav", ".wav").into(), "tab", "UTF-8"),
        (format!("\u{feff}{PLAIN}").into(), "comma", "UTF-8"),
        (PLAIN.replace('\n', "\r\n").into(), "comma", "UTF-8"),
        (PLAIN.replace('\n', "\r").into(), "comma", "UTF-8"),
        (utf16(u16::to_le_bytes), "comma", "UTF-16"),
        (utf16(u16::to_be_bytes), "comma", "UTF-16"),
    ];
    for (csv, separator, encoding) in forms {
        let dataset = read(&csv);
        let report = dataset.report();
        assert_eq!((report.separator, report.encoding), (separator, encoding), "{}", String::from_utf8_lossy(&csv));
        assert_eq!(shares(&dataset), expected);
        assert_eq!(dataset.recordings().iter().map(|recording| recording.line).collect::<Vec<_>>(), [2, 3, 4]);
    }
}

#[test]
fn latin_1_as_spreadsheets_write_it() {
    // é, œ (in Windows-1252 alone) and a separator with decimal commas.
    let csv = b"filename;col\xe8re;c\x9cur\n\xe9t\xe9.wav;0,5;0,5\nb.wav;0,25;0,75\n";
    let case = Case::new(csv, &["été.wav", "b.wav"]);
    let dataset = case.read_with(&LabelOptions::default()).expect("Latin-1");
    assert_eq!(dataset.labels().names(), ["colère", "cœur"]);
    assert_eq!(dataset.recordings()[0].file_name, "été.wav");
    assert_eq!(dataset.report().lines()[2], "read as Latin-1, separated by semicolons");
}

#[test]
fn the_separator_is_the_one_that_sets_the_file_column_apart() {
    let csv = "filename;title, key, and, tempo, too;happy;sad\na.wav;x, y, z, w;0,5;0,5\nb.wav;x, y, z, w;0,25;0,75\n";
    assert_eq!(read(csv).report().separator, "semicolon");
    assert_eq!(shares(&read(csv)), [[0.5, 0.5], [0.25, 0.75]]);
}

#[test]
fn quotes_blank_lines_and_trailing_separators() {
    let csv = "\n\"filename\" , notes,happy,sad,,\n\na.wav,\"first\nsecond, \"\"quoted\"\"\",0.5,0.5,,\n,,,,,\n  \nb.wav,,\"0,25\",75e-2,,\n";
    let dataset = read(csv);
    assert_eq!(dataset.recordings().iter().map(|recording| recording.line).collect::<Vec<_>>(), [4, 8]);
    assert_eq!(shares(&dataset), [[0.5, 0.5], [0.25, 0.75]]);
    assert_eq!(dataset.report().empty_rows, 2);
    assert!(dataset.report().lines().contains(&"2 empty rows left out".to_owned()));
}

#[test]
fn lines_are_those_of_the_file_after_quoted_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let csv = "filename,notes,happy,sad\na.wav,\"one\ntwo\nthree\",0.5,0.5\n\nb.wav,,0.5,x\n".replace('\n', end);
        assert_eq!(refused(csv), ["line 6, column `sad`: expected a number of 0 or more, found `x`"]);
    }
}

#[test]
fn files_without_labels() {
    for empty in ["", "\n\n", "\u{feff}"] {
        let (problems, hint) = refused_with(empty, &LabelOptions::default());
        assert_eq!(problems, ["expected a header and rows, found an empty file"]);
        assert_eq!(hint, "write one row a recording");
    }
    assert_eq!(refused("filename,happy,sad\n\n,,\n"), ["line 1: expected rows below the header, found none"]);
    assert_eq!(refused("filename,happy,sad\na.wav,0.5,0.5\n"), ["expected at least two recordings, found one"]);
}

#[test]
fn files_that_are_not_text() {
    assert_eq!(refused(b"PK\x03\x04\n\0\0"), ["line 2: expected text, found a zero byte"]);
    assert_eq!(refused(b"\xff\xfea\0b"), ["expected UTF-16, as the file's byte order mark says, found other bytes"]);
    let (problems, hint) = refused_with(b"\xef\xbb\xbffilename\na\xe9.wav", &LabelOptions::default());
    assert_eq!(problems, ["line 2: expected UTF-8, as the file's byte order mark says, found other bytes"]);
    assert_eq!(hint, "save the table again as CSV in UTF-8");
}

#[test]
fn rows_of_a_wrong_width() {
    let csv = "filename,happy,sad\na.wav,0,5,0,5\nb.wav,0.5\nc.wav,0.5,0.5\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        ["line 2: expected 3 cells, as in the header, found 5", "line 3: expected 3 cells, as in the header, found 2",]
    );
    assert_eq!(
        hint,
        "put a cell that holds a comma into quotes; with decimal commas, separate the cells by semicolons; \
         give every row as many cells as the header has"
    );
}

#[test]
fn a_quote_that_is_not_closed_swallows_no_rows_in_silence() {
    let unclosed = "expected every quote to be closed, found one that runs over the line's end";
    let csv = "filename,happy,sad,notes\na.wav,0.5,0.5,\nb.wav,0.5,0.5,\"slow\nc.wav,0.5,0.5,quick\n";
    assert_eq!(refused(csv), [format!("line 3: {unclosed}")]);
    let csv = "filename,happy,sad,notes\na.wav,0.5,0.5,\nb.wav,0.5,0.5,\"slow\nc.wav,0.5,0.5,\"quick\"\n";
    assert_eq!(refused(csv), [format!("line 3: {unclosed}")]);
    assert_eq!(refused("filename,\"happy,sad\na.wav,0.5,0.5\n"), [format!("line 1: {unclosed}")]);
}

#[test]
fn headers_that_name_too_little_or_too_much() {
    let (problems, hint) = refused_with("name;happy;sad\na.wav;0.5;0.5\nb.wav;0.5;0.5\n", &LabelOptions::default());
    assert_eq!(problems, ["line 1: expected a column `filename`, found `name`, `happy`, `sad`"]);
    assert_eq!(hint, "name the column of file names `filename`");
    for name in ["File_Name", "FILE", " filename "] {
        assert_eq!(read(PLAIN.replace("filename", name)).recordings().len(), 3);
    }
    assert_eq!(
        refused("filename,happy,sad,Happy\na.wav,0.5,0.5,0\nb.wav,0.5,0.25,0.25\n"),
        ["line 1, column `Happy`: expected each name once, found it in columns 2 and 4"]
    );
    let (problems, hint) = refused_with(PLAIN, &grouped("performer"));
    assert_eq!(
        problems,
        ["line 1, column `performer`: expected a column of this name, found `filename`, `happy`, `sad`, `angry`"]
    );
    assert_eq!(hint, "group by a column that is there, or leave --group-by out");
}
