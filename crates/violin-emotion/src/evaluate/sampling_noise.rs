//! What the true distribution would score against votes drawn from it, told from these votes alone.
//!
//! That score is a sum over emotions of some `term(y, p)`, y being the share of n votes and p the true one; in the mean over votes
//! it is f(p) = Σ_c Bin(c; n, p)·term(c/n, p). Nobody knows p, but a table g over the number of votes c with
//! Σ_c Bin(c; n, p)·g(c) ≈ f(p) for every p has the right mean whatever p is: no assumption about true distributions is needed.
//! For squared errors the table is exact and known, y(1 − y)/(n − 1). For other terms it is found by least squares over a grid of
//! p, where what g would add to the scatter counts a little too.

use super::metrics::{jensen_shannon_term, kl_term};

/// Terms that are told from votes, in this order: Jensen–Shannon, Kullback–Leibler, intersection.
pub(super) const TERMS: [fn(f64, f64) -> f64; 3] = [jensen_shannon_term, kl_term, f64::min];

/// True shares the table is to be right for: squares of an even grid, closer where most shares are.
const GRID: usize = 200;
/// How much the variance of g counts beside its squared error. Of 1e-3, 3e-4 and 1e-4, the one with which the mean Jensen–Shannon
/// divergence was within 0.003 for five votes on nine emotions; the estimate then scatters 5 % more than with the first.
const SCATTER: f64 = 1e-4;
/// Tables for more votes than this are not made: noise is small there, and shrinks in the known way.
const MOST: usize = 128;

/// Tables for one number of votes.
pub(super) struct SamplingNoise {
    raters: usize,
    /// [number of votes][term]
    tables: Vec<[f64; TERMS.len()]>,
}

impl SamplingNoise {
    /// For shares of so many votes, at least one.
    pub fn of(raters: usize) -> Self {
        let votes = raters.min(MOST);
        let size = votes + 1;
        let mut matrix = vec![vec![0.0; size]; size];
        let mut right = vec![[0.0; TERMS.len()]; size];
        for step in 0..GRID {
            let p = ((step as f64 + 0.5) / GRID as f64).powi(2);
            let chances = binomial(votes, p);
            let mean = |term: fn(f64, f64) -> f64| -> f64 {
                chances.iter().enumerate().map(|(c, chance)| chance * term(c as f64 / votes as f64, p)).sum()
            };
            let means = TERMS.map(mean);
            for (row, chance) in chances.iter().enumerate() {
                matrix[row][row] += SCATTER * chance;
                // The matrix is symmetric: its lower triangle is enough.
                let cells = matrix[row][..=row].iter_mut();
                cells.zip(&chances).for_each(|(cell, other)| *cell += (1.0 - SCATTER) * chance * other);
                right[row].iter_mut().zip(means).for_each(|(right, mean)| *right += chance * mean);
            }
        }
        solve(&mut matrix, &mut right);
        SamplingNoise { raters, tables: right }
    }

    /// What the truth behind these shares would score, a figure a term; in the mean over many recordings only. Shares of a vote
    /// that was divided lie between two numbers of votes.
    pub fn scores(&self, rated: &[f32]) -> [f64; TERMS.len()] {
        let votes = self.tables.len() - 1;
        let mut sums = [0.0; TERMS.len()];
        for &share in rated {
            let place = (f64::from(share) * votes as f64).clamp(0.0, votes as f64);
            let below = (place as usize).min(votes - 1);
            let part = place - below as f64;
            for ((sum, low), high) in sums.iter_mut().zip(self.tables[below]).zip(self.tables[below + 1]) {
                *sum += low + part * (high - low);
            }
        }
        // Divergences go with the square of the noise, what is not in common with the noise.
        let shrunk = votes as f64 / self.raters as f64;
        let [js, kl, intersection] = sums;
        [js * shrunk, kl * shrunk, 1.0 - (1.0 - intersection) * shrunk.sqrt()]
    }
}

/// Chances of 0 to `votes` hits, each of chance 0 < p < 1.
fn binomial(votes: usize, p: f64) -> Vec<f64> {
    let mut ways = 0.0;
    let log_chance = |c: usize| {
        let chance = ways + c as f64 * p.ln() + (votes - c) as f64 * (1.0 - p).ln();
        ways += ((votes - c) as f64 / (c + 1) as f64).ln();
        chance.exp()
    };
    (0..=votes).map(log_chance).collect()
}

/// Solves matrix · x = right for a symmetric, positive definite matrix, of which the lower triangle is read (Cholesky); `right`
/// becomes x.
fn solve<const N: usize>(matrix: &mut [Vec<f64>], right: &mut [[f64; N]]) {
    for row in 0..matrix.len() {
        for column in 0..=row {
            let (above, below) = matrix.split_at_mut(row);
            let other = if column < row { &above[column] } else { &below[0] };
            let known: f64 = below[0][..column].iter().zip(other).map(|(one, other)| one * other).sum();
            let rest = below[0][column] - known;
            below[0][column] = if column < row { rest / above[column][column] } else { rest.sqrt() };
        }
    }
    for row in 0..matrix.len() {
        for column in 0..row {
            let known = right[column];
            right[row].iter_mut().zip(known).for_each(|(right, known)| *right -= matrix[row][column] * known);
        }
        right[row].iter_mut().for_each(|right| *right /= matrix[row][row]);
    }
    for row in (0..matrix.len()).rev() {
        right[row].iter_mut().for_each(|right| *right /= matrix[row][row]);
        for column in 0..row {
            let known = right[row];
            right[column].iter_mut().zip(known).for_each(|(right, known)| *right -= matrix[row][column] * known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean over all votes that three emotions of these shares may get, by the multinomial distribution.
    fn over_all_votes(votes: usize, truth: [f64; 3], of: impl Fn([f64; 3]) -> f64) -> f64 {
        let mut mean = 0.0;
        for (first, chance) in binomial(votes, truth[0]).into_iter().enumerate() {
            let rest = votes - first;
            for (second, given) in binomial(rest, truth[1] / (truth[1] + truth[2])).into_iter().enumerate() {
                let counts = [first, second, rest - second];
                mean += chance * given * of(counts.map(|count| count as f64 / votes as f64));
            }
        }
        mean
    }

    #[test]
    fn tables_have_the_right_mean_whatever_the_truth_is() {
        // The share of the figure's size that five votes leave open; more votes leave less.
        for (votes, within) in [(5, 0.08), (12, 0.05), (30, 0.02)] {
            let noise = SamplingNoise::of(votes);
            for truth in [[0.2, 0.3, 0.5], [0.8, 0.15, 0.05], [1.0 / 3.0; 3]] {
                let scored =
                    |term: usize| over_all_votes(votes, truth, |y| noise.scores(&y.map(|share| share as f32))[term]);
                let meant = |term: fn(f64, f64) -> f64| {
                    over_all_votes(votes, truth, |y| y.iter().zip(truth).map(|(y, p)| term(*y, p)).sum())
                };
                let pairs = [
                    (scored(0), meant(TERMS[0])),
                    (scored(1), meant(TERMS[1])),
                    (1.0 - scored(2), 1.0 - meant(TERMS[2])),
                ];
                for (found, expected) in pairs {
                    assert!((found / expected - 1.0).abs() < within, "{votes} votes, {truth:?}: {found}, {expected}");
                }
            }
        }
    }

    #[test]
    fn very_many_votes_leave_little_noise() {
        let shares = [0.125, 0.25, 0.625];
        let [few, many] = [128, 12_800].map(|votes| SamplingNoise::of(votes).scores(&shares));
        assert!((many[0] / few[0] - 0.01).abs() < 1e-12 && ((1.0 - many[2]) / (1.0 - few[2]) - 0.1).abs() < 1e-12);
    }
}
