//! The set `violin`: every feature against the cue that was rendered, what does not move it, and what is missing.

use std::path::Path;

use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::features::{Catalog, FeatureSet, FeatureSettings, Sequence, Windowing, extract};
use violin_emotion::notes::PitchRange;
use violin_emotion::synth::{CUES, Cues, add_room, phrase, render};

/// Renders with nine values of a cue over its range; each is heard in two melodies.
const STEPS: usize = 9;
const MELODIES: u64 = 2;
const ROOM_DB: f64 = -16.0;

fn settings(windowing: Windowing) -> FeatureSettings {
    FeatureSettings { set: FeatureSet::Violin, windowing, ..FeatureSettings::default() }
}

fn summary(samples: Vec<f32>) -> Sequence {
    let recording = Recording::new("rendered", samples).expect("samples");
    extract(&recording, &settings(Windowing::Whole)).expect("features")
}

fn take(cues: &Cues, duration_s: f64, seed: u64) -> Vec<f32> {
    let mut samples = render(&phrase(cues, duration_s, seed), seed);
    add_room(&mut samples, ROOM_DB);
    samples
}

fn value(sequence: &Sequence, window: usize, name: &str) -> f32 {
    sequence.row(window)[Catalog::of(FeatureSet::Violin).columns(name).start]
}

/// Spearman's rank correlation of values without ties.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let rank = |value: f64| pairs.iter().filter(|other| of(other) < value).count() as f64;
        pairs.iter().map(|pair| rank(of(pair))).collect()
    };
    let (one, other) = (ranks(|pair| pair.0), ranks(|pair| pair.1));
    let count = pairs.len() as f64;
    let squares: f64 = one.iter().zip(&other).map(|(a, b)| (a - b).powi(2)).sum();
    1.0 - 6.0 * squares / (count * (count * count - 1.0))
}

/// A cue, the feature that is named for it, and what else is played so that it can be heard.
fn pairs() -> Vec<(&'static str, &'static str, Cues)> {
    let plain = Cues::default();
    let slurred = Cues { articulation: 1.0, ..plain };
    let separate = Cues { articulation: 0.6, ..plain };
    vec![
        ("note_rate", "note_rate_per_s", plain),
        ("level_variability_db", "note_level_spread_db", plain),
        ("register_semitones", "pitch_semitones", plain),
        ("articulation", "articulation", plain),
        ("attack_s", "attack_s", Cues { note_rate: 2.0, ..separate }),
        ("vibrato_rate_hz", "vibrato_rate_hz", Cues { note_rate: 1.5, ..plain }),
        ("vibrato_extent_cents", "vibrato_extent_cents", Cues { note_rate: 1.5, ..plain }),
        ("vibrato_delay_s", "vibrato_delay_s", Cues { note_rate: 1.2, vibrato_extent_cents: 30.0, ..plain }),
        ("brightness_db_per_octave", "brightness_db_per_octave", plain),
        ("bow_noise_db", "bow_noise_db", plain),
        ("timing_variability", "timing_deviation", separate),
        ("intonation_cents", "intonation_spread_cents", separate),
        ("portamento_share", "slides_per_s", slurred),
        ("portamento_s", "slide_s", Cues { portamento_share: 0.8, ..slurred }),
    ]
}

/// Least rank correlation of a feature's mean over the melodies with its cue; both rise, but for the chance of the player.
const RISES: f64 = 0.95;

#[test]
fn every_feature_rises_with_the_cue_it_is_named_for() {
    for (name, feature, base) in pairs() {
        let cue = CUES.iter().find(|cue| cue.name == name).expect("a cue");
        let heard: Vec<(f64, f64)> = (0..STEPS)
            .map(|step| {
                let played = cue.low + (cue.high - cue.low) * step as f64 / (STEPS - 1) as f64;
                let mut cues = base;
                (cue.set)(&mut cues, played);
                let heard = (0..MELODIES).map(|seed| value(&summary(take(&cues, 20.0, seed)), 0, feature));
                let heard: Vec<f64> = heard.filter(|value| !value.is_nan()).map(f64::from).collect();
                (played, heard.iter().sum::<f64>() / heard.len() as f64)
            })
            .filter(|(_, heard)| heard.is_finite())
            .collect();
        let rises = rank_correlation(&heard);
        println!("{name} → {feature}: {rises:.3} of {heard:.3?}");
        assert!(heard.len() >= STEPS - 1, "{feature} is missing: {heard:?}");
        assert!(rises >= RISES, "{feature}: {rises}");
    }
}

#[test]
fn the_mode_is_heard() {
    for seed in 0..6 {
        let mode = |mode: f64| value(&summary(take(&Cues { mode, ..Cues::default() }, 20.0, seed)), 0, "mode");
        let (major, minor) = (mode(1.0), mode(-1.0));
        assert!(major > minor, "melody {seed}: {major} in major, {minor} in minor");
    }
}

/// How far a feature may move, in units of its own, when the recording is 20 dB softer: the notes' boundaries move by a
/// moment where the silence is near the bottom of 32 bits.
const MOVES: f32 = 1e-3;

#[test]
fn a_recordings_gain_moves_nothing() {
    let samples = take(&Cues { articulation: 0.7, ..Cues::default() }, 12.0, 3);
    let recording = |gain: f32| Recording::new("rendered", samples.iter().map(|sample| gain * sample).collect());
    let features = |gain| extract(&recording(gain).expect("samples"), &settings(Windowing::Cover)).expect("features");
    let (loud, soft) = (features(1.0), features(0.1));
    for (column, name) in Catalog::of(FeatureSet::Violin).names().iter().enumerate() {
        for window in 0..loud.windows() {
            let (loud, soft) = (loud.row(window)[column], soft.row(window)[column]);
            let same = loud.is_nan() && soft.is_nan() || (loud - soft).abs() <= MOVES * loud.abs().max(1.0);
            assert!(same, "{name} in window {window}: {loud}, 20 dB softer {soft}");
        }
    }
}

#[test]
fn where_nothing_is_played_everything_is_missing_and_nothing_is_zero() {
    let catalog = Catalog::of(FeatureSet::Violin);
    let silence = summary(vec![0.0; 44_100]);
    let mut state = 1u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.2 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
    });
    let noise = summary(noise.take(88_200).collect());
    for sequence in [silence, noise] {
        for (name, value) in catalog.names().iter().zip(sequence.row(0)) {
            assert!(value.is_nan(), "{name} is {value}");
        }
    }
    assert!(catalog.groups().all(|group| group.missing.is_some()), "every feature says why it may be missing");
}

#[test]
fn the_window_is_the_recording_or_a_part_of_it() {
    let samples = take(&Cues::default(), 9.0, 5);
    let recording = Recording::new("rendered", samples).expect("samples");
    let whole = extract(&recording, &settings(Windowing::Whole)).expect("features");
    let cover = extract(&recording, &settings(Windowing::Cover)).expect("features");
    assert_eq!((whole.windows(), cover.windows()), (1, 5));
    // Every window of 9 s hears the same 12 s around it.
    for window in 0..cover.windows() {
        if (cover.spans()[window].start_s - 3.0).abs() < 0.1 {
            assert_eq!(value(&cover, window, "mode"), value(&whole, 0, "mode"));
        }
    }
    let both = FeatureSettings { set: FeatureSet::All, ..settings(Windowing::Cover) };
    let both = extract(&recording, &both).expect("features");
    for window in 0..cover.windows() {
        let part = &both.row(window)[138..138 + cover.width()];
        for (one, other) in part.iter().zip(cover.row(window)) {
            assert!(one == other || one.is_nan() && other.is_nan());
        }
    }
}

#[test]
fn another_instrument_is_another_range() {
    let low = Cues { register_semitones: -24.0, ..Cues::default() };
    let samples = take(&low, 8.0, 2);
    let heard = |range: PitchRange| {
        let recording = Recording::new("rendered", samples.clone()).expect("samples");
        let settings = FeatureSettings { pitch_range: range, ..settings(Windowing::Whole) };
        value(&extract(&recording, &settings).expect("features"), 0, "pitch_semitones")
    };
    let cello = PitchRange::parse("C2-C6").expect("a range");
    assert!(heard(cello) >= 36.0);
    let wrong =
        FeatureSettings { pitch_range: PitchRange { low_hz: 500.0, high_hz: 100.0 }, ..settings(Windowing::Whole) };
    let error = wrong.check().expect_err("a falling range");
    assert!(error.to_string().contains("features.pitch_range"), "{error}");
}

#[test]
fn recorded_phrases_are_measured() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/violin/bach_violin_phrases");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return;
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "wav"));
    let mut count = 0;
    for path in paths {
        let recording = audio::open(&path, &AudioSettings::default()).expect("a recording");
        let sequence = extract(&recording, &settings(Windowing::Whole)).expect("features");
        let rate = value(&sequence, 0, "note_rate_per_s");
        assert!((0.5..15.0).contains(&rate), "{}: {rate} notes a second", path.display());
        let pitch = value(&sequence, 0, "pitch_semitones");
        assert!((55.0..95.0).contains(&pitch), "{}: mean pitch {pitch}", path.display());
        count += 1;
    }
    assert!(count > 0, "no recordings in {}", folder.display());
}
