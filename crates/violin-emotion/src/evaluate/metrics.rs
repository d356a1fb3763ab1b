//! How near predicted distributions come to the rated ones.

/// Coefficient of determination of one emotion over recordings: 1 − Σ(y−p)² / Σ(y−ȳ)², pooled over all of them.
/// `None` where the rated shares do not vary: then there is nothing to determine.
pub fn r2(rated: &[f32], predicted: &[f32]) -> Option<f64> {
    let mean = rated.iter().map(|&share| f64::from(share)).sum::<f64>() / rated.len() as f64;
    let total: f64 = rated.iter().map(|&share| (f64::from(share) - mean).powi(2)).sum();
    let missed: f64 = rated.iter().zip(predicted).map(|(&y, &p)| (f64::from(y) - f64::from(p)).powi(2)).sum();
    // Shares are f32: below this the variation is rounding.
    const ROUNDING: f64 = 1e-12;
    (total > ROUNDING * rated.len() as f64).then(|| 1.0 - missed / total)
}

/// Jensen–Shannon divergence of two distributions in nats: 0 for equal ones, at most ln 2 (Lin 1991).
pub fn jensen_shannon(first: &[f32], second: &[f32]) -> f64 {
    let towards_middle = |share: f64, other: f64| match share > 0.0 {
        true => share * (2.0 * share / (share + other)).ln(),
        false => 0.0,
    };
    let terms = first.iter().zip(second).map(|(&p, &q)| {
        let (p, q) = (f64::from(p), f64::from(q));
        towards_middle(p, q) + towards_middle(q, p)
    });
    (0.5 * terms.sum::<f64>()).max(0.0)
}

/// Whether both name the same emotion as the strongest (the first of equals).
pub fn same_strongest(first: &[f32], second: &[f32]) -> bool {
    strongest(first) == strongest(second)
}

fn strongest(shares: &[f32]) -> usize {
    let mut best = 0;
    for (at, share) in shares.iter().enumerate() {
        if *share > shares[best] {
            best = at;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f64 arithmetic on a handful of terms.
    const EXACT: f64 = 1e-7;

    #[test]
    fn r2_is_one_for_the_truth_and_zero_for_the_mean() {
        let rated = [0.1, 0.5, 0.9];
        assert_eq!(r2(&rated, &rated), Some(1.0));
        assert!(r2(&rated, &[0.5; 3]).is_some_and(|score| score.abs() < EXACT));
        // Σ(y−p)² = 0.32 + 0.32, Σ(y−ȳ)² = 0.32.
        assert!(r2(&rated, &[0.5, 0.5 + 0.4, 0.5]).is_some_and(|score| (score + 0.5).abs() < 1e-6));
    }

    #[test]
    fn r2_of_a_constant_does_not_exist() {
        assert_eq!(r2(&[0.25; 4], &[0.2, 0.3, 0.25, 0.25]), None);
    }

    #[test]
    fn jensen_shannon_of_disjoint_distributions_is_ln_2() {
        assert!((jensen_shannon(&[1.0, 0.0], &[0.0, 1.0]) - std::f64::consts::LN_2).abs() < EXACT);
        assert_eq!(jensen_shannon(&[0.3, 0.7], &[0.3, 0.7]), 0.0);
        // scipy.spatial.distance.jensenshannon([0.5, 0.5], [0.9, 0.1]) ** 2
        assert!((jensen_shannon(&[0.5, 0.5], &[0.9, 0.1]) - 0.101_749_225).abs() < EXACT);
    }

    #[test]
    fn the_first_of_equals_is_the_strongest() {
        assert!(same_strongest(&[0.5, 0.5], &[0.6, 0.4]));
        assert!(!same_strongest(&[0.5, 0.5], &[0.4, 0.6]));
    }
}
