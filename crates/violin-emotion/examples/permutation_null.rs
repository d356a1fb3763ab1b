//! How often the permutation test finds something where there is nothing.
//!
//!     cargo run --release --example permutation_null [SETS]
//!
//! Draws sets of 100 recordings whose labels and features have nothing to do with each other: once of single recordings, once in
//! some forty groups of one to eight whose members are alike in labels and in features, as takes of one player are. Each set goes through
//! the ridge of `evaluate` in five folds by group and 39 permutations; printed is the share of sets with p at most 0.05,
//! which should be 0.05. The seed is fixed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, Plan, SoftLabels};
use violin_emotion::evaluate::{Method, permutation_test};
use violin_emotion::features::{Catalog, FeatureSet, Sequence, Span};
use violin_emotion::{Config, Result, silent};

const SEED: u64 = 20_261_126;
const RECORDINGS: usize = 100;
/// With 39, chance alone has p at most 0.05 in 2 of 40 sets.
const PERMUTATIONS: usize = 39;
const LEVEL: f64 = 0.05;
/// Share of the variance that members of a group have in common, in labels and in features.
const IN_COMMON: f64 = 0.5;

struct Chance(ChaCha8Rng);

impl Chance {
    fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// One number a recording, alike within groups by `in_common`.
    fn numbers(&mut self, groups: &[usize], in_common: f64) -> Vec<f64> {
        let of_group: Vec<f64> = (0..RECORDINGS).map(|_| self.normal()).collect();
        let own = |chance: &mut Chance| (1.0 - in_common).sqrt() * chance.normal();
        groups.iter().map(|&group| in_common.sqrt() * of_group[group] + own(self)).collect()
    }
}

fn corpus(number: u64, grouped: bool) -> Corpus {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(SEED));
    chance.0.set_stream(2 * number + u64::from(grouped));
    let mut groups = Vec::new();
    while groups.len() < RECORDINGS {
        let group = groups.last().map_or(0, |last| last + 1);
        let size = if grouped { (1 + (-1.8 * chance.unit().ln()) as usize).min(8) } else { 1 };
        groups.extend(vec![group; size]);
    }
    groups.truncate(RECORDINGS);
    let in_common = if grouped { IN_COMMON } else { 0.0 };
    let catalog = Catalog::of(FeatureSet::Classic);
    let columns: Vec<Vec<f64>> = (0..catalog.len()).map(|_| chance.numbers(&groups, in_common)).collect();
    let tendencies: Vec<Vec<f64>> = (0..3).map(|_| chance.numbers(&groups, in_common)).collect();
    let labels = LabelSet::new(vec!["joy".into(), "calm".into(), "anger".into()]).expect("names");
    let of_one = |at: usize| {
        let weights: Vec<f64> = tendencies.iter().map(|tendency| tendency[at].exp()).collect();
        let sum: f64 = weights.iter().sum();
        let shares = weights.iter().map(|weight| (weight / sum) as f32).collect();
        Measured {
            file_name: format!("{at}.wav"),
            group: groups[at].to_string(),
            sound: at.to_string(),
            sequence: Sequence::new(
                catalog,
                vec![Span { start_s: 0.0, end_s: 3.0 }],
                columns.iter().map(|column| column[at] as f32).collect(),
            ),
            target: SoftLabels::new(&labels, shares).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        }
    };
    Corpus::new(labels.clone(), (0..RECORDINGS).map(of_one).collect()).expect("a corpus")
}

fn p(corpus: &Corpus, seed: u64) -> Result<f64> {
    let mut config = Config::default();
    config.features.set = FeatureSet::Classic;
    let plan = Plan::by_group(&corpus.groups(), 5, 1, seed)?;
    let test = permutation_test(corpus, &config, &plan, Method::Ridge, PERMUTATIONS, seed, &silent)?;
    Ok(test.expect("shares that vary").p)
}

fn main() -> Result<()> {
    let sets: u64 = std::env::args().nth(1).and_then(|sets| sets.parse().ok()).unwrap_or(1000);
    for (name, grouped) in [("single recordings", false), ("some forty groups of 1 to 8", true)] {
        let all = (0..sets).into_par_iter().map(|set| p(&corpus(set, grouped), set)).collect::<Result<Vec<f64>>>()?;
        let found = all.iter().filter(|p| **p <= LEVEL).count();
        println!("{name}: p at most {LEVEL} in {:.1} % of {sets} sets", 100.0 * found as f64 / sets as f64);
    }
    Ok(())
}
