//! The engine against a slow twin in f64, finite differences, an LSTM step by hand, and Keras's gradients.

use super::dropout::Dropout;
use super::pass::Pass;
use super::random::{Purpose, Random};
use super::weights::{Cell, Parts, Shape};
use super::*;

/// Rounding of f32 through all layers, against f64.
const FORWARD: f64 = 1e-6;
/// Relative to a block's largest gradient: rounding of f32 on the way there and back.
const BACKWARD: f64 = 2e-5;
/// The twin's central differences in f64: truncation about STEP², rounding about 1e-16 / STEP.
const STEP: f64 = 1e-5;

const SMALL: Shape = Shape { features: 3, lstm: 4, lstm_last: 3, embedding: 5, emotions: 3 };
/// Wider than a vector register, and no multiple of one.
const WIDE: Shape = Shape { features: 19, lstm: 21, lstm_last: 18, embedding: 33, emotions: 2 };

/// What dropout multiplied a batch's numbers by, sequence by sequence: hidden states a window, then last states.
type Masks = Vec<(Vec<Vec<f64>>, Vec<f64>)>;

fn twin_sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Hidden states, in reading order, of one sequence alone.
fn twin_lstm(cell: &Cell<&[f64]>, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let units = cell.bias.len() / 4;
    let (mut hidden, mut state) = (vec![0.0; units], vec![0.0; units]);
    let mut answers = Vec::new();
    for row in rows {
        let gate = |number: usize| {
            let inputs: f64 =
                row.iter().enumerate().map(|(at, value)| value * cell.kernel[at * 4 * units + number]).sum();
            let before = hidden.iter().enumerate().map(|(at, value)| value * cell.recurrent[at * 4 * units + number]);
            inputs + before.sum::<f64>() + cell.bias[number]
        };
        let gates: Vec<f64> = (0..4 * units).map(gate).collect();
        for unit in 0..units {
            let [input, forget, candidate, output] = [0, 1, 2, 3].map(|gate| gates[gate * units + unit]);
            state[unit] = twin_sigmoid(forget) * state[unit] + twin_sigmoid(input) * candidate.tanh();
            hidden[unit] = twin_sigmoid(output) * state[unit].tanh();
        }
        answers.push(hidden.clone());
    }
    answers
}

/// Both directions beside each other in time order.
fn twin_both(cells: &[Cell<&[f64]>; 2], rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let forward = twin_lstm(&cells[0], rows);
    let turned: Vec<Vec<f64>> = rows.iter().rev().cloned().collect();
    let backward = twin_lstm(&cells[1], &turned);
    forward
        .into_iter()
        .zip(backward.into_iter().rev())
        .map(|(forward, backward)| [forward, backward].concat())
        .collect()
}

fn twin_dense(kernel: &[f64], bias: &[f64], inputs: &[f64]) -> Vec<f64> {
    let products =
        |to: usize| inputs.iter().enumerate().map(move |(from, value)| value * kernel[from * bias.len() + to]);
    bias.iter().enumerate().map(|(to, bias)| bias + products(to).sum::<f64>()).collect()
}

/// The distribution of one sequence alone, with plain loops.
fn twin(shape: Shape, weights: &[f64], rows: &[f64], masks: Option<&(Vec<Vec<f64>>, Vec<f64>)>) -> Vec<f64> {
    let mut rest = weights;
    let parts: Parts<&[f64]> =
        shape.parts(|_, sizes| rest.split_off(..sizes.iter().product()).expect("one number a weight"));
    let rows: Vec<Vec<f64>> = rows.chunks(shape.features).map(<[f64]>::to_vec).collect();
    let mut hidden = twin_both(&parts.lstm, &rows);
    for (window, row) in hidden.iter_mut().enumerate() {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let variance = row.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / row.len() as f64;
        for (column, value) in row.iter_mut().enumerate() {
            *value = (*value - mean) / (variance + 1e-3).sqrt() * parts.norm.gamma[column] + parts.norm.beta[column];
            *value *= masks.map_or(1.0, |(windows, _)| windows[window][column]);
        }
    }
    let both = twin_both(&parts.lstm_last, &hidden);
    let units = shape.lstm_last;
    let mut last = [&both[both.len() - 1][..units], &both[0][units..]].concat();
    last.iter_mut().enumerate().for_each(|(at, value)| *value *= masks.map_or(1.0, |(_, last)| last[at]));
    let mut embedding = twin_dense(parts.embedding.kernel, parts.embedding.bias, &last);
    embedding.iter_mut().for_each(|value| *value = value.max(0.0));
    let logits = twin_dense(parts.softmax.kernel, parts.softmax.bias, &embedding);
    let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
    logits.iter().map(|logit| logit.exp() / sum).collect()
}

/// Weights away from 0 and 1, ragged sequences, soft targets.
struct Scene {
    shape: Shape,
    weights: Vec<f32>,
    sequences: Vec<Vec<f32>>,
    targets: Vec<Vec<f32>>,
}

impl Scene {
    fn new(shape: Shape, lengths: &[usize]) -> Self {
        let mut random = Random::new(11, Purpose::Order);
        let mut weights = shape.first_weights(12);
        weights.iter_mut().for_each(|weight| *weight += 0.3 * random.normal() as f32);
        let mut normal = |count: usize| -> Vec<f32> { (0..count).map(|_| random.normal() as f32).collect() };
        let sequences: Vec<Vec<f32>> = lengths.iter().map(|length| normal(length * shape.features)).collect();
        let targets = sequences.iter().map(|_| {
            let shares: Vec<f32> = normal(shape.emotions).into_iter().map(f32::exp).collect();
            shares.iter().map(|share| share / shares.iter().sum::<f32>()).collect()
        });
        Scene { shape, weights, targets: targets.collect(), sequences }
    }

    fn borrowed(&self) -> Vec<&[f32]> {
        self.sequences.iter().map(Vec::as_slice).collect()
    }

    /// The twin's mean loss.
    fn loss(&self, weights: &[f64], sequences: &[Vec<f64>], masks: Option<&Masks>) -> f64 {
        let losses = sequences.iter().zip(&self.targets).enumerate().map(|(at, (rows, target))| {
            let shares = twin(self.shape, weights, rows, masks.map(|masks| &masks[at]));
            -target.iter().zip(shares).map(|(target, share)| f64::from(*target) * share.ln()).sum::<f64>()
        });
        losses.sum::<f64>() / sequences.len() as f64
    }

    /// The engine's gradients of the mean loss: by the weights, or by the inputs.
    fn backward(&self, by_weights: bool, mut dropout: Option<&mut Dropout>) -> (Vec<f32>, Vec<Vec<f32>>, Pass) {
        let mut gradient = vec![f32::NAN; self.weights.len()];
        let parts = self.shape.split(&self.weights);
        let mut pass = Pass::new(self.shape);
        // A larger batch first: what it leaves in the buffers must not matter.
        let more: Vec<&[f32]> = self.borrowed().into_iter().chain(self.borrowed()).collect();
        pass.forward(&parts, &more, None);
        pass.backward(&parts, |_, _, gradient| gradient.fill(1.0), None, None);
        pass.forward(&parts, &self.borrowed(), dropout.as_deref_mut());
        let by_logits = |place: usize, probabilities: &[f32], gradient: &mut [f32]| {
            for ((gradient, share), target) in gradient.iter_mut().zip(probabilities).zip(&self.targets[place]) {
                *gradient = (share - target) / self.sequences.len() as f32;
            }
        };
        let mut gradients = self.shape.split_mut(&mut gradient);
        pass.backward(&parts, by_logits, by_weights.then_some(&mut gradients), dropout.as_deref());
        let by_inputs = if by_weights { Vec::new() } else { pass.input_gradients() };
        (gradient, by_inputs, pass)
    }

    /// Checks the gradients by every weight block and by the inputs against the twin's central differences.
    fn check_gradients(&self, mut dropout: Option<Dropout>) {
        let (gradient, _, pass) = self.backward(true, dropout.as_mut());
        let masks = dropout.as_ref().map(|dropout| pass.masks(dropout));
        let mut weights: Vec<f64> = self.weights.iter().map(|&weight| f64::from(weight)).collect();
        let mut sequences: Vec<Vec<f64>> =
            self.sequences.iter().map(|rows| rows.iter().map(|&value| f64::from(value)).collect()).collect();
        let mut first = 0;
        self.shape.parts(|name, sizes| {
            let block = first..first + sizes.iter().product::<usize>();
            first = block.end;
            let differences: Vec<f64> = (block.clone())
                .map(|at| {
                    let here = weights[at];
                    let mut loss = |step: f64| {
                        weights[at] = here + step;
                        self.loss(&weights, &sequences, masks.as_ref())
                    };
                    let slope = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
                    weights[at] = here;
                    slope
                })
                .collect();
            assert_agree(name, &gradient[block], &differences);
        });
        assert_eq!(first, self.weights.len(), "every weight was checked");

        if dropout.is_some() {
            return;
        }
        let (_, by_inputs, _) = self.backward(false, None);
        for (at, gradient) in by_inputs.iter().enumerate() {
            let differences: Vec<f64> = (0..gradient.len())
                .map(|place| {
                    let here = sequences[at][place];
                    let mut loss = |step: f64| {
                        sequences[at][place] = here + step;
                        self.loss(&weights, &sequences, None)
                    };
                    let slope = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
                    sequences[at][place] = here;
                    slope
                })
                .collect();
            assert_agree(&format!("inputs of sequence {at}"), gradient, &differences);
        }
    }
}

fn assert_agree(name: &str, gradient: &[f32], expected: &[f64]) {
    assert_eq!(gradient.len(), expected.len(), "{name}");
    let largest = expected.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    assert!(largest > 1e-5, "{name}: the scene must have gradients, the largest is {largest:e}");
    for (at, (gradient, expected)) in gradient.iter().zip(expected).enumerate() {
        let off = (f64::from(*gradient) - expected).abs() / largest;
        assert!(off < BACKWARD, "{name}[{at}]: {gradient:e}, expected {expected:e}; off by {off:e} of {largest:e}");
    }
}

#[test]
fn every_subset_of_changes_is_answered_as_its_sum() {
    // The last one is too long for all subsets to go through the layers together.
    for (shape, windows) in [(SMALL, 1), (SMALL, 5), (WIDE, 4), (SMALL, 200)] {
        let scene = Scene::new(shape, &[windows; 4]);
        let network = Network { shape, weights: scene.weights.clone() };
        let (sequence, changes) = scene.sequences.split_first().expect("four sequences");
        let answers = network.forward_subsets(sequence, changes).expect("answers");
        assert_eq!(answers.len(), 8);
        for (subset, answer) in answers.iter().enumerate() {
            let mut sum = sequence.clone();
            for (_, change) in changes.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1) {
                sum.iter_mut().zip(change).for_each(|(value, change)| *value += change);
            }
            let expected = network.forward(&[&sum]).expect("an answer").remove(0);
            for (number, expected) in answer.probabilities.iter().zip(&expected.probabilities) {
                assert!((f64::from(*number) - f64::from(*expected)).abs() < FORWARD, "{number}, expected {expected}");
            }
            for (number, expected) in answer.embedding.iter().zip(&expected.embedding) {
                // An embedding has no bound.
                let allowed = FORWARD * f64::from(1.0 + expected.abs());
                assert!((f64::from(*number) - f64::from(*expected)).abs() < allowed, "{number}, expected {expected}");
            }
        }
    }
}

#[test]
fn changes_of_another_length_are_refused() {
    let scene = Scene::new(SMALL, &[3, 4]);
    let network = Network { shape: SMALL, weights: scene.weights.clone() };
    let error = network.forward_subsets(&scene.sequences[0], &scene.sequences[1..]).expect_err("another length");
    assert_eq!(error.to_string(), "expected 3 windows, found 4 windows");
}

#[test]
fn answers_are_the_twins() {
    for (shape, lengths) in [(SMALL, vec![1, 4, 2, 4, 3]), (WIDE, vec![7]), (WIDE, vec![2, 9, 1, 5])] {
        let scene = Scene::new(shape, &lengths);
        let network = Network { shape, weights: scene.weights.clone() };
        let weights: Vec<f64> = scene.weights.iter().map(|&weight| f64::from(weight)).collect();
        for (rows, output) in scene.sequences.iter().zip(network.forward(&scene.borrowed()).expect("finite rows")) {
            let rows: Vec<f64> = rows.iter().map(|&value| f64::from(value)).collect();
            for (share, expected) in output.probabilities.iter().zip(twin(shape, &weights, &rows, None)) {
                assert!((f64::from(*share) - expected).abs() < FORWARD, "{share}, expected {expected}");
            }
        }
    }
}

#[test]
fn gradients_of_every_block_are_the_finite_differences() {
    Scene::new(SMALL, &[1, 4, 2, 4, 3]).check_gradients(None);
    Scene::new(SMALL, &[5]).check_gradients(None);
    Scene::new(WIDE, &[3, 1]).check_gradients(None);
}

#[test]
fn gradients_through_dropout_are_the_finite_differences() {
    Scene::new(SMALL, &[1, 4, 2, 4, 3]).check_gradients(Some(Dropout::new(0.3, 2)));
}

#[test]
fn the_public_input_gradient_is_that_of_one_share() {
    let scene = Scene::new(SMALL, &[2, 3]);
    let network = Network { shape: SMALL, weights: scene.weights.clone() };
    let weights: Vec<f64> = scene.weights.iter().map(|&weight| f64::from(weight)).collect();
    for emotion in 0..SMALL.emotions {
        let gradients = network.input_gradient(&scene.borrowed(), emotion).expect("an emotion of the network");
        for (rows, gradient) in scene.sequences.iter().zip(&gradients) {
            let mut rows: Vec<f64> = rows.iter().map(|&value| f64::from(value)).collect();
            let differences: Vec<f64> = (0..rows.len())
                .map(|place| {
                    let here = rows[place];
                    let mut share = |step: f64| {
                        rows[place] = here + step;
                        twin(SMALL, &weights, &rows, None)[emotion]
                    };
                    let slope = (share(STEP) - share(-STEP)) / (2.0 * STEP);
                    rows[place] = here;
                    slope
                })
                .collect();
            assert_agree("a share by the inputs", gradient, &differences);
        }
    }
    assert!(network.input_gradient(&scene.borrowed(), SMALL.emotions).is_err());
}

#[test]
fn one_lstm_step_by_hand() {
    // One unit; x = 2 from zero: i = σ(0.5 · 2) = 0.731059, g = tanh(−0.25 · 2 + 1) = 0.462117, o = σ(2) = 0.880797;
    // c = i g = 0.337835, h = o tanh c = 0.880797 · 0.325543 = 0.286737.
    // Then x = 0: i = σ(h) = 0.571197, f = σ(1) = 0.731059, g = tanh(1 − h) = 0.612719, o = σ(0) = 0.5;
    // c = 0.731059 · 0.337835 + 0.571197 · 0.612719 = 0.596960, h = 0.5 tanh c = 0.267441.
    let cell = Cell {
        kernel: [0.5, 3.0, -0.25, 1.0].as_slice(),
        recurrent: [1.0, 0.0, -1.0, 0.0].as_slice(),
        bias: [0.0, 1.0, 1.0, 0.0].as_slice(),
    };
    let mut packing = packing::Packing::default();
    packing.arrange([2].into_iter());
    let mut hidden = [f32::NAN; 4];
    let direction = packing::Direction::Forward;
    let mut tape = lstm::Tape::default();
    lstm::project(&cell, 2, &[2.0, 0.0], &mut tape);
    lstm::forward(&cell, direction, &packing, &mut hidden, &mut tape);
    assert!((hidden[0] - 0.286_737).abs() < 2e-6 && (hidden[2] - 0.267_441).abs() < 2e-6, "{hidden:?}");
    assert!(hidden[1].is_nan() && hidden[3].is_nan(), "the other direction's side is left alone");
}

#[test]
fn gradients_are_those_of_keras() {
    #[derive(serde::Deserialize)]
    struct Golden {
        shape: Shape,
        tensors: std::collections::HashMap<String, Block>,
        sequences: Vec<Sequence>,
    }
    #[derive(serde::Deserialize)]
    struct Block {
        values: Vec<f32>,
        gradient: Vec<f64>,
    }
    #[derive(serde::Deserialize)]
    struct Sequence {
        rows: Vec<f32>,
        target: Vec<f32>,
        gradient: Vec<f64>,
    }
    let Golden { shape, tensors, sequences } =
        serde_json::from_str(include_str!("../../../tests/golden/network.json")).expect("a golden");
    let mut weights = Vec::new();
    let mut expected = Vec::new();
    shape.parts(|name, _| {
        weights.extend(&tensors[name].values);
        expected.push((name, &tensors[name].gradient));
    });
    let targets = sequences.iter().map(|sequence| sequence.target.clone()).collect();
    let rows = sequences.iter().map(|sequence| sequence.rows.clone()).collect();
    let scene = Scene { shape, weights, targets, sequences: rows };
    let (gradient, _, _) = scene.backward(true, None);
    let mut rest = gradient.as_slice();
    for (name, expected) in expected {
        assert_agree(name, rest.split_off(..expected.len()).expect("a block"), expected);
    }
    let (_, by_inputs, _) = scene.backward(false, None);
    for (sequence, gradient) in sequences.iter().zip(&by_inputs) {
        assert_agree("inputs", gradient, &sequence.gradient);
    }
}
