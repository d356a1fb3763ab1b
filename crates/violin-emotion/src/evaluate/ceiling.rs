//! How well a method could score against ratings of so few listeners.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chance::{Chance, Purpose};
use super::dirichlet;
use super::figures::mean_of_known;
use super::interval::intervals;
use super::metrics::Moments;
use super::sampling_noise::SamplingNoise;
use super::{Figures, Interval};

/// True distributions drawn for each recording, for the figures that need them.
const DRAWS: usize = 20;

/// What the estimated R2 may be off where the true one is 0: estimates of a few recordings and votes do not lie further below.
const ERROR: f64 = 0.1;

/// With fewer recordings the noise of their votes cannot be told from their differences.
pub const FEWEST_RECORDINGS: usize = 10;

/// What one would score who knew every recording's true distribution: the shares infinitely many such listeners would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    /// The scores.
    pub figures: Figures,
    /// How far each of [`Figures::scalars`] could be off, over chance in which groups were recorded ([`intervals`]).
    pub intervals: Vec<Option<Interval>>,
    /// Recordings left out, of fewer than two raters: their noise cannot be known.
    pub left_out: usize,
}

/// The ceiling for recordings with these rated shares, `raters[i]` having rated recording `i`, of the group `groups[i]`.
///
/// Every rater is taken to have one vote, independent of the others'. Raters who divide theirs among emotions leave less
/// noise, and the true ceiling is above this one, maybe far; the number of votes given, in place of the raters, is closer.
///
/// R2, JS, KL and intersection are told from the votes alone (`sampling_noise.rs`), whatever the true distributions are. An
/// emotion's R2 is 1 − q + 2q²/N, q being the mean of y(1 − y)/(n − 1) over the variance of y. The other figures are those of
/// distributions drawn given the votes, from a Dirichlet prior fitted to all of them: as true as true distributions look Dirichlet.
///
/// # Errors
/// Why there is none, in words: fewer than [`FEWEST_RECORDINGS`] recordings of two raters and more, shares that do not vary in any
/// emotion, or vary less than so few votes would by chance. An emotion whose rated shares do not vary has no R2, as in [`Figures`].
pub fn ceiling(
    rated: &[&[f32]],
    raters: &[usize],
    groups: &[usize],
    seed: u64,
) -> std::result::Result<Ceiling, String> {
    let kept: Vec<usize> = (0..rated.len()).filter(|&at| raters[at] >= 2).collect();
    if kept.len() < FEWEST_RECORDINGS {
        let needed = format!("a ceiling needs {FEWEST_RECORDINGS} recordings of two raters at least");
        return Err(format!("{needed}, found {}", kept.len()));
    }
    let votes = Votes::new(kept.iter().map(|&at| (rated[at], raters[at])).collect(), seed);
    let figures = votes.figures(&vec![1.0; kept.len()]);
    match figures.mean_r2 {
        None => return Err("the rated shares are the same in all recordings".into()),
        // One who knew the truth would score about 0 at the least.
        Some(r2) if r2 < -ERROR => {
            let less = "the rated shares vary less than by chance alone if each rests on so few votes";
            return Err(format!("{less}; are the numbers of raters, or of votes, right?"));
        }
        Some(_) => {}
    }
    let kept_groups: Vec<usize> = kept.iter().map(|&at| groups[at]).collect();
    let scalars = |weights: &[f64]| votes.figures(weights).scalars().map(|figure| figure.value).to_vec();
    let within = intervals(&kept_groups, scalars, seed).into_iter().zip(figures.scalars());
    let possible =
        within.map(|(interval, figure)| interval.map(|interval: Interval| interval.within(figure.range))).collect();
    Ok(Ceiling { figures, intervals: possible, left_out: rated.len() - kept.len() })
}

/// Recordings with at least two raters, and what is known of the truth behind them.
struct Votes<'a> {
    rated: Vec<&'a [f32]>,
    raters: Vec<usize>,
    /// By [`SamplingNoise::scores`], a row a recording.
    told: Vec<[f64; 3]>,
    /// True distributions that may be: [draw][recording][emotion].
    drawn: Vec<Vec<Vec<f32>>>,
}

impl<'a> Votes<'a> {
    fn new(recordings: Vec<(&'a [f32], usize)>, seed: u64) -> Self {
        let (rated, raters): (Vec<_>, Vec<_>) = recordings.into_iter().unzip();
        let tables: BTreeMap<usize, SamplingNoise> =
            raters.iter().map(|&raters| (raters, SamplingNoise::of(raters))).collect();
        let told = rated.iter().zip(&raters).map(|(rated, raters)| tables[raters].scores(rated)).collect();
        let count =
            |(rated, raters): (&&[f32], &usize)| rated.iter().map(|&share| f64::from(share) * *raters as f64).collect();
        let votes: Vec<Vec<f64>> = rated.iter().zip(&raters).map(count).collect();
        let prior = dirichlet::fit(&votes);
        let draw = |number| {
            let mut chance = Chance::new(seed, Purpose::Truths, number);
            votes.iter().map(|votes| dirichlet::draw(&prior, votes, &mut chance)).collect()
        };
        Votes { rated, raters, told, drawn: (0..DRAWS).map(draw).collect() }
    }

    /// The truth's scores, recordings counting by their weights.
    fn figures(&self, weights: &[f64]) -> Figures {
        let total: f64 = weights.iter().sum();
        let of_one = |drawn: &Vec<Vec<f32>>| {
            let drawn: Vec<&[f32]> = drawn.iter().map(Vec::as_slice).collect();
            Figures::of(&self.rated, &drawn, weights)
        };
        let mut figures = Figures::mean(&self.drawn.iter().map(of_one).collect::<Vec<_>>());
        let told =
            |at: usize| self.told.iter().zip(weights).map(|(told, weight)| weight * told[at]).sum::<f64>() / total;
        figures.js = told(0).max(0.0);
        figures.kl = told(1).max(0.0);
        figures.intersection = told(2).min(1.0);
        figures.r2 = (0..figures.r2.len()).map(|emotion| self.r2(emotion, weights)).collect();
        figures.mean_r2 = mean_of_known(&figures.r2);
        figures
    }

    fn r2(&self, emotion: usize, weights: &[f64]) -> Option<f64> {
        let shares = self.rated.iter().zip(weights).map(|(rated, &weight)| (rated[emotion], rated[emotion], weight));
        let noise = |(rated, raters): (&&[f32], &usize)| {
            let share = f64::from(rated[emotion]);
            share * (1.0 - share) / (*raters as f64 - 1.0)
        };
        let noise = self.rated.iter().zip(&self.raters).map(noise).zip(weights).map(|(noise, weight)| noise * weight);
        let (total, squares) = (weights.iter().sum::<f64>(), weights.iter().map(|weight| weight * weight).sum::<f64>());
        let recordings = total * total / squares;
        let r2 = Moments::of(shares).r2_missed_by(noise.sum::<f64>() / total)?;
        // What the truth misses is itself part of the variance that R2 divides by: where chance makes it large, it makes both large.
        // With normal errors that lifts the truth's R2 by this much; it cannot miss more than all there is.
        Some((r2 + 2.0 * (1.0 - r2).min(1.0).powi(2) / recordings).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of 8 votes on three emotions, the third of which everybody gave two of.
    const RATED: [[f32; 3]; 4] = [[0.5, 0.25, 0.25], [0.75, 0.0, 0.25], [0.0, 0.75, 0.25], [0.25, 0.5, 0.25]];

    fn rated() -> Vec<&'static [f32]> {
        (0..12).map(|at| &RATED[at % 4][..]).collect()
    }

    #[test]
    fn r2_is_what_the_unbiased_noise_leaves() {
        let found = ceiling(&rated(), &[8; 12], &(0..12).collect::<Vec<_>>(), 0).expect("eight raters each");
        // First emotion: shares ½, ¾, 0, ¼ with y(1−y) = 4, 3, 0, 3 sixteenths; variance 5/64.
        let noise = 10.0 / 64.0 / 7.0;
        let missed = noise / (5.0 / 64.0);
        let expected = 1.0 - missed + 2.0 * missed * missed / 12.0;
        assert!(
            found.figures.r2[0].is_some_and(|r2| (r2 - expected).abs() < 1e-12),
            "{:?}, {expected}",
            found.figures.r2
        );
        assert_eq!(found.figures.r2[2], None);
        assert_eq!(found.left_out, 0);
        for (figure, interval) in found.figures.scalars().iter().zip(&found.intervals) {
            let (value, interval) = (figure.value.expect("two emotions vary"), interval.expect("12 groups"));
            assert!(interval.low <= value && value <= interval.high, "{figure:?} {interval:?}");
        }
    }

    #[test]
    fn more_raters_raise_every_ceiling() {
        let mut chance = Chance::new(1, Purpose::Truths, 0);
        let rated: Vec<Vec<f32>> = (0..60).map(|_| dirichlet::draw(&[1.0; 3], &[0.0; 3], &mut chance)).collect();
        let rated: Vec<&[f32]> = rated.iter().map(Vec::as_slice).collect();
        let [few, many] = [8, 80].map(|raters| ceiling(&rated, &[raters; 60], &[0; 60], 0).expect("raters").figures);
        for (few, many) in few.scalars().iter().zip(many.scalars()) {
            let better = many.value.zip(few.value).map(|(many, few)| many - few).expect("both exist");
            assert!(if few.more_is_better { better > 0.0 } else { better < 0.0 }, "{few:?} {many:?}");
        }
    }

    #[test]
    fn shares_steadier_than_their_votes_allow_have_no_ceiling() {
        // Tenths that hardly vary, as graded ratings give them: two votes would scatter far more.
        let shares: Vec<[f32; 3]> =
            (0..12).map(|at| [0.4 + 0.01 * (at % 3) as f32, 0.3 - 0.01 * (at % 3) as f32, 0.3]).collect();
        let shares: Vec<&[f32]> = shares.iter().map(|row| &row[..]).collect();
        let problem = ceiling(&shares, &[2; 12], &(0..12).collect::<Vec<_>>(), 0).expect_err("less than chance");
        assert!(problem.starts_with("the rated shares vary less than by chance alone"), "{problem}");
    }

    #[test]
    fn recordings_of_one_rater_are_left_out_and_counted() {
        let mut raters = [8; 12];
        raters[3] = 1;
        raters[7] = 0;
        let found = ceiling(&rated(), &raters, &[0; 12], 0).expect("ten recordings");
        assert_eq!((found.left_out, found.intervals[0]), (2, None));
        let none = |found: std::result::Result<Ceiling, String>| found.expect_err("no ceiling");
        let needed = "a ceiling needs 10 recordings of two raters at least, found ";
        assert_eq!(none(ceiling(&rated(), &[1; 12], &[0; 12], 0)), format!("{needed}0"));
        assert_eq!(none(ceiling(&[], &[], &[], 0)), format!("{needed}0"));
        let alike: &[f32] = &[0.5, 0.5];
        let equal = none(ceiling(&[alike; 12], &[8; 12], &[0; 12], 0));
        assert_eq!(equal, "the rated shares are the same in all recordings");
    }
}
