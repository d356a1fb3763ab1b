//! The whole feature vector: against the Python stack, against answers known beforehand, and what must hold for any
//! recording.

use std::f64::consts::TAU;
use std::fs;

use proptest::prelude::*;
use violin_emotion::WarningKind;
use violin_emotion::audio::{AudioSettings, Recording};
use violin_emotion::features::{
    Catalog, FeatureCache, FeatureSet, FeatureSettings, Measurement, Sequence, Windowing, extract, measure,
};

const RATE: f64 = 44_100.0;

#[derive(serde::Deserialize)]
struct GoldenWindow {
    signal: String,
    values: Vec<f32>,
}

/// Samples of a golden signal: see make_golden_features.py.
const GOLDEN_SAMPLES: usize = 7 * 44_100 + 22_050;
/// A difference this small against how much a feature varies over the windows changes nothing downstream.
const TOLERANCE: f32 = 1e-3;

/// Partials falling as 1 / number; `vibrato` is the depth of a 5.5 Hz phase modulation in radians.
fn tone(t: f64, frequency: f64, partials: u32, vibrato: f64) -> f64 {
    let phase = TAU * frequency * t + vibrato * (TAU * 5.5 * t).sin();
    (1..=partials).map(f64::from).map(|k| (k * phase).sin() / k).sum()
}

fn golden_signal(name: &str) -> Vec<f32> {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    let last = (GOLDEN_SAMPLES - 1) as f64 / RATE;
    let sample = |n: usize| {
        let t = n as f64 / RATE;
        let hiss = noise();
        // Every microphone hisses: see make_golden_features.py.
        let room = 1e-3 * hiss;
        match name {
            "melody" => {
                let step = [0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 11.0, 12.0][n / 8820 % 8];
                let since = t % 0.2;
                let note = tone(t, 293.66 * ((step + 0.13) / 12.0f64).exp2(), 14, 0.0);
                0.2 * note * (1.0 - (-since / 0.01).exp()) * (-since / 0.15).exp() + room
            }
            "swell" => 0.3 * (0.05 + t / last) * tone(t, 440.0 * (-0.21f64 / 12.0).exp2(), 24, 2.0) + room,
            "chord_and_pulse" => {
                let note = |step: f64| tone(t, 196.0 * ((step + 0.3) / 12.0).exp2(), 8, 0.5);
                let chord: f64 = [0.0, 3.0, 7.0].into_iter().map(note).sum();
                0.05 * chord + 0.5 * (-(t % 0.5) / 0.005).exp() * (TAU * 1500.0 * t).sin() + room
            }
            "noise" => 0.1 * hiss * (1.1 + (TAU * t / 0.8).cos()),
            _ => unreachable!("a signal of the golden"),
        }
    };
    (0..GOLDEN_SAMPLES).map(sample).map(|sample| sample as f32).collect()
}

fn classic() -> FeatureSettings {
    FeatureSettings { set: FeatureSet::Classic, ..FeatureSettings::default() }
}

fn notebook() -> FeatureSettings {
    FeatureSettings { windowing: Windowing::Notebook, ..classic() }
}

fn features_of(samples: Vec<f32>, settings: &FeatureSettings) -> Sequence {
    let recording = Recording::new("a test", samples).expect("samples");
    extract(&recording, settings).expect("features")
}

#[test]
fn the_whole_vector_is_that_of_the_python_stack() {
    let golden: Vec<GoldenWindow> = serde_json::from_str(include_str!("../golden/features.json")).expect("a golden");
    let mut ours: Vec<Vec<f32>> = Vec::new();
    for part in golden.chunk_by(|one, next| one.signal == next.signal) {
        let sequence = features_of(golden_signal(&part[0].signal), &notebook());
        assert_eq!(sequence.windows(), part.len());
        ours.extend((0..part.len()).map(|window| sequence.row(window).to_vec()));
    }
    for (column, name) in Catalog::of(FeatureSet::Classic).names().iter().enumerate() {
        let expected: Vec<f64> = golden.iter().map(|window| f64::from(window.values[column])).collect();
        let mean = expected.iter().sum::<f64>() / expected.len() as f64;
        let sd = (expected.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / expected.len() as f64).sqrt();
        for ((ours, expected), window) in ours.iter().zip(&expected).zip(&golden) {
            let apart = (f64::from(ours[column]) - expected).abs();
            let signal = &window.signal;
            assert!(apart <= f64::from(TOLERANCE) * sd, "{name} of {signal}: {}, expected {expected}", ours[column]);
        }
    }
}

fn seconds(seconds: f64, sample: impl FnMut(f64) -> f64) -> Vec<f32> {
    let times = (0..(seconds * RATE) as usize).map(|n| n as f64 / RATE);
    times.map(sample).map(|sample| sample as f32).collect()
}

fn hiss(length: f64, level: f64, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    seconds(length, |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        level * (f64::from(state >> 8) / f64::from(1 << 23) - 1.0)
    })
}

/// The first window's value of a feature.
fn value(sequence: &Sequence, name: &str) -> f32 {
    let column = Catalog::of(FeatureSet::Classic)
        .names()
        .iter()
        .position(|other| other == name)
        .expect("a feature of this name");
    sequence.row(0)[column]
}

fn values<'a>(sequence: &'a Sequence, group: &str) -> &'a [f32] {
    &sequence.row(0)[Catalog::of(FeatureSet::Classic).columns(group)]
}

fn assert_near(found: f32, expected: f32, tolerance: f32) {
    assert!((found - expected).abs() <= tolerance, "{found}, expected {expected} ± {tolerance}");
}

#[test]
fn a_tone_is_measured_as_what_it_is() {
    let a = features_of(seconds(3.0, |t| 0.5 * (TAU * 440.0 * t).sin()), &classic());
    // Frames at both ends reach into the padding.
    assert_near(value(&a, "zcr_mean"), 2.0 * 440.0 / 44_100.0, 2e-4);
    assert_near(value(&a, "rms_mean"), 0.5 / 2f32.sqrt(), 3e-3);
    assert_near(value(&a, "centroid_mean"), 440.0, 25.0);
    assert!(value(&a, "flatness_mean") < 1e-3);
    let chroma = values(&a, "chroma_mean");
    let strongest = (0..12).max_by(|&one, &other| chroma[one].total_cmp(&chroma[other]));
    assert_eq!(strongest, Some(9), "A is the tenth pitch class from C: {chroma:?}");
}

#[test]
fn noise_is_flat_and_wide() {
    let noise = features_of(hiss(3.0, 0.3, 5), &classic());
    // Half of 22 050 Hz; the spread of a uniform spectrum is its width ÷ √12; of independent samples every second pair
    // changes sign; the geometric over the arithmetic mean of exponential power is e^−γ.
    assert_near(value(&noise, "centroid_mean"), 11_025.0, 200.0);
    assert_near(value(&noise, "bandwidth_mean"), 22_050.0 / 12f32.sqrt(), 200.0);
    assert_near(value(&noise, "zcr_mean"), 0.5, 0.01);
    assert_near(value(&noise, "flatness_mean"), 0.5615, 0.02);
    assert_near(value(&noise, "rms_mean"), 0.3 / 3f32.sqrt(), 0.005);
}

#[test]
fn pulses_have_their_tempo_and_a_crescendo_its_curve() {
    let pulses = seconds(6.0, |t| (-(t % 0.5) / 0.01).exp() * (TAU * 900.0 * t).sin());
    let settings = FeatureSettings { window_s: 6.0, ..classic() };
    // 120 a minute; lags are whole frames of 11.6 ms, the nearest is 43.
    assert_near(value(&features_of(pulses, &settings), "tempo"), 60.0 * 44_100.0 / 512.0 / 43.0, 0.1);
    let swell = features_of(seconds(3.0, |t| t / 3.0 * (TAU * 330.0 * t).sin()), &classic());
    let curve = values(&swell, "rms_curve");
    assert!(curve[..19].windows(2).all(|pair| pair[0] < pair[1]), "{curve:?}");
    assert_near(curve[10], 10.0 / 19.0 / 2f32.sqrt(), 0.01);
}

#[test]
fn whatever_is_played_every_feature_is_a_number() {
    let click = |length: f64, at: f64| seconds(length, move |t| if (t - at).abs() < 0.5 / RATE { 1.0 } else { 0.0 });
    let cases = [
        ("silence", seconds(3.0, |_| 0.0)),
        ("half a second of silence", seconds(0.5, |_| 0.0)),
        ("half a second of a tone", seconds(0.5, |t| (TAU * 196.0 * t).sin())),
        ("half a second of noise", hiss(0.5, 1.0, 1)),
        ("noise", hiss(3.2, 1.0, 2)),
        ("noise in the last bit", hiss(3.0, 1.0 / 32_768.0, 3)),
        ("a constant", seconds(3.0, |_| 0.7)),
        ("a click", click(3.0, 1.0)),
        ("a click at the start", click(3.0, 0.0)),
        ("a square wave at full scale", seconds(3.0, |t| (TAU * 440.0 * t).sin().signum())),
        (
            "every second sample",
            seconds(3.0, |t| if ((t * RATE).round() as usize).is_multiple_of(2) { 1.0 } else { -1.0 }),
        ),
        ("silence, then a tone", seconds(4.0, |t| if t < 2.0 { 0.0 } else { (TAU * 440.0 * t).sin() })),
        ("ten times full scale", seconds(3.0, |t| 10.0 * (TAU * 440.0 * t).sin())),
        ("barely more than nothing", seconds(3.0, |t| 1e-30 * (TAU * 440.0 * t).sin())),
    ];
    for (name, samples) in cases {
        let sequence = features_of(samples.clone(), &classic());
        for window in 0..sequence.windows() {
            for (name_of_feature, value) in Catalog::of(FeatureSet::Classic).names().iter().zip(sequence.row(window)) {
                assert!(value.is_finite(), "{name}: {name_of_feature} is {value}");
            }
        }
        assert_eq!(sequence, features_of(samples, &classic()), "{name}: measured twice");
    }
}

#[test]
fn a_recordings_gain_moves_only_what_speaks_of_level() {
    let samples = golden_signal("melody");
    let loud = features_of(samples.clone(), &notebook());
    // A power of two: no sample is rounded.
    let quiet = features_of(samples.iter().map(|sample| sample / 4.0).collect(), &notebook());
    for group in ["chroma_mean", "tonnetz_mean", "centroid_mean", "bandwidth_mean", "zcr_mean", "zcr_curve"] {
        for (one, other) in values(&loud, group).iter().zip(values(&quiet, group)) {
            assert_near(*other, *one, 1e-4 * one.abs().max(1e-2));
        }
    }
    for group in ["rms_mean", "rms_sd", "rms_curve"] {
        for (one, other) in values(&loud, group).iter().zip(values(&quiet, group)) {
            assert_near(*other, one / 4.0, 1e-6);
        }
    }
    assert_eq!(value(&quiet, "tempo"), value(&loud, "tempo"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// A window's features are those of its samples alone: nothing is carried from window to window.
    #[test]
    fn a_window_knows_nothing_of_its_neighbours(length in 0.5f64..5.0, window in 0.5f64..2.0, hop in 0.3f64..2.0, seed: u32) {
        let mut samples = hiss(length, 0.2, seed);
        samples.iter_mut().enumerate().for_each(|(n, sample)| *sample *= (n as f32 / 9000.0).sin());
        let settings = FeatureSettings { window_s: window, hop_s: hop, ..classic() };
        let whole = features_of(samples.clone(), &settings);
        let sample = |seconds: f64| (seconds * RATE).round() as usize;
        prop_assert_eq!(sample(whole.spans()[whole.windows() - 1].end_s), samples.len());
        for (window, span) in whole.spans().iter().enumerate() {
            let cut = samples[sample(span.start_s)..sample(span.end_s)].to_vec();
            let alone = features_of(cut, &FeatureSettings { window_s: 5.0, ..settings.clone() });
            prop_assert_eq!(alone.windows(), 1);
            prop_assert_eq!(alone.row(0), whole.row(window));
        }
    }
}

#[test]
fn the_cache_knows_a_recording_by_its_bytes_and_its_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, frequency: f64| {
        let path = folder.path().join(name);
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 44_100,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(&path, spec).expect("a file");
        for sample in seconds(1.0, |t| 9000.0 * (TAU * frequency * t).sin()) {
            file.write_sample(sample as i16).expect("a sample");
        }
        file.finalize().expect("a file");
        path
    };
    let kept = folder.path().join("cache");
    let cache = FeatureCache::open(&kept).expect("a cache");
    let entries = || {
        let mut paths: Vec<_> =
            fs::read_dir(&kept).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
        paths.sort();
        paths
    };
    let features = classic();
    let ask = |path: &std::path::Path, features: &FeatureSettings| -> Measurement {
        measure(path, &AudioSettings::default(), features, Some(&cache)).expect("features")
    };

    let path = write("a.wav", 440.0);
    let fresh = measure(&path, &AudioSettings::default(), &features, None).expect("features");
    assert_eq!(ask(&path, &features), fresh);
    let first = entries();
    assert_eq!(first.len(), 1);
    let written = fs::read(&first[0]).expect("an entry");

    // Found again, under another name too, and not written anew.
    let renamed = folder.path().join("b.wav");
    fs::rename(&path, &renamed).expect("renamed");
    assert_eq!(ask(&renamed, &features), fresh);
    assert_eq!(entries(), first);

    // Damaged in any place: measured and written anew, to the same bytes.
    for damage in [b"".as_slice(), b"{}", &written[..written.len() / 2]] {
        fs::write(&first[0], damage).expect("damaged");
        assert_eq!(ask(&renamed, &features), fresh);
        assert_eq!(fs::read(&first[0]).expect("an entry"), written);
    }
    let begin = 8 + u64::from_le_bytes(written[..8].try_into().expect("a length")) as usize;
    for at in [begin, begin + 300, written.len() - 1] {
        // One bit of one number, and a number that is none.
        let mut flipped = written.clone();
        flipped[at] ^= 1;
        let mut broken = written.clone();
        broken[at / 4 * 4..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
        for damage in [flipped, broken] {
            fs::write(&first[0], damage).expect("damaged");
            assert_eq!(ask(&renamed, &features), fresh, "at {at}");
            assert_eq!(fs::read(&first[0]).expect("an entry"), written, "at {at}");
        }
    }
    // What it says of the recording is held by the checksum, too.
    let said = String::from_utf8_lossy(&written[8..begin]).replacen("1.00 s long", "9.00 s long", 1);
    let forged = [&written[..8], said.as_bytes(), &written[begin..]].concat();
    assert!(forged.len() == written.len() && forged != written, "{said}");
    fs::write(&first[0], forged).expect("damaged");
    assert_eq!(ask(&renamed, &features), fresh);

    // Other settings and other bytes are other entries.
    let other = ask(&renamed, &FeatureSettings { window_s: 0.6, hop_s: 0.3, ..features.clone() });
    assert_ne!(other.sequence, fresh.sequence);
    assert_eq!(other.sound, fresh.sound);
    assert_eq!(entries().len(), 2);
    assert_ne!(ask(&write("b.wav", 441.0), &features).sound, fresh.sound);
    assert_eq!(entries().len(), 3);
}

#[test]
fn a_recording_shorter_than_a_window_says_so() {
    let recording =
        |length: f64| Recording::new("a test", seconds(length, |t| (TAU * 440.0 * t).sin())).expect("samples");
    let settings = classic();
    let noticed = |length: f64, settings: &FeatureSettings| {
        extract(&recording(length), settings).expect("features").warnings().to_vec()
    };
    let warning = noticed(0.6, &settings).remove(0);
    let message = "0.60 s long, shorter than a window of 3 s: measured as one window of its length";
    assert_eq!((warning.kind, &*warning.message), (WarningKind::Short, message));
    assert_eq!(noticed(3.0, &settings), []);
    let whole = FeatureSettings { windowing: Windowing::Whole, ..classic() };
    assert_eq!(noticed(0.6, &whole), [], "one window is what was asked for");
}

#[test]
fn what_cannot_be_cut_into_windows_is_named() {
    let recording = |name: &str, length: f64| Recording::new(name, seconds(length, |_| 0.1)).expect("samples");
    let error = extract(&recording("clips/a.wav", 3.0), &notebook()).expect_err("no window");
    assert_eq!(error.to_string(), "clips/a.wav: expected more than 3 s for the notebook's windowing, found 3.000 s");
    assert!(error.hint().is_some_and(|hint| hint.starts_with("use --windowing cover")));
    let error = extract(&recording("b.wav", 0.3), &classic()).expect_err("too short");
    assert_eq!(error.to_string(), "b.wav: expected at least 0.5 s, found 0.30 s");
}
