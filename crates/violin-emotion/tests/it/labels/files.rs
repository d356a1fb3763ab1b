//! From names to recordings and groups.

use violin_emotion::data::{LabelOptions, read_labels};

use super::{Case, PLAIN, grouped, problems_of, refused, refused_with};

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
    let csv = "filename,happy,sad\na.wav,0.5,0.5\nin.wav,0.5,0.5\n";
    let case = Case::new(csv, &["a.wav"]);
    symlink("a.wav", case.audio().join("in.wav")).expect("a link");
    let error = case.read_with(&LabelOptions::default()).expect_err("one recording twice");
    assert_eq!(
        problems_of(&error),
        [
            "line 3, column `filename`: expected each recording once, found `in.wav` again, as on line 2, with the same labels"
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
