//! Many takes with known cues and labels: enough to train on, and to see whether what was learned is what was put in.

use super::cues::{CUES, Cues};
use super::dice::{Dice, Purpose};
use super::note::Phrase;
use super::performance::perform;
use super::render::render;
use super::room::add_room;
use super::rule::labels;
use super::score::{Score, compose};

/// A performer's habit moves a cue by up to this share of its range.
const HABIT: f64 = 0.1;
/// Every take is heard in the same small room.
const ROOM_DB: f64 = -16.0;

/// Size of a [`corpus`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorpusSettings {
    /// Takes in all.
    pub takes: usize,
    /// Performers, 0 counting as 1; each plays as many takes as the others, give or take one.
    pub performers: usize,
    /// Pieces, 0 counting as 1, every other one in minor; each performer goes through them in turn.
    pub pieces: usize,
    /// Length of a take, seconds.
    pub duration_s: f64,
}

/// One take of a [`corpus`]. Its labels are a rule's: rendered, no evidence about listeners.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// `take-007-performer-2-piece-1`.
    pub name: String,
    /// From 1.
    pub performer: usize,
    /// From 1.
    pub piece: usize,
    /// What was played.
    pub cues: Cues,
    /// Shares of [`EMOTIONS`](super::EMOTIONS) by [`labels`].
    pub labels: [f32; 4],
    /// Seconds.
    pub duration_s: f64,
    score: Score,
    seed: u64,
}

impl Take {
    /// What was played, note by note.
    pub fn phrase(&self) -> Phrase {
        perform(&self.score, &self.cues, self.duration_s, self.seed)
    }

    /// The take's samples, mono at [`SAMPLE_RATE`](super::SAMPLE_RATE).
    pub fn render(&self) -> Vec<f32> {
        let mut samples = render(&self.phrase(), self.seed);
        add_room(&mut samples, ROOM_DB);
        samples
    }
}

/// Takes whose cues are drawn uniformly from their ranges, each cue independently of the others and of the emotions; only
/// the mode comes with the piece, and every performer has small habits. Nothing is rendered yet.
pub fn corpus(settings: &CorpusSettings, seed: u64) -> Vec<Take> {
    let (performers, pieces) = (settings.performers.max(1), settings.pieces.max(1));
    let mut dice = Dice::new(seed, Purpose::Performers);
    let habits: Vec<Vec<f64>> = (0..performers)
        .map(|_| CUES.iter().map(|cue| dice.between(-HABIT, HABIT) * (cue.high - cue.low)).collect())
        .collect();
    let mut dice = Dice::new(seed, Purpose::Pieces);
    let scores: Vec<Score> = (0..pieces).map(|_| compose(dice.seed())).collect();

    let mut dice = Dice::new(seed, Purpose::Takes);
    let mut takes = Vec::with_capacity(settings.takes);
    for at in 0..settings.takes {
        let performer = at % performers;
        let piece = at / performers % pieces;
        let mut cues = Cues::default();
        for (cue, habit) in CUES.iter().zip(&habits[performer]) {
            (cue.set)(&mut cues, (dice.between(cue.low, cue.high) + habit).clamp(cue.low, cue.high));
        }
        cues.register_semitones = cues.register_semitones.round();
        cues.mode = if piece.is_multiple_of(2) { 1.0 } else { -1.0 };
        takes.push(Take {
            name: format!("take-{:03}-performer-{}-piece-{}", at + 1, performer + 1, piece + 1),
            performer: performer + 1,
            piece: piece + 1,
            cues,
            labels: labels(&cues),
            duration_s: settings.duration_s,
            score: scores[piece].clone(),
            seed: dice.seed(),
        });
    }
    takes
}
