//! Sigmoid, tanh and softmax on whole slices, fast enough not to be seen beside the matrix products.
//!
//! Plain arithmetic without branches or tables, so that the compiler makes vectors of it inside `pulp`'s dispatch.

use crate::dsp::exponential::exp;

/// `1 / (1 + e^-x)`, absolute error below 2e-7.
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent, absolute error below 4e-7.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// Turns each row of `width` numbers into the distribution proportional to their exponentials.
pub(super) fn softmax(rows: &mut [f32], width: usize) {
    for row in rows.chunks_exact_mut(width) {
        // Plain comparison keeps a NaN in the row, which `f32::max` would hide.
        let largest = row.iter().copied().reduce(|a, b| if b < a { a } else { b }).unwrap_or(0.0);
        row.iter_mut().for_each(|value| *value = exp(*value - largest));
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|value| *value /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> impl Iterator<Item = f32> {
        (-200_000..=200_000).map(|step| step as f32 * 1e-4)
    }

    #[test]
    fn they_agree_with_the_standard_library_in_f64() {
        for x in samples() {
            let exact = f64::from(x);
            let error = (f64::from(sigmoid(x)) - 1.0 / (1.0 + (-exact).exp())).abs();
            assert!(error < 2e-7, "sigmoid({x}): off by {error:e}");
            let error = (f64::from(tanh(x)) - exact.tanh()).abs();
            assert!(error < 4e-7, "tanh({x}): off by {error:e}");
        }
    }

    #[test]
    fn far_out_they_saturate_and_nan_stays_nan() {
        assert_eq!((sigmoid(1e6), tanh(1e6), tanh(-1e6)), (1.0, 1.0, -1.0));
        assert!((0.0..1e-30).contains(&sigmoid(-1e6)));
        assert_eq!((sigmoid(f32::INFINITY), tanh(f32::NEG_INFINITY)), (1.0, -1.0));
        assert!(sigmoid(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
    }

    #[test]
    fn softmax_is_a_distribution_even_far_out() {
        let mut rows = [0.0, 0.0, 1000.0, 999.0, f32::NAN, 0.0];
        softmax(&mut rows, 2);
        assert_eq!(rows[..2], [0.5, 0.5]);
        let expected = 1.0 / (1.0 + (-1.0f32).exp());
        assert!((rows[2] - expected).abs() < 1e-6 && (rows[2] + rows[3] - 1.0).abs() < 1e-6);
        assert!(rows[4].is_nan() && rows[5].is_nan(), "a NaN is not hidden");
    }
}
