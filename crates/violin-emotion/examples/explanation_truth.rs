//! Are explanations true? On a rendered corpus the rule is known, and so is what each part of the playing truly adds:
//! `cargo run --release --example explanation_truth -- FOLDER CACHE [TAKES] [USUAL] [SET]`.
//!
//! FOLDER is what `violin-emotion render` wrote with its defaults, CACHE where features are kept. A model is fitted on four
//! folds of performers; takes of the fifth are explained by it, and by the rule, against the same recordings.

mod truth;

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use rayon::prelude::*;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::data::{self, Corpus, Dataset, LabelOptions, Measured};
use violin_emotion::evaluate::r2;
use violin_emotion::explain::{ByGroup, Explainer, Explanation, Groups, Reference, shapley};
use violin_emotion::features::{FeatureCache, FeatureSet, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::synth::{self, CUES, Cue, Cues, Recipe};
use violin_emotion::{Config, silent};

use truth::{FAMILIES, UNHEARD, correlation, spearman, variance};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A true value counts where it is above this share of the take's largest.
const COUNTS: f64 = 0.1;

/// A take's cues and how it was recorded.
struct Truth {
    cues: Cues,
    /// Whether half of its strokes or more could be begun as slowly as the rule asks: the notes may be too short for it.
    attack_played: bool,
    gain_db: f64,
    piece: String,
}

/// What the true rule makes of a cue that nobody can hear in the takes.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Unheard {
    Counts,
    /// The level, which a recording's gain hides, is left as in the reference.
    LevelStays,
    /// So is the vibrato where no note of the take, or of the reference, is long enough for one.
    VibratoStays,
    /// So is the attack where most notes of the take, or of the reference, are too short for it.
    AttackStays,
}

impl Unheard {
    fn words(self) -> &'static str {
        match self {
            Unheard::Counts => "level as any cue",
            Unheard::LevelStays => "level left as in the reference",
            Unheard::VibratoStays => "level left as in the reference; vibrato too where either has no note for it",
            Unheard::AttackStays => {
                "level left as in the reference; vibrato and attack too where either has no notes for it"
            }
        }
    }

    /// Whether a cue is left as in the reference between these two takes, whose sequences and truths are given.
    fn leaves(self, cue: &str, sequences: [&Sequence; 2], truths: [&Truth; 2], vibrato: usize) -> bool {
        match cue {
            UNHEARD => self >= Unheard::LevelStays,
            "vibrato_extent_cents" => {
                self >= Unheard::VibratoStays && sequences.iter().any(|take| take.known(vibrato).next().is_none())
            }
            "attack_s" => self >= Unheard::AttackStays && !truths.iter().all(|take| take.attack_played),
            _ => false,
        }
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder of `violin-emotion render`?")?;
    let folder = Path::new(&folder);
    let cache = FeatureCache::open(Path::new(&arguments.next().ok_or("which cache folder?")?))?;
    let takes = arguments.next().map_or(Ok(100), |takes| takes.parse())?;
    let mut config = Config::default();
    // Recordings that answers are explained against, by the model and by the rule.
    config.model.usual = arguments.next().map_or(Ok(20), |usual| usual.parse())?;
    config.features.set = match arguments.next().as_deref() {
        None | Some("violin+music") => FeatureSet::ViolinMusic,
        Some("violin") => FeatureSet::Violin,
        Some("all") => FeatureSet::All,
        Some(other) => return Err(format!("no set of features: {other}").into()),
    };
    let options = LabelOptions { group_by: Some("performer".into()), ..LabelOptions::default() };
    let dataset = data::read_labels(&folder.join("emotion_labels.csv"), &folder.join("recordings"), &options)?;
    let none = Augmentation::default();
    let corpus = Corpus::measure(&dataset, &config.audio, &config.features, &none, Some(&cache), &silent)?;
    let split = data::folds(&dataset.groups(), 5, 0)?.remove(0);
    let model = EmotionModel::fit(&corpus.training_side(&split), &config, 0, &silent)?;
    let truths = truths(folder, &dataset)?;
    let held_out: Vec<&Measured> = split.test().iter().take(takes).map(|&at| &corpus.recordings()[at]).collect();

    let groups = Groups::families(&model);
    let explainer = Explainer::new(&model, Reference::corpus(&model))?;
    let names: Vec<String> = groups.names().iter().map(|name| name.to_string()).collect();
    let explain = |explainer: &Explainer, takes: &[&Measured], players: usize| -> Outcome<Vec<Vec<f64>>> {
        let of_one = |take: &&Measured| explainer.explain(&take.sequence, &silent);
        let said: Vec<Explanation> = takes.par_iter().map(of_one).collect::<Result<_, _>>()?;
        Ok(said.iter().map(|said| numbers(&said.whole.contributions, players)).collect())
    };
    let explained = explain(&explainer, &held_out, names.len())?;
    let mut by_gradients = Vec::new();
    for recording in &held_out {
        by_gradients.push(numbers(&explainer.expected_gradients(&recording.sequence)?, names.len()));
    }
    println!("{} takes of performers that the model never heard; {}", held_out.len(), synth::NOTICE);
    of_the_rule(&dataset, &truths);
    for unheard in [Unheard::Counts, Unheard::LevelStays, Unheard::VibratoStays, Unheard::AttackStays] {
        let truth: Vec<Vec<f64>> =
            held_out.iter().map(|recording| by_the_rule(recording, &model, &truths, &names, unheard)).collect();
        println!("\n{}:", unheard.words());
        compare(&explained, &truth, &names);
        decoys(&explained, &truth, &held_out, &truths, &names);
    }
    let alike = spearman(&explained.concat(), &by_gradients.concat());
    println!("\nexpected gradients of the networks alone: Spearman {alike:.3} with the contributions");
    println!("\nshare of all that is said, by group:");
    for (at, name) in names.iter().enumerate() {
        println!("{name:<16}{:.3}", share(&explained, at, names.len()));
    }

    // The decoy by itself: the rate of the vibrato goes with the brightness and moves nothing.
    let groups = groups.gather("vibrato rate", &["vibrato_rate_hz"])?;
    let names: Vec<String> = groups.names().iter().map(|name| name.to_string()).collect();
    let explainer = Explainer::new(&model, Reference::corpus(&model))?.by(groups);
    let explained = explain(&explainer, &held_out[..takes / 4], names.len())?;
    let place = |name: &str| names.iter().position(|known| known == name).expect("a group");
    let (decoy, cause) = (place("vibrato rate"), place("brightness"));
    let (decoy, cause) = (share(&explained, decoy, names.len()), share(&explained, cause, names.len()));
    println!("\nvibrato rate, which goes with brightness: {decoy:.3} of all, {:.2} of its cause", decoy / cause);
    Ok(())
}

/// Groups × emotions; what the length adds is no group.
fn numbers(contributions: &ByGroup, groups: usize) -> Vec<f64> {
    contributions.values().take(groups).flat_map(|added| added.values().copied()).collect()
}

/// What each family adds by the rule, against the same recordings.
fn by_the_rule(
    recording: &Measured,
    model: &EmotionModel,
    truths: &HashMap<String, Truth>,
    names: &[String],
    unheard: Unheard,
) -> Vec<f64> {
    let recipe = Recipe::built_in();
    let emotions = model.labels().len();
    let vibrato = model.catalog().names().iter().position(|name| name == "vibrato_extent_cents").expect("a feature");
    let here = &truths[&recording.file_name];
    let mut worths = vec![0.0; emotions << names.len()];
    for usual in model.usual() {
        let there = &truths[&usual.file_name];
        let sequences = [&recording.sequence, &usual.sequence];
        let leaves = |cue: &str| unheard.leaves(cue, sequences, [here, there], vibrato);
        for (coalition, worth) in worths.chunks_exact_mut(emotions).enumerate() {
            let mut cues = there.cues;
            for (cue, family) in FAMILIES.iter().filter(|(cue, _)| !leaves(cue)) {
                let player = names.iter().position(|name| name == family).expect("a family");
                if coalition >> player & 1 == 1 {
                    let cue = Cue::named(cue).expect("a cue");
                    (cue.set)(&mut cues, (cue.get)(&here.cues));
                }
            }
            for (sum, share) in worth.iter_mut().zip(recipe.labels(&cues)) {
                *sum += usual.share * f64::from(share);
            }
        }
    }
    shapley(&worths, names.len(), emotions)
}

/// What the rule itself scores against the votes, and what is left of that for who does not hear the level.
fn of_the_rule(dataset: &Dataset, truths: &HashMap<String, Truth>) {
    const LEVELS: usize = 200;
    let recipe = Recipe::built_in();
    let level = Cue::named(UNHEARD).expect("a cue");
    let [low, high] = recipe.ranges()[UNHEARD];
    // All levels of the range are alike likely.
    let mean_over_levels = |cues: &Cues| {
        let mut sum = vec![0.0; recipe.emotions().len()];
        for at in 0..LEVELS {
            let mut cues = *cues;
            (level.set)(&mut cues, low + (high - low) * (at as f64 + 0.5) / LEVELS as f64);
            sum.iter_mut().zip(recipe.labels(&cues)).for_each(|(sum, share)| *sum += share / LEVELS as f32);
        }
        sum
    };
    let score = |answer: &dyn Fn(&Cues) -> Vec<f32>| {
        let answers: Vec<Vec<f32>> =
            dataset.recordings().iter().map(|recording| answer(&truths[&recording.file_name].cues)).collect();
        let of = |emotion: usize| {
            let rated: Vec<f32> = dataset.recordings().iter().map(|it| it.target.shares()[emotion]).collect();
            let answered: Vec<f32> = answers.iter().map(|answer| answer[emotion]).collect();
            r2(&rated, &answered).expect("shares that differ")
        };
        (0..recipe.emotions().len()).map(of).sum::<f64>() / recipe.emotions().len() as f64
    };
    println!(
        "mean R² of the rule {:.3}; of the rule by who does not hear the level {:.3}",
        score(&|cues| recipe.labels(cues)),
        score(&mean_over_levels)
    );
}

fn compare(explained: &[Vec<f64>], truth: &[Vec<f64>], names: &[String]) {
    // Of each family: signs that are right, and those that count.
    let mut signs = vec![(0, 0); names.len()];
    for (said, truth) in explained.iter().zip(truth) {
        let largest = truth.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let pairs = said.iter().zip(truth).enumerate().filter(|(_, (_, truth))| truth.abs() > COUNTS * largest);
        for (at, (said, truth)) in pairs {
            let (right, counted) = &mut signs[at * names.len() / explained[0].len()];
            *counted += 1;
            *right += usize::from(said.signum() == truth.signum());
        }
    }
    let (right, counted) = signs.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("sign right in {right} of {counted} ({:.1} %)", 100.0 * right as f64 / counted as f64);
    let by_family = names.iter().zip(&signs).filter(|(_, (_, counted))| *counted > 0);
    let by_family: Vec<String> =
        by_family.map(|(name, (right, counted))| format!("{name} {right} of {counted}")).collect();
    println!("    {}", by_family.join(", "));
    let ranked = spearman(&explained.concat(), &truth.concat());
    let by_take = explained.iter().zip(truth).map(|(said, truth)| spearman(said, truth)).sum::<f64>();
    println!("Spearman {ranked:.3} over all, {:.3} in the mean take", by_take / explained.len() as f64);
}

/// How much of the contributions' variance goes with gain and piece beyond what truly does, chance taken off.
fn decoys(
    explained: &[Vec<f64>],
    truth: &[Vec<f64>],
    held_out: &[&Measured],
    truths: &HashMap<String, Truth>,
    names: &[String],
) {
    let (count, columns) = (explained.len() as f64, explained[0].len());
    let of = |recording: &&Measured| &truths[&recording.file_name];
    let gains: Vec<f64> = held_out.iter().map(|recording| of(recording).gain_db).collect();
    let (mut all, mut by_gain, mut by_piece) = (0.0, 0.0, vec![0.0; names.len()]);
    for column in 0..columns {
        let said: Vec<f64> = explained.iter().map(|said| said[column]).collect();
        let beyond: Vec<f64> = said.iter().zip(truth).map(|(said, truth)| said - truth[column]).collect();
        all += variance(&said);
        let r2 = correlation(&beyond, &gains).powi(2);
        by_gain += variance(&beyond) * (1.0 - (1.0 - r2) * (count - 1.0) / (count - 2.0));
        let mut pieces: HashMap<&str, Vec<f64>> = HashMap::new();
        held_out.iter().zip(&beyond).for_each(|(take, value)| pieces.entry(&of(take).piece).or_default().push(*value));
        let groups = pieces.len() as f64;
        let within =
            pieces.values().map(|values| values.len() as f64 * variance(values)).sum::<f64>() / (count - groups);
        let between = (count * variance(&beyond) - within * (count - groups)) / (groups - 1.0);
        by_piece[column * names.len() / columns] += (between - within) / (count / groups);
    }
    println!(
        "of the variance of all that is said, beyond the truth: {:.3} with the gain, {:.3} with the piece",
        by_gain / all,
        by_piece.iter().sum::<f64>() / all
    );
    let by_family = names.iter().zip(&by_piece).map(|(name, by_piece)| format!("{name} {:.3}", by_piece / all));
    println!("    with the piece: {}", by_family.collect::<Vec<_>>().join(", "));
}

/// Mean size of one group's contributions, of the mean size of all.
fn share(explained: &[Vec<f64>], group: usize, groups: usize) -> f64 {
    let size = |values: &[f64]| values.iter().map(|value| value.abs()).sum::<f64>();
    let of_group = |said: &Vec<f64>| size(&said[group * said.len() / groups..][..said.len() / groups]);
    explained.iter().map(of_group).sum::<f64>() / explained.iter().map(|said| size(said)).sum::<f64>()
}

fn truths(folder: &Path, dataset: &Dataset) -> Outcome<HashMap<String, Truth>> {
    let mut csv = csv::Reader::from_path(folder.join("truth.csv"))?;
    let headers = csv.headers()?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("no column `{name}`"));
    let (file, gain) = (place("filename")?, place("gain_db")?);
    let played = attacks(folder)?;
    let mut truths = HashMap::new();
    for record in csv.records() {
        let record = record?;
        let mut cues = Cues::default();
        for cue in CUES {
            (cue.set)(&mut cues, record[place(cue.name)?].parse()?);
        }
        let name = record[file].to_string();
        let piece = name.split("piece-").nth(1).unwrap_or_default().trim_end_matches(".wav").to_string();
        let attacks = played.get(&name).map_or(&[][..], Vec::as_slice);
        // Played notes are written with all their digits: what is not shortened is equal.
        let whole = attacks.iter().filter(|attack_s| **attack_s >= cues.attack_s).count();
        let attack_played = 2 * whole >= attacks.len() && whole > 0;
        truths.insert(name, Truth { cues, attack_played, gain_db: record[gain].parse()?, piece });
    }
    let missing = dataset.recordings().iter().find(|recording| !truths.contains_key(&recording.file_name));
    missing.map_or(Ok(truths), |recording| Err(format!("truth.csv has no {}", recording.file_name).into()))
}

/// The attacks of each take's separately bowed notes, in seconds.
fn attacks(folder: &Path) -> Outcome<HashMap<String, Vec<f64>>> {
    let mut csv = csv::Reader::from_path(folder.join("notes.csv"))?;
    let headers = csv.headers()?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("no column `{name}`"));
    let (file, joined, attack) = (place("filename")?, place("joined")?, place("attack_s")?);
    let mut attacks: HashMap<String, Vec<f64>> = HashMap::new();
    for record in csv.records() {
        let record = record?;
        if &record[joined] == "false" {
            attacks.entry(record[file].to_string()).or_default().push(record[attack].parse()?);
        }
    }
    Ok(attacks)
}
