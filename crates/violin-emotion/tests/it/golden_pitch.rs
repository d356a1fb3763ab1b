//! pYIN against librosa 0.11.0, on a signal that tests/golden/make_golden_pitch.py renders by the same formula.

use std::f64::consts::{PI, TAU};

use violin_emotion::dsp::pyin::{PyinSettings, pyin};

/// The golden's four decimals at 200 Hz are a thousandth of a cent; a step of the model is ten cents.
const CENTS: f64 = 0.01;
/// Heights of troughs are single precision on both sides; one may fall across a threshold, which weighs up to 0.07.
const PROBABILITY: f32 = 1e-4;
const PROBABILITY_SHARE: f64 = 0.98;

#[derive(serde::Deserialize)]
struct Golden {
    tracks: Vec<Track>,
}

#[derive(serde::Deserialize)]
struct Track {
    fmin: f64,
    fmax: f64,
    frame_length: usize,
    hop_length: usize,
    hz: Vec<f64>,
    voiced: String,
    probability: Vec<f32>,
}

/// Three notes with vibrato, each swelling from a rest and back, in hiss; the last one plays an octave below along.
fn melody() -> Vec<f32> {
    let mut state = 1u32;
    let mut hiss = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    let sample = |n: usize| {
        let t = n as f64 / 44_100.0;
        let note = n / 44_100;
        let frequency = [293.66, 880.0, 1318.5][note] * (17.0f64 / 1200.0).exp2();
        let partial = |k: f64| (TAU * frequency * k * t + 0.5 * k * (TAU * 5.5 * t).sin()).sin() / k;
        let mut sum: f64 = (1..=8).map(|k| partial(f64::from(k))).sum();
        if note == 2 {
            sum += (PI * frequency * t).sin();
        }
        (0.2 * sum * (PI * t.fract()).sin().powi(4) + 0.01 * hiss()) as f32
    };
    (0..3 * 44_100).map(sample).collect()
}

#[test]
fn the_course_of_pitch_is_librosas() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/pitch.json")).expect("the golden file");
    for golden in golden.tracks {
        let settings = PyinSettings {
            sample_rate: 44_100.0,
            low_hz: golden.fmin,
            high_hz: golden.fmax,
            frame: golden.frame_length,
            hop: golden.hop_length,
        };
        let track = pyin(&melody(), &settings);
        let voiced: String = track.voiced.iter().map(|voiced| if *voiced { '1' } else { '0' }).collect();
        assert_eq!(voiced, golden.voiced);
        for (frame, (hz, expected)) in track.hz.iter().zip(&golden.hz).enumerate().filter(|(at, _)| track.voiced[*at]) {
            let apart = 1200.0 * (f64::from(*hz) / expected).log2();
            assert!(apart.abs() < CENTS, "frame {frame}: {hz}, expected {expected}");
        }
        let near = |(one, other): &(&f32, &f32)| (**one - **other).abs() < PROBABILITY;
        let near = track.probability.iter().zip(&golden.probability).filter(near).count();
        assert!(near as f64 >= PROBABILITY_SHARE * golden.probability.len() as f64, "{near}");
    }
}
