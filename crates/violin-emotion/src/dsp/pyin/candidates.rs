//! A frame's differences → probabilities of pitches.

use super::{BINS_PER_SEMITONE, PyinSettings};

/// How low a trough must be to count is not fixed but uncertain: so many thresholds between 0 and 1 …
const THRESHOLDS: usize = 100;
/// … weighted by the beta distribution with the parameters 2 and this one, which is whole.
const BETA: i32 = 18;
/// Of the troughs below a threshold the first is the likeliest: e to the minus this for each one more.
const BOLTZMANN: f64 = 2.0;
/// The share of a threshold that no trough reaches, given to the lowest of them.
const NO_TROUGH: f64 = 0.01;

/// Proposes pitches for single frames.
pub(super) struct Candidates {
    /// The delay of the first difference, in samples.
    shortest: usize,
    sample_rate: f64,
    low_hz: f64,
    pitches: usize,
    /// Probability of each threshold.
    weights: Vec<f64>,
}

impl Candidates {
    pub fn new(settings: &PyinSettings, shortest: usize) -> Self {
        let octaves = (settings.high_hz / settings.low_hz).log2();
        let edges: Vec<f64> = (0..=THRESHOLDS).map(|at| beta_below(at as f64 / THRESHOLDS as f64)).collect();
        Candidates {
            shortest,
            sample_rate: settings.sample_rate,
            low_hz: settings.low_hz,
            pitches: (octaves * (12 * BINS_PER_SEMITONE) as f64).floor() as usize + 1,
            weights: edges.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        }
    }

    /// Steps of pitch from the lowest to the highest.
    pub fn pitches(&self) -> usize {
        self.pitches
    }

    /// Adds the frame's pitches with their probabilities; returns the probability that it has one.
    pub fn propose(&self, differences: &[f32], proposals: &mut Vec<(usize, f64)>) -> f32 {
        let troughs = troughs(differences);
        let heights: Vec<f64> = troughs.iter().map(|at| f64::from(differences[*at])).collect();
        for (at, probability) in troughs.iter().zip(self.probabilities(&heights)) {
            if probability == 0.0 {
                continue;
            }
            let period = (self.shortest + at) as f64 + refinement(differences, *at);
            let step = (12 * BINS_PER_SEMITONE) as f64 * (self.sample_rate / period / self.low_hz).log2();
            let step = step.round_ties_even().max(0.0) as usize;
            // Of two in one step librosa keeps the longer period; one above the highest step is no pitch.
            proposals.retain(|(other, _)| *other != step);
            if step < self.pitches {
                proposals.push((step, probability));
            }
        }
        proposals.iter().map(|(_, probability)| probability).sum::<f64>().clamp(0.0, 1.0) as f32
    }

    /// Of each trough, over all thresholds.
    fn probabilities(&self, heights: &[f64]) -> Vec<f64> {
        let mut probabilities = vec![0.0; heights.len()];
        let Some(lowest) = (0..heights.len()).min_by(|a, b| heights[*a].total_cmp(&heights[*b])) else {
            return probabilities;
        };
        let step = (-BOLTZMANN).exp();
        for (at, weight) in self.weights.iter().enumerate() {
            let threshold = (at + 1) as f64 / THRESHOLDS as f64;
            let below = heights.iter().filter(|height| **height < threshold).count();
            if below == 0 {
                probabilities[lowest] += NO_TROUGH * weight;
                continue;
            }
            let mut share = weight * (1.0 - step) / (1.0 - step.powi(below as i32));
            for (probability, height) in probabilities.iter_mut().zip(heights) {
                if *height < threshold {
                    *probability += share;
                    share *= step;
                }
            }
        }
        probabilities
    }
}

/// The beta distribution function with the parameters 2 and [`BETA`]: the chance of two or more successes in `BETA` + 1.
fn beta_below(x: f64) -> f64 {
    1.0 - (1.0 - x).powi(BETA + 1) - f64::from(BETA + 1) * x * (1.0 - x).powi(BETA)
}

/// Places that are lower than the one before and not higher than the one after.
fn troughs(values: &[f32]) -> Vec<usize> {
    let last = values.len() - 1;
    let is_trough = |at: usize| match at {
        0 => values[0] < values[1],
        _ => values[at] < values[at - 1] && values[at] <= values[(at + 1).min(last)],
    };
    (0..=last).filter(|at| is_trough(*at)).collect()
}

/// From a trough to the lowest point of the parabola through it and its neighbours, −1 to 1.
fn refinement(values: &[f32], at: usize) -> f64 {
    if at == 0 || at + 1 == values.len() {
        return 0.0;
    }
    let [before, here, after] = [values[at - 1], values[at], values[at + 1]].map(f64::from);
    let curvature = after + before - 2.0 * here;
    let slope = (after - before) / 2.0;
    if slope.abs() >= curvature.abs() { 0.0 } else { -slope / curvature }
}
