//! Ratings of several listeners → soft labels, and how far the listeners agree.

mod alpha;
mod form;
mod heads;
mod intraclass;
mod questionnaire;
mod reliability;
mod soft_labels;
mod split_half;
mod suspects;

pub use alpha::{interval_alpha, nominal_alpha};
pub use form::{RatingOptions, read_ratings};
pub use intraclass::{Intraclass, intraclass};
pub use reliability::{EmotionReliability, Reliability};
pub use soft_labels::{LabelRow, LabelTable};
pub use split_half::split_half;
pub use suspects::{SuspectClip, SuspectRater, Suspects};

use crate::data::LabelSet;

/// What listeners said of clips, one rating a listener and clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    /// The emotions they were asked about.
    pub emotions: LabelSet,
    /// How they were asked.
    pub answers: Answers,
    /// The clips, in the order in which they are met.
    pub clips: Vec<Clip>,
    /// Names of the listeners, in the order in which they are met; none where the file does not tell them apart.
    pub raters: Vec<String>,
    /// One a listener and clip, in the order of the file.
    pub ratings: Vec<Rating>,
    /// Names of the columns that go with the clips into the label file.
    pub carried: Vec<String>,
    /// What was noticed while the file was read, in words.
    pub notes: Vec<String>,
}

/// What listeners could say.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// One emotion a clip.
    Chosen,
    /// Any number of emotions a clip: 0 or 1 for each.
    Flags,
    /// A number for each emotion.
    Scale {
        /// What says that there is nothing of the emotion.
        least: f64,
        /// The most that could be said.
        most: f64,
    },
}

/// A clip that was rated.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Its name, as it goes into the label file.
    pub name: String,
    /// What else the file says of it (performer, piece): one value for each of [`Ratings::carried`].
    pub carried: Vec<String>,
}

/// What one listener said of one clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Rating {
    /// Number of the clip.
    pub clip: usize,
    /// Number of the listener; none where the file does not tell them apart.
    pub rater: Option<usize>,
    /// One number an emotion, as they stand in the file; of a chosen emotion 1, of the others 0.
    pub values: Vec<f64>,
}

impl Ratings {
    /// The values of one emotion, clip by clip.
    pub fn of_emotion(&self, emotion: usize) -> Vec<Vec<f64>> {
        let mut clips = vec![Vec::new(); self.clips.len()];
        self.ratings.iter().for_each(|rating| clips[rating.clip].push(rating.values[emotion]));
        clips
    }

    /// Votes a rating gives to each emotion: what it says above the least that could be said.
    pub fn votes<'a>(&self, rating: &'a Rating) -> impl Iterator<Item = f64> + use<'a> {
        let least = match self.answers {
            Answers::Scale { least, .. } => least,
            Answers::Chosen | Answers::Flags => 0.0,
        };
        rating.values.iter().map(move |value| value - least)
    }
}
