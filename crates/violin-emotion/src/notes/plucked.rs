//! Which notes were plucked: a string that is, sounds at once, and from then on it dies away.

use super::Note;
use super::curves::{Curves, HOP_S};

/// The peak comes within so many moments of the onset: 0.17 s, as a section plucks.
const PEAK: usize = 30;
/// Before, it was quieter by this much, dB, in so many moments before the onset or after: 0.1 s.
const RISE_DB: f32 = 9.0;
const RISE: usize = 17;
/// From the peak the level falls by this much, dB; at least by so much, where the next note comes early …
const FALL_DB: f32 = 18.0;
const SHORTEST_FALL_DB: f32 = 12.0;
/// … within so many moments: 0.8 s …
const LONGEST: usize = 138;
/// … and is not back within this much of the peak afterwards, dB.
const BACK_DB: f32 = 6.0;
/// What dies away exponentially loses a third of its decibels in a third of the time, or earlier, as the high partials go
/// first. A bow sounds on and then stops: a third is lost later than this share of the time.
const THIRD: f32 = 0.325;
/// Long strings ring on for a while after the pluck itself, so their third may come later; but a sixth is lost at once.
const LONG: f32 = 43.0;
const LONG_THIRD: f32 = 0.5;
const LONG_SIXTH: f32 = 0.15;
/// The rise from −6 dB takes no longer than this share of the fall: a bow's stroke does.
const ATTACK: f32 = 0.6;
/// Notes that follow sooner are played alike: to take up the bow takes longer, seconds.
const SOON_S: f32 = 1.0;
/// Notes nearer than this are on one pitch, semitones.
const SAME_PITCH: f32 = 0.5;

/// Marks the notes that were plucked. What goes on ringing on one pitch, without an attack of its own, belongs to the note
/// before.
pub(super) fn mark_plucked(notes: &mut [Note], curves: &Curves) {
    let goes_on = |before: &Note, note: &Note| {
        note.attack_s.is_none() && !note.joined && (note.pitch - before.pitch).abs() < SAME_PITCH
    };
    let moment = |time_s: f32| (f64::from(time_s) / HOP_S) as usize;
    let mut start = 0;
    while start < notes.len() {
        let end = (start + 1..notes.len()).find(|at| !goes_on(&notes[at - 1], &notes[*at])).unwrap_or(notes.len());
        let until = notes.get(end).map_or(curves.level_db.len(), |next| moment(next.onset_s));
        let plucked = !notes[start].joined && dies_away(&curves.level_db[..until], moment(notes[start].onset_s));
        notes[start..end].iter_mut().for_each(|note| note.plucked = plucked);
        start = end;
    }
    unmark_lone(notes);
}

/// A player who plucks, plucks several notes: one alone between bowed ones is a stroke that was let ring.
fn unmark_lone(notes: &mut [Note]) {
    let near = |one: &Note, other: &Note| other.onset_s - one.offset_s < SOON_S;
    let bowed_between = |at: usize| {
        let before = at.checked_sub(1).map(|before| &notes[before]);
        let (Some(before), Some(after)) = (before, notes.get(at + 1)) else { return false };
        near(before, &notes[at]) && near(&notes[at], after) && !before.plucked && !after.plucked
    };
    let lone: Vec<usize> = (0..notes.len()).filter(|at| notes[*at].plucked && bowed_between(*at)).collect();
    lone.into_iter().for_each(|at| notes[at].plucked = false);
}

/// Whether `level` (dB, one value a moment) rises at `onset` and at once begins to die away.
fn dies_away(level: &[f32], onset: usize) -> bool {
    let loudest = |moments: std::ops::Range<usize>| {
        moments.filter(|at| *at < level.len()).max_by(|one, other| level[*one].total_cmp(&level[*other]))
    };
    let Some(peak) = loudest(onset..onset + PEAK) else { return false };
    let full = level[peak];
    // Before the recording's start there is silence.
    let rises = onset < RISE || level[onset - RISE..peak].iter().any(|level| *level < full - RISE_DB);
    let lowest = level[peak..].iter().take(LONGEST).copied().fold(f32::INFINITY, f32::min);
    let fall_db = (full - lowest).min(FALL_DB);
    if !rises || fall_db < SHORTEST_FALL_DB {
        return false;
    }
    // Moments from the peak until `db` are lost.
    let lost = |db: f32| {
        let after = (peak + 1..level.len()).find(|at| level[*at] <= full - db)?;
        let (before, here) = (level[after - 1], level[after]);
        Some((after - 1 - peak) as f32 + (before - (full - db)) / (before - here))
    };
    let parts = (lost(fall_db / 6.0), lost(fall_db / 3.0), lost(fall_db));
    let (Some(sixth), Some(third), Some(whole)) = parts else { return false };
    let early = third <= THIRD * whole || (whole >= LONG && third <= LONG_THIRD * whole && sixth <= LONG_SIXTH * whole);
    let attack = (0..peak).rev().find(|at| level[*at] < full - 6.0).map_or(peak, |at| peak - at) as f32;
    let gone = peak + whole.ceil() as usize;
    let back = loudest(gone..level.len()).is_some_and(|at| level[at] > full - BACK_DB);
    early && attack <= ATTACK * whole && !back
}
