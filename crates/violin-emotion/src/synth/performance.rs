//! A score and cues → a phrase, every note with its true values.

use super::cues::Cues;
use super::dice::{Dice, Purpose};
use super::note::{Note, Phrase};
use super::score::{Score, ScoreNote, compose};

/// Sounding share of the notes that are not slurred, where slurred and separate notes are mixed.
const SEPARATE_SHARE: f64 = 0.6;
/// The bow turns after this many seconds, slur or not.
const BOW_S: f64 = 1.6;
/// Glide to a slurred note that is not slid into: the finger's own time.
const FINGER_S: f64 = 0.012;
/// No note is shorter than this, however fast the playing.
const SHORTEST_INTERVAL_S: f64 = 0.08;
const SHORTEST_SOUND_S: f64 = 0.04;
/// An attack takes at most this share of the sounding time, so that the note reaches its level.
const ATTACK_SHARE: f64 = 0.4;
/// A rest shorter than this at the end of a phrase is given to the last note.
const SHORTEST_REMAINDER_S: f64 = 0.3;
/// Moments louder than this would bring the peaks near full scale.
const LOUDEST_DB: f64 = -15.0;
/// Vibrato rates of one player differ from note to note by this much.
const VIBRATO_RATE_SD: f64 = 0.04;

/// Plays `score` with `cues` for `duration_s` seconds; `seed` decides the player's irregularities.
pub fn perform(score: &Score, cues: &Cues, duration_s: f64, seed: u64) -> Phrase {
    perform_from(score, 0, cues, duration_s, seed)
}

/// A melody of its own for every seed, played with `cues`.
pub fn phrase(cues: &Cues, duration_s: f64, seed: u64) -> Phrase {
    perform(&compose(seed), cues, duration_s, seed)
}

/// One melody, played with `before` and from `switch_s` on with `after`.
pub fn switching_phrase(before: &Cues, after: &Cues, switch_s: f64, duration_s: f64, seed: u64) -> Phrase {
    let score = compose(seed);
    let switch_s = switch_s.min(duration_s);
    let first = perform(&score, before, switch_s, seed);
    let second = perform_from(&score, first.notes.len(), after, duration_s - switch_s, seed.wrapping_add(1));
    first.then(&second)
}

fn perform_from(score: &Score, start: usize, cues: &Cues, duration_s: f64, seed: u64) -> Phrase {
    let mut player = Player { cues, dice: Dice::new(seed, Purpose::Performance), stroke_s: 0.0, slur: false };
    let mut notes = Vec::new();
    let mut onset_s = 0.0;
    let mut score_notes = score.notes.iter().cycle().skip(start);
    while onset_s < duration_s
        && let Some(written) = score_notes.next()
    {
        let note = player.play(score, written, onset_s, duration_s - onset_s);
        onset_s += note.interval_s;
        notes.push(note);
    }
    Phrase { notes, duration_s }
}

struct Player<'a> {
    cues: &'a Cues,
    dice: Dice,
    /// How long the bow has moved in its present direction.
    stroke_s: f64,
    /// Whether the note before is slurred to the next.
    slur: bool,
}

impl Player<'_> {
    fn play(&mut self, score: &Score, written: &ScoreNote, onset_s: f64, left_s: f64) -> Note {
        let cues = self.cues;
        let interval_s = self.interval(written, left_s);

        let joined = self.slur && self.stroke_s + interval_s <= BOW_S;
        self.stroke_s = if joined { self.stroke_s + interval_s } else { interval_s };
        // Slurred notes sound throughout; their share grows from none to all so that the mean share is the cue.
        let slurred = (cues.articulation - SEPARATE_SHARE) / (1.0 - SEPARATE_SHARE);
        self.slur = self.dice.happens(slurred);
        let share = if self.slur { 1.0 } else { cues.articulation.min(SEPARATE_SHARE) };
        let sounding_s = (share * interval_s).clamp(SHORTEST_SOUND_S.min(interval_s), interval_s);

        let slide = self.dice.happens(cues.portamento_share);
        let glide_s = if slide { cues.portamento_s.min(interval_s / 2.0) } else { FINGER_S };

        let vibrato_rate_hz = cues.vibrato_rate_hz * (1.0 + VIBRATO_RATE_SD * self.dice.normal());
        let has_vibrato = sounding_s >= cues.vibrato_delay_s + 1.0 / vibrato_rate_hz;

        let intonation = self.dice.normal() * cues.intonation_cents / 100.0;
        Note {
            onset_s,
            interval_s,
            sounding_s,
            pitch: score.pitch(written.degree, cues.mode > 0.0, cues.register_semitones) + intonation,
            joined,
            glide_s: if joined { glide_s } else { 0.0 },
            level_db: self.level(written.place),
            swell_db: cues.swell_db,
            crescendo_db: cues.crescendo_db,
            attack_s: cues.attack_s.min(ATTACK_SHARE * sounding_s),
            vibrato_rate_hz,
            vibrato_extent_cents: if has_vibrato { cues.vibrato_extent_cents } else { 0.0 },
            vibrato_irregularity: cues.vibrato_irregularity,
            vibrato_delay_s: cues.vibrato_delay_s,
            brightness_db_per_octave: cues.brightness_db_per_octave,
            bow_noise_db: cues.bow_noise_db,
            plucked: false,
        }
    }

    fn interval(&mut self, written: &ScoreNote, left_s: f64) -> f64 {
        let (chance, curve) = (self.cues.timing_variability, self.cues.rubato);
        let log_stretch = chance * self.dice.normal() + curve * slowness(written.place);
        let stretch = (log_stretch - (chance * chance + curve * curve) / 2.0).exp();
        let interval_s = (written.beats / self.cues.note_rate * stretch).max(SHORTEST_INTERVAL_S);
        if left_s - interval_s < SHORTEST_REMAINDER_S { left_s } else { interval_s }
    }

    fn level(&mut self, place: f64) -> f64 {
        let chance = self.dice.normal().clamp(-2.0, 2.0);
        let deviation = 0.5_f64.sqrt() * (arch(place) + chance);
        let loudest_db = LOUDEST_DB - self.cues.swell_db.abs() / 3.0 - self.cues.crescendo_db.abs() / 2.0;
        (self.cues.level_db + self.cues.level_variability_db * deviation).min(loudest_db)
    }
}

/// How slow the tempo curve is, mean 0 and standard deviation 1 over the eight places of a phrase: those of (2·place − 1)²
/// are 3/7 and √336/49.
fn slowness(place: f64) -> f64 {
    ((2.0 * place - 1.0).powi(2) - 3.0 / 7.0) * 49.0 / 336_f64.sqrt()
}

/// An arch over the phrase, mean 0 and standard deviation 1 for places spread evenly over [0, 1].
fn arch(place: f64) -> f64 {
    (1.0 - 4.0 * (place - 0.5).powi(2) - 2.0 / 3.0) / (4.0 / 45_f64).sqrt()
}
