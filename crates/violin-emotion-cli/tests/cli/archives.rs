//! Recordings in tar archives, and lists of files.

use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};

use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

use crate::workshop::{PROGRAM, Run, shared};

fn run(here: &TempDir, arguments: &[&str]) -> Run {
    shared().run_in(here.path(), arguments)
}

/// An archive of members: name, what kind, bytes. Names may be such as no decent program writes.
fn pack(here: &TempDir, name: &str, members: &[(&str, EntryType, &[u8])]) {
    let mut tar = Builder::new(File::create(here.path().join(name)).expect("a file"));
    for (name, kind, bytes) in members {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append(&header, *bytes).expect("a member");
    }
    tar.into_inner().expect("an archive").flush().expect("a file");
}

fn take(number: usize) -> Vec<u8> {
    fs::read(shared().recording(number)).expect("a take")
}

const FILE: EntryType = EntryType::Regular;

/// Answers, without what they are called.
fn answers(run: &Run) -> Vec<(String, serde_json::Value)> {
    let lines = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    lines
        .map(|mut answer: serde_json::Value| {
            let path = answer.as_object_mut().and_then(|answer| answer.remove("path")).expect("a path");
            (path.as_str().expect("a name").to_owned(), answer)
        })
        .collect()
}

const PREDICT: [&str; 5] = ["predict", "--model", "built-in", "--format", "jsonl"];

#[test]
fn what_is_in_an_archive_is_answered_as_the_files_are() {
    let here = tempfile::tempdir().expect("a folder");
    let (one, two) = (take(0), take(1));
    let long = format!("{}/two.wav", "long".repeat(40));
    fs::create_dir_all(here.path().join("files/sub")).expect("a folder");
    fs::write(here.path().join("files/one.wav"), &one).expect("a file");
    fs::write(here.path().join("files/sub/two.wav"), &two).expect("a file");
    fs::create_dir(here.path().join("sets")).expect("a folder");
    let members: &[(&str, EntryType, &[u8])] = &[
        ("./", EntryType::Directory, b""),
        ("./sub/two.wav", FILE, &two),
        ("one.json", FILE, b"{}"),
        ("one.wav", FILE, &one),
    ];
    pack(&here, "sets/a.tar", members);
    // A name that takes a header of its own.
    let mut tar = Builder::new(File::create(here.path().join("sets/b.TAR")).expect("a file"));
    let mut header = Header::new_gnu();
    header.set_size(two.len() as u64);
    tar.append_data(&mut header, &long, &two[..]).expect("a member");
    tar.into_inner().expect("an archive");
    let files = answers(&run(&here, &[&PREDICT[..], &["files"]].concat()).must_succeed());
    let packed = run(&here, &[&PREDICT[..], &["sets"]].concat()).must_succeed();
    assert!(packed.stderr.contains("1 file was passed over: .json is not read\n"), "{}", packed.stderr);
    let packed = answers(&packed);
    let names: Vec<&str> = packed.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["sets/a.tar/sub/two.wav", "sets/a.tar/one.wav", &format!("sets/b.TAR/{long}")]);
    assert_eq!([&packed[0].1, &packed[1].1, &packed[2].1], [&files[1].1, &files[0].1, &files[1].1]);

    let piece = run(&here, &["predict", "sets/a.tar/one.wav"]);
    assert!(
        piece.code == 1 && piece.stderr.contains("found a member of an archive\nhint: name the archive"),
        "{}",
        piece.stderr
    );

    let rows = |input: &str| run(&here, &["features", input]).must_succeed().stdout.lines().count();
    assert_eq!(rows("sets/a.tar"), rows("files"));
    let labels = ["predict", "sets/a.tar", "--format", "audacity", "--out", "labels"];
    run(&here, &labels).must_succeed();
    assert!(
        here.path().join("labels/sub/two.emotions.txt").is_file()
            && here.path().join("labels/one.emotions.txt").is_file()
    );

    // With the cache, and in parts.
    for out in ["first.parquet", "second.parquet"] {
        run(&here, &["features", "sets/a.tar", "--cache", "kept", "--out", out]).must_succeed();
    }
    run(&here, &["features", "sets/a.tar", "--shard", "1/1", "--out", "part.parquet"]).must_succeed();
    run(&here, &["merge", "part.parquet", "--out", "all.parquet"]).must_succeed();
    let [first, second, all] = ["first.parquet", "second.parquet", "all.parquet"]
        .map(|name| fs::read(here.path().join(name)).expect("a file"));
    assert!(first == second && first == all);
}

#[test]
fn a_cut_archive_is_answered_up_to_the_cut() {
    let here = tempfile::tempdir().expect("a folder");
    let members: Vec<Vec<u8>> = (0..3).map(take).collect();
    let named: Vec<(&str, EntryType, &[u8])> =
        ["a.wav", "b.wav", "c.wav"].into_iter().zip(&members).map(|(name, bytes)| (name, FILE, &bytes[..])).collect();
    pack(&here, "whole.tar", &named);
    let bytes = fs::read(here.path().join("whole.tar")).expect("a file");
    let member = 512 + members[0].len().next_multiple_of(512);
    for at in [0, 100, 512, 511 + members[0].len(), member, member + 100, 2 * member + 700, 3 * member] {
        fs::write(here.path().join("cut.tar"), &bytes[..at]).expect("a file");
        let run = run(&here, &[&PREDICT[..], &["cut.tar"]].concat());
        assert_eq!(run.code, 1, "{at}: {}", run.stderr);
        let answers = answers(&run);
        let (last, answered) = answers.split_last().expect("a row at least");
        assert_eq!((answered.len(), &*last.0), (at / member, "cut.tar"), "{at}");
        assert!(answered.iter().all(|(_, answer)| answer["status"] == "ok"), "{at}");
        let said = if at == 100 {
            "cut.tar: expected a tar archive: it does not begin as one"
        } else if at == 0 {
            "cut.tar: the file is empty (0 bytes)"
        } else {
            "cut.tar: the archive is cut or damaged at byte "
        };
        assert!(last.1["error"].as_str().is_some_and(|error| error.starts_with(said)), "{at}: {}", last.1["error"]);
        assert!(last.1["hint"].is_string());
    }
    let mut damaged = bytes.clone();
    damaged[member + 3] ^= 1;
    fs::write(here.path().join("cut.tar"), damaged).expect("a file");
    let run = run(&here, &[&PREDICT[..], &["cut.tar"]].concat());
    assert_eq!(answers(&run).len(), 2, "the first, and what is wrong: {}", run.stderr);
}

#[test]
fn no_member_is_more_than_an_error_and_nothing_is_unpacked() {
    let here = tempfile::tempdir().expect("a folder");
    let sound = take(0);
    let members: &[(&str, EntryType, &[u8])] = &[
        ("../out.wav", FILE, &sound),
        ("/absolute.wav", FILE, &sound),
        ("in/../../out.wav", FILE, &sound),
        ("symbolic.wav", EntryType::Symlink, b""),
        ("hard.wav", EntryType::Link, b""),
        ("forged\nerror: \x1b[31mall.wav", FILE, &sound),
        ("pipe.wav", EntryType::Fifo, b""),
        ("folder.wav", EntryType::Directory, b""),
        ("empty.wav", FILE, b""),
        ("text.wav", FILE, b"text"),
        ("inner.tar", FILE, &sound),
        ("inner.tar.gz", FILE, &sound),
        ("._good.wav", FILE, b"what macOS puts beside it"),
        ("good.wav", FILE, &sound),
    ];
    pack(&here, "bad.tar", members);
    let asked = run(&here, &[&PREDICT[..], &["bad.tar"]].concat());
    assert_eq!(asked.code, 1, "{}", asked.stderr);
    let said: Vec<(String, String)> = answers(&asked)
        .into_iter()
        .map(|(name, answer)| (name, answer["error"].as_str().unwrap_or("answered").to_owned()))
        .collect();
    let expected = [
        ("bad.tar/../out.wav", "found a name that may lead out of the archive"),
        ("bad.tar//absolute.wav", "found a name that may lead out of the archive"),
        ("bad.tar/in/../../out.wav", "found a name that may lead out of the archive"),
        ("bad.tar/symbolic.wav", "found a link"),
        ("bad.tar/hard.wav", "found a link"),
        ("bad.tar/forged\\nerror: \\u{1b}[31mall.wav", "found a name with control characters"),
        ("bad.tar/pipe.wav", "found a device, a pipe or the like"),
        ("bad.tar/empty.wav", "the file is empty"),
        ("bad.tar/text.wav", "bad.tar/text.wav: "),
        ("bad.tar/inner.tar", "found an archive inside an archive"),
        ("bad.tar/inner.tar.gz", "found an archive inside an archive"),
        ("bad.tar/good.wav", "answered"),
    ];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for ((name, error), (expected, part)) in said.iter().zip(expected) {
        assert!(name == expected && error.contains(part), "{name}: {error}");
    }
    let grids = run(&here, &["predict", "bad.tar", "--format", "textgrid", "--out", "grids"]);
    assert_eq!(grids.code, 1);
    assert_eq!(fs::read_dir(here.path().join("grids")).expect("a folder").count(), 1);
    assert_eq!(fs::read_dir(here.path()).expect("a folder").count(), 2, "the archive and the grids");

    fs::write(here.path().join("small.toml"), "[audio]\nmax_bytes = 1000\n").expect("settings");
    let large = run(&here, &["features", "bad.tar", "--config", "small.toml"]);
    let said = format!("error: bad.tar/good.wav: expected at most 1000 bytes, found {}\nhint: ", sound.len());
    assert!(large.code == 1 && large.stderr.contains(&said), "{}", large.stderr);

    // A name as long as the archive, which has holes.
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..13].copy_from_slice(b"././@LongLink");
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(1 << 33);
    header.set_cksum();
    let mut long = File::create(here.path().join("long.tar")).expect("a file");
    long.write_all(header.as_bytes()).expect("a header");
    long.set_len(1 << 34).expect("a file with holes");
    let asked = run(&here, &["features", "long.tar"]);
    assert!(asked.code == 1 && asked.stderr.contains("a name longer than 1 MiB"), "{}", asked.stderr);
}

#[test]
fn what_is_no_archive_says_what_to_do() {
    let here = tempfile::tempdir().expect("a folder");
    pack(&here, "none.tar", &[("a.json", FILE, b"{}")]);
    fs::write(here.path().join("a.tar.gz"), [0x1f, 0x8b, 8, 0]).expect("a file");
    fs::write(here.path().join("zipped.tar"), [0x1f; 2048]).expect("a file");
    fs::write(here.path().join("text.tar"), "no archive\n".repeat(200)).expect("a file");
    for (name, problem) in [
        ("none.tar", "expected recordings in this archive, found none\nhint: file names end in .wav, "),
        ("a.tar.gz", "expected a recording, found an archive\nhint: unpack it, or its compression alone"),
        ("zipped.tar", "expected a tar archive: it does not begin as one\nhint: "),
        ("text.tar", "expected a tar archive: it does not begin as one\nhint: "),
        ("gone.tar", "cannot be read: "),
    ] {
        for command in ["predict", "features"] {
            let run = run(&here, &[command, name]);
            let said = format!("error: {name}: {problem}");
            assert!(run.code == 1 && run.stderr.contains(&said), "{said}\n{}", run.stderr);
        }
    }
    for command in [&["notes"][..], &["report", "--out", "pages"], &["explain"], &["denoise", "--out", "clean.wav"]] {
        let run = run(&here, &[command, &["none.tar"]].concat());
        let said = "none.tar: expected a recording, found an archive\nhint: unpack it; `predict` and `features` alone";
        assert!(run.code == 1 && run.stderr.contains(said), "{command:?}: {}", run.stderr);
    }
}

#[test]
fn a_list_names_recordings_folders_and_archives() {
    let here = tempfile::tempdir().expect("a folder");
    fs::create_dir(here.path().join("folder")).expect("a folder");
    for name in ["one.wav", "folder/two.wav", " three.wav"] {
        fs::write(here.path().join(name), take(0)).expect("a take");
    }
    pack(&here, "a.tar", &[("four.wav", FILE, &take(0))]);
    let lines = "\u{feff}folder\r\n\n  \na.tar\n three.wav\ngone.wav";
    fs::write(here.path().join("list.txt"), lines).expect("a list");
    let names = |run: &Run| answers(run).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let listed = ["folder/two.wav", "a.tar/four.wav", " three.wav", "gone.wav"];
    assert_eq!(names(&run(&here, &[&PREDICT[..], &["--list", "list.txt"]].concat())), listed);
    let both = run(&here, &[&PREDICT[..], &["one.wav", "--list", "list.txt"]].concat());
    assert_eq!(names(&both), [&["one.wav"], &listed[..]].concat());
    let mut child = Command::new(PROGRAM)
        .args(PREDICT)
        .args(["--list", "-"])
        .current_dir(here.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("stdin").write_all(lines.as_bytes()).expect("a pipe");
    let output = child.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stdout), both.stdout.split_once('\n').expect("lines").1);

    fs::write(here.path().join("empty.txt"), "\n\n").expect("a list");
    fs::write(here.path().join("zero.txt"), "a.wav\nb\0.wav\n").expect("a list");
    for (list, problem) in [
        ("empty.txt", "expected one path a line, found none in empty.txt"),
        ("zero.txt", "expected one path a line, found a zero byte in zero.txt, line 2"),
        ("gone.txt", "cannot read gone.txt: "),
    ] {
        let run = run(&here, &["features", "--list", list]);
        let said = run.stderr.contains(&format!("error: {problem}")) && run.stderr.contains("\nhint: ");
        assert!(run.code == 1 && said, "{}", run.stderr);
    }
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let here = tempfile::tempdir().expect("a folder");
    let sound = take(0);
    pack(&here, "all.tar", &[("a.wav", FILE, &sound)]);
    pack(&here, "outer.tar", &[("inner.tar", FILE, &sound)]);
    fs::write(here.path().join("a.wav"), &sound).expect("a file");
    fs::write(here.path().join("list.csv"), "a.wav\n").expect("a file");
    fs::write(here.path().join("a.parquet"), &sound).expect("a file");
    for (name, asked) in [
        ("a.wav", &["predict", "a.wav", "--format", "json"][..]),
        ("all.tar", &["predict", "all.tar", "--format", "csv"]),
        ("outer.tar", &["predict", "outer.tar", "--format", "csv"]),
        ("list.csv", &["predict", "--list", "list.csv", "--format", "csv"]),
        ("list.csv", &["features", "--list", "list.csv"]),
        ("a.wav", &["features", ".", "--list", "list.csv"]),
        ("a.wav", &["notes", "./a.wav"]),
        ("a.parquet", &["predict", "a.wav", "a.parquet", "--shard", "1/2"]),
        ("a.parquet", &["features", "a.wav", "a.parquet", "--shard", "1/2"]),
    ] {
        let before = fs::read(here.path().join(name)).expect("a file");
        let run = run(&here, &[asked, &["--out", name]].concat());
        assert!(
            run.code == 1 && run.stderr.contains("expected another file than the one that is read"),
            "{asked:?}: {}",
            run.stderr
        );
        assert!(fs::read(here.path().join(name)).expect("a file") == before, "{asked:?}");
    }
}
