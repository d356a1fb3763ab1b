//! A small room: Schroeder's reverberator (M. R. Schroeder, "Natural sounding artificial reverberation", 1962).

use super::SAMPLE_RATE;
use super::body::amplitude;

/// Delays of the parallel combs and of the all-passes after them, in samples, without common factors.
const COMBS: [usize; 6] = [1_153, 1_321, 1_453, 1_601, 1_787, 1_949];
const ALL_PASSES: [usize; 2] = [241, 83];
const ALL_PASS_GAIN: f32 = 0.6;
/// Time in which the tail falls by 60 dB.
const DECAY_S: f64 = 0.6;
/// Each turn in a comb loses this share of its treble.
const DAMPING: f32 = 0.35;

/// Adds a room's tail, `level_db` re the dry sound (−12 is a small hall, −20 hardly noticed).
///
/// The level is that for a long white noise; a tail prolongs notes and fills rests.
pub fn add_room(samples: &mut [f32], level_db: f64) {
    let mut probe = Room::new();
    let response = (DECAY_S * f64::from(SAMPLE_RATE)) as usize;
    let energy: f64 = (0..response).map(|at| f64::from(probe.next(if at == 0 { 1.0 } else { 0.0 })).powi(2)).sum();
    let share = (amplitude(level_db) / energy.sqrt()) as f32;
    let mut room = Room::new();
    for sample in samples {
        *sample += share * room.next(*sample);
    }
}

struct Room {
    combs: Vec<Comb>,
    all_passes: Vec<Delay>,
}

struct Comb {
    delay: Delay,
    feedback: f32,
    damped: f32,
}

impl Room {
    fn new() -> Self {
        let combs = COMBS.map(|length| {
            let turns = DECAY_S * f64::from(SAMPLE_RATE) / length as f64;
            Comb { delay: Delay::new(length), feedback: amplitude(-60.0 / turns) as f32, damped: 0.0 }
        });
        Room { combs: Vec::from(combs), all_passes: ALL_PASSES.map(Delay::new).into() }
    }

    fn next(&mut self, sample: f32) -> f32 {
        let mut sum = 0.0;
        for comb in &mut self.combs {
            let out = comb.delay.oldest();
            comb.damped = out + DAMPING * (comb.damped - out);
            comb.delay.push(sample + comb.feedback * comb.damped);
            sum += out;
        }
        for all_pass in &mut self.all_passes {
            let old = all_pass.oldest();
            let inner = sum + ALL_PASS_GAIN * old;
            all_pass.push(inner);
            sum = old - ALL_PASS_GAIN * inner;
        }
        sum
    }
}

struct Delay {
    samples: Vec<f32>,
    at: usize,
}

impl Delay {
    fn new(length: usize) -> Self {
        Delay { samples: vec![0.0; length], at: 0 }
    }

    fn oldest(&self) -> f32 {
        self.samples[self.at]
    }

    fn push(&mut self, sample: f32) {
        self.samples[self.at] = sample;
        self.at = (self.at + 1) % self.samples.len();
    }
}
