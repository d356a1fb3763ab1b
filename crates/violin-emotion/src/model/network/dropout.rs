//! Dropout (Srivastava et al. 2014): in training, leaves numbers out at random and scales the others up.

use pulp::{Arch, Simd, WithSimd};

use super::random::{Purpose, Random};

/// A share to leave out, and the stream that decides.
pub(super) struct Dropout {
    random: Random,
    /// A number is left out if its 16 random bits lie below.
    threshold: u16,
    /// What the others are multiplied by.
    scale: f32,
}

impl Dropout {
    /// Leaves out a share `rate` in 0 ≤ rate < 1, to within 2⁻¹⁶.
    pub fn new(rate: f32, seed: u64) -> Self {
        let threshold = (rate * 65_536.0) as u16;
        let scale = 1.0 / (1.0 - f32::from(threshold) / 65_536.0);
        Dropout { random: Random::new(seed, Purpose::Dropout), threshold, scale }
    }

    /// Draws what is left out of `count` numbers.
    pub fn draw(&mut self, bits: &mut Vec<u16>, count: usize) {
        bits.resize(count, 0);
        self.random.fill(bits);
    }

    /// Applies a draw to numbers, or to the gradients by them.
    pub fn apply(&self, bits: &[u16], values: &mut [f32]) {
        assert_eq!(bits.len(), values.len(), "one draw a number");
        Arch::new().dispatch(Apply { threshold: self.threshold, scale: self.scale, bits, values });
    }
}

struct Apply<'a> {
    threshold: u16,
    scale: f32,
    bits: &'a [u16],
    values: &'a mut [f32],
}

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (value, &bits) in self.values.iter_mut().zip(self.bits) {
            *value *= if bits < self.threshold { 0.0 } else { self.scale };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_kept_and_so_is_the_mean() {
        let (count, rate) = (100_000, 0.3);
        let mut dropout = Dropout::new(rate, 4);
        let (mut bits, mut values) = (Vec::new(), vec![1.0; count]);
        dropout.draw(&mut bits, count);
        dropout.apply(&bits, &mut values);
        let left_out = values.iter().filter(|&&value| value == 0.0).count() as f32 / count as f32;
        // Five standard errors of a share among so many.
        assert!((left_out - rate).abs() < 5.0 * (rate * (1.0 - rate) / count as f32).sqrt(), "{left_out}");
        assert!(values.iter().all(|&value| value == 0.0 || (value - 1.0 / 0.7).abs() < 1e-4));
    }

    #[test]
    fn a_rate_of_zero_changes_nothing() {
        let mut dropout = Dropout::new(0.0, 4);
        let (mut bits, mut values) = (Vec::new(), vec![0.3, -2.0, 5.0]);
        dropout.draw(&mut bits, 3);
        dropout.apply(&bits, &mut values);
        assert_eq!(values, [0.3, -2.0, 5.0]);
    }
}
