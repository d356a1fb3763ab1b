//! The command line as a person meets it: small rendered corpora, good and bad input.

mod archives;
mod audit;
mod augment;
mod bad_labels;
mod bad_recordings;
mod built_in;
mod denoise;
mod evaluate;
mod explain;
mod files;
mod folder;
mod labels;
mod model_card;
mod render;
mod report;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "parquet")]
mod shards;
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
    let expected =
        ["MODEL_CARD.md", "lstm_model.safetensors", "meta.json", "rf_model.safetensors", "ridge_model.safetensors"];
    assert_eq!(files, expected);
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads_and_from_the_cache() {
    let shop = Workshop::new();
    for (out, jobs) in [("one", "1"), ("two", "2")] {
        shop.train(&["--out", out, "--jobs", jobs, "--cache", "kept"]).must_succeed();
        for file in
            ["MODEL_CARD.md", "meta.json", "lstm_model.safetensors", "rf_model.safetensors", "ridge_model.safetensors"]
        {
            let bytes = |folder: &str| fs::read(shop.path(folder).join(file)).expect("a model file");
            assert!(bytes(out) == bytes("one"), "{file} differs with {jobs} threads");
        }
    }
    assert_eq!(fs::read_dir(shop.path("kept")).expect("the cache").count(), 12);
}

#[test]
fn what_cannot_be_judged_is_known_before_anything_is_measured() {
    let shop = shared();
    let none = tempfile::tempdir().expect("a folder");
    let kept = none.path().join("kept").display().to_string();
    let refused = |command: &str, further: &[&str], problem: &str| {
        let run = shop.on_corpus(command, &[further, &["--cache", &kept]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        let said = format!("error: {problem}\nhint: ");
        assert!(run.stderr.contains(&said) && !none.path().join("kept").exists(), "{}", run.stderr);
    };
    refused("evaluate", &["--folds", "0"], "setting `--folds`: expected at least 2, found 0");
    refused("evaluate", &["--folds", "1"], "setting `--folds`: expected at least 2, found 1");
    refused("evaluate", &["--folds", "13"], "expected at least 13 groups, found 12");
    refused("evaluate", &["--group-by", "performer"], "expected at least 5 groups, found 4");
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let two: String = labels.lines().take(3).map(|line| line.to_string() + "\n").collect();
    fs::write(none.path().join("two.csv"), two).expect("labels");
    let two = none.path().join("two.csv").display().to_string();
    let problem = "expected at least 3 groups: to learn from, to decide when to stop, to test on, found 2";
    for command in ["train", "evaluate"] {
        let folds: &[&str] = if command == "evaluate" { &["--folds", "2"] } else { &[] };
        let run = shop.run(&[&[command, "--audio", "recordings", "--labels", &two], folds].concat());
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains(&format!("error: {problem}\nhint: ")), "{}", run.stderr);
    }
    fs::write(none.path().join("bad.toml"), "[audio]\nmax_duration_s = inf\n").expect("settings");
    let bad = none.path().join("bad.toml").display().to_string();
    let run = shop.run(&["train", "--audio", "recordings", "--labels", "labels.csv", "--config", &bad]);
    let problem = "error: setting `audio.max_duration_s`: expected 0.5 to 1000000 seconds, found inf";
    assert!(run.code == 1 && run.stderr.starts_with(problem), "{}", run.stderr);
}

#[test]
fn copies_are_said_and_group_columns_pointed_at() {
    let shop = Workshop::new();
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let row = labels.lines().nth(1).expect("a row").replacen("take0.wav", "again.wav", 1);
    let other = labels.lines().nth(2).expect("a row").replacen("take1.wav", "other.wav", 1);
    fs::write(shop.path("labels.csv"), format!("{labels}{row}\n{other}\n")).expect("labels");
    for copy in ["again.wav", "other.wav"] {
        fs::copy(shop.recording(0), shop.path("recordings").join(copy)).expect("a copy");
    }
    let run = shop.on_corpus("evaluate", &["--folds", "3", "--format", "json"]).must_succeed();
    for said in [
        "groups may stand in `performer`: --group-by performer keeps each on one side of every split\n",
        "warning: 2 recordings are the same sound as others (take0.wav = again.wav = other.wav): \
         their groups are judged as one\n",
        "warning: copies of one sound are labelled differently (take0.wav = again.wav = other.wav): \
         no answer can fit both; average their labels\n",
    ] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let answers = json["answers"].as_array().expect("answers");
    let of = |name: &str| answers.iter().find(|answer| answer["file_name"] == name).expect("an answer");
    for copy in ["again.wav", "other.wav"] {
        assert_eq!((&of(copy)["group"], &of(copy)["fold"]), (&of("take0.wav")["group"], &of("take0.wav")["fold"]));
    }
}

#[test]
fn more_threads_than_are_of_use_are_not_begun() {
    let shop = shared();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let run = shop.run(&["features", &shop.recording(0), "--jobs", "100000"]).must_succeed();
    let said = format!("--jobs 100000: {} threads are used, 4 a core\n", 4 * cores);
    assert!(run.stderr.starts_with(&said), "{}", run.stderr);
    let run = shop.run(&["features", &shop.recording(0), "--jobs", "1"]).must_succeed();
    assert_eq!(run.stderr, "");
}

#[test]
#[cfg(unix)]
fn written_files_have_the_rights_of_any_other_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Workshop::new();
    shop.train(&["--cache", "kept"]).must_succeed();
    for out in ["rows.csv", "rows.npz"] {
        shop.run(&["features", &shop.recording(0), "--out", out]).must_succeed();
    }
    let mode = |path: &std::path::Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let inside =
        |folder: &str| fs::read_dir(shop.path(folder)).expect("a folder").map(|entry| entry.expect("a file").path());
    let written = inside("hybrid_model").chain(inside("kept")).chain([shop.path("rows.csv"), shop.path("rows.npz")]);
    for path in written {
        assert_eq!(mode(&path), mode(&shop.path("labels.csv")), "{}", path.display());
    }
    assert_eq!(mode(&shop.path("hybrid_model")), mode(&shop.path("recordings")));
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
    assert!(rows[0]["intervals"]["anger"][1].is_number());
    assert!(rows[0]["timeline"][0]["emotions"]["anger"].is_number() && rows[0]["timeline"][0]["start_s"] == 0.0);

    let lines = shop.run(&["predict", &first, &second, "--format", "jsonl"]).must_succeed().stdout;
    assert_eq!(lines.lines().count(), 2);
    let csv = shop.run(&["predict", &first, "--format", "csv"]).must_succeed().stdout;
    assert!(csv.starts_with("path,status,error,duration_s,happiness,sadness,anger,tenderness,happiness_low,"), "{csv}");
    let csv = shop.run(&["predict", "gone.wav", &first, "--format", "csv", "--timeline"]).stdout;
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..6], ["path", "status", "error", "scope", "start_s", "end_s"]);
    let ends = ["happiness", "sadness", "anger", "tenderness"].map(|of| [format!("{of}_low"), format!("{of}_high")]);
    assert_eq!(rows[0][6..10], ["happiness", "sadness", "anger", "tenderness"]);
    assert_eq!(
        (&rows[0][10..18], rows[0][18]),
        (&ends.concat().iter().map(String::as_str).collect::<Vec<_>>()[..], "warnings")
    );
    assert_eq!(rows[3][10..18], [""; 8], "moments have none");
    let places: Vec<&[&str]> = rows[1..].iter().map(|row| &row[3..6]).collect();
    assert_eq!(places, [["", "", ""], ["whole", "0", "4"], ["moment", "0", "3"], ["moment", "1", "4"]]);
    let whole = shop.run(&["predict", &first, "--format", "csv"]).must_succeed().stdout;
    let whole: Vec<&str> = whole.lines().nth(1).expect("a row").split(',').collect();
    assert_eq!(rows[2][6..], whole[4..], "the same answer and the same warnings");
    for (share, ends) in whole[4..8].iter().zip(whole[8..16].chunks(2)) {
        let [share, low, high] = [share, ends[0], ends[1]].map(|cell| cell.parse::<f32>().expect("a number"));
        assert!(low <= share && share <= high, "{low} {share} {high}");
    }
    let table = shop.run(&["predict", &first]).must_succeed().stdout;
    assert!(table.starts_with("recording") && table.contains("tenderness") && table.contains("80 % within"), "{table}");
}

#[test]
fn a_model_that_is_named_and_not_there_is_an_error() {
    let shop = shared();
    let run = shop.run(&["predict", &shop.recording(0), "--model", "gone"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.is_empty() && run.stderr.starts_with("error: gone: there is no such folder"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: make a model with `violin-emotion train`"), "{}", run.stderr);
}

#[test]
fn features_are_one_row_a_window() {
    let shop = shared();
    let csv = shop.run(&["features", &shop.recording(0)]).must_succeed().stdout;
    let mut lines = csv.lines();
    assert!(lines.next().is_some_and(|header| header.starts_with("path,start_s,end_s,note_level_db,")));
    let classic = shop.run(&["features", &shop.recording(0), "--set", "classic"]).must_succeed().stdout;
    assert!(classic.starts_with("path,start_s,end_s,mfcc_mean_1,"));
    // 4 s: a window at 0 s and one that ends with the recording.
    let starts: Vec<&str> = lines.filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(starts, ["0", "1"]);
    let out = shop.run(&["features", &shop.recording(0), "--out", "rows.txt"]);
    assert_eq!((out.code, out.stdout.as_str()), (1, ""));
    assert!(out.stderr.contains("expected a file name that ends in .csv, .npz or .parquet"), "{}", out.stderr);
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
        (
            ["notes", &first, &second, "--format=audacity"],
            "expected one recording, or --out DIR for one file a recording",
        ),
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
    assert!(run.stderr.contains("error: no-recording.wav: ") && run.stderr.contains("hint: "), "{}", run.stderr);
}

#[test]
fn notes_follow_the_settings_file_and_the_command_line_wins() {
    let shop = shared();
    let take = shop.recording(0);
    let setting = "[features]\npitch_range = { low_hz = 2000.0, high_hz = 2715.0 }\n";
    fs::write(shop.path("high.toml"), setting).expect("a file");
    let count = |more: &[&str]| {
        let arguments = [&["notes", &take, "--config", "high.toml"], more].concat();
        shop.run(&arguments).must_succeed().stdout.lines().count()
    };
    assert!(count(&[]) < count(&["--pitch-range", "G3-E7"]));
    fs::write(shop.path("short.toml"), "[audio]\nmax_duration_s = 1.0\n").expect("a file");
    let run = shop.run(&["notes", &take, "--config", "short.toml"]);
    assert!(run.code == 1 && run.stderr.contains("hint: "), "{}", run.stderr);
}

#[test]
fn a_command_that_cannot_be_understood_is_2() {
    assert_eq!(shared().run(&["predict"]).code, 2);
    assert_eq!(shared().run(&["tune"]).code, 2);
}

/// Interrupts a command when it is time, and gives its exit code.
#[cfg(unix)]
fn interrupted(shop: &Workshop, arguments: &[&str], wait: impl Fn()) -> Option<i32> {
    let mut child = shop.command(arguments).spawn().expect("the program");
    wait();
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    child.wait().expect("an end").code()
}

#[test]
#[cfg(unix)]
fn an_interrupted_training_leaves_nothing_half_written() {
    let shop = Workshop::new();
    fs::write(shop.path("long.toml"), "[model.network]\nepochs = 100000\npatience = 100000\n").expect("a setting");
    let audio = shop.path("recordings");
    let arguments =
        ["train", "--audio", &audio.display().to_string(), "--labels", "labels.csv", "--config", "long.toml"];
    let wait = || std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(interrupted(&shop, &arguments, wait), Some(130));
    let mut left: Vec<String> = fs::read_dir(shop.path("."))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["labels.csv", "long.toml", "quick.toml", "recordings"]);
}

#[test]
#[cfg(unix)]
fn measuring_stops_within_two_recordings() {
    let shop = Workshop::new();
    // A minute each, so that the stop comes while the first ones are measured.
    for take in 0..12 {
        let long: Vec<f32> = (0..60 * 44_100).map(|n| 0.1 * ((0.06 + 0.001 * take as f32) * n as f32).sin()).collect();
        workshop::write_wav(&shop.path(&format!("recordings/take{take}.wav")), 1, 44_100, &long);
    }
    let audio = shop.path("recordings").display().to_string();
    let arguments = ["train", "--audio", &audio, "--labels", "labels.csv", "--jobs", "1", "--cache", "kept"];
    let measured = || fs::read_dir(shop.path("kept")).map_or(0, Iterator::count);
    let wait = || {
        let begun = std::time::Instant::now();
        while measured() == 0 && begun.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    assert_eq!(interrupted(&shop, &arguments, wait), Some(130));
    // The first, the one that was at work, and one more if the first was seen late.
    assert!((1..=3).contains(&measured()), "{} recordings were measured", measured());
}
