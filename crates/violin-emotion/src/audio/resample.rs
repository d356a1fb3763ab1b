//! Any sample rate → 44.1 kHz.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use super::SAMPLE_RATE;

/// Input samples worked on together; longer blocks have a sharper edge below half the lower rate.
const BLOCK: usize = 4096;

/// The same sound at 44.1 kHz, in the same place: a sample at second t stays at second t. Samples that have the rate
/// already are returned as they are.
pub(super) fn to_standard_rate(samples: Vec<f32>, rate: u32) -> Vec<f32> {
    if rate == SAMPLE_RATE {
        return samples;
    }
    let length = (samples.len() as f64 * f64::from(SAMPLE_RATE) / f64::from(rate)).round() as usize;
    let mut resampler = Fft::<f32>::new_custom(
        rate as usize,
        SAMPLE_RATE as usize,
        block(rate),
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .expect("rates of 8 to 192 kHz and one channel");
    let mut output = vec![0.0; resampler.process_all_needed_output_len(samples.len())];
    let frames = output.len();
    let input = InterleavedSlice::new(&samples, 1, samples.len()).expect("one channel");
    let mut place = InterleavedSlice::new_mut(&mut output, 1, frames).expect("one channel");
    let done = resampler.process_all_into_buffer(&input, &mut place, samples.len(), None);
    done.expect("buffers of the sizes it asked for");
    output.resize(length, 0.0);
    output
}

/// About [`BLOCK`] samples, as an even multiple of the least block that both rates have whole: the filter's delay is half
/// a block, and only of an even one is it a whole number of samples.
fn block(rate: u32) -> usize {
    let least = (rate / greatest_common_divisor(rate, SAMPLE_RATE)) as usize;
    2 * least * (BLOCK / (2 * least)).max(1)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, hz: f64, seconds: f64) -> Vec<f32> {
        let angle = std::f64::consts::TAU * hz / f64::from(rate);
        (0..(f64::from(rate) * seconds) as usize).map(|n| (angle * n as f64).sin() as f32).collect()
    }

    #[test]
    fn a_tone_stays_the_same_tone_in_the_same_place() {
        for rate in [8000, 16_000, 22_050, 32_000, 48_000, 88_200, 96_000, 176_400, 192_000] {
            let found = to_standard_rate(sine(rate, 440.0, 2.0), rate);
            let expected = sine(SAMPLE_RATE, 440.0, 2.0);
            assert_eq!(found.len(), expected.len(), "{rate} Hz");
            // Away from the ends, where the tone begins and stops at once.
            let inner = 8000..found.len() - 8000;
            let energy = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>();
            let error = energy(&mut found[inner.clone()].iter().zip(&expected[inner.clone()]).map(|(a, b)| a - b));
            let signal = energy(&mut expected[inner].iter().copied());
            let ratio_db = 10.0 * (signal / error).log10();
            assert!(ratio_db > 90.0, "{rate} Hz: {ratio_db:.1} dB");
        }
    }

    #[test]
    fn the_standard_rate_is_not_touched() {
        let samples = sine(SAMPLE_RATE, 1234.5, 0.1);
        assert_eq!(to_standard_rate(samples.clone(), SAMPLE_RATE), samples);
    }

    #[test]
    fn what_the_new_rate_cannot_hold_is_removed() {
        let found = to_standard_rate(sine(96_000, 30_000.0, 1.0), 96_000);
        assert!(found[5000..39_000].iter().all(|sample| sample.abs() < 1e-4));
    }
}
