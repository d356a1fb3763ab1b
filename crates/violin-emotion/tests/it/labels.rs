//! Label files as people write them, and every way in which they go wrong. No audio is decoded: the files are empty.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;
use violin_emotion::data::{Dataset, EmotionSource, LabelOptions, SoftLabels, permute_labels, read_labels};
use violin_emotion::{Error, ErrorKind};

/// Shares are 32-bit: a sum of nine of them is off by a few units in the last place.
const SUM_TOLERANCE: f32 = 1e-6;

/// A label file beside a folder of empty recordings.
struct Case(TempDir);

impl Case {
    fn new(csv: impl AsRef<[u8]>, files: &[&str]) -> Case {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("labels.csv"), csv).expect("a label file");
        fs::create_dir(folder.path().join("audio")).expect("an audio folder");
        let case = Case(folder);
        for file in files {
            let path = case.audio().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder inside the audio folder");
            fs::write(path, "").expect("an empty recording");
        }
        case
    }

    fn audio(&self) -> std::path::PathBuf {
        self.0.path().join("audio")
    }

    fn read_with(&self, options: &LabelOptions) -> Result<Dataset, Error> {
        read_labels(&self.0.path().join("labels.csv"), &self.audio(), options)
    }
}

fn read(csv: impl AsRef<[u8]>) -> Dataset {
    Case::new(csv, &["a.wav", "b.wav", "c.wav"]).read_with(&LabelOptions::default()).expect("a good label file")
}

fn problems_of(error: &Error) -> Vec<String> {
    match error.kind() {
        ErrorKind::Labels { problems, .. } => problems.iter().map(ToString::to_string).collect(),
        other => panic!("expected problems of labels, found {other:?}"),
    }
}

fn refused_with(csv: impl AsRef<[u8]>, options: &LabelOptions) -> (Vec<String>, String) {
    let error = Case::new(csv, &["a.wav", "b.wav", "c.wav"]).read_with(options).expect_err("a bad label file");
    (problems_of(&error), error.hint().expect("a hint").to_owned())
}

fn refused(csv: impl AsRef<[u8]>) -> Vec<String> {
    refused_with(csv, &LabelOptions::default()).0
}

fn emotions(names: &[&str]) -> LabelOptions {
    LabelOptions { emotions: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..LabelOptions::default() }
}

fn grouped(column: &str) -> LabelOptions {
    LabelOptions { group_by: Some(column.to_owned()), ..LabelOptions::default() }
}

fn normalised() -> LabelOptions {
    LabelOptions { normalise: true, ..LabelOptions::default() }
}

fn shares(dataset: &Dataset) -> Vec<Vec<f32>> {
    dataset.recordings().iter().map(|recording| recording.target.shares().to_vec()).collect()
}

// ---------------------------------------------------------------------------------------------- which columns

const PLAIN: &str = "filename,happy,sad,angry\na.wav,0.5,0.25,0.25\nb.wav,0,0.75,0.25\nc.wav,0.125,0.5,0.375\n";

#[test]
fn the_first_published_layout() {
    let dataset = read(
        "filename,emotion,happy,sad,angry\na.wav,happy,0.5,0.25,0.25\nb.wav,sad,0,0.75,0.25\nc.wav,sad,0.2,0.8,0\n",
    );
    assert_eq!(dataset.labels().names(), ["happy", "sad", "angry"]);
    assert_eq!(shares(&dataset), [[0.5, 0.25, 0.25], [0.0, 0.75, 0.25], [0.2, 0.8, 0.0]]);
    assert_eq!(
        dataset.report().lines(),
        [
            "emotions: happy, sad, angry (their columns sum to 1)",
            "3 recordings, each its own group",
            "read as UTF-8, separated by commas",
            "not used: `emotion` (the shares say more)",
        ]
    );
    let second = &dataset.recordings()[1];
    assert_eq!((&*second.file_name, &*second.group, second.line), ("b.wav", "b.wav", 3));
    assert!(second.path.ends_with("audio/b.wav"));
}

#[test]
fn the_second_published_layout_with_metadata_of_any_kind() {
    for metadata in ["x,y,z", "0.5,0.5,0", "0,0,0", "1,2,3", ",,"] {
        let csv = format!(
            "filename,metadata1,metadata2,metadata3,Happy,Sad,Angry\n\
             a.wav,{metadata},0.5,0.25,0.25\nb.wav,{metadata},0,0.75,0.25\n"
        );
        let dataset = read(csv);
        assert_eq!(dataset.labels().names(), ["Happy", "Sad", "Angry"], "{metadata}");
        assert_eq!(
            dataset.report().lines()[3],
            "not used: `metadata1` (metadata), `metadata2` (metadata), `metadata3` (metadata)"
        );
    }
}

#[test]
fn columns_in_another_order_keep_their_names() {
    let reordered = read("angry,happy,filename,sad\n0.25,0.5,a.wav,0.25\n0.25,0,b.wav,0.75\n0.375,0.125,c.wav,0.5\n");
    for (one, other) in reordered.recordings().iter().zip(read(PLAIN).recordings()) {
        let named = |labels: &SoftLabels| labels.iter().map(|(name, share)| (name.to_owned(), share)).collect();
        let (one, other): (BTreeMap<String, f32>, BTreeMap<String, f32>) = (named(&one.target), named(&other.target));
        assert_eq!(one, other);
    }
}

#[test]
fn counts_identifiers_and_notes_are_no_emotions() {
    let dataset = read(
        "id,filename,happy,n_raters,sad,Track ID,votes,notes\n\
         1,a.wav,0.5,7,0.5,11,3,slow\n2,b.wav,0.25,8,0.75,12,4,\"quick, light\"\n",
    );
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(
        dataset.report().lines()[3],
        "not used: `id` (an identifier), `n_raters` (a count), `Track ID` (an identifier), `votes` (a count), `notes` (notes)"
    );
}

#[test]
fn an_unknown_numeric_column_is_left_out_by_the_sum() {
    let dataset = read("filename,loudness,happy,sad\na.wav,-20.5,0.5,0.5\nb.wav,-18.0,0.25,0.75\n");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(dataset.report().lines()[3], "not used: `loudness` (it takes no part in the sum)");
    // A flag that is rarely set: with it, one row of twelve sums to 2.
    let rows: String = (0..12).map(|at| format!("{at}.wav,{},0.5,0.5\n", u8::from(at == 7))).collect();
    let files: Vec<String> = (0..12).map(|at| format!("{at}.wav")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let case = Case::new(format!("filename,flag,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("the flag is left out");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    // A rare emotion at the edge: without it, one row of twelve sums to 0.5.
    let rows: String =
        (0..12).map(|at| if at == 7 { "7.wav,0.5,0.5,0\n".into() } else { format!("{at}.wav,0,0.5,0.5\n") }).collect();
    let case = Case::new(format!("filename,fear,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("the rare emotion is kept");
    assert_eq!(dataset.labels().names(), ["fear", "happy", "sad"]);
}

#[test]
fn a_column_of_zeros_at_the_edge_is_asked_about() {
    let csv = "filename,flag,happy,sad\na.wav,0,0.5,0.5\nb.wav,0,0.25,0.75\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        ["line 1: expected one set of columns that sum to 1 (or 100), found 2: `flag`, `happy`, `sad`; `happy`, `sad`"]
    );
    assert_eq!(hint, "say which columns are the emotions, such as --emotions \"flag,happy,sad\"");
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["happy", "sad"])).expect("the emotions are named");
    assert_eq!(dataset.report().source, EmotionSource::Named);
    assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (as named)");
    assert_eq!(dataset.report().lines()[3], "not used: `flag` (not named by --emotions)");
}

#[test]
fn two_distributions_in_one_file_are_asked_about() {
    let csv = "filename,emotion,felt_happy,felt_sad,heard_happy,heard_sad\n\
               a.wav,x,0.5,0.5,0.4,0.6\nb.wav,y,0.25,0.75,0.1,0.9\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        [
            "line 1: expected one set of columns that sum to 1 (or 100), found 2: `felt_happy`, `felt_sad`; `heard_happy`, `heard_sad`"
        ]
    );
    assert_eq!(
        hint,
        "say which columns are the emotions, such as --emotions \"felt_happy,felt_sad,heard_happy,heard_sad\", \
         or --emotions emotion to learn from that column alone"
    );
}

#[test]
fn no_set_of_columns_is_asked_about() {
    // A column is missing: nothing sums to 1.
    let csv = "filename,happy,sad\na.wav,0.25,0.125\nb.wav,0.125,0.25\n";
    let expected = [
        "line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `happy`, `sad` (sum 0.375 on line 2)",
    ];
    assert_eq!(refused(csv), expected);
    assert_eq!(refused_with(csv, &normalised()).0, expected);
    // One column is never a set of emotions.
    let expected =
        ["line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `happy` (sum 1 on line 2)"];
    assert_eq!(refused("filename,happy\na.wav,1\nb.wav,1\n"), expected);
    // No numbers at all.
    let (problems, hint) = refused_with("filename,title\na.wav,x\nb.wav,y\n", &LabelOptions::default());
    assert_eq!(problems, ["line 1: expected columns of shares, or a column `emotion`, found `filename`, `title`"]);
    assert_eq!(hint, "give each emotion a column with its share, or name one emotion a row in a column `emotion`");
}

#[test]
fn emotions_are_named_in_any_order_and_spelling_of_capitals() {
    let case = Case::new(PLAIN, &["a.wav", "b.wav", "c.wav"]);
    let dataset = case.read_with(&emotions(&["Angry", " happy", "sad"])).expect("named emotions");
    assert_eq!(dataset.labels().names(), ["angry", "happy", "sad"]);
    assert_eq!(shares(&dataset)[1], [0.25, 0.0, 0.75]);
}

#[test]
fn emotions_that_are_not_there_or_not_emotions() {
    let (problems, hint) = refused_with(PLAIN, &emotions(&["hapy", "sad", "joy"]));
    assert_eq!(
        problems,
        [
            "line 1, column `hapy`: expected a column of this name, found `filename`, `happy`, `sad`, `angry`; is it `happy`?",
            "line 1, column `joy`: expected a column of this name, found `filename`, `happy`, `sad`, `angry`",
        ]
    );
    assert_eq!(hint, "--emotions takes two or more columns, each once, or the column `emotion` alone");
    assert_eq!(
        refused_with(PLAIN, &emotions(&["happy", "sad", "happy", "filename"])).0,
        [
            "line 1, column `happy`: expected a column of shares, found an emotion named before",
            "line 1, column `filename`: expected a column of shares, found the file names",
        ]
    );
    let options = LabelOptions { group_by: Some("angry".into()), ..emotions(&["happy", "sad", "angry"]) };
    assert_eq!(
        refused_with(PLAIN, &options).0,
        ["line 1, column `angry`: expected a column of shares, found the groups"]
    );
    assert_eq!(refused_with(PLAIN, &emotions(&["sad"])).0, ["line 1: expected two or more emotions, found `sad`"]);
    assert_eq!(refused_with(PLAIN, &emotions(&[])).0, ["line 1: expected two or more emotions, found none"]);
}

#[test]
fn one_emotion_a_recording() {
    let dataset = read("filename,emotion,notes\na.wav,sad,x\nb.wav, happy ,y\nc.wav,sad,z\n");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(shares(&dataset), [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]);
    assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (one a recording, from the column `emotion`)");
    // Beside numbers that are no shares, the column has to be named.
    let csv = "filename,emotion,loudness\na.wav,sad,-20\nb.wav,happy,-18\n";
    assert_eq!(
        refused(csv),
        [
            "line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `loudness` (sum -20 on line 2)"
        ]
    );
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["emotion"])).expect("the emotion column is named");
    assert_eq!((dataset.labels().len(), dataset.report().source), (2, EmotionSource::OneHot));
}

#[test]
fn one_emotion_a_recording_gone_wrong() {
    assert_eq!(
        refused("filename,emotion\na.wav,sad\nb.wav,\nc.wav,Sad\n"),
        [
            "line 3, column `emotion`: expected an emotion, found an empty cell",
            "line 4, column `emotion`: expected one spelling, found `Sad` beside `sad`",
        ]
    );
    assert_eq!(
        refused("filename,emotion\na.wav,sad\nb.wav,sad\n"),
        ["line 1, column `emotion`: expected at least two different emotions, found `sad` alone"]
    );
}

// ---------------------------------------------------------------------------------------------- the file's form

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

// ---------------------------------------------------------------------------------------------- sums

#[test]
fn percentages_are_recognised_and_said() {
    for csv in [
        "filename,happy,sad\na.wav,50,50\nb.wav,12.5,87.5\n",
        "filename,happy,sad\na.wav,50%,50 %\nb.wav,12.5%,87.5%\n",
    ] {
        let dataset = read(csv);
        assert_eq!(shares(&dataset), [[0.5, 0.5], [0.125, 0.875]]);
        assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (their columns sum to 100)");
        assert_eq!(dataset.report().lines()[3], "percentages: divided by 100");
    }
    let csv = "filename,happy,sad\na.wav,50,50\nb.wav,12.5,87.5\nc.wav,60,50\n";
    assert_eq!(refused(csv), ["line 4: expected percentages that sum to 100, found a sum of 110"]);
    let case = Case::new("filename,happy,sad,x\na.wav,50,50,1\nb.wav,12.5,87.5,2\n", &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["sad", "happy"])).expect("named percentages");
    assert_eq!(shares(&dataset), [[0.5, 0.5], [0.875, 0.125]]);
    assert!(dataset.report().percentages);
}

#[test]
fn rows_off_by_rounding_are_scaled_and_counted() {
    let dataset = read("filename,happy,sad\na.wav,0.49,0.49\nb.wav,0.51,0.51\nc.wav,0.3333333,0.6666666\n");
    assert_eq!(shares(&dataset)[0], [0.5, 0.5]);
    assert_eq!(shares(&dataset)[1], [0.5, 0.5]);
    assert_eq!(dataset.report().renormalised, 2);
    assert_eq!(dataset.report().lines()[3], "2 rows summed to 0.98–1.02: scaled to 1");
    let dataset = read("filename,happy,sad\na.wav,49,50\nb.wav,50,50\n");
    assert_eq!(dataset.report().lines()[4], "1 row summed to 98–102: scaled to 1");
}

#[test]
fn rows_further_off_name_line_and_sum() {
    let csv = "filename,happy,sad\na.wav,0.5,0.5\nb.wav,0.4,0.4\nc.wav,0,0\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        [
            "line 3: expected shares that sum to 1, found a sum of 0.8",
            "line 4: expected shares that sum to 1, found a sum of 0",
        ]
    );
    assert_eq!(
        hint,
        "correct the rows, or give --normalise-labels to scale each row's sum to 1; \
         correct or remove rows of zeros: they name no emotion"
    );
    assert_eq!(refused_with(csv, &normalised()).0, ["line 4: expected shares that sum to 1, found a sum of 0"]);
    // Just beyond the bounds on both sides.
    let csv = "filename,happy,sad\na.wav,0.5,0.479\nb.wav,0.5,0.521\nc.wav,0.5,0.5\n";
    assert_eq!(
        refused(csv),
        [
            "line 2: expected shares that sum to 1, found a sum of 0.979",
            "line 3: expected shares that sum to 1, found a sum of 1.021",
        ]
    );
}

#[test]
fn rows_further_off_are_scaled_where_asked() {
    let case = Case::new("filename,happy,sad\na.wav,0.5,0.5\nb.wav,0.4,0.4\n", &["a.wav", "b.wav"]);
    let dataset = case.read_with(&normalised()).expect("rows scaled");
    assert_eq!(shares(&dataset), [[0.5, 0.5], [0.5, 0.5]]);
    assert_eq!(dataset.report().lines()[3], "1 row did not sum to 1: scaled to 1 as asked");
    // Raw votes, with the columns named.
    let case = Case::new("filename,happy,sad\na.wav,3,9\nb.wav,1,3\n", &["a.wav", "b.wav"]);
    let options = LabelOptions { normalise: true, ..emotions(&["happy", "sad"]) };
    assert_eq!(shares(&case.read_with(&options).expect("votes scaled")), [[0.25, 0.75], [0.25, 0.75]]);
}

#[test]
fn cells_that_are_no_shares() {
    let csv = "filename,happy,sad,angry\n\
               a.wav,0.5,0.25,0.25\nb.wav,1.12,-0.12,0\nc.wav,NaN,0.5,0.5\nd.wav,,0.5,0.5\ne.wav,inf,x,0.5\nf.wav,0.2,0.2,0.6\n\
               g.wav,0.2,0.2,0.6\nh.wav,0.2,0.2,0.6\n";
    let files = ["a.wav", "b.wav", "c.wav", "d.wav", "e.wav", "f.wav", "g.wav", "h.wav"];
    let error = Case::new(csv, &files).read_with(&normalised()).expect_err("cells that are no shares");
    assert_eq!(
        problems_of(&error),
        [
            "line 3, column `sad`: expected a number of 0 or more, found `-0.12`",
            "line 4, column `happy`: expected a number of 0 or more, found `NaN`",
            "line 5, column `happy`: expected a number of 0 or more, found an empty cell",
            "line 6, column `happy`: expected a number of 0 or more, found `inf`",
            "line 6, column `sad`: expected a number of 0 or more, found `x`",
        ]
    );
    assert_eq!(error.hint(), Some("give each emotion a share of 0 or more in every row"));
}

#[test]
fn half_of_a_short_file_may_be_wrong_and_is_still_named() {
    assert_eq!(
        refused("filename,happy,sad\na.wav,0.5,0.5\nb.wav,1.5,-0.5\n"),
        ["line 3, column `sad`: expected a number of 0 or more, found `-0.5`"]
    );
    assert_eq!(
        refused("filename,happy,sad\na.wav,0.5,0.5\nb.wav,,0.5\n"),
        ["line 3, column `happy`: expected a number of 0 or more, found an empty cell"]
    );
}

// ---------------------------------------------------------------------------------------------- files and groups

#[test]
fn names_that_lead_to_no_recording() {
    let csv = "filename,happy,sad\n\
               a.wav,0.5,0.5\n,0.5,0.5\nlost.wav,0.5,0.5\nA.WAV,0.5,0.5\n../labels.csv,0.5,0.5\n\
               sub\\..\\b.wav,0.5,0.5\n/etc/passwd,0.5,0.5\nC:\\x.wav,0.5,0.5\nsub,0.5,0.5\nsub/c.mp3,0.5,0.5\ntwin,0.5,0.5\n";
    let case = Case::new(csv, &["a.wav", "b.wav", "sub/c.wav", "twin.wav", "twin.flac"]);
    let error = case.read_with(&LabelOptions::default()).expect_err("names that lead nowhere");
    assert_eq!(
        problems_of(&error),
        [
            "line 3, column `filename`: expected a file name, found an empty cell",
            "line 4, column `filename`: expected a recording named `lost.wav`, found none",
            "line 5, column `filename`: expected a recording named `A.WAV`, found none; `a.wav` is there",
            "line 6, column `filename`: expected a name inside the audio folder, found `..` in `../labels.csv`",
            "line 7, column `filename`: expected a name inside the audio folder, found `..` in `sub\\..\\b.wav`",
            "line 8, column `filename`: expected a name inside the audio folder, found the path `/etc/passwd`",
            "line 9, column `filename`: expected a name inside the audio folder, found the path `C:\\x.wav`",
            "line 10, column `filename`: expected a recording, found the folder `sub`",
            "line 11, column `filename`: expected a recording named `sub/c.mp3`, found none; `c.wav` is there",
            "line 12, column `filename`: expected one recording named `twin`, found `twin.wav` and `twin.flac`",
        ]
    );
    let hint = error.hint().expect("a hint");
    assert!(hint.contains("correct the name, or put the recording into"), "{hint}");
    assert!(hint.contains("give names relative to the audio folder, and keep the recordings inside it"), "{hint}");
    assert!(hint.contains("write file names with their extension"), "{hint}");
}

#[test]
fn names_that_need_mending_are_mended_and_said() {
    let csv = "filename,happy,sad\n a.wav ,0.5,0.5\nb,0.5,0.5\nsub\\c.wav,0.5,0.5\nsub/d.wav,0.5,0.5\n e.wav,0.5,0.5\n";
    let case = Case::new(csv, &["a.wav", "b.flac", "sub/c.wav", "sub/d.wav", " e.wav"]);
    let dataset = case.read_with(&LabelOptions::default()).expect("names that can be mended");
    let names: Vec<&str> = dataset.recordings().iter().map(|recording| &*recording.file_name).collect();
    assert_eq!(names, ["a.wav", "b.flac", "sub/c.wav", "sub/d.wav", " e.wav"]);
    assert_eq!(
        dataset.report().lines()[3..],
        ["line 2: ` a.wav ` is `a.wav`", "line 3: `b` is `b.flac`", "line 4: `sub\\c.wav` is `sub/c.wav`"]
    );
    assert!(dataset.recordings().iter().all(|recording| recording.path.is_file()));
}

#[cfg(unix)]
#[test]
fn links_may_lead_within_the_folder_but_not_out_of_it() {
    use std::os::unix::fs::symlink;
    let csv = "filename,happy,sad\nin.wav,0.5,0.5\nb.wav,0.5,0.5\nout.wav,0.5,0.5\naway/labels.csv,0.5,0.5\n";
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    symlink("a.wav", case.audio().join("in.wav")).expect("a link");
    symlink("../labels.csv", case.audio().join("out.wav")).expect("a link");
    symlink("..", case.audio().join("away")).expect("a link");
    let error = case.read_with(&LabelOptions::default()).expect_err("links that lead out");
    assert_eq!(
        problems_of(&error),
        [
            "line 4, column `filename`: expected a file inside the audio folder, but `out.wav` leads out of it",
            "line 5, column `filename`: expected a file inside the audio folder, but `away/labels.csv` leads out of it",
        ]
    );
    // Two names of one file are one recording.
    let csv = "filename,happy,sad\nin.wav,0.5,0.5\na.wav,0.5,0.5\n";
    let case = Case::new(csv, &["a.wav"]);
    symlink("a.wav", case.audio().join("in.wav")).expect("a link");
    let error = case.read_with(&LabelOptions::default()).expect_err("one recording twice");
    assert_eq!(
        problems_of(&error),
        [
            "line 3, column `filename`: expected each recording once, found `a.wav` again, as on line 2, with the same labels"
        ]
    );
}

#[test]
fn a_recording_is_labelled_once() {
    let csv = "filename,happy,sad\na.wav,0.5,0.5\nb.wav,0.25,0.75\na.wav,0.5,0.5\n./b.wav,0.75,0.25\na,0.5,x\n\
               c.wav,0.5,0.5\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        [
            "line 4, column `filename`: expected each recording once, found `a.wav` again, as on line 2, with the same labels",
            "line 5, column `filename`: expected each recording once, found `./b.wav` again, as on line 3, with other labels",
            "line 6, column `sad`: expected a number of 0 or more, found `x`",
            "line 6, column `filename`: expected each recording once, found `a.wav` again, as on line 2",
        ]
    );
    assert_eq!(
        hint,
        "keep one row a recording; keep one row a recording: average its raters' labels first; \
         give each emotion a share of 0 or more in every row"
    );
}

#[test]
fn groups_come_from_their_column() {
    let csv = "filename,player,happy,sad\na.wav, Ann ,0.5,0.5\nb.wav,Bo,0.25,0.75\nc.wav,ann,1,0\n";
    let case = Case::new(csv, &["a.wav", "b.wav", "c.wav"]);
    let dataset = case.read_with(&grouped("Player")).expect("groups");
    assert_eq!(dataset.groups(), ["Ann", "Bo", "ann"]);
    assert_eq!(dataset.report().lines()[1], "3 recordings in 3 groups by `player`");
    assert_eq!(dataset.report().lines()[3], "groups `Ann`, `ann` are taken for two");
    // Numbers name groups too, and are then no shares.
    let csv = "filename,half,happy,sad\na.wav,1,0.5,0.5\nb.wav,2,0.25,0.75\nc.wav,,1,0\n";
    let (problems, hint) = refused_with(csv, &grouped("half"));
    assert_eq!(problems, ["line 4, column `half`: expected a group, found an empty cell"]);
    assert_eq!(hint, "name the group of every recording");
}

#[test]
fn all_problems_are_shown_at_once_and_many_are_counted() {
    let rows: String = (0..362).map(|at| format!("{at}.wav,0.5,0.5\n")).collect();
    let case = Case::new(format!("filename,happy,sad\n{rows}"), &[]);
    let error = case.read_with(&LabelOptions::default()).expect_err("no recording is there");
    let text = error.to_string();
    assert!(text.contains("labels.csv: 50 problems:\n  line 2, column `filename`:"), "{text}");
    assert!(
        text.ends_with("line 51, column `filename`: expected a recording named `49.wav`, found none\n  … and 312 more"),
        "{text}"
    );
    // Columns that cannot be told do not hide the rows' problems.
    let problems = refused("filename,happy,sad\na.wav,5,5\nlost.wav,4,5\n");
    assert_eq!(
        problems,
        [
            "line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `happy`, `sad` (sum 10 on line 2)",
            "line 3, column `filename`: expected a recording named `lost.wav`, found none",
        ]
    );
}

#[test]
fn files_that_cannot_be_opened() {
    let case = Case::new(PLAIN, &[]);
    let lost = case.0.path().join("lost");
    let error = read_labels(&lost, &case.audio(), &LabelOptions::default()).expect_err("no label file");
    assert!(error.to_string().starts_with(&format!("cannot read {}", lost.display())), "{error}");
    let csv = case.0.path().join("labels.csv");
    for folder in [&lost, &csv] {
        let error = read_labels(&csv, folder, &LabelOptions::default()).expect_err("no audio folder");
        assert!(error.to_string().starts_with(&format!("cannot read {}", folder.display())), "{error}");
    }
}

// ---------------------------------------------------------------------------------------------- properties

/// Votes of each recording: 2–6 emotions, none of which is without votes.
fn votes() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (2_usize..=6).prop_flat_map(|emotions| {
        let row = prop::collection::vec(0_u32..20, emotions);
        prop::collection::vec(row.prop_filter("a vote", |row| row.iter().sum::<u32>() > 0), 2..12)
    })
}

fn write_csv(votes: &[Vec<u32>], separator: char, comma: bool, scale: f64, end: &str) -> String {
    let cells = |row: &Vec<u32>| -> String {
        let sum: u32 = row.iter().sum();
        let cell = |vote: &u32| {
            let text = format!("{:.9}", f64::from(*vote) / f64::from(sum) * scale);
            format!("{separator}{}", if comma { text.replace('.', ",") } else { text })
        };
        row.iter().map(cell).collect()
    };
    let header: String = (0..votes[0].len()).map(|at| format!("{separator}é{at}")).collect();
    let rows: String = votes.iter().enumerate().map(|(at, row)| format!("{at}.wav{}{end}", cells(row))).collect();
    format!("filename{header}{end}{rows}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_label_file_survives_any_form(
        votes in votes(), form in 0_usize..5, percent: bool, latin: bool, end in prop::sample::select(vec!["\n", "\r\n", "\r"]), seed: u64,
    ) {
        let (separator, comma) = [(',', false), (';', false), (';', true), ('\t', false), ('\t', true)][form];
        let text = write_csv(&votes, separator, comma, if percent { 100.0 } else { 1.0 }, end);
        let bytes = if latin { text.chars().map(|c| c as u8).collect() } else { text.into_bytes() };
        let files: Vec<String> = (0..votes.len()).map(|at| format!("{at}.wav")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let names: Vec<String> = (0..votes[0].len()).map(|at| format!("é{at}")).collect();
        let options = LabelOptions { emotions: Some(names.clone()), ..LabelOptions::default() };
        let dataset = Case::new(bytes, &files).read_with(&options).expect("a good label file");
        prop_assert_eq!(dataset.labels().names(), &names[..]);
        for (recording, row) in dataset.recordings().iter().zip(&votes) {
            let sum: u32 = row.iter().sum();
            prop_assert!((recording.target.shares().iter().sum::<f32>() - 1.0).abs() <= SUM_TOLERANCE);
            for (share, vote) in recording.target.shares().iter().zip(row) {
                prop_assert!((share - *vote as f32 / sum as f32).abs() <= SUM_TOLERANCE);
            }
        }
        prop_assert_eq!(dataset.report().renormalised, 0);
        prop_assert_eq!(dataset.report().percentages, percent);

        let permuted = permute_labels(&dataset, seed);
        let sorted = |dataset: &Dataset| {
            let mut targets: Vec<String> = shares(dataset).iter().map(|shares| format!("{shares:?}")).collect();
            targets.sort();
            targets
        };
        prop_assert_eq!(sorted(&permuted), sorted(&dataset));
        prop_assert_eq!(&permuted, &permute_labels(&dataset, seed));
        for (one, other) in permuted.recordings().iter().zip(dataset.recordings()) {
            prop_assert_eq!((&one.path, &one.group, one.line), (&other.path, &other.group, other.line));
        }
    }

    #[test]
    fn columns_found_by_their_sum_are_the_right_ones_or_are_asked_about(votes in votes(), before in prop::collection::vec(-50_f64..50.0, 12)) {
        let text = write_csv(&votes, ',', false, 1.0, "\n");
        // One more numeric column, right before the emotions.
        let mut lines = text.lines();
        let mut wider = lines.next().expect("a header").replace("filename", "filename,level") + "\n";
        for (line, value) in lines.zip(&before) {
            wider += &line.replace(".wav", &format!(".wav,{value}"));
            wider.push('\n');
        }
        let files: Vec<String> = (0..votes.len()).map(|at| format!("{at}.wav")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let edge_is_empty = [0, votes[0].len() - 1].iter().any(|at| votes.iter().all(|row| row[*at] == 0));
        match Case::new(wider, &files).read_with(&LabelOptions::default()) {
            Ok(dataset) => prop_assert_eq!(dataset.labels().len(), votes[0].len()),
            Err(error) => prop_assert!(edge_is_empty, "{}", error),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(filename|emotion|a\\.wav|b\\.wav|0\\.5|1|-3|[,;\t\"\r\n%]){0,60}") {
        let case = Case::new(bytes, &["a.wav", "b.wav"]);
        let _ = case.read_with(&LabelOptions::default());
        fs::write(case.0.path().join("labels.csv"), format!("filename,happy,sad\n{text}")).expect("a label file");
        let _ = case.read_with(&normalised());
        fs::write(case.0.path().join("labels.csv"), text).expect("a label file");
        let _ = case.read_with(&grouped("emotion"));
    }
}

// ---------------------------------------------------------------------------------------------- permuted, real

#[test]
fn permuting_moves_labels() {
    let rows: String =
        (0..20).map(|at| format!("{at}.wav,{},{}\n", at as f32 / 32.0, 1.0 - at as f32 / 32.0)).collect();
    let files: Vec<String> = (0..20).map(|at| format!("{at}.wav")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let case = Case::new(format!("filename,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("twenty recordings");
    let moved = |seed| {
        let permuted = permute_labels(&dataset, seed);
        shares(&permuted).iter().zip(shares(&dataset)).filter(|(one, other)| *one != other).count()
    };
    assert!((0..10).all(|seed| moved(seed) >= 14), "a permutation of 20 leaves about one in place");
    assert_ne!(permute_labels(&dataset, 0), permute_labels(&dataset, 1));
}

#[test]
fn the_emotify_labels() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/emotify_classical");
    if !data.is_dir() {
        eprintln!("skipped: {} is absent", data.display());
        return;
    }
    let csv = data.join("emotion_labels.csv");
    let dataset = read_labels(&csv, &data.join("audio"), &grouped("performer")).expect("the emotify labels");
    assert_eq!(dataset.recordings().len(), 100);
    assert_eq!(
        dataset.labels().names(),
        [
            "amazement",
            "solemnity",
            "tenderness",
            "nostalgia",
            "calmness",
            "power",
            "joyful_activation",
            "tension",
            "sadness"
        ]
    );
    assert_eq!(dataset.report().groups, 44);
    assert_eq!(
        dataset.report().lines(),
        [
            "emotions: amazement, solemnity, tenderness, nostalgia, calmness, power, joyful_activation, tension, sadness \
             (their columns sum to 1)",
            "100 recordings in 44 groups by `performer`",
            "read as UTF-8, separated by commas",
            "not used: `emotion` (the shares say more), `n_raters` (a count)",
        ]
    );
}
