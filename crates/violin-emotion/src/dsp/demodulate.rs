//! The partials of a tone whose pitch is roughly known, as slowly moving complex amplitudes.

use realfft::num_complex::Complex32;

use super::angle::unit;
use super::vectorised::vectorised;

/// Samples over which a partial is summed into one amplitude.
pub const BLOCK: usize = 64;

/// Turns each of the first `partials` partials of `samples` down to 0 Hz and takes the mean over each block of [`BLOCK`]
/// samples: blocks × partials, a remainder at the end left out.
///
/// `cycles_per_sample` is the rough fundamental at each block's start and, one more, at the last one's end; it moves
/// linearly between. A sine of amplitude 1 at exactly that frequency gives values of 1/2 that do not turn; one that is
/// higher by d turns by d cycles a sample.
pub fn demodulate(samples: &[f32], cycles_per_sample: &[f64], partials: usize) -> Vec<Complex32> {
    let mut amplitudes = vec![Complex32::ZERO; samples.len() / BLOCK * partials];
    let mut cycle = 0.0;
    let blocks = samples.chunks_exact(BLOCK).zip(cycles_per_sample.windows(2));
    for ((block, rate), amplitudes) in blocks.zip(amplitudes.chunks_exact_mut(partials)) {
        let bend = (rate[1] - rate[0]) / BLOCK as f64;
        let (mut turns, mut real, mut imaginary) = ([0.0f32; BLOCK], [0.0f32; BLOCK], [0.0f32; BLOCK]);
        vectorised(
            #[inline(always)]
            || {
                for (j, turn) in turns.iter_mut().enumerate() {
                    let j = j as f64;
                    let turns = cycle + rate[0] * j + bend * j * j / 2.0;
                    *turn = (turns - turns.floor()) as f32;
                }
                for ((turn, real), imaginary) in turns.iter().zip(&mut real).zip(&mut imaginary) {
                    let (cosine, sine) = unit(*turn);
                    (*real, *imaginary) = (cosine, -sine);
                }
                turn_down(block, &real, &imaginary, amplitudes);
            },
        );
        cycle = (cycle + (rate[0] + rate[1]) / 2.0 * BLOCK as f64).fract();
    }
    amplitudes
}

/// One block's amplitudes, by powers of the turn that takes the fundamental to 0 Hz.
#[inline(always)]
fn turn_down(block: &[f32], real: &[f32; BLOCK], imaginary: &[f32; BLOCK], amplitudes: &mut [Complex32]) {
    let (mut re, mut im) = (*real, *imaginary);
    for amplitude in amplitudes {
        let (mut sum_re, mut sum_im) = ([0.0f32; 16], [0.0f32; 16]);
        for start in (0..BLOCK).step_by(16) {
            for lane in 0..16 {
                sum_re[lane] += block[start + lane] * re[start + lane];
                sum_im[lane] += block[start + lane] * im[start + lane];
            }
        }
        *amplitude = Complex32::new(sum_re.iter().sum::<f32>(), sum_im.iter().sum::<f32>()) / BLOCK as f32;
        for j in 0..BLOCK {
            (re[j], im[j]) = (re[j] * real[j] - im[j] * imaginary[j], re[j] * imaginary[j] + im[j] * real[j]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// What the partials leave in each other's blocks: a block is a short and hard window.
    const LEAKAGE: f32 = 0.06;

    #[test]
    fn a_partial_at_its_place_stands_still_and_one_that_is_sharp_turns() {
        let hz = [0.02, 0.021];
        let sharp = 0.0003;
        let samples: Vec<f32> = (0..64 * 40)
            .map(|n| {
                let n = n as f64;
                ((TAU * hz[0] * n).cos() + 0.5 * (TAU * (3.0 * hz[0] + sharp) * n).cos()) as f32
            })
            .collect();
        let amplitudes = demodulate(&samples, &[hz[0]; 41], 4);
        assert_eq!(amplitudes.len(), 160);
        let mean = |partial: usize, from: usize, to: usize| {
            (from..to).map(|block| amplitudes[4 * block + partial]).sum::<Complex32>() / (to - from) as f32
        };
        assert!((mean(0, 0, 25) - 0.5).norm() < LEAKAGE, "{}", mean(0, 0, 25));
        let turned = (mean(2, 20, 40) * mean(2, 0, 20).conj()).arg() / std::f32::consts::TAU;
        assert!((turned - (sharp * 20.0 * 64.0) as f32).abs() < LEAKAGE / 4.0, "{turned}");
        assert!(mean(1, 0, 25).norm() < LEAKAGE && mean(3, 0, 25).norm() < LEAKAGE);
    }
}
