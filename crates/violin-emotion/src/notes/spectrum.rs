//! A note's spectrum with its pitch held still, so that vibrato does not spread the partials.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use super::curves::{HOP, HOP_S, SAMPLE_RATE};
use super::plateaus::median;

/// Frames of so many values: 46 to 93 ms of a violin's tones.
const FRAME: usize = 4096;
/// A frame holds so many periods at least: the window's lobe is then a quarter of the fundamental wide to either side.
const PERIODS: usize = 16;
/// Notes of fewer periods have no spectrum: their partials would not part.
const FEWEST_PERIODS: usize = 8;
/// What is shorter than a frame is seen through a window of a multiple of so many values.
const LENGTHS: usize = 64;
/// Nothing above is looked at, Hz.
pub(super) const HIGHEST_HZ: f64 = 8_000.0;
/// Pitches further from the note's own are errors, semitones.
const WIDEST: f32 = 1.2;
/// The window of F. J. Harris, "On the use of windows for harmonic analysis" (1978): four terms, side lobes at −92 dB.
const BLACKMAN_HARRIS: [f64; 4] = [0.358_75, 0.488_29, 0.141_28, 0.011_68];
/// Half the lobe of the window, in cycles a window.
const LOBE: f64 = 4.0;

/// Power over frequency in units of the fundamental.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spectrum {
    /// Frames × bins: mean square in each bin; a frame's bins sum to its mean square.
    pub frames: Vec<Vec<f32>>,
    /// Bins from one partial to the next.
    pub spacing: usize,
    /// Periods that the window sees.
    pub periods: f64,
    /// Median of the fundamental, Hz.
    pub hz: f64,
}

/// Makes spectra; keeps what they share.
pub(super) struct Spectrograph {
    planner: RealFftPlanner<f32>,
    windows: HashMap<usize, Arc<[f32]>>,
}

impl Spectrograph {
    pub fn new() -> Self {
        Spectrograph { planner: RealFftPlanner::new(), windows: HashMap::new() }
    }

    /// The spectrum of the moments of `pitch` (MIDI numbers, NaN where unknown); the samples are taken at equal steps of
    /// the fundamental's phase. `None` if there are too few periods.
    pub fn spectrum(&mut self, samples: &[f32], pitch: &[f32], moments: Range<usize>) -> Option<Spectrum> {
        let centre = median(&pitch[moments.clone()]);
        let phases = Phases::of(&pitch[moments.clone()], centre)?;
        let hz = 440.0 * ((f64::from(centre) - 69.0) / 12.0).exp2();
        let spacing_s = ((SAMPLE_RATE / hz) as usize).next_power_of_two();
        let frame = FRAME.max(PERIODS * spacing_s);
        let whole = (phases.last() * spacing_s as f64) as usize;
        // Few lengths, so that windows can be used again.
        let seen = (whole / LENGTHS * LENGTHS).min(frame);
        if seen < FEWEST_PERIODS * spacing_s {
            return None;
        }
        let still = phases.still(&samples[moments.start * HOP..], spacing_s, whole);
        let forward = self.planner.plan_fft_forward(frame);
        let window = self.window(seen);
        let bins = ((HIGHEST_HZ / hz + 1.0) * (frame / spacing_s) as f64) as usize;
        let frames = (whole - seen) / (seen / 2) + 1;
        // The frames spread over the whole.
        let start = |at: usize| if frames == 1 { (whole - seen) / 2 } else { at * (whole - seen) / (frames - 1) };
        let frames = (0..frames).map(|at| power(&*forward, &still[start(at)..start(at) + seen], &window, bins));
        let periods = seen as f64 / spacing_s as f64;
        Some(Spectrum { frames: frames.collect(), spacing: frame / spacing_s, periods, hz })
    }

    fn window(&mut self, length: usize) -> Arc<[f32]> {
        let value = |at: usize| {
            let turn = TAU * (at as f64 + 0.5) / length as f64;
            let [a, b, c, d] = BLACKMAN_HARRIS;
            (a - b * turn.cos() + c * (2.0 * turn).cos() - d * (3.0 * turn).cos()) as f32
        };
        self.windows.entry(length).or_insert_with(|| (0..length).map(value).collect()).clone()
    }
}

impl Spectrum {
    /// Share of the fundamental that a partial takes up to either side.
    pub fn lobe(&self) -> f64 {
        LOBE / self.periods
    }

    /// The bins from `low` to `high` times the fundamental, ends included.
    pub fn bins(&self, low: f64, high: f64) -> Range<usize> {
        let bins = self.frames[0].len();
        let low = (low * self.spacing as f64).ceil().max(0.0) as usize;
        let high = (high * self.spacing as f64).floor() as usize + 1;
        low.min(bins)..high.min(bins).max(low.min(bins))
    }

    /// Mean over the frames.
    pub fn mean(&self) -> Vec<f32> {
        let mut mean = vec![0.0; self.frames[0].len()];
        for frame in &self.frames {
            mean.iter_mut().zip(frame).for_each(|(mean, power)| *mean += power / self.frames.len() as f32);
        }
        mean
    }
}

/// The fundamental's phase at each moment, in cycles from the first.
struct Phases {
    cycles: Vec<f64>,
    /// Cycles a moment.
    rates: Vec<f64>,
}

impl Phases {
    fn of(pitch: &[f32], centre: f32) -> Option<Self> {
        let known = |pitch: &f32| (pitch - centre).abs() < WIDEST;
        let mut last = *pitch.iter().find(|pitch| known(pitch))?;
        let mut held = |pitch: &f32| {
            if known(pitch) {
                last = *pitch;
            }
            440.0 * ((f64::from(last) - 69.0) / 12.0).exp2() * HOP_S
        };
        let rates: Vec<f64> = pitch.iter().map(&mut held).collect();
        let mut sum = 0.0;
        let steps = rates.windows(2).map(|pair| {
            sum += (pair[0] + pair[1]) / 2.0;
            sum
        });
        Some(Phases { cycles: std::iter::once(0.0).chain(steps).collect(), rates })
    }

    fn last(&self) -> f64 {
        self.cycles.last().copied().unwrap_or_default()
    }

    /// `count` values of `samples`, `a_cycle` of them a cycle, by cubic interpolation; the first moment is the first sample.
    fn still(&self, samples: &[f32], a_cycle: usize, count: usize) -> Vec<f32> {
        let mut moment = 0;
        let value = |at: usize| {
            let cycle = at as f64 / a_cycle as f64;
            while moment + 2 < self.cycles.len() && self.cycles[moment + 1] <= cycle {
                moment += 1;
            }
            // cycle = cycles + rate · x + bend · x² / 2, x being the way to the next moment
            let (way, rate) = (cycle - self.cycles[moment], self.rates[moment]);
            let bend = self.rates[moment + 1] - rate;
            let x = 2.0 * way / (rate + (rate * rate + 2.0 * bend * way).max(0.0).sqrt());
            cubic(samples, (moment as f64 + x) * HOP as f64)
        };
        (0..count).map(value).collect()
    }
}

/// The value at `place` by the cubic through the four samples around it; silence beyond the ends.
fn cubic(samples: &[f32], place: f64) -> f32 {
    let before = place as usize;
    let x = (place - before as f64) as f32;
    let (a, b, c, d) = match before.checked_sub(1).and_then(|first| samples.get(first..before + 3)) {
        Some(&[a, b, c, d]) => (a, b, c, d),
        _ => {
            let sample = |at: Option<usize>| at.and_then(|at| samples.get(at)).copied().unwrap_or(0.0);
            (sample(before.checked_sub(1)), sample(Some(before)), sample(Some(before + 1)), sample(Some(before + 2)))
        }
    };
    let (u, v, w) = (x + 1.0, x - 1.0, x - 2.0);
    -a * x * v * w / 6.0 + b * u * v * w / 2.0 - c * u * x * w / 2.0 + d * u * x * v / 6.0
}

fn power(forward: &dyn RealToComplex<f32>, values: &[f32], window: &[f32], bins: usize) -> Vec<f32> {
    let mut input = forward.make_input_vec();
    let mut spectrum: Vec<Complex32> = forward.make_output_vec();
    let mut squares = 0.0;
    for ((input, value), weight) in input.iter_mut().zip(values).zip(window) {
        *input = value * weight;
        squares += f64::from(*weight).powi(2);
    }
    // Lengths are those the plan asked for.
    let done = forward.process(&mut input, &mut spectrum);
    debug_assert!(done.is_ok());
    let scale = (2.0 / (squares * forward.len() as f64)) as f32;
    spectrum.iter().take(bins).map(|value| value.norm_sqr() * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the cubic leaves between the partials, as a share of the whole: −50 dB.
    const LEFT: f32 = 1e-5;

    #[test]
    fn vibrato_does_not_spread_the_partials() {
        let hz = |time: f64| 440.0 * (0.5 * (TAU * 6.0 * time).sin() / 12.0).exp2();
        let mut cycle = 0.0;
        let samples: Vec<f32> = (0..HOP * 172)
            .map(|at| {
                cycle += hz(at as f64 / SAMPLE_RATE) / SAMPLE_RATE;
                (0.5 * (TAU * cycle).sin() + 0.25 * (TAU * 2.0 * cycle).sin()) as f32
            })
            .collect();
        let pitch: Vec<f32> =
            (0..172).map(|at| (69.0 + 12.0 * (hz(f64::from(at) * HOP_S) / 440.0).log2()) as f32).collect();
        let spectrum = Spectrograph::new().spectrum(&samples, &pitch, 10..160).expect("enough periods");
        let (mean, lobe) = (spectrum.mean(), spectrum.lobe());
        let around = |low: f64, high: f64| mean[spectrum.bins(low, high)].iter().sum::<f32>();
        let partials = [around(1.0 - lobe, 1.0 + lobe), around(2.0 - lobe, 2.0 + lobe)];
        assert!((partials[0] / 0.125 - 1.0).abs() < 0.01 && (partials[1] / 0.03125 - 1.0).abs() < 0.01, "{partials:?}");
        let rest = around(0.0, 18.0) - partials[0] - partials[1];
        assert!(rest < LEFT * 0.15625, "{rest}");
        assert_eq!(Spectrograph::new().spectrum(&samples, &pitch, 10..12), None);
    }
}
