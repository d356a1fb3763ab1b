//! What can be reached on a rendered corpus: `cargo run --release --example rendered_ceiling -- FOLDER [FOLDS] [SEED]`.
//!
//! Reads what `violin-emotion render` wrote and prints the scores of two who know more than any recording says, against
//! the raters' votes: one answers with the true distributions, the other, a log-linear ridge, with what it learned from
//! the true cues on the folds of `violin-emotion evaluate --group-by performer`.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use violin_emotion::data::{self, Dataset, LabelOptions};
use violin_emotion::evaluate::{jensen_shannon, r2, same_strongest};
use violin_emotion::synth::CUES;

/// Added to each emotion's votes before the logarithm: the prior of H. Jeffreys (1946).
const HALF_A_VOTE: f64 = 0.5;
/// Of a ridge on standardised cues; from 0.01 to 3 the mean R² at 300 takes changes by 0.002.
const PENALTY: f64 = 1.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder of `violin-emotion render`?")?;
    let folder = Path::new(&folder);
    let folds = arguments.next().map_or(Ok(5), |folds| folds.parse())?;
    let seed = arguments.next().map_or(Ok(0), |seed| seed.parse())?;

    let options = LabelOptions { group_by: Some("performer".into()), ..LabelOptions::default() };
    let dataset = data::read_labels(&folder.join("emotion_labels.csv"), &folder.join("recordings"), &options)?;
    let names = dataset.labels().names();
    let cue_names: Vec<&str> = CUES.iter().map(|cue| cue.name).collect();
    let cues = columns(&folder.join("truth.csv"), &cue_names, &dataset)?;
    let truth = columns(&folder.join("truth.csv"), names, &dataset)?;
    let raters = columns(&folder.join("emotion_labels.csv"), &["n_raters"], &dataset)?;

    let shares: Vec<&[f32]> = dataset.recordings().iter().map(|recording| recording.target.shares()).collect();
    let logs: Vec<Vec<f64>> =
        shares.iter().zip(&raters).map(|(shares, raters)| centred_log_ratio(shares, raters[0])).collect();
    let mut answers = vec![Vec::new(); shares.len()];
    for split in data::folds(&dataset.groups(), folds, seed)? {
        let scale = Scale::of(split.train().iter().map(|&at| &cues[at]));
        let rows: Vec<Vec<f64>> = split.train().iter().map(|&at| scale.row(&cues[at])).collect();
        let targets: Vec<&[f64]> = split.train().iter().map(|&at| &*logs[at]).collect();
        let weights = ridge(&rows, &targets);
        for &at in split.test() {
            answers[at] = softmax(&weights, &scale.row(&cues[at]));
        }
    }

    println!("{} takes, {} votes each; rendered, no evidence about listeners", shares.len(), raters[0][0]);
    println!("{:<22}{:>8}{:>9}{:>10}   R² of {}", "", "mean R²", "JS", "accuracy", names.join(", "));
    let truth: Vec<Vec<f32>> =
        truth.iter().map(|row| row.iter().map(|&share| share as f32).collect::<Vec<f32>>()).collect();
    print_scores("true distributions", &shares, &truth);
    print_scores("ridge on the true cues", &shares, &answers);
    Ok(())
}

/// The named columns of a CSV file, in the order of the dataset's recordings.
fn columns(path: &Path, names: &[impl AsRef<str>], dataset: &Dataset) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut csv = csv::Reader::from_path(path)?;
    let headers = csv.headers()?.clone();
    let place = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.ok_or_else(|| format!("{}: no column `{name}`", path.display()))
    };
    let file = place("filename")?;
    let places = names.iter().map(|name| place(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let mut rows = HashMap::new();
    for record in csv.records() {
        let record = record?;
        let values = places.iter().map(|&at| record[at].parse()).collect::<Result<Vec<f64>, _>>()?;
        rows.insert(record[file].to_string(), values);
    }
    let row = |name: &str| rows.remove(name).ok_or_else(|| format!("{}: no row of {name}", path.display()).into());
    dataset.recordings().iter().map(|recording| &*recording.file_name).map(row).collect()
}

fn centred_log_ratio(shares: &[f32], raters: f64) -> Vec<f64> {
    let logs: Vec<f64> = shares.iter().map(|&share| (f64::from(share) * raters + HALF_A_VOTE).ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    logs.iter().map(|log| log - mean).collect()
}

/// Mean and standard deviation of each cue on the training side.
struct Scale(Vec<(f64, f64)>);

impl Scale {
    fn of<'a>(rows: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Self {
        let count = rows.clone().count() as f64;
        let scale = |at: usize| {
            let mean = rows.clone().map(|row| row[at]).sum::<f64>() / count;
            let variance = rows.clone().map(|row| (row[at] - mean).powi(2)).sum::<f64>() / count;
            // A cue that is the same throughout says nothing.
            (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
        };
        Scale((0..CUES.len()).map(scale).collect())
    }

    /// 1 for the intercept, then the standardised cues.
    fn row(&self, cues: &[f64]) -> Vec<f64> {
        let standardised = cues.iter().zip(&self.0).map(|(cue, (mean, deviation))| (cue - mean) / deviation);
        std::iter::once(1.0).chain(standardised).collect()
    }
}

/// Weights of each emotion: (XᵀX + penalty)⁻¹ Xᵀy, the intercept free, by Gaussian elimination; the matrix is positive
/// definite, so that no pivot is 0.
fn ridge(rows: &[Vec<f64>], targets: &[&[f64]]) -> Vec<Vec<f64>> {
    let (unknowns, emotions) = (rows[0].len(), targets[0].len());
    let mut system = vec![vec![0.0; unknowns + emotions]; unknowns];
    for (row, target) in rows.iter().zip(targets) {
        for (equation, one) in system.iter_mut().zip(row) {
            equation.iter_mut().zip(row.iter().chain(*target)).for_each(|(sum, other)| *sum += one * other);
        }
    }
    (1..unknowns).for_each(|at| system[at][at] += PENALTY);
    for pivot in 0..unknowns {
        let scale = 1.0 / system[pivot][pivot];
        system[pivot].iter_mut().for_each(|value| *value *= scale);
        let solved = system[pivot].clone();
        for (_, equation) in system.iter_mut().enumerate().filter(|(at, _)| *at != pivot) {
            let factor = equation[pivot];
            equation.iter_mut().zip(&solved).for_each(|(value, one)| *value -= factor * one);
        }
    }
    (0..emotions).map(|emotion| system.iter().map(|equation| equation[unknowns + emotion]).collect()).collect()
}

fn softmax(weights: &[Vec<f64>], row: &[f64]) -> Vec<f32> {
    let scores = weights.iter().map(|weights| weights.iter().zip(row).map(|(weight, cue)| weight * cue).sum::<f64>());
    let powers: Vec<f64> = scores.map(f64::exp).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| (power / sum) as f32).collect()
}

fn print_scores(name: &str, rated: &[&[f32]], answers: &[Vec<f32>]) {
    let column = |rows: &[&[f32]], emotion: usize| rows.iter().map(|row| row[emotion]).collect::<Vec<f32>>();
    let answers: Vec<&[f32]> = answers.iter().map(Vec::as_slice).collect();
    let by_emotion: Vec<f64> = (0..rated[0].len())
        .map(|emotion| r2(&column(rated, emotion), &column(&answers, emotion)).unwrap_or(f64::NAN))
        .collect();
    let pairs = || rated.iter().zip(&answers);
    let count = rated.len() as f64;
    let js = pairs().map(|(rated, answer)| jensen_shannon(rated, answer)).sum::<f64>() / count;
    let accuracy = pairs().filter(|(rated, answer)| same_strongest(rated, answer)).count() as f64 / count;
    let mean_r2 = by_emotion.iter().sum::<f64>() / by_emotion.len() as f64;
    let by_emotion: Vec<String> = by_emotion.iter().map(|r2| format!("{r2:.3}")).collect();
    println!("{name:<22}{mean_r2:>8.3}{js:>9.4}{accuracy:>10.2}   {}", by_emotion.join(", "));
}
