//! Cues → soft labels, by a recipe's weights.
//!
//! What emotion a rendered take is labelled with is this rule's word alone: rendered, no evidence about listeners.

use super::cues::{Cue, Cues};
use super::recipe::Recipe;

/// The emotions of the built-in recipe and of [`labels`], in order.
pub const EMOTIONS: [&str; 4] = ["happiness", "sadness", "anger", "tenderness"];

/// Shares of [`EMOTIONS`] by the built-in recipe, as [`Recipe::labels`].
pub fn labels(cues: &Cues) -> Vec<f32> {
    Recipe::built_in().labels(cues)
}

impl Recipe {
    /// Shares of the emotions, summing to 1: the weighted sum of the standardised cues, over the temperature, through a
    /// softmax.
    pub fn labels(&self, cues: &Cues) -> Vec<f32> {
        let mut scores = vec![0.0; self.emotions.len()];
        for (name, weights) in &self.weights {
            let height = self.standardised(name, cues);
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight * height / self.temperature;
            }
        }
        let highest = scores.iter().copied().fold(f64::MIN, f64::max);
        let powers: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.iter().map(|power| (power / sum) as f32).collect()
    }

    /// A cue in standard deviations of a uniform draw from its range, 0 in its middle.
    fn standardised(&self, name: &str, cues: &Cues) -> f64 {
        let cue = Cue::named(name).expect("a recipe's cues exist");
        let [low, high] = self.ranges.get(name).copied().unwrap_or([cue.low, cue.high]);
        ((cue.get)(cues) - (low + high) / 2.0) / ((high - low) / 12_f64.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_recipe_speaks_of_these_emotions() {
        assert_eq!(Recipe::built_in().emotions, EMOTIONS);
    }
}
