//! Time stretching by a phase vocoder.
//!
//! Spectral peaks carry their neighbourhood along, so that a partial stays one sine (J. Laroche & M. Dolson, "Improved
//! phase vocoder time-scale modification of audio", 1999: identity phase locking). What begins at an onset is not
//! stretched but moved to its new place as it is, and goes on from there: attacks keep their shape, and partials the
//! phases they began with (after A. Röbel, "A new approach to transient processing in the phase vocoder", 2003).

mod frames;
mod locked;
mod onsets;
mod peaks;

use std::ops::RangeInclusive;

use super::frame_transform::Spectrum;
use frames::Frames;
use locked::Phases;
use onsets::onsets;

/// Samples of a frame: 46 ms at 44.1 kHz. Shorter than half a cycle of vibrato, and four bins, a partial's width, are less
/// than a violin's lowest fundamental.
const FRAME: usize = 2048;
/// Frequencies of a frame, 0 Hz and half the sample rate included.
const BINS: usize = FRAME / 2 + 1;
/// The slowest and the fastest stretch: beyond, nothing sounds like playing any more.
pub const RATES: RangeInclusive<f64> = 0.5..=2.0;

/// Samples between frames in the output, unless frames would then lie too far apart in the input.
const HOP: usize = FRAME / 4;
/// Samples between frames in the input, at most: the phase of a peak is then known up to a whole turn.
const INPUT_HOP: f64 = 1.5 * HOP as f64;

/// Length of a stretched signal, samples: round(samples ∕ rate).
pub fn stretched_length(samples: usize, rate: f64) -> usize {
    (samples as f64 / rate).round() as usize
}

/// Stretches a signal: `rate` 1.1 is faster, and shorter, by a tenth. `emit` gets [`stretched_length`] samples, block by
/// block; beyond the blocks and one value each 256 samples nothing is kept.
///
/// # Panics
/// If `rate` is not within [`RATES`].
pub fn stretch(samples: &[f32], rate: f64, mut emit: impl FnMut(&[f32])) {
    assert!(RATES.contains(&rate), "a rate from {} to {}", RATES.start(), RATES.end());
    let length = stretched_length(samples.len(), rate);
    let mut hop = HOP;
    while hop as f64 * rate > INPUT_HOP {
        hop /= 2;
    }
    let mut frames = Frames::new(hop);
    let mut phases = Phases::new(hop, rate, onsets(samples));
    let mut spectrum = Spectrum::new(BINS);
    // The first frame that reaches into the output is centred before it.
    let before = FRAME / 2 / hop - 1;
    for number in 0..(length + FRAME / 2).div_ceil(hop) + before {
        let place = (number as i64 - before as i64) * hop as i64;
        let centre = (place as f64 * rate).round() as i64;
        frames.read(samples, centre, &mut spectrum);
        frames.write(phases.turned(&mut spectrum, centre, place));
        let from = place - FRAME as i64 / 2;
        let (skipped, end) = ((-from).clamp(0, hop as i64), (length as i64 - from).clamp(0, hop as i64));
        if skipped < end {
            emit(&frames.finished()[skipped as usize..end as usize]);
        }
    }
}

#[cfg(test)]
mod tests;
