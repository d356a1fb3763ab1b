//! How near predicted distributions come to the rated ones.

/// Variances of f32 shares below this are rounding.
const ROUNDING: f64 = 1e-12;

/// The least share an answer is held to have given in [`kl`]: one in a thousand, which no panel of listeners can tell from
/// none. It keeps one flat "never" from outweighing all other recordings with an infinite divergence.
pub const LEAST_SHARE: f64 = 1e-3;

/// Coefficient of determination of one emotion over recordings: 1 − Σ(y−p)² / Σ(y−ȳ)², pooled over all of them.
/// `None` where the rated shares do not vary: then there is nothing to determine.
pub fn r2(rated: &[f32], predicted: &[f32]) -> Option<f64> {
    Moments::of(rated.iter().copied().zip(predicted.iter().copied()).map(|(y, p)| (y, p, 1.0))).r2()
}

/// Concordance correlation coefficient of one emotion over recordings: 2·cov(y, p) / (var y + var p + (ȳ−p̄)²), with population
/// moments (Lin 1989). 1 for the truth; unlike R2 it does not favour cautious answers. `None` where the rated shares do
/// not vary, as for [`r2`].
pub fn ccc(rated: &[f32], predicted: &[f32]) -> Option<f64> {
    Moments::of(rated.iter().copied().zip(predicted.iter().copied()).map(|(y, p)| (y, p, 1.0))).ccc()
}

/// Means and population moments of rated and predicted shares of one emotion, over recordings that count by their weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    mean_rated: f64,
    mean_predicted: f64,
    variance_rated: f64,
    variance_predicted: f64,
    covariance: f64,
    squared_error: f64,
}

impl Moments {
    /// Of (rated, predicted, weight).
    pub(super) fn of(shares: impl Iterator<Item = (f32, f32, f64)> + Clone) -> Self {
        let (mut total, mut mean_rated, mut mean_predicted) = (0.0, 0.0, 0.0);
        for (y, p, weight) in shares.clone() {
            total += weight;
            mean_rated += weight * f64::from(y);
            mean_predicted += weight * f64::from(p);
        }
        mean_rated /= total;
        mean_predicted /= total;
        let (mut variance_rated, mut variance_predicted, mut covariance, mut squared_error) = (0.0, 0.0, 0.0, 0.0);
        for (y, p, weight) in shares {
            let (rated, predicted) = (f64::from(y) - mean_rated, f64::from(p) - mean_predicted);
            variance_rated += weight * rated * rated / total;
            variance_predicted += weight * predicted * predicted / total;
            covariance += weight * rated * predicted / total;
            squared_error += weight * (f64::from(y) - f64::from(p)).powi(2) / total;
        }
        Moments { mean_rated, mean_predicted, variance_rated, variance_predicted, covariance, squared_error }
    }

    pub(super) fn r2(&self) -> Option<f64> {
        self.r2_missed_by(self.squared_error)
    }

    /// The R2 of answers that miss the rated shares by this mean square.
    pub(super) fn r2_missed_by(&self, squared_error: f64) -> Option<f64> {
        (self.variance_rated > ROUNDING).then(|| 1.0 - squared_error / self.variance_rated)
    }

    pub(super) fn ccc(&self) -> Option<f64> {
        let apart = (self.mean_rated - self.mean_predicted).powi(2);
        let spread = self.variance_rated + self.variance_predicted + apart;
        (self.variance_rated > ROUNDING).then(|| 2.0 * self.covariance / spread)
    }
}

/// Jensen–Shannon divergence of two distributions in nats: 0 for equal ones, at most ln 2 (Lin 1991).
pub fn jensen_shannon(first: &[f32], second: &[f32]) -> f64 {
    pairs(first, second).map(|(p, q)| jensen_shannon_term(p, q)).sum::<f64>().max(0.0)
}

/// What one emotion adds to [`jensen_shannon`].
pub(super) fn jensen_shannon_term(first: f64, second: f64) -> f64 {
    let towards_middle = |share: f64| match share > 0.0 {
        true => share * (2.0 * share / (first + second)).ln(),
        false => 0.0,
    };
    0.5 * (towards_middle(first) + towards_middle(second))
}

/// Kullback–Leibler divergence of the rated distribution from the predicted one, Σ y·ln(y/p), in nats: 0 for equal ones.
/// Predicted shares below [`LEAST_SHARE`] are raised to it, all are then divided by their sum; so an answer that denies what every
/// listener heard scores about ln 1000 = 6.9.
pub fn kl(rated: &[f32], predicted: &[f32]) -> f64 {
    let sum: f64 = predicted.iter().map(|&share| f64::from(share).max(LEAST_SHARE)).sum();
    pairs(rated, predicted).map(|(y, p)| kl_term(y, p) + y * sum.ln()).sum()
}

/// What one emotion adds to [`kl`], the predicted shares being raised but not divided by their sum.
pub(super) fn kl_term(rated: f64, predicted: f64) -> f64 {
    match rated > 0.0 {
        true => rated * (rated / predicted.max(LEAST_SHARE)).ln(),
        false => 0.0,
    }
}

/// Largest difference of any share, 0 to 1.
pub fn chebyshev(rated: &[f32], predicted: &[f32]) -> f64 {
    pairs(rated, predicted).map(|(y, p)| (y - p).abs()).fold(0.0, f64::max)
}

/// Cosine of the angle between two distributions: 1 for equal ones, 0 for disjoint ones.
pub fn cosine(rated: &[f32], predicted: &[f32]) -> f64 {
    let (mut product, mut rated_square, mut predicted_square) = (0.0, 0.0, 0.0);
    for (y, p) in pairs(rated, predicted) {
        product += y * p;
        rated_square += y * y;
        predicted_square += p * p;
    }
    product / (rated_square * predicted_square).sqrt()
}

/// What two distributions have in common, Σ min(y, p): 1 for equal ones, 0 for disjoint ones.
pub fn intersection(rated: &[f32], predicted: &[f32]) -> f64 {
    pairs(rated, predicted).map(|(y, p)| y.min(p)).sum()
}

/// Whether the emotion that is answered as the strongest (the first of equals) is one of those that are rated as the strongest:
/// with few raters there are often several.
pub fn same_strongest(rated: &[f32], answered: &[f32]) -> bool {
    rated[strongest(answered)] == rated[strongest(rated)]
}

/// The number of the largest share, the first of equals.
pub fn strongest(shares: &[f32]) -> usize {
    let mut best = 0;
    for (at, share) in shares.iter().enumerate() {
        if *share > shares[best] {
            best = at;
        }
    }
    best
}

fn pairs<'a>(first: &'a [f32], second: &'a [f32]) -> impl Iterator<Item = (f64, f64)> + 'a {
    first.iter().zip(second).map(|(&one, &other)| (f64::from(one), f64::from(other)))
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
    fn any_of_the_emotions_rated_as_the_strongest_will_do() {
        assert!(same_strongest(&[0.5, 0.5], &[0.6, 0.4]));
        assert!(same_strongest(&[0.5, 0.5], &[0.4, 0.6]) && !same_strongest(&[0.6, 0.4], &[0.4, 0.6]));
        assert!(!same_strongest(&[0.6, 0.4], &[0.4, 0.6]));
    }

    #[test]
    fn ccc_is_one_for_the_truth_and_pays_for_caution_and_for_an_offset() {
        let rated = [0.1, 0.5, 0.9];
        assert!(ccc(&rated, &rated).is_some_and(|score| (score - 1.0).abs() < EXACT));
        assert!(ccc(&rated, &[0.5; 3]).is_some_and(|score| score.abs() < EXACT));
        // Half the deviations: 2·½ / (1 + ¼) = 0.8.
        assert!(ccc(&rated, &[0.3, 0.5, 0.7]).is_some_and(|score| (score - 0.8).abs() < 1e-6));
        // 0.1 above: with var = 0.32/3, 2 var / (2 var + 0.01).
        let expected = 0.64 / (0.64 + 0.03);
        assert!(ccc(&rated, &[0.2, 0.6, 1.0]).is_some_and(|score| (score - expected).abs() < 1e-6));
        assert_eq!(ccc(&[0.25; 4], &[0.2, 0.3, 0.25, 0.25]), None);
    }

    #[test]
    fn equal_and_disjoint_distributions() {
        let (one, other) = ([1.0, 0.0], [0.0, 1.0]);
        assert_eq!((chebyshev(&one, &one), cosine(&one, &one), intersection(&one, &one)), (0.0, 1.0, 1.0));
        assert_eq!((chebyshev(&one, &other), cosine(&one, &other), intersection(&one, &other)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn kl_is_finite_and_zero_for_equal_distributions() {
        assert!(kl(&[0.25, 0.75], &[0.25, 0.75]).abs() < EXACT);
        assert!((kl(&[0.5, 0.5], &[0.9, 0.1]) - 0.5 * (0.25f64 / 0.09).ln()).abs() < EXACT);
        // All listeners heard what the answer denies.
        assert!((kl(&[1.0, 0.0], &[0.0, 1.0]) - (1.001f64 / 0.001).ln()).abs() < EXACT);
        assert!(kl(&[0.0, 1.0], &[0.0, 1.0]) >= 0.0);
    }
}
