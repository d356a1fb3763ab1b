//! Random numbers from a seed: the same on every thread and for every number of threads.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What the numbers are for; each purpose has its own stream, so that one never shifts another.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// The first weights.
    Weights,
    /// The order of recordings and their crops.
    Order,
    /// What dropout leaves out.
    Dropout,
}

/// A stream of random numbers.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    /// The stream of a seed and purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(purpose as u64);
        Random(source)
    }

    /// Uniform in 0 ≤ x < 1, in steps of 2⁻²⁴.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    /// A whole number below `count`; uneven by less than count / 2⁶⁴.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.0.next_u64()) * count as u128) >> 64) as usize
    }

    /// From the standard normal distribution (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let above_zero = ((self.0.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        let turn = (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        (-2.0 * above_zero.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
    }

    /// Puts `items` into an order, each with the same chance.
    pub fn shuffle(&mut self, items: &mut [usize]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Fills `numbers` with uniform 16-bit numbers.
    pub fn fill(&mut self, numbers: &mut [u16]) {
        let mut bytes = [0; 1024];
        for block in numbers.chunks_mut(bytes.len() / 2) {
            let bytes = &mut bytes[..2 * block.len()];
            self.0.fill_bytes(bytes);
            for (number, pair) in block.iter_mut().zip(bytes.chunks_exact(2)) {
                *number = u16::from_le_bytes([pair[0], pair[1]]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_purposes_are_streams_of_their_own() {
        let first = |seed, purpose| Random::new(seed, purpose).below(usize::MAX);
        assert_eq!(first(1, Purpose::Order), first(1, Purpose::Order));
        assert_ne!(first(1, Purpose::Order), first(2, Purpose::Order));
        assert_ne!(first(1, Purpose::Order), first(1, Purpose::Dropout));
    }

    #[test]
    fn the_moments_are_those_of_the_distributions() {
        // 20,000 draws: the mean of each stands within 5 standard errors.
        let mut random = Random::new(7, Purpose::Weights);
        let draws = 20_000;
        let units: f64 = (0..draws).map(|_| f64::from(random.unit())).sum::<f64>() / f64::from(draws);
        assert!((units - 0.5).abs() < 5.0 * (1.0 / 12.0 / f64::from(draws)).sqrt(), "{units}");
        let squares: f64 = (0..draws).map(|_| random.normal().powi(2)).sum::<f64>() / f64::from(draws);
        assert!((squares - 1.0).abs() < 5.0 * (2.0 / f64::from(draws)).sqrt(), "{squares}");
        let mut counts = [0; 5];
        (0..draws).for_each(|_| counts[random.below(5)] += 1);
        assert!(counts.iter().all(|count| (3700..4300).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(3, Purpose::Order).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
