//! Copies: to be listened to, measured, learned from and judged.

use std::fs;

use super::workshop::{Workshop, shared};

#[test]
fn copies_are_written_under_the_names_of_what_was_done() {
    let shop = shared();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("copies").display().to_string();
    let run = shop.run(&["augment", &shop.recording(0), "--out-dir", &out]).must_succeed();
    let names: Vec<String> =
        run.stdout.lines().map(|line| line.rsplit('/').next().unwrap_or_default().into()).collect();
    assert_eq!(
        names,
        [
            "take0_pitch_-2_semitones.wav",
            "take0_pitch_+2_semitones.wav",
            "take0_stretch_0.9.wav",
            "take0_stretch_1.1.wav"
        ]
    );
    let seconds = |name: &str| {
        let wav = hound::WavReader::open(folder.path().join("copies").join(name)).expect("a WAV file");
        assert_eq!((wav.spec().bits_per_sample, wav.spec().channels), (16, 1));
        f64::from(wav.duration()) / 44_100.0
    };
    assert_eq!((seconds(&names[0]), (1000.0 * seconds(&names[2])).round()), (4.0, 4444.0));
    let options =
        ["--pitch=-1", "--speed", "1.25", "--gain=40", "--noise-snr", "10", "--noise", "white", "--room", "0.4"];
    let run = shop.run(&[&["augment", &shop.recording(0), "--out-dir", &out], &options[..]].concat()).must_succeed();
    let found: Vec<&str> = run.stdout.lines().filter_map(|line| line.rsplit("/take0_").next()).collect();
    assert_eq!(
        found,
        ["pitch_-1_semitone.wav", "speed_1.25.wav", "gain_+40_dB.wav", "white_noise_10_dB.wav", "room_0.4_s.wav"]
    );
    assert!(run.stderr.contains("samples above full scale were cut"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_made_is_said() {
    let shop = shared();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("copies").display().to_string();
    for (option, problem) in [
        ("--stretch=0", "setting `augment.stretch`: expected 0.5 to 2, but not 1, found 0"),
        ("--stretch=-1", "setting `augment.stretch`: expected 0.5 to 2, but not 1, found -1"),
        ("--speed=1e9", "setting `augment.speed`: expected 0.5 to 2, but not 1, found 1e9"),
        ("--pitch=nan", "setting `augment.pitch_semitones`: expected -12 to 12, but not 0, found NaN"),
        ("--room=99", "setting `augment.room_s`: expected 0.05 to 10, found 99"),
    ] {
        let run = shop.run(&["augment", &shop.recording(0), "--out-dir", &out, option]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{option}");
        assert!(run.stderr.starts_with(&format!("error: {problem}\nhint: ")), "{}", run.stderr);
        assert!(!folder.path().join("copies").exists(), "{option}");
    }
    assert_eq!(shop.run(&["augment", &shop.recording(0), "--out-dir", &out, "--stretch=fast"]).code, 2);
    let run = shop.run(&["augment", "nowhere.wav", "--out-dir", &out]);
    assert!(run.code == 1 && run.stderr.contains("cannot read nowhere.wav"), "{}", run.stderr);
}

#[test]
fn rows_of_copies_say_what_was_done() {
    let shop = shared();
    let fixed = ["features", &shop.recording(0), "--windowing", "whole"];
    let plain = shop.run(&fixed).must_succeed().stdout;
    let run = shop.run(&[&fixed[..], &["--augment"]].concat()).must_succeed();
    let rows: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    let copies: Vec<&str> = rows.iter().map(|row| row[1]).collect();
    assert_eq!(copies, ["copy", "", "pitch -2 semitones", "pitch +2 semitones", "stretch 0.9", "stretch 1.1"]);
    // Without the column `copy`, the recording's own row is what it is without copies.
    let own: Vec<String> = rows[..2].iter().map(|row| [&row[..1], &row[2..]].concat().join(",")).collect();
    assert_eq!(own, plain.lines().collect::<Vec<_>>());
}

#[test]
fn training_with_copies_is_the_same_for_any_number_of_threads() {
    let shop = Workshop::new();
    let settings = fs::read_to_string(shop.path("quick.toml")).expect("settings");
    let augment = "[augment]\nstretch = [0.8]\nnoise_snr_db = [10]\nroom_s = [0.3]\n";
    fs::write(shop.path("quick.toml"), format!("{augment}{settings}")).expect("settings");
    for (out, jobs) in [("one", "1"), ("two", "2")] {
        shop.train(&["--out", out, "--jobs", jobs]).must_succeed();
        for file in ["meta.json", "lstm_model.safetensors", "rf_model.safetensors"] {
            let bytes = |folder: &str| fs::read(shop.path(folder).join(file)).expect("a model file");
            assert!(bytes(out) == bytes("one"), "{file} differs with {jobs} threads");
        }
    }
    let meta = fs::read_to_string(shop.path("one/meta.json")).expect("meta.json");
    let meta: serde_json::Value = serde_json::from_str(&meta).expect("JSON");
    assert_eq!((&meta["training"]["recordings"], &meta["training"]["copies"]), (&12.into(), &36.into()));
    // A model that has learned from copies is asked about recordings.
    shop.run(&["predict", &shop.recording(1), "--model", "one"]).must_succeed();
}

#[test]
fn scores_with_copies_stand_beside_those_without() {
    let shop = shared();
    let kept = tempfile::tempdir().expect("a folder");
    let kept = kept.path().display().to_string();
    let fixed = ["--folds", "3", "--group-by", "performer", "--cache", &kept, "--compare-augment"];
    let table = shop.on_corpus("evaluate", &fixed).must_succeed().stdout;
    assert!(
        table.contains("without copies") && table.contains("with copies") && table.contains("gain of mean R²"),
        "{table}"
    );
    let json = shop.on_corpus("evaluate", &[&fixed[..], &["--format", "json"]].concat()).must_succeed().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let plain = shop.on_corpus("evaluate", &[&fixed[..6], &["--format", "json"]].concat()).must_succeed().stdout;
    let plain: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
    assert_eq!(json["ways"][0]["rows"], plain["rows"]);
    assert_ne!(json["ways"][1]["rows"], plain["rows"]);
    assert_eq!(
        (&json["ways"][0]["copies"], &json["ways"][1]["copies"], &plain["copies"]),
        (&0.into(), &48.into(), &0.into())
    );
}
