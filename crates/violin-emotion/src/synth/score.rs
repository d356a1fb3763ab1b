//! The melody: written in scale degrees and beats, so that mode, register and tempo are left to the player.

use super::dice::{Dice, Purpose};

/// Semitones above the tonic of the seven degrees.
const MAJOR: [f64; 7] = [0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 11.0];
/// Harmonic minor: its raised seventh keeps it from sounding like the relative major.
const MINOR: [f64; 7] = [0.0, 2.0, 3.0, 5.0, 7.0, 8.0, 11.0];
/// The violin's lowest string, G3.
const LOWEST_PITCH: f64 = 55.0;
/// Two bars of four notes, four beats each.
const PHRASE_NOTES: usize = 8;
const PHRASES: usize = 8;
/// Four notes in four beats, so that the mean note is one beat long.
const RHYTHMS: [[f64; 4]; 5] =
    [[1.0, 1.0, 1.0, 1.0], [1.5, 0.5, 1.0, 1.0], [1.0, 0.5, 0.5, 2.0], [1.5, 0.5, 0.5, 1.5], [0.5, 0.5, 1.0, 2.0]];
/// Mostly to the neighbour, at times a leap.
const STEPS: [i32; 12] = [-1, -1, -1, -1, 1, 1, 1, 1, -2, 2, -3, 4];

/// A melody of [`ScoreNote`]s; a performance that lasts longer begins again.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// MIDI number of the tonic.
    pub tonic: f64,
    /// The notes; their mean length is one beat.
    pub notes: Vec<ScoreNote>,
}

/// One written note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreNote {
    /// Steps of the scale above the tonic, or below if negative.
    pub degree: i32,
    /// Length.
    pub beats: f64,
    /// Place in its musical phrase: 0 is its first note, 1 its last.
    pub place: f64,
}

impl Score {
    /// MIDI number of a scale degree, `shift` semitones away from where it is written; octaves below the violin's
    /// range are moved up.
    pub(super) fn pitch(&self, degree: i32, major: bool, shift: f64) -> f64 {
        let scale = if major { MAJOR } else { MINOR };
        let octave = f64::from(degree.div_euclid(7));
        let mut pitch = self.tonic + shift.round() + 12.0 * octave + scale[degree.rem_euclid(7) as usize];
        while pitch < LOWEST_PITCH {
            pitch += 12.0;
        }
        pitch
    }
}

/// A melody of 64 notes in eight phrases: a random walk on the scale, each phrase from and to a note of the tonic triad.
pub fn compose(seed: u64) -> Score {
    let mut dice = Dice::new(seed, Purpose::Score);
    let tonic = dice.pick(&[62.0, 63.0, 64.0, 65.0, 66.0, 67.0]);
    let mut notes = Vec::with_capacity(PHRASE_NOTES * PHRASES);
    for _ in 0..PHRASES {
        let mut degree = dice.pick(&[0, 2, 4]);
        let rhythm = [dice.pick(&RHYTHMS), dice.pick(&RHYTHMS)].concat();
        for (at, beats) in rhythm.into_iter().enumerate() {
            if at + 1 == PHRASE_NOTES {
                degree = if degree > 3 { dice.pick(&[4, 7]) } else { dice.pick(&[0, 2]) };
            } else if at > 0 {
                let step = dice.pick(&STEPS);
                let inside = (-4..=9).contains(&(degree + step));
                degree += if inside { step } else { -step };
            }
            notes.push(ScoreNote { degree, beats, place: at as f64 / (PHRASE_NOTES - 1) as f64 });
        }
    }
    Score { tonic, notes }
}
