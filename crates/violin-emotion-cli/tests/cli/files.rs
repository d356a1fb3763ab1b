//! Files for other programs: formats of one recording, tables, and names that would break either.

use std::fs;
use std::path::Path;

use crate::workshop::{Run, shared, write_wav};

/// `--format`, how its files end, and how they begin.
const ANNOTATIONS: [(&str, &str, &str); 4] = [
    ("audacity", "txt", ""),
    ("textgrid", "TextGrid", "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n"),
    ("jams", "jams", "{\n  \"annotations\": ["),
    ("svl", "svl", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE sonic-visualiser>\n<sv>\n"),
];

fn model() -> String {
    shared().path("hybrid_model").display().to_string()
}

/// Both commands, and what their files are of.
fn commands() -> [(Vec<String>, &'static str); 2] {
    [(vec!["predict".into(), "--model".into(), model()], "emotions"), (vec!["notes".into()], "notes")]
}

fn run(folder: &Path, command: &[String], further: &[&str]) -> Run {
    let command: Vec<&str> = command.iter().map(String::as_str).chain(further.iter().copied()).collect();
    shared().run_in(folder, &command)
}

/// All files below, in name order.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found.sort();
    found
}

#[test]
fn one_recording_goes_to_stdout_and_several_to_a_folder() {
    let (shop, here) = (shared(), tempfile::tempdir().expect("a folder"));
    let (first, second) = (shop.recording(0), shop.recording(1));
    for (command, of) in commands() {
        for (format, ending, beginning) in ANNOTATIONS {
            let one = run(here.path(), &command, &[&first, "--format", format]).must_succeed();
            assert!(one.stdout.starts_with(beginning) && one.stdout.len() > 20, "{}", one.stdout);
            let several = run(here.path(), &command, &[&first, &second, "--format", format]);
            assert_eq!((several.code, several.stdout.as_str()), (1, ""));
            let said = "error: setting `--format`: expected one recording, or --out DIR for one file a recording, \
                        found 2 recordings\nhint: ";
            assert!(several.stderr.contains(said), "{}", several.stderr);
            let out = format!("{of}/{format}");
            let several =
                run(here.path(), &command, &[&first, &second, "--format", format, "--out", &out]).must_succeed();
            assert_eq!(several.stdout, "");
            let named = [0, 1].map(|take| here.path().join(format!("{out}/take{take}.{of}.{ending}")));
            assert_eq!(files(&here.path().join(&out)), named.each_ref().map(|path| path.display().to_string()));
            assert_eq!(fs::read_to_string(&named[0]).expect("a file"), one.stdout);
        }
    }
}

#[test]
fn recordings_of_one_name_have_a_file_each() {
    let (shop, here) = (shared(), tempfile::tempdir().expect("a folder"));
    for name in ["takes/ana/one.wav", "takes/bo/one.wav"] {
        fs::create_dir_all(here.path().join(name).parent().expect("a folder")).expect("a folder");
        fs::copy(shop.recording(0), here.path().join(name)).expect("a copy");
    }
    let notes = &commands()[1].0;
    run(here.path(), notes, &["takes", "--format", "jams", "--out", "out"]).must_succeed();
    let out = here.path().join("out");
    let expected = ["ana", "bo"].map(|folder| out.join(folder).join("one.notes.jams").display().to_string());
    assert_eq!(files(&out), expected);
}

#[test]
fn what_fails_has_no_file_and_the_others_have_theirs() {
    let (take, here) = (shared().recording(0), tempfile::tempdir().expect("a folder"));
    for (command, of) in commands() {
        let failing = ["gone.wav", &*take, "--format", "textgrid", "--out", of];
        let several = run(here.path(), &command, &failing);
        assert_eq!((several.code, several.stdout.as_str()), (1, ""));
        assert!(several.stderr.contains("error: cannot read gone.wav"), "{}", several.stderr);
        let file = here.path().join(of).join(format!("take0.{of}.TextGrid"));
        assert_eq!(files(&here.path().join(of)), [file.display().to_string()]);
        let alone = run(here.path(), &command, &["gone.wav", "--format", "textgrid"]);
        assert_eq!((alone.code, alone.stdout.as_str()), (1, ""));
    }
}

#[test]
fn a_place_that_cannot_be_written_is_known_at_once() {
    let (shop, here) = (shared(), tempfile::tempdir().expect("a folder"));
    fs::write(here.path().join("file"), "mine").expect("a file");
    for (command, _) in commands() {
        for (format, out, problem) in [
            ("json", ".", "setting `--out`: expected the name of a file, found the folder ."),
            ("csv", "none/rows.csv", "cannot write none/rows.csv: there is no folder none"),
            ("parquet", "none/rows.parquet", "cannot write none/rows.parquet: there is no folder none"),
            ("jams", "file", "cannot create file: "),
        ] {
            let refused = run(here.path(), &command, &[&shop.recording(0), "--format", format, "--out", out]);
            assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
            let said = refused.stderr.contains(&format!("error: {problem}")) && refused.stderr.contains("\nhint: ");
            assert!(said, "{}", refused.stderr);
        }
    }
    assert_eq!(fs::read_to_string(here.path().join("file")).expect("a file"), "mine");
    assert_eq!(files(here.path()).len(), 1);
}

#[test]
fn tables_go_to_files_as_they_go_to_stdout() {
    let (take, here) = (shared().recording(0), tempfile::tempdir().expect("a folder"));
    for (command, of) in commands() {
        let formats: &[&str] =
            if of == "notes" { &["csv", "json"] } else { &["table", "csv", "tidy", "json", "jsonl"] };
        for &format in formats {
            let arguments = [&*take, "gone.wav", "--format", format];
            let shown = run(here.path(), &command, &arguments);
            let written = run(here.path(), &command, &[&arguments[..], &["--out", "rows"]].concat());
            assert_eq!((shown.code, written.code, written.stdout.as_str()), (1, 1, ""));
            assert_eq!(fs::read_to_string(here.path().join("rows")).expect("a file"), shown.stdout, "{format}");
        }
        run(here.path(), &command, &[&take, "--format", "parquet", "--out", "rows"]).must_succeed();
        let bytes = fs::read(here.path().join("rows")).expect("a file");
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
        assert_eq!(files(here.path()).len(), 1, "nothing half-written is left");
    }
}

#[test]
fn tidy_rows_name_their_unit() {
    let shop = shared();
    let csv = shop.run(&["predict", &shop.recording(0), "gone.wav", "--format", "tidy", "--timeline"]).stdout;
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().collect::<Result<_, _>>().expect("CSV");
    // The whole and two moments of four emotions, and what failed.
    assert_eq!(rows.len(), 13);
    let of = |row: usize, cells: [usize; 4]| cells.map(|cell| rows[row][cell].to_owned());
    assert_eq!(of(1, [1, 3, 6, 8]), ["ok", "whole", "sadness", "share"]);
    assert_eq!(of(11, [3, 4, 5, 6]), ["moment", "1", "4", "tenderness"]);
    assert_eq!(of(12, [0, 1, 3, 7]), ["gone.wav", "error", "", ""]);
    let wide = shop.run(&["predict", &shop.recording(0), "--format", "csv"]).must_succeed().stdout;
    let wide: Vec<&str> = wide.lines().nth(1).expect("a row").split(',').collect();
    for emotion in 0..4 {
        let cells = [wide[4 + emotion], wide[8 + 2 * emotion], wide[9 + 2 * emotion]];
        assert_eq!([7, 9, 10].map(|cell| &rows[emotion][cell]), cells);
    }
}

/// Names that end cells, lines, quotes or tags, and one that a spreadsheet would run.
#[cfg(unix)]
const HOSTILE: [&str; 3] = ["=cmd \"x\", é.wav", "@a\nb\t<&>.wav", "+1;2.wav"];

#[test]
#[cfg(unix)]
fn no_name_breaks_a_file() {
    let (shop, here) = (shared(), tempfile::tempdir().expect("a folder"));
    for name in HOSTILE {
        fs::copy(shop.recording(0), here.path().join(name)).expect("a copy");
    }
    for (command, of) in commands() {
        for (format, ending, _) in ANNOTATIONS {
            let out = format!("{of}/{format}");
            run(here.path(), &command, &[&HOSTILE[..], &["--format", format, "--out", &out]].concat()).must_succeed();
            for name in HOSTILE {
                let file = here.path().join(&out).join(name.replace(".wav", &format!(".{of}.{ending}")));
                let text = fs::read_to_string(file).expect("a file of that name");
                if format == "jams" {
                    let jams: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                    assert_eq!(jams["file_metadata"]["title"], name);
                }
            }
        }
        let formats: &[&str] = if of == "notes" { &["csv"] } else { &["csv", "tidy"] };
        for &format in formats {
            let shown = run(here.path(), &command, &[&HOSTILE[..], &["-gone.wav"], &["--format", format]].concat());
            // A name that begins with a hyphen is an option.
            assert_eq!(shown.code, 2);
            let shown =
                run(here.path(), &command, &[&["--format", format, "--"], &HOSTILE[..], &["-gone.wav"]].concat());
            assert_eq!(shown.code, 1, "{}", shown.stderr);
            let mut reader = csv::Reader::from_reader(shown.stdout.as_bytes());
            let paths: Vec<String> =
                reader.records().map(|row| row.expect("a row of as many cells as the header")[0].to_owned()).collect();
            let mut distinct = paths.clone();
            distinct.dedup();
            assert_eq!(distinct, [HOSTILE.map(|name| format!("'{name}")).to_vec(), vec!["'-gone.wav".into()]].concat());
        }
    }
    let features = shared().run_in(here.path(), &["features", HOSTILE[0]]).must_succeed().stdout;
    assert!(features.lines().nth(1).is_some_and(|row| row.starts_with("\"'=cmd \"\"x\"\", é.wav\",0,")), "{features}");
}

#[test]
fn silence_and_one_window_have_files_too() {
    let here = tempfile::tempdir().expect("a folder");
    write_wav(&here.path().join("silent.wav"), 1, 44_100, &[0.0; 44_100]);
    for (command, of) in commands() {
        for (format, _, beginning) in ANNOTATIONS {
            let shown = run(here.path(), &command, &["silent.wav", "--format", format]).must_succeed();
            assert!(shown.stdout.starts_with(beginning), "{}", shown.stdout);
            let warned = match of {
                "notes" => shown.stderr.contains("warning: silent.wav: "),
                _ => shown.stdout.contains("warning") && shown.stderr.is_empty(),
            };
            assert!(warned, "{}{}", shown.stdout, shown.stderr);
            match (format, of) {
                ("audacity", "notes") => assert_eq!(shown.stdout, ""),
                ("audacity", _) => assert!(shown.stdout.starts_with("0.000000\t1.000000\t"), "{}", shown.stdout),
                ("textgrid", _) => assert!(shown.stdout.contains("intervals: size = 1\n"), "{}", shown.stdout),
                ("svl", "notes") => assert!(!shown.stdout.contains("<point")),
                ("svl", _) => assert_eq!(shown.stdout.matches("<point frame=\"22050\"").count(), 4),
                _ => assert!(shown.stdout.contains("\"duration\": 1.0"), "{}", shown.stdout),
            }
        }
        let rows = run(here.path(), &command, &["silent.wav", "--format", "parquet", "--out", "rows"]).must_succeed();
        assert_eq!(rows.stdout, "");
    }
}

#[test]
fn layers_stand_at_the_frames_of_their_file() {
    let here = tempfile::tempdir().expect("a folder");
    let tone = |n: usize| 0.3 * (std::f32::consts::TAU * 440.0 * n as f32 / 48_000.0).sin();
    write_wav(&here.path().join("tone.wav"), 1, 48_000, &(0..48_000).map(tone).collect::<Vec<f32>>());
    let command = &commands()[0].0;
    let layers = run(here.path(), command, &["tone.wav", "--format", "svl"]).must_succeed().stdout;
    assert!(layers.contains("sampleRate=\"48000\"") && layers.contains("<point frame=\"24000\""), "{layers}");
    let json = run(here.path(), command, &["tone.wav", "--format", "json"]).must_succeed().stdout;
    assert!(json.contains("\"sample_rate_hz\": 48000,"), "{json}");
}
