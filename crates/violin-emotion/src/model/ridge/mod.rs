//! A whole recording at a glance: a low-rank ridge regression on normal scores of its summary.

//! How it is fitted: `fit.rs`.

mod components;
mod fit;
mod normal_equations;
mod normal_scores;

pub(super) use fit::Fitted;
pub(crate) use normal_equations::{Table, answers};
pub(super) use normal_scores::NormalScores;

use super::arrays::{ArrayReader, ArrayWriter};
use super::inputs::Inputs;
use super::reader::columns_of;
use crate::Result;

/// Reads one part of the features, as a network does. Square roots of the shares, each a straight line of what a recording's summary has as normal scores: what listeners say is
/// more often how a recording compares with others than how many decibels it has. Targets are turned to their principal
/// components, which are predicted one by one, each with a penalty of its own (after Izenman 1975, reduced-rank regression):
/// what emotions have in common is told more surely than each alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LowRankRidge {
    /// The columns it reads, of rows of `width`.
    columns: Vec<usize>,
    width: usize,
    scores: NormalScores,
    /// Summary × emotions.
    weights: Vec<f32>,
    /// The square roots where all scores are 0.
    intercept: Vec<f32>,
}

/// Mean and standard deviation of some columns over a recording's windows, which `rows` holds as the networks read them, `width`
/// numbers each: two numbers a column. A single window has no deviation: NaN.
fn summary(rows: &[f32], columns: &[usize], width: usize) -> Vec<f32> {
    let (rows, width) = (columns_of(rows, columns, width), columns.len());
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
    /// The answer to a recording's windows.
    pub fn answer(&self, rows: &[f32]) -> Vec<f32> {
        distribution(&self.square_roots(rows))
    }

    /// The answers to a recording with every subset of some changes of its size, which are to different columns: number s has those
    /// whose bits are set in s. A change of a column changes its scores alone, so that the square roots are sums.
    pub fn answers_to_subsets(&self, rows: &[f32], changes: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let base = self.square_roots(rows);
        let moved = |change: &Vec<f32>| {
            let changed: Vec<f32> = rows.iter().zip(change).map(|(value, change)| value + change).collect();
            let roots = self.square_roots(&changed);
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

    fn square_roots(&self, rows: &[f32]) -> Vec<f64> {
        let mut roots: Vec<f64> = self.intercept.iter().map(|root| f64::from(*root)).collect();
        let emotions = roots.len();
        for (column, value) in summary(rows, &self.columns, self.width).into_iter().enumerate() {
            let score = f64::from(self.scores.score(column, value));
            let weights = &self.weights[column * emotions..][..emotions];
            roots.iter_mut().zip(weights).for_each(|(root, weight)| *root += score * f64::from(*weight));
        }
        roots
    }

    /// Under names that begin with `part`.
    pub fn write(&self, part: &str, arrays: &mut ArrayWriter) {
        let emotions = self.intercept.len();
        self.scores.write(part, arrays);
        arrays.put_f32(format!("{part}weights"), &[self.weights.len() / emotions, emotions], &self.weights);
        arrays.put_f32(format!("{part}intercept"), &[emotions], &self.intercept);
    }

    /// What [`LowRankRidge::write`] wrote of the ridge on this part of the features.
    pub fn read(part: &str, arrays: &ArrayReader, inputs: &Inputs, of: usize, emotions: usize) -> Result<Self> {
        let (columns, width) = (inputs.columns_of_part(of), inputs.width());
        let scores = NormalScores::read(part, arrays, 2 * columns.len())?;
        let weights = arrays.f32(&format!("{part}weights"), &[2 * columns.len(), emotions])?;
        let intercept = arrays.f32(&format!("{part}intercept"), &[emotions])?;
        Ok(LowRankRidge { columns, width, scores, weights, intercept })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look drawn by chance, −1 to 1.
    fn numbers(count: usize, seed: f64) -> Vec<f64> {
        (0..count).map(|at| ((at as f64 + seed) * 12.9898).sin()).collect()
    }

    #[test]
    fn a_summary_has_means_and_deviations_and_one_window_no_deviation() {
        let summary_of = |rows: &[f32]| summary(rows, &[0, 1], 2);
        assert_eq!(summary_of(&[1.0, 5.0, 3.0, 5.0, 5.0, 5.0]), [3.0, 5.0, 2.0, 0.0]);
        let single = summary_of(&[1.0, 5.0]);
        assert_eq!(summary(&[1.0, 5.0, 3.0, 5.0, 5.0, 5.0], &[0], 2), [3.0, 2.0]);
        assert!(single[..2] == [1.0, 5.0] && single[2..].iter().all(|value| value.is_nan()), "{single:?}");
    }

    #[test]
    fn shares_are_squares_that_sum_to_1() {
        assert_eq!(distribution(&[0.5, 0.5, -3.0]), [0.5, 0.5, 0.0]);
        assert_eq!(distribution(&[-1.0, -2.0]), [0.5, 0.5]);
    }

    /// A ridge of two columns of three and three emotions, fitted on nothing.
    fn ridge() -> LowRankRidge {
        let learned: Vec<f32> = numbers(40, 0.2).into_iter().map(|value| value as f32).collect();
        LowRankRidge {
            columns: vec![0, 2],
            width: 3,
            scores: NormalScores::fit(&learned, 4, 0.0),
            weights: numbers(12, 0.9).into_iter().map(|value| 0.2 * value as f32).collect(),
            intercept: vec![0.6, 0.5, 0.4],
        }
    }

    #[test]
    fn subsets_of_changes_are_answered_as_each_by_itself() {
        let ridge = ridge();
        let rows: Vec<f32> = numbers(15, 0.5).into_iter().map(|value| value as f32).collect();
        // One changes the first column, one the second, which is not read, and one the third.
        let change = |column: usize| {
            (0..15).map(|at| if at % 3 == column { 0.3 - 0.1 * (at as f32).cos() } else { 0.0 }).collect::<Vec<f32>>()
        };
        let changes = [change(0), change(1), change(2)];
        let answers = ridge.answers_to_subsets(&rows, &changes);
        for (subset, answer) in answers.iter().enumerate() {
            let mut changed = rows.clone();
            for (_, change) in changes.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1) {
                changed.iter_mut().zip(change).for_each(|(value, change)| *value += change);
            }
            for (one, other) in answer.iter().zip(ridge.answer(&changed)) {
                assert!((one - other).abs() < 1e-6, "subset {subset}: {one} {other}");
            }
        }
        assert_ne!(answers[0], answers[5]);
        assert_eq!(answers[0], answers[2], "a column that is not read");
    }
}
