//! Numbers to normal scores: each by its rank among those of the training side.

use crate::Result;
use crate::model::arrays::{ArrayReader, ArrayWriter};

/// Places at which a column's distribution is kept; between them it is a straight line.
const KNOTS: usize = 65;

/// The way from each column's numbers to normal scores: the quantile of the normal distribution at the share of the training
/// numbers that lie below. No outlier is far from the others by it, and what lies outside of the training numbers has the score of
/// their ends.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model) struct NormalScores {
    /// Columns × [`KNOTS`], rising; where there are fewer different numbers the last is repeated.
    values: Vec<f32>,
    /// Their scores.
    scores: Vec<f32>,
}

impl NormalScores {
    /// Fitted on rows of `width` numbers; NaN counts for nothing, and numbers that lie within a `grain` of each other are equal: what
    /// rounding alone tells apart must not have ranks of its own.
    pub fn fit(rows: &[f32], width: usize, grain: f32) -> Self {
        let (mut values, mut scores) = (Vec::with_capacity(width * KNOTS), Vec::with_capacity(width * KNOTS));
        for column in 0..width {
            let column = rows.iter().skip(column).step_by(width).copied().filter(|value| !value.is_nan());
            for (value, score) in knots(column.collect(), grain) {
                values.push(value);
                scores.push(score);
            }
        }
        NormalScores { values, scores }
    }

    /// Under names that begin with `part`.
    pub fn write(&self, part: &str, arrays: &mut ArrayWriter) {
        let shape = [self.values.len() / KNOTS, KNOTS];
        arrays.put_f32(format!("{part}scores.value"), &shape, &self.values);
        arrays.put_f32(format!("{part}scores.score"), &shape, &self.scores);
    }

    /// What [`NormalScores::write`] wrote, of so many columns.
    pub fn read(part: &str, arrays: &ArrayReader, columns: usize) -> Result<Self> {
        let read = |name: &str| {
            let name = format!("{part}{name}");
            let list = arrays.f32(&name, &[columns, KNOTS])?;
            match list.chunks_exact(KNOTS).all(|column| column.is_sorted()) {
                true => Ok(list),
                false => Err(arrays.damaged(format!("`{name}`: expected rising numbers in each column"))),
            }
        };
        Ok(NormalScores { values: read("scores.value")?, scores: read("scores.score")? })
    }

    /// The score of a number of a column; 0, the median's, for NaN.
    pub fn score(&self, column: usize, value: f32) -> f32 {
        let values = &self.values[column * KNOTS..][..KNOTS];
        let scores = &self.scores[column * KNOTS..][..KNOTS];
        if value.is_nan() {
            return 0.0;
        }
        match values.partition_point(|knot| *knot < value) {
            0 => scores[0],
            KNOTS => scores[KNOTS - 1],
            after => {
                let (low, high) = (values[after - 1], values[after]);
                let share = (value - low) / (high - low);
                scores[after - 1] + share * (scores[after] - scores[after - 1])
            }
        }
    }

    /// The scores of rows.
    pub fn of(&self, rows: &[f32]) -> Vec<f32> {
        let width = self.values.len() / KNOTS;
        rows.iter().enumerate().map(|(at, &value)| self.score(at % width, value)).collect()
    }
}

/// The knots of one column.
fn knots(mut column: Vec<f32>, grain: f32) -> Vec<(f32, f32)> {
    column.sort_unstable_by(f32::total_cmp);
    let count = column.len() as f64;
    // Equal numbers have the middle of their ranks; −0 is 0.
    let mut distinct: Vec<(f32, f64)> = Vec::new();
    let mut before = 0;
    for equal in column.chunk_by(|one, other| other - one <= grain) {
        distinct.push((equal[0] + 0.0, (before as f64 + equal.len() as f64 / 2.0) / count));
        before += equal.len();
    }
    if distinct.len() < 2 {
        // What never varies says nothing.
        return vec![(distinct.first().map_or(0.0, |(value, _)| *value), 0.0); KNOTS];
    }
    let ends = [distinct[0].1, distinct[distinct.len() - 1].1].map(quantile);
    let mut knots: Vec<(f32, f32)> = match distinct.len() > KNOTS {
        false => distinct.iter().map(|&(value, share)| (value, quantile(share) as f32)).collect(),
        true => {
            // Evenly spaced in scores, so that the tails are as fine as the middle; the nearest number there is.
            let wanted = |knot: usize| ends[0] + (ends[1] - ends[0]) * knot as f64 / (KNOTS - 1) as f64;
            let scored: Vec<(f32, f64)> = distinct.iter().map(|&(value, share)| (value, quantile(share))).collect();
            let nearest = |knot: usize| {
                let after = scored.partition_point(|(_, score)| *score < wanted(knot)).clamp(1, scored.len() - 1);
                let (low, high) = (scored[after - 1], scored[after]);
                if wanted(knot) - low.1 < high.1 - wanted(knot) { low } else { high }
            };
            (0..KNOTS).map(nearest).map(|(value, score)| (value, score as f32)).collect()
        }
    };
    knots.dedup_by_key(|(value, _)| *value);
    let last = knots[knots.len() - 1];
    knots.resize(KNOTS, last);
    knots
}

/// The number below which a standard normal one lies with this chance, 0 < `share` < 1, by P. J. Acklam's rational functions
/// (relative error 1.2e-9).
fn quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    const TAIL: f64 = 0.024_25;
    let polynomial = |factors: &[f64], at: f64| factors.iter().fold(0.0, |sum, factor| sum * at + factor);
    let tail = |share: f64| {
        let at = (-2.0 * share.ln()).sqrt();
        polynomial(&C, at) / polynomial(&D, at)
    };
    match share {
        share if share < TAIL => tail(share),
        share if share > 1.0 - TAIL => -tail(1.0 - share),
        share => {
            let (from, square) = (share - 0.5, (share - 0.5).powi(2));
            polynomial(&A, square) * from / polynomial(&B, square)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_normal_distribution() {
        // Tables; scipy.stats.norm.ppf.
        for (share, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.84, 0.994_457_883_209_753_3),
            (0.001, -3.090_232_306_167_813_5),
            (0.01, -2.326_347_874_040_841),
        ] {
            assert!((quantile(share) - expected).abs() < 1e-8, "{share}: {}", quantile(share));
        }
    }

    #[test]
    fn numbers_have_the_quantile_of_their_rank_and_those_outside_that_of_the_ends() {
        let scores = NormalScores::fit(&[30.0, 10.0, 20.0, 20.0], 1, 0.0);
        let expected = [0.125, 0.5, 0.5, 0.875].map(|share| quantile(share) as f32);
        assert_eq!(scores.of(&[10.0, 20.0, 20.0, 30.0]), expected);
        assert_eq!(scores.of(&[15.0, -1e9, 1e9, f32::NAN]), [expected[0] / 2.0, expected[0], expected[3], 0.0]);
    }

    #[test]
    fn what_rounding_tells_apart_is_equal() {
        let scores = NormalScores::fit(&[0.3, 0.300_000_1, 0.1, 0.7], 1, 1e-5);
        let of_both = scores.of(&[0.3, 0.300_000_1]);
        assert!((of_both[0] - of_both[1]).abs() < 1e-5 && of_both[0].abs() < 1e-6, "{of_both:?}");
    }

    #[test]
    fn a_long_column_is_kept_by_its_knots() {
        // Numbers of any shape: exponential ones.
        let column: Vec<f32> = (0..5000).map(|at| (-(1.0 - (f64::from(at) + 0.5) / 5000.0).ln()) as f32).collect();
        let scores = NormalScores::fit(&column, 1, 0.0).of(&column);
        for (at, score) in scores.iter().enumerate() {
            let exact = quantile((at as f64 + 0.5) / 5000.0);
            // A knot is a ninth of a standard deviation from the next, and the line between them is straight.
            assert!((f64::from(*score) - exact).abs() < 0.02, "{at}: {score} {exact}");
        }
    }

    #[test]
    fn what_never_varies_or_is_never_there_says_nothing() {
        let nan = f32::NAN;
        let scores = NormalScores::fit(&[7.0, nan, 7.0, nan], 2, 0.0);
        assert_eq!(scores.of(&[7.0, nan, 100.0, 3.0]), [0.0; 4]);
    }
}
