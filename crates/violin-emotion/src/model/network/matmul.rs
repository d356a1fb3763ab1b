//! Matrix products: the one place that speaks to the `gemm` crate, and the only one with unsafe code.

/// Numbers lent as a matrix; element (r, c) stands at `r × row_stride + c × column_stride`.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// Numbers lent as a matrix to be written; rows are contiguous and do not overlap.
pub(super) struct MatrixMut<'a> {
    values: &'a mut [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
}

/// What becomes of the numbers already in the target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// They are replaced, and never read.
    Replace,
    /// The product is added to them.
    Add,
}

/// Panics unless the last element of such a matrix lies inside `len` numbers.
fn assert_inside(len: usize, (rows, columns): (usize, usize), (row_stride, column_stride): (usize, usize)) {
    if rows == 0 || columns == 0 {
        return;
    }
    let down = (rows - 1).checked_mul(row_stride);
    let across = (columns - 1).checked_mul(column_stride);
    let last = down.zip(across).and_then(|(down, across)| down.checked_add(across));
    assert!(last.is_some_and(|last| last < len), "a {rows} × {columns} matrix does not fit into {len} numbers");
}

impl<'a> Matrix<'a> {
    /// The first `rows × columns` numbers, row by row.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        Matrix::strided(values, rows, columns, columns)
    }

    /// Rows that begin `row_stride` numbers apart: a part of the columns of a wider matrix.
    pub fn strided(values: &'a [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert_inside(values.len(), (rows, columns), (row_stride, 1));
        Matrix { values, rows, columns, row_stride, column_stride: 1 }
    }

    /// The same numbers with rows and columns exchanged; nothing moves.
    pub fn transposed(self) -> Self {
        Matrix {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

impl<'a> MatrixMut<'a> {
    /// The first `rows × columns` numbers, row by row.
    pub fn new(values: &'a mut [f32], rows: usize, columns: usize) -> Self {
        MatrixMut::strided(values, rows, columns, columns)
    }

    /// Rows that begin `row_stride` numbers apart.
    pub fn strided(values: &'a mut [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert!(row_stride >= columns, "rows of {columns} numbers overlap when they begin {row_stride} apart");
        assert_inside(values.len(), (rows, columns), (row_stride, 1));
        MatrixMut { values, rows, columns, row_stride }
    }
}

/// `target = left × right`, or `target += left × right`; on this thread alone.
///
/// # Panics
/// If the sizes do not fit each other.
#[allow(unsafe_code)]
pub(super) fn multiply(target: MatrixMut, left: Matrix, right: Matrix, write: Write) {
    assert_eq!(left.columns, right.rows, "inner sizes of a product");
    assert_eq!((target.rows, target.columns), (left.rows, right.columns), "outer sizes of a product");
    let stride = |stride: usize| isize::try_from(stride).expect("a stride inside a slice");
    // SAFETY: `gemm` reads `left` (rows × inner) and `right` (inner × columns), and writes `target` (rows × columns; it
    // reads it too when told to add), each only at `r × row_stride + c × column_stride` for r and c below those sizes.
    // Both constructors have asserted that the largest such index lies inside the slice, the strides are not negative,
    // and the sizes agree (asserted above). All slices are initialised `f32`. `target` is borrowed mutably, so it
    // overlaps neither of the others, and `row_stride ≥ columns` keeps its elements distinct. The borrows outlive the call.
    unsafe {
        gemm::gemm(
            target.rows,
            target.columns,
            left.columns,
            target.values.as_mut_ptr(),
            1,
            stride(target.row_stride),
            write == Write::Add,
            left.values.as_ptr(),
            stride(left.column_stride),
            stride(left.row_stride),
            right.values.as_ptr(),
            stride(right.column_stride),
            stride(right.row_stride),
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of at most 200 products of numbers below 1, rounded in another order.
    const TOLERANCE: f32 = 2e-5;

    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn at(matrix: &Matrix, row: usize, column: usize) -> f32 {
        matrix.values[row * matrix.row_stride + column * matrix.column_stride]
    }

    /// Checks one product against the triple loop, and that nothing beside the target was touched.
    fn check(left: Matrix, right: Matrix, row_stride: usize, write: Write) {
        let (rows, columns) = (left.rows, right.columns);
        let before = numbers(rows * row_stride + 3, 9);
        let mut after = before.clone();
        multiply(MatrixMut::strided(&mut after, rows, columns, row_stride), left, right, write);
        for (place, (&now, &then)) in after.iter().zip(&before).enumerate() {
            let (row, column) = (place / row_stride.max(1), place % row_stride.max(1));
            if row < rows && column < columns {
                let product: f32 =
                    (0..left.columns).map(|inner| at(&left, row, inner) * at(&right, inner, column)).sum();
                let expected = if write == Write::Add { then + product } else { product };
                assert!((now - expected).abs() < TOLERANCE, "({row}, {column}): {now}, expected {expected}");
            } else {
                assert_eq!(now, then, "a number beside the target changed");
            }
        }
    }

    #[test]
    fn products_agree_with_the_triple_loop() {
        let sizes =
            [(1, 1, 1), (1, 512, 128), (16, 20, 7), (7, 3, 200), (33, 65, 17), (5, 4, 2), (2, 130, 64), (3, 5, 0)];
        for (rows, columns, inner) in sizes {
            let (left, right) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
            for write in [Write::Replace, Write::Add] {
                for gap in [0, 5] {
                    let (left, right) = (Matrix::new(&left, rows, inner), Matrix::new(&right, inner, columns));
                    check(left, right, columns + gap, write);
                }
                let turned_left = Matrix::new(&left, inner, rows).transposed();
                check(turned_left, Matrix::new(&right, inner, columns), columns, write);
                let turned_right = Matrix::new(&right, columns, inner).transposed();
                check(Matrix::new(&left, rows, inner), turned_right, columns, write);
            }
        }
    }

    #[test]
    fn a_part_of_the_columns_is_a_matrix() {
        let wide = numbers(6 * 11, 3);
        let right = numbers(4 * 5, 4);
        check(Matrix::strided(&wide[7..], 5, 4, 11), Matrix::new(&right, 4, 5), 5, Write::Replace);
    }

    #[test]
    fn what_stood_in_a_replaced_target_is_never_read() {
        let mut target = [f32::NAN; 6];
        multiply(
            MatrixMut::new(&mut target, 2, 3),
            Matrix::new(&[1.0; 8], 2, 4),
            Matrix::new(&[1.0; 12], 4, 3),
            Write::Replace,
        );
        assert_eq!(target, [4.0; 6]);
    }

    #[test]
    #[should_panic(expected = "does not fit")]
    fn a_matrix_larger_than_its_numbers_is_refused() {
        Matrix::new(&[0.0; 11], 3, 4);
    }

    #[test]
    #[should_panic(expected = "does not fit")]
    fn sizes_that_overflow_are_refused() {
        Matrix::strided(&[0.0; 4], 3, 2, usize::MAX / 2 + 1);
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn a_target_whose_rows_overlap_is_refused() {
        MatrixMut::strided(&mut [0.0; 12], 3, 4, 3);
    }

    #[test]
    #[should_panic(expected = "inner sizes")]
    fn sizes_that_do_not_fit_each_other_are_refused() {
        multiply(
            MatrixMut::new(&mut [0.0; 4], 2, 2),
            Matrix::new(&[0.0; 6], 2, 3),
            Matrix::new(&[0.0; 8], 4, 2),
            Write::Add,
        );
    }
}
