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
        let mut raters = vec![0; self.clips.len()];
        for rating in &self.ratings {
            raters[rating.clip] += 1;
            votes[rating.clip].iter_mut().zip(self.votes(rating)).for_each(|(sum, vote)| *sum += vote);
        }
        let chosen = |emotion: usize| votes.iter().any(|votes| votes[emotion] > 0.0);
        let never = self.emotions.names().iter().enumerate().filter(|(emotion, _)| !chosen(*emotion));
        let never_chosen = never.map(|(_, name)| name.clone()).collect();
        let (mut rows, mut without_votes) = (Vec::new(), Vec::new());
        for ((clip, votes), raters) in self.clips.iter().zip(votes).zip(raters) {
            let all = votes.iter().sum::<f64>() + smoothing;
            if all > 0.0 {
                let shares = votes.iter().map(|votes| (votes + smoothing / emotions as f64) / all).collect();
                rows.push(LabelRow { name: clip.name.clone(), carried: clip.carried.clone(), raters, shares });
            } else {
                without_votes.push(clip.name.clone());
            }
        }
        Ok(LabelTable { rows, without_votes, never_chosen })
    }
}
