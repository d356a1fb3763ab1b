//! Pulse.

use super::Row;
use crate::dsp::onset_strength::onset_strength;
use crate::dsp::tempo::TempoEstimator;

/// Measures a window's tempo; keeps its scratch memory.
#[derive(Default)]
pub(super) struct Timing {
    strength: Vec<f32>,
    tempo: TempoEstimator,
}

impl Timing {
    /// `mel_db` is the mel spectrum in dB, frames × 128.
    pub(super) fn put(&mut self, mel_db: &[f32], row: &mut Row) {
        onset_strength(mel_db, &mut self.strength);
        row.put(("tempo", 0), self.tempo.estimate(&self.strength));
    }
}
