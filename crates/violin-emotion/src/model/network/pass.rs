//! One batch through all layers and back: the architecture, read top-down.

use super::activation::softmax;
use super::dropout::Dropout;
use super::lstm::{Tape, room};
use super::matmul::Write;
use super::norm::Moments;
use super::packing::{Direction, Packing};
use super::weights::{Parts, Shape};
use super::{dense, lstm, norm};

const DIRECTIONS: [Direction; 2] = [Direction::Forward, Direction::Backward];

/// A batch on its way, and the room it needs: about 11 kB a window at the default sizes, kept from batch to batch.
pub(super) struct Pass {
    shape: Shape,
    packing: Packing,
    /// Rows × features.
    inputs: Vec<f32>,
    /// Rows × 2 units: the first LSTM's answer.
    hidden: Vec<f32>,
    /// The same, normalised.
    normed: Vec<f32>,
    moments: Vec<Moments>,
    /// Rows × 2 units: the second LSTM's answer.
    hidden_last: Vec<f32>,
    /// Sequences × 2 units: its last states.
    last: Vec<f32>,
    /// Sequences × embedding.
    embedding: Vec<f32>,
    /// Sequences × emotions.
    probabilities: Vec<f32>,
    tapes: [Tape; 2],
    tapes_last: [Tape; 2],
    normed_bits: Vec<u16>,
    last_bits: Vec<u16>,
    gradients: Gradients,
}

/// Room for the gradients by what [`Pass`] holds.
#[derive(Default)]
struct Gradients {
    logits: Vec<f32>,
    embedding: Vec<f32>,
    last: Vec<f32>,
    hidden_last: Vec<f32>,
    /// By the normalised hidden states, then in place by the hidden states.
    hidden: Vec<f32>,
    inputs: Vec<f32>,
}

impl Pass {
    pub fn new(shape: Shape) -> Self {
        Pass {
            shape,
            packing: Packing::default(),
            inputs: Vec::new(),
            hidden: Vec::new(),
            normed: Vec::new(),
            moments: Vec::new(),
            hidden_last: Vec::new(),
            last: Vec::new(),
            embedding: Vec::new(),
            probabilities: Vec::new(),
            tapes: Default::default(),
            tapes_last: Default::default(),
            normed_bits: Vec::new(),
            last_bits: Vec::new(),
            gradients: Gradients::default(),
        }
    }

    /// Sequences (each windows × features, row by row) to embeddings and distributions; `dropout` in training only.
    pub fn forward(&mut self, weights: &Parts<&[f32]>, sequences: &[&[f32]], dropout: Option<&mut Dropout>) {
        let features = self.shape.features;
        self.packing.arrange(sequences.iter().map(|sequence| sequence.len() / features));
        let rows = self.packing.rows();
        let inputs = room(&mut self.inputs, rows * features);
        for (rank, &place) in self.packing.order().iter().enumerate() {
            for (row, window) in self.packing.rows_of(rank).zip(sequences[place].chunks_exact(features)) {
                inputs[row * features..][..features].copy_from_slice(window);
            }
        }

        for (cell, tape) in weights.lstm.iter().zip(&mut self.tapes) {
            lstm::project(cell, rows, inputs, tape);
        }
        self.read(weights, dropout);
    }

    /// `count` sequences of `windows` each, whose projections onto a direction's gates `project` writes: step by step the rows
    /// of all sequences, each of 4 units' numbers.
    pub fn forward_projected(
        &mut self,
        weights: &Parts<&[f32]>,
        windows: usize,
        count: usize,
        mut project: impl FnMut(usize, &mut [f32]),
    ) {
        self.packing.arrange(std::iter::repeat_n(windows, count));
        for (side, tape) in self.tapes.iter_mut().enumerate() {
            project(side, tape.gates(windows * count * 4 * self.shape.lstm));
        }
        self.read(weights, None);
    }

    /// From the first layer's projected inputs to embeddings and distributions.
    fn read(&mut self, weights: &Parts<&[f32]>, mut dropout: Option<&mut Dropout>) {
        let (rows, count) = (self.packing.rows(), self.packing.sequences());
        let hidden = room(&mut self.hidden, rows * 2 * self.shape.lstm);
        for (side, direction) in DIRECTIONS.into_iter().enumerate() {
            lstm::forward(&weights.lstm[side], direction, &self.packing, hidden, &mut self.tapes[side]);
        }

        let normed = room(&mut self.normed, rows * 2 * self.shape.lstm);
        self.moments.resize(rows, Moments::default());
        norm::forward(&weights.norm, hidden, normed, &mut self.moments);
        if let Some(dropout) = &mut dropout {
            dropout.draw(&mut self.normed_bits, normed.len());
            dropout.apply(&self.normed_bits, normed);
        }

        let units = self.shape.lstm_last;
        let hidden_last = room(&mut self.hidden_last, rows * 2 * units);
        let last = room(&mut self.last, count * 2 * units);
        for (side, direction) in DIRECTIONS.into_iter().enumerate() {
            let tape = &mut self.tapes_last[side];
            lstm::project(&weights.lstm_last[side], rows, normed, tape);
            lstm::forward(&weights.lstm_last[side], direction, &self.packing, hidden_last, tape);
            for (rank, last) in last.chunks_exact_mut(2 * units).enumerate() {
                let row = self.packing.last_row(direction, rank);
                last[side * units..][..units].copy_from_slice(&hidden_last[row * 2 * units + side * units..][..units]);
            }
        }
        if let Some(dropout) = &mut dropout {
            dropout.draw(&mut self.last_bits, last.len());
            dropout.apply(&self.last_bits, last);
        }

        let embedding = room(&mut self.embedding, count * self.shape.embedding);
        dense::forward(&weights.embedding, count, last, embedding);
        for value in &mut *embedding {
            // Not `max`, which would hide a NaN.
            *value = if *value < 0.0 { 0.0 } else { *value };
        }
        let probabilities = room(&mut self.probabilities, count * self.shape.emotions);
        dense::forward(&weights.softmax, count, embedding, probabilities);
        softmax(probabilities, self.shape.emotions);
    }

    /// Place in the caller's batch, embedding and distribution of each sequence, in the order of the packing.
    pub fn answers(&self) -> impl Iterator<Item = (usize, &[f32], &[f32])> {
        let embeddings = self.embedding.chunks_exact(self.shape.embedding);
        let probabilities = self.probabilities.chunks_exact(self.shape.emotions);
        let answers = self.packing.order().iter().zip(embeddings.zip(probabilities));
        answers.map(|(&place, (embedding, probabilities))| (place, embedding, probabilities))
    }

    /// Back through the last [`Pass::forward`]; once only, and with the dropout of that pass.
    ///
    /// `logit_gradient(place, probabilities, gradient)` writes the gradient of what is asked by the numbers before the
    /// softmax. With `weight_gradients`, those are written; without, the gradient by the inputs is made.
    pub fn backward(
        &mut self,
        weights: &Parts<&[f32]>,
        mut logit_gradient: impl FnMut(usize, &[f32], &mut [f32]),
        mut weight_gradients: Option<&mut Parts<&mut [f32]>>,
        dropout: Option<&Dropout>,
    ) {
        let (rows, count) = (self.packing.rows(), self.packing.sequences());
        let shape = self.shape;
        let logits = room(&mut self.gradients.logits, count * shape.emotions);
        for ((place, probabilities), gradient) in (self.packing.order().iter())
            .zip(self.probabilities.chunks_exact(shape.emotions))
            .zip(logits.chunks_exact_mut(shape.emotions))
        {
            logit_gradient(*place, probabilities, gradient);
        }

        let embedding = room(&mut self.gradients.embedding, count * shape.embedding);
        dense::input_gradient(&weights.softmax, count, logits, embedding);
        for (gradient, value) in embedding.iter_mut().zip(&self.embedding) {
            *gradient = if *value > 0.0 { *gradient } else { 0.0 };
        }
        let last = room(&mut self.gradients.last, count * 2 * shape.lstm_last);
        dense::input_gradient(&weights.embedding, count, embedding, last);
        if let Some(gradients) = &mut weight_gradients {
            dense::weight_gradient(&mut gradients.softmax, count, &self.embedding, logits);
            dense::weight_gradient(&mut gradients.embedding, count, &self.last, embedding);
        }
        if let Some(dropout) = dropout {
            dropout.apply(&self.last_bits, last);
        }

        let units = shape.lstm_last;
        let hidden_last = room(&mut self.gradients.hidden_last, rows * 2 * units);
        hidden_last.fill(0.0);
        let hidden = room(&mut self.gradients.hidden, rows * 2 * shape.lstm);
        for (side, direction) in DIRECTIONS.into_iter().enumerate() {
            for (rank, last) in last.chunks_exact(2 * units).enumerate() {
                let row = self.packing.last_row(direction, rank);
                hidden_last[row * 2 * units + side * units..][..units].copy_from_slice(&last[side * units..][..units]);
            }
            let (cell, tape) = (&weights.lstm_last[side], &mut self.tapes_last[side]);
            lstm::backward(cell, direction, &self.packing, hidden_last, tape);
            lstm::input_gradient(cell, rows, hidden, [Write::Replace, Write::Add][side], tape);
            if let Some(gradients) = &mut weight_gradients {
                let gradient = &mut gradients.lstm_last[side];
                lstm::weight_gradient(gradient, direction, &self.packing, &self.normed, &self.hidden_last, tape);
            }
        }

        if let Some(dropout) = dropout {
            dropout.apply(&self.normed_bits, hidden);
        }
        let norm_gradient = weight_gradients.as_mut().map(|gradients| &mut gradients.norm);
        norm::backward(&weights.norm, norm_gradient, &self.hidden, &self.moments, hidden);

        for (side, direction) in DIRECTIONS.into_iter().enumerate() {
            let (cell, tape) = (&weights.lstm[side], &mut self.tapes[side]);
            lstm::backward(cell, direction, &self.packing, hidden, tape);
            if let Some(gradients) = &mut weight_gradients {
                let gradient = &mut gradients.lstm[side];
                lstm::weight_gradient(gradient, direction, &self.packing, &self.inputs, &self.hidden, tape);
            } else {
                let inputs = room(&mut self.gradients.inputs, rows * shape.features);
                lstm::input_gradient(cell, rows, inputs, [Write::Replace, Write::Add][side], tape);
            }
        }
    }

    /// The gradients by the inputs that [`Pass::backward`] made, each sequence in the caller's order and shape.
    pub fn input_gradients(&self) -> Vec<Vec<f32>> {
        let features = self.shape.features;
        let mut gradients = vec![Vec::new(); self.packing.sequences()];
        for (rank, &place) in self.packing.order().iter().enumerate() {
            for row in self.packing.rows_of(rank) {
                gradients[place].extend_from_slice(&self.gradients.inputs[row * features..][..features]);
            }
        }
        gradients
    }
}

#[cfg(test)]
impl Pass {
    /// What the last pass's dropout multiplied by, in the caller's order: hidden states a window, then last states.
    pub fn masks(&self, dropout: &Dropout) -> Vec<(Vec<Vec<f64>>, Vec<f64>)> {
        let factors = |bits: &[u16]| -> Vec<f64> {
            let mut values = vec![1.0; bits.len()];
            dropout.apply(bits, &mut values);
            values.into_iter().map(f64::from).collect()
        };
        let (wide, last) = (2 * self.shape.lstm, 2 * self.shape.lstm_last);
        let mut masks = vec![Default::default(); self.packing.sequences()];
        for (rank, &place) in self.packing.order().iter().enumerate() {
            let windows = self.packing.rows_of(rank).map(|row| factors(&self.normed_bits[row * wide..][..wide]));
            masks[place] = (windows.collect(), factors(&self.last_bits[rank * last..][..last]));
        }
        masks
    }
}
