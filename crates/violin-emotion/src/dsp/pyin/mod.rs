//! Probabilistic YIN: the course of one fundamental frequency, as `librosa.pyin`.
//!
//! M. Mauch & S. Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold distributions", ICASSP 2014.
//! Every frame proposes periods with probabilities; a hidden Markov model over pitches in steps of ten cents, voiced or not,
//! chooses the likeliest course through them.

mod candidates;
mod course;
mod difference;

use candidates::Candidates;
use course::Course;
use difference::Difference;

/// States of the model to a semitone.
pub const BINS_PER_SEMITONE: usize = 10;
/// How fast pitch may move, octaves a second.
const FASTEST_OCTAVES_PER_S: f64 = 35.92;

/// What pitches are looked for, and how often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PyinSettings {
    /// Samples a second.
    pub sample_rate: f64,
    /// Lowest fundamental, Hz; its period must be shorter than `frame`.
    pub low_hz: f64,
    /// Highest fundamental, Hz; at most half the sample rate.
    pub high_hz: f64,
    /// Samples of a frame: at least two periods of `low_hz` should fit.
    pub frame: usize,
    /// Samples from one frame's centre to the next.
    pub hop: usize,
}

/// One value a frame; the first frame is centred on the first sample.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PitchTrack {
    /// The likeliest fundamental in Hz, in steps of ten cents above the lowest, voiced or not.
    pub hz: Vec<f32>,
    /// Whether the likeliest course has a pitch here.
    pub voiced: Vec<bool>,
    /// Probability that the frame, taken alone, has a pitch; 0 to 1.
    pub probability: Vec<f32>,
}

/// Follows the pitch of `samples`, which are taken as silent beyond their ends: 1 + samples / hop frames.
///
/// # Panics
/// If the settings do not fit each other: see [`PyinSettings`].
pub fn pyin(samples: &[f32], settings: &PyinSettings) -> PitchTrack {
    let mut difference = Difference::new(settings);
    let candidates = Candidates::new(settings, difference.shortest());
    let pitches = candidates.pitches();
    let reach = BINS_PER_SEMITONE
        * (FASTEST_OCTAVES_PER_S * 12.0 * settings.hop as f64 / settings.sample_rate).round_ties_even() as usize
        / 2;
    let mut course = Course::new(pitches, reach);

    let mut probability = Vec::new();
    let mut proposals = Vec::new();
    for frame in 0..=samples.len() / settings.hop {
        proposals.clear();
        let voiced = candidates.propose(difference.of(samples, frame), &mut proposals);
        course.push(&proposals, voiced);
        probability.push(voiced);
    }
    let states = course.likeliest();
    let step = |state: usize| settings.low_hz * ((state % pitches) as f64 / (12 * BINS_PER_SEMITONE) as f64).exp2();
    PitchTrack {
        hz: states.iter().map(|state| step(*state) as f32).collect(),
        voiced: states.iter().map(|state| *state < pitches).collect(),
        probability,
    }
}

#[cfg(test)]
mod tests;
