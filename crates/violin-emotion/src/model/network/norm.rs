//! Layer normalisation (Ba, Kiros and Hinton 2016) of each window's numbers.

use pulp::{Arch, Simd, WithSimd};

use super::weights::Norm;

/// Added to the variance, as in Keras.
const EPSILON: f32 = 1e-3;

/// What a row's normalisation was, for the way back.
#[derive(Clone, Copy, Default)]
pub(super) struct Moments {
    mean: f32,
    /// 1 / √(variance + ε).
    scale: f32,
}

/// The sum of `term` over pairs, in sixteen running parts: a vector register's worth.
#[inline(always)]
fn sum(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut parts = [0.0f32; 16];
    let (a_blocks, b_blocks) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(&a, &b)| term(a, b)).sum();
    for (a, b) in a_blocks.zip(b_blocks) {
        for ((part, &a), &b) in parts.iter_mut().zip(a).zip(b) {
            *part += term(a, b);
        }
    }
    parts.iter().sum::<f32>() + rest
}

/// Normalises each row of `inputs` into `output`; both are rows × columns.
pub(super) fn forward(norm: &Norm<&[f32]>, inputs: &[f32], output: &mut [f32], moments: &mut [Moments]) {
    Arch::new().dispatch(Forward { norm, inputs, output, moments });
}

struct Forward<'a> {
    norm: &'a Norm<&'a [f32]>,
    inputs: &'a [f32],
    output: &'a mut [f32],
    moments: &'a mut [Moments],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Norm { gamma, beta } = self.norm;
        let width = gamma.len();
        let rows = self.inputs.chunks_exact(width).zip(self.output.chunks_exact_mut(width));
        for ((input, output), moments) in rows.zip(self.moments) {
            let mean = sum(input, input, |value, _| value) / width as f32;
            let variance = sum(input, input, |value, _| (value - mean) * (value - mean)) / width as f32;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            *moments = Moments { mean, scale };
            for (((output, input), gamma), beta) in output.iter_mut().zip(input).zip(*gamma).zip(*beta) {
                *output = (input - mean) * scale * gamma + beta;
            }
        }
    }
}

/// Turns `gradient`, of the loss by the output, into that by `inputs`, row by row; sums the weights' gradients if wanted.
pub(super) fn backward(
    norm: &Norm<&[f32]>,
    weight_gradient: Option<&mut Norm<&mut [f32]>>,
    inputs: &[f32],
    moments: &[Moments],
    gradient: &mut [f32],
) {
    if let Some(target) = weight_gradient {
        Arch::new().dispatch(WeightGradient { target, inputs, moments, gradient });
    }
    Arch::new().dispatch(InputGradient { gamma: norm.gamma, inputs, moments, gradient });
}

struct WeightGradient<'a, 'b> {
    target: &'a mut Norm<&'b mut [f32]>,
    inputs: &'a [f32],
    moments: &'a [Moments],
    gradient: &'a [f32],
}

impl WithSimd for WeightGradient<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Norm { gamma, beta } = self.target;
        gamma.fill(0.0);
        beta.fill(0.0);
        let rows = self.inputs.chunks_exact(gamma.len()).zip(self.gradient.chunks_exact(gamma.len()));
        for ((input, gradient), moments) in rows.zip(self.moments) {
            for ((gamma, gradient), input) in gamma.iter_mut().zip(gradient).zip(input) {
                *gamma += gradient * (input - moments.mean) * moments.scale;
            }
            for (beta, gradient) in beta.iter_mut().zip(gradient) {
                *beta += gradient;
            }
        }
    }
}

struct InputGradient<'a> {
    gamma: &'a [f32],
    inputs: &'a [f32],
    moments: &'a [Moments],
    gradient: &'a mut [f32],
}

impl WithSimd for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.gamma.len();
        let rows = self.inputs.chunks_exact(width).zip(self.gradient.chunks_exact_mut(width));
        for ((input, gradient), &Moments { mean, scale }) in rows.zip(self.moments) {
            // With n the normalised input and g the gradient by it: scale × (g − mean of g − n × mean of g n).
            for (gradient, gamma) in gradient.iter_mut().zip(self.gamma) {
                *gradient *= gamma;
            }
            let average = sum(gradient, input, |gradient, _| gradient) / width as f32;
            let along = sum(gradient, input, |gradient, input| gradient * (input - mean)) * scale / width as f32;
            for (gradient, input) in gradient.iter_mut().zip(input) {
                *gradient = scale * (*gradient - average - (input - mean) * scale * along);
            }
        }
    }
}
