//! A network, and which of the model's columns it reads.

use super::network::{Network, Output};
use crate::Result;

/// A network that reads one part of the features: what the player does, or what is heard.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    /// The columns it reads, of rows of `width`.
    columns: Vec<usize>,
    width: usize,
    pub network: Network,
}

impl Reader {
    pub fn new(columns: Vec<usize>, width: usize, network: Network) -> Self {
        Reader { columns, width, network }
    }

    /// The answers to sequences of rows, in their order.
    pub fn forward(&self, sequences: &[&[f32]]) -> Result<Vec<Output>> {
        let read: Vec<Vec<f32>> = sequences.iter().map(|rows| self.read(rows)).collect();
        self.network.forward(&read.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// The answers to a sequence with every subset of those changes that it reads anything of, and the numbers of these changes.
    pub fn forward_subsets(&self, rows: &[f32], changes: &[Vec<f32>]) -> Result<(Vec<Output>, Vec<usize>)> {
        let (numbers, changes): (Vec<usize>, Vec<Vec<f32>>) = changes
            .iter()
            .map(|change| self.read(change))
            .enumerate()
            .filter(|(_, change)| change.iter().any(|value| *value != 0.0))
            .unzip();
        Ok((self.network.forward_subsets(&self.read(rows), &changes)?, numbers))
    }

    /// The gradient of an emotion's share by each number of sequences of rows; what it does not read has none.
    pub fn input_gradient(&self, sequences: &[&[f32]], emotion: usize) -> Result<Vec<Vec<f32>>> {
        let read: Vec<Vec<f32>> = sequences.iter().map(|rows| self.read(rows)).collect();
        let gradients = self.network.input_gradient(&read.iter().map(Vec::as_slice).collect::<Vec<_>>(), emotion)?;
        let spread = |(rows, gradient): (&&[f32], Vec<f32>)| {
            let mut whole = vec![0.0; rows.len()];
            let windows = whole.chunks_exact_mut(self.width).zip(gradient.chunks_exact(self.columns.len()));
            for (whole, gradient) in windows {
                self.columns.iter().zip(gradient).for_each(|(column, value)| whole[*column] = *value);
            }
            whole
        };
        Ok(sequences.iter().zip(gradients).map(spread).collect())
    }

    fn read(&self, rows: &[f32]) -> Vec<f32> {
        columns_of(rows, &self.columns, self.width)
    }
}

/// Some columns of rows of `width`, row by row.
pub(super) fn columns_of(rows: &[f32], columns: &[usize], width: usize) -> Vec<f32> {
    rows.chunks_exact(width).flat_map(|row| columns.iter().map(|column| row[*column])).collect()
}
