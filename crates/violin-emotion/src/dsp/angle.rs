//! Angles in whole turns, of complex numbers and back, in plain loops that become vector instructions.

use std::f32::consts::TAU;

/// 1.5 × 2²³: added to a small number, it leaves the nearest integer in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// The angle of `re` + i `im`, turns: −0.5 to 0.5, to 3e-8; 0 for 0.
///
/// The smaller part over the larger one, beyond the tangent of an eighth of half a turn less that eighth, so that the
/// polynomial stays small (coefficients as in Cephes' `atanf`).
#[inline(always)]
pub fn turns(re: f32, im: f32) -> f32 {
    const EIGHTH: f32 = 0.414_213_57;
    let (x, y) = (re.abs(), im.abs());
    let (least, most) = if y > x { (x, y) } else { (y, x) };
    let beyond = least > EIGHTH * most;
    let (over, under) = if beyond { (least - most, least + most) } else { (least, most) };
    let t = over / if under > 0.0 { under } else { 1.0 };
    let square = t * t;
    let series = ((8.053_744_5e-2 * square - 1.387_768_6e-1) * square + 1.997_771_1e-1) * square - 3.333_295e-1;
    let angle = (series * square * t + t) * (1.0 / TAU);
    let angle = if beyond { angle + 0.125 } else { angle };
    let angle = if y > x { 0.25 - angle } else { angle };
    let angle = if re < 0.0 { 0.5 - angle } else { angle };
    if im < 0.0 { -angle } else { angle }
}

/// Cosine and sine of an angle within ±2²⁰ turns, to 1.2e-7 of what is left of it after whole turns.
///
/// The angle less quarters of a turn; polynomials as in Cephes' `sinf` and `cosf`.
#[inline(always)]
pub fn unit(turns: f32) -> (f32, f32) {
    let shifted = 4.0 * turns + ROUND;
    let quarters = shifted.to_bits();
    let x = (turns - 0.25 * (shifted - ROUND)) * TAU;
    let square = x * x;
    let sine = ((-1.951_529_6e-4 * square + 8.332_161e-3) * square - 1.666_665_5e-1) * square * x + x;
    let cosine = ((2.443_315_7e-5 * square - 1.388_731_6e-3) * square + 4.166_664_6e-2) * square * square;
    let cosine = cosine - 0.5 * square + 1.0;
    let (cosine, sine) = if quarters & 1 == 1 { (-sine, cosine) } else { (cosine, sine) };
    // Two quarters turn both signs.
    let sign = (quarters & 2) << 30;
    (f32::from_bits(cosine.to_bits() ^ sign), f32::from_bits(sine.to_bits() ^ sign))
}

/// An angle less whole turns: −0.5 to 0.5; within ±2²⁰ turns.
#[inline(always)]
pub fn less_whole_turns(turns: f32) -> f32 {
    turns - ((turns + ROUND) - ROUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A unit in the last place of half a turn.
    const TURNS: f64 = 6e-8;
    /// Two units in the last place of 1.
    const PARTS: f64 = 1.5e-7;

    #[test]
    fn an_angle_and_its_parts_equal_their_definition() {
        for step in -700_000..=700_000 {
            let angle = step as f32 * 1e-6;
            let (sine, cosine) = (f64::from(angle) * std::f64::consts::TAU).sin_cos();
            let found = unit(angle);
            assert!((f64::from(found.0) - cosine).abs() < PARTS, "cosine of {angle} turns: {}", found.0);
            assert!((f64::from(found.1) - sine).abs() < PARTS, "sine of {angle} turns: {}", found.1);
            for size in [1e-12, 1.0, 3e9] {
                let (re, im) = ((cosine * size) as f32, (sine * size) as f32);
                let exact = f64::from(im).atan2(f64::from(re)) / std::f64::consts::TAU;
                let found = f64::from(turns(re, im));
                assert!((found - exact).abs() < TURNS, "turns of {re}, {im}: {found} for {exact}");
            }
        }
    }

    #[test]
    fn angles_on_the_axes_are_quarters() {
        let axes = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        assert_eq!(axes.map(|(re, im)| turns(re, im)), [0.0, 0.0, 0.25, 0.5, -0.25]);
        assert_eq!([-3.0, 0.25, 7.75].map(less_whole_turns), [0.0, 0.25, -0.25]);
    }
}
