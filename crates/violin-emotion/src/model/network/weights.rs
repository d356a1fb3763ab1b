//! The network's sizes, and the names, shapes and places of its weights.

use crate::{Error, Result};

use super::random::{Purpose, Random};

/// Sizes of a network's layers, each from 1 to 65,536.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Features a window.
    pub features: usize,
    /// Units of the first LSTM in each direction.
    pub lstm: usize,
    /// Units of the second LSTM in each direction.
    pub lstm_last: usize,
    /// Numbers of the embedding.
    pub embedding: usize,
    /// Emotions, at least 2.
    pub emotions: usize,
}

/// Weights of one direction of an LSTM; gates in the order input, forget, candidate, output.
pub(super) struct Cell<S> {
    /// Inputs × 4 units.
    pub kernel: S,
    /// Units × 4 units.
    pub recurrent: S,
    /// 4 units.
    pub bias: S,
}

/// Weights of a layer normalisation.
pub(super) struct Norm<S> {
    /// Scale of each column.
    pub gamma: S,
    /// Shift of each column.
    pub beta: S,
}

/// Weights of a dense layer.
pub(super) struct Dense<S> {
    /// Inputs × outputs.
    pub kernel: S,
    /// One an output.
    pub bias: S,
}

/// All weights, or one thing for each of them.
pub(super) struct Parts<S> {
    pub lstm: [Cell<S>; 2],
    pub norm: Norm<S>,
    pub lstm_last: [Cell<S>; 2],
    pub embedding: Dense<S>,
    pub softmax: Dense<S>,
}

impl Shape {
    /// The largest size of a layer.
    const LARGEST: usize = 65_536;

    /// # Errors
    /// `Data` for a size out of its range.
    pub(super) fn check(&self) -> Result<()> {
        let Shape { features, lstm, lstm_last, embedding, emotions } = *self;
        let fits = |size: usize| (1..=Shape::LARGEST).contains(&size);
        if [features, lstm, lstm_last, embedding, emotions].into_iter().all(fits) && emotions >= 2 {
            return Ok(());
        }
        let expected = format!("layers of 1 to {} numbers, and at least two emotions", Shape::LARGEST);
        Err(Error::data(expected, format!("{self:?}"), "check the network's sizes"))
    }

    /// Takes one thing for every weight block, in their one order, by its name and shape.
    pub(super) fn parts<S>(&self, mut take: impl FnMut(&'static str, &[usize]) -> S) -> Parts<S> {
        let mut cell = |[kernel, recurrent, bias]: [&'static str; 3], inputs: usize, units: usize| Cell {
            kernel: take(kernel, &[inputs, 4 * units]),
            recurrent: take(recurrent, &[units, 4 * units]),
            bias: take(bias, &[4 * units]),
        };
        let lstm = [
            cell(["lstm.forward.kernel", "lstm.forward.recurrent", "lstm.forward.bias"], self.features, self.lstm),
            cell(["lstm.backward.kernel", "lstm.backward.recurrent", "lstm.backward.bias"], self.features, self.lstm),
        ];
        let both = 2 * self.lstm;
        let forward = ["lstm_last.forward.kernel", "lstm_last.forward.recurrent", "lstm_last.forward.bias"];
        let backward = ["lstm_last.backward.kernel", "lstm_last.backward.recurrent", "lstm_last.backward.bias"];
        let lstm_last = [cell(forward, both, self.lstm_last), cell(backward, both, self.lstm_last)];
        let norm = Norm { gamma: take("norm.gamma", &[both]), beta: take("norm.beta", &[both]) };
        let mut dense = |[kernel, bias]: [&'static str; 2], inputs: usize, outputs: usize| Dense {
            kernel: take(kernel, &[inputs, outputs]),
            bias: take(bias, &[outputs]),
        };
        let embedding = dense(["embedding.kernel", "embedding.bias"], 2 * self.lstm_last, self.embedding);
        let softmax = dense(["softmax.kernel", "softmax.bias"], self.embedding, self.emotions);
        Parts { lstm, norm, lstm_last, embedding, softmax }
    }

    /// Number of all weights.
    pub(super) fn count(&self) -> usize {
        let mut count = 0;
        self.parts(|_, shape| count += shape.iter().product::<usize>());
        count
    }

    /// The blocks of `values`, which holds all weights one after the other.
    pub(super) fn split<'a>(&self, mut values: &'a [f32]) -> Parts<&'a [f32]> {
        self.parts(|_, shape| values.split_off(..shape.iter().product()).expect("one number a weight"))
    }

    /// As [`Shape::split`], to be written.
    pub(super) fn split_mut<'a>(&self, mut values: &'a mut [f32]) -> Parts<&'a mut [f32]> {
        self.parts(|_, shape| values.split_off_mut(..shape.iter().product()).expect("one number a weight"))
    }

    /// First weights: kernels Glorot-uniform (Glorot and Bengio 2010), recurrent ones orthogonal (Saxe et al. 2014), the
    /// forget gate's bias 1 (Jozefowicz et al. 2015), the norm's scale 1, all else 0: Keras's defaults.
    pub(super) fn first_weights(&self, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed, Purpose::Weights);
        let mut values = vec![0.0; self.count()];
        let Parts { lstm, norm, lstm_last, embedding, softmax } = self.split_mut(&mut values);
        for cell in lstm.into_iter().chain(lstm_last) {
            let units = cell.bias.len() / 4;
            glorot_uniform(cell.kernel, 4 * units, &mut random);
            orthogonal(cell.recurrent, 4 * units, &mut random);
            cell.bias[units..2 * units].fill(1.0);
        }
        norm.gamma.fill(1.0);
        for dense in [embedding, softmax] {
            glorot_uniform(dense.kernel, dense.bias.len(), &mut random);
        }
        values
    }
}

/// Uniform within ±√(6 / (inputs + outputs)).
fn glorot_uniform(kernel: &mut [f32], outputs: usize, random: &mut Random) {
    let limit = (6.0 / (kernel.len() / outputs + outputs) as f32).sqrt();
    kernel.iter_mut().for_each(|weight| *weight = limit * (2.0 * random.unit() - 1.0));
}

/// Rows of `width` numbers, orthogonal to each other and of length 1, in a random direction: normal numbers, then Gram
/// and Schmidt's process, each row cleaned twice against rounding.
fn orthogonal(kernel: &mut [f32], width: usize, random: &mut Random) {
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(kernel.len() / width);
    for row in kernel.chunks_exact_mut(width) {
        let mut fresh: Vec<f64> = (0..width).map(|_| random.normal()).collect();
        for _ in 0..2 {
            for earlier in &done {
                let shared: f64 = fresh.iter().zip(earlier).map(|(a, b)| a * b).sum();
                fresh.iter_mut().zip(earlier).for_each(|(value, other)| *value -= shared * other);
            }
        }
        let length = fresh.iter().map(|value| value * value).sum::<f64>().sqrt();
        fresh.iter_mut().for_each(|value| *value /= length);
        row.iter_mut().zip(&fresh).for_each(|(weight, value)| *weight = *value as f32);
        done.push(fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { features: 138, lstm: 128, lstm_last: 64, embedding: 64, emotions: 3 };
    /// Rounding of a unit row to f32, over 512 products.
    const ORTHOGONAL: f32 = 1e-5;

    #[test]
    fn the_network_of_the_notebook_has_446_723_weights() {
        assert_eq!(SHAPE.count(), 446_723);
    }

    #[test]
    fn first_weights_are_kerass_defaults() {
        let values = SHAPE.first_weights(1);
        let parts = SHAPE.split(&values);
        let cell = &parts.lstm[1];
        let limit = (6.0f32 / (138 + 512) as f32).sqrt();
        let largest = cell.kernel.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        assert!(largest <= limit && largest > 0.99 * limit, "{largest}, limit {limit}");
        for (gate, expected) in [0.0, 1.0, 0.0, 0.0].into_iter().enumerate() {
            assert!(cell.bias[gate * 128..][..128].iter().all(|&bias| bias == expected), "gate {gate}");
        }
        let rows: Vec<&[f32]> = cell.recurrent.chunks_exact(512).collect();
        for (one, a) in rows.iter().enumerate() {
            for (two, b) in rows.iter().enumerate() {
                let product: f32 = a.iter().zip(*b).map(|(a, b)| a * b).sum();
                let expected = if one == two { 1.0 } else { 0.0 };
                assert!((product - expected).abs() < ORTHOGONAL, "rows {one} and {two}: {product}");
            }
        }
        assert!(parts.norm.gamma.iter().all(|&gamma| gamma == 1.0) && parts.norm.beta.iter().all(|&beta| beta == 0.0));
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(SHAPE.first_weights(5), SHAPE.first_weights(5));
        assert_ne!(SHAPE.first_weights(5), SHAPE.first_weights(6));
    }
}
