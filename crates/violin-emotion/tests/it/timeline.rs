//! The answer over time: it follows a change of playing, and is steady where the playing is.

use rayon::prelude::*;
use violin_emotion::audio::Recording;
use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, SoftLabels};
use violin_emotion::features::{FeatureSettings, Sequence, extract};
use violin_emotion::model::{EmotionModel, Moment};
use violin_emotion::synth::{self, Cues};
use violin_emotion::{Config, silent};

/// How far from the change the answer may turn: half an excerpt of five windows, about 4.5 s, holds both kinds.
const TURNS_WITHIN_S: f64 = 4.0;
/// How far a steady take's answer may stray from its mean.
const STRAYS_BY: f32 = 0.1;
const SWITCH_S: f64 = 15.0;

/// Playing between tender (0) and angry (1): every cue but the piece's own moves along.
fn cues(anger: f64) -> Cues {
    let between = |tender: f64, angry: f64| tender + anger * (angry - tender);
    Cues {
        note_rate: between(1.5, 4.5),
        level_db: between(-30.0, -20.0),
        articulation: between(0.95, 0.5),
        attack_s: between(0.1, 0.02),
        brightness_db_per_octave: between(-3.0, 2.0),
        bow_noise_db: between(-40.0, -22.0),
        ..Cues::default()
    }
}

fn measured(samples: Vec<f32>) -> Sequence {
    let recording = Recording::new("rendered", samples).expect("samples");
    extract(&recording, &FeatureSettings::default()).expect("features")
}

fn model() -> EmotionModel {
    let labels = LabelSet::new(synth::EMOTIONS.map(String::from).to_vec()).expect("names");
    let takes: Vec<Measured> = (0..72u64)
        .into_par_iter()
        .map(|take| {
            // Twelve steps from tender to angry, each by six players.
            let cues = cues((take % 12) as f64 / 11.0);
            let sequence = measured(synth::render(&synth::phrase(&cues, 10.0, take), take));
            let sound = format!("phrase {take}");
            let target = SoftLabels::new(&labels, synth::labels(&cues).to_vec()).expect("a distribution");
            let (file_name, group) = (take.to_string(), (take / 12).to_string());
            Measured { file_name, group, sound, sequence, target, warnings: Vec::new(), copies: Copies::default() }
        })
        .collect();
    let corpus = Corpus::new(labels, takes).expect("takes");
    EmotionModel::fit(&corpus.whole(), &Config::default(), 1, &silent).expect("a model")
}

fn share(moment: &Moment, emotion: &str) -> f32 {
    moment.answer.iter().find(|(name, _)| *name == emotion).expect("an emotion").1
}

fn angrier(moment: &Moment) -> bool {
    share(moment, "anger") > share(moment, "tenderness")
}

#[test]
fn the_timeline_follows_a_change_and_stays_where_nothing_changes() {
    let model = model();
    let centre = |moment: &Moment| 0.5 * (moment.span.start_s + moment.span.end_s);

    for seed in [100, 101, 102] {
        let phrase = synth::switching_phrase(&cues(0.0), &cues(1.0), SWITCH_S, 2.0 * SWITCH_S, seed);
        let timeline = model.timeline(&measured(synth::render(&phrase, seed))).expect("answers");
        for moment in &timeline {
            let from_switch = centre(moment) - SWITCH_S;
            if from_switch.abs() > TURNS_WITHIN_S {
                assert_eq!(angrier(moment), from_switch > 0.0, "at {:.1} s: {:?}", centre(moment), moment.answer);
            }
        }
    }

    for (anger, seed) in [(0.0, 200), (0.5, 201), (1.0, 202)] {
        let phrase = synth::phrase(&cues(anger), 2.0 * SWITCH_S, seed);
        let timeline = model.timeline(&measured(synth::render(&phrase, seed))).expect("answers");
        for emotion in synth::EMOTIONS {
            let shares: Vec<f32> = timeline.iter().map(|moment| share(moment, emotion)).collect();
            let mean = shares.iter().sum::<f32>() / shares.len() as f32;
            let strays = shares.iter().map(|share| (share - mean).abs()).fold(0.0, f32::max);
            assert!(strays <= STRAYS_BY, "{emotion} at {anger}: {strays:.3} around {mean:.3} in {shares:?}");
        }
    }
}
