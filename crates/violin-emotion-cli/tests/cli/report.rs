//! `report`: pages, their index, and what has no page.

use std::fs;

use crate::workshop::{Workshop, shared};

fn pages(shop: &Workshop, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(shop.path(folder)).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The JSON in a page.
fn data(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("data");
    serde_json::from_str(rest.split_once("</script>").expect("an end").0).expect("JSON")
}

#[test]
fn one_recording_has_a_page_and_no_index() {
    let shop = shared();
    let run = shop.run(&["report", &shop.recording(0), "--out", "one/deep"]).must_succeed();
    assert_eq!((run.stdout.as_str(), pages(shop, "one/deep")), ("one/deep/take0.html\n", vec!["take0.html".into()]));
    let with_sound = fs::read_to_string(shop.path("one/deep/take0.html")).expect("a page");
    shop.run(&["report", &shop.recording(0), "--out", "one/deep", "--sound", "never"]).must_succeed();
    let without = fs::read_to_string(shop.path("one/deep/take0.html")).expect("a page");
    assert!(without.len() < with_sound.len() && !without.contains("audio/flac"));
    let predicted = shop.run(&["predict", &shop.recording(0), "--timeline", "--format", "json"]).must_succeed().stdout;
    let predicted: serde_json::Value = serde_json::from_str(&predicted).expect("JSON");
    assert_eq!(data(&without)["analysis"], predicted[0], "the same answer from every door");
}

#[test]
fn pages_do_not_depend_on_the_threads() {
    let shop = shared();
    for jobs in ["1", "2"] {
        shop.run(&["report", &shop.recording(1), "--out", &format!("by{jobs}"), "--jobs", jobs]).must_succeed();
    }
    let page = |folder: &str| fs::read(shop.path(folder).join("take1.html")).expect("a page");
    assert!(page("by1") == page("by2"));
}

#[test]
fn what_has_no_page_has_a_row_and_the_others_go_on() {
    let shop = shared();
    let hostile = "<img src=x onerror=alert(1)>.wav";
    fs::create_dir_all(shop.path("takes/other")).expect("a folder");
    fs::copy(shop.recording(2), shop.path("takes").join(hostile)).expect("a copy");
    fs::copy(shop.recording(3), shop.path("takes/Take.wav")).expect("a copy");
    fs::copy(shop.recording(3), shop.path("takes/other/take.wav")).expect("a copy");
    fs::write(shop.path("takes/damaged.wav"), "text").expect("a file");
    let run = shop.run(&["report", "takes", "gone.wav", "--out", "many", "--sound", "never"]);
    assert_eq!(run.code, 1);
    for said in ["error: takes/damaged.wav: ", "gone.wav", "hint: ", "2 of 5 recordings have no page\n"] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let names = ["Take.html", "img-src-x-onerror-alert-1.html", "index.html", "take-2.html"];
    assert_eq!(pages(shop, "many"), names);
    assert_eq!(run.stdout.lines().count(), names.len());
    let index = fs::read_to_string(shop.path("many/index.html")).expect("an index");
    assert!(!index.contains("<img"));
    let rows = data(&index)["rows"].as_array().expect("rows").clone();
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no row of {name}"));
    assert_eq!(of(hostile)["page"], names[1]);
    assert!(of("damaged.wav")["analysis"]["error"].is_string() && of("gone.wav")["page"].is_null());
    assert!(of("Take.wav")["headline"].as_str().is_some_and(|words| !words.is_empty()));
}

#[test]
fn a_folder_that_cannot_be_is_said_before_any_work() {
    let shop = shared();
    fs::write(shop.path("a-file"), "").expect("a file");
    let run = shop.run(&["report", &shop.recording(0), "--out", "a-file/pages"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.contains("error: cannot create a-file/pages") && run.stderr.contains("hint: "),
        "{}",
        run.stderr
    );
    assert_eq!(shop.run(&["report", &shop.recording(0)]).code, 2);
}

#[test]
fn two_takes_have_a_page_together() {
    let shop = shared();
    let (first, second) = (shop.recording(0), shop.recording(4));
    let run = shop.run(&["report", &first, &second, "--compare", "--out", "both", "--sound", "never"]).must_succeed();
    assert_eq!(run.stdout.lines().count(), 4);
    assert_eq!(pages(shop, "both"), ["comparison.html", "index.html", "take0.html", "take4.html"]);
    let both = data(&fs::read_to_string(shop.path("both/comparison.html")).expect("a page"));
    let alone = data(&fs::read_to_string(shop.path("both/take4.html")).expect("a page"));
    assert_eq!(both["takes"][1], alone);
    let index = data(&fs::read_to_string(shop.path("both/index.html")).expect("a page"));
    assert_eq!(index["comparison"], "comparison.html");
    let run = shop.run(&["report", &first, "--compare", "--out", "none"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.starts_with("error: setting `--compare`: expected two recordings, found 1\nhint: "),
        "{}",
        run.stderr
    );
    assert!(!shop.path("none").exists());
}

#[test]
fn files_for_other_programs_are_those_of_predict_and_notes() {
    let shop = shared();
    let take = shop.recording(0);
    let formats = ["json", "tidy", "audacity", "textgrid", "jams", "svl", "parquet"];
    let asked: Vec<&str> = formats.iter().flat_map(|format| ["--format", format]).collect();
    let report =
        [&["report", &take, "elsewhere/gone.wav", "--out", "beside", "--sound", "never"] as &[&str], &asked].concat();
    assert_eq!(shop.run(&report).code, 1);
    for (format, of_notes, extension) in
        [("json", "json", "json"), ("tidy", "csv", "csv"), ("parquet", "parquet", "parquet")]
    {
        let (answers, notes) = (format!("alone.emotions.{extension}"), format!("alone.notes.{extension}"));
        shop.run(&["predict", &take, "elsewhere/gone.wav", "--timeline", "--format", format, "--out", &answers]);
        shop.run(&["notes", &take, "elsewhere/gone.wav", "--format", of_notes, "--out", &notes]);
        for of in ["emotions", "notes"] {
            let read = |name: String| fs::read(shop.path(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let beside = read(format!("beside/{of}.{extension}"));
            assert!(beside == read(format!("alone.{of}.{extension}")), "{of}.{extension} differs");
        }
    }
    for (format, extension) in [("audacity", "txt"), ("textgrid", "TextGrid"), ("jams", "jams"), ("svl", "svl")] {
        for (command, of) in [("predict", "emotions"), ("notes", "notes")] {
            let alone = shop.run(&[command, &take, "--format", format]).must_succeed().stdout;
            let beside = fs::read_to_string(shop.path("beside").join(format!("take0.{of}.{extension}")));
            assert_eq!(beside.expect("a file"), alone);
        }
    }
}
