//! `denoise`, and the options of noise and level.

use std::fs;

use crate::workshop::{shared, write_wav};

/// A note of three seconds in hiss.
fn noisy(folder: &std::path::Path) -> String {
    let mut state = 1u32;
    let mut hiss = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.02 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    let sample = |n: usize| 0.3 * (std::f32::consts::TAU * 440.0 * n as f32 / 44_100.0).sin() + hiss();
    let path = folder.join("noisy.wav");
    write_wav(&path, 1, 44_100, &(0..132_300).map(sample).collect::<Vec<f32>>());
    path.display().to_string()
}

#[test]
fn it_writes_a_wav_a_picture_and_what_was_removed() {
    let place = tempfile::tempdir().expect("a folder");
    let noisy = noisy(place.path());
    let run = shared().run_in(place.path(), &["denoise", &noisy, "--out", "out.wav", "--plot", "p.svg"]).must_succeed();
    let said = run.stdout.strip_prefix("out.wav: what was removed is ").unwrap_or_else(|| panic!("{}", run.stdout));
    // Hiss of 0.02 at most, evenly spread, under a sine of 0.3.
    let level: f64 = said.split(' ').next().and_then(|level| level.parse().ok()).expect("a level");
    assert!((24.0..28.0).contains(&level) && run.stderr.is_empty(), "{}{}", run.stdout, run.stderr);
    let reader = hound::WavReader::open(place.path().join("out.wav")).expect("a WAV file");
    assert_eq!((reader.spec().bits_per_sample, reader.spec().channels, reader.duration()), (16, 1, 132_300));
    assert!(fs::read_to_string(place.path().join("p.svg")).expect("a picture").starts_with("<svg"));
}

#[test]
fn a_clip_of_noise_may_have_another_rate_and_must_be_of_use() {
    let place = tempfile::tempdir().expect("a folder");
    let noisy = noisy(place.path());
    let clip: Vec<f32> = (0..16_000u32).map(|n| 0.01 * ((n.wrapping_mul(n) % 1009) as f32 / 504.5 - 1.0)).collect();
    write_wav(&place.path().join("clip.wav"), 1, 16_000, &clip);
    write_wav(&place.path().join("tiny.wav"), 1, 16_000, &clip[..100]);
    write_wav(&place.path().join("empty.wav"), 1, 16_000, &[]);
    let run =
        |further: &[&str]| shared().run_in(place.path(), &[&["denoise", &noisy, "--out", "out.wav"], further].concat());
    run(&["--mode", "stationary", "--noise", "clip.wav"]).must_succeed();
    fs::remove_file(place.path().join("out.wav")).expect("a result");
    for (further, problem) in [
        (&["--mode", "stationary", "--noise", "tiny.wav"][..], "error: tiny.wav: 0.00 s is too short"),
        (&["--mode", "stationary", "--noise", "empty.wav"], "error: empty.wav: "),
        (&["--noise", "clip.wav"], "error: setting `--noise`: expected the mode `stationary`"),
        (&["--plot", "p.png"], "error: setting `--plot`: expected a file name that ends in .svg, found p.png"),
        (&["--mode", "loud"], "error: invalid value 'loud'"),
    ] {
        let run = run(further);
        assert!(run.code != 0 && run.stdout.is_empty() && run.stderr.contains(problem), "{}", run.stderr);
        assert!(!place.path().join("out.wav").exists());
    }
    let run = shared().run_in(place.path(), &["denoise", &noisy, "--out", "out.mp3"]);
    assert!(run.code == 1 && run.stderr.contains("expected a file name that ends in .wav, found out.mp3"));
}

#[test]
fn features_are_measured_after_it_and_a_model_keeps_it() {
    let shop = shared();
    let take = shop.recording(0);
    let features = |further: &[&str]| {
        let run = shop.run(&[&["features", &take, "--set", "classic"], further].concat()).must_succeed();
        run.stdout
    };
    let plain = features(&[]);
    assert_eq!(features(&["--denoise", "none", "--level", "none"]), plain);
    assert_ne!(features(&["--denoise", "nonstationary"]), plain);
    assert_ne!(features(&["--level", "loudness"]), plain);
    let place = tempfile::tempdir().expect("a folder");
    let model = place.path().join("model").display().to_string();
    shop.train(&["--denoise", "violin", "--level", "peak", "--out", &model]).must_succeed();
    let meta = fs::read_to_string(place.path().join("model/meta.json")).expect("settings");
    let meta: serde_json::Value = serde_json::from_str(&meta).expect("JSON");
    let audio = &meta["settings"]["audio"];
    assert_eq!((&audio["denoise"], &audio["level"]), (&"violin".into(), &"peak".into()), "{meta}");
    shop.run(&["predict", &take, "--model", &model]).must_succeed();
}
