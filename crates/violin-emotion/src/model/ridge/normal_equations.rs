//! Ridge regression of many targets at once, for every penalty.

use rayon::prelude::*;

/// Rows of numbers, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    pub values: &'a [f64],
    pub width: usize,
}

impl Table<'_> {
    pub fn rows(&self) -> usize {
        self.values.len() / self.width
    }

    pub fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.width..][..self.width]
    }
}

/// The answers to `asked` of regressions fitted on `known` and its `targets`, for each of the penalties: asked × targets'
/// width. An intercept is fitted and bears no penalty; the columns of `known` have mean 0.
///
/// The smaller of the two normal equations is solved, over features or over recordings (Hastie, Tibshirani and Friedman 2009,
/// "The Elements of Statistical Learning", 3.4.1 and 18.3.5), by Cholesky's decomposition, once a penalty for all targets.
pub(crate) fn answers(known: Table, targets: Table, asked: Table, penalties: &[f64]) -> Vec<Vec<f64>> {
    let (rows, features, outputs) = (known.rows(), known.width, targets.width);
    let mut means = vec![0.0; outputs];
    (0..rows).for_each(|at| add(&mut means, targets.row(at), 1.0 / rows as f64));
    let mut centred = targets.values.to_vec();
    centred.chunks_exact_mut(outputs).for_each(|row| add(row, &means, -1.0));

    let over_features = features <= rows;
    let (system, right, size) = if over_features {
        let columns = transposed(known);
        let right = product(Table { values: &columns, width: rows }, Table { values: &centred, width: outputs });
        (gram(Table { values: &columns, width: rows }), right, features)
    } else {
        (gram(known), centred, rows)
    };
    let reading: Vec<f64> = match over_features {
        true => asked.values.to_vec(),
        false => {
            (0..asked.rows()).flat_map(|at| (0..rows).map(move |other| dot(asked.row(at), known.row(other)))).collect()
        }
    };
    let one = |penalty: &f64| {
        let mut solved = right.clone();
        solve(&system, size, *penalty, &mut solved, outputs);
        let mut answers = product(Table { values: &reading, width: size }, Table { values: &solved, width: outputs });
        answers.chunks_exact_mut(outputs).for_each(|row| add(row, &means, 1.0));
        answers
    };
    penalties.par_iter().map(one).collect()
}

/// Solves (`system` + `penalty` × identity) x = `right` in place, for `outputs` right sides at once.
fn solve(system: &[f64], size: usize, penalty: f64, right: &mut [f64], outputs: usize) {
    let mut lower = system.to_vec();
    for row in 0..size {
        lower[row * size + row] += penalty;
        for column in 0..=row {
            let (above, own) = lower.split_at_mut(row * size);
            let own = &mut own[..size];
            if column < row {
                let other = &above[column * size..][..size];
                own[column] = (own[column] - dot(&own[..column], &other[..column])) / other[column];
            } else {
                let rest = own[row] - dot(&own[..row], &own[..row]);
                // With a penalty above 0 the system is positive definite but for rounding.
                own[row] = rest.max(f64::MIN_POSITIVE).sqrt();
            }
        }
    }
    for row in 0..size {
        let (solved, own) = right.split_at_mut(row * outputs);
        let own = &mut own[..outputs];
        for before in 0..row {
            add(own, &solved[before * outputs..][..outputs], -lower[row * size + before]);
        }
        own.iter_mut().for_each(|value| *value /= lower[row * size + row]);
    }
    for row in (0..size).rev() {
        let (own, solved) = right[row * outputs..].split_at_mut(outputs);
        for after in row + 1..size {
            add(own, &solved[(after - row - 1) * outputs..][..outputs], -lower[after * size + row]);
        }
        own.iter_mut().for_each(|value| *value /= lower[row * size + row]);
    }
}

/// The products of all pairs of rows.
fn gram(table: Table) -> Vec<f64> {
    let rows = table.rows();
    let mut products = vec![0.0; rows * rows];
    for one in 0..rows {
        for other in 0..=one {
            let product = dot(table.row(one), table.row(other));
            (products[one * rows + other], products[other * rows + one]) = (product, product);
        }
    }
    products
}

fn transposed(table: Table) -> Vec<f64> {
    (0..table.width).flat_map(|column| table.values[column..].iter().step_by(table.width).copied()).collect()
}

fn product(left: Table, right: Table) -> Vec<f64> {
    let mut sums = vec![0.0; left.rows() * right.width];
    for (at, sums) in sums.chunks_exact_mut(right.width).enumerate() {
        left.row(at).iter().enumerate().for_each(|(inner, factor)| add(sums, right.row(inner), *factor));
    }
    sums
}

fn add(sums: &mut [f64], terms: &[f64], factor: f64) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += factor * term);
}

/// Eight sums side by side, so that they fit a vector.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let (ones, rest) = one.as_chunks::<8>();
    let (others, other_rest) = other[..one.len()].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        sums.iter_mut().zip(one.iter().zip(other)).for_each(|(sum, (one, other))| *sum += one * other);
    }
    sums.iter().sum::<f64>() + rest.iter().zip(other_rest).map(|(one, other)| one * other).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: f64) -> Vec<f64> {
        (0..count).map(|at| ((at as f64 + seed) * 12.9898).sin() * 3.0).collect()
    }

    fn centred(mut values: Vec<f64>, width: usize) -> Vec<f64> {
        let rows = values.len() / width;
        for column in 0..width {
            let mean = (0..rows).map(|row| values[row * width + column]).sum::<f64>() / rows as f64;
            (0..rows).for_each(|row| values[row * width + column] -= mean);
        }
        values
    }

    /// The gradient of Σ(y − a − xw)² + λ|w|² at the answers, by features: 0 at the least.
    fn check(rows: usize, features: usize) {
        let known = centred(numbers(rows * features, 0.3), features);
        let targets = numbers(rows * 2, 0.7);
        let table = |values, width| Table { values, width };
        // Asked about the unit vectors and nothing at all, the answers are the weights and the intercept.
        let mut asked = vec![0.0; (features + 1) * features];
        (0..features).for_each(|at| asked[at * features + at] = 1.0);
        let penalties = [0.1, 30.0];
        let found = answers(table(&known, features), table(&targets, 2), table(&asked, features), &penalties);
        for (penalty, found) in penalties.iter().zip(found) {
            for output in 0..2 {
                let intercept = found[features * 2 + output];
                let weights: Vec<f64> = (0..features).map(|at| found[at * 2 + output] - intercept).collect();
                let missed = |row: usize| {
                    targets[row * 2 + output] - intercept - dot(&known[row * features..][..features], &weights)
                };
                assert!((0..rows).map(missed).sum::<f64>().abs() < 1e-9);
                for (at, weight) in weights.iter().enumerate() {
                    let slope = (0..rows).map(|row| missed(row) * known[row * features + at]).sum::<f64>();
                    assert!((slope - penalty * weight).abs() < 1e-8, "{slope} {}", penalty * weight);
                }
            }
        }
    }

    #[test]
    fn the_gradient_of_what_is_made_least_is_nought() {
        check(40, 11);
        check(11, 40);
        check(17, 17);
    }
}
