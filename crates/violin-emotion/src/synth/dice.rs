//! Chance that can be repeated: one seed and one purpose, one sequence.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Seeded draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// Draws for `purpose`; other purposes of the same seed draw independently.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(purpose as u64);
        Dice(random)
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// One of `choices`, each as likely.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.uniform() * choices.len() as f64) as usize]
    }

    /// True with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Nearly normal, mean 0, standard deviation 1, never beyond ±6: the sum of twelve uniform draws.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// A sample of white noise, uniform in [−1, 1): its RMS is [`WHITE_RMS`].
    pub fn white(&mut self) -> f32 {
        self.0.next_u32() as i32 as f32 / 2_147_483_648.0
    }

    /// A seed for something that draws on its own.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// RMS of [`Dice::white`]: 1/√3.
pub(super) const WHITE_RMS: f64 = 0.577_350_269_189_625_8;

/// What is drawn for; each has its own sequence.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Score = 1,
    Performance,
    Strokes,
    Floor,
    Performers,
    Pieces,
    Takes,
    Vibrato,
    Recordings,
    RecordingNoise,
    Raters,
}
