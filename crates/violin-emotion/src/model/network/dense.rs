//! A dense layer on one row a sequence.

use super::lstm::sum_rows;
use super::matmul::{Matrix, MatrixMut, Write, multiply};
use super::weights::Dense;

/// `output = inputs × kernel + bias`; `inputs` is rows × inputs, `output` rows × outputs.
pub(super) fn forward(dense: &Dense<&[f32]>, rows: usize, inputs: &[f32], output: &mut [f32]) {
    let (wide, width) = (dense.bias.len(), dense.kernel.len() / dense.bias.len());
    output[..rows * wide].chunks_exact_mut(wide).for_each(|row| row.copy_from_slice(dense.bias));
    let (inputs, kernel) = (Matrix::new(inputs, rows, width), Matrix::new(dense.kernel, width, wide));
    multiply(MatrixMut::new(output, rows, wide), inputs, kernel, Write::Add);
}

/// The gradient by the inputs, from `gradient`, that by the output.
pub(super) fn input_gradient(dense: &Dense<&[f32]>, rows: usize, gradient: &[f32], target: &mut [f32]) {
    let (wide, width) = (dense.bias.len(), dense.kernel.len() / dense.bias.len());
    let kernel = Matrix::new(dense.kernel, width, wide).transposed();
    multiply(MatrixMut::new(target, rows, width), Matrix::new(gradient, rows, wide), kernel, Write::Replace);
}

/// The weights' gradients, from `gradient`, that by the output.
pub(super) fn weight_gradient(target: &mut Dense<&mut [f32]>, rows: usize, inputs: &[f32], gradient: &[f32]) {
    let (wide, width) = (target.bias.len(), target.kernel.len() / target.bias.len());
    let inputs = Matrix::new(inputs, rows, width).transposed();
    let product = Matrix::new(gradient, rows, wide);
    multiply(MatrixMut::new(target.kernel, width, wide), inputs, product, Write::Replace);
    sum_rows(&gradient[..rows * wide], target.bias);
}
