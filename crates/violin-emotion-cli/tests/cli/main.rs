//! The command line as a person meets it: small rendered corpora, good and bad input.

mod bad_labels;
mod bad_recordings;
mod folder;
mod workshop;

use std::fs;

use workshop::{Workshop, shared, write_wav};

#[test]
fn training_prints_the_scores_and_writes_the_folder() {
    let shop = shared();
    assert!(shop.trained.stdout.contains("mean label"), "{}", shop.trained.stdout);
    assert!(shop.trained.stdout.contains("fitted again on all 12 recordings"), "{}", shop.trained.stdout);
    assert!(shop.trained.stderr.contains("emotions: happiness, sadness, anger, tenderness"), "{}", shop.trained.stderr);
    let mut files: Vec<String> = fs::read_dir(shop.path("hybrid_model"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["lstm_model.safetensors", "meta.json", "rf_model.safetensors"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads_and_from_the_cache() {
    let shop = Workshop::new();
    for (out, jobs) in [("one", "1"), ("two", "2")] {
        shop.train(&["--out", out, "--jobs", jobs, "--cache", "kept"]).must_succeed();
        for file in ["meta.json", "lstm_model.safetensors", "rf_model.safetensors"] {
            let bytes = |folder: &str| fs::read(shop.path(folder).join(file)).expect("a model file");
            assert!(bytes(out) == bytes("one"), "{file} differs with {jobs} threads");
        }
    }
    assert_eq!(fs::read_dir(shop.path("kept")).expect("the cache").count(), 12);
}

#[test]
fn evaluation_as_json_has_its_rows() {
    let shop = shared();
    let run = shop.on_corpus("evaluate", &["--folds", "3", "--group-by", "performer", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.must_succeed().stdout).expect("JSON");
    let names: Vec<&str> =
        json["rows"].as_array().expect("rows").iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["mean label", "network", "forest", "hybrid"]);
    for row in json["rows"].as_array().expect("rows") {
        assert!(row["mean_r2"].is_number() && row["js"].is_number() && row["accuracy"].is_number());
        assert_eq!(row["r2"].as_object().map(|r2| r2.len()), Some(4));
    }
    assert_eq!(json["answers"].as_array().map(Vec::len), Some(12));
}

#[test]
fn predictions_come_in_every_format() {
    let shop = shared();
    let (first, second) = (shop.recording(0), shop.recording(1));
    let json = shop.run(&["predict", &first, &second, "--format", "json", "--timeline"]).must_succeed();
    let rows: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!((rows[0]["path"].as_str(), rows[1]["path"].as_str()), (Some(&*first), Some(&*second)));
    assert_eq!((rows[0]["status"].as_str(), rows[0]["error"].is_null()), (Some("ok"), true));
    let sum: f64 = rows[0]["emotions"].as_object().expect("shares").values().filter_map(|share| share.as_f64()).sum();
    // Four shares in f32.
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    assert!(rows[0]["timeline"][0]["emotions"]["anger"].is_number() && rows[0]["timeline"][0]["start_s"] == 0.0);

    let lines = shop.run(&["predict", &first, &second, "--format", "jsonl"]).must_succeed().stdout;
    assert_eq!(lines.lines().count(), 2);
    let csv = shop.run(&["predict", &first, "--format", "csv"]).must_succeed().stdout;
    assert!(csv.starts_with("path,status,error,duration_s,happiness,sadness,anger,tenderness,warnings\n"), "{csv}");
    let table = shop.run(&["predict", &first]).must_succeed().stdout;
    assert!(table.starts_with("recording") && table.contains("tenderness"), "{table}");
}

#[test]
fn without_a_model_it_says_how_to_get_one() {
    let shop = shared();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let run = shop.run_in(elsewhere.path(), &["predict", &shop.recording(0)]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.is_empty() && run.stderr.starts_with("error: hybrid_model: no model here"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: name a model with --model DIR"), "{}", run.stderr);
}

#[test]
fn features_are_one_row_a_window() {
    let shop = shared();
    let csv = shop.run(&["features", &shop.recording(0)]).must_succeed().stdout;
    let mut lines = csv.lines();
    assert!(lines.next().is_some_and(|header| header.starts_with("path,start_s,end_s,mfcc_mean_1,")));
    // 4 s: a window at 0 s and one that ends with the recording.
    let starts: Vec<&str> = lines.filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(starts, ["0", "1"]);
    let out = shop.run(&["features", &shop.recording(0), "--out", "rows.txt"]);
    assert_eq!((out.code, out.stdout.as_str()), (1, ""));
    assert!(out.stderr.contains("expected a file name that ends in .csv or .npz"), "{}", out.stderr);
}

#[test]
fn notes_are_listed_in_every_format() {
    let shop = shared();
    let (first, second) = (shop.recording(0), shop.recording(1));
    let csv = shop.run(&["notes", &first, &second]).must_succeed().stdout;
    assert!(csv.starts_with("path,onset_s,offset_s,note,pitch,cents,"), "{csv}");
    let header = csv.lines().next().expect("a header");
    assert!(header.ends_with(",brightness_db_per_octave,bow_noise_db,plucked,doubled,error"), "{header}");
    let rows = csv.lines().count() - 1;
    let json = shop.run(&["notes", &first, &second, "--format", "json"]).must_succeed().stdout;
    let played: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let counts = [0, 1].map(|at| played[at]["notes"].as_array().map_or(0, Vec::len));
    assert_eq!((counts[0] + counts[1], counts[0] > 0), (rows, true));
    assert!(played[0]["notes"][0]["name"].is_string() && played[0]["tuning_cents"].is_number(), "{json}");
    let labels = shop.run(&["notes", &first, "--format", "audacity"]).must_succeed().stdout;
    assert_eq!(labels.lines().count(), counts[0]);
    assert!(labels.lines().all(|line| line.split('\t').count() == 3 && line.contains(" cents")), "{labels}");

    for (arguments, problem) in [
        (["notes", &first, "--pitch-range", "E7-G3"], "expected two pitches, the lower one first"),
        (["notes", &first, &second, "--format=audacity"], "expected one recording, whose label track it is"),
    ] {
        let run = shop.run(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        assert!(run.stderr.contains(problem), "{}", run.stderr);
    }
    // Two voices that no bow plays: tones that die away.
    let sound = |n: usize| {
        let time = n as f32 / 44_100.0;
        let tone = |hz: f32| (1..6).map(|k| (std::f32::consts::TAU * hz * (k as f32) * time).sin() / 20.0).sum::<f32>();
        (-3.0 * (time % 0.5)).exp() * (tone(392.0) + tone(494.0))
    };
    write_wav(&shop.path("two.wav"), 1, 44_100, &(0..88_200).map(sound).collect::<Vec<f32>>());
    let run = shop.run(&["notes", "two.wav", "--format", "json"]).must_succeed();
    assert!(
        run.stdout.contains("\"kind\": \"several_voices\"") && run.stdout.contains("\"doubled\": true"),
        "{}",
        run.stdout
    );
    let run = shop.run(&["notes", "two.wav"]).must_succeed();
    assert!(run.stderr.contains("warning: two.wav: in ") && run.stderr.contains("several voices"), "{}", run.stderr);

    fs::write(shop.path("no-recording.wav"), "text").expect("a file");
    let run = shop.run(&["notes", "no-recording.wav", &first]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, counts[0] + 2), "{}", run.stdout);
}

#[test]
fn a_command_that_cannot_be_understood_is_2() {
    assert_eq!(shared().run(&["predict"]).code, 2);
    assert_eq!(shared().run(&["tune"]).code, 2);
}

#[test]
#[cfg(unix)]
fn an_interrupted_training_leaves_nothing_half_written() {
    let shop = Workshop::new();
    fs::write(shop.path("long.toml"), "[model.network]\nepochs = 100000\npatience = 100000\n").expect("a setting");
    let audio = shop.path("recordings");
    let arguments =
        ["train", "--audio", &audio.display().to_string(), "--labels", "labels.csv", "--config", "long.toml"];
    let mut child = shop.command(&arguments).spawn().expect("the program");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    let mut left: Vec<String> = fs::read_dir(shop.path("."))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["labels.csv", "long.toml", "quick.toml", "recordings"]);
}
