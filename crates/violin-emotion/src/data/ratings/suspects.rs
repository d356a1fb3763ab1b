//! Listeners and clips that deserve a second look. Nothing is removed because of it unless that is asked for.

use std::collections::HashMap;

use super::split_half::correlation;
use super::{Answers, Ratings};

/// Clips that a listener must have rated before anything is said of them.
const LEAST_CLIPS: usize = 8;
/// A listener who goes with the others less than this, and surely less than most listeners do, is suspect.
const HARDLY: f64 = 0.1;
/// Standard errors below the middle listener: fewer than one of a hundred honest ones is there by chance.
const SURELY: f64 = 2.6;
/// Runs of one answer that are expected less often than this by chance are suspect.
const RARE: f64 = 1e-3;
/// A listener whose numbers spread less than this share of the middle listener's hardly tells clips apart.
const LITTLE_SPREAD: f64 = 0.25;
/// Ratings a clip needs before its agreement is judged.
const LEAST_RATINGS: usize = 5;

/// Who and what deserves a second look.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Suspects {
    /// Listeners, in order.
    pub raters: Vec<SuspectRater>,
    /// Clips, in order.
    pub clips: Vec<SuspectClip>,
}

/// A listener who deserves a second look.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SuspectRater {
    /// The name.
    pub rater: String,
    /// Clips rated.
    pub clips: usize,
    /// Correlation with the mean of the others on the same clips, each emotion around its own mean.
    pub person_total: Option<f64>,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// A clip on which listeners agree no more than on clips drawn at random.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SuspectClip {
    /// The name.
    pub clip: String,
    /// Listeners who rated it.
    pub raters: usize,
    /// Variance of its ratings, of that of all ratings; 0 where all say the same, 1 and more where nothing is agreed on.
    pub disagreement: f64,
}

impl Ratings {
    /// Listeners and clips that deserve a second look.
    pub fn suspects(&self) -> Suspects {
        Suspects { raters: self.suspect_raters(), clips: self.suspect_clips() }
    }

    /// The same ratings without those of some listeners.
    pub fn without_raters(mut self, names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let raters = self.raters.clone();
        let dropped = |rater: usize| names.contains(&raters[rater]);
        self.ratings.retain(|rating| !rating.rater.is_some_and(dropped));
        // The others are numbered anew.
        let kept: Vec<usize> = (0..self.raters.len()).filter(|&rater| !dropped(rater)).collect();
        for rating in &mut self.ratings {
            rating.rater = rating.rater.map(|rater| kept.binary_search(&rater).expect("a kept listener"));
        }
        self.raters = kept.into_iter().map(|rater| self.raters[rater].clone()).collect();
        self
    }

    /// The same ratings, those of some clips alone.
    pub fn only_clips(mut self, kept: impl Fn(&str) -> bool) -> Self {
        let numbers: Vec<usize> = (0..self.clips.len()).filter(|&clip| kept(&self.clips[clip].name)).collect();
        self.ratings.retain(|rating| numbers.binary_search(&rating.clip).is_ok());
        for rating in &mut self.ratings {
            rating.clip = numbers.binary_search(&rating.clip).expect("a kept clip");
        }
        self.clips = numbers.into_iter().map(|clip| self.clips[clip].clone()).collect();
        self
    }

    fn suspect_raters(&self) -> Vec<SuspectRater> {
        let mut by_rater: Vec<Vec<usize>> = vec![Vec::new(); self.raters.len()];
        for (at, rating) in self.ratings.iter().enumerate() {
            if let Some(rater) = rating.rater {
                by_rater[rater].push(at);
            }
        }
        let totals = self.person_totals(&by_rater);
        let middle_total = middle(totals.iter().flatten().copied().collect());
        let spreads: Vec<f64> = by_rater.iter().map(|ratings| self.spread(ratings)).collect();
        let middle_spread = middle(spreads.clone()).unwrap_or(0.0);
        let shares = self.answer_shares();
        let mut suspects = Vec::new();
        for (rater, ratings) in by_rater.iter().enumerate().filter(|(_, ratings)| ratings.len() >= LEAST_CLIPS) {
            let mut reasons = Vec::new();
            if let (Some(total), Some(middle)) = (totals[rater], middle_total) {
                let below = (middle.min(0.999).atanh() - total.clamp(-0.999, 0.999).atanh())
                    * (ratings.len() as f64 - 3.0).sqrt();
                if total < HARDLY && below > SURELY {
                    reasons
                        .push(format!("hardly goes with the others (r = {total:.2}; the middle listener {middle:.2})"));
                }
            }
            if let Some(run) = self.long_run(ratings, &shares) {
                reasons.push(format!("gives one answer to {run} clips in a row"));
            }
            if matches!(self.answers, Answers::Scale { .. }) && spreads[rater] < LITTLE_SPREAD * middle_spread {
                reasons.push("hardly varies the numbers".to_owned());
            }
            if !reasons.is_empty() {
                let (rater, person_total) = (self.raters[rater].clone(), totals[rater]);
                suspects.push(SuspectRater { rater, clips: ratings.len(), person_total, reasons });
            }
        }
        suspects
    }

    /// Each listener's correlation with the mean of the others.
    fn person_totals(&self, by_rater: &[Vec<usize>]) -> Vec<Option<f64>> {
        let emotions = self.emotions.len();
        let mut sums = vec![vec![0.0; emotions]; self.clips.len()];
        let mut counts = vec![0.0; self.clips.len()];
        let mut means = vec![0.0; emotions];
        for rating in &self.ratings {
            counts[rating.clip] += 1.0;
            sums[rating.clip].iter_mut().zip(&rating.values).for_each(|(sum, value)| *sum += value);
            means.iter_mut().zip(&rating.values).for_each(|(sum, value)| *sum += value / self.ratings.len() as f64);
        }
        let total = |ratings: &Vec<usize>| {
            let (mut own, mut others) = (Vec::new(), Vec::new());
            for rating in ratings.iter().map(|at| &self.ratings[*at]).filter(|rating| counts[rating.clip] > 1.0) {
                for (emotion, value) in rating.values.iter().enumerate() {
                    let rest = (sums[rating.clip][emotion] - value) / (counts[rating.clip] - 1.0);
                    own.push(value - means[emotion]);
                    others.push(rest - means[emotion]);
                }
            }
            if ratings.len() < LEAST_CLIPS { None } else { correlation(&own, &others) }
        };
        by_rater.iter().map(total).collect()
    }

    /// Standard deviation of a listener's numbers, each emotion around the listener's own mean.
    fn spread(&self, ratings: &[usize]) -> f64 {
        let count = ratings.len().max(1) as f64;
        let variance = |emotion: usize| {
            let values = || ratings.iter().map(|at| self.ratings[*at].values[emotion]);
            let mean = values().sum::<f64>() / count;
            values().map(|value| (value - mean).powi(2)).sum::<f64>() / count
        };
        (0..self.emotions.len()).map(variance).sum::<f64>().sqrt()
    }

    /// How often each answer is given, of all ratings.
    fn answer_shares(&self) -> HashMap<Vec<u64>, f64> {
        let mut shares = HashMap::new();
        for rating in &self.ratings {
            *shares.entry(bits(&rating.values)).or_insert(0.0) += 1.0 / self.ratings.len() as f64;
        }
        shares
    }

    /// The longest run of one answer, if chance would hardly give one so long.
    fn long_run(&self, ratings: &[usize], shares: &HashMap<Vec<u64>, f64>) -> Option<usize> {
        let answers: Vec<Vec<u64>> = ratings.iter().map(|at| bits(&self.ratings[*at].values)).collect();
        let rare = |run: &&[Vec<u64>]| {
            let places = (ratings.len() - run.len() + 1) as f64;
            places * shares[&run[0]].powi(run.len() as i32) < RARE
        };
        answers.chunk_by(|one, next| one == next).filter(|run| run.len() > 2).filter(rare).map(<[_]>::len).max()
    }

    fn suspect_clips(&self) -> Vec<SuspectClip> {
        let emotions = self.emotions.len();
        let mut of_clips: Vec<Vec<&[f64]>> = vec![Vec::new(); self.clips.len()];
        self.ratings.iter().for_each(|rating| of_clips[rating.clip].push(&rating.values));
        let variance = |ratings: &[&[f64]]| {
            let count = ratings.len() as f64;
            let of_one = |emotion: usize| {
                let mean = ratings.iter().map(|values| values[emotion]).sum::<f64>() / count;
                ratings.iter().map(|values| (values[emotion] - mean).powi(2)).sum::<f64>() / (count - 1.0)
            };
            (0..emotions).map(of_one).sum::<f64>()
        };
        let all = variance(&of_clips.concat());
        let suspect = |(clip, ratings): (&super::Clip, &Vec<&[f64]>)| {
            let disagreement = variance(ratings) / all;
            (ratings.len() >= LEAST_RATINGS && disagreement >= 1.0).then(|| SuspectClip {
                clip: clip.name.clone(),
                raters: ratings.len(),
                disagreement,
            })
        };
        self.clips.iter().zip(&of_clips).filter_map(suspect).collect()
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// The median; none of none.
fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
