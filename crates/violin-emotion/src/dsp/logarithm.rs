//! Natural logarithm in plain loops that become vector instructions.

use std::f32::consts::LN_2;

/// ln of a positive normal number, to 2 units in the last place: the exponent's share plus a polynomial of the mantissa
/// (coefficients fitted as in Cephes' `logf`).
#[inline(always)]
pub fn ln(value: f32) -> f32 {
    let (exponent, mantissa) = split(value);
    // Mantissas above √2 are halved, so that the polynomial stays around 1.
    let high = mantissa > std::f32::consts::SQRT_2;
    let x = if high { 0.5 * mantissa } else { mantissa } - 1.0;
    let exponent = if high { exponent + 1.0 } else { exponent };
    let mut y = 7.037_683_6e-2_f32;
    for coefficient in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_7e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        y = y * x + coefficient;
    }
    let square = x * x;
    exponent * LN_2 + (x + (y * x - 0.5) * square)
}

/// A positive normal number as exponent and mantissa in 1 … 2.
#[inline(always)]
pub fn split(value: f32) -> (f32, f32) {
    let bits = value.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    (exponent as f32, f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two units in the last place, and as much in absolute terms near ln 1 = 0.
    const ROUNDING: f64 = 2.4e-7;

    #[test]
    fn equals_the_logarithm_over_its_whole_range() {
        let mut value = f32::MIN_POSITIVE;
        while value < f32::MAX / 1.01 {
            let (found, exact) = (f64::from(ln(value)), f64::from(value).ln());
            assert!((found - exact).abs() <= ROUNDING * exact.abs().max(1.0), "ln {value}: {found}, not {exact}");
            value *= 1.000_37;
        }
        assert_eq!(ln(1.0), 0.0);
    }
}
