//! Means of neighbours under a triangle, on whole rows of values.

use super::vectorised::vectorised;

/// Values summed together: enough that no sum waits for the one before.
const TOGETHER: usize = 32;

/// Weights that rise to the middle and fall, 1 in sum; the width is an odd number.
pub fn triangle<const WIDTH: usize>() -> [f32; WIDTH] {
    let half = WIDTH / 2;
    std::array::from_fn(|at| (half + 1 - at.abs_diff(half)) as f32 / ((half + 1) * (half + 1)) as f32)
}

/// Fills `sums` with the sums of `rows` times their weights; rows have at least 32 values.
pub fn weighted_sum<const WIDTH: usize, const LENGTH: usize>(
    weights: &[f32; WIDTH],
    rows: [&[f32; LENGTH]; WIDTH],
    sums: &mut [f32; LENGTH],
) {
    vectorised(
        #[inline(always)]
        || {
            for start in (0..LENGTH).step_by(TOGETHER) {
                // The last values are summed with some before them again.
                let start = start.min(LENGTH - TOGETHER);
                let mut here = [0.0; TOGETHER];
                for (weight, row) in weights.iter().zip(rows) {
                    let values: &[f32; TOGETHER] = row[start..].first_chunk().expect("32 values");
                    for n in 0..TOGETHER {
                        here[n] += weight * values[n];
                    }
                }
                sums[start..start + TOGETHER].copy_from_slice(&here);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impulse_becomes_a_triangle() {
        let mut rows = [[0.0; 37]; 5];
        rows[2][10] = 9.0;
        let mut sums = [1.0; 37];
        weighted_sum(&triangle::<5>(), rows.each_ref(), &mut sums);
        assert_eq!(triangle::<5>().map(|weight| (9.0 * weight).round()), [1.0, 2.0, 3.0, 2.0, 1.0]);
        assert!((triangle::<17>().iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let expected: [f32; 37] = std::array::from_fn(|at| if at == 10 { 3.0 } else { 0.0 });
        assert!(sums.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6));
    }
}
