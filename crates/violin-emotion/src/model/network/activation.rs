//! Sigmoid, tanh and exp on whole slices, fast enough not to be seen beside the matrix products.
//!
//! Plain arithmetic without branches or tables, so that the compiler makes vectors of it inside `pulp`'s dispatch.

/// `e^x` for x in ±87 (clamped beyond), relative error below 3e-7; NaN stays NaN.
///
/// x = n ln 2 + r with |r| ≤ ln 2 / 2; e^r by its series to r⁶ (the next term is below 1.2e-7), 2^n by the exponent bits.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// 1.5 × 2²³: added to a small number, it leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts; the first has so few bits that n × it is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let series =
        1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    series * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

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
            let relative = (f64::from(exp(x)) / exact.exp() - 1.0).abs();
            assert!(relative < 3e-7, "exp({x}): off by {relative:e}");
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
