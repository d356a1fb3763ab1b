//! Any rate → any other, block by block.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _};

#[cfg(test)]
use super::SAMPLE_RATE;

/// Length of the shorter side of a block. The filter is as long as a block, so this sets how close to the lower Nyquist
/// frequency the pass band reaches: at 2048 frames, 99.3 % of the way.
const MIN_BLOCK: usize = 2048;

/// Turns a stream of samples into the same at another rate; an onset stays in its place.
pub(super) struct Resampler {
    from: u32,
    to: u32,
    /// `None` where nothing is to be done: samples are passed untouched.
    filter: Option<Filter>,
    taken: u64,
}

struct Filter {
    fft: Fft<f32>,
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Samples of the filter's own delay that are still to be dropped.
    delay: usize,
}

impl Resampler {
    /// From one rate to another, both in Hz, or in any other unit they share, and above 0.
    pub(super) fn new(from: u32, to: u32) -> Self {
        let filter = (from != to).then(|| Filter::new(from as usize, to as usize));
        Resampler { from, to, filter, taken: 0 }
    }

    /// Takes more samples; what is ready is appended to `out`.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        match &mut self.filter {
            None => out.extend_from_slice(samples),
            Some(filter) => filter.push(samples, out),
        }
    }

    /// Ends the stream: `out`, which must hold what came before, gets its last samples and its exact length,
    /// round(samples taken × `to` ∕ `from`).
    pub(super) fn finish(mut self, out: &mut Vec<f32>) {
        if let Some(filter) = &mut self.filter {
            let (from, to) = (u64::from(self.from), u64::from(self.to));
            let length = (self.taken * to + from / 2) / from;
            let length = usize::try_from(length).expect("a length that fits into memory");
            let silence = vec![0.0; filter.input.len()];
            while out.len() < length {
                filter.push(&silence, out);
            }
            out.truncate(length);
        }
    }
}

impl Filter {
    fn new(from: usize, to: usize) -> Self {
        let divisor = greatest_common_divisor(from, to);
        let (unit_in, unit_out) = (from / divisor, to / divisor);
        // An even number of units: the delay, half a block, is then a whole number of samples on both sides.
        let units = MIN_BLOCK.div_ceil(unit_in.min(unit_out)).next_multiple_of(2);
        let fft = Fft::new(from, to, units * unit_in, 1, FixedSync::Both).expect("rates and block above 0");
        let (input, output) = (vec![0.0; fft.input_frames_next()], vec![0.0; fft.output_frames_next()]);
        Filter { delay: fft.output_delay(), fft, input, filled: 0, output }
    }

    fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        while !samples.is_empty() {
            let count = samples.len().min(self.input.len() - self.filled);
            let (now, later) = samples.split_at(count);
            self.input[self.filled..][..count].copy_from_slice(now);
            self.filled += count;
            samples = later;
            if self.filled == self.input.len() {
                self.filled = 0;
                self.run(out);
            }
        }
    }

    fn run(&mut self, out: &mut Vec<f32>) {
        let (frames_in, frames_out) = (self.input.len(), self.output.len());
        let input = SequentialSlice::new(&self.input[..], 1, frames_in).expect("one channel of its own length");
        let mut output =
            SequentialSlice::new_mut(&mut self.output[..], 1, frames_out).expect("one channel of its own length");
        self.fft.process_into_buffer(&input, &mut output, None).expect("buffers of the lengths it asked for");
        let dropped = self.delay.min(frames_out);
        self.delay -= dropped;
        out.extend_from_slice(&self.output[dropped..]);
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// What a 16-bit file cannot hold any more; f32 FFTs reach about 130 dB.
    const SIGNAL_TO_NOISE_DB: f64 = 90.0;
    /// Rates of real files, one with no common divisor, and both ends of the range.
    const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 32_000, 44_101, 48_000, 96_000, 192_000];

    fn resample(rate: u32, samples: &[f32], piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(rate, SAMPLE_RATE);
        let mut out = Vec::new();
        samples.chunks(piece).for_each(|piece| resampler.push(piece, &mut out));
        resampler.finish(&mut out);
        out
    }

    fn sine(rate: u32, frequency: f64, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|n| (0.5 * (TAU * frequency * n as f64 / f64::from(rate)).sin()) as f32).collect()
    }

    #[test]
    fn a_sine_stays_the_same_sine_in_the_same_place() {
        for rate in RATES {
            for frequency in [440.0, 3_000.0] {
                let found = resample(rate, &sine(rate, frequency, 1.5), 1152);
                let expected = sine(SAMPLE_RATE, frequency, 1.5);
                // A filter's length at both ends is the abrupt start and stop themselves, at any rate up to two blocks.
                let edge = SAMPLE_RATE as usize / 2;
                let (mut signal, mut noise) = (0.0, 0.0);
                for n in edge..expected.len() - edge {
                    signal += f64::from(expected[n]).powi(2);
                    noise += f64::from(found[n] - expected[n]).powi(2);
                }
                let ratio = 10.0 * (signal / noise).log10();
                println!("{rate} Hz, {frequency} Hz: {ratio:.1} dB");
                assert!(ratio > SIGNAL_TO_NOISE_DB, "{rate} Hz, {frequency} Hz: {ratio:.1} dB");
            }
        }
    }

    #[test]
    fn an_onset_stays_in_place() {
        for rate in RATES {
            let onset = f64::from(rate) * 0.3;
            let mut samples = vec![0.0; rate as usize];
            samples[onset as usize] = 1.0;
            let found = resample(rate, &samples, 1000);
            let peak = (0..found.len()).max_by(|&a, &b| found[a].abs().total_cmp(&found[b].abs())).expect("samples");
            let expected = onset.floor() / f64::from(rate) * f64::from(SAMPLE_RATE);
            // The nearest sample on the new grid, or its neighbour where the onset lies halfway.
            assert!((peak as f64 - expected).abs() <= 1.0, "{rate} Hz: {peak} for {expected}");
        }
    }

    #[test]
    fn the_length_is_exact_and_pieces_do_not_matter() {
        for rate in RATES {
            for count in [1, 777, rate as usize, rate as usize + 1] {
                let samples: Vec<f32> = (0..count).map(|n| ((n * 7919) % 1000) as f32 / 1000.0 - 0.5).collect();
                let found = resample(rate, &samples, 1152);
                let expected = (count as f64 * f64::from(SAMPLE_RATE) / f64::from(rate)).round() as usize;
                assert_eq!(found.len(), expected, "{count} samples at {rate} Hz");
                assert!(found == resample(rate, &samples, 313), "{count} samples at {rate} Hz");
            }
        }
    }

    #[test]
    fn nothing_folds_back_from_above_half_the_new_rate() {
        // 30 kHz at 96 kHz cannot be heard at 44.1 kHz; folded, it would stand at 14.1 kHz.
        let found = resample(96_000, &sine(96_000, 30_000.0, 1.5), 1152);
        let middle = &found[found.len() / 3..found.len() * 2 / 3];
        let level = middle.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / middle.len() as f64;
        let below_db = 10.0 * (0.125 / level).log10();
        assert!(below_db > SIGNAL_TO_NOISE_DB, "{below_db:.1} dB");
    }

    #[test]
    fn the_target_rate_is_passed_untouched() {
        let samples: Vec<f32> = (0..5000).map(|n| f32::from_bits(0x3f00_0000 + n * 97)).collect();
        assert!(resample(SAMPLE_RATE, &samples, 1152) == samples);
    }
}
