//! Noise in the background, synthesised or recorded.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::{Recording, SAMPLE_RATE};
use super::change::amplitude;
use super::settings::NoiseColour;

/// Octaves of pink noise, down to about 1 Hz.
const OCTAVES: usize = 16;
/// Recorded noise that is too short is repeated, its end faded into its beginning over so many samples: 20 ms.
const FADE: usize = SAMPLE_RATE as usize / 50;

/// What chance is drawn from for one recording: its sound decides, not its name or its place.
pub(super) fn seed_of(recording: &Recording, seed: u64) -> u64 {
    let sound = u64::from_str_radix(&recording.sound()[..16], 16).expect("hexadecimal");
    sound ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// An endless noise.
pub(super) enum Noise<'a> {
    White(ChaCha8Rng),
    /// Each octave has a value of its own, which is drawn anew half as often as the one above (R. F. Voss and M. Gardner).
    Pink {
        random: ChaCha8Rng,
        octaves: [f32; OCTAVES],
        at: u64,
    },
    Recorded {
        samples: &'a [f32],
        at: usize,
    },
}

impl<'a> Noise<'a> {
    pub fn of(colour: NoiseColour, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        match colour {
            NoiseColour::White => Noise::White(random),
            NoiseColour::Pink => {
                let octaves = [(); OCTAVES].map(|()| white(&mut random));
                Noise::Pink { random, octaves, at: 0 }
            }
        }
    }

    /// One of the recordings, from a place in it.
    pub fn recorded(noises: &'a [Recording], seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut below = |count: usize| (random.next_u64() % count as u64) as usize;
        let samples = noises[below(noises.len())].samples();
        Noise::Recorded { samples, at: below(samples.len()) }
    }

    fn next(&mut self) -> f32 {
        match self {
            Noise::White(random) => white(random),
            Noise::Pink { random, octaves, at } => {
                *at += 1;
                let octave = (at.trailing_zeros() as usize).min(OCTAVES - 1);
                octaves[octave] = white(random);
                octaves.iter().sum::<f32>() + white(random)
            }
            Noise::Recorded { samples, at } => {
                // Recordings are half a second at least.
                let period = samples.len() - FADE;
                let here = *at % period;
                *at = here + 1;
                match FADE.checked_sub(here + 1) {
                    Some(left) => {
                        let share = left as f32 / FADE as f32;
                        (1.0 - share) * samples[here] + share * samples[period + here]
                    }
                    None => samples[here],
                }
            }
        }
    }
}

/// Uniform in [−1, 1).
pub(super) fn white(random: &mut ChaCha8Rng) -> f32 {
    random.next_u32() as i32 as f32 / 2_147_483_648.0
}

/// The samples and noise, whose level is `snr_db` below theirs. Silence has no level: it stays silence.
pub(super) fn add(samples: &[f32], snr_db: f64, mut noise: Noise) -> Vec<f32> {
    let mut sum: Vec<f32> = samples.iter().map(|_| noise.next()).collect();
    let (signal, noise) = (energy(samples), energy(&sum));
    let factor = if noise > 0.0 { (signal / noise).sqrt() as f32 * amplitude(-snr_db) } else { 0.0 };
    sum.iter_mut().zip(samples).for_each(|(noise, sample)| *noise = factor * *noise + sample);
    sum
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a second of noise: its energy in a band is the mean of hundreds of independent values.
    const LEVEL_DB: f64 = 1.0;

    #[test]
    fn the_level_is_the_one_asked_for_and_chance_is_repeated() {
        let samples: Vec<f32> = (0..44_100).map(|n| (n as f32 * 0.0627).sin()).collect();
        for colour in [NoiseColour::White, NoiseColour::Pink] {
            let noisy = add(&samples, 20.0, Noise::of(colour, 7));
            let noise: Vec<f32> = noisy.iter().zip(&samples).map(|(noisy, sample)| noisy - sample).collect();
            let found = 10.0 * (energy(&samples) / energy(&noise)).log10();
            assert!((found - 20.0).abs() < 0.01, "{found} dB");
            assert_eq!(noisy, add(&samples, 20.0, Noise::of(colour, 7)));
            assert_ne!(noisy, add(&samples, 20.0, Noise::of(colour, 8)));
        }
        assert!(add(&[0.0; 100], 0.0, Noise::of(NoiseColour::White, 1)).iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn pink_noise_falls_by_3_db_an_octave() {
        let mut noise = Noise::of(NoiseColour::Pink, 3);
        let samples: Vec<f32> = (0..4 * 44_100).map(|_| noise.next()).collect();
        // Differences of neighbours and of every fourth sample: 6 dB an octave of high-pass each, two octaves apart.
        let level = |apart: usize| {
            let means: Vec<f32> =
                samples.chunks_exact(apart).map(|chunk| chunk.iter().sum::<f32>() / apart as f32).collect();
            let differences: Vec<f32> = means.windows(2).map(|pair| pair[1] - pair[0]).collect();
            10.0 * (energy(&differences) / differences.len() as f64).log10()
        };
        // In pink noise each octave has the same: so has the difference of means over any length.
        for apart in [4, 16, 64] {
            assert!((level(apart) - level(4 * apart)).abs() < LEVEL_DB, "{} and {} dB", level(apart), level(4 * apart));
        }
    }

    #[test]
    fn recorded_noise_goes_on_without_a_step() {
        let slow: Vec<f32> = (0..30_000).map(|n| (n as f32 * 0.001).sin()).collect();
        let noises = [Recording::new("noise", slow).expect("samples")];
        let mut noise = Noise::recorded(&noises, 5);
        let samples: Vec<f32> = (0..100_000).map(|_| noise.next()).collect();
        let step = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        // The slope itself, and that of the fade from one end of the wave to the other.
        assert!(step < 0.001 + 2.0 / FADE as f32 + 1e-4, "{step}");
    }
}
