//! Noise reduction that keeps what a violin plays.

use std::collections::VecDeque;

use super::noise_floor::NoiseFloor;
use super::tally::Tally;
use crate::dsp::overlap_add::{OverlapAdd, Spectrum};
use crate::dsp::triangle::{triangle, weighted_sum};
use crate::dsp::vectorised::vectorised;

/// Samples of a frame: long enough to part the partials, short enough for attacks.
const FRAME: usize = 2048;
/// Frequencies of a frame.
const BINS: usize = FRAME / 2 + 1;
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
    let weights = triangle::<{ 2 * AROUND + 1 }>();
    // Spectra and powers of the frames around: the oldest first, the frame to be changed in the middle.
    let mut around = VecDeque::from(vec![(Spectrum::new(BINS), [0.0; BINS]); 2 * AROUND + 1]);
    let (mut floor, mut power, mut gains) = ([0.0; BINS], [0.0; BINS], [0.0; BINS]);
    transform.apply(samples, AROUND, |frame, spectrum| {
        let mut newest = around.pop_front().expect("a full ring");
        spectrum.power(&mut newest.1);
        std::mem::swap(spectrum, &mut newest.0);
        around.push_back(newest);
        let Some(frame) = frame.checked_sub(AROUND) else {
            spectrum.re.fill(0.0);
            return spectrum.im.fill(0.0);
        };
        noise.at(frame, &mut floor);
        weighted_sum(&weights, std::array::from_fn(|at| &around[at].1), &mut power);
        let (own, own_power) = &around[AROUND];
        vectorised(
            #[inline(always)]
            || {
                for (gain, (power, floor)) in gains.iter_mut().zip(power.iter().zip(&floor)) {
                    let wiener = 1.0 - OVER_MINIMUM * floor / (power + f32::MIN_POSITIVE);
                    *gain = if wiener > LEAST_GAIN { wiener } else { LEAST_GAIN };
                }
            },
        );
        own.times(&gains, spectrum);
        tally.add(own_power, &gains);
    });
    true
}
