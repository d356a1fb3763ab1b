//! The set `music` against signals whose answers are known: keys, tempi, registers, voices, swells, and what must move nothing.

use std::f64::consts::TAU;

use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::features::{Catalog, FeatureSet, FeatureSettings, Sequence, Windowing, extract};

const RATE: f64 = 44_100.0;

fn settings(windowing: Windowing) -> FeatureSettings {
    FeatureSettings { set: FeatureSet::Music, windowing, ..FeatureSettings::default() }
}

fn summary(samples: Vec<f32>) -> Sequence {
    let recording = Recording::new("rendered", samples).expect("samples");
    extract(&recording, &settings(Windowing::Whole)).expect("features")
}

fn values<'a>(sequence: &'a Sequence, group: &str) -> &'a [f32] {
    &sequence.row(0)[Catalog::of(FeatureSet::Music).columns(group)]
}

fn value(sequence: &Sequence, name: &str) -> f32 {
    values(sequence, name)[0]
}

fn seconds(seconds: f64, sample: impl FnMut(f64) -> f64) -> Vec<f32> {
    seconds_at(RATE, seconds, sample)
}

fn seconds_at(rate: f64, seconds: f64, mut sample: impl FnMut(f64) -> f64) -> Vec<f32> {
    (0..(seconds * rate) as usize).map(|n| sample(n as f64 / rate) as f32).collect()
}

fn hiss(level: f64, seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        level * (f64::from(state >> 8) / f64::from(1 << 23) - 1.0)
    }
}

fn hz(midi: f64) -> f64 {
    440.0 * ((midi - 69.0) / 12.0).exp2()
}

/// Eight partials falling by their number.
fn tone(t: f64, midi: f64) -> f64 {
    (1..=8).map(f64::from).map(|partial| 0.1 * (TAU * partial * hz(midi) * t).sin() / partial).sum()
}

fn chord(t: f64, midi: &[f64]) -> f64 {
    midi.iter().map(|midi| tone(t, *midi)).sum()
}

/// Notes of equal length one after the other, each dying away a little and with a soft start.
fn melody(midi: &[f64], note_s: f64) -> Vec<f32> {
    seconds(note_s * midi.len() as f64, |t| {
        let since = t % note_s;
        tone(t, midi[((t / note_s) as usize).min(midi.len() - 1)]) * (1.0 - (-since / 0.02).exp()) * (-since).exp()
    })
}

#[test]
fn chords_and_scales_are_major_or_minor_in_every_key() {
    for tonic in 0..12 {
        let root = 48.0 + f64::from(tonic);
        for (third, sixth, sign) in [(4.0, 9.0, 1.0f32), (3.0, 8.0, -1.0)] {
            // Tonic, subdominant (a third from the sixth), dominant, tonic; the leading note is major in both.
            let chords: [[f64; 3]; 4] = [[0.0, third, 7.0], [5.0, sixth, 12.0], [7.0, 11.0, 14.0], [0.0, third, 7.0]];
            let cadence = seconds(2.4, |t| {
                let chord_now = chords[((t / 0.6) as usize).min(3)].map(|step| root + step);
                chord(t, &chord_now)
            });
            let scale = [0.0, 2.0, third, 5.0, 7.0, sixth, 11.0, 12.0, 11.0, sixth, 7.0, 5.0, third, 2.0, 0.0, 0.0];
            for (name, samples) in [("cadence", cadence), ("scale", melody(&scale.map(|step| root + step + 12.0), 0.2))]
            {
                let heard = summary(samples);
                let (mode, third_balance) = (value(&heard, "majorness"), value(&heard, "third_balance"));
                assert!(sign * mode > 0.03, "{name} on {root}, {sign}: majorness {mode}");
                assert!(sign * third_balance > 0.2, "{name} on {root}, {sign}: third {third_balance}");
                let degrees = values(&heard, "degree");
                let sum: f32 = degrees.iter().sum();
                assert!((sum - 1.0).abs() < 1e-4, "{degrees:?}");
                // The tonic weighs more than the flat second and the tritone.
                assert!(degrees[0] > 2.0 * degrees[1] && degrees[0] > 2.0 * degrees[6], "{name}: {degrees:?}");
            }
        }
    }
}

/// Clicks of a wood block.
fn clicks(times_s: &[f64], length_s: f64) -> Vec<f32> {
    seconds(length_s, |t| {
        let last = times_s.iter().rev().find(|time| **time <= t);
        last.map_or(0.0, |time| (-(t - time) / 0.03).exp() * (TAU * 900.0 * (t - time)).sin())
    })
}

#[test]
fn clicks_have_their_tempo_and_rubato_a_wider_pulse() {
    for tempo in [50.0, 63.0, 80.0, 100.0, 120.0, 144.0, 180.0] {
        let beat = 60.0 / tempo;
        let times: Vec<f64> = (0..(20.0 / beat) as usize).map(|at| 0.2 + beat * at as f64).collect();
        let strict = summary(clicks(&times, 20.0));
        let found = f64::from(value(&strict, "pulse_tempo"));
        // Lags are frames of 23 ms, refined by a parabola. Clicks that are all alike have no octave errors.
        assert!((found / tempo - 1.0).abs() < 0.02, "{tempo}: {found}");
        assert!(value(&strict, "pulse_clarity") > 0.7, "{tempo}: {}", value(&strict, "pulse_clarity"));
        let per_s = f64::from(value(&strict, "onsets_per_s"));
        assert!((per_s / (tempo / 60.0) - 1.0).abs() < 0.1, "{tempo}: {per_s} onsets a second");
        let interval = f64::from(value(&strict, "onset_interval_s"));
        assert!((interval / beat - 1.0).abs() < 0.03, "{tempo}: {interval} s");

        let freely: Vec<f64> =
            times.iter().enumerate().map(|(at, time)| time + 0.09 * beat * (at as f64 * 2.4).sin()).collect();
        let free = summary(clicks(&freely, 20.0));
        let (wide, narrow) = (value(&free, "pulse_width"), value(&strict, "pulse_width"));
        let (dull, clear) = (value(&free, "pulse_clarity"), value(&strict, "pulse_clarity"));
        assert!(wide > narrow || dull < 0.8 * clear, "{tempo}: width {wide} for {narrow}, clarity {dull} for {clear}");
        assert!(value(&free, "onset_interval_spread") > value(&strict, "onset_interval_spread") + 0.03, "{tempo}");
    }
}

/// Partials of 8 Hz more or less at 55 Hz, and a twentieth of a bin.
const PITCH_TOLERANCE: f32 = 0.25;

#[test]
fn tones_have_their_register() {
    for midi in [36.0, 43.0, 55.0, 69.0, 76.0, 88.0, 96.0] {
        let heard = summary(seconds(2.0, |t| tone(t, midi)));
        for name in ["lowest_mean", "highest_mean", "register_mean"] {
            let found = value(&heard, name);
            assert!((found - midi as f32).abs() < PITCH_TOLERANCE, "{name} of {midi}: {found}");
        }
        assert!((value(&heard, "voices_mean") - 1.0).abs() < 0.05, "{midi}: {} voices", value(&heard, "voices_mean"));
        assert!(value(&heard, "ambitus_mean").abs() < 0.1);
    }
    let wide = summary(seconds(2.0, |t| chord(t, &[43.0, 73.0])));
    assert!((value(&wide, "lowest_median") - 43.0).abs() < PITCH_TOLERANCE);
    assert!((value(&wide, "highest_median") - 73.0).abs() < PITCH_TOLERANCE, "{}", value(&wide, "highest_median"));
}

#[test]
fn one_to_four_voices_are_counted() {
    let voices = [48.0, 55.6, 64.2, 70.6];
    let counts: Vec<f32> =
        (1..=4).map(|many| value(&summary(seconds(2.0, |t| chord(t, &voices[..many]))), "voices_mean")).collect();
    for (many, count) in counts.iter().enumerate() {
        assert!((count - (many + 1) as f32).abs() < 0.5, "{counts:?}");
    }
    // Octave and twelfth melt into the tone below: they are not counted.
    let melted = value(&summary(seconds(2.0, |t| chord(t, &[48.0, 60.0, 67.0]))), "voices_mean");
    assert!((melted - 1.0).abs() < 0.2, "{melted}");
}

#[test]
fn the_top_line_steps_as_it_was_played() {
    // 72, 76 and 79 are partials of the bass below.
    let line = [72.0, 74.0, 76.0, 79.0, 84.0, 83.0, 79.0, 76.0, 74.0, 72.0];
    let above_bass = melody(&line, 0.4).into_iter().enumerate();
    let above_bass = above_bass.map(|(n, sample)| sample + 0.2 * tone(n as f64 / RATE, 48.0) as f32).collect();
    for samples in [melody(&line, 0.4), above_bass] {
        let heard = summary(samples);
        // Ways of 2, 2, 3, 5, 1, 4, 3, 2, 2: 24 in nine, of which four are leaps.
        for (name, played) in [("top_step_semitones", 24.0), ("top_leap_share", 4.0)] {
            let found = value(&heard, name);
            assert!((found - played / 9.0).abs() < 0.2, "{name}: {found}, not {}", played / 9.0);
        }
    }
}

#[test]
fn a_crescendo_has_its_slope() {
    for slope in [-3.0, -1.0, 1.0, 3.0] {
        let heard = summary(seconds(6.0, |t| 10f64.powf((slope * t - 20.0) / 20.0) * tone(t, 62.0)));
        let found = f64::from(value(&heard, "level_slope_db_per_s"));
        assert!((found - slope).abs() < 0.05, "{slope}: {found}");
        assert!((f64::from(value(&heard, "level_swell_db_per_s")) - slope.abs()).abs() < 0.6);
    }
    let steady = summary(seconds(4.0, |t| tone(t, 62.0)));
    assert!(value(&steady, "level_range_db") < 0.3 && value(&steady, "level_sd_db") < 0.2);
}

#[test]
fn a_tremolo_swings_in_its_band() {
    for (band, rate_hz) in [(1, 0.35), (2, 0.7), (3, 1.4), (4, 2.8), (5, 5.6)] {
        let heard = summary(seconds(16.0, |t| (1.0 + 0.5 * (TAU * rate_hz * t).sin()) * tone(t, 62.0)));
        let shares = values(&heard, "modulation_share");
        assert!(shares[band] > 0.75, "{rate_hz} Hz: {shares:?}");
        let most = values(&heard, "modulation_db");
        assert!(most[band] > -20.0 && most.iter().all(|db| *db <= most[band]), "{rate_hz} Hz: {most:?}");
    }
}

#[test]
fn colour_and_strokes_are_told() {
    let mut noise = hiss(0.2, 1);
    let noisy = summary(seconds(3.0, |_| noise()));
    let bright = summary(seconds(3.0, |t| (1..=24).map(|k| 0.05 * (TAU * f64::from(k) * 220.0 * t).sin()).sum()));
    let dark = summary(seconds(3.0, |t| 0.3 * (TAU * 220.0 * t).sin() + 0.03 * (TAU * 440.0 * t).sin()));
    for name in ["colour_centroid_mean", "roll_off_mean", "crossings_mean"] {
        assert!(value(&noisy, name) > value(&bright, name) && value(&bright, name) > value(&dark, name), "{name}");
    }
    // 440 crossings a second of 220 Hz, and a few for the partial.
    assert!((value(&dark, "crossings_mean") - 440.0).abs() < 15.0, "{}", value(&dark, "crossings_mean"));
    assert!(value(&noisy, "colour_flatness_mean") > -3.5 && value(&dark, "colour_flatness_mean") < -15.0);
    let struck = summary(clicks(&[0.3, 0.8, 1.3, 1.8, 2.3, 2.8], 3.0));
    assert!(value(&struck, "percussive_mean") > 0.4 && value(&dark, "percussive_mean") < 0.02);
    assert!(value(&struck, "onset_decay_db_per_s") > 50.0, "{}", value(&struck, "onset_decay_db_per_s"));
}

/// Some music: chords and a line above, phrases that swell, a faint hiss.
fn music(length_s: f64) -> Vec<f32> {
    music_at(RATE, length_s)
}

fn music_at(rate: f64, length_s: f64) -> Vec<f32> {
    let chords = [[48.0, 55.0, 64.0], [45.0, 57.0, 60.0], [53.0, 57.0, 65.0], [43.0, 55.0, 62.0]];
    let line = [72.0, 74.0, 76.0, 72.0, 69.0, 71.0, 72.0, 76.0, 77.0, 81.0, 77.0, 74.0, 71.0, 67.0, 71.0, 74.0];
    let mut noise = hiss(2e-4, 9);
    seconds_at(rate, length_s, |t| {
        let since = t % 0.4;
        let swell = 0.6 + 0.4 * (TAU * t / 5.0).sin();
        let stroke = (1.0 - (-since / 0.01).exp()) * (-since / 0.6).exp();
        let above = tone(t, line[(t / 0.4) as usize % line.len()]);
        swell * (0.6 * chord(t, &chords[(t / 1.6) as usize % 4]) + stroke * above) + noise()
    })
}

/// Rounding of single-precision powers, against the larger of the value and 1.
const GAIN_MOVES: f32 = 2e-3;

#[test]
fn a_recordings_gain_moves_nothing() {
    let samples = music(9.0);
    let recording = |gain: f32| Recording::new("rendered", samples.iter().map(|sample| gain * sample).collect());
    let features = |gain| extract(&recording(gain).expect("samples"), &settings(Windowing::Cover)).expect("features");
    let (loud, soft) = (features(1.0), features(0.1));
    for (column, name) in Catalog::of(FeatureSet::Music).names().iter().enumerate() {
        for window in 0..loud.windows() {
            let (loud, soft) = (loud.row(window)[column], soft.row(window)[column]);
            let same = loud.is_nan() && soft.is_nan() || (loud - soft).abs() <= GAIN_MOVES * loud.abs().max(1.0);
            assert!(same, "{name} in window {window}: {loud}, 20 dB softer {soft}");
        }
    }
}

/// What the resampler's own filter moves, against the larger of the value and 1.
const RATE_MOVES: f32 = 0.03;

#[test]
fn a_recording_at_48_khz_is_heard_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("at_48.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(&path, spec).expect("a file");
    for sample in music_at(48_000.0, 12.0) {
        for _ in 0..2 {
            file.write_sample((f64::from(sample) * 8_388_607.0) as i32).expect("a sample");
        }
    }
    file.finalize().expect("a file");
    let recording = audio::open(&path, &AudioSettings::default()).expect("a recording");
    let (resampled, plain) =
        (extract(&recording, &settings(Windowing::Whole)).expect("features"), summary(music(12.0)));
    let mut most = 0.0f32;
    for ((name, one), other) in Catalog::of(FeatureSet::Music).names().iter().zip(plain.row(0)).zip(resampled.row(0)) {
        let moves = (one - other).abs() / one.abs().max(1.0);
        // A note of the top line more or less.
        let moves = if name.starts_with("top_") { 0.3 * moves } else { moves };
        if moves > RATE_MOVES {
            println!("{name}: {one}, at 48 kHz {other}");
        }
        most = most.max(moves);
    }
    assert!(most <= RATE_MOVES, "{most}");
}

#[test]
fn whatever_is_played_nothing_is_infinite_and_silence_is_missing() {
    let catalog = Catalog::of(FeatureSet::Music);
    assert!(catalog.groups().all(|group| group.missing.is_some()), "every feature says why it may be missing");
    let mut noise = hiss(1.0, 2);
    let noise = seconds(3.2, |_| noise());
    let cases = [
        ("half a second of a tone", seconds(0.5, |t| tone(t, 60.0))),
        ("half a second of noise", noise[..22_050].to_vec()),
        ("noise", noise),
        ("a click", seconds(3.0, |t| if (t - 1.0).abs() < 0.5 / RATE { 1.0 } else { 0.0 })),
        ("a square wave at full scale", seconds(3.0, |t| (TAU * 440.0 * t).sin().signum())),
        ("silence, then a tone", seconds(8.0, |t| if t < 4.0 { 0.0 } else { tone(t, 60.0) })),
        ("ten times full scale", seconds(3.0, |t| 100.0 * tone(t, 60.0))),
        ("a constant", seconds(3.0, |_| 0.7)),
        ("silence", seconds(3.0, |_| 0.0)),
        ("half a second of silence", seconds(0.5, |_| 0.0)),
        ("barely more than nothing", seconds(3.0, |t| 1e-30 * tone(t, 60.0))),
    ];
    for (name, samples) in cases {
        let recording = Recording::new(name, samples).expect("samples");
        let measured = || extract(&recording, &settings(Windowing::Cover)).expect("features");
        let sequence = measured();
        let bits =
            |sequence: &Sequence| -> Vec<u32> { sequence.values().iter().map(|value| value.to_bits()).collect() };
        assert_eq!(bits(&sequence), bits(&measured()), "{name}: measured twice");
        for window in 0..sequence.windows() {
            for (feature, value) in catalog.names().iter().zip(sequence.row(window)) {
                assert!(!value.is_infinite(), "{name}: {feature} is {value}");
                assert!(!name.contains("silence") || window > 0 || value.is_nan(), "{name}: {feature} is {value}");
            }
        }
    }
    let short = Recording::new("short", vec![0.1; 13_230]).expect("samples");
    assert!(extract(&short, &settings(Windowing::Cover)).is_err(), "0.3 s are too short");
}

#[test]
fn a_short_window_says_what_it_can() {
    let sequence = summary(music(0.5));
    for name in ["majorness", "register_mean", "colour_centroid_mean", "onsets_per_s", "level_sd_db"] {
        assert!(value(&sequence, name).is_finite(), "{name}");
    }
    for name in ["key_changes", "pulse_tempo", "level_slope_db_per_s"] {
        assert!(value(&sequence, name).is_nan(), "{name}");
    }
    let whole = summary(music(20.0));
    let missing: Vec<&String> = Catalog::of(FeatureSet::Music)
        .names()
        .iter()
        .zip(whole.row(0))
        .filter(|(_, value)| value.is_nan())
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "20 s of music tell everything: {missing:?}");
}

#[test]
fn all_is_the_three_sets_side_by_side_and_a_recording_may_be_long() {
    let recording = Recording::new("rendered", music(4.0)).expect("samples");
    let of = |set| extract(&recording, &FeatureSettings { set, ..FeatureSettings::default() }).expect("features");
    let (all, music_set) = (of(FeatureSet::All), of(FeatureSet::Music));
    assert_eq!(all.width(), 138 + 34 + music_set.width());
    for window in 0..all.windows() {
        for (one, other) in all.row(window)[172..].iter().zip(music_set.row(window)) {
            assert!(one == other || one.is_nan() && other.is_nan());
        }
    }
    let names = Catalog::of(FeatureSet::All).names();
    let different: std::collections::HashSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len(), "no name stands for two features");
    // Longer than the minute that `classic` takes at once.
    assert!(value(&summary(music(70.0)), "pulse_tempo").is_finite());
}
