//! The network: two bidirectional LSTMs, an embedding, a distribution over the emotions. Our own engine on matrix products.
//!
//! Standardised windows → BiLSTM → layer normalisation → BiLSTM, its last states → dense relu, the embedding → softmax.
//! Formulas, gate order and first weights are Keras's, so that weights may be exchanged with it.

mod activation;
mod adam;
mod crops;
mod dense;
mod dropout;
mod lstm;
mod matmul;
mod norm;
mod packing;
mod pass;
mod random;
mod settings;
mod subsets;
#[cfg(test)]
mod tests;
mod training;
mod weights;

use crate::{Error, Result};

use pass::Pass;

pub use crops::CropSettings;
pub use settings::NetworkSettings;
pub use training::{EpochReport, Example, Trained, train};
pub use weights::Shape;

/// Sequences that go through the layers together, at most.
const BATCH: usize = 256;
/// Windows that go through the layers together, unless one sequence alone has more.
const BATCH_WINDOWS: usize = 512;

/// A network with its weights; it exists only trained, or read from tensors.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    shape: Shape,
    /// All weights, block after block in the order of [`Shape::parts`].
    weights: Vec<f32>,
}

/// The network's answer to one sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// What the network makes of the sequence, each number ≥ 0.
    pub embedding: Vec<f32>,
    /// One share an emotion, ≥ 0; their sum is 1.
    pub probabilities: Vec<f32>,
}

/// One weight block of a [`Network`].
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<'a> {
    /// `lstm.forward.kernel`, `norm.gamma`, …
    pub name: &'static str,
    /// Its sizes; the last one varies fastest.
    pub shape: Vec<usize>,
    /// Its numbers.
    pub values: &'a [f32],
}

impl Network {
    /// Its sizes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Answers sequences of any lengths, in their order; each is windows × features, standardised, row by row.
    ///
    /// A sequence's answer does not depend on what stands beside it, up to rounding (about 1e-7).
    ///
    /// # Errors
    /// `Data` for a sequence that is empty, has a broken row, or holds a number that is not finite.
    pub fn forward(&self, sequences: &[&[f32]]) -> Result<Vec<Output>> {
        let mut answers = vec![Output { embedding: Vec::new(), probabilities: Vec::new() }; sequences.len()];
        check_sequences(sequences, self.shape.features)?;
        answer(self.shape, &self.weights, sequences, &mut Pass::new(self.shape), |at, embedding, probabilities| {
            answers[at] = Output { embedding: embedding.to_vec(), probabilities: probabilities.to_vec() };
        });
        Ok(answers)
    }

    /// The gradient of one emotion's share by every input number, for each sequence in its own shape.
    ///
    /// # Errors
    /// As [`Network::forward`]; and `Data` if there is no such emotion.
    pub fn input_gradient(&self, sequences: &[&[f32]], emotion: usize) -> Result<Vec<Vec<f32>>> {
        if emotion >= self.shape.emotions {
            let expected = format!("an emotion below {}", self.shape.emotions);
            return Err(Error::data(expected, emotion.to_string(), "count the emotions from 0"));
        }
        check_sequences(sequences, self.shape.features)?;
        let weights = self.shape.split(&self.weights);
        let mut pass = Pass::new(self.shape);
        let mut gradients = Vec::with_capacity(sequences.len());
        for batch in batches(sequences, self.shape.features) {
            pass.forward(&weights, batch, None);
            let by_logits = |_: usize, probabilities: &[f32], gradient: &mut [f32]| {
                let share = probabilities[emotion];
                for (other, (gradient, probability)) in gradient.iter_mut().zip(probabilities).enumerate() {
                    *gradient = share * (if other == emotion { 1.0 } else { 0.0 } - probability);
                }
            };
            pass.backward(&weights, by_logits, None, None);
            gradients.extend(pass.input_gradients());
        }
        Ok(gradients)
    }

    /// All weights, block by block.
    pub fn tensors(&self) -> Vec<Tensor<'_>> {
        let mut rest = self.weights.as_slice();
        let mut tensors = Vec::new();
        self.shape.parts(|name, shape| {
            let values = rest.split_off(..shape.iter().product()).expect("one number a weight");
            tensors.push(Tensor { name, shape: shape.to_vec(), values });
        });
        tensors
    }

    /// A network of `shape` whose blocks `lookup` finds by name: their sizes and numbers.
    ///
    /// # Errors
    /// `Data` for impossible sizes, and for a block that is missing, has other sizes or a number that is not finite.
    pub fn from_tensors(shape: Shape, mut lookup: impl FnMut(&str) -> Option<(Vec<usize>, Vec<f32>)>) -> Result<Self> {
        shape.check()?;
        let mut weights = Vec::new();
        let mut problem = None;
        shape.parts(|name, sizes| {
            if problem.is_some() {
                return;
            }
            match lookup(name) {
                None => problem = Some((format!("a tensor `{name}` of shape {sizes:?}"), "none".to_string())),
                Some((found, values)) if found != sizes || values.len() != sizes.iter().product::<usize>() => {
                    let found = format!("shape {found:?} with {} numbers", values.len());
                    problem = Some((format!("shape {sizes:?} for tensor `{name}`"), found));
                }
                Some((_, values)) => match values.iter().find(|value| !value.is_finite()) {
                    Some(value) => problem = Some((format!("finite numbers in tensor `{name}`"), value.to_string())),
                    None => weights.extend(values),
                },
            }
        });
        match problem {
            None => Ok(Network { shape, weights }),
            Some((expected, found)) => {
                Err(Error::data(expected, found, "the weights are damaged: train the model again"))
            }
        }
    }
}

/// Answers all sequences in batches: `each` gets a sequence's place, its embedding and its distribution.
fn answer(
    shape: Shape,
    weights: &[f32],
    sequences: &[&[f32]],
    pass: &mut Pass,
    mut each: impl FnMut(usize, &[f32], &[f32]),
) {
    let weights = shape.split(weights);
    let mut first = 0;
    for batch in batches(sequences, shape.features) {
        pass.forward(&weights, batch, None);
        for (place, embedding, probabilities) in pass.answers() {
            each(first + place, embedding, probabilities);
        }
        first += batch.len();
    }
}

/// Cuts sequences into batches of bounded size, in order.
fn batches<'a, 'b>(mut rest: &'b [&'a [f32]], features: usize) -> impl Iterator<Item = &'b [&'a [f32]]> {
    std::iter::from_fn(move || {
        let mut windows = 0;
        let fits = |sequence: &&&[f32]| {
            windows += sequence.len() / features;
            windows <= BATCH_WINDOWS
        };
        let count = rest.iter().take(BATCH).take_while(fits).count().max(1);
        let (batch, later) = rest.split_at_checked(count)?;
        rest = later;
        Some(batch)
    })
}

/// Refuses what the layers cannot answer.
fn check_sequences(sequences: &[&[f32]], features: usize) -> Result<()> {
    for (at, sequence) in sequences.iter().enumerate() {
        if sequence.is_empty() || sequence.len() % features != 0 {
            let found = format!("{} numbers in sequence {at}", sequence.len());
            let hint = "give at least one window, and every window whole";
            return Err(Error::data(format!("windows of {features} features"), found, hint));
        }
        if let Some(bad) = sequence.iter().position(|value| !value.is_finite()) {
            let found = format!("{} at window {}, feature {}", sequence[bad], bad / features, bad % features);
            let hint = "standardise the features first: the scaler replaces missing values";
            return Err(Error::data(format!("finite numbers in sequence {at}"), found, hint));
        }
    }
    Ok(())
}
