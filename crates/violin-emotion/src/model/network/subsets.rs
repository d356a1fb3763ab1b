//! A sequence with every subset of some changes: what explanations ask, thousands of times.
//!
//! What reaches the first layer's gates is a sum over the features, so that it need not be made anew for each subset: each
//! change is projected once, and a subset adds one change to a subset that is there already. What is left are the recurrent
//! products and the second layer.

use pulp::{Arch, Simd, WithSimd};

use super::matmul::{Matrix, MatrixMut, Write, multiply};
use super::pass::Pass;
use super::weights::Parts;
use super::{Network, Output, check_sequences};
use crate::{Error, Result};

/// Windows that go through the layers together: enough for full speed, few enough for the cache.
const BATCH_WINDOWS: usize = 512;

impl Network {
    /// Answers a sequence with every subset of some changes of its own size: answer number s is that to `sequence` plus the
    /// changes whose bits are set in s, so that the first is that to `sequence`.
    ///
    /// Equal to [`Network::forward`] on the sums, up to rounding (about 1e-7).
    ///
    /// # Errors
    /// As [`Network::forward`]; and `Data` for a change of another size.
    pub fn forward_subsets(&self, sequence: &[f32], changes: &[Vec<f32>]) -> Result<Vec<Output>> {
        let features = self.shape.features;
        check_sequences(&[sequence], features)?;
        check_sequences(&changes.iter().map(Vec::as_slice).collect::<Vec<_>>(), features)?;
        if let Some(other) = changes.iter().find(|change| change.len() != sequence.len()) {
            let windows = |of: &[f32]| format!("{} windows", of.len() / features);
            return Err(Error::data(windows(sequence), windows(other), "bring both to one length first"));
        }
        let weights = self.shape.split(&self.weights);
        let projected = Projected::new(&weights, sequence, changes, features);
        let (windows, subsets) = (sequence.len() / features, 1 << changes.len());
        let batch = (BATCH_WINDOWS / windows).max(1).next_power_of_two().min(subsets);
        let mut pass = Pass::new(self.shape);
        let mut outputs = Vec::with_capacity(subsets);
        for first in (0..subsets).step_by(batch) {
            pass.forward_projected(&weights, windows, batch, |side, gates| projected.write(side, first, batch, gates));
            // Of one length, the sequences keep their order.
            outputs.extend(pass.answers().map(|(_, embedding, probabilities)| Output {
                embedding: embedding.to_vec(),
                probabilities: probabilities.to_vec(),
            }));
        }
        Ok(outputs)
    }
}

/// What reaches the gates of the first layer, in each direction.
struct Projected {
    /// Numbers a window: 4 units.
    wide: usize,
    /// From the sequence: windows × wide.
    sequence: [Vec<f32>; 2],
    /// From the changes: changes × windows × wide.
    changes: [Vec<f32>; 2],
}

impl Projected {
    fn new(weights: &Parts<&[f32]>, sequence: &[f32], changes: &[Vec<f32>], features: usize) -> Self {
        let wide = weights.lstm[0].bias.len();
        let project = |rows: &[f32], side: usize| {
            let count = rows.len() / features;
            let mut gates = vec![0.0; count * wide];
            let kernel = Matrix::new(weights.lstm[side].kernel, features, wide);
            let rows = Matrix::new(rows, count, features);
            multiply(MatrixMut::new(&mut gates, count, wide), rows, kernel, Write::Replace);
            gates
        };
        let changes = changes.concat();
        Projected {
            wide,
            sequence: [0, 1].map(|side| project(sequence, side)),
            changes: [0, 1].map(|side| project(&changes, side)),
        }
    }

    /// The gates of `count` subsets from number `first` on, which is a multiple of `count`: window by window one row each.
    fn write(&self, side: usize, first: usize, count: usize, gates: &mut [f32]) {
        let (sequence, changes) = (&self.sequence[side], &self.changes[side]);
        Arch::new().dispatch(WriteGates { wide: self.wide, sequence, changes, first, count, gates });
    }
}

struct WriteGates<'a> {
    wide: usize,
    sequence: &'a [f32],
    changes: &'a [f32],
    first: usize,
    count: usize,
    gates: &'a mut [f32],
}

impl WithSimd for WriteGates<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let wide = self.wide;
        let windows = self.sequence.len() / wide;
        for (window, gates) in self.gates.chunks_exact_mut(self.count * wide).enumerate() {
            gates[..wide].copy_from_slice(&self.sequence[window * wide..][..wide]);
            let mut left = self.first;
            while left > 0 {
                let change = &self.changes[(left.trailing_zeros() as usize * windows + window) * wide..][..wide];
                gates[..wide].iter_mut().zip(change).for_each(|(gate, change)| *gate += change);
                left &= left - 1;
            }
            for subset in 1..self.count {
                // The subset without its first change stands before it.
                let (before, now) = gates.split_at_mut(subset * wide);
                let before = &before[(subset & (subset - 1)) * wide..][..wide];
                let change = &self.changes[(subset.trailing_zeros() as usize * windows + window) * wide..][..wide];
                for ((now, before), change) in now.iter_mut().zip(before).zip(change) {
                    *now = before + change;
                }
            }
        }
    }
}
