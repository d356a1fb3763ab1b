//! Do intervals hold what they promise? Sets of groups with effects in what is rated and in the errors, fixed predictors, and how
//! often the 95 % interval of one set holds the score on 100,000 fresh recordings of new groups:
//! `cargo run --release --example interval_coverage [SETS]`.

use std::error::Error;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use violin_emotion::evaluate::{Figures, Interval, intervals};

const EMOTIONS: usize = 5;
const VOTES: usize = 15;
const FRESH: usize = 100_000;
/// Of how many sets in a hundred the interval should hold the truth, give or take the scatter of 1,000 sets.
const BAR: std::ops::RangeInclusive<f64> = 93.0..=97.0;
/// In the order of the scores below; the bar is for the first two.
const NAMES: [&str; 5] = ["R2", "JS", "accuracy", "R2 apart", "JS apart"];
const BARRED: usize = 2;

/// Standard deviations of what is added to the logits of the truth and of the answers.
struct Design {
    name: &'static str,
    truth_by_group: f64,
    truth: f64,
    error_by_group: f64,
    error: f64,
    /// How much of the truth's deviation from the mean the answers follow.
    follows: f64,
}

const DESIGNS: [Design; 3] = [
    Design { name: "good answers", truth_by_group: 0.6, truth: 0.8, error_by_group: 0.3, error: 0.4, follows: 0.8 },
    Design { name: "weak answers", truth_by_group: 0.6, truth: 0.6, error_by_group: 0.3, error: 0.3, follows: 0.3 },
    Design { name: "groups differ", truth_by_group: 1.0, truth: 0.4, error_by_group: 0.6, error: 0.3, follows: 0.7 },
];

fn main() -> Result<(), Box<dyn Error>> {
    let sets: usize = std::env::args().nth(1).map_or(Ok(1000), |sets| sets.parse())?;
    println!("{sets} sets; how often, in %, the interval holds the score on {FRESH} fresh recordings:");
    print!("{:<15}{:>7}{:>9}", "", "groups", "sizes");
    println!("{}{:>22}", NAMES.map(|name| format!("{name:>10}")).concat(), "R2, mean half width");
    let mut outside = 0;
    for (number, design) in DESIGNS.iter().enumerate() {
        let truth = scores(&Set::draw(design, &vec![1; FRESH], number as u64), &[1.0; FRESH]);
        for groups in [12, 20, 40, 100] {
            for unequal in [false, true] {
                let seed = |set: usize| (((number * 1000 + groups) * 2 + usize::from(unequal)) * 100_000 + set) as u64;
                let held = |set: usize| {
                    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed(set)));
                    let sizes: Vec<usize> = (0..groups).map(|_| chance.size(unequal)).collect();
                    let set = Set::draw(design, &sizes, seed(set) + 50_000_000_000);
                    let found = intervals(&set.groups, |weights| scores(&set, weights), 0);
                    let half = found[0].map_or(0.0, |interval| (interval.high - interval.low) / 2.0);
                    let held = |(truth, found): (&Option<f64>, &Option<Interval>)| {
                        truth.zip(*found).is_some_and(|(truth, found)| found.low <= truth && truth <= found.high)
                    };
                    (truth.iter().zip(&found).map(held).collect::<Vec<bool>>(), half)
                };
                let found: Vec<(Vec<bool>, f64)> = (0..sets).into_par_iter().map(held).collect();
                let percent =
                    |at: usize| 100.0 * found.iter().filter(|(held, _)| held[at]).count() as f64 / sets as f64;
                print!("{:<15}{groups:>7}{:>9}", design.name, if unequal { "unequal" } else { "equal" });
                (0..NAMES.len()).for_each(|at| print!("{:>10.1}", percent(at)));
                let missed = groups >= 40 && (0..BARRED).any(|at| !BAR.contains(&percent(at)));
                outside += usize::from(missed);
                let half = found.iter().map(|(_, half)| half).sum::<f64>() / sets as f64;
                println!("{half:>22.3}{}", if missed { "  outside the bar" } else { "" });
            }
        }
    }
    println!("of 40 groups and more, outside the bar: {outside}");
    Ok(())
}

/// R2, JS and accuracy of the first answers, and how far the first R2 and JS are from those of the second.
fn scores(set: &Set, weights: &[f64]) -> Vec<Option<f64>> {
    let of = |answers: &[Vec<f32>]| Figures::of(&views(&set.rated), &views(answers), weights);
    let (first, second) = (of(&set.first), of(&set.second));
    let apart = first.mean_r2.zip(second.mean_r2).map(|(first, second)| first - second);
    vec![first.mean_r2, Some(first.js), Some(first.accuracy), apart, Some(first.js - second.js)]
}

fn views(table: &[Vec<f32>]) -> Vec<&[f32]> {
    table.iter().map(Vec::as_slice).collect()
}

/// Recordings in groups, rated, and answered by two predictors, the second of which follows the first.
struct Set {
    groups: Vec<usize>,
    rated: Vec<Vec<f32>>,
    first: Vec<Vec<f32>>,
    second: Vec<Vec<f32>>,
}

impl Set {
    fn draw(design: &Design, sizes: &[usize], seed: u64) -> Self {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let mut set = Set { groups: Vec::new(), rated: Vec::new(), first: Vec::new(), second: Vec::new() };
        for (group, &size) in sizes.iter().enumerate() {
            let truth_of_group = chance.normals(design.truth_by_group);
            let error_of_group = chance.normals(design.error_by_group);
            let second_of_group = chance.normals(0.25);
            for _ in 0..size {
                let deviation = sum(&truth_of_group, &chance.normals(design.truth));
                let mean: [f64; EMOTIONS] = std::array::from_fn(|at| 0.3 * at as f64);
                let error = sum(&error_of_group, &chance.normals(design.error));
                let first = sum(&mean, &sum(&deviation.map(|deviation| deviation * design.follows), &error));
                let second = sum(&first.map(|logit| 0.8 * logit), &sum(&second_of_group, &chance.normals(0.3)));
                let truth = shares(&sum(&mean, &deviation));
                set.groups.push(group);
                set.rated.push(chance.votes(&truth));
                set.first.push(shares(&first).iter().map(|share| *share as f32).collect());
                set.second.push(shares(&second).iter().map(|share| *share as f32).collect());
            }
        }
        set
    }
}

fn sum(first: &[f64; EMOTIONS], second: &[f64; EMOTIONS]) -> [f64; EMOTIONS] {
    std::array::from_fn(|at| first[at] + second[at])
}

fn shares(logits: &[f64; EMOTIONS]) -> [f64; EMOTIONS] {
    let worths = logits.map(f64::exp);
    worths.map(|worth| worth / worths.iter().sum::<f64>())
}

struct Chance(ChaCha8Rng);

impl Chance {
    /// Uniform in (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    fn normals(&mut self, deviation: f64) -> [f64; EMOTIONS] {
        std::array::from_fn(|_| deviation * self.normal())
    }

    /// Four, or log-normal about 3.3, 1 to 25.
    fn size(&mut self, unequal: bool) -> usize {
        match unequal {
            true => ((1.2 + 0.8 * self.normal()).exp().ceil() as usize).clamp(1, 25),
            false => 4,
        }
    }

    fn votes(&mut self, truth: &[f64; EMOTIONS]) -> Vec<f32> {
        let mut votes = vec![0.0f32; EMOTIONS];
        for _ in 0..VOTES {
            let mut left = self.unit();
            let found = truth.iter().position(|share| {
                left -= share;
                left <= 0.0
            });
            votes[found.unwrap_or(EMOTIONS - 1)] += 1.0 / VOTES as f32;
        }
        votes
    }
}
