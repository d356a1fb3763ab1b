//! A whole recording at a glance: a low-rank ridge regression on normal scores of its summary.

mod normal_equations;
mod normal_scores;

pub(crate) use normal_equations::{Table, answers};
pub(super) use normal_scores::NormalScores;

use super::arrays::{ArrayReader, ArrayWriter};
use super::inputs::Inputs;
use crate::Result;
use crate::data::{InnerFold, Measured, TrainingSide};
use crate::features::Sequence;

/// Penalties that each component may choose from: quarter decades, for normal scores.
const PENALTIES: usize = 19;

fn penalties() -> [f64; PENALTIES] {
    std::array::from_fn(|at| 10f64.powf(0.5 + 0.25 * at as f64))
}

/// Summaries are told apart by so many standard deviations of the training windows: rounding is a hundredth of that.
const GRAIN: f32 = 1e-5;

/// Components with less than this share of the targets' variance are rounding.
const LEAST_VARIANCE: f64 = 1e-9;

/// Square roots of the shares, each a straight line of what a recording's summary has as normal scores: what listeners say is
/// more often how a recording compares with others than how many decibels it has. Targets are turned to their principal
/// components, which are predicted one by one, each with a penalty of its own (after Izenman 1975, reduced-rank regression):
/// what emotions have in common is told more surely than each alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LowRankRidge {
    scores: NormalScores,
    /// Summary × emotions.
    weights: Vec<f32>,
    /// The square roots where all scores are 0.
    intercept: Vec<f32>,
}

/// A ridge, the penalties that it chose, and its answers to recordings that it had not learned from.
pub(super) struct Fitted {
    pub ridge: LowRankRidge,
    /// Of each component, the one with most of the variance first.
    pub penalties: Vec<f64>,
    /// Each recording's number in the corpus, and the answer of the fold that judged it.
    pub held_out: Vec<(usize, Vec<f32>)>,
}

/// Mean and standard deviation of each column over a recording's windows, which `rows` holds as the network reads them: 2 ×
/// `width` numbers. A single window has no deviation: NaN.
pub(super) fn summary(rows: &[f32], width: usize) -> Vec<f32> {
    let windows = (rows.len() / width) as f64;
    let column = |column: usize| rows[column..].iter().step_by(width).map(|value| f64::from(*value));
    let means: Vec<f64> = (0..width).map(|at| column(at).sum::<f64>() / windows).collect();
    let deviation = |at: usize| {
        let squares: f64 = column(at).map(|value| (value - means[at]).powi(2)).sum();
        if windows > 1.0 { (squares / (windows - 1.0)).sqrt() as f32 } else { f32::NAN }
    };
    means.iter().map(|mean| *mean as f32).chain((0..width).map(deviation)).collect()
}

impl LowRankRidge {
    /// Fits on all lessons of the side; penalties are chosen on `folds` of it.
    pub fn fit(side: &TrainingSide, folds: &[InnerFold], inputs: &Inputs) -> Result<Fitted> {
        let components = Components::of(side);
        let count = components.count();
        let mut missed = vec![[0.0; PENALTIES]; count];
        let mut judged: Vec<(usize, Vec<Vec<f64>>)> = Vec::new();
        for InnerFold { side, judges } in folds {
            let known = Known::of(side, &components, inputs)?;
            let asked = summaries(judges.iter().map(|(_, recording)| &recording.sequence), inputs)?;
            let answers = known.answers(&asked, &penalties());
            for (place, (number, recording)) in judges.iter().enumerate() {
                let rated = components.of_shares(recording.target.shares());
                let of_one: Vec<Vec<f64>> =
                    answers.iter().map(|answers| answers[place * count..][..count].to_vec()).collect();
                for (penalty, answer) in of_one.iter().enumerate() {
                    for (component, missed) in missed.iter_mut().enumerate() {
                        missed[penalty] += (answer[component] - rated[component]).powi(2);
                    }
                }
                judged.push((*number, of_one));
            }
        }
        let least = |missed: &[f64; PENALTIES]| {
            (0..PENALTIES).min_by(|one, other| missed[*one].total_cmp(&missed[*other])).expect("penalties")
        };
        let chosen: Vec<usize> = missed.iter().map(least).collect();
        let turned = |answers: &[Vec<f64>]| -> Vec<f64> {
            chosen.iter().enumerate().map(|(component, penalty)| answers[*penalty][component]).collect()
        };
        let held_out = judged
            .into_iter()
            .map(|(number, answers)| (number, distribution(&components.square_roots(&turned(&answers)))))
            .collect();
        let known = Known::of(side, &components, inputs)?;
        Ok(Fitted {
            ridge: known.ridge(&components, &chosen),
            penalties: chosen.iter().map(|&penalty| penalties()[penalty]).collect(),
            held_out,
        })
    }

    /// The answer to a recording's windows.
    pub fn answer(&self, rows: &[f32], width: usize) -> Vec<f32> {
        distribution(&self.square_roots(rows, width))
    }

    /// The answers to a recording with every subset of some changes of its size, which are to different columns: number s has those
    /// whose bits are set in s. A change of a column changes its scores alone, so that the square roots are sums.
    pub fn answers_to_subsets(&self, rows: &[f32], changes: &[Vec<f32>], width: usize) -> Vec<Vec<f32>> {
        let base = self.square_roots(rows, width);
        let moved = |change: &Vec<f32>| {
            let changed: Vec<f32> = rows.iter().zip(change).map(|(value, change)| value + change).collect();
            let roots = self.square_roots(&changed, width);
            roots.iter().zip(&base).map(|(root, base)| root - base).collect::<Vec<f64>>()
        };
        let moves: Vec<Vec<f64>> = changes.iter().map(moved).collect();
        let answer = |subset: usize| {
            let mut roots = base.clone();
            for (_, moves) in moves.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1) {
                roots.iter_mut().zip(moves).for_each(|(root, moved)| *root += moved);
            }
            distribution(&roots)
        };
        (0..1 << changes.len()).map(answer).collect()
    }

    fn square_roots(&self, rows: &[f32], width: usize) -> Vec<f64> {
        let mut roots: Vec<f64> = self.intercept.iter().map(|root| f64::from(*root)).collect();
        let emotions = roots.len();
        for (column, value) in summary(rows, width).into_iter().enumerate() {
            let score = f64::from(self.scores.score(column, value));
            let weights = &self.weights[column * emotions..][..emotions];
            roots.iter_mut().zip(weights).for_each(|(root, weight)| *root += score * f64::from(*weight));
        }
        roots
    }

    pub fn write(&self, emotions: usize, arrays: &mut ArrayWriter) {
        self.scores.write(arrays);
        arrays.put_f32("weights", &[self.weights.len() / emotions, emotions], &self.weights);
        arrays.put_f32("intercept", &[emotions], &self.intercept);
    }

    /// What [`LowRankRidge::write`] wrote, of a model that reads `width` numbers a window.
    pub fn read(arrays: &ArrayReader, width: usize, emotions: usize) -> Result<Self> {
        let scores = NormalScores::read(arrays, 2 * width)?;
        let weights = arrays.f32("weights", &[2 * width, emotions])?;
        Ok(LowRankRidge { scores, weights, intercept: arrays.f32("intercept", &[emotions])? })
    }
}

/// Shares from their square roots: what is below 0 is 0; they sum to 1, and are even where nothing is above 0.
fn distribution(roots: &[f64]) -> Vec<f32> {
    let squares = || roots.iter().map(|root| root.max(0.0).powi(2));
    let sum: f64 = squares().sum();
    match sum > 0.0 {
        true => squares().map(|square| (square / sum) as f32).collect(),
        false => vec![1.0 / roots.len() as f32; roots.len()],
    }
}

/// The summaries of sequences, one after the other.
fn summaries<'a>(sequences: impl Iterator<Item = &'a Sequence>, inputs: &Inputs) -> Result<Vec<f32>> {
    let mut rows = Vec::new();
    for sequence in sequences {
        rows.extend(summary(&inputs.of(sequence)?, inputs.width()));
    }
    Ok(rows)
}

/// The principal components of the square roots of a side's shares.
struct Components {
    centre: Vec<f64>,
    /// Components × emotions, orthonormal; the one with most of the variance first.
    directions: Vec<Vec<f64>>,
}

impl Components {
    fn of(side: &TrainingSide) -> Self {
        let roots = |recording: &&Measured| -> Vec<f64> {
            recording.target.shares().iter().map(|share| f64::from(*share).sqrt()).collect()
        };
        let rows: Vec<Vec<f64>> = side.recordings().iter().map(roots).collect();
        let emotions = rows[0].len();
        let mean = |at: usize| rows.iter().map(|row| row[at]).sum::<f64>() / rows.len() as f64;
        let centre: Vec<f64> = (0..emotions).map(mean).collect();
        let product = |one: usize, other: usize| {
            rows.iter().map(|row| (row[one] - centre[one]) * (row[other] - centre[other])).sum::<f64>()
        };
        let covariance = (0..emotions).map(|one| (0..emotions).map(|other| product(one, other)).collect()).collect();
        let mut turned = eigenvectors(covariance);
        turned.sort_by(|one, other| other.0.total_cmp(&one.0));
        let all: f64 = turned.iter().map(|(variance, _)| variance.max(0.0)).sum();
        turned.retain(|(variance, _)| *variance > LEAST_VARIANCE * all);
        Components { centre, directions: turned.into_iter().map(|(_, direction)| direction).collect() }
    }

    fn count(&self) -> usize {
        self.directions.len()
    }

    fn of_shares(&self, shares: &[f32]) -> Vec<f64> {
        let away: Vec<f64> =
            shares.iter().zip(&self.centre).map(|(share, mean)| f64::from(*share).sqrt() - mean).collect();
        self.directions.iter().map(|direction| dot(direction, &away)).collect()
    }

    fn square_roots(&self, components: &[f64]) -> Vec<f64> {
        let mut roots = self.centre.clone();
        for (component, direction) in components.iter().zip(&self.directions) {
            roots.iter_mut().zip(direction).for_each(|(root, along)| *root += component * along);
        }
        roots
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Eigenvalues and vectors of a symmetric matrix, by Jacobi's rotations.
fn eigenvectors(mut matrix: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    /// Rotations through all pairs after which nothing is left beside the diagonal: some six are enough.
    const SWEEPS: usize = 50;
    let size = matrix.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..size).map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    for _ in 0..SWEEPS {
        for one in 0..size {
            for other in one + 1..size {
                if matrix[one][other] == 0.0 {
                    continue;
                }
                let slope = (matrix[other][other] - matrix[one][one]) / (2.0 * matrix[one][other]);
                let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                let turn = |row: &mut Vec<f64>| {
                    let (a, b) = (row[one], row[other]);
                    (row[one], row[other]) = (cosine * a - sine * b, sine * a + cosine * b);
                };
                matrix.iter_mut().for_each(turn);
                let (above, below) = matrix.split_at_mut(other);
                for (a, b) in above[one].iter_mut().zip(&mut below[0]) {
                    (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                }
                vectors.iter_mut().for_each(turn);
            }
        }
    }
    (0..size).map(|at| (matrix[at][at], vectors.iter().map(|row| row[at]).collect())).collect()
}

/// What is learned from: scores with mean 0, and the components of the targets.
struct Known {
    scores: NormalScores,
    /// Their means before.
    means: Vec<f64>,
    rows: Vec<f64>,
    targets: Vec<f64>,
    width: usize,
    outputs: usize,
}

impl Known {
    fn of(side: &TrainingSide, components: &Components, inputs: &Inputs) -> Result<Self> {
        let width = 2 * inputs.width();
        // Ranks are those among the recordings; copies are read by them.
        let recordings = summaries(side.recordings().iter().map(|recording| &recording.sequence), inputs)?;
        let scores = NormalScores::fit(&recordings, width, GRAIN);
        let lessons = summaries(side.lessons().map(|(sequence, _)| sequence), inputs)?;
        let mut rows: Vec<f64> = scores.of(&lessons).into_iter().map(f64::from).collect();
        let count = (rows.len() / width) as f64;
        let mean = |column: usize| rows[column..].iter().step_by(width).sum::<f64>() / count;
        let means: Vec<f64> = (0..width).map(mean).collect();
        rows.iter_mut().enumerate().for_each(|(at, score)| *score -= means[at % width]);
        let targets = side.lessons().flat_map(|(_, target)| components.of_shares(target.shares())).collect();
        Ok(Known { scores, means, rows, targets, width, outputs: components.count() })
    }

    /// Answers to summaries, for each of the penalties: recordings × components.
    fn answers(&self, asked: &[f32], penalties: &[f64]) -> Vec<Vec<f64>> {
        let scores = self.scores.of(asked).into_iter().enumerate();
        let asked: Vec<f64> = scores.map(|(at, score)| f64::from(score) - self.means[at % self.width]).collect();
        self.lines(&asked, penalties)
    }

    fn lines(&self, asked: &[f64], penalties: &[f64]) -> Vec<Vec<f64>> {
        if self.outputs == 0 {
            return vec![Vec::new(); penalties.len()];
        }
        let known = Table { values: &self.rows, width: self.width };
        let targets = Table { values: &self.targets, width: self.outputs };
        answers(known, targets, Table { values: asked, width: self.width }, penalties)
    }

    /// With the chosen penalty of each component.
    fn ridge(self, components: &Components, chosen: &[usize]) -> LowRankRidge {
        let (width, emotions) = (self.width, components.centre.len());
        // Asked about each column alone, a line answers with its weight, beside that to nothing at all.
        let mut asked = vec![0.0; (width + 1) * width];
        (0..width).for_each(|at| asked[at * width + at] = 1.0);
        let mut used: Vec<usize> = chosen.to_vec();
        used.sort_unstable();
        used.dedup();
        let all = penalties();
        let lines = self.lines(&asked, &used.iter().map(|&penalty| all[penalty]).collect::<Vec<f64>>());
        let line = |component: usize| {
            let place = used.iter().position(|penalty| *penalty == chosen[component]).expect("a penalty that was used");
            let outputs = self.outputs;
            let at = move |row: usize| row * outputs + component;
            (&lines[place], at)
        };
        let intercepts: Vec<f64> = (0..chosen.len())
            .map(|component| {
                let (line, at) = line(component);
                let nothing = line[at(width)];
                nothing - (0..width).map(|column| self.means[column] * (line[at(column)] - nothing)).sum::<f64>()
            })
            .collect();
        let mut weights = vec![0.0f64; width * emotions];
        for (component, direction) in components.directions.iter().enumerate() {
            let (line, at) = line(component);
            for column in 0..width {
                let weight = line[at(column)] - line[at(width)];
                let row = &mut weights[column * emotions..][..emotions];
                row.iter_mut().zip(direction).for_each(|(sum, along)| *sum += weight * along);
            }
        }
        LowRankRidge {
            scores: self.scores,
            weights: weights.into_iter().map(|weight| weight as f32).collect(),
            intercept: components.square_roots(&intercepts).into_iter().map(|root| root as f32).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Copies, Corpus, LabelSet, SoftLabels, Split};
    use crate::features::{Catalog, FeatureSet, Span};
    use crate::model::Scaling;

    /// Numbers that look drawn by chance, −1 to 1.
    fn numbers(count: usize, seed: f64) -> Vec<f64> {
        (0..count).map(|at| ((at as f64 + seed) * 12.9898).sin()).collect()
    }

    #[test]
    fn eigenvectors_turn_a_matrix_to_its_diagonal() {
        let (size, numbers) = (6, numbers(36, 0.4));
        let matrix: Vec<Vec<f64>> = (0..size)
            .map(|row| (0..size).map(|column| numbers[row * size + column] + numbers[column * size + row]).collect())
            .collect();
        let found = eigenvectors(matrix.clone());
        for (value, vector) in &found {
            for (row, at) in matrix.iter().zip(vector) {
                assert!((dot(row, vector) - value * at).abs() < 1e-12, "{value}");
            }
            assert!((dot(vector, vector) - 1.0).abs() < 1e-12);
        }
        for (at, (_, one)) in found.iter().enumerate() {
            assert!(found[..at].iter().all(|(_, other)| dot(one, other).abs() < 1e-12));
        }
    }

    #[test]
    fn a_summary_has_means_and_deviations_and_one_window_no_deviation() {
        let summary_of = |rows: &[f32]| summary(rows, 2);
        assert_eq!(summary_of(&[1.0, 5.0, 3.0, 5.0, 5.0, 5.0]), [3.0, 5.0, 2.0, 0.0]);
        let single = summary_of(&[1.0, 5.0]);
        assert!(single[..2] == [1.0, 5.0] && single[2..].iter().all(|value| value.is_nan()), "{single:?}");
    }

    #[test]
    fn shares_are_squares_that_sum_to_1() {
        assert_eq!(distribution(&[0.5, 0.5, -3.0]), [0.5, 0.5, 0.0]);
        assert_eq!(distribution(&[-1.0, -2.0]), [0.5, 0.5]);
    }

    /// A ridge of two columns and three emotions, fitted on nothing.
    fn ridge() -> LowRankRidge {
        let learned: Vec<f32> = numbers(40, 0.2).into_iter().map(|value| value as f32).collect();
        LowRankRidge {
            scores: NormalScores::fit(&learned, 4, GRAIN),
            weights: numbers(12, 0.9).into_iter().map(|value| 0.2 * value as f32).collect(),
            intercept: vec![0.6, 0.5, 0.4],
        }
    }

    #[test]
    fn subsets_of_changes_are_answered_as_each_by_itself() {
        let ridge = ridge();
        let rows: Vec<f32> = numbers(10, 0.5).into_iter().map(|value| value as f32).collect();
        // One changes the first column, one the second.
        let change = |column: usize| {
            (0..10).map(|at| if at % 2 == column { 0.3 - 0.1 * (at as f32).cos() } else { 0.0 }).collect::<Vec<f32>>()
        };
        let changes = [change(0), change(1)];
        let answers = ridge.answers_to_subsets(&rows, &changes, 2);
        for (subset, answer) in answers.iter().enumerate() {
            let mut changed = rows.clone();
            for (_, change) in changes.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1) {
                changed.iter_mut().zip(change).for_each(|(value, change)| *value += change);
            }
            for (one, other) in answer.iter().zip(ridge.answer(&changed, 2)) {
                assert!((one - other).abs() < 1e-6, "subset {subset}: {one} {other}");
            }
        }
        assert_ne!(answers[0], answers[3]);
    }

    /// What numpy and scipy make of the same recordings: see `make_golden_low_rank_ridge.py`.
    #[derive(serde::Deserialize)]
    struct Golden {
        windows: Vec<f32>,
        shares: Vec<f32>,
        fold: Vec<usize>,
        penalties: Vec<f64>,
        answers: Vec<f32>,
    }

    #[test]
    fn answers_and_penalties_are_those_of_numpy() {
        const FEATURES: usize = 5;
        const WINDOWS: usize = 3;
        /// Summaries and scores are single numbers of f32 here and of f64 there.
        const ROUNDING: f32 = 2e-5;
        let golden: Golden =
            serde_json::from_str(include_str!("../../../tests/golden/low_rank_ridge.json")).expect("a golden");
        let catalog = Catalog::of(FeatureSet::Classic);
        let labels = LabelSet::new(["joy", "calm", "anger"].map(String::from).to_vec()).expect("names");
        let recording = |at: usize| {
            // Other features say nothing.
            let mut values = vec![0.0; WINDOWS * catalog.len()];
            for (window, row) in values.chunks_exact_mut(catalog.len()).enumerate() {
                row[..FEATURES].copy_from_slice(&golden.windows[(at * WINDOWS + window) * FEATURES..][..FEATURES]);
            }
            let spans = (0..WINDOWS).map(|at| Span { start_s: at as f64, end_s: at as f64 + 3.0 }).collect();
            Measured {
                file_name: format!("{at}.wav"),
                group: (at / 3).to_string(),
                sound: at.to_string(),
                sequence: Sequence::new(catalog, spans, values),
                target: SoftLabels::new(&labels, golden.shares[at * 3..][..3].to_vec()).expect("shares"),
                warnings: Vec::new(),
                copies: Copies::default(),
            }
        };
        let count = golden.fold.len();
        let corpus = Corpus::new(labels.clone(), (0..count).map(recording).collect()).expect("a corpus");
        let side = corpus.whole();
        let fold = |number: usize| {
            let (judges, learned): (Vec<usize>, Vec<usize>) = (0..count).partition(|&at| golden.fold[at] == number);
            let split = Split::new(&corpus.groups(), learned, judges.clone()).expect("whole groups");
            let judges = judges.into_iter().map(|at| (at, &corpus.recordings()[at])).collect();
            InnerFold { side: corpus.training_side(&split), judges }
        };
        let folds: Vec<InnerFold> = (0..3).map(fold).collect();
        let inputs = Inputs::fit(catalog, Scaling::Standard, corpus.recordings().iter().map(|one| &one.sequence))
            .expect("a fit");
        let fitted = LowRankRidge::fit(&side, &folds, &inputs).expect("a ridge");
        assert_eq!(fitted.penalties.len(), golden.penalties.len());
        for (ours, theirs) in fitted.penalties.iter().zip(&golden.penalties) {
            assert!((ours / theirs - 1.0).abs() < 1e-9, "{:?}, {:?}", fitted.penalties, golden.penalties);
        }
        for (at, expected) in golden.answers.chunks_exact(3).enumerate() {
            let rows = inputs.of(&corpus.recordings()[at].sequence).expect("rows");
            for (ours, theirs) in fitted.ridge.answer(&rows, inputs.width()).iter().zip(expected) {
                assert!((ours - theirs).abs() < ROUNDING, "recording {at}: {ours} {theirs}");
            }
        }
    }
}
