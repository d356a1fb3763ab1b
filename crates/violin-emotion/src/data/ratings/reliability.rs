//! How far listeners agree, emotion by emotion.

use super::{Answers, Intraclass, Ratings, interval_alpha, intraclass, nominal_alpha, split_half};

/// How far listeners agree. What cannot be told is none.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Reliability {
    /// Krippendorff's alpha of the chosen emotions, as names without an order; none where listeners did not choose one.
    pub alpha: Option<f64>,
    /// One an emotion, in order.
    pub emotions: Vec<EmotionReliability>,
}

/// How far listeners agree on one emotion: on whether it was chosen, or on its number.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct EmotionReliability {
    /// The emotion.
    pub emotion: String,
    /// Krippendorff's alpha, of intervals.
    pub alpha: Option<f64>,
    /// ICC(1) and ICC(1,k).
    pub intraclass: Option<Intraclass>,
    /// Correlation of two halves of the listeners, brought up to all of them.
    pub split_half: Option<f64>,
}

impl Ratings {
    /// How far the listeners agree; `seed` deals them out into halves.
    pub fn reliability(&self, seed: u64) -> Reliability {
        let of_emotion = |(emotion, name): (usize, &String)| {
            let clips = self.of_emotion(emotion);
            EmotionReliability {
                emotion: name.clone(),
                alpha: interval_alpha(&clips),
                intraclass: intraclass(&clips),
                split_half: split_half(&clips, seed),
            }
        };
        let alpha = (self.answers == Answers::Chosen).then(|| nominal_alpha(&self.chosen())).flatten();
        Reliability { alpha, emotions: self.emotions.names().iter().enumerate().map(of_emotion).collect() }
    }

    /// The numbers of the chosen emotions, clip by clip.
    pub(super) fn chosen(&self) -> Vec<Vec<usize>> {
        let mut clips = vec![Vec::new(); self.clips.len()];
        for rating in &self.ratings {
            clips[rating.clip].extend(rating.values.iter().position(|value| *value > 0.0));
        }
        clips
    }
}
