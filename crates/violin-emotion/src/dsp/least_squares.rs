//! Linear least squares with a few unknowns.

/// A problem of `N` unknowns, gathered equation by equation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeastSquares<const N: usize> {
    /// Of the columns: the lower half.
    products: [[f64; N]; N],
    right: [f64; N],
    square: f64,
    weight: f64,
}

impl<const N: usize> LeastSquares<N> {
    /// No equation yet.
    pub fn new() -> Self {
        LeastSquares { products: [[0.0; N]; N], right: [0.0; N], square: 0.0, weight: 0.0 }
    }

    /// Adds the wish that Σ `row`·x be `value`.
    #[inline(always)]
    pub fn add(&mut self, row: [f64; N], value: f64) {
        self.add_columns(0, row, value);
        self.square += value * value;
        self.weight += 1.0;
    }

    /// Adds the columns from `first` on to a row that was added with zeros in their place: what equations have in common
    /// is so summed once.
    #[inline(always)]
    pub fn add_columns(&mut self, first: usize, row: [f64; N], value: f64) {
        // The products are symmetric: the lower half is enough.
        for column in first..N {
            for other in 0..=column {
                self.products[column][other] += row[column] * row[other];
            }
            self.right[column] += row[column] * value;
        }
    }

    /// The unknowns, and the mean of the squares that remain; `None` if the equations do not determine them.
    pub fn solve(&self) -> Option<([f64; N], f64)> {
        let mut x = self.right;
        let of = |one: usize, other: usize| self.products[one.max(other)][one.min(other)];
        let mut a: [[f64; N]; N] = std::array::from_fn(|one| std::array::from_fn(|other| of(one, other)));
        let scale: f64 = (0..N).map(|at| a[at][at]).fold(0.0, f64::max);
        for column in 0..N {
            let pivot = (column..N).max_by(|one, other| a[*one][column].abs().total_cmp(&a[*other][column].abs()))?;
            if a[pivot][column].abs() <= 1e-11 * scale {
                return None;
            }
            a.swap(column, pivot);
            x.swap(column, pivot);
            for row in column + 1..N {
                let factor = a[row][column] / a[column][column];
                let above = a[column];
                a[row].iter_mut().zip(&above).skip(column).for_each(|(value, above)| *value -= factor * above);
                x[row] -= factor * x[column];
            }
        }
        for row in (0..N).rev() {
            let known: f64 = (row + 1..N).map(|at| a[row][at] * x[at]).sum();
            x[row] = (x[row] - known) / a[row][row];
        }
        let explained: f64 = x.iter().zip(&self.right).map(|(x, right)| x * right).sum();
        Some((x, ((self.square - explained) / self.weight).max(0.0)))
    }
}

impl<const N: usize> Default for LeastSquares<N> {
    fn default() -> Self {
        LeastSquares::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_what_is_off_it() {
        let mut line = LeastSquares::new();
        for (x, off) in [(0.0, 0.1), (1.0, -0.1), (2.0, -0.1), (3.0, 0.1)] {
            line.add([1.0, x], 2.0 - 3.0 * x + off);
        }
        let ([start, slope], rest) = line.solve().expect("two unknowns, four points");
        assert!((start - 2.0).abs() < 1e-12 && (slope + 3.0).abs() < 1e-12 && (rest - 0.01).abs() < 1e-12);
    }

    #[test]
    fn one_point_is_no_line() {
        let mut line = LeastSquares::new();
        line.add([1.0, 2.0], 3.0);
        line.add([1.0, 2.0], 3.5);
        assert_eq!(line.solve(), None);
    }
}
