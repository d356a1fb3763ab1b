//! What a recording holds where nobody plays: the steady noise of room and microphone.

use std::f64::consts::TAU;

use realfft::RealFftPlanner;

use super::curves::{Curves, HOP, SAMPLE_RATE};
use super::{Note, plateaus::median};

/// Samples of a look: 46 ms.
const FRAME: usize = 2048;
/// At rest the level is so far below the notes' median, dB.
const REST_DB: f32 = 12.0;
/// Of the moments at rest the quietest half is looked at, a look every so many moments, so many looks at most.
const STEP: usize = 4;
const MOST: usize = 200;
/// Fewer say nothing.
const FEWEST: usize = 3;
/// The quarter of the looks that is lowest in a bin: tones that ring are not in it. For noise it ends at this share of the
/// mean power: −ln 0.75.
const QUARTER: f32 = 0.287_682;
/// Bins on either side over which the power is evened out by a median: 107 Hz.
const EVEN_OUT: usize = 5;

/// Power density over frequency.
pub(super) struct Background {
    /// Mean square a Hz, one value a bin of SAMPLE_RATE / FRAME; empty if it is not known.
    density: Vec<f32>,
}

impl Background {
    /// Of the moments without a pitch that are much quieter than the notes; nothing if there are none.
    pub fn of(samples: &[f32], curves: &Curves, notes: &[Note]) -> Self {
        let nothing = Background { density: Vec::new() };
        let loud = median(&notes.iter().map(|note| note.level_db).collect::<Vec<f32>>()) - REST_DB;
        let around = FRAME / HOP / 2;
        let at_rest = |moment: &usize| {
            let moments = *moment - around..*moment + around;
            curves.level_db[moments.clone()].iter().all(|level| *level < loud)
                && curves.pitch[moments].iter().all(|pitch| pitch.is_nan())
        };
        let last = (samples.len() / HOP).min(curves.pitch.len()).saturating_sub(around);
        let mut rests: Vec<usize> = (around..last).step_by(STEP).filter(at_rest).collect();
        rests.sort_by(|one, other| curves.level_db[*one].total_cmp(&curves.level_db[*other]));
        rests.truncate((rests.len() / 2).min(MOST));
        if rests.len() < FEWEST {
            return nothing;
        }
        let looks = rests.iter().map(|moment| &samples[(moment - around) * HOP..(moment + around) * HOP]);
        let looks = powers(looks);
        let quarter = |bin: usize| {
            let mut powers: Vec<f32> = looks.iter().map(|look| look[bin]).collect();
            *powers.select_nth_unstable_by(looks.len() / 4, f32::total_cmp).1 / QUARTER
        };
        let rough: Vec<f32> = (0..FRAME / 2 + 1).map(quarter).collect();
        let evened = |bin: usize| median(&rough[bin.saturating_sub(EVEN_OUT)..(bin + EVEN_OUT + 1).min(rough.len())]);
        Background { density: (0..rough.len()).map(evened).collect() }
    }

    /// Mean square a Hz at `hz`; 0 if it is not known.
    pub fn density(&self, hz: f64) -> f32 {
        let bin = (hz * FRAME as f64 / SAMPLE_RATE) as usize;
        self.density.get(bin).copied().unwrap_or(0.0)
    }
}

/// What sounds is not quieter than the strongest by more, dB.
const SOUNDS_DB: f32 = 20.0;
/// Below is hum and rumble, Hz; and so near to the lowest pitch is still its own, as a share of it.
const LOWEST_HZ: f64 = 80.0;
const BELOW: f64 = 0.85;

/// Power from 80 Hz to a little below `low_hz` over the whole from 80 Hz on, dB, where the recording sounds.
pub(super) fn below_db(samples: &[f32], curves: &Curves, low_hz: f64) -> f32 {
    let strongest = curves.level_db.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let around = FRAME / HOP / 2;
    let last = (samples.len() / HOP).saturating_sub(around).min(curves.level_db.len());
    let sounding: Vec<usize> =
        (around..last).step_by(STEP).filter(|moment| curves.level_db[*moment] > strongest - SOUNDS_DB).collect();
    let every = sounding.len().div_ceil(MOST).max(1);
    let looks = sounding.iter().step_by(every).map(|at| &samples[(at - around) * HOP..(at + around) * HOP]);
    let bin = |hz: f64| (hz * FRAME as f64 / SAMPLE_RATE).round() as usize;
    let (first, end) = (bin(LOWEST_HZ), bin(BELOW * low_hz).max(bin(LOWEST_HZ)));
    let (mut below, mut all) = (0.0, f32::MIN_POSITIVE);
    for look in powers(looks) {
        below += look[first..end].iter().sum::<f32>();
        all += look[first..].iter().sum::<f32>();
    }
    10.0 * (below / all).log10()
}

/// Mean square a Hz of each look in each bin, seen through a Hann window.
fn powers<'a>(looks: impl Iterator<Item = &'a [f32]>) -> Vec<Vec<f32>> {
    let forward = RealFftPlanner::new().plan_fft_forward(FRAME);
    let window: Vec<f32> =
        (0..FRAME).map(|at| (0.5 - 0.5 * (TAU * (at as f64 + 0.5) / FRAME as f64).cos()) as f32).collect();
    let squares: f32 = window.iter().map(|weight| weight * weight).sum();
    let scale = 2.0 / (squares * SAMPLE_RATE as f32);
    let (mut input, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    looks
        .map(|look| {
            input.iter_mut().zip(look).zip(&window).for_each(|((input, sample), weight)| *input = sample * weight);
            // Lengths are those the plan asked for.
            let done = forward.process(&mut input, &mut spectrum);
            debug_assert!(done.is_ok());
            spectrum.iter().map(|value| value.norm_sqr() * scale).collect()
        })
        .collect()
}
