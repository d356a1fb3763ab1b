//! Time stretching by a phase vocoder.
//!
//! Spectral peaks carry their neighbourhood along, so that a partial stays one sine (J. Laroche & M. Dolson, "Improved
//! phase vocoder time-scale modification of audio", 1999: identity phase locking). What begins at an onset is not
//! stretched but moved to its new place as it is, and goes on from there: attacks keep their shape, and partials the
//! phases they began with (after A. Röbel, "A new approach to transient processing in the phase vocoder", 2003).

mod frames;
mod onsets;
mod peaks;

use std::f64::consts::TAU;
use std::ops::{Range, RangeInclusive};

use realfft::num_complex::Complex32;

use super::vectorised::vectorised;
use frames::Frames;
use onsets::onsets;
use peaks::{Peak, find_peaks};

/// Samples of a frame: 46 ms at 44.1 kHz. Shorter than half a cycle of vibrato, and four bins, a partial's width, are less
/// than a violin's lowest fundamental.
pub const FRAME: usize = 2048;
/// Frequencies of a frame, 0 Hz and half the sample rate included.
pub const BINS: usize = FRAME / 2 + 1;
/// The slowest and the fastest stretch: beyond, nothing sounds like playing any more.
pub const RATES: RangeInclusive<f64> = 0.5..=2.0;

/// Samples between frames in the output, unless frames would then lie too far apart in the input.
const HOP: usize = FRAME / 4;
/// Samples between frames in the input, at most: the phase of a peak is then known up to a whole turn.
const INPUT_HOP: f64 = 1.5 * HOP as f64;
/// A peak whose power has grown so much since the last frame before an onset begins with it: 3 dB.
const GROWN: f32 = 2.0;

/// Length of a stretched signal, samples: round(samples ∕ rate).
pub fn stretched_length(samples: usize, rate: f64) -> usize {
    (samples as f64 / rate).round() as usize
}

/// Stretches a signal: `rate` 1.1 is faster, and shorter, by a tenth. `emit` gets [`stretched_length`] samples, block by
/// block; beyond the blocks and one value each 256 samples nothing is kept.
///
/// `reshape` may change a frame's spectrum before it is put into the output: real and imaginary part of [`BINS`] bins, as
/// they were read.
///
/// # Panics
/// If `rate` is not within [`RATES`].
pub fn stretch(samples: &[f32], rate: f64, mut reshape: impl FnMut(&mut [Complex32]), mut emit: impl FnMut(&[f32])) {
    assert!(RATES.contains(&rate), "a rate from {} to {}", RATES.start(), RATES.end());
    let length = stretched_length(samples.len(), rate);
    let mut hop = HOP;
    while hop as f64 * rate > INPUT_HOP {
        hop /= 2;
    }
    let mut frames = Frames::new(hop);
    let mut phases = Phases::new(hop, rate, onsets(samples));
    // The first frame that reaches into the output is centred before it.
    let before = FRAME / 2 / hop - 1;
    for number in 0..(length + FRAME / 2).div_ceil(hop) + before {
        let place = (number as i64 - before as i64) * hop as i64;
        let centre = (place as f64 * rate).round() as i64;
        let spectrum = frames.read(samples, centre);
        let rotation = phases.turn(spectrum, centre, place);
        reshape(spectrum);
        vectorised(
            #[inline(always)]
            || spectrum.iter_mut().zip(rotation).for_each(|(bin, turn)| *bin *= turn),
        );
        frames.write();
        let from = place - FRAME as i64 / 2;
        let (skipped, end) = ((-from).clamp(0, hop as i64), (length as i64 - from).clamp(0, hop as i64));
        if skipped < end {
            emit(&frames.finished()[skipped as usize..end as usize]);
        }
    }
}

/// How far each bin is turned on its way from the input to the output.
struct Phases {
    hop: f64,
    rate: f64,
    onsets: Vec<f64>,
    /// The first onset that no frame before was centred behind.
    next: usize,
    centre: Option<i64>,
    before: Vec<Complex32>,
    power: Vec<f32>,
    /// Powers of the last frame that reached no onset.
    quiet: Vec<f32>,
    peaks: Vec<Peak>,
    rotation: Vec<Complex32>,
}

impl Phases {
    fn new(hop: usize, rate: f64, onsets: Vec<f64>) -> Self {
        Phases {
            hop: hop as f64,
            rate,
            onsets,
            next: 0,
            centre: None,
            before: vec![Complex32::ZERO; BINS],
            power: vec![0.0; BINS],
            quiet: vec![0.0; BINS],
            peaks: Vec::new(),
            rotation: vec![Complex32::ONE; BINS],
        }
    }

    /// One turn a bin, for the frame centred at `centre` in the input and at `place` in the output.
    fn turn(&mut self, spectrum: &[Complex32], centre: i64, place: i64) -> &[Complex32] {
        vectorised(
            #[inline(always)]
            || self.power.iter_mut().zip(spectrum).for_each(|(power, bin)| *power = bin.re * bin.re + bin.im * bin.im),
        );
        find_peaks(&self.power, &mut self.peaks);
        let reached = self.onset_reached(centre);
        if let Some(last) = self.centre {
            for at in 0..self.peaks.len() {
                let Peak { bin, range } = self.peaks[at].clone();
                match reached.filter(|_| self.power[bin] > GROWN * self.quiet[bin]) {
                    _ if bin == 0 => self.rotation[range].fill(Complex32::ONE),
                    Some(onset) => {
                        let early = (place as f64 - onset / self.rate) - (centre as f64 - onset);
                        self.move_by(range, early);
                    }
                    None => {
                        let turn = self.carried(spectrum, bin, (centre - last) as f64);
                        self.rotation[range].fill(turn);
                    }
                }
            }
        }
        if reached.is_none() {
            self.quiet.copy_from_slice(&self.power);
        }
        self.before.copy_from_slice(spectrum);
        self.centre = Some(centre);
        &self.rotation
    }

    /// The onset that a frame centred here reaches, if no frame before was centred behind it.
    fn onset_reached(&mut self, centre: i64) -> Option<f64> {
        let last = self.centre.map_or(f64::NEG_INFINITY, |last| last as f64);
        while self.onsets.get(self.next).is_some_and(|onset| *onset < last) {
            self.next += 1;
        }
        self.onsets.get(self.next).copied().filter(|onset| *onset < (centre + FRAME as i64 / 2) as f64)
    }

    /// Moves what these bins hold towards the frame's beginning, by so many samples.
    fn move_by(&mut self, bins: Range<usize>, samples: f64) {
        let step = TAU * samples / FRAME as f64;
        let (mut turn, onward) = (unit(step * bins.start as f64), unit(step));
        for rotation in &mut self.rotation[bins] {
            *rotation = turn;
            turn *= onward;
        }
    }

    /// The turn of the frame before, and the phase that a peak gains in the output beyond what it gained in the input.
    fn carried(&self, spectrum: &[Complex32], bin: usize, advanced: f64) -> Complex32 {
        let gained = f64::from((spectrum[bin] * self.before[bin].conj()).arg());
        let expected = TAU * bin as f64 * advanced / FRAME as f64;
        let unwrapped = expected + wrapped(gained - expected);
        let turn = self.rotation[bin] * unit(unwrapped * (self.hop / advanced - 1.0));
        // Products of many turns stay on the unit circle.
        turn * (1.5 - 0.5 * turn.norm_sqr())
    }
}

fn unit(angle: f64) -> Complex32 {
    // In single precision an angle is good to a millionth of a turn once whole turns are taken off.
    let (sine, cosine) = (wrapped(angle) as f32).sin_cos();
    Complex32::new(cosine, sine)
}

/// An angle less whole turns: half a turn to either side.
fn wrapped(angle: f64) -> f64 {
    let turns = angle / TAU;
    // To the nearest whole number, by the conversion that every processor has.
    TAU * (turns - (turns + 0.5f64.copysign(turns)) as i64 as f64)
}

#[cfg(test)]
mod tests;
