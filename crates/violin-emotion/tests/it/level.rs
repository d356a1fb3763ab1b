//! The level of a recording: known answers, what is left alone, and that a gain changes no prediction.

use std::f64::consts::TAU;

use violin_emotion::audio::{AudioSettings, Denoise, Level, Recording, decode_bytes, set_level};
use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, SoftLabels};
use violin_emotion::features::{FeatureSet, extract};
use violin_emotion::model::EmotionModel;
use violin_emotion::synth::{self, CorpusSettings};
use violin_emotion::{WarningKind, silent};

use crate::{audio::wav_of, small};

/// EBU Tech 3341 allows meters a tenth of a decibel.
const METER_DB: f64 = 0.1;
/// Shares may move by so much when a recording is turned down by 20 dB.
const SAME: f32 = 1e-3;

fn sine(peak: f64, seconds: f64) -> Vec<f32> {
    (0..(seconds * 44_100.0) as usize).map(|n| (peak * (TAU * 997.0 * n as f64 / 44_100.0).sin()) as f32).collect()
}

fn levelled(samples: Vec<f32>, level: Level) -> Recording {
    let mut recording = Recording::new("take", samples).expect("samples");
    set_level(&mut recording, level);
    recording
}

fn peak(recording: &Recording) -> f64 {
    f64::from(recording.samples().iter().fold(0f32, |peak, sample| peak.max(sample.abs())))
}

#[test]
fn a_sine_comes_to_the_level_named() {
    for gain in [0.9, 0.09, 0.001] {
        let found = levelled(sine(gain, 3.0), Level::Peak);
        assert!((20.0 * peak(&found).log10() + 1.0).abs() < 0.01);
        // In one channel a sine of 997 Hz at full scale has -3.01 LUFS (ITU-R BS.1770).
        let found = levelled(sine(gain, 3.0), Level::Loudness);
        assert!((20.0 * peak(&found).log10() + 23.0 - 3.01).abs() < METER_DB, "{}", peak(&found));
        assert_eq!(levelled(sine(gain, 3.0), Level::None).samples(), sine(gain, 3.0));
    }
}

#[test]
fn dynamics_within_stay() {
    let loud_and_soft = || [sine(0.5, 2.0), sine(0.05, 2.0)].concat();
    for level in [Level::Peak, Level::Loudness] {
        let (before, after) = (loud_and_soft(), levelled(loud_and_soft(), level));
        let gain = after.samples()[30] / before[30];
        assert!(before.iter().zip(after.samples()).all(|(before, after)| (gain * before - after).abs() < 1e-6));
    }
}

#[test]
fn what_is_silent_or_too_quiet_is_left_alone_and_said() {
    for (samples, level) in [
        (vec![0.0; 44_100], Level::Peak),
        (vec![0.0; 44_100], Level::Loudness),
        // -80 dB: below the gate of -70 LUFS.
        (sine(1e-4, 2.0), Level::Loudness),
        // Shorter than the 400 ms that loudness is measured over.
        (sine(0.5, 0.3), Level::Loudness),
    ] {
        let found = levelled(samples.clone(), level);
        assert_eq!(found.samples(), samples);
        assert_eq!(found.warnings().iter().map(|warning| warning.kind).collect::<Vec<_>>(), [WarningKind::TooQuiet]);
    }
}

#[test]
fn noise_is_taken_out_before_the_level_is_set() {
    let noisy: Vec<f32> = sine(0.1, 2.0).iter().enumerate().map(|(n, x)| x + 1e-3 * ((n * n) as f32).sin()).collect();
    let settings = AudioSettings { denoise: Denoise::Violin, level: Level::Peak, ..Default::default() };
    let found = decode_bytes("take.wav", wav_of(&noisy), &settings).expect("a recording");
    assert!((20.0 * peak(&found).log10() + 1.0).abs() < 0.01, "{}", peak(&found));
}

#[test]
fn a_recording_turned_down_by_20_db_has_the_same_answer() {
    // The default set hears no gain; the old one does, and needs a level.
    for (set, level) in [(FeatureSet::Violin, Level::None), (FeatureSet::Classic, Level::Loudness)] {
        let mut config = small::settings(set);
        config.audio.level = level;
        let labels = LabelSet::new(synth::EMOTIONS.map(String::from).to_vec()).expect("names");
        let takes = synth::corpus(&CorpusSettings { takes: 9, performers: 3, pieces: 2, duration_s: 4.0 }, 5);
        let measured = |samples: &[f32]| {
            let recording = decode_bytes("take.wav", wav_of(samples), &config.audio).expect("a recording");
            extract(&recording, &config.features).expect("features")
        };
        let recordings = takes.iter().enumerate().map(|(at, take)| Measured {
            file_name: format!("{at}.wav"),
            group: take.performer.to_string(),
            sound: at.to_string(),
            sequence: measured(&take.render()),
            target: SoftLabels::new(&labels, take.labels.clone()).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        });
        let corpus = Corpus::new(labels.clone(), recordings.collect()).expect("a corpus");
        let model = EmotionModel::fit(&corpus.whole(), &config, 3, &silent).expect("a model");
        for take in &takes[..4] {
            let loud = take.render();
            let soft: Vec<f32> = loud.iter().map(|sample| 0.1 * sample).collect();
            let answer = |samples: &[f32]| model.parts(&measured(samples)).expect("an answer").hybrid;
            let (loud, soft) = (answer(&loud), answer(&soft));
            let apart = loud.iter().zip(&soft).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
            println!("{set:?}, {level:?}: {apart:.1e}");
            assert!(apart <= SAME, "{set:?}, {level:?}: {loud:?}, turned down {soft:?}");
        }
    }
}
