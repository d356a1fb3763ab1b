//! Parts of a long run: killed, gone on with, put together.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::workshop::{Run, shared};

/// Takes and what is none, in a folder of their own.
fn recordings(takes: usize) -> TempDir {
    let here = tempfile::tempdir().expect("a folder");
    fs::create_dir(here.path().join("in")).expect("a folder");
    for take in 0..takes {
        fs::copy(shared().recording(take), here.path().join(format!("in/take{take:02}.wav"))).expect("a copy");
    }
    fs::write(here.path().join("in/take01-broken.wav"), "text").expect("a file");
    fs::write(here.path().join("in/take99-empty.wav"), "").expect("a file");
    here
}

fn run(here: &TempDir, arguments: &[&str]) -> Run {
    shared().run_in(here.path(), arguments)
}

fn bytes(here: &TempDir, file: &str) -> Vec<u8> {
    fs::read(here.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// What lies in the folder.
fn inside(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

const PREDICT: [&str; 4] = ["predict", "--model", "built-in", "--timeline"];

/// A command that writes a part, and must do so although two recordings are none.
fn part(here: &TempDir, command: &[&str], shard: &str, out: &str) -> Run {
    let run = run(here, &[command, &["in", "--shard", shard, "--out", out]].concat());
    assert!(run.code <= 1 && run.stdout.is_empty(), "{}{}", run.stdout, run.stderr);
    run
}

fn refused(here: &TempDir, arguments: &[&str], problem: &str) {
    let run = run(here, arguments);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let said = format!("error: {problem}");
    assert!(run.stderr.contains(&said) && run.stderr.contains("\nhint: "), "{said}\n{}", run.stderr);
}

#[test]
fn parts_merge_to_the_bytes_of_one_run_in_any_order() {
    let here = recordings(4);
    let features = ["features", "--set", "violin"];
    for (command, whole) in [(&PREDICT[..], &["--format", "parquet"][..]), (&features, &[])] {
        let once = run(&here, &[command, whole, &["in", "--out", "whole.parquet"]].concat());
        assert_eq!(once.code, 1, "{}", once.stderr);
        // The last part of four has both what is none and what is, the first is whole.
        let parts = ["a.parquet", "b.parquet", "c.parquet", "d.parquet"];
        for (number, out) in (1..).zip(parts) {
            part(&here, command, &format!("{number}/4"), out);
        }
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let merged = run(&here, &[&["merge"], &order.map(|at| parts[at])[..], &["--out", "all.parquet"]].concat());
            assert_eq!((merged.code, merged.stdout.as_str()), (0, ""), "{}", merged.stderr);
            assert!(
                merged.stderr.contains(" of 4 parts in all.parquet\n2 recordings could not be used"),
                "{}",
                merged.stderr
            );
            assert!(bytes(&here, "all.parquet") == bytes(&here, "whole.parquet"), "{command:?} {order:?}");
        }
    }
    // More parts than recordings: some are empty.
    let seven: Vec<String> = (1..=7).map(|number| format!("{number}.parquet")).collect();
    for (number, out) in (1..).zip(&seven) {
        part(&here, &PREDICT, &format!("{number}/7"), out);
    }
    let whole = run(&here, &[&PREDICT[..], &["--format", "parquet", "in", "--out", "whole.parquet"]].concat());
    assert_eq!(whole.code, 1);
    let names: Vec<&str> = seven.iter().map(String::as_str).collect();
    run(&here, &[&["merge"], &names[..], &["--out", "all.parquet"]].concat()).must_succeed();
    assert!(bytes(&here, "all.parquet") == bytes(&here, "whole.parquet"));
    assert!(inside(here.path()).iter().all(|name| name == "in" || name.ends_with(".parquet")), "nothing else is left");
}

/// When each of the kept features was written.
fn kept(folder: &Path) -> BTreeMap<String, SystemTime> {
    let names = inside(folder).into_iter().filter(|name| name.ends_with(".safetensors"));
    let written = |name: String| Some((name.clone(), fs::metadata(folder.join(name)).ok()?.modified().ok()?));
    names.filter_map(written).collect()
}

#[test]
#[cfg(unix)]
fn a_killed_part_goes_on_where_it_was_and_ends_with_the_same_bytes() {
    let here = recordings(12);
    part(&here, &PREDICT, "1/1", "undisturbed.parquet");
    let command = [&PREDICT[..], &["in", "--shard", "1/1", "--jobs", "1", "--out", "part.parquet"]].concat();
    let unfinished = here.path().join("part.parquet.unfinished");
    let mut before = BTreeMap::new();
    let mut chance = 20_261_127u64;
    for kill in 0..4 {
        let mut child = shared().command(&command).current_dir(here.path()).spawn().expect("the program");
        // One or two recordings further on, and a little later.
        let (begun, more) = (Instant::now(), kept(&unfinished).len() + 1 + kill % 2);
        while kept(&unfinished).len() < more
            && child.try_wait().expect("a child").is_none()
            && begun.elapsed().as_secs() < 600
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis((chance >> 33) % 20));
        child.kill().expect("a kill");
        child.wait().expect("an end");
        let now = kept(&unfinished);
        for (name, written) in &before {
            assert_eq!(now.get(name), Some(written), "what was measured is not measured again");
        }
        before = now;
    }
    assert!(before.len() >= 4 && !here.path().join("part.parquet").exists(), "the kills came in the midst of it");
    // What a kill may leave, wherever it comes.
    fs::write(unfinished.join(".tmpAbCdEf"), "half").expect("a file");
    let last = part(&here, &PREDICT, "1/1", "part.parquet");
    assert_eq!(last.code, 1, "{}", last.stderr);
    assert!(bytes(&here, "part.parquet") == bytes(&here, "undisturbed.parquet"));
    assert_eq!(inside(here.path()), ["in", "part.parquet", "undisturbed.parquet"]);
}

#[test]
fn a_part_that_is_there_is_not_made_again_unless_something_else_is_asked_for() {
    let here = recordings(2);
    let first = part(&here, &PREDICT, "1/2", "part.parquet");
    assert_eq!(first.code, 1, "{}", first.stderr);
    let is_there = |run: &Run| run.stderr.contains("part.parquet: part 1/2 is there already, of the same recordings");
    assert!(!is_there(&first));
    // What a kill just before the end may leave.
    fs::create_dir(here.path().join("part.parquet.unfinished")).expect("a folder");
    let again = part(&here, &PREDICT, "1/2", "part.parquet");
    assert!(is_there(&again) && again.code == 1, "{}", again.stderr);
    assert!(again.stderr.ends_with("1 of 2 recordings could not be answered\n"), "{}", again.stderr);
    assert_eq!(inside(here.path()), ["in", "part.parquet"]);
    let replaced = |what: &str| {
        let run = part(&here, &PREDICT[..3], "1/2", "part.parquet");
        let said = format!("part.parquet holds {what}: it will be replaced\n");
        assert!(!is_there(&run) && run.stderr.contains(&said), "{said}{}", run.stderr);
    };
    replaced("a part of another run");
    fs::copy(shared().recording(5), here.path().join("in/take00.wav")).expect("another take");
    replaced("this part, of recordings that have changed since");
    fs::remove_file(here.path().join("in/take99-empty.wav")).expect("removed");
    replaced("a part of another run");
    fs::write(here.path().join("part.parquet"), "damaged").expect("a file");
    replaced("no part that is whole");
    let mut damaged = bytes(&here, "part.parquet");
    damaged[200] ^= 1;
    fs::write(here.path().join("part.parquet"), damaged).expect("a file");
    replaced("no part that is whole");
    run(&here, &["notes", "in", "--format", "parquet", "--out", "part.parquet"]);
    replaced("rows that are no part of a run");
    assert!(is_there(&part(&here, &PREDICT[..3], "1/2", "part.parquet")));
}

#[test]
fn merge_names_what_does_not_belong_together() {
    let here = recordings(1);
    for (shard, out) in [("1/3", "1.parquet"), ("2/3", "2.parquet"), ("3/3", "3.parquet"), ("3/3", "again.parquet")] {
        part(&here, &PREDICT, shard, out);
    }
    part(&here, &PREDICT[..3], "2/3", "other.parquet");
    run(&here, &["notes", "in/take00.wav", "--format", "parquet", "--out", "notes.parquet"]).must_succeed();
    fs::write(here.path().join("text.parquet"), "text").expect("a file");
    let half = bytes(&here, "1.parquet");
    fs::write(here.path().join("half.parquet"), &half[..half.len() / 2]).expect("a file");
    let merge = |parts: &[&str], problem: &str| {
        refused(&here, &[&["merge"], parts, &["--out", "all.parquet"]].concat(), problem)
    };
    merge(&["2.parquet"], "expected all 3 parts, found 1: missing 1/3, 3/3");
    merge(
        &["3.parquet", "1.parquet", "2.parquet", "again.parquet"],
        "expected each part once, found 3/3 in 3.parquet and again.parquet",
    );
    merge(
        &["1.parquet", "other.parquet", "3.parquet"],
        "expected parts of one run, found another run in other.parquet",
    );
    merge(&["1.parquet", "notes.parquet"], "expected parts of a run, found notes.parquet, which is none");
    for name in ["text.parquet", "half.parquet"] {
        merge(&["1.parquet", name], &format!("expected a Parquet file as `--shard` writes it, found {name}: "));
    }
    merge(&["gone.parquet"], "cannot read gone.parquet: ");
    let csv = ["merge", "1.parquet", "2.parquet", "3.parquet", "--out", "all.csv"];
    refused(&here, &csv, "setting `--out`: expected the name of a file that ends in .parquet, found all.csv");
    let over = ["merge", "1.parquet", "2.parquet", "3.parquet", "--out", "./2.parquet"];
    refused(&here, &over, "setting `--out`: expected another file than the one that is read, found ./2.parquet");
    assert!(!here.path().join("all.parquet").exists());
}

#[test]
fn what_cannot_be_a_part_is_known_before_anything_is_heard() {
    let here = recordings(1);
    for wrong in [&["in", "--shard", "1/2"][..], &["in", "--shard", "3/2", "--out", "p.parquet"]] {
        for command in ["predict", "features"] {
            assert_eq!(run(&here, &[&[command], wrong].concat()).code, 2);
        }
    }
    let shard = ["in", "--shard", "1/2", "--out"];
    let ending = "setting `--out`: expected the name of a file that ends in .parquet, found p.csv";
    refused(&here, &[&["features"], &shard[..], &["p.csv"]].concat(), ending);
    refused(&here, &[&["predict"], &shard[..], &["p.csv"]].concat(), ending);
    let format = "setting `--format`: expected parquet with --shard, found csv";
    refused(&here, &[&["predict", "--format", "csv"], &shard[..], &["p.parquet"]].concat(), format);
    let nowhere = "cannot write none/p.parquet: there is no folder none";
    refused(&here, &[&["predict"], &shard[..], &["none/p.parquet"]].concat(), nowhere);
    // Another process is at it.
    fs::create_dir(here.path().join("p.parquet.unfinished")).expect("a folder");
    let lock = File::create(here.path().join("p.parquet.unfinished/lock")).expect("a file");
    lock.lock().expect("a lock");
    let busy = "expected one process a part, found another at work on p.parquet";
    refused(&here, &[&["predict"], &shard[..], &["p.parquet"]].concat(), busy);
    drop(lock);
    part(&here, &["predict"], "1/2", "p.parquet");
    assert_eq!(inside(here.path()), ["in", "p.parquet"]);
}
