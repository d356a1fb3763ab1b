//! Krippendorff's alpha: agreement beyond what chance gives.

/// Alpha of answers that have no order: 1 for perfect agreement, 0 for what chance gives, below 0 for less than that (K.
/// Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011). One list of categories a unit; a unit that was rated once
/// counts for nothing. None where no unit was rated twice, or all answers are the same.
pub fn nominal_alpha(units: &[Vec<usize>]) -> Option<f64> {
    let categories = 1 + units.iter().flatten().max()?;
    let pairable = || units.iter().filter(|unit| unit.len() > 1);
    let mut totals = vec![0.0; categories];
    let mut observed = 0.0;
    for unit in pairable() {
        let mut counts = vec![0.0; categories];
        unit.iter().for_each(|&category| counts[category] += 1.0);
        let count = unit.len() as f64;
        let alike: f64 = counts.iter().map(|of_one| of_one * of_one).sum();
        observed += (count * count - alike) / (count - 1.0);
        totals.iter_mut().zip(&counts).for_each(|(total, of_unit)| *total += of_unit);
    }
    let count: f64 = totals.iter().sum();
    let expected = (count * count - totals.iter().map(|total| total * total).sum::<f64>()) / (count - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// Alpha of numbers whose distances count (0 and 1 among them), as [`nominal_alpha`] otherwise.
pub fn interval_alpha(units: &[Vec<f64>]) -> Option<f64> {
    // The squared differences of all ordered pairs of values: from their number, sum and sum of squares. Around the mean, so
    // that nothing cancels.
    let pairable = || units.iter().filter(|unit| unit.len() > 1);
    let count: f64 = pairable().map(|unit| unit.len() as f64).sum();
    let mean = pairable().flatten().sum::<f64>() / count;
    let of_pairs = |values: &mut dyn Iterator<Item = f64>| {
        let (mut number, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for value in values.map(|value| value - mean) {
            number += 1.0;
            sum += value;
            squares += value * value;
        }
        2.0 * (number * squares - sum * sum)
    };
    let of_unit = |unit: &Vec<f64>| of_pairs(&mut unit.iter().copied()) / (unit.len() as f64 - 1.0);
    let observed: f64 = pairable().map(of_unit).sum();
    let expected = of_pairs(&mut pairable().flatten().copied()) / (count - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few sums of small numbers.
    const ROUNDING: f64 = 1e-12;

    #[test]
    fn one_value_a_unit_says_nothing() {
        assert_eq!(nominal_alpha(&[vec![0], vec![1]]), None);
        assert_eq!(nominal_alpha(&[]), None);
        assert_eq!(interval_alpha(&[vec![0.0], vec![3.0]]), None);
        assert_eq!(interval_alpha(&[vec![2.0, 2.0], vec![2.0, 2.0]]), None);
    }

    #[test]
    fn perfect_agreement_is_1() {
        assert_eq!(nominal_alpha(&[vec![0, 0, 0], vec![1, 1], vec![2]]), Some(1.0));
        assert_eq!(interval_alpha(&[vec![1.5, 1.5], vec![-3.0, -3.0]]), Some(1.0));
    }

    #[test]
    fn all_pairs_one_by_one_give_the_same() {
        let units = [vec![0, 1, 1, 2], vec![2, 2], vec![0, 0, 1], vec![1]];
        let mut pooled: Vec<usize> = Vec::new();
        let (mut observed, mut expected) = (0.0, 0.0);
        for unit in units.iter().filter(|unit| unit.len() > 1) {
            for (at, one) in unit.iter().enumerate() {
                for other in unit.iter().skip(at + 1) {
                    observed += 2.0 * f64::from(u8::from(one != other)) / (unit.len() as f64 - 1.0);
                }
            }
            pooled.extend(unit);
        }
        for (at, one) in pooled.iter().enumerate() {
            for other in pooled.iter().skip(at + 1) {
                expected += 2.0 * f64::from(u8::from(one != other)) / (pooled.len() as f64 - 1.0);
            }
        }
        let alpha = nominal_alpha(&units).expect("an alpha");
        assert!((alpha - (1.0 - observed / expected)).abs() < ROUNDING, "{alpha}");
    }

    #[test]
    fn of_two_categories_the_distance_is_one_or_none() {
        let units = [vec![0, 1, 1, 0], vec![1, 1], vec![0, 0, 1], vec![1]];
        let numbers: Vec<Vec<f64>> =
            units.iter().map(|unit| unit.iter().map(|value| 7.0 + 2.5 * *value as f64).collect()).collect();
        let (nominal, interval) = (nominal_alpha(&units).expect("one"), interval_alpha(&numbers).expect("one"));
        assert!((nominal - interval).abs() < ROUNDING, "{nominal} and {interval}");
    }
}
