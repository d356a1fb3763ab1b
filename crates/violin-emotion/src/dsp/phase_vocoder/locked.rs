//! Phases that the bins around each peak share.

use std::ops::Range;

use super::super::angle::{less_whole_turns, turns, unit};
use super::super::frame_transform::Spectrum;
use super::super::vectorised::vectorised;
use super::peaks::{Peak, Peaks};
use super::{BINS, FRAME};

/// A peak whose power has grown so much since the last frame before an onset begins with it: 3 dB.
const GROWN: f32 = 2.0;
/// Bins filled together.
const TOGETHER: usize = 8;

/// How far each bin is turned on its way from the input to the output.
pub(super) struct Phases {
    hop: i64,
    rate: f64,
    onsets: Vec<f64>,
    /// The first onset that no frame before was centred behind.
    next: usize,
    centre: Option<i64>,
    before: Spectrum,
    power: Vec<f32>,
    /// Powers of the last frame that reached no onset.
    quiet: Vec<f32>,
    peaks: Peaks,
    carried: Carried,
    /// Cosine and sine of each bin's turn; room for a few more.
    rotation: Spectrum,
    turned: Spectrum,
}

impl Phases {
    pub fn new(hop: usize, rate: f64, onsets: Vec<f64>) -> Self {
        let mut rotation = Spectrum::new(BINS + TOGETHER);
        rotation.re.fill(1.0);
        Phases {
            hop: hop as i64,
            rate,
            onsets,
            next: 0,
            centre: None,
            before: Spectrum::new(BINS),
            power: vec![0.0; BINS],
            quiet: vec![0.0; BINS],
            peaks: Peaks::default(),
            carried: Carried::default(),
            rotation,
            turned: Spectrum::new(BINS),
        }
    }

    /// The spectrum of the frame centred at `centre` in the input as it is at `place` in the output; what is left in
    /// `spectrum` has no meaning.
    pub fn turned(&mut self, spectrum: &mut Spectrum, centre: i64, place: i64) -> &Spectrum {
        spectrum.power(&mut self.power);
        let reached = self.onset_reached(centre);
        if let Some(last) = self.centre {
            self.rotate(spectrum, reached, centre - last, (centre, place));
        }
        if reached.is_none() {
            std::mem::swap(&mut self.quiet, &mut self.power);
        }
        rotated(spectrum, &self.rotation, &mut self.turned);
        std::mem::swap(&mut self.before, spectrum);
        self.centre = Some(centre);
        &self.turned
    }

    /// The onset that a frame centred here reaches, if no frame before was centred behind it.
    fn onset_reached(&mut self, centre: i64) -> Option<f64> {
        let last = self.centre.map_or(f64::NEG_INFINITY, |last| last as f64);
        while self.onsets.get(self.next).is_some_and(|onset| *onset < last) {
            self.next += 1;
        }
        self.onsets.get(self.next).copied().filter(|onset| *onset < (centre + FRAME as i64 / 2) as f64)
    }

    /// Gives the bins around each peak the turn that it was carried to, or, where it begins with an onset, moves them.
    fn rotate(&mut self, spectrum: &Spectrum, reached: Option<f64>, advanced: i64, (centre, place): (i64, i64)) {
        let Self { peaks, carried, rotation, before, power, quiet, .. } = self;
        let peaks = peaks.find(power);
        carried.gather(peaks, spectrum, before, rotation);
        carried.carry(self.hop, advanced);
        for (at, Peak { bin, range }) in peaks.iter().enumerate() {
            match reached.filter(|_| power[*bin] > GROWN * quiet[*bin]) {
                _ if *bin == 0 => fill(rotation, range, (1.0, 0.0)),
                Some(onset) => {
                    let early = (place as f64 - onset / self.rate) - (centre as f64 - onset);
                    move_by(rotation, range, early);
                }
                None => fill(rotation, range, (carried.turn.re[at], carried.turn.im[at])),
            }
        }
    }
}

/// Gives bins one turn; the few after them get it too, until theirs are filled.
#[inline(always)]
fn fill(rotation: &mut Spectrum, bins: &Range<usize>, turn: (f32, f32)) {
    for start in bins.clone().step_by(TOGETHER) {
        rotation.re[start..][..TOGETHER].fill(turn.0);
        rotation.im[start..][..TOGETHER].fill(turn.1);
    }
}

/// Moves what these bins hold towards the frame's beginning, by so many samples.
fn move_by(rotation: &mut Spectrum, bins: &Range<usize>, samples: f64) {
    let step = samples / FRAME as f64;
    vectorised(
        #[inline(always)]
        || {
            let parts = rotation.re[bins.clone()].iter_mut().zip(&mut rotation.im[bins.clone()]);
            for (bin, (re, im)) in (bins.start as i32..).zip(parts) {
                let turns = step * f64::from(bin);
                // In single precision an angle is good to a millionth of a turn once whole turns are taken off.
                (*re, *im) = unit((turns - turns.round_ties_even()) as f32);
            }
        },
    );
}

/// Fills `output` with the spectrum times the rotation.
fn rotated(spectrum: &Spectrum, rotation: &Spectrum, output: &mut Spectrum) {
    vectorised(
        #[inline(always)]
        || {
            let turns = rotation.re.iter().zip(&rotation.im);
            let parts = output.re.iter_mut().zip(&mut output.im).zip(spectrum.re.iter().zip(&spectrum.im));
            for (((re, im), from), turn) in parts.zip(turns) {
                *re = from.0 * turn.0 - from.1 * turn.1;
                *im = from.0 * turn.1 + from.1 * turn.0;
            }
        },
    );
}

/// What the peaks of a frame are turned by, worked out side by side.
#[derive(Default)]
struct Carried {
    bins: Vec<i32>,
    /// The spectrum at each peak times the conjugate of that before: its angle is what the phase has gained.
    gained: Spectrum,
    turn: Spectrum,
}

impl Carried {
    fn gather(&mut self, peaks: &[Peak], spectrum: &Spectrum, before: &Spectrum, rotation: &Spectrum) {
        let Self { bins, gained, turn } = self;
        bins.clear();
        [&mut gained.re, &mut gained.im, &mut turn.re, &mut turn.im].into_iter().for_each(Vec::clear);
        for &Peak { bin, .. } in peaks {
            let (here, last) = ((spectrum.re[bin], spectrum.im[bin]), (before.re[bin], before.im[bin]));
            bins.push(bin as i32);
            gained.re.push(here.0 * last.0 + here.1 * last.1);
            gained.im.push(here.1 * last.0 - here.0 * last.1);
            turn.re.push(rotation.re[bin]);
            turn.im.push(rotation.im[bin]);
        }
    }

    /// To the turn of the frame before comes the phase that a peak gains in the output beyond what it gained in the input.
    fn carry(&mut self, hop: i64, advanced: i64) {
        let Self { bins, gained, turn } = self;
        let (advanced, longer) = (advanced as i32, (hop - advanced) as i32);
        let ratio = longer as f32 / advanced as f32;
        vectorised(
            #[inline(always)]
            || {
                let turns_of = bins.iter().zip(gained.re.iter().zip(&gained.im));
                for ((re, im), (&bin, gained)) in turn.re.iter_mut().zip(&mut turn.im).zip(turns_of) {
                    // A bin's own frequency turns by a fraction of a frame that is exact; the rest is what the peak lies
                    // beside it.
                    let beside = less_whole_turns(turns(*gained.0, *gained.1) - frames_of(bin * advanced));
                    let (cosine, sine) = unit(frames_of(bin * longer) + beside * ratio);
                    let (x, y) = (*re * cosine - *im * sine, *re * sine + *im * cosine);
                    // Products of many turns stay on the unit circle.
                    let back = 1.5 - 0.5 * (x * x + y * y);
                    (*re, *im) = (x * back, y * back);
                }
            },
        );
    }
}

/// Samples as a fraction of a frame, less whole frames.
#[inline(always)]
fn frames_of(samples: i32) -> f32 {
    (samples & (FRAME as i32 - 1)) as f32 / FRAME as f32
}
