//! A room: the direct sound, then noise that dies away.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

use super::super::SAMPLE_RATE;
use super::noise::white;

/// The first reflection comes so much after the direct sound, samples: 5 ms.
const FIRST_REFLECTION: usize = SAMPLE_RATE as usize / 200;
/// Energy of the tail re the direct sound, for each second of decay: −7 dB. A diffuse field's energy grows with the decay.
const TAIL_ENERGY: f64 = 0.2;
/// ln of a fall by 60 dB.
const FALL: f64 = 6.907_755;

/// The samples as heard in a room, cut at their own length.
pub(super) fn add(samples: &[f32], decay_s: f64, seed: u64) -> Vec<f32> {
    let mut sum = convolve(samples, &tail(decay_s, seed));
    sum.iter_mut().zip(samples).for_each(|(tail, sample)| *tail += sample);
    sum
}

/// The room's response but for the direct sound.
fn tail(decay_s: f64, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let rate = f64::from(SAMPLE_RATE);
    let length = FIRST_REFLECTION + (decay_s * rate) as usize;
    let decay = |n: usize| (-FALL * (n - FIRST_REFLECTION) as f64 / (decay_s * rate)).exp() as f32;
    let mut tail: Vec<f32> =
        (0..length).map(|n| if n < FIRST_REFLECTION { 0.0 } else { decay(n) * white(&mut random) }).collect();
    let energy: f64 = tail.iter().map(|value| f64::from(*value).powi(2)).sum();
    let factor = (TAIL_ENERGY * decay_s / energy).sqrt() as f32;
    tail.iter_mut().for_each(|value| *value *= factor);
    tail
}

/// The first part, of the samples' length, of their convolution; block by block (overlap-add).
fn convolve(samples: &[f32], response: &[f32]) -> Vec<f32> {
    let points = (2 * response.len()).next_power_of_two().max(1 << 15);
    let block = points - response.len() + 1;
    let mut planner = RealFftPlanner::new();
    let (forward, backward) = (planner.plan_fft_forward(points), planner.plan_fft_inverse(points));
    let mut frame = vec![0.0f32; points];
    let mut filter = vec![Complex32::ZERO; points / 2 + 1];
    let mut spectrum = filter.clone();
    frame[..response.len()].copy_from_slice(response);
    forward.process(&mut frame, &mut filter).expect("buffers of its own lengths");
    let scale = 1.0 / points as f32;
    filter.iter_mut().for_each(|bin| *bin *= scale);
    let mut out = vec![0.0; samples.len()];
    for (number, samples) in samples.chunks(block).enumerate() {
        frame.fill(0.0);
        frame[..samples.len()].copy_from_slice(samples);
        forward.process(&mut frame, &mut spectrum).expect("buffers of its own lengths");
        spectrum.iter_mut().zip(&filter).for_each(|(bin, factor)| *bin *= factor);
        (spectrum[0].im, spectrum[points / 2].im) = (0.0, 0.0);
        backward.process(&mut spectrum, &mut frame).expect("buffers of its own lengths");
        out[number * block..].iter_mut().zip(&frame).for_each(|(out, value)| *out += value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of transforms of 2^17 points, against values near 1.
    const ROUNDING: f32 = 1e-5;

    #[test]
    fn convolution_equals_its_slow_twin() {
        let samples: Vec<f32> = (0..70_000).map(|n| ((n % 1009 * (n % 1013)) as f32 * 0.11).sin()).collect();
        let response: Vec<f32> = (0..300).map(|n| (n as f32 * 0.7).cos() / (n + 1) as f32).collect();
        let found = convolve(&samples, &response);
        for n in (0..samples.len()).step_by(997) {
            let terms = response.iter().enumerate().filter(|(k, _)| *k <= n).map(|(k, value)| value * samples[n - k]);
            let slow: f32 = terms.sum();
            assert!((found[n] - slow).abs() < ROUNDING * 10.0, "sample {n}: {} for {slow}", found[n]);
        }
    }

    #[test]
    fn the_direct_sound_is_untouched_and_the_tail_dies_away_as_asked() {
        let mut click = vec![0.0; 44_100];
        click[0] = 1.0;
        let heard = add(&click, 0.5, 1);
        assert!((heard[0] - 1.0).abs() < ROUNDING && heard[1..FIRST_REFLECTION].iter().all(|v| v.abs() < ROUNDING));
        let energy = |from_s: f64| {
            let from = (from_s * 44_100.0) as usize;
            heard[from..from + 2_205].iter().map(|value| f64::from(*value).powi(2)).sum::<f64>()
        };
        // From 0.05 s to 0.3 s, half the decay: 30 dB, give or take what chance does to a 20th of a second of noise.
        let fall_db = 10.0 * (energy(0.05) / energy(0.3)).log10();
        assert!((fall_db - 30.0).abs() < 1.5, "{fall_db} dB");
        assert_eq!(heard, add(&click, 0.5, 1));
    }
}
