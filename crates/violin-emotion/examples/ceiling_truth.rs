//! Is the ceiling what a method scores that knows the truth? Sets of 100 recordings with known true distributions, votes drawn
//! from them, and the figures of the truth itself beside what [`ceiling`] says of the votes:
//! `cargo run --release --example ceiling_truth [RATINGS.csv]`.
//!
//! With a table of votes by rater (columns `track id` and nine emotions, as emotify's), also the ceiling of these.

use std::collections::BTreeMap;
use std::error::Error;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use violin_emotion::evaluate::{Ceiling, Figures, ceiling};

const SETS: usize = 50;
const RECORDINGS: usize = 100;
/// What the mean over sets may be off.
const R2_BAR: f64 = 0.02;
const JS_BAR: f64 = 0.005;

type Truths = fn(&mut Chance) -> Vec<f64>;

const KINDS: [(&str, Truths); 7] = [
    ("Dirichlet, 4 of 1", |chance| shares((0..4).map(|_| chance.gamma_of_halves(2)))),
    ("Dirichlet, 5 of 0.5", |chance| shares((0..5).map(|_| chance.gamma_of_halves(1)))),
    ("Dirichlet, 6 3 2 1", |chance| shares([12, 6, 4, 2].into_iter().map(|halves| chance.gamma_of_halves(halves)))),
    ("Dirichlet, 9 of 5", |chance| shares((0..9).map(|_| chance.gamma_of_halves(10)))),
    ("softmax-normal, 4", |chance| shares((0..4).map(|_| (1.7 * chance.normal()).exp()))),
    ("softmax-normal, 9", |chance| shares((0..9).map(|at| (0.8 * chance.normal() + f64::from(at) / 4.0).exp()))),
    ("one of three points", |chance| {
        let strong = (chance.unit() * 3.0) as usize % 3;
        (0..3).map(|at| if at == strong { 0.8 } else { 0.1 }).collect()
    }),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("{SETS} sets of {RECORDINGS} recordings; what the truth scores, and (the ceiling less that):");
    print!("{:<20}{:>7}", "true distributions", "raters");
    for figure in none().scalars() {
        print!("{:>19}", figure.name);
    }
    println!("{:>12}{:>12}", "R2 within", "JS within");
    let mut failed = 0;
    for (kind, (name, truths)) in KINDS.iter().enumerate() {
        for raters in [5, 10, 30] {
            let set = |number: usize| one_set(*truths, raters, (kind * 100 + raters) * 1000 + number);
            let sets: Vec<(Figures, Ceiling)> = (0..SETS).into_par_iter().map(set).collect();
            print!("{name:<20}{raters:>7}");
            let mut off = Vec::new();
            for at in 0..none().scalars().len() {
                let mean = |of: fn(&(Figures, Ceiling)) -> &Figures| {
                    sets.iter().filter_map(|set| of(set).scalars()[at].value).sum::<f64>() / SETS as f64
                };
                let (truth, found) = (mean(|set| &set.0), mean(|set| &set.1.figures));
                off.push(found - truth);
                print!("{:>19}", format!("{truth:.4} ({:+.4})", found - truth));
            }
            // The interval is about new sets: it should hold the mean of all of them.
            let held = |at: usize| {
                let mean = sets.iter().filter_map(|set| set.0.scalars()[at].value).sum::<f64>() / SETS as f64;
                let holds =
                    |set: &&(Figures, Ceiling)| set.1.intervals[at].is_some_and(|i| i.low <= mean && mean <= i.high);
                100 * sets.iter().filter(holds).count() / SETS
            };
            let passed = off[0].abs() < R2_BAR && off[2].abs() < JS_BAR;
            println!("{:>10} %{:>10} %{}", held(0), held(2), if passed { "" } else { "  outside the bar" });
            failed += usize::from(!passed);
        }
    }
    println!("outside the bar: {failed}");
    match std::env::args().nth(1) {
        Some(ratings) => of_ratings(&ratings),
        None => Ok(()),
    }
}

fn none() -> Figures {
    Figures::of(&[], &[], &[])
}

fn one_set(truths: Truths, raters: usize, seed: usize) -> (Figures, Ceiling) {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed as u64));
    let (mut truth, mut rated) = (Vec::new(), Vec::new());
    for _ in 0..RECORDINGS {
        let shares = truths(&mut chance);
        let mut votes = vec![0.0f32; shares.len()];
        (0..raters).for_each(|_| votes[chance.pick(&shares)] += 1.0);
        rated.push(votes.iter().map(|votes| votes / raters as f32).collect::<Vec<f32>>());
        truth.push(shares.iter().map(|share| *share as f32).collect::<Vec<f32>>());
    }
    let groups: Vec<usize> = (0..RECORDINGS).collect();
    let found = ceiling(&views(&rated), &[raters; RECORDINGS], &groups, seed as u64).expect("at least two raters each");
    (Figures::of(&views(&rated), &views(&truth), &[1.0; RECORDINGS]), found)
}

fn views(table: &[Vec<f32>]) -> Vec<&[f32]> {
    table.iter().map(Vec::as_slice).collect()
}

/// The ceiling of real votes, of which each may name several emotions.
fn of_ratings(path: &str) -> Result<(), Box<dyn Error>> {
    let mut votes: BTreeMap<String, (Vec<f32>, usize)> = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_path(path)?;
    let track = reader.headers()?.iter().position(|name| name == "track id").ok_or("no column `track id`")?;
    for row in reader.records() {
        let row = row?;
        let ticks = (2..11).map(|at| row[at].parse()).collect::<Result<Vec<f32>, _>>()?;
        let (sums, raters) = votes.entry(row[track].to_string()).or_insert((vec![0.0; 9], 0));
        sums.iter_mut().zip(&ticks).for_each(|(sum, tick)| *sum += tick);
        *raters += usize::from(ticks.iter().sum::<f32>() > 0.0);
    }
    let share = |sums: &[f32]| sums.iter().map(|sum| sum / sums.iter().sum::<f32>()).collect::<Vec<f32>>();
    let rated: Vec<Vec<f32>> = votes.values().map(|(sums, _)| share(sums)).collect();
    let raters: Vec<usize> = votes.values().map(|(_, raters)| *raters).collect();
    let rated = views(&rated);
    let found = ceiling(&rated, &raters, &(0..rated.len()).collect::<Vec<_>>(), 0)?;
    println!("\n{path}: {} recordings", rated.len());
    for (figure, interval) in found.figures.scalars().iter().zip(&found.intervals) {
        let interval = interval.map_or(String::new(), |i| format!("({:.4} to {:.4})", i.low, i.high));
        println!("{:<20}{:.4} {interval}", figure.name, figure.value.unwrap_or(f64::NAN));
    }
    Ok(())
}

fn shares(worths: impl Iterator<Item = f64>) -> Vec<f64> {
    let worths: Vec<f64> = worths.collect();
    let sum: f64 = worths.iter().sum();
    worths.iter().map(|worth| worth / sum).collect()
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

    /// Gamma of shape `halves`/2: half the sum of so many squared normals.
    fn gamma_of_halves(&mut self, halves: usize) -> f64 {
        (0..halves).map(|_| self.normal().powi(2)).sum::<f64>() / 2.0
    }

    fn pick(&mut self, shares: &[f64]) -> usize {
        let mut left = self.unit();
        let found = shares.iter().position(|share| {
            left -= share;
            left <= 0.0
        });
        found.unwrap_or(shares.len() - 1)
    }
}
