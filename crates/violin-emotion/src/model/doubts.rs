//! Reasons to doubt an answer: features never seen in training, restarts that disagree.

use super::EmotionModel;
use crate::features::Sequence;
use crate::{Result, Warning, WarningKind};

/// Share of feature values outside the training range above which the answer is doubted. A recording like the
/// training ones has nearly none: each of 138 features would have to exceed every training window.
const OUTSIDE_SHARE: f64 = 0.05;

/// Total variation between two restarts' answers above which they disagree: a third of the distribution has moved.
const DISAGREEMENT: f32 = 1.0 / 3.0;

impl EmotionModel {
    /// Reasons to doubt the answer to this sequence.
    ///
    /// # Errors
    /// As [`EmotionModel::predict`].
    pub fn doubts(&self, sequence: &Sequence) -> Result<Vec<Warning>> {
        let answers = self.restarts(sequence)?;
        // Networks that read other parts of the features may well answer otherwise.
        let of_parts = answers.chunks_exact(self.config().model.restarts).filter_map(disagreement);
        let of_all = self.learned_from_rendered().into_iter().chain(self.outside_training(sequence));
        Ok(of_all.chain(of_parts.take(1)).collect())
    }

    fn learned_from_rendered(&self) -> Option<Warning> {
        let message = "the model learned from rendered playing, labelled by published relations between cues and emotions: its \
                       answer is no evidence about listeners";
        self.summary.rendered.then(|| Warning::new(WarningKind::LearnedFromRendered, message))
    }

    /// Share of the measured values that lie outside of what the training windows have.
    pub(crate) fn outside_share(&self, sequence: &Sequence) -> f64 {
        let known = sequence.values().iter().filter(|value| !value.is_nan()).count();
        self.outside(sequence).iter().sum::<usize>() as f64 / known.max(1) as f64
    }

    /// For each feature, in how many windows it lies outside.
    fn outside(&self, sequence: &Sequence) -> Vec<usize> {
        let mut outside = vec![0usize; sequence.width()];
        for window in 0..sequence.windows() {
            for ((count, &(low, high)), &value) in outside.iter_mut().zip(&self.range).zip(sequence.row(window)) {
                // Rounding at the range's edge is not news.
                let slack = 1e-3 * (high - low).abs();
                *count += usize::from(value < low - slack || value > high + slack);
            }
        }
        outside
    }

    fn outside_training(&self, sequence: &Sequence) -> Option<Warning> {
        let (outside, share) = (self.outside(sequence), self.outside_share(sequence));
        if share <= OUTSIDE_SHARE {
            return None;
        }
        let mut order: Vec<usize> = (0..outside.len()).filter(|&feature| outside[feature] > 0).collect();
        order.sort_by_key(|&feature| std::cmp::Reverse(outside[feature]));
        let names: Vec<&str> = order.iter().take(3).map(|&feature| self.catalog().names()[feature].as_str()).collect();
        let message = format!(
            "{:.0} % of what was measured lies outside of what the training recordings have (most: {}): \
             the answer reaches beyond what the model knows",
            100.0 * share,
            names.join(", ")
        );
        Some(Warning::new(WarningKind::OutsideTraining, message))
    }
}

fn disagreement(answers: &[Vec<f32>]) -> Option<Warning> {
    let distance = |a: &[f32], b: &[f32]| 0.5 * a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>();
    let pairs = answers.iter().enumerate().flat_map(|(at, a)| answers[..at].iter().map(move |b| distance(a, b)));
    let widest = pairs.fold(0.0, f32::max);
    let message = format!(
        "the same training from {} different starts gives answers that differ by up to {:.0} %: take the answer as a \
         guess",
        answers.len(),
        100.0 * widest
    );
    (widest > DISAGREEMENT).then(|| Warning::new(WarningKind::RestartsDisagree, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_that_agree_are_not_doubted() {
        assert_eq!(disagreement(&[vec![0.6, 0.4], vec![0.5, 0.5], vec![0.7, 0.3]]), None);
        assert_eq!(disagreement(&[vec![0.6, 0.4]]), None);
    }

    #[test]
    fn restarts_that_disagree_are() {
        let warning = disagreement(&[vec![0.9, 0.1], vec![0.8, 0.2], vec![0.2, 0.8]]).expect("a warning");
        assert_eq!(warning.kind, WarningKind::RestartsDisagree);
        assert!(warning.message.contains("70 %"), "{}", warning.message);
    }
}
