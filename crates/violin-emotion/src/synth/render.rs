//! A phrase → samples: the strokes' partials and noise, added up.

use std::f64::consts::TAU;

use super::SAMPLE_RATE;
use super::body::{Body, amplitude};
use super::bow::{BowFilter, slip_noise};
use super::dice::{Dice, Purpose, WHITE_RMS};
use super::note::Phrase;
use super::partials::{BLOCK, add_partials, gains};
use super::stroke::Stroke;

/// Level of the room's own noise, so that a rest is quiet and not digital zero.
const FLOOR_DB: f64 = -80.0;

/// Renders `phrase` to mono samples at [`SAMPLE_RATE`], full scale ±1.
///
/// Levels are those of the notes, nothing is normalised; up to the loudest levels that
/// [`perform`](super::perform) gives, samples stay below 0.9. `seed` decides the noise and the unsteadiness.
pub fn render(phrase: &Phrase, seed: u64) -> Vec<f32> {
    let length = (phrase.duration_s * f64::from(SAMPLE_RATE)).round().max(0.0) as usize;
    let body = Body::violin();
    let mut sound = Sound { tone: vec![0.0; length], noise: vec![0.0; length] };
    let mut dice = Dice::new(seed, Purpose::Strokes);
    let mut hands = Dice::new(seed, Purpose::Vibrato);
    for notes in phrase.strokes() {
        sound.add(Stroke::new(notes, body, hands.seed()), body, &mut dice);
    }
    sound.mixed(seed)
}

struct Sound {
    tone: Vec<f32>,
    /// The bow's noise before its filter; RMS is that after the filter.
    noise: Vec<f32>,
}

impl Sound {
    fn add(&mut self, mut stroke: Stroke, body: &Body, dice: &mut Dice) {
        let rate = f64::from(SAMPLE_RATE);
        let (start_s, end_s) = stroke.span_s();
        let start = (start_s * rate).ceil() as usize;
        let end = ((end_s * rate) as usize).min(self.tone.len());
        let step_s = BLOCK as f64 / rate;

        let mut from = stroke.moment(start as f64 / rate, step_s, dice);
        let mut gains_from = Vec::new();
        let mut gains_to = Vec::new();
        gains(&from, body, &mut gains_from);
        let mut cycle = 0.0;
        for at in (start..end).step_by(BLOCK) {
            let to = stroke.moment((at + BLOCK) as f64 / rate, step_s, dice);
            gains(&to, body, &mut gains_to);

            let (mut sines, mut cosines) = ([0.0; BLOCK], [0.0; BLOCK]);
            let bend = (to.frequency_hz - from.frequency_hz) / BLOCK as f64;
            for (j, (sine, cosine)) in sines.iter_mut().zip(&mut cosines).enumerate() {
                let (s, c) = (TAU * cycle).sin_cos();
                (*sine, *cosine) = (s as f32, c as f32);
                cycle += (from.frequency_hz + bend * (j as f64 + 0.5)) / rate;
            }
            cycle = cycle.fract();

            let block = add_partials(&sines, &cosines, &gains_from, &gains_to);
            let stop = (at + BLOCK).min(end);
            for (sample, value) in self.tone[at..stop].iter_mut().zip(&block) {
                *sample += value;
            }
            let slip = slip_noise(&cosines, from.noise, to.noise, dice);
            for (sample, value) in self.noise[at..stop].iter_mut().zip(&slip) {
                *sample += value;
            }
            from = to;
            std::mem::swap(&mut gains_from, &mut gains_to);
        }
    }

    fn mixed(mut self, seed: u64) -> Vec<f32> {
        let mut filter = BowFilter::new();
        let mut dice = Dice::new(seed, Purpose::Floor);
        let floor = (amplitude(FLOOR_DB) / WHITE_RMS) as f32;
        for (sample, noise) in self.tone.iter_mut().zip(&self.noise) {
            *sample += filter.next(*noise) + floor * dice.white();
        }
        self.tone
    }
}
