//! Recordings that break other programs: each is an answer with a warning, or a row with an error.

use std::fs;

use crate::workshop::{Workshop, shared, write_wav};

fn tone(seconds: f64, rate: u32) -> Vec<f32> {
    let angle = std::f64::consts::TAU * 440.0 / f64::from(rate);
    (0..(seconds * f64::from(rate)) as usize).map(|n| 0.3 * (angle * n as f64).sin() as f32).collect()
}

/// Asks the shared model about one file.
fn ask(shop: &Workshop, name: &str) -> (i32, serde_json::Value) {
    let run = shop.run(&["predict", name, "--format", "jsonl"]);
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no row: {}", run.stderr)))
}

fn answers_with(samples: &[f32], channels: u16, rate: u32, warning: Option<&str>) {
    let shop = shared();
    let file = tempfile::Builder::new().suffix(".wav").tempfile().expect("a file");
    write_wav(file.path(), channels, rate, samples);
    let (code, row) = ask(shop, &file.path().display().to_string());
    assert_eq!((code, row["status"].as_str()), (0, Some("ok")), "{row}");
    assert!(row["emotions"]["anger"].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)));
    let kinds: Vec<&str> =
        row["warnings"].as_array().expect("a list").iter().filter_map(|w| w["kind"].as_str()).collect();
    match warning {
        Some(warning) => assert!(kinds.contains(&warning), "{row}"),
        // How far from the training recordings it is, is another matter.
        None => assert!(kinds.iter().all(|kind| ["outside_training", "restarts_disagree"].contains(kind)), "{row}"),
    }
}

fn fails_with(bytes: &[u8], name: &str, problem: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    let (code, row) = ask(shared(), &path.display().to_string());
    assert_eq!((code, row["status"].as_str()), (1, Some("error")), "{row}");
    let error = row["error"].as_str().expect("an error");
    assert!(error.contains(name) && error.contains(problem), "{error}");
}

#[test]
fn short_and_long_clips_are_answered() {
    for seconds in [3.0, 3.1, 40.0] {
        answers_with(&tone(seconds, 44_100), 1, 44_100, None);
    }
    for seconds in [0.6, 2.0] {
        answers_with(&tone(seconds, 44_100), 1, 44_100, Some("short"));
    }
}

#[test]
fn what_is_wrong_with_the_sound_is_said() {
    answers_with(&[0.0; 100_000], 1, 44_100, Some("silent"));
    answers_with(&tone(2.0, 8000), 1, 8000, Some("upsampled"));
    let clipped: Vec<f32> = tone(2.0, 44_100).iter().map(|sample| (8.0 * sample).clamp(-1.0, 1.0)).collect();
    answers_with(&clipped, 1, 44_100, Some("clipped"));
    let opposite: Vec<f32> = tone(2.0, 44_100).iter().flat_map(|&sample| [sample, -sample]).collect();
    answers_with(&opposite, 2, 44_100, Some("channels_cancel"));
    let mut broken = tone(2.0, 44_100);
    (broken[500], broken[501]) = (f32::NAN, f32::INFINITY);
    answers_with(&broken, 1, 44_100, Some("not_finite"));
}

#[test]
fn a_file_cut_in_half_says_so() {
    let shop = shared();
    let file = tempfile::Builder::new().suffix(".wav").tempfile().expect("a file");
    write_wav(file.path(), 1, 44_100, &tone(4.0, 44_100));
    let bytes = fs::read(file.path()).expect("the file");
    fs::write(file.path(), &bytes[..bytes.len() / 2]).expect("the half");
    let (code, row) = ask(shop, &file.path().display().to_string());
    assert_eq!(code, 0, "{row}");
    let message = row["warnings"][0]["message"].as_str().expect("a warning");
    assert_eq!(message, "the file is cut: its header says 4.00 s, found 2.00 s");
}

#[test]
fn files_that_are_no_recordings_are_rows_with_errors() {
    fails_with(b"", "empty.wav", "the file is empty (0 bytes)");
    fails_with(b"this is a letter, not a recording", "letter.wav", "this is no recording in a known format");
    fails_with(b"RIFF\x24\x00\x00\x00WAVEfmt \x10\0\0\0", "header.wav", "the file ends inside its header");
    let (code, row) = ask(shared(), "missing.wav");
    assert_eq!(code, 1);
    assert!(row["error"].as_str().is_some_and(|error| error.starts_with("cannot read missing.wav")), "{row}");
}

#[test]
fn too_short_is_an_error_that_says_how_short() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("blink.wav");
    write_wav(&path, 1, 44_100, &tone(0.3, 44_100));
    let (code, row) = ask(shared(), &path.display().to_string());
    assert_eq!(code, 1);
    assert!(
        row["error"].as_str().is_some_and(|error| error.ends_with("0.30 s is too short: at least 0.5 s are needed")),
        "{row}"
    );
}

#[test]
fn one_bad_file_never_stops_a_batch() {
    let shop = shared();
    let run = shop.run(&["predict", &shop.recording(0), "gone.wav", &shop.recording(1), "--format", "jsonl"]);
    assert_eq!(run.code, 1);
    let rows: Vec<serde_json::Value> = run.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let states: Vec<&str> = rows.iter().filter_map(|row| row["status"].as_str()).collect();
    assert_eq!(states, ["ok", "error", "ok"]);
    assert!(run.stderr.contains("1 of 3 recordings could not be answered"), "{}", run.stderr);
}

#[test]
fn a_failed_recording_is_said_with_its_hint_in_every_format() {
    let shop = shared();
    for format in ["table", "csv", "json", "jsonl"] {
        let run = shop.run(&["predict", "gone.wav", &shop.recording(0), "--format", format]);
        assert_eq!(run.code, 1, "{format}");
        let said = "error: cannot read gone.wav: No such file or directory (os error 2)\n\
                    hint: check that the path exists and that you may use it\n";
        assert!(run.stderr.starts_with(said), "{format}: {}", run.stderr);
        assert!(run.stdout.contains("gone.wav") && run.stdout.contains("error"), "{format}: {}", run.stdout);
    }
    let (_, row) = ask(shop, "gone.wav");
    assert_eq!(row["hint"], "check that the path exists and that you may use it");
    assert!(ask(shop, &shop.recording(0)).1["hint"].is_null());
}

#[test]
fn a_bad_folder_never_stops_a_batch() {
    let shop = Workshop::new();
    let model = shared().path("hybrid_model").display().to_string();
    fs::create_dir_all(shop.path("empty")).expect("a folder");
    fs::create_dir_all(shop.path("mixed/below")).expect("a folder");
    for name in ["mixed/notes.txt", "mixed/a.opus", "mixed/below/b.WMA", "mixed/below/c.opus", "mixed/.hidden"] {
        fs::write(shop.path(name), "").expect("a file");
    }
    for name in ["mixed/take.WAV", "mixed/below/take.aifc"] {
        fs::copy(shop.recording(0), shop.path(name)).expect("a recording");
    }
    let run = shop.run(&["predict", &shop.recording(1), "empty", "mixed", "--model", &model, "--format", "jsonl"]);
    assert_eq!(run.code, 1);
    let rows: Vec<serde_json::Value> = run.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let states: Vec<(&str, &str)> =
        rows.iter().filter_map(|row| row["path"].as_str().zip(row["status"].as_str())).collect();
    let first = shop.recording(1);
    assert_eq!(
        states,
        [(&*first, "ok"), ("empty", "error"), ("mixed/below/take.aifc", "ok"), ("mixed/take.WAV", "ok")]
    );
    assert!(
        run.stderr
            .contains("error: empty: expected recordings in this folder, found none\nhint: file names end in .wav")
    );
    let passed = "4 files were passed over: .WMA, .opus, .txt are not read\n";
    assert!(run.stderr.contains(passed), "{}", run.stderr);

    let run = shop.run(&["features", "empty", &shop.recording(0)]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 3), "{}", run.stdout);
    assert!(run.stderr.contains("error: empty: expected recordings in this folder, found none"), "{}", run.stderr);
}

#[test]
fn features_take_limits_from_a_file_and_name_what_passes_them() {
    let shop = shared();
    let settings = tempfile::Builder::new().suffix(".toml").tempfile().expect("a file");
    fs::write(settings.path(), "[audio]\nmax_duration_s = 2.0\n").expect("settings");
    let run = shop.run(&["features", &shop.recording(0), "--config", &settings.path().display().to_string()]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("take0.wav: expected at most 2 s, found more"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: cut the recording, or raise the setting `audio.max_duration_s` with --config"));
}

#[test]
fn a_corpus_with_bad_recordings_names_them_all() {
    let shop = Workshop::new();
    fs::write(shop.path("recordings/take3.wav"), b"").expect("a file");
    fs::write(shop.path("recordings/take7.wav"), b"no sound").expect("a file");
    let run = shop.train(&[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("2 problems") && run.stderr.contains("take3.wav") && run.stderr.contains("take7.wav"));
    assert!(!shop.path("hybrid_model").exists());
}

#[test]
fn the_notebooks_windowing_refuses_a_clip_of_three_seconds() {
    let shop = shared();
    let file = tempfile::Builder::new().suffix(".wav").tempfile().expect("a file");
    write_wav(file.path(), 1, 44_100, &tone(3.0, 44_100));
    let run = shop.run(&["features", &file.path().display().to_string(), "--windowing", "notebook"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains(".wav: expected more than 3 s for the notebook's windowing, found 3.000 s"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("hint: use --windowing cover"), "{}", run.stderr);
}

#[test]
fn what_many_recordings_have_in_common_is_said_a_few_times() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("low")).expect("a folder");
    let mut labels = "filename,player,happy,sad\n".to_string();
    for at in 0..6 {
        // No two alike: copies would be another matter.
        write_wav(&shop.path(&format!("low/{at}.wav")), 1, 8000, &tone(1.0 + 0.1 * f64::from(at), 8000));
        labels += &format!("{at}.wav,{},0.4,0.6\n", at / 2);
    }
    fs::write(shop.path("low.csv"), labels).expect("labels");
    let arguments =
        ["train", "--audio", "low", "--labels", "low.csv", "--config", "quick.toml", "--group-by", "player"];
    let said = shop.run(&arguments).must_succeed().stderr;
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("warning: ")).collect();
    let upsampled = lines.iter().position(|line| line.starts_with("warning: 0.wav: ")).expect("a warning");
    assert!(lines[upsampled + 2].starts_with("warning: 2.wav: "), "{said}");
    assert_eq!(lines[upsampled + 3], "warning: likewise 3 others: 3.wav, 4.wav, 5.wav", "{said}");
}

#[test]
fn a_window_that_is_the_recording_has_no_length_of_its_own() {
    let shop = shared();
    let features = ["features", &shop.recording(0), "--windowing", "whole"];
    for option in ["--window", "--hop"] {
        let run = shop.run(&[&features[..], &[option, "2"]].concat());
        assert_eq!(run.code, 1);
        let said = format!("setting `{option}`: expected none with --windowing whole");
        assert!(run.stderr.contains(&said) && run.stderr.contains("found 2"), "{}", run.stderr);
    }
}
