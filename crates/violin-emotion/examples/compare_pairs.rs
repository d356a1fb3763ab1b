//! Does a comparison of two takes name what was changed? Pairs of rendered takes that differ in one cue by a standard
//! deviation or more, heard by a model: `cargo run --release --example compare_pairs -- MODEL [PAIRS]`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use violin_emotion::audio::Recording;
use violin_emotion::explain::{Explainer, Reference};
use violin_emotion::features::{self, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::silent;
use violin_emotion::synth::{self, Cue, Cues, Note, Recipe, Recorded};

/// Length of a take, seconds.
const TAKE_S: f64 = 20.0;
/// Cues of the built-in recipe, and the family that speaks of each.
const FAMILIES: [(&str, &str); 10] = [
    ("note_rate", "timing"),
    ("level_variability_db", "dynamics"),
    ("register_semitones", "register"),
    ("mode", "mode"),
    ("articulation", "articulation"),
    ("attack_s", "attack"),
    ("vibrato_extent_cents", "vibrato"),
    ("brightness_db_per_octave", "brightness"),
    ("bow_noise_db", "bow noise"),
    ("timing_variability", "timing"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().ok_or("which model folder?")?;
    let pairs: u64 = arguments.next().map_or(Ok(100), |pairs| pairs.parse())?;
    let model = EmotionModel::load(Path::new(&model))?;
    let mut tally: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for pair in 0..pairs {
        let (cue, family) = FAMILIES[pair as usize % FAMILIES.len()];
        let (before, after) = takes(cue, pair);
        let (before, after) = (listen(&before, pair, &model)?, listen(&after, pair, &model)?);
        let explainer = Explainer::new(&model, Reference::recordings("before", vec![before.clone()])?)?;
        let explanation = explainer.explain(&after, &silent)?;
        let moved = |group: &str| explanation.whole.contributions[group].values().map(|added| added.abs()).sum::<f64>();
        let rows = |s: &Sequence| {
            (0..s.windows())
                .map(|w| s.row(w).iter().map(|v| if v.is_nan() { None } else { Some(*v) }).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        println!(
            "{}",
            serde_json::json!({"cue": cue, "family": family, "before": rows(&before), "after": rows(&after), "moved": explanation.whole.contributions.keys().map(|k| (k.clone(), moved(k))).collect::<BTreeMap<_,_>>(), "z": explanation.changes.iter().map(|c| (c.group.clone(), c.standard_deviations)).collect::<BTreeMap<_,_>>() })
        );
        tally.entry(cue).or_default().0 += 1;
    }
    println!("\n{}\n", synth::NOTICE);
    for (cue, (pairs, by_change, by_answer)) in &tally {
        println!("{cue:<26} {pairs:>4} {by_change:>4} {by_answer:>4}");
    }
    let sum = |of: fn(&(usize, usize, usize)) -> usize| tally.values().map(of).sum::<usize>();
    println!("all {} {} {}", sum(|t| t.0), sum(|t| t.1), sum(|t| t.2));
    Ok(())
}

/// The cues of two takes: drawn from the recipe's ranges, and one of them a standard deviation apart or more, as it is set and
/// as it is played: a short note has no vibrato, whatever was asked for.
fn takes(cue: &str, seed: u64) -> (Cues, Cues) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let cue = Cue::named(cue).expect("a cue");
    loop {
        let mut before = Cues::default();
        for (name, [low, high]) in Recipe::built_in().ranges() {
            (Cue::named(name).expect("a cue").set)(&mut before, low + (high - low) * unit());
        }
        before.register_semitones = before.register_semitones.round();
        before.mode = if unit() < 0.5 { 1.0 } else { -1.0 };
        let mut after = before;
        if cue.name == "mode" {
            after.mode = -before.mode;
            return (before, after);
        }
        let [low, high] = Recipe::built_in().ranges()[cue.name];
        (cue.set)(&mut after, low + (high - low) * unit());
        // A uniform draw's standard deviation is its range over √12.
        let deviation = (high - low) / 12_f64.sqrt();
        let set = (cue.get)(&after) - (cue.get)(&before);
        let played = played(cue.name, &after, seed) - played(cue.name, &before, seed);
        if set.abs() >= deviation && played.abs() >= deviation {
            return (before, after);
        }
    }
}

/// A cue's mean over the notes of the take.
fn played(cue: &str, cues: &Cues, seed: u64) -> f64 {
    let notes = synth::phrase(cues, TAKE_S, seed).notes;
    let mean = |of: &dyn Fn(&Note) -> f64| notes.iter().map(of).sum::<f64>() / notes.len() as f64;
    match cue {
        "note_rate" => notes.len() as f64 / TAKE_S,
        "articulation" => mean(&|note| note.sounding_s / note.interval_s),
        "attack_s" => mean(&|note| note.attack_s),
        "vibrato_extent_cents" => mean(&|note| note.vibrato_extent_cents),
        _ => (Cue::named(cue).expect("a cue").get)(cues),
    }
}

fn listen(cues: &Cues, seed: u64, model: &EmotionModel) -> Result<Sequence, Box<dyn Error>> {
    let mut samples = synth::render(&synth::phrase(cues, TAKE_S, seed), seed);
    Recorded { gain_db: 0.0, snr_db: Some(55.0), room_db: Some(-16.0) }.apply(&mut samples, seed);
    Ok(features::extract(&Recording::new("take", samples)?, &model.config().features)?)
}
