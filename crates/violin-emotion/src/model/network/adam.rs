//! Adam (Kingma and Ba 2015) in Keras's form: ε stands beside the root of the uncorrected second moment.

use pulp::{Arch, Simd, WithSimd};

const MEAN_DECAY: f32 = 0.9;
const SQUARE_DECAY: f32 = 0.999;
const EPSILON: f32 = 1e-7;

/// The optimiser's memory of one set of weights.
pub(super) struct Adam {
    learning_rate: f32,
    steps: i32,
    means: Vec<f32>,
    squares: Vec<f32>,
}

impl Adam {
    /// A fresh memory for so many weights.
    pub fn new(learning_rate: f32, count: usize) -> Self {
        Adam { learning_rate, steps: 0, means: vec![0.0; count], squares: vec![0.0; count] }
    }

    /// One step of all weights against their gradient.
    pub fn step(&mut self, weights: &mut [f32], gradient: &[f32]) {
        self.steps = self.steps.saturating_add(1);
        let correction = (1.0 - SQUARE_DECAY.powi(self.steps)).sqrt() / (1.0 - MEAN_DECAY.powi(self.steps));
        let rate = self.learning_rate * correction;
        Arch::new().dispatch(Step { rate, means: &mut self.means, squares: &mut self.squares, weights, gradient });
    }
}

struct Step<'a> {
    rate: f32,
    means: &'a mut [f32],
    squares: &'a mut [f32],
    weights: &'a mut [f32],
    gradient: &'a [f32],
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let moments = self.means.iter_mut().zip(self.squares);
        for (((mean, square), weight), gradient) in moments.zip(self.weights).zip(self.gradient) {
            *mean += (gradient - *mean) * (1.0 - MEAN_DECAY);
            *square += (gradient * gradient - *square) * (1.0 - SQUARE_DECAY);
            *weight -= self.rate * *mean / (square.sqrt() + EPSILON);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few roundings of numbers near 1.
    const TOLERANCE: f32 = 1e-6;

    #[test]
    fn the_first_step_has_the_learning_rates_length_whatever_the_gradients_size() {
        let mut weights = [1.0, 1.0, 1.0, 1.0];
        Adam::new(0.01, 4).step(&mut weights, &[0.1, -50.0, 3.0, 0.0]);
        for (weight, expected) in weights.into_iter().zip([0.99, 1.01, 0.99, 1.0]) {
            assert!((weight - expected).abs() < 1e-5, "{weights:?}");
        }
    }

    #[test]
    fn steps_are_those_of_keras() {
        #[derive(serde::Deserialize)]
        struct Golden {
            learning_rate: f32,
            weights: Vec<f32>,
            gradients: Vec<Vec<f32>>,
            steps: Vec<Vec<f32>>,
        }
        let text = include_str!("../../../tests/golden/network.json");
        let mut whole: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let golden: Golden = serde_json::from_value(whole["adam"].take()).expect("Adam's part");
        let mut adam = Adam::new(golden.learning_rate, golden.weights.len());
        let mut weights = golden.weights;
        for (gradient, expected) in golden.gradients.iter().zip(&golden.steps) {
            adam.step(&mut weights, gradient);
            for (weight, expected) in weights.iter().zip(expected) {
                assert!((weight - expected).abs() < TOLERANCE, "{weight}, expected {expected}");
            }
        }
    }
}
