//! Chance that can be repeated: one seed and one purpose, one sequence.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What is drawn for; each purpose of a seed has its own sequence.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Which groups are left out together.
    Blocks,
    /// True distributions behind votes.
    Truths,
    /// Whose labels go where.
    Labels,
}

/// Seeded draws.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The sequence of a seed and purpose; each `number` has its own.
    pub fn new(seed: u64, purpose: Purpose, number: usize) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream((number as u64) << 8 | purpose as u64);
        Chance(source)
    }

    /// Uniform in (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// From the gamma distribution of this shape > 0 and scale 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.unit().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let cube = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            if cube > 0.0 && self.unit().ln() < 0.5 * normal * normal + d * (1.0 - cube + cube.ln()) {
                return d * cube;
            }
        }
    }

    /// Puts `items` into an order, each with the same chance.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let below = (u128::from(self.0.next_u64()) * (last as u128 + 1)) >> 64;
            items.swap(last, below as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_draws_have_the_mean_and_variance_of_their_shape() {
        let mut chance = Chance::new(0, Purpose::Truths, 0);
        for shape in [0.3, 1.0, 7.5] {
            const DRAWS: usize = 40_000;
            let drawn: Vec<f64> = (0..DRAWS).map(|_| chance.gamma(shape)).collect();
            let mean = drawn.iter().sum::<f64>() / DRAWS as f64;
            let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / DRAWS as f64;
            // Both are the shape; five standard errors of the mean, and of the variance √((2 + 6/shape)/n) of it.
            let errors = [(shape / DRAWS as f64).sqrt(), shape * ((2.0 + 6.0 / shape) / DRAWS as f64).sqrt()];
            assert!((mean - shape).abs() < 5.0 * errors[0], "shape {shape}: mean {mean}");
            assert!((variance - shape).abs() < 5.0 * errors[1], "shape {shape}: variance {variance}");
        }
    }
}
