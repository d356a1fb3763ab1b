//! Shares as square roots, turned to their principal components.

use crate::data::{Measured, TrainingSide};

/// Components with less than this share of the targets' variance are rounding.
const LEAST_VARIANCE: f64 = 1e-9;

/// The principal components of the square roots of a side's shares.
pub(super) struct Components {
    centre: Vec<f64>,
    /// Components × emotions, orthonormal; the one with most of the variance first.
    directions: Vec<Vec<f64>>,
}

impl Components {
    pub fn of(side: &TrainingSide) -> Self {
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

    /// Their number; 0 where the shares do not vary.
    pub fn count(&self) -> usize {
        self.directions.len()
    }

    /// The components of a recording's shares.
    pub fn of_shares(&self, shares: &[f32]) -> Vec<f64> {
        let away: Vec<f64> =
            shares.iter().zip(&self.centre).map(|(share, mean)| f64::from(*share).sqrt() - mean).collect();
        self.directions.iter().map(|direction| dot(direction, &away)).collect()
    }

    /// The square roots that have these components.
    pub fn square_roots(&self, components: &[f64]) -> Vec<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
