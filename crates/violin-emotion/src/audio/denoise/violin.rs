//! Noise reduction that keeps what a violin plays.

use std::collections::VecDeque;

use realfft::num_complex::Complex32;

use super::noise_floor::NoiseFloor;
use super::tally::Tally;
use crate::dsp::overlap_add::OverlapAdd;

/// Samples of a frame: long enough to part the partials, short enough for attacks.
const FRAME: usize = 2048;
/// Frames looked at on either side, 46 ms: single frames of noise vary too much to be told from sound.
const AROUND: usize = 4;
/// From the minimum of smoothed noise to its mean it is a factor of some 2.4; twice that is taken off, so that little of it
/// is left standing in single places.
const OVER_MINIMUM: f32 = 5.0;
/// The least gain, −20 dB: a quiet rest sounds more natural than none.
const LEAST_GAIN: f32 = 0.1;

/// Turns down, in place, every frequency at every moment by as much as its noise has of it: a Wiener gain from power smoothed
/// over the frames around. Returns false if the recording is too short or silent, and is left as it is.
pub(super) fn denoise(samples: &mut [f32], tally: &mut Tally) -> bool {
    let mut transform = OverlapAdd::new(FRAME);
    let Some(noise) = NoiseFloor::of(&mut transform, samples) else { return false };
    let bins = transform.bins();
    let weight = |at: usize| (AROUND + 1 - at.abs_diff(AROUND)) as f32 / ((AROUND + 1) * (AROUND + 1)) as f32;
    let weights: [f32; 2 * AROUND + 1] = std::array::from_fn(weight);
    let silent = || (vec![Complex32::ZERO; bins], vec![0f32; bins]);
    // Spectra and powers of the frames around: the oldest first, the frame to be changed in the middle.
    let mut around: VecDeque<_> = (0..=2 * AROUND).map(|_| silent()).collect();
    let (mut floor, mut gains) = (vec![0f32; bins], vec![0f32; bins]);
    transform.apply(samples, AROUND, |frame, spectrum| {
        let mut newest = around.pop_front().expect("a full ring");
        newest.0.copy_from_slice(spectrum);
        newest.1.iter_mut().zip(&*spectrum).for_each(|(power, value)| *power = value.norm_sqr());
        around.push_back(newest);
        let Some(frame) = frame.checked_sub(AROUND) else { return spectrum.fill(Complex32::ZERO) };
        noise.at(frame, &mut floor);
        gains.fill(f32::MIN_POSITIVE);
        for (weight, (_, power)) in weights.iter().zip(&around) {
            gains.iter_mut().zip(power).for_each(|(sum, power)| *sum += weight * power);
        }
        // Here the gains are still smoothed powers.
        gains
            .iter_mut()
            .zip(&floor)
            .for_each(|(gain, floor)| *gain = (1.0 - OVER_MINIMUM * floor / *gain).max(LEAST_GAIN));
        let own = &around[AROUND].0;
        tally.add(own, &gains);
        spectrum.iter_mut().zip(own.iter().zip(&gains)).for_each(|(out, (value, gain))| *out = value * gain);
    });
    true
}
