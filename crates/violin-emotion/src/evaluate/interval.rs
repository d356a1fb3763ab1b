//! How far a score could be from what the same answers would score on many more recordings of new groups.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chance::{Chance, Purpose};

/// Fewer groups than this say too little of how much groups differ: below, intervals held in as little as 91 %.
pub const FEWEST_GROUPS: usize = 10;

/// Groups beyond this many are left out in blocks, this many of them, which is as good and takes no longer with more recordings.
const MOST_BLOCKS: usize = 200;

/// Where a figure lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The part of it that can be.
    pub fn within(self, (least, most): (f64, f64)) -> Interval {
        Interval { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }
}

/// Why there are no intervals over these groups, if so.
pub fn no_intervals(groups: &[usize]) -> Option<String> {
    let found = distinct(groups).len();
    (found < FEWEST_GROUPS).then(|| format!("an interval needs at least {FEWEST_GROUPS} groups, found {found}"))
}

/// 95 % intervals of figures of fixed answers, such as out-of-fold ones, over chance in which groups were recorded:
/// `groups[i]` is the group of recording `i`, and `figures` makes numbers of how often each recording counts. Figures are
/// expected to be smooth in these weights, as means and R2 are. A figure may be the difference of two rows of answers:
/// then the interval is a paired one.
///
/// Every group is left out once (Quenouille 1956, Tukey 1958): the figure ± Student's t times the standard error of
/// that, whose degrees of freedom come from how unequally groups matter (Satterthwaite 1946). Nothing is drawn but, above
/// 200 groups, which of them are left out together; that is what `seed` is for.
///
/// One entry a figure: `None` where the figure does not exist or hangs on a single group, and for fewer than
/// [`FEWEST_GROUPS`] groups (see [`no_intervals`]).
pub fn intervals(
    groups: &[usize],
    figures: impl Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    seed: u64,
) -> Vec<Option<Interval>> {
    let whole = figures(&vec![1.0; groups.len()]);
    let (blocks, count) = blocks(groups, seed);
    if count < FEWEST_GROUPS {
        return vec![None; whole.len()];
    }
    let without = |left_out: usize| {
        let weights: Vec<f64> = blocks.iter().map(|block| if *block == left_out { 0.0 } else { 1.0 }).collect();
        figures(&weights)
    };
    let without: Vec<Vec<Option<f64>>> = (0..count).into_par_iter().map(without).collect();
    let interval = |(at, figure): (usize, &Option<f64>)| {
        let values: Option<Vec<f64>> = without.iter().map(|figures| figures.get(at).copied().flatten()).collect();
        around((*figure)?, &values?)
    };
    whole.iter().enumerate().map(interval).collect()
}

/// The interval around a figure, of its values without each of the blocks.
fn around(figure: f64, without: &[f64]) -> Option<Interval> {
    let count = without.len() as f64;
    let mean = without.iter().sum::<f64>() / count;
    let squares: f64 = without.iter().map(|value| (value - mean).powi(2)).sum();
    let fourths: f64 = without.iter().map(|value| (value - mean).powi(4)).sum();
    // The variance of a variance, by the fourth moment: equal normal influences give as many degrees as there are blocks, one
    // that outweighs all others gives two.
    let freedom = match fourths > squares * squares / count {
        true => (2.0 * squares * squares / (fourths - squares * squares / count)).min(count - 1.0),
        false => count - 1.0,
    };
    let half = student_t(freedom) * ((count - 1.0) / count * squares).sqrt();
    (figure.is_finite() && half.is_finite()).then_some(Interval { low: figure - half, high: figure + half })
}

/// Which block each recording's group is in, and how many blocks there are: each group its own, or at random.
fn blocks(groups: &[usize], seed: u64) -> (Vec<usize>, usize) {
    let names = distinct(groups);
    let mut order: Vec<usize> = (0..names.len()).collect();
    if names.len() > MOST_BLOCKS {
        Chance::new(seed, Purpose::Blocks, 0).shuffle(&mut order);
    }
    let block = |group: &usize| order[names.partition_point(|name| name < group)] % MOST_BLOCKS;
    (groups.iter().map(block).collect(), names.len().min(MOST_BLOCKS))
}

fn distinct(groups: &[usize]) -> Vec<usize> {
    let mut names = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    names
}

/// The 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5): within 1 % at two degrees of freedom, 0.1 % from four.
fn student_t(freedom: f64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    let term = |factors: &[f64]| factors.iter().rev().fold(0.0, |sum, factor| sum * Z * Z + factor) * Z;
    Z + term(&[1.0, 1.0]) / (4.0 * freedom)
        + term(&[3.0, 16.0, 5.0]) / (96.0 * freedom.powi(2))
        + term(&[-15.0, 17.0, 19.0, 3.0]) / (384.0 * freedom.powi(3))
        + term(&[-945.0, -1920.0, 1482.0, 776.0, 79.0]) / (92_160.0 * freedom.powi(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: &[f64]) -> impl Fn(&[f64]) -> Vec<Option<f64>> + Sync {
        |weights: &[f64]| {
            let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
            vec![Some(sum / weights.iter().sum::<f64>()), None]
        }
    }

    #[test]
    fn of_a_mean_of_single_recordings_it_is_the_textbook_interval() {
        let values: Vec<f64> = (0..25).map(|at| f64::from(at * at % 11)).collect();
        let groups: Vec<usize> = (0..25).rev().collect();
        let found = intervals(&groups, mean_of(&values), 0);
        let mean = values.iter().sum::<f64>() / 25.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 24.0;
        // These influences are flatter than normal ones: 24 degrees of freedom, t = 2.0639.
        let half = 2.0639 * (variance / 25.0).sqrt();
        let Interval { low, high } = found[0].expect("25 groups are enough");
        assert!((low - mean + half).abs() < 1e-3 && (high - mean - half).abs() < 1e-3, "{low} {high}, {mean} ± {half}");
        assert_eq!(found[1], None);
    }

    #[test]
    fn recordings_of_one_group_count_as_one() {
        let once: Vec<f64> = (0..12).map(|at| f64::from(at * 7 % 12)).collect();
        let twice: Vec<f64> = once.iter().flat_map(|value| [*value, *value]).collect();
        let (groups, pairs): (Vec<usize>, Vec<usize>) = ((0..12).collect(), (0..24).map(|at| 100 + at / 2).collect());
        let (once, twice) = (intervals(&groups, mean_of(&once), 0)[0], intervals(&pairs, mean_of(&twice), 0)[0]);
        let (once, twice) = (once.expect("12 groups"), twice.expect("12 groups"));
        assert!((once.low - twice.low).abs() < 1e-9 && (once.high - twice.high).abs() < 1e-9);
    }

    #[test]
    fn few_groups_have_none_and_a_reason() {
        let groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
        assert_eq!(intervals(&groups, mean_of(&[1.0; 12]), 0), [None, None]);
        assert_eq!(no_intervals(&groups).as_deref(), Some("an interval needs at least 10 groups, found 6"));
        assert_eq!(no_intervals(&(0..10).collect::<Vec<_>>()), None);
        assert_eq!(intervals(&[], mean_of(&[]), 0), [None, None]);
    }

    #[test]
    fn many_groups_are_left_out_in_blocks_which_the_seed_decides() {
        let values: Vec<f64> = (0..1000).map(|at| f64::from(at * 389 % 1000)).collect();
        let groups: Vec<usize> = (0..1000).collect();
        let width = |seed| intervals(&groups, mean_of(&values), seed)[0].map(|found| found.high - found.low);
        assert_eq!(width(1), width(1));
        assert_ne!(width(1), width(2));
        // Of uniform values 0 to 999: 2 · 1.96 · 1000/√12 / √1000; 200 blocks know it to 5 %.
        let expected = 2.0 * 1.96 * 1000.0 / 12f64.sqrt() / 1000f64.sqrt();
        assert!(width(1).is_some_and(|width| (width / expected - 1.0).abs() < 0.2), "{:?}, {expected}", width(1));
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, expected, within) in
            [(2.0, 4.3027, 0.04), (4.0, 2.7764, 3e-3), (9.0, 2.2622, 1e-3), (39.0, 2.0227, 1e-4)]
        {
            assert!((student_t(freedom) - expected).abs() < within, "{freedom}: {}", student_t(freedom));
        }
    }
}
