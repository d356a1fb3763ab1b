//! Do explanations name what the answer rests on? Parts of the playing are taken away from a take (replaced by a reference's),
//! or given to the reference, one after the other in the order of their contributions, and the answer is watched:
//! `cargo run --release --example explanation_order -- AUDIO LABELS GROUP CACHE [TAKES]`.
//!
//! Beside it stand orders drawn at random and one that knows loudness alone. Takes are of groups that the model never heard.

use std::error::Error;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::data::{self, Corpus, LabelOptions, Measured};
use violin_emotion::explain::{ByEmotion, Explainer, Reference};
use violin_emotion::features::{FeatureCache, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Config, silent};

/// Recordings that answers are explained against, and whose parts replace a take's.
const USUAL: usize = 5;
/// Random orders a take.
const ORDERS: usize = 20;
/// Draws of the sign test by chance.
const DRAWS: usize = 10_000;
/// The family that knows how loud it is.
const LOUDNESS: usize = 0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [audio, labels, group, cache, further @ ..] = &arguments[..] else {
        return Err("which AUDIO, LABELS, GROUP and CACHE?".into());
    };
    let takes = further.first().map_or(Ok(100), |takes| takes.parse())?;
    let mut config = Config::default();
    config.model.usual = USUAL;
    let options = LabelOptions { group_by: Some(group.clone()), ..LabelOptions::default() };
    let dataset = data::read_labels(Path::new(labels), Path::new(audio), &options)?;
    let cache = FeatureCache::open(Path::new(cache))?;
    let none = Augmentation::default();
    let corpus = Corpus::measure(&dataset, &config.audio, &config.features, &none, Some(&cache), &silent)?;
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut found: Vec<[Areas; 3]> = Vec::new();
    for split in data::folds(&corpus.groups(), 5, 0)? {
        let model = EmotionModel::fit(&corpus.training_side(&split), &config, 0, &silent)?;
        for &at in split.test().iter().take(takes / 5) {
            found.push(watch(&corpus.recordings()[at], &model, &mut random)?);
        }
    }
    println!("{} takes; mean areas (0 to 1), and how often chance would do as well:", found.len());
    println!("{:<34}{:>10}{:>10}{:>14}", "", "random", "loudness", "explanation");
    report("taken away, the answer moved by", &found, |areas| areas.taken, true);
    report("given back, the answer missed by", &found, |areas| areas.given, false);
    Ok(())
}

/// Areas under the way of the answer, as parts of the playing are taken away or given back.
#[derive(Clone, Copy, Default)]
struct Areas {
    taken: f64,
    given: f64,
}

/// For the random orders in the mean, for loudness alone, and for the explanation.
fn watch(take: &Measured, model: &EmotionModel, random: &mut ChaCha8Rng) -> Result<[Areas; 3], Box<dyn Error>> {
    let explanation = Explainer::new(model, Reference::corpus(model))?.explain(&take.sequence, &silent)?;
    let size = |added: &ByEmotion| added.values().map(|value| value.abs()).sum::<f64>();
    let families = model.catalog().families().len();
    // What the length adds, the last, is no part of the playing.
    let sizes: Vec<f64> = explanation.whole.contributions.values().take(families).map(size).collect();
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by(|one, other| sizes[*other].total_cmp(&sizes[*one]));
    let mut areas = [Areas::default(); 3];
    for _ in 0..ORDERS {
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
        }
        let loudness_first: Vec<usize> =
            std::iter::once(LOUDNESS).chain(order.iter().copied().filter(|part| *part != LOUDNESS)).collect();
        for (areas, order) in areas.iter_mut().zip([&order, &loudness_first]) {
            let these = along(order, &take.sequence, model)?;
            areas.taken += these.taken / ORDERS as f64;
            areas.given += these.given / ORDERS as f64;
        }
    }
    areas[2] = along(&by_size, &take.sequence, model)?;
    Ok(areas)
}

fn along(order: &[usize], take: &Sequence, model: &EmotionModel) -> Result<Areas, Box<dyn Error>> {
    let whole = model.predict(take)?;
    let mut areas = Areas::default();
    for usual in model.usual() {
        for count in 1..order.len() {
            for (away, area) in [(true, &mut areas.taken), (false, &mut areas.given)] {
                // A part is the reference's if it is among the first when taking away, or not among them when giving back.
                let replaced = |family: usize| order[..count].contains(&family) == away;
                let answer = model.predict(&mixed(take, &usual.sequence, model, replaced))?;
                let distance =
                    answer.shares().iter().zip(whole.shares()).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>();
                *area += usual.share * distance / 2.0 / (order.len() - 1) as f64;
            }
        }
    }
    Ok(areas)
}

/// The take with some families of another, at the same share of the time.
fn mixed(take: &Sequence, other: &Sequence, model: &EmotionModel, replaced: impl Fn(usize) -> bool) -> Sequence {
    let mut values = take.values().to_vec();
    let families = model.catalog().families();
    for (window, row) in values.chunks_exact_mut(take.width()).enumerate() {
        let there = other.row((2 * window + 1) * other.windows() / (2 * take.windows()));
        for (_, (_, columns)) in families.iter().enumerate().filter(|(family, _)| replaced(*family)) {
            columns.iter().for_each(|&column| row[column] = there[column]);
        }
    }
    Sequence::new(model.catalog(), take.spans().to_vec(), values)
}

fn report(name: &str, found: &[[Areas; 3]], area: fn(&Areas) -> f64, more_is_better: bool) {
    let mean = |way: usize| found.iter().map(|areas| area(&areas[way])).sum::<f64>() / found.len() as f64;
    println!("{name:<34}{:>10.3}{:>10.3}{:>14.3}", mean(0), mean(1), mean(2));
    for (way, against) in ["random", "loudness"].iter().enumerate() {
        let sign = if more_is_better { 1.0 } else { -1.0 };
        let better: Vec<f64> = found.iter().map(|areas| sign * (area(&areas[2]) - area(&areas[way]))).collect();
        let wins = better.iter().filter(|difference| **difference > 0.0).count();
        println!("    better than {against} on {wins} of {}, p = {:.4}", found.len(), by_chance(&better));
    }
}

/// How often signs drawn at random give a mean as large: one-sided, of pairs.
fn by_chance(differences: &[f64]) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let sum: f64 = differences.iter().sum();
    let mut as_large = 1;
    for _ in 0..DRAWS {
        let drawn: f64 = differences.iter().map(|one| if random.next_u64() & 1 == 1 { *one } else { -one }).sum();
        as_large += usize::from(drawn >= sum);
    }
    as_large as f64 / (DRAWS + 1) as f64
}
