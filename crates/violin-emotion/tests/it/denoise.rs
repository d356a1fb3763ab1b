//! Noise reduction: against noisereduce, on signals with known answers, on bad input, on recorded phrases.

use std::f64::consts::TAU;
use std::path::Path;

use violin_emotion::WarningKind;
use violin_emotion::audio::{self, AudioSettings, Denoise, Recording, Removal, decode_bytes, denoise};
use violin_emotion::notes::{PitchRange, find};

const RATE: f64 = 44_100.0;
const MODES: [Denoise; 3] = [Denoise::Violin, Denoise::Stationary, Denoise::Nonstationary];

/// A thousandth of the output's own level, −60 dB: single precision on one side, and bins that stand at a threshold.
const AS_NOISEREDUCE: f64 = 1e-3;
/// What a held note may lose, dB.
const HELD_DB: f64 = 0.5;
/// What hiss in rests must lose, dB.
const HISS_DB: f64 = 10.0;
/// What a clean phrase may lose, dB, and the least F1 of its onsets.
const CLEAN_DB: f64 = 1.0;
const CLEAN_F1: f64 = 0.95;

#[derive(serde::Deserialize)]
struct Golden {
    outputs: Vec<Output>,
}

#[derive(serde::Deserialize)]
struct Output {
    samples: usize,
    step: usize,
    mode: String,
    values: Vec<f64>,
}

fn hiss(samples: usize) -> Vec<f64> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    (0..samples).map(|_| next()).collect()
}

/// See make_golden_denoise.py.
fn golden_signal(samples: usize) -> Vec<f32> {
    let sample = |(n, hiss): (usize, f64)| {
        let t = n as f64 / RATE;
        let frequency = [293.66, 440.0, 659.26, 880.0][n / 44_100 % 4];
        let partial = |k: f64| (TAU * frequency * k * t + 0.4 * k * (TAU * 5.5 * t).sin()).sin() / k;
        let sounds = if n % 44_100 < 35_280 { 0.1 } else { 0.0 };
        (sounds * (1..=6).map(|k| partial(f64::from(k))).sum::<f64>() + 0.01 * hiss) as f32
    };
    hiss(samples).into_iter().enumerate().map(sample).collect()
}

fn tone(hz: f64, seconds: f64) -> Vec<f32> {
    let partial = |n: usize, k: f64| (TAU * hz * k * n as f64 / RATE).sin() / k;
    let sample = |n: usize| 0.2 * (1..=8).map(|k| partial(n, f64::from(k))).sum::<f64>();
    (0..(seconds * RATE) as usize).map(|n| sample(n) as f32).collect()
}

fn reduce(samples: &[f32], mode: Denoise) -> (Recording, Removal) {
    let mut recording = Recording::new("take", samples.to_vec()).expect("finite samples");
    let removal = denoise(&mut recording, mode, None).expect("no clip, so no error");
    assert_eq!(recording.samples().len(), samples.len());
    assert!(recording.samples().iter().all(|sample| sample.is_finite()), "{mode:?}");
    (recording, removal)
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

fn loss_db(before: &[f32], after: &[f32]) -> f64 {
    10.0 * (energy(before) / energy(after)).log10()
}

fn kinds(recording: &Recording) -> Vec<WarningKind> {
    recording.warnings().iter().map(|warning| warning.kind).collect()
}

#[test]
fn both_gates_are_noisereduces_also_across_chunks_and_with_a_clip() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/denoise.json")).expect("the golden file");
    let clip: Vec<f32> = hiss(30_000).into_iter().map(|hiss| (0.012 * hiss) as f32).collect();
    let clip = Recording::new("noise", clip).expect("a clip");
    for golden in golden.outputs {
        let mut recording = Recording::new("golden", golden_signal(golden.samples)).expect("finite samples");
        let (mode, noise) = match golden.mode.as_str() {
            "stationary" => (Denoise::Stationary, None),
            "clip" => (Denoise::Stationary, Some(&clip)),
            _ => (Denoise::Nonstationary, None),
        };
        denoise(&mut recording, mode, noise).expect("a removal");
        let found = recording.samples().iter().step_by(golden.step);
        let pairs = found.map(|sample| f64::from(*sample)).zip(golden.values);
        let (error, size) = pairs.fold((0.0, 0.0), |(error, size), (found, expected)| {
            (error + (found - expected).powi(2), size + expected * expected)
        });
        let error: f64 = f64::sqrt(error / size);
        println!("{} of {} samples: relative error {error:.1e}", golden.mode, golden.samples);
        assert!(error < AS_NOISEREDUCE, "{} of {} samples: {error}", golden.mode, golden.samples);
    }
}

#[test]
fn held_notes_stay_and_their_hiss_goes() {
    for hz in [196.0, 440.0, 1318.5] {
        let note = tone(hz, 10.0);
        let (after, removal) = reduce(&note, Denoise::Violin);
        let lost = loss_db(&note, after.samples());
        assert!(lost < HELD_DB && removal.tone_loss_db < HELD_DB && kinds(&after).is_empty(), "{hz} Hz: {lost} dB");
    }
    // What the warning is for.
    let (after, removal) = reduce(&tone(440.0, 10.0), Denoise::Nonstationary);
    assert!(removal.tone_loss_db > 20.0 && kinds(&after) == [WarningKind::ToneTouched], "{removal:?}");
}

#[test]
fn hiss_falls_in_rests_and_a_dying_note_dies_as_before() {
    let half = 22_050;
    let hiss = hiss(10 * 2 * half);
    let dying = |n: usize| if (n / half).is_multiple_of(2) { (-((n % half) as f64) / 4_410.0).exp() } else { 0.0 };
    let clean: Vec<f32> = tone(440.0, 10.0).iter().enumerate().map(|(n, x)| x * dying(n) as f32).collect();
    let noisy: Vec<f32> = clean.iter().zip(&hiss).map(|(x, hiss)| x + (0.003 * hiss) as f32).collect();
    let (after, removal) = reduce(&noisy, Denoise::Violin);
    let rest = |n: usize| n / half % 2 == 1 && (half / 4..3 * half / 4).contains(&(n % half));
    let only = |samples: &[f32], keep: &dyn Fn(usize) -> bool| -> Vec<f32> {
        samples.iter().enumerate().map(|(n, x)| if keep(n) { *x } else { 0.0 }).collect()
    };
    let fallen = loss_db(&only(&noisy, &rest), &only(after.samples(), &rest));
    assert!(fallen >= HISS_DB, "{fallen} dB");
    // From 0.2 to 0.3 s the note has fallen by 17 to 26 dB.
    let tail = |n: usize| (n / half).is_multiple_of(2) && (8_820..13_230).contains(&(n % half));
    let (clean, kept) = (only(&clean, &tail), only(after.samples(), &tail));
    assert!(loss_db(&clean, &kept).abs() < HELD_DB, "{} dB", loss_db(&clean, &kept));
    assert!(removal.removed_db.is_some_and(|level| (-40.0..-15.0).contains(&level)), "{removal:?}");
}

#[test]
fn bad_input_has_a_result_and_a_word() {
    let white: Vec<f32> = hiss(88_200).into_iter().map(|hiss| (0.1 * hiss) as f32).collect();
    let click: Vec<f32> = (0..88_200).map(|n| if n == 40_000 { 0.9 } else { 0.0 }).collect();
    for mode in MODES {
        let (after, removal) = reduce(&vec![0.0; 88_200], mode);
        assert!(after.samples().iter().all(|sample| *sample == 0.0) && removal.removed_db.is_none(), "{mode:?}");
        // In noise alone, what is strongest is noise, and that goes: this is said.
        let (after, removal) = reduce(&white, mode);
        assert!(kinds(&after) == [WarningKind::ToneTouched] && removal.tone_loss_db > 3.0, "{mode:?}: {removal:?}");
        reduce(&click, mode);
        reduce(&[0.5; 30_000], mode);
        let clipped: Vec<f32> = tone(440.0, 2.0).iter().map(|sample| (8.0 * sample).clamp(-1.0, 1.0)).collect();
        reduce(&clipped, mode);
        for samples in [1, 700, 1_500, 22_050] {
            reduce(&tone(440.0, 1.0)[..samples], mode);
        }
    }
    let (after, _) = reduce(&click, Denoise::Violin);
    assert!((after.samples()[40_000] - 0.9).abs() < 1e-3);
    let offset: Vec<f32> = tone(440.0, 4.0).iter().map(|sample| sample + 0.3).collect();
    let (after, _) = reduce(&offset, Denoise::Violin);
    assert!(loss_db(&offset, after.samples()).abs() < HELD_DB);
    let (short, removal) = reduce(&tone(440.0, 0.03), Denoise::Violin);
    assert!(kinds(&short) == [WarningKind::Short] && removal.removed_db.is_none());
}

#[test]
fn a_clip_of_noise_that_cannot_be_used_is_an_error() {
    let take = || Recording::new("take", tone(440.0, 1.0)).expect("samples");
    let clip = |samples| Recording::new("noise", vec![0.01; samples]).expect("samples");
    let error = denoise(&mut take(), Denoise::Stationary, Some(&clip(1_000))).expect_err("too short");
    assert_eq!(error.to_string(), "expected a clip of noise of at least 1024 samples, found 1000");
    for mode in [Denoise::None, Denoise::Violin, Denoise::Nonstationary] {
        let error = denoise(&mut take(), mode, Some(&clip(44_100))).expect_err("no use for it");
        assert!(error.to_string().starts_with("setting `--noise`: expected the mode `stationary`"), "{error}");
    }
    assert!(denoise(&mut take(), Denoise::Stationary, Some(&clip(1_024))).is_ok());
}

#[test]
fn reading_a_file_applies_it_and_older_settings_have_none() {
    let noisy: Vec<f32> = tone(440.0, 2.0).iter().zip(hiss(88_200)).map(|(x, hiss)| x + (0.01 * hiss) as f32).collect();
    let bytes = crate::audio::wav_of(&noisy);
    let settings = AudioSettings { denoise: Denoise::Violin, ..Default::default() };
    let read = |settings: &AudioSettings| decode_bytes("take.wav", bytes.clone(), settings).expect("a recording");
    assert_eq!(read(&AudioSettings::default()).samples(), noisy);
    assert_eq!(read(&settings).samples(), reduce(&noisy, Denoise::Violin).0.samples());
    let old: AudioSettings = serde_json::from_str(r#"{"max_bytes": 5}"#).expect("settings");
    assert_eq!(old.denoise, Denoise::None);
    let json = serde_json::to_value(&settings).expect("JSON");
    assert_eq!((&json["denoise"], &json["level"]), (&"violin".into(), &"none".into()));
}

#[test]
fn recorded_phrases_keep_their_level_and_their_onsets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/violin/bach_violin_phrases");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    // Every fifth: examples/denoise_table.rs has all.
    for path in paths.iter().filter(|path| path.extension().is_some_and(|found| found == "wav")).step_by(5) {
        let before = audio::open(path, &AudioSettings::default()).expect("a recording");
        let (after, _) = reduce(before.samples(), Denoise::Violin);
        let lost = loss_db(before.samples(), after.samples());
        let onsets = |recording: &Recording| -> Vec<f32> {
            find(recording, PitchRange::VIOLIN).notes.iter().map(|note| note.onset_s).collect()
        };
        let (one, other) = (onsets(&before), onsets(&after));
        let near = |onset: &&f32| other.iter().any(|found| (found - **onset).abs() <= 0.05);
        let f1 = 2.0 * one.iter().filter(near).count() as f64 / (one.len() + other.len()) as f64;
        println!("{}: {lost:.3} dB lost, onsets {f1:.3}", path.display());
        assert!(lost.abs() < CLEAN_DB && f1 >= CLEAN_F1, "{}: {lost} dB, {f1}", path.display());
    }
}
