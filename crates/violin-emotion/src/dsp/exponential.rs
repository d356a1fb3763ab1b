//! The exponential function in plain loops that become vector instructions.

/// `e^x` for x in ±87 (clamped beyond), relative error below 3e-7; NaN stays NaN.
///
/// x = n ln 2 + r with |r| ≤ ln 2 / 2; e^r by its series to r⁶ (the next term is below 1.2e-7), 2^n by the exponent bits.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two and a half units in the last place.
    const ROUNDING: f64 = 3e-7;

    #[test]
    fn equals_the_exponential_over_its_whole_range() {
        for step in -870_000..=870_000 {
            let x = step as f32 * 1e-4;
            let relative = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(relative < ROUNDING, "exp({x}): off by {relative:e}");
        }
        assert!(exp(f32::NAN).is_nan());
    }
}
