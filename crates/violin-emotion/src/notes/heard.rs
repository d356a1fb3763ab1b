//! What a recording's notes are as a whole, and what a person should know before believing them.

use super::curves::{Curves, HOP_S};
use super::plateaus::median;
use super::{Note, Notes};
use crate::{Warning, WarningKind};

/// What sounds is not quieter than the strongest by more, dB.
const SOUNDS_DB: f32 = 20.0;
/// Below, dB re full scale, nothing is to be heard.
const SILENT_DB: f32 = -80.0;
/// One violin has a pitch in a greater share of what sounds: recorded phrases have one in 85 % and more, noise in half at most.
const PITCHED: f64 = 0.6;
/// Most of the time a bowed note's pitch stands, vibrato aside: recorded violins move by 0.4 to 4.3 semitones a second in the
/// median, rendered ones with slides everywhere by 3.6. Speech moves by 10 and more.
const GLIDES: f32 = 7.0;
/// Moments on either side between which that is measured: 35 ms in all.
const GLIDE_REACH: usize = 3;
/// Of solo violin in two voices, half of the time may be double stops; more is more than one player, or a piano.
const SEVERAL: f64 = 0.55;
/// Where notes are found in less of a recording, they are not what it is about.
const PLAYED: f64 = 0.2;
/// A bow makes notes swell, or keeps them even: from the second quarter to the last but one, the notes of recorded phrases
/// become louder. Those of pianos and lutes lose this much, dB, in the median.
const DIES_AWAY_DB: f32 = 1.2;
/// Strings shorter than this are not looked at for that, seconds.
const LONG_S: f32 = 0.12;
/// Recordings of a violin have less below its lowest note, dB re the whole: −28 and less. Noise may have more, so where
/// little has a pitch, much must lie there.
const BELOW_DB: f32 = -18.0;
const MUCH_BELOW_DB: f32 = -9.0;
/// Fewer notes are no habit.
const FEWEST: usize = 4;

impl Notes {
    /// The median of all notes' levels, dB re full scale; NaN if there are none. A note's level less this is what the player
    /// does, whatever the recording's gain.
    pub fn level_db(&self) -> f32 {
        median(&self.notes.iter().map(|note| note.level_db).collect::<Vec<f32>>())
    }

    /// What was heard other than one bowed voice in the range of pitches looked for; empty if that is what was heard.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |kind, message: String| warnings.push(Warning::new(kind, message));
        let strongest = self.curves.level_db.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if self.notes.is_empty() && strongest < SILENT_DB {
            warn(WarningKind::NoNotes, "no notes: nothing is to be heard".into());
            return warnings;
        }
        let pitched = self.pitched_share(strongest);
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        if self.notes.is_empty() {
            let message = "no notes were heard in it: it may be noise, speech or percussion, or lie outside the pitches looked for";
            warn(WarningKind::NoNotes, message.into());
        } else if pitched < PITCHED {
            let share = percent(pitched);
            let message = format!(
                "only {share} of what sounds has a single pitch: the rest may be noise, speech, percussion or chords"
            );
            warn(WarningKind::LittlePitch, message);
        }
        let glide = self.glide(strongest);
        if self.notes.len() >= FEWEST && glide > GLIDES {
            let message = format!(
                "pitch glides most of the time, by {glide:.0} semitones a second: this may be speech or singing"
            );
            warn(WarningKind::PitchWanders, message);
        }
        let doubled = self.share_of_time(|note| note.doubled);
        if doubled > SEVERAL && self.time_s(|_| true) > PLAYED * self.curves.level_db.len() as f64 * HOP_S {
            let share = percent(doubled);
            let message = format!(
                "in {share} of the time several voices sound at once: of each chord, one pitch is told at most"
            );
            warn(WarningKind::SeveralVoices, message);
        }
        let plucked = self.notes.iter().filter(|note| note.plucked).count();
        if 2 * plucked > self.notes.len() {
            let message = format!(
                "{plucked} of {} notes are plucked: what is told of the bow does not hold for them",
                self.notes.len()
            );
            warn(WarningKind::Plucked, message);
        } else if self.fall_db() > DIES_AWAY_DB {
            let message =
                "most notes die away from their start: these may be plucked or struck strings, as of a lute or piano";
            warn(WarningKind::Plucked, message.into());
        }
        if self.below_range_db > if pitched < PITCHED { MUCH_BELOW_DB } else { BELOW_DB } {
            let db = -self.below_range_db;
            let message = format!(
                "what lies below the pitches looked for is only {db:.0} dB weaker than all: a lower instrument plays, alone or too"
            );
            warn(WarningKind::OutsideRange, message);
        }
        warnings
    }

    /// Share of the moments that sound in which there is a pitch.
    fn pitched_share(&self, strongest: f32) -> f64 {
        let sounding =
            self.curves.level_db.iter().zip(&self.curves.pitch).filter(|(level, _)| **level > strongest - SOUNDS_DB);
        let (count, pitched) =
            sounding.fold((0, 0), |(count, pitched), (_, pitch)| (count + 1, pitched + usize::from(!pitch.is_nan())));
        pitched as f64 / f64::from(count.max(1))
    }

    /// Share of the notes' time.
    fn share_of_time(&self, is_so: impl Fn(&Note) -> bool) -> f64 {
        self.time_s(is_so) / self.time_s(|_| true).max(HOP_S)
    }

    /// Time of the notes for which `is_so` holds, seconds.
    fn time_s(&self, is_so: impl Fn(&Note) -> bool) -> f64 {
        self.notes.iter().filter(|note| is_so(note)).map(|note| f64::from(note.offset_s - note.onset_s)).sum()
    }

    /// How fast the pitch moves where it sounds and no vibrato moves it, semitones a second, in the median; 0 if that is less
    /// than half of the time.
    fn glide(&self, strongest: f32) -> f32 {
        let Curves { pitch, level_db, .. } = &self.curves;
        let swings = |moment: usize| {
            let time_s = (moment as f64 * HOP_S) as f32;
            self.notes.iter().any(|note| note.vibrato.is_some() && (note.onset_s..note.offset_s).contains(&time_s))
        };
        let sounds = |moment: &usize| level_db[*moment] > strongest - SOUNDS_DB && !pitch[*moment].is_nan();
        let (swinging, still): (Vec<usize>, Vec<usize>) = (0..pitch.len()).filter(sounds).partition(|at| swings(*at));
        if still.len() < swinging.len() {
            return 0.0;
        }
        let reach_s = (2 * GLIDE_REACH) as f32 * HOP_S as f32;
        let speed = |moment: usize| {
            let (before, after) = (moment.checked_sub(GLIDE_REACH)?, moment + GLIDE_REACH);
            Some((pitch.get(after)? - pitch[before]).abs() / reach_s)
        };
        let speeds: Vec<f32> = still.into_iter().filter_map(speed).collect();
        median(&speeds)
    }

    /// What notes lose from their second quarter to the last but one, dB, in the median; nothing known counts as nothing.
    fn fall_db(&self) -> f32 {
        let long = |note: &&Note| note.offset_s - note.onset_s > LONG_S;
        let falls: Vec<f32> = self
            .notes
            .iter()
            .filter(long)
            .map(|note| {
                let length_s = note.offset_s - note.onset_s;
                let level = |from: f32, to: f32| {
                    let (from_s, to_s) = (note.onset_s + from * length_s, note.onset_s + to * length_s);
                    median(self.between(&self.curves.level_db, from_s, to_s))
                };
                level(0.2, 0.4) - level(0.65, 0.85)
            })
            .collect();
        if falls.len() < FEWEST { 0.0 } else { median(&falls) }
    }

    /// The moments of a curve from one second to another.
    fn between<'a>(&self, curve: &'a [f32], from_s: f32, to_s: f32) -> &'a [f32] {
        let moment = |time_s: f32| ((f64::from(time_s) / HOP_S) as usize).min(curve.len());
        &curve[moment(from_s)..moment(to_s)]
    }
}
