//! Do explanations speak of what was learned? With labels shuffled before training, a model's explanations must not resemble
//! the real ones; with another seed they must: `cargo run --release --example explanation_sanity -- AUDIO LABELS GROUP CACHE`.

mod truth;

use std::error::Error;
use std::path::Path;

use violin_emotion::audio::augment::Augmentation;
use violin_emotion::data::{self, Corpus, Dataset, LabelOptions};
use violin_emotion::explain::{Explainer, Reference};
use violin_emotion::features::{FeatureCache, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Config, silent};

use truth::spearman;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Takes explained by every model.
const TAKES: usize = 10;
/// Times the labels are shuffled.
const SHUFFLES: u64 = 20;
/// Models of other seeds.
const SEEDS: u64 = 4;
/// Recordings that answers are explained against.
const USUAL: usize = 5;
/// A group whose part in the real explanation is below this share of the largest is below the line of noise.
const NOISE: f64 = 0.1;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [audio, labels, group, cache] = &arguments[..] else {
        return Err("which AUDIO, LABELS, GROUP and CACHE?".into());
    };
    let mut config = Config::default();
    config.model.usual = USUAL;
    let options = LabelOptions { group_by: Some(group.clone()), ..LabelOptions::default() };
    let dataset = data::read_labels(Path::new(labels), Path::new(audio), &options)?;
    let cache = FeatureCache::open(Path::new(cache))?;
    let none = Augmentation::default();
    let measured =
        |dataset: &Dataset| Corpus::measure(dataset, &config.audio, &config.features, &none, Some(&cache), &silent);
    let corpus = measured(&dataset)?;
    let split = data::folds(&corpus.groups(), 5, 0)?.remove(0);
    let fit = |corpus: &Corpus, seed: u64| EmotionModel::fit(&corpus.training_side(&split), &config, seed, &silent);
    let takes: Vec<&Sequence> = split.test().iter().take(TAKES).map(|&at| &corpus.recordings()[at].sequence).collect();
    // All models are asked against the same recordings: those that stand for all of the real one's.
    let real_model = fit(&corpus, 0)?;
    let usual = real_model.usual().iter().map(|usual| usual.sequence.clone()).collect::<Vec<_>>();
    let explained = |model: &EmotionModel| -> Outcome<Vec<Vec<f64>>> {
        let explainer = Explainer::new(model, Reference::recordings("usual", usual.clone())?)?;
        let explain = |take: &&Sequence| -> Outcome<Vec<f64>> {
            let contributions = explainer.explain(take, &silent)?.whole.contributions;
            // What the length adds, the last, is no part of the playing.
            let families = model.catalog().families().len();
            Ok(contributions.values().take(families).flat_map(|added| added.values().copied()).collect())
        };
        takes.iter().map(explain).collect()
    };
    let real = explained(&real_model)?;

    let mut found = Vec::new();
    for seed in 0..SHUFFLES {
        let shuffled = measured(&data::permute_labels(&dataset, seed))?;
        found.push(alike(&real, &explained(&fit(&shuffled, 0)?)?));
        println!("labels shuffled, {seed}: rank correlation with the real explanations {:+.3}", found[found.len() - 1]);
    }
    println!("mean {:+.3}", found.iter().sum::<f64>() / found.len() as f64);

    let (mut agreed, mut asked) = (0, 0);
    for seed in 1..=SEEDS {
        let other = explained(&fit(&corpus, seed)?)?;
        for (real, other) in real.iter().zip(&other) {
            let largest = real.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            for (real, other) in real.iter().zip(other).filter(|(real, _)| real.abs() > NOISE * largest) {
                asked += 1;
                agreed += usize::from(real.signum() == other.signum());
            }
        }
        println!("seed {seed}: rank correlation with the real explanations {:+.3}", alike(&real, &other));
    }
    println!("signs agree in {agreed} of {asked} above the line of noise");
    Ok(())
}

/// Spearman's, take by take, in the mean.
fn alike(one: &[Vec<f64>], other: &[Vec<f64>]) -> f64 {
    one.iter().zip(other).map(|(one, other)| spearman(one, other)).sum::<f64>() / one.len() as f64
}
