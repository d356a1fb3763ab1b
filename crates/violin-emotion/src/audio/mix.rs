//! Channels → one, as they arrive.

use crate::{Warning, WarningKind};

/// Mixed sound this far below the loudest channel means that the channels cancel, as a share of energy: −10 dB. Equal
/// channels lose nothing, unrelated ones of equal level 3 dB a doubling (9 dB for eight).
const CANCELLED: f64 = 0.1;

/// Mono samples, and the energy of what they were made of.
#[derive(Default)]
pub(super) struct Mix {
    pub samples: Vec<f32>,
    energies: Vec<f64>,
}

impl Mix {
    /// Adds interleaved frames: the mean of their channels, or `only` one of them.
    pub fn add(&mut self, interleaved: &[f32], channels: usize, only: Option<usize>) {
        self.energies.resize(channels.max(self.energies.len()), 0.0);
        if channels == 1 {
            self.samples.extend_from_slice(interleaved);
            return;
        }
        for frame in interleaved.chunks_exact(channels) {
            for (energy, sample) in self.energies.iter_mut().zip(frame) {
                // A sample that is no number is mended later and must not hide the others.
                *energy += if sample.is_finite() { f64::from(*sample).powi(2) } else { 0.0 };
            }
            self.samples.push(match only {
                Some(channel) => frame[channel],
                None => frame.iter().sum::<f32>() / channels as f32,
            });
        }
    }

    /// The loudest channel, if the channels cancel in the mix.
    pub fn cancelled(&self) -> Option<usize> {
        if self.energies.len() < 2 {
            return None;
        }
        let mixed: f64 = self.samples.iter().filter(|s| s.is_finite()).map(|&s| f64::from(s).powi(2)).sum();
        let mut loudest = 0;
        for (channel, energy) in self.energies.iter().enumerate() {
            if *energy > self.energies[loudest] {
                loudest = channel;
            }
        }
        // A channel that plays alone among silent ones is mixed down by design, not cancelled.
        let sounding = self.energies.iter().filter(|&&energy| energy > CANCELLED * self.energies[loudest]).count();
        (sounding > 1 && mixed < CANCELLED * self.energies[loudest]).then_some(loudest)
    }
}

/// Says which channel was used instead of the mix.
pub(super) fn cancel_warning(channel: usize) -> Warning {
    let message = format!("the channels cancel when mixed to mono: channel {} alone was used", channel + 1);
    Warning::new(WarningKind::ChannelsCancel, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(interleaved: &[f32], channels: usize) -> Mix {
        let mut mix = Mix::default();
        mix.add(interleaved, channels, None);
        mix
    }

    #[test]
    fn opposite_channels_cancel_and_others_do_not() {
        let frames = |right: fn(f32) -> f32| -> Vec<f32> {
            (0..1000).map(|n| (n as f32 * 0.1).sin()).flat_map(|left| [left, right(left)]).collect()
        };
        assert_eq!(mix(&frames(|left| -left), 2).cancelled(), Some(0));
        assert_eq!(mix(&frames(|left| -0.9 * left), 2).cancelled(), Some(0));
        assert_eq!(mix(&frames(|left| left), 2).cancelled(), None);
        assert_eq!(mix(&frames(|_| 0.0), 2).cancelled(), None);
        assert_eq!(mix(&[0.0; 100], 2).cancelled(), None);
    }

    #[test]
    fn channels_are_averaged() {
        assert_eq!(mix(&[1.0, 0.0, 0.5, -0.5], 2).samples, [0.5, 0.0]);
        assert_eq!(mix(&[0.25, 0.5], 1).samples, [0.25, 0.5]);
    }
}
