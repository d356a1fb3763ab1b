//! Level and zero crossings of the samples, frame by frame, as `librosa.feature.rms` and `zero_crossing_rate`.

use super::stft::{FRAME, HOP, frames};
use super::vectorised::vectorised;

/// Samples nearer to zero than this count as zero, which has no sign of its own.
const ZERO: f32 = 1e-10;
/// Blocks of a hop in a frame.
const BLOCKS: usize = FRAME / HOP;

/// Fills `rms` with the root mean square of each centred frame of 2048 samples; zeros beyond the ends.
pub fn root_mean_square(signal: &[f32], rms: &mut Vec<f32>) {
    // Frames overlap by whole hops: each hop is summed once.
    let block = |number: i64| {
        let samples = block(signal, number);
        vectorised(
            #[inline(always)]
            || sum_of_squares(samples),
        )
    };
    framed(signal, rms, block, |_, sum: f64| (sum / FRAME as f64).sqrt() as f32);
}

/// Fills `rate` with the share of samples in each centred frame whose sign differs from the sample before; the ends are
/// held beyond the signal.
pub fn zero_crossing_rate(signal: &[f32], rate: &mut Vec<f32>) {
    let negative = |at: usize| signal[at] < -ZERO;
    let crosses = |at: usize| at > 0 && at < signal.len() && negative(at) != negative(at - 1);
    let block = |number: i64| {
        let range = block_range(signal.len(), number);
        let samples = &signal[range.start.saturating_sub(1)..range.end];
        vectorised(
            #[inline(always)]
            || {
                let pairs = samples.iter().zip(samples.get(1..).unwrap_or(&[]));
                pairs.map(|(before, here)| u32::from((*here < -ZERO) != (*before < -ZERO))).sum::<u32>()
            },
        )
    };
    framed(signal, rate, block, |frame, count| {
        // A crossing into the frame's first sample belongs to the frame before.
        let first = (frame * HOP).checked_sub(FRAME / 2).is_some_and(crosses);
        (count - u32::from(first)) as f32 / FRAME as f32
    });
}

#[inline(always)]
fn sum_of_squares(samples: &[f32]) -> f64 {
    // Sums that do not wait for one another.
    let mut sums = [0.0; 16];
    let (chunks, rest) = samples.as_chunks::<16>();
    for chunk in chunks {
        for (sum, &sample) in sums.iter_mut().zip(chunk) {
            *sum += f64::from(sample) * f64::from(sample);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum::<f64>()
}

/// Each frame's value from the sum of its four blocks; block 0 begins with the signal.
fn framed<T: Copy + std::iter::Sum>(
    signal: &[f32],
    output: &mut Vec<f32>,
    block: impl Fn(i64) -> T,
    value: impl Fn(usize, T) -> f32,
) {
    let before = (BLOCKS / 2) as i64;
    let count = frames(signal.len());
    let blocks: Vec<T> = (0..count + BLOCKS - 1).map(|number| block(number as i64 - before)).collect();
    output.clear();
    output.extend((0..count).map(|frame| value(frame, blocks[frame..frame + BLOCKS].iter().copied().sum())));
}

fn block_range(length: usize, number: i64) -> std::ops::Range<usize> {
    let place = |number: i64| usize::try_from(number * HOP as i64).unwrap_or(0).min(length);
    place(number)..place(number + 1)
}

fn block(signal: &[f32], number: i64) -> &[f32] {
    &signal[block_range(signal.len(), number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square_wave(length: usize, half_period: usize) -> Vec<f32> {
        (0..length).map(|n| if (n / half_period).is_multiple_of(2) { 0.5 } else { -0.5 }).collect()
    }

    #[test]
    fn a_square_wave_has_its_amplitude_and_its_crossings() {
        let signal = square_wave(20_000, 32);
        let (mut rms, mut rate) = (Vec::new(), Vec::new());
        root_mean_square(&signal, &mut rms);
        zero_crossing_rate(&signal, &mut rate);
        assert_eq!((rms.len(), rate.len()), (40, 40));
        assert!(rms[4..35].iter().all(|value| (value - 0.5).abs() < 1e-6), "{rms:?}");
        // Half of the first frame lies before the signal.
        assert!((rms[0] - 0.5 / 2f32.sqrt()).abs() < 1e-6);
        // A frame that begins with a crossing counts the 63 others.
        assert!(rate[4..35].iter().all(|value| *value == 63.0 / 2048.0), "{rate:?}");
    }

    #[test]
    fn equal_the_definition_at_every_frame() {
        let mut state = 3u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let signal: Vec<f32> = (0..5000).map(|n| if n % 7 == 0 { 0.0 } else { next() }).collect();
        let (mut rms, mut rate) = (Vec::new(), Vec::new());
        root_mean_square(&signal, &mut rms);
        zero_crossing_rate(&signal, &mut rate);
        for frame in 0..rms.len() {
            let held = |at: i64| signal[at.clamp(0, 4999) as usize];
            let zeroed = |at: i64| if (0..5000).contains(&at) { held(at) } else { 0.0 };
            let start = (frame * 512) as i64 - 1024;
            let square: f32 = (start..start + 2048).map(|at| zeroed(at).powi(2)).sum();
            let crossings = (start + 1..start + 2048).filter(|&at| (held(at) < 0.0) != (held(at - 1) < 0.0)).count();
            assert!((rms[frame] - (square / 2048.0).sqrt()).abs() < 1e-5, "frame {frame}");
            assert_eq!(rate[frame], crossings as f32 / 2048.0, "frame {frame}");
        }
    }
}
