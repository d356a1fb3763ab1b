//! Copies: what they keep of the recording and what they change, by our own ears; bad input; where they may be learned from.

#[path = "augment/corpus.rs"]
mod corpus;
#[path = "augment/recorded.rs"]
mod recorded;

use violin_emotion::audio::augment::{AugmentSettings, Augmentation, NoiseColour};
use violin_emotion::audio::{AudioSettings, Recording, SAMPLE_RATE};
use violin_emotion::notes::{Note, PitchRange, find};
use violin_emotion::synth::{self, Phrase, render};

/// The bar for pitch; tones and rendered notes keep to it.
const PITCH_CENTS: f32 = 3.0;
/// The bar for energy.
const ENERGY_DB: f64 = 0.5;
/// What our ears are good to: rates to a few hundredths of a Hz, half widths to a cent.
const RATE_HZ: f32 = 0.12;
const EXTENT_CENTS: f32 = 2.0;

pub fn copies(samples: &[f32], settings: &AugmentSettings) -> Vec<(String, Recording)> {
    let recording = Recording::new("take", samples.to_vec()).expect("samples");
    let augmentation = Augmentation::open(settings, &AudioSettings::default()).expect("settings");
    let copy = |change| (format!("{change}"), augmentation.copy(&recording, change).expect("a copy"));
    augmentation.changes().iter().map(copy).collect()
}

pub fn power_db(samples: &[f32]) -> f64 {
    10.0 * (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).log10()
}

fn vibrato_note(pitch: f64) -> Vec<f32> {
    let note = synth::Note {
        pitch,
        interval_s: 3.0,
        sounding_s: 2.8,
        vibrato_extent_cents: 25.0,
        vibrato_rate_hz: 5.5,
        ..synth::Note::default()
    };
    render(&Phrase::of(note), 3)
}

fn the_note(samples: &[f32]) -> Note {
    let recording = Recording::new("note", samples.to_vec()).expect("samples");
    let notes = find(&recording, PitchRange::VIOLIN).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    notes[0]
}

#[test]
fn vibrato_notes_keep_what_is_not_changed() {
    let settings = AugmentSettings { speed: vec![1.1], ..AugmentSettings::usual() };
    for pitch in [57.0, 69.0, 81.0] {
        let samples = vibrato_note(pitch);
        let played = the_note(&samples);
        for (name, copy) in copies(&samples, &settings) {
            let (semitones, rate) = match name.as_str() {
                "pitch -2 semitones" => (-2.0, 1.0),
                "pitch +2 semitones" => (2.0, 1.0),
                "stretch 0.9" => (0.0, 0.9),
                "stretch 1.1" => (0.0, 1.1),
                "speed 1.1" => (12.0 * 1.1f32.log2(), 1.1),
                other => panic!("{other}"),
            };
            let heard = the_note(copy.samples());
            let expected = (samples.len() as f64 / f64::from(rate)).round() as usize;
            assert!(copy.samples().len().abs_diff(expected) <= 1, "{name}: {} samples", copy.samples().len());
            let cents = 100.0 * (heard.pitch - played.pitch - semitones);
            assert!(cents.abs() < PITCH_CENTS, "{name} of {pitch}: {cents} cents");
            let energy_db = power_db(copy.samples()) - power_db(&samples);
            assert!(energy_db.abs() < ENERGY_DB, "{name} of {pitch}: {energy_db} dB");
            let (before, after) = (played.vibrato.expect("vibrato"), heard.vibrato.expect("vibrato"));
            assert!((after.rate_hz - rate * before.rate_hz).abs() < RATE_HZ, "{name} of {pitch}: {after:?}");
            assert!((after.extent_cents - before.extent_cents).abs() < EXTENT_CENTS, "{name} of {pitch}: {after:?}");
            let onset = (heard.onset_s - played.onset_s / rate).abs();
            assert!(onset < 0.02, "{name} of {pitch}: begins {onset} s off");
        }
    }
}

#[test]
fn speed_is_what_a_file_of_another_rate_becomes() {
    // 48.51 kHz read as 44.1 kHz: a tenth faster.
    let samples = vibrato_note(69.0);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_510,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut wav = hound::WavWriter::new(&mut bytes, spec).expect("a header");
    samples.iter().for_each(|sample| wav.write_sample(*sample).expect("a sample"));
    wav.finalize().expect("a file");
    let resampled = violin_emotion::audio::decode_bytes("take.wav", bytes.into_inner(), &AudioSettings::default());
    let sped = copies(&samples, &AugmentSettings { speed: vec![1.1], ..AugmentSettings::default() });
    assert!(sped[0].1.samples() == resampled.expect("a recording").samples());
}

#[test]
fn bad_sound_is_still_a_sound() {
    let second = SAMPLE_RATE as usize;
    let tone = |level: f32| (0..second).map(|n| level * (n as f32 * 0.0627).sin()).collect::<Vec<f32>>();
    let click: Vec<f32> = (0..second).map(|n| if n == second / 2 { 1.0 } else { 0.0 }).collect();
    let offset: Vec<f32> = tone(0.3).iter().map(|sample| sample + 0.2).collect();
    let clipped: Vec<f32> = tone(4.0).iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    let settings = AugmentSettings {
        speed: vec![0.9],
        gain_db: vec![-6.0],
        noise_snr_db: vec![20.0],
        room_s: vec![0.3],
        ..AugmentSettings::usual()
    };
    for (name, samples) in [("silence", vec![0.0; second]), ("click", click), ("offset", offset), ("clipped", clipped)]
    {
        let made = copies(&samples, &settings);
        assert_eq!(made.len(), 8);
        for (change, copy) in made {
            let change_db = match change.as_str() {
                "gain -6 dB" => -6.0,
                _ => 0.0,
            };
            if name == "silence" {
                assert!(copy.samples().iter().all(|sample| *sample == 0.0), "{change}");
            } else if name != "click" && !change.starts_with("room") {
                let energy_db = power_db(copy.samples()) - power_db(&samples) - change_db;
                assert!(energy_db.abs() < ENERGY_DB, "{change} of {name}: {energy_db} dB");
            }
            assert!(copy.samples().iter().all(|sample| sample.abs() < 2.0), "{change} of {name}");
        }
    }
}

#[test]
fn a_copy_that_is_too_short_is_refused_and_says_so() {
    let recording = Recording::new("take.wav", vec![0.1; 22_050]).expect("samples");
    let augmentation = Augmentation::open(&AugmentSettings::usual(), &AudioSettings::default()).expect("settings");
    let said: Vec<String> = augmentation
        .changes()
        .iter()
        .filter_map(|change| augmentation.copy(&recording, change).err().map(|error| error.to_string()))
        .collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("take.wav (stretch 1.1): 0.4545"), "{said:?}");
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    let refused = |change: fn(&mut AugmentSettings)| {
        let mut settings = AugmentSettings::default();
        change(&mut settings);
        Augmentation::open(&settings, &AudioSettings::default()).expect_err("a bad value").to_string()
    };
    for (found, expected) in [
        (refused(|s| s.stretch = vec![0.0]), "setting `augment.stretch`: expected 0.5 to 2, but not 1, found 0"),
        (refused(|s| s.stretch = vec![-1.1]), "setting `augment.stretch`: expected 0.5 to 2, but not 1, found -1.1"),
        (refused(|s| s.speed = vec![1e300]), "setting `augment.speed`: expected 0.5 to 2, but not 1, found 1e300"),
        (refused(|s| s.speed = vec![1.0]), "setting `augment.speed`: expected 0.5 to 2, but not 1, found 1"),
        (
            refused(|s| s.pitch_semitones = vec![f64::NAN]),
            "setting `augment.pitch_semitones`: expected -12 to 12, but not 0, found NaN",
        ),
        (refused(|s| s.gain_db = vec![61.0]), "setting `augment.gain_db`: expected -60 to 60, but not 0, found 61"),
        (refused(|s| s.noise_snr_db = vec![-21.0]), "setting `augment.noise_snr_db`: expected -20 to 100, found -21"),
        (refused(|s| s.room_s = vec![0.0]), "setting `augment.room_s`: expected 0.05 to 10, found 0"),
        (refused(|s| s.stretch = vec![1.1, 1.1]), "setting `augment.stretch`: expected each value once, found 1.1"),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn chance_follows_the_sound_and_the_seed() {
    let settings = |seed| AugmentSettings {
        noise_snr_db: vec![10.0],
        noise: NoiseColour::White,
        room_s: vec![0.2],
        seed,
        ..AugmentSettings::default()
    };
    let samples = vibrato_note(69.0);
    let made = |samples: &[f32], seed| {
        copies(samples, &settings(seed)).into_iter().map(|(_, copy)| copy.samples().to_vec()).collect::<Vec<_>>()
    };
    assert!(made(&samples, 1) == made(&samples, 1));
    for (one, other) in made(&samples, 1).iter().zip(made(&samples, 2)) {
        assert!(*one != other);
    }
    let backwards: Vec<f32> = samples.iter().rev().copied().collect();
    let noise = |noisy: &[f32], plain: &[f32]| noisy.iter().zip(plain).map(|(a, b)| a - b).collect::<Vec<f32>>();
    let (one, other) = (noise(&made(&samples, 1)[0], &samples), noise(&made(&backwards, 1)[0], &backwards));
    assert!(one.iter().zip(&other).any(|(a, b)| (a - b).abs() > 1e-3), "one noise for all recordings could be learned");
}

#[test]
fn recorded_noise_comes_from_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let settings = AugmentSettings {
            noise_snr_db: vec![10.0],
            noise_folder: Some(folder.path().to_path_buf()),
            ..AugmentSettings::default()
        };
        Augmentation::open(&settings, &AudioSettings::default())
    };
    let error = open().expect_err("an empty folder").to_string();
    assert!(error.starts_with("setting `augment.noise_folder`: expected a folder with recordings of noise"), "{error}");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 22_050,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(folder.path().join("hum.wav"), spec).expect("a file");
    (0..22_050).for_each(|n| wav.write_sample((3000.0 * (f64::from(n) * 0.0142).sin()) as i16).expect("a sample"));
    wav.finalize().expect("a file");
    let augmentation = open().expect("a noise");
    let samples = vibrato_note(69.0);
    let recording = Recording::new("take", samples.clone()).expect("samples");
    let noisy = augmentation.copy(&recording, &augmentation.changes()[0]).expect("a copy");
    let noise: Vec<f32> = noisy.samples().iter().zip(&samples).map(|(noisy, sample)| noisy - sample).collect();
    assert!((power_db(&samples) - power_db(&noise) - 10.0).abs() < 0.01);
}
