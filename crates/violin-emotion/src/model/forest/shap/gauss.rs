//! Integrals from 0 to 1 by the rule of Gauss and Legendre.

use std::f64::consts::PI;

/// P points in 0 to 1 and their weights: the sum over them is the integral of any polynomial of degree 2 P − 1 or less.
pub(super) struct Rule<const P: usize> {
    pub(super) points: [f64; P],
    pub(super) weights: [f64; P],
}

impl<const P: usize> Rule<P> {
    pub(super) fn new() -> Self {
        let (mut points, mut weights) = ([0.0; P], [0.0; P]);
        for at in 0..P {
            // Newton's method from Tricomi's estimate of the root; it has converged long before.
            let mut x = (PI * (at as f64 + 0.75) / (P as f64 + 0.5)).cos();
            for _ in 0..8 {
                let (value, slope) = legendre(P, x);
                x -= value / slope;
            }
            let (_, slope) = legendre(P, x);
            points[at] = (1.0 + x) / 2.0;
            weights[at] = 1.0 / ((1.0 - x * x) * slope * slope);
        }
        Rule { points, weights }
    }
}

/// Legendre's polynomial of a degree above 0, and its derivative, inside ±1.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for n in 2..=degree {
        let n = n as f64;
        (before, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * before) / n);
    }
    (value, degree as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::Rule;

    /// Rounding of a sum of 32 numbers below 1.
    const ROUNDING: f64 = 1e-14;

    fn integrates_powers<const P: usize>() {
        let rule = Rule::<P>::new();
        for power in 0..2 * P as i32 {
            let terms = rule.points.iter().zip(&rule.weights);
            let integral: f64 = terms.map(|(point, weight)| weight * point.powi(power)).sum();
            let exact = 1.0 / f64::from(power + 1);
            assert!((integral - exact).abs() < ROUNDING, "{P} points, t^{power}: {integral}, expected {exact}");
        }
    }

    #[test]
    fn powers_below_twice_the_points_are_exact() {
        integrates_powers::<1>();
        integrates_powers::<2>();
        integrates_powers::<5>();
        integrates_powers::<10>();
        integrates_powers::<32>();
    }
}
