//! Does a comparison of two takes name what was changed? Pairs of rendered takes that differ in one cue by a standard
//! deviation or more, heard by a model: `cargo run --release --example compare_pairs -- MODEL [PAIRS] [SEED]`.

mod truth;

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

use truth::{FAMILIES, UNHEARD};

/// Length of a take, seconds.
const TAKE_S: f64 = 20.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().ok_or("which model folder?")?;
    let pairs = arguments.next().map_or(Ok(100), |pairs| pairs.parse())?;
    let first_seed: u64 = arguments.next().map_or(Ok(0), |seed| seed.parse())?;
    let model = EmotionModel::load(Path::new(&model))?;
    let cues: Vec<_> = FAMILIES.into_iter().filter(|(cue, _)| *cue != UNHEARD).collect();
    let mut named = vec![(0, 0); cues.len()];
    for pair in 0..pairs {
        let seed = first_seed + pair as u64;
        let (cue, family) = cues[pair % cues.len()];
        let (before, after) = takes(cue, seed);
        let (before, after) = (listen(&before, seed, &model)?, listen(&after, seed, &model)?);
        let explainer = Explainer::new(&model, Reference::recordings("before", vec![before])?)?;
        let explanation = explainer.explain(&after, &silent)?;
        let first = explanation.differences().into_iter().next();
        let mut of_family = explanation.changes.iter().filter(|change| change.group == family);
        let right = first.as_deref().is_some_and(|line| of_family.any(|change| line.starts_with(&change.words)));
        named[pair % cues.len()].0 += 1;
        named[pair % cues.len()].1 += usize::from(right);
        println!("{cue}: {}{}", first.as_deref().unwrap_or("nothing"), if right { "" } else { "   (another cue)" });
    }
    println!("\n{} pairs, {}; named first:", pairs, synth::NOTICE);
    for ((cue, _), (pairs, right)) in cues.iter().zip(&named) {
        println!("{cue:<26}{right:>4} of {pairs}");
    }
    println!("{:<26}{:>4} of {pairs}", "all", named.iter().map(|(_, right)| right).sum::<usize>());
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
