//! Many takes with known cues and labels: enough to train on, and to see whether what was learned is what was put in.

use std::ops::RangeInclusive;

use super::cues::{CUES, Cues};
use super::dice::{Dice, Purpose};
use super::note::Phrase;
use super::performance::perform;
use super::recipe::{Recipe, RecordingRanges};
use super::recorded::Recorded;
use super::render::render;
use super::score::{Score, compose};
use crate::{Error, Result};

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

impl CorpusSettings {
    /// How long a take may be, seconds.
    pub const DURATION_S: RangeInclusive<f64> = 0.5..=600.0;

    /// Checks that there is something to render, and that it ends.
    ///
    /// # Errors
    /// `Config` without takes, or with takes of another length than [`CorpusSettings::DURATION_S`].
    pub fn check(&self) -> Result<()> {
        if self.takes == 0 {
            return Err(Error::config("takes", "1 at least", 0));
        }
        let (least, most) = CorpusSettings::DURATION_S.into_inner();
        match CorpusSettings::DURATION_S.contains(&self.duration_s) {
            true => Ok(()),
            false => Err(Error::config("duration_s", format!("seconds from {least} to {most}"), self.duration_s)),
        }
    }
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
    /// How it was recorded.
    pub recorded: Recorded,
    /// True shares of the recipe's emotions, by [`Recipe::labels`].
    pub labels: Vec<f32>,
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
        self.recorded.apply(&mut samples, self.seed);
        samples
    }

    /// The emotion that each of `raters` raters chooses, as its place in the labels: independent draws from the true
    /// shares. A rater's choice does not depend on how many there are.
    pub fn votes(&self, raters: usize) -> Vec<usize> {
        let mut dice = Dice::new(self.seed, Purpose::Raters);
        let mut vote = || {
            let mut left = dice.uniform();
            let chosen = self.labels.iter().position(|share| {
                left -= f64::from(*share);
                left < 0.0
            });
            // Shares in f32 may sum to a little less than 1.
            chosen.unwrap_or(self.labels.len() - 1)
        };
        (0..raters).map(|_| vote()).collect()
    }
}

/// Takes of the built-in recipe, as [`Recipe::takes`].
pub fn corpus(settings: &CorpusSettings, seed: u64) -> Vec<Take> {
    Recipe::built_in().takes(settings, seed)
}

impl Recipe {
    /// Takes whose cues are drawn from their ranges, each value as likely as any other, each cue independently of the
    /// others and of the emotions; only decoys follow another cue, the mode comes with the piece, and every performer
    /// has small habits. Nothing is rendered yet.
    pub fn takes(&self, settings: &CorpusSettings, seed: u64) -> Vec<Take> {
        let (performers, pieces) = (settings.performers.max(1), settings.pieces.max(1));
        let mut dice = Dice::new(seed, Purpose::Performers);
        let habits: Vec<Vec<f64>> =
            (0..performers).map(|_| CUES.iter().map(|_| dice.between(-self.habit, self.habit)).collect()).collect();
        let mut dice = Dice::new(seed, Purpose::Pieces);
        let scores: Vec<Score> = (0..pieces).map(|_| compose(dice.seed())).collect();

        let mut dice = Dice::new(seed, Purpose::Takes);
        let mut recorder = Dice::new(seed, Purpose::Recordings);
        let digits = settings.takes.to_string().len().max(3);
        let mut takes = Vec::with_capacity(settings.takes);
        for at in 0..settings.takes {
            let performer = at % performers;
            let piece = at / performers % pieces;
            let mut cues = self.draw(&habits[performer], &mut dice);
            cues.mode = if piece.is_multiple_of(2) { 1.0 } else { -1.0 };
            takes.push(Take {
                name: format!("take-{:0digits$}-performer-{}-piece-{}", at + 1, performer + 1, piece + 1),
                performer: performer + 1,
                piece: piece + 1,
                labels: self.labels(&cues),
                cues,
                recorded: self.recording.draw(&mut recorder),
                duration_s: settings.duration_s,
                score: scores[piece].clone(),
                seed: dice.seed(),
            });
        }
        takes
    }

    fn draw(&self, habits: &[f64], dice: &mut Dice) -> Cues {
        // As many draws for a take whatever the recipe, and each cue's own: a changed range changes its cue alone.
        let drawn: Vec<f64> = CUES.iter().map(|_| dice.uniform()).collect();
        let place = |name: &str| CUES.iter().position(|cue| cue.name == name).expect("a recipe's cues exist");
        let free = |at: usize| reflected(drawn[at] + habits[at]);
        let mut cues = Cues::default();
        for (name, [low, high]) in &self.ranges {
            let at = place(name);
            let decoy = self.decoys.iter().find(|decoy| decoy.cue == *name);
            let share = decoy.map_or_else(
                || free(at),
                |decoy| reflected(free(place(&decoy.follows)) + reach(decoy.correlation) * (2.0 * drawn[at] - 1.0)),
            );
            (CUES[at].set)(&mut cues, low + (high - low) * share);
        }
        cues.register_semitones = cues.register_semitones.round();
        cues
    }
}

impl RecordingRanges {
    fn draw(&self, dice: &mut Dice) -> Recorded {
        let [gain, noise] = [dice.uniform(), dice.uniform()];
        let between = |[low, high]: [f64; 2], share: f64| low + (high - low) * share;
        Recorded {
            gain_db: between(self.gain_db, gain),
            snr_db: self.snr_db.map(|range| between(range, noise)),
            room_db: self.room_db,
        }
    }
}

/// Turned back at 0 and 1: what is spread evenly stays so when it is moved by chance.
fn reflected(share: f64) -> f64 {
    let folded = share.rem_euclid(2.0);
    if folded > 1.0 { 2.0 - folded } else { folded }
}

/// How far a decoy may be from its cause, in shares of the range, to be correlated by `correlation`.
///
/// Moved evenly within ±w and reflected, it is off by w²/3 − w³/6 in the mean square; the variance of both being 1/12,
/// r = 1 − 2w² + w³, which falls from 1 to 0 over w from 0 to 1.
fn reach(correlation: f64) -> f64 {
    let (mut near, mut far) = (0.0, 1.0);
    for _ in 0..f64::MANTISSA_DIGITS {
        let w = (near + far) / 2.0;
        if 1.0 - 2.0 * w * w + w * w * w > correlation { near = w } else { far = w }
    }
    near
}
