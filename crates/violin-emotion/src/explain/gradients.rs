//! What each group adds to the networks' answer by another way: along its gradient instead of by coalitions.

use super::{ByGroup, Explainer};
use crate::Result;
use crate::features::Sequence;

/// Places on the way from a reference to the recording at which the gradient is asked: the middles of as many equal steps.
const STEPS: usize = 32;

impl Explainer<'_> {
    /// Expected gradients of the networks alone, without the forests (G. Erion et al., "Improving performance of deep learning
    /// models with axiomatic attribution priors and expected gradients", 2021): the gradient by every input on the straight way
    /// from each recording of the reference, times the way. A cross-check of [`Explainer::explain`]: both sum to what changes
    /// from the reference to the recording, this one but for the steps of the way (about 1e-3).
    ///
    /// # Errors
    /// `Data` if the sequence has other features than the model's.
    pub fn expected_gradients(&self, sequence: &Sequence) -> Result<ByGroup> {
        let (rows, width) = self.model.read(sequence)?;
        let groups = self.groups.parts();
        let emotions = self.model.labels().len();
        let mut values = vec![0.0; groups.len() * emotions];
        for (share, absent) in self.game.stretched_reference(rows.len()) {
            let places = (0..STEPS).map(|step| (step as f32 + 0.5) / STEPS as f32);
            let way: Vec<Vec<f32>> = places
                .map(|place| absent.iter().zip(&rows).map(|(from, to)| from + place * (to - from)).collect())
                .collect();
            let way: Vec<&[f32]> = way.iter().map(Vec::as_slice).collect();
            for emotion in 0..emotions {
                for gradient in self.model.network_gradients(&way, emotion)? {
                    for ((_, columns), values) in groups.iter().zip(values.chunks_exact_mut(emotions)) {
                        let along = |at: usize| f64::from(gradient[at] * (rows[at] - absent[at]));
                        let places = (0..rows.len()).step_by(width);
                        let sum: f64 =
                            places.flat_map(|row| columns.iter().map(move |column| row + column)).map(along).sum();
                        values[emotion] += share * sum / STEPS as f64;
                    }
                }
            }
        }
        Ok(self.named(groups, &values))
    }
}
