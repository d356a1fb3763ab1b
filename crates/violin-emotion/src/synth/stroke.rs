//! One movement of the bow, or one pluck: the controls of its notes over time.

use std::f64::consts::{PI, SQRT_2, TAU};

use super::body::{Body, HIGHEST_HZ, amplitude};
use super::dice::{Dice, Purpose};
use super::note::{Note, frequency_hz};

/// The rise is half a cosine; from 10 % to 90 % is this share of it: (acos(−0.8) − acos(0.8)) / π.
const RISE_SHARE: f64 = 0.590_334_470_601_733;
/// The string's ring after the bow has left: time to fall to 1/e.
const RING_S: f64 = 0.035;
/// Ringing is followed down to −60 dB.
const RING_TIMES: f64 = 6.9;
/// While the tone is not full, its spectrum falls by up to this much more.
const DULLNESS_DB_PER_OCTAVE: f64 = 3.0;
/// The bow's noise while the tone begins, over what it is later: what is heard as its bite.
const BITE: f64 = 2.5;
/// From the start of the vibrato to its full width.
const VIBRATO_RISE_S: f64 = 0.15;
/// Points of a vibrato cycle at which a note's strength is looked at.
const VIBRATO_POINTS: usize = 8;
/// From 10 % to 90 % of the logistic curve, in units of its scale: 2 ln 9.
const LOGISTIC_WIDTH: f64 = 4.394_449_154_672_439;
/// No hand is steadier: slow deviations of level and pitch, and the time in which they change.
const UNSTEADY_DB: f64 = 0.7;
const UNSTEADY_CENTS: f64 = 1.5;
const UNSTEADY_S: f64 = 0.04;
/// In which the vibrato's rate and width wander: about a cycle.
const IRREGULAR_S: f64 = 0.1;
/// A plucked A4 falls to 1/e in this time, other notes as the root of their period: recorded ones take 0.15 s at 260 Hz and
/// 0.06 s at 1 kHz.
const PLUCK_DECAY_S: f64 = 0.14;
/// Each partial of a plucked note dies faster than the one below by this share of the fundamental's decay.
const PLUCK_FADE: f64 = 0.2;
/// A stroke swells to its middle by this much from its ends.
const SWELL_DB: f64 = 1.0;
/// Steepness with which a glide counts as being between two notes, once it has left the first.
const BETWEEN_NOTES: f64 = 20.0;
/// dB of a doubled amplitude.
const DB_PER_DOUBLING: f64 = 6.020_599_913_279_624;

/// What a stroke is at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub frequency_hz: f64,
    /// Amplitude of partial k is `scale` · body(k · frequency) · k^`slope` · exp(−(k − 1) · `fade`).
    pub scale: f64,
    pub slope: f64,
    pub fade: f64,
    /// RMS of the bow's noise.
    pub noise: f64,
}

/// The notes of a stroke, with what a note needs to reach its level.
pub(super) struct Stroke<'a> {
    notes: &'a [Note],
    body: &'a Body,
    /// dB by which the body and the spectrum lift a note over the amplitude of its string.
    lifts: Vec<f64>,
    level: Drift,
    pitch: Drift,
    hand: Hand,
}

impl<'a> Stroke<'a> {
    /// `notes` is not empty.
    pub fn new(notes: &'a [Note], body: &'a Body, hand_seed: u64) -> Self {
        let lifts = notes.iter().map(|note| lift(note, body)).collect();
        let drift = || Drift::new(UNSTEADY_S);
        Stroke { notes, body, lifts, level: drift(), pitch: drift(), hand: Hand::new(hand_seed) }
    }

    /// Start and end of its sound, the ring included, seconds.
    pub fn span_s(&self) -> (f64, f64) {
        (self.notes[0].onset_s, self.release_s() + RING_TIMES * RING_S)
    }

    fn release_s(&self) -> f64 {
        let last = &self.notes[self.notes.len() - 1];
        last.onset_s + last.sounding_s
    }

    /// The stroke at `time_s`, `step_s` after the moment asked for before.
    pub fn moment(&mut self, time_s: f64, step_s: f64, dice: &mut Dice) -> Moment {
        let mut pitch = 0.0;
        let mut level_db = UNSTEADY_DB * self.level.next(step_s, dice) + self.arch_db(time_s);
        let mut brightness = 0.0;
        let mut noise_db = 0.0;
        let mut cents = UNSTEADY_CENTS * self.pitch.next(step_s, dice);
        let mut lift_db = 0.0;
        let mut arrived = 1.0;
        let mut between: f64 = 1.0;
        for (at, note) in self.notes.iter().enumerate() {
            let next = self.notes.get(at + 1).map_or(0.0, |next| transition(next, time_s));
            // Weights of all notes sum to 1: a note holds from its own transition to the next one's.
            let weight = arrived - next;
            arrived = next;
            if weight < 1e-6 {
                continue;
            }
            between = between.min(BETWEEN_NOTES * weight * (1.0 - weight));
            pitch += weight * note.pitch;
            let note_db = note.level_db + envelope_db(note, time_s);
            level_db += weight * note_db;
            lift_db += weight * self.lifts[at];
            noise_db += weight * (note_db + note.bow_noise_db);
            brightness += weight * note.brightness_db_per_octave;
            cents += weight * self.hand.vibrato(note, time_s, weight * step_s);
        }
        if between > 1e-3 {
            // A slide across a resonance must not shout.
            let here_db = decibels(power(frequency_hz(pitch), slope(brightness), self.body));
            lift_db += between * (here_db - lift_db).max(0.0);
        }
        let full = self.fullness(time_s);
        let pitch = pitch + cents / 100.0;
        if self.notes[0].plucked {
            let note = &self.notes[0];
            let died = (time_s - note.onset_s).max(0.0) / (PLUCK_DECAY_S * (440.0 / note.frequency_hz()).sqrt());
            return Moment {
                frequency_hz: frequency_hz(pitch),
                scale: full * (-died).exp() * amplitude(note.level_db - lift_db),
                slope: slope(brightness),
                fade: PLUCK_FADE * died,
                noise: 0.0,
            };
        }
        Moment {
            frequency_hz: frequency_hz(pitch),
            scale: full * amplitude(level_db - lift_db),
            slope: slope(brightness - DULLNESS_DB_PER_OCTAVE * (1.0 - full)),
            fade: 0.0,
            noise: full * self.bite(full, time_s) * amplitude(noise_db),
        }
    }

    /// The amplitude's envelope, 0 to 1.
    fn fullness(&self, time_s: f64) -> f64 {
        let first = &self.notes[0];
        let release_s = self.release_s();
        let bowed_s = time_s.min(release_s) - first.onset_s;
        let rise = (bowed_s * RISE_SHARE / first.attack_s.max(1e-3)).clamp(0.0, 1.0);
        let ring = ((release_s - time_s.max(release_s)) / RING_S).exp();
        (0.5 - 0.5 * (PI * rise).cos()) * ring
    }

    /// The bow's own arch, with mean 0 over the bowed time.
    fn arch_db(&self, time_s: f64) -> f64 {
        let first_s = self.notes[0].onset_s;
        let along = ((time_s - first_s) / (self.release_s() - first_s).max(1e-3)).clamp(0.0, 1.0);
        SWELL_DB * arch(along)
    }

    /// The factor on the bow's noise: more at the start, none once the bow has left.
    fn bite(&self, full: f64, time_s: f64) -> f64 {
        if time_s > self.release_s() { full } else { 1.0 + (BITE - 1.0) * (1.0 - full) }
    }
}

/// A parabola over 0 to 1, 1 higher in the middle than at its ends, its mean 0.
fn arch(along: f64) -> f64 {
    4.0 * along * (1.0 - along) - 2.0 / 3.0
}

/// The note's own dynamics, with mean 0 over its sounding time.
fn envelope_db(note: &Note, time_s: f64) -> f64 {
    let along = ((time_s - note.onset_s) / note.sounding_s.max(1e-3)).clamp(0.0, 1.0);
    note.swell_db * arch(along) + note.crescendo_db * (along - 0.5)
}

/// Slow chance of mean 0 and standard deviation 1. Filtered twice: filtered once, it would be heard as noise.
struct Drift {
    over_s: f64,
    once: f64,
    twice: f64,
}

impl Drift {
    fn new(over_s: f64) -> Self {
        Drift { over_s, once: 0.0, twice: 0.0 }
    }

    fn next(&mut self, step_s: f64, dice: &mut Dice) -> f64 {
        let kept = (-step_s / self.over_s).exp();
        self.once = kept * self.once + (1.0 - kept * kept).sqrt() * dice.normal();
        self.twice = kept * self.twice + (1.0 - kept) * self.once;
        // The second filter halves the variance.
        SQRT_2 * self.twice
    }
}

/// Exponent of the partials' amplitudes over their number: −1 is the string's own.
fn slope(brightness_db_per_octave: f64) -> f64 {
    brightness_db_per_octave / DB_PER_DOUBLING - 1.0
}

/// RMS of the partials of a string of amplitude 1, through the body, in dB: what is taken off so that all notes of one
/// level are equally strong, as a player hears to it. Vibrato's whole width is taken into account.
fn lift(note: &Note, body: &Body) -> f64 {
    let slope = slope(note.brightness_db_per_octave);
    let power: f64 = (0..VIBRATO_POINTS)
        .map(|at| {
            let swing = (PI * (at as f64 + 0.5) / VIBRATO_POINTS as f64).cos();
            power(frequency_hz(note.pitch + note.vibrato_extent_cents * swing / 100.0), slope, body)
        })
        .sum();
    decibels(power / VIBRATO_POINTS as f64)
}

/// Mean square of the partials of a string of amplitude 1, through the body.
fn power(hz: f64, slope: f64, body: &Body) -> f64 {
    let partials = (HIGHEST_HZ / hz) as usize;
    let power = |k: usize| (f64::from(body.gain(k as f64 * hz)) * (k as f64).powf(slope)).powi(2) / 2.0;
    (1..=partials).map(power).sum()
}

fn decibels(power: f64) -> f64 {
    10.0 * power.max(1e-12).log10()
}

/// How far the pitch has moved on to `note`: a logistic curve about its onset.
fn transition(note: &Note, time_s: f64) -> f64 {
    let scale = note.glide_s.max(1e-3) / LOGISTIC_WIDTH;
    1.0 / (1.0 + ((note.onset_s - time_s) / scale).exp())
}

/// The left hand: vibrato, and how irregular it is.
struct Hand {
    dice: Dice,
    rate: Drift,
    width: Drift,
    /// Cycles by which the vibrato is ahead of an even one.
    ahead: f64,
}

impl Hand {
    fn new(seed: u64) -> Self {
        let drift = || Drift::new(IRREGULAR_S);
        Hand { dice: Dice::new(seed, Purpose::Vibrato), rate: drift(), width: drift(), ahead: 0.0 }
    }

    /// Deviation in cents, `step_s` of this note's time after the one before.
    fn vibrato(&mut self, note: &Note, time_s: f64, step_s: f64) -> f64 {
        let since = time_s - note.onset_s - note.vibrato_delay_s;
        if since <= 0.0 || note.vibrato_extent_cents == 0.0 {
            return 0.0;
        }
        let mut width = (since / VIBRATO_RISE_S).min(1.0);
        if note.vibrato_irregularity > 0.0 {
            let faster = note.vibrato_irregularity * self.rate.next(step_s, &mut self.dice);
            self.ahead += faster * note.vibrato_rate_hz * step_s;
            width *= 1.0 + note.vibrato_irregularity * self.width.next(step_s, &mut self.dice);
        }
        note.vibrato_extent_cents * width * (TAU * (note.vibrato_rate_hz * since + self.ahead)).sin()
    }
}
