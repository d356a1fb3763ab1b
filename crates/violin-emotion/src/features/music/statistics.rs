//! What sums up a track over the frames of a span.

use crate::features::Row;

/// Fewer frames say nothing of a distribution.
pub(super) const FEWEST: usize = 4;

/// Known values of a track, in ascending order.
pub(super) struct Sorted(Vec<f32>);

impl Sorted {
    /// The values that are numbers; `None` for fewer than four.
    pub(super) fn of(values: impl Iterator<Item = f32>) -> Option<Self> {
        let mut known: Vec<f32> = values.filter(|value| value.is_finite()).collect();
        known.sort_unstable_by(f32::total_cmp);
        (known.len() >= FEWEST).then_some(Sorted(known))
    }

    pub(super) fn mean(&self) -> f32 {
        (self.0.iter().map(|&value| f64::from(value)).sum::<f64>() / self.0.len() as f64) as f32
    }

    /// Standard deviation of the population.
    pub(super) fn deviation(&self) -> f32 {
        let mean = f64::from(self.mean());
        let square: f64 = self.0.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum();
        (square / self.0.len() as f64).sqrt() as f32
    }

    /// The value that `share` of all do not exceed, linearly interpolated.
    pub(super) fn quantile(&self, share: f32) -> f32 {
        let place = share * (self.0.len() - 1) as f32;
        let below = (place as usize).min(self.0.len() - 1);
        let above = (below + 1).min(self.0.len() - 1);
        self.0[below] + (place - below as f32) * (self.0[above] - self.0[below])
    }
}

/// Mean, standard deviation, lowest tenth, median and highest tenth, under five names; missing for fewer than four values.
pub(super) fn put_five(row: &mut Row, names: [&'static str; 5], values: impl Iterator<Item = f32>) {
    let sorted = Sorted::of(values);
    let sums: [fn(&Sorted) -> f32; 5] =
        [Sorted::mean, Sorted::deviation, |of| of.quantile(0.1), |of| of.quantile(0.5), |of| of.quantile(0.9)];
    for (name, sum) in names.into_iter().zip(sums) {
        row.put_known(name, sorted.as_ref().map(sum));
    }
}

/// Mean and standard deviation of values in no order; `None` for fewer than `fewest`.
pub(super) fn mean_and_deviation(values: &[f32], fewest: usize) -> Option<(f32, f32)> {
    if values.len() < fewest.max(1) {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let square: f64 = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum();
    Some((mean as f32, (square / count).sqrt() as f32))
}

/// The middle value; of an even number the mean of the two in the middle.
pub(super) fn median(values: &mut [f32]) -> Option<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len() % 2 == 1 { upper } else { (values[values.len() / 2 - 1] + upper) / 2.0 })
}

/// Means of each value and those within `reach` on either side; at the ends of those that there are.
pub(super) fn moving_mean(values: &[f32], reach: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0f64);
    for value in values {
        sums.push(sums[sums.len() - 1] + f64::from(*value));
    }
    let mean = |at: usize| {
        let (from, to) = (at.saturating_sub(reach), (at + reach + 1).min(values.len()));
        ((sums[to] - sums[from]) / (to - from) as f64) as f32
    };
    (0..values.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_values() {
        let sorted = Sorted::of([4.0, f32::NAN, 1.0, 3.0, 2.0, 5.0].into_iter()).expect("five values");
        assert_eq!((sorted.quantile(0.0), sorted.quantile(0.5), sorted.quantile(0.9)), (1.0, 3.0, 4.6));
        assert_eq!((sorted.mean(), sorted.deviation()), (3.0, 2f32.sqrt()));
        assert!(Sorted::of([1.0, f32::NAN, 2.0, 3.0].into_iter()).is_none());
    }

    #[test]
    fn a_moving_mean_is_short_at_the_ends() {
        assert_eq!(moving_mean(&[1.0, 2.0, 6.0, 3.0], 1), [1.5, 3.0, 11.0 / 3.0, 4.5]);
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 9.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }
}
