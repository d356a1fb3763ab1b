//! The partials of a bowed string: strictly harmonic, added up 64 samples at a time.

use super::body::{Body, HIGHEST_HZ};
use super::stroke::Moment;

/// Samples between two looks at the controls (1.5 ms); in between they move in straight lines.
pub(super) const BLOCK: usize = 64;

/// Amplitudes of all partials below [`HIGHEST_HZ`] at one moment, the fundamental first, into `gains`.
pub(super) fn gains(moment: &Moment, body: &Body, gains: &mut Vec<f32>) {
    let count = (HIGHEST_HZ / moment.frequency_hz) as usize;
    gains.clear();
    gains.extend((1..=count).map(|k| {
        let number = k as f64;
        let string = moment.scale * (moment.slope * number.ln() - moment.fade * (number - 1.0)).exp();
        sign(k) * string as f32 * body.gain(number * moment.frequency_hz)
    }));
}

/// A body scrambles the partials' phases; here they are turned by half a cycle or not, in the order of W. Rudin, "Some
/// theorems on Fourier coefficients" (1959), which keeps the sum's peaks low.
fn sign(partial: usize) -> f32 {
    let pairs = (partial & (partial >> 1)).count_ones();
    if pairs.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Sum over k of sin(kθ), its amplitude going from `from[k − 1]` to `to[k − 1]` within the block; `sines` and `cosines`
/// are those of θ. A partial that one end lacks has amplitude 0 there.
pub(super) fn add_partials(sines: &[f32; BLOCK], cosines: &[f32; BLOCK], from: &[f32], to: &[f32]) -> [f32; BLOCK] {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || rotate_and_add(sines, cosines, from, to),
    )
}

#[inline(always)]
fn rotate_and_add(sines: &[f32; BLOCK], cosines: &[f32; BLOCK], from: &[f32], to: &[f32]) -> [f32; BLOCK] {
    // Lanes of a size that stays in registers.
    const LANES: usize = 32;
    let mut sum = [0.0; BLOCK];
    for first in (0..BLOCK).step_by(LANES) {
        let base_sine: [f32; LANES] = std::array::from_fn(|j| sines[first + j]);
        let base_cosine: [f32; LANES] = std::array::from_fn(|j| cosines[first + j]);
        let ramp: [f32; LANES] = std::array::from_fn(|j| (first + j) as f32 / BLOCK as f32);
        let (mut sine, mut cosine) = (base_sine, base_cosine);
        let mut lanes = [0.0; LANES];
        for k in 0..from.len().max(to.len()) {
            let start = from.get(k).copied().unwrap_or(0.0);
            let rise = to.get(k).copied().unwrap_or(0.0) - start;
            for j in 0..LANES {
                lanes[j] += (start + rise * ramp[j]) * sine[j];
                // (kθ) → ((k + 1)θ) by the addition theorem
                let next = sine[j] * base_cosine[j] + cosine[j] * base_sine[j];
                cosine[j] = cosine[j] * base_cosine[j] - sine[j] * base_sine[j];
                sine[j] = next;
            }
        }
        sum[first..first + LANES].copy_from_slice(&lanes);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 80 rotations in f32, each off by at most a few 2⁻²⁴, on amplitudes that sum to 80.
    const TOLERANCE: f32 = 1e-3;

    #[test]
    fn the_rotation_equals_the_sum_of_sines() {
        let angle = |j: usize| 0.3 + 0.028 * j as f64;
        let sines = std::array::from_fn(|j| angle(j).sin() as f32);
        let cosines = std::array::from_fn(|j| angle(j).cos() as f32);
        let from: Vec<f32> = (0..80).map(|k| 1.0 / (1.0 + k as f32)).collect();
        let to: Vec<f32> = (0..78).map(|k| 0.5 + 0.01 * k as f32).collect();
        let found = add_partials(&sines, &cosines, &from, &to);
        for (j, found) in found.into_iter().enumerate() {
            let along = j as f64 / BLOCK as f64;
            let expected: f64 = (0..80)
                .map(|k| {
                    let (start, end) = (f64::from(from[k]), to.get(k).map_or(0.0, |gain| f64::from(*gain)));
                    (start + along * (end - start)) * ((k + 1) as f64 * angle(j)).sin()
                })
                .sum();
            assert!((found - expected as f32).abs() < TOLERANCE, "sample {j}: {found}, expected {expected}");
        }
    }
}
