//! Ratings → one distribution a clip.

use super::Ratings;
use crate::{Error, Result};

/// A label file's rows.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelTable {
    /// One a clip, in order.
    pub rows: Vec<LabelRow>,
    /// Clips in which no listener heard any of the emotions: they have no distribution, and no row.
    pub without_votes: Vec<String>,
    /// Emotions that nobody chose for any clip.
    pub never_chosen: Vec<String>,
}

/// One clip's distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelRow {
    /// The clip.
    pub name: String,
    /// What else the file says of it.
    pub carried: Vec<String>,
    /// Listeners who rated it.
    pub raters: usize,
    /// How many single votes would leave as much to chance as these ratings do: as many as listeners where each chose one
    /// emotion, more where they divided theirs.
    pub votes: usize,
    /// A share an emotion; they sum to 1.
    pub shares: Vec<f64>,
}

impl Ratings {
    /// Each clip's distribution: all votes for an emotion, of all votes for the clip. A chosen emotion is one vote, so is a flag;
    /// on a scale, what lies above its least value counts. `smoothing` votes are spread evenly over the emotions of every clip.
    ///
    /// # Errors
    /// `Config` for a smoothing that is below 0 or not finite.
    pub fn soft_labels(&self, smoothing: f64) -> Result<LabelTable> {
        if !(smoothing.is_finite() && smoothing >= 0.0) {
            return Err(Error::config("--smoothing", "0 votes or more", smoothing));
        }
        let emotions = self.emotions.len();
        let mut votes = vec![vec![0.0; emotions]; self.clips.len()];
        let mut by_rater: Vec<Vec<Vec<f64>>> = vec![Vec::new(); self.clips.len()];
        for rating in &self.ratings {
            by_rater[rating.clip].push(self.votes(rating).collect());
            votes[rating.clip].iter_mut().zip(self.votes(rating)).for_each(|(sum, vote)| *sum += vote);
        }
        let chosen = |emotion: usize| votes.iter().any(|votes| votes[emotion] > 0.0);
        let never = self.emotions.names().iter().enumerate().filter(|(emotion, _)| !chosen(*emotion));
        let never_chosen = never.map(|(_, name)| name.clone()).collect();
        let (mut rows, mut without_votes) = (Vec::new(), Vec::new());
        for ((clip, votes), raters) in self.clips.iter().zip(votes).zip(&by_rater) {
            let all = votes.iter().sum::<f64>() + smoothing;
            if all > 0.0 {
                let shares = votes.iter().map(|votes| (votes + smoothing / emotions as f64) / all).collect();
                let (name, carried) = (clip.name.clone(), clip.carried.clone());
                rows.push(LabelRow { name, carried, raters: raters.len(), votes: single_votes(raters), shares });
            } else {
                without_votes.push(clip.name.clone());
            }
        }
        Ok(LabelTable { rows, without_votes, never_chosen })
    }
}

/// The number n of single votes whose shares p vary by as much, Σ p(1 − p)/(n − 1), as those of these raters do by the jackknife: each
/// of them left out once (Tukey 1958).
fn single_votes(raters: &[Vec<f64>]) -> usize {
    let (count, emotions) = (raters.len(), raters[0].len());
    let sums: Vec<f64> = (0..emotions).map(|emotion| raters.iter().map(|votes| votes[emotion]).sum()).collect();
    let all: f64 = sums.iter().sum();
    let shares: Vec<f64> = sums.iter().map(|sum| sum / all).collect();
    let spread: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
    let without: Vec<Vec<f64>> = raters
        .iter()
        .map(|votes| (all - votes.iter().sum::<f64>(), votes))
        // Whoever gave all votes that there are cannot be left out.
        .filter(|(rest, _)| *rest > 0.0)
        .map(|(rest, votes)| sums.iter().zip(votes).map(|(sum, votes)| (sum - votes) / rest).collect())
        .collect();
    if count < 2 || without.len() < count {
        return 1;
    }
    let mean = |emotion: usize| without.iter().map(|shares| shares[emotion]).sum::<f64>() / count as f64;
    let square = |emotion: usize| {
        let mean = mean(emotion);
        without.iter().map(|shares| (shares[emotion] - mean).powi(2)).sum::<f64>()
    };
    let variance = (count - 1) as f64 / count as f64 * (0..emotions).map(square).sum::<f64>();
    // Where all say the same, nothing is left to chance that could be counted; no rater says more than one vote an emotion.
    const ROUNDING: f64 = 1e-12;
    let most = if spread < ROUNDING { count } else { count * emotions };
    match variance > ROUNDING {
        true => ((1.0 + spread / variance).round() as usize).clamp(2, count * emotions),
        false => most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_emotion_is_one_vote() {
        for chosen in [[3, 2, 0], [1, 1, 1], [5, 0, 0], [1, 0, 1]] {
            let one = |emotion: usize| (0..3).map(|other| f64::from(u8::from(other == emotion))).collect::<Vec<f64>>();
            let raters: Vec<Vec<f64>> =
                chosen.iter().enumerate().flat_map(|(emotion, &count)| vec![one(emotion); count]).collect();
            assert_eq!(single_votes(&raters), raters.len(), "{chosen:?}");
        }
    }

    #[test]
    fn who_divides_a_rating_says_more_than_one_vote() {
        // Two flags each, in all six ways: single flags of twelve would vary by more than these do.
        let flags = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]];
        let raters: Vec<Vec<f64>> = flags.iter().map(|flags| flags.map(f64::from).to_vec()).collect();
        // p(1 − p) sums to 3∕4; each of six raters, as (½, ½, 0, 0) about a mean of ¼, adds ¼: a variance of ¼∕5.
        assert_eq!(single_votes(&raters), 1 + 15);
        let alike = vec![vec![2.0, 1.0, 1.0]; 4];
        assert_eq!(single_votes(&alike), 12);
    }

    #[test]
    fn one_rater_or_one_who_alone_heard_anything_is_one_vote() {
        assert_eq!(single_votes(&[vec![1.0, 0.0]]), 1);
        assert_eq!(single_votes(&[vec![1.0, 0.0], vec![0.0, 0.0]]), 1);
    }
}
