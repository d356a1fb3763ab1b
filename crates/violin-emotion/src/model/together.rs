//! Which features went together in the training recordings: a model cannot tell for sure which of the two moves its answer.

use crate::data::TrainingSide;
use crate::features::{Catalog, Sequence};

/// Correlation above which half of the variance of the one goes with the other.
const HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// Standard errors that a correlation has to lie above that: of thousands of pairs none gets there by chance.
const SURE: f64 = 4.0;
/// Recordings below which nothing is sure.
const FEW: usize = 12;

/// Two features of different families that went together, the surest pair of the two families.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// Their names in the catalog.
    pub features: [String; 2],
    /// Rank correlation of their means, recording by recording; −1 to 1.
    pub correlation: f64,
}

impl Together {
    /// What cannot be, if anything cannot.
    pub(super) fn problem(&self, catalog: &Catalog) -> Option<String> {
        let unknown = self.features.iter().find(|feature| !catalog.names().contains(feature));
        match unknown {
            Some(feature) => Some(format!("`together`: expected features of `{}`, found `{feature}`", catalog.name())),
            None if self.correlation.abs() <= 1.0 => None,
            None => Some(format!("`together`: expected a correlation from -1 to 1, found {}", self.correlation)),
        }
    }
}

/// Of each two families, the features that went together most, where that is sure.
pub(super) fn together(side: &TrainingSide, catalog: &Catalog) -> Vec<Together> {
    let sequences: Vec<&Sequence> = side.recordings().iter().map(|recording| &recording.sequence).collect();
    let ranks: Vec<Vec<f64>> = (0..catalog.len()).map(|column| ranks(&means(&sequences, column))).collect();
    let families = catalog.families();
    let mut found = Vec::new();
    for (at, (_, theirs)) in families.iter().enumerate() {
        for (_, others) in &families[at + 1..] {
            let pairs = theirs.iter().flat_map(|&one| others.iter().map(move |&other| (one, other)));
            let sure = pairs.filter_map(|(one, other)| Some((one, other, surely(&ranks[one], &ranks[other])?)));
            if let Some((one, other, correlation)) = sure.max_by(|a, b| a.2.abs().total_cmp(&b.2.abs())) {
                let name = |column: usize| catalog.names()[column].clone();
                found.push(Together { features: [name(one), name(other)], correlation });
            }
        }
    }
    found
}

/// A feature's mean over each recording's windows; NaN where it could not be measured.
fn means(sequences: &[&Sequence], column: usize) -> Vec<f64> {
    let mean = |sequence: &&Sequence| {
        let (sum, count) = sequence.known(column).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    sequences.iter().map(mean).collect()
}

/// From 0 up; equal values have the mean of their ranks, NaN keeps its place.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).filter(|&at| !values[at].is_nan()).collect();
    order.sort_unstable_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut ranks = vec![f64::NAN; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|&one, &other| values[one] == values[other]) {
        equal.iter().for_each(|&at| ranks[at] = first as f64 + (equal.len() - 1) as f64 / 2.0);
        first += equal.len();
    }
    ranks
}

/// The correlation of what is known of both, if it is surely above [`HALF`] (R. A. Fisher's transform).
fn surely(one: &[f64], other: &[f64]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> =
        one.iter().copied().zip(other.iter().copied()).filter(|(a, b)| !(a + b).is_nan()).collect();
    let count = pairs.len() as f64;
    if pairs.len() < FEW.max(one.len() / 2) {
        return None;
    }
    let (mean_one, mean_other) = pairs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
    let (mut product, mut square_one, mut square_other) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        product += (x - mean_one) * (y - mean_other);
        square_one += (x - mean_one).powi(2);
        square_other += (y - mean_other).powi(2);
    }
    let correlation = product / (square_one * square_other).sqrt();
    if !correlation.is_finite() {
        // One of them does not vary.
        return None;
    }
    let lowest = correlation.abs().min(1.0).atanh() - SURE / (count - 3.0).sqrt();
    (lowest > HALF.atanh()).then(|| correlation.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_rank_and_gaps_have_none() {
        let ranks = ranks(&[3.0, 1.0, f64::NAN, 3.0, 2.0]);
        assert_eq!(ranks[..2], [2.5, 0.0]);
        assert!(ranks[2].is_nan());
        assert_eq!(ranks[3..], [2.5, 1.0]);
    }

    #[test]
    fn what_goes_together_is_sure_only_if_seen_often() {
        let line = |count: usize| (0..count).map(|at| at as f64).collect::<Vec<f64>>();
        // Every third is out of its place by a few.
        let near =
            |count: usize| (0..count).map(|at| at as f64 + if at % 3 == 0 { 4.0 } else { 0.0 }).collect::<Vec<_>>();
        let surely = |count: usize| surely(&ranks(&line(count)), &ranks(&near(count)));
        assert_eq!(surely(11), None);
        assert_eq!(surely(14), None);
        assert!(surely(100).is_some_and(|correlation| correlation > 0.99));
        for equal in [0.0, 1.0, 19.5] {
            assert_eq!(super::surely(&line(40), &vec![equal; 40]), None);
        }
    }

    #[test]
    fn what_is_missing_in_most_recordings_is_not_judged() {
        let whole: Vec<f64> = (0..100).map(f64::from).collect();
        let mut gaps = whole.clone();
        assert_eq!(surely(&whole, &gaps), Some(1.0));
        gaps[..60].fill(f64::NAN);
        assert_eq!(surely(&whole, &gaps), None);
    }
}
