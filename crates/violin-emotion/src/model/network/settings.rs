//! What may be set of the network and its training.

use crate::error::figure;
use crate::{Error, Result};

use super::weights::Shape;

/// Sizes of the network's layers, and how it is trained.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// Units of the first LSTM in each direction.
    pub lstm: usize,
    /// Units of the second LSTM in each direction.
    pub lstm_last: usize,
    /// Numbers of the embedding.
    pub embedding: usize,
    /// Share of numbers left out in training, behind each LSTM: from 0 to 0.95.
    pub dropout: f32,
    /// Adam's step.
    pub learning_rate: f32,
    /// Recordings a step.
    pub batch: usize,
    /// Passes over the training recordings, at most.
    pub epochs: usize,
    /// Passes without a better validation loss before training stops.
    pub patience: usize,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        NetworkSettings {
            lstm: 32,
            lstm_last: 32,
            embedding: 64,
            dropout: 0.3,
            learning_rate: 1e-3,
            batch: 16,
            epochs: 80,
            patience: 15,
        }
    }
}

impl NetworkSettings {
    /// # Errors
    /// `Config` for the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        let sizes = [("lstm", self.lstm), ("lstm_last", self.lstm_last), ("embedding", self.embedding)];
        for (key, size) in sizes {
            if !(1..=4096).contains(&size) {
                return Err(Error::config(&format!("model.network.{key}"), "a number from 1 to 4096", size));
            }
        }
        for (key, count) in [("batch", self.batch), ("epochs", self.epochs), ("patience", self.patience)] {
            if !(1..=100_000).contains(&count) {
                return Err(Error::config(&format!("model.network.{key}"), "a number from 1 to 100000", count));
            }
        }
        if !(0.0..=0.95).contains(&self.dropout) {
            let found = figure(self.dropout);
            return Err(Error::config("model.network.dropout", "a share from 0 to 0.95", found));
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= 1.0) {
            let found = figure(self.learning_rate);
            return Err(Error::config("model.network.learning_rate", "a number above 0, at most 1", found));
        }
        Ok(())
    }

    /// The sizes of a network for so many features and emotions.
    pub fn shape(&self, features: usize, emotions: usize) -> Shape {
        Shape { features, lstm: self.lstm, lstm_last: self.lstm_last, embedding: self.embedding, emotions }
    }
}
