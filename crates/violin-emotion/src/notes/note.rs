//! Pitch and level → notes.

use std::ops::Range;

use super::bowing::{Attack, NEW_STROKE_DB, attack, covered_onset, full_level, new_strokes, release, without_body};
use super::curves::{Curves, HOP_S};
use super::intonation::{cents_off, tuning_cents};
use super::plateaus::{median, plateaus};
use super::slide::{Slide, slide};
use super::vibrato::{Vibrato, vibrato};

/// Shorter runs of one pitch are no notes, in moments: 40 ms.
const SHORTEST: usize = 7;
/// A run that is no longer, in moments (70 ms), and this far below the next, dB, is how that one begins: the string is not yet
/// in its motion.
const SCOOP: usize = 12;
const SCOOP_DB: f32 = 3.0;
/// What is shorter once its start and end are known is none either, seconds.
const SHORTEST_S: f32 = 0.02;
/// Nor are those that stay this far below the strongest, dB.
const FAINT_DB: f32 = 35.0;
/// What rings on after a note and is so much softer than it is no new note, dB.
const RING_DB: f32 = 12.0;
/// Moments after a note in which it may ring: 0.6 s.
const RING: usize = 104;
/// Moments on either side of a change of pitch over which a new stroke's fall of the level is averaged, and the fall, dB: of
/// rendered slurs 99 % have 1.9 at most, of new strokes 99 % have 2.8 at least.
const MEETING: usize = 4;
const MEETING_DB: f32 = 2.5;
/// Moments on either side of it that tell how loud the notes are.
const BESIDE: usize = 60;
/// Moments on either side of a run's start where its level may be lowest.
const AROUND: usize = 9;
/// Pitches further from a note's own are not its, semitones.
const WIDEST: f32 = 1.2;
/// A new stroke on the same pitch leaves it nearer than this, semitones.
const NEAR: f32 = 0.8;
/// A slide that takes this long is one that is meant to be heard, seconds.
const PORTAMENTO_S: f64 = 0.055;
/// Pitch and partials are not yet steady in so many moments after a note's start or before its end.
const UNSTEADY: usize = 4;
/// Moments before a run's start in which its attack may lie.
const BEFORE: usize = 14;

/// A slide into a note.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Portamento {
    /// From 10 % to 90 % of the way, seconds.
    pub duration_s: f32,
    /// Cents, negative downwards.
    pub extent_cents: f32,
}

/// One note, as it was heard.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Note {
    /// Seconds from the start of the recording.
    pub onset_s: f32,
    /// Where the bow leaves the string or the next note begins, seconds.
    pub offset_s: f32,
    /// MIDI number (69 is 440 Hz) of its middle, vibrato taken off.
    pub pitch: f32,
    /// Cents from the nearest pitch of equal temperament, the recording's own tuning taken off: −50 to 50.
    pub cents: f32,
    /// RMS, dB re full scale: the median.
    pub level_db: f32,
    /// Whether the bow went on from the note before.
    pub joined: bool,
    /// From 10 % to 90 % of its amplitude, seconds; `None` if the bow went on, or if the note before still rang.
    pub attack_s: Option<f32>,
    /// The slide into it.
    pub portamento: Option<Portamento>,
    /// Its vibrato; `None` if it has none or is too short to tell.
    pub vibrato: Option<Vibrato>,
    /// Slope of the partials' levels over log2 of their number, dB an octave, up to 8 kHz over the steady part: the higher,
    /// the brighter. `None` if fewer than three partials stand out or the note is too short.
    pub brightness_db_per_octave: Option<f32>,
    /// Power between the partials over that of the partials, dB, 0.2 to 8 kHz over the steady part, the recording's own noise
    /// taken off as far as rests tell of it; `None` if the note is too short or another voice sounds with it.
    pub bow_noise_db: Option<f32>,
    /// Whether the string was plucked: it sounds at once and then dies away.
    pub plucked: bool,
    /// Whether another voice sounds with it: a double stop or a chord, of which only one pitch is told.
    pub doubled: bool,
}

/// Notes in the order of their onsets, and what they were read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Notes {
    /// The notes.
    pub notes: Vec<Note>,
    /// Cents by which the recording is tuned above A4 = 440 Hz, −50 to 50.
    pub tuning_cents: f32,
    /// Pitch and level of the recording.
    pub curves: Curves,
    /// Power below the lowest pitch looked for over the whole, dB, where the recording sounds.
    pub below_range_db: f32,
}

/// A run of moments that becomes a note.
struct Run {
    moments: Range<usize>,
    /// The slide from the run before, if that one goes over into this without a new stroke.
    slide: Option<Slide>,
}

pub(super) fn notes(curves: Curves) -> Notes {
    let runs = runs(&curves);
    let mut notes: Vec<Note> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let end = runs.get(at + 1).map_or(curves.pitch.len(), |next| next.moments.start);
        notes.push(note(&curves, run, end, runs.get(at + 1).and_then(|next| next.slide)));
    }
    for at in 1..notes.len() {
        let next_onset = notes[at].onset_s;
        if notes[at].joined || notes[at - 1].offset_s > next_onset {
            notes[at - 1].offset_s = next_onset;
        }
    }
    // What has a pitch only while it begins or ends is no note.
    notes.retain(|note| note.offset_s - note.onset_s >= SHORTEST_S && note.pitch.is_finite());
    let tuning_cents = tuning_cents(&notes);
    notes.iter_mut().for_each(|note| note.cents = cents_off(note.pitch, tuning_cents));
    Notes { notes, tuning_cents, curves, below_range_db: f32::NEG_INFINITY }
}

fn runs(curves: &Curves) -> Vec<Run> {
    let mut pieces: Vec<(Range<usize>, bool)> = Vec::new();
    for plateau in plateaus(&curves.pitch) {
        let moments = plateau.moments;
        let mut start = moments.start;
        let mut joined = plateau.joined;
        let own = |stroke: &usize| {
            let away = (curves.pitch[moments.start + stroke] - plateau.pitch).abs();
            away.is_nan() || away <= NEAR
        };
        for stroke in new_strokes(curves, &moments).into_iter().filter(own) {
            pieces.push((start..moments.start + stroke, joined));
            (start, joined) = (moments.start + stroke, false);
        }
        pieces.push((start..moments.end, joined));
    }
    let strongest = curves.level_db.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let full = |moments: &Range<usize>| full_level(&curves.level_db[moments.clone()]);
    for at in 1..pieces.len() {
        let ((before, begun), (after, joined)) = (pieces[at - 1].clone(), pieces[at].clone());
        let start = after.start..after.end.min(after.start + BESIDE);
        if joined && before.len() <= SCOOP && median(&curves.level_db[before.clone()]) < full(&start) - SCOOP_DB {
            pieces[at - 1].0.end = before.start;
            pieces[at] = (before.start..after.end, begun);
        }
    }
    pieces.retain(|(moments, _)| moments.len() >= SHORTEST && full(moments) > strongest - FAINT_DB);
    let mut runs: Vec<Run> = Vec::new();
    for (moments, joined) in pieces {
        let before = runs.last().map(|run| run.moments.clone());
        if before.as_ref().is_some_and(|before| {
            moments.start - before.end < RING
                && full(&moments) < full(before) - RING_DB
                && !rises(&curves.level_db, &moments)
        }) {
            continue;
        }
        let before = before.filter(|before| joined && before.end == moments.start);
        // Where the bow begins anew the pitch leaps, so a slide is a joint however its level moves.
        let slide = before.and_then(|before| {
            slide(&curves.pitch, &before, &moments)
                .filter(|slide| slide.duration_s >= PORTAMENTO_S || !is_new_stroke(curves, &before, &moments))
        });
        runs.push(Run { moments, slide });
    }
    runs
}

/// Whether the level of a run rises from where it is shortly before.
fn rises(level: &[f32], moments: &Range<usize>) -> bool {
    let before =
        level[moments.start.saturating_sub(AROUND)..moments.start + 1].iter().copied().fold(f32::INFINITY, f32::min);
    full_level(&level[moments.clone()]) > before + NEW_STROKE_DB
}

/// Whether the level falls where two runs meet: a slur leaves it, a new stroke begins softly while the old one dies away.
fn is_new_stroke(curves: &Curves, before: &Range<usize>, after: &Range<usize>) -> bool {
    let end = &curves.level_db[before.end - before.len().min(BESIDE)..before.end];
    let start = &curves.level_db[after.start..after.start + after.len().min(BESIDE)];
    let (before, after) = (full_level(end), full_level(start));
    let last = end.iter().rev().take(MEETING).map(|level| level - before);
    let first = start.iter().take(MEETING).map(|level| level - after);
    let (sum, count) = last.chain(first).fold((0.0, 0.0), |(sum, count), fall| (sum + fall, count + 1.0));
    sum / count < -MEETING_DB
}

/// The moment of the lowest level near a run's start.
fn deepest(level: &[f32], start: usize, last: usize) -> usize {
    let near = start.saturating_sub(AROUND)..(start + AROUND).min(last);
    near.min_by(|one, other| level[*one].total_cmp(&level[*other])).unwrap_or(start)
}

/// How a note begins: its onset in moments, the attack that is heard, and how many moments it is unsteady for.
fn beginning(curves: &Curves, run: &Run) -> (f64, Option<f32>, usize) {
    let Range { start, end } = run.moments.clone();
    if let Some(slide) = run.slide {
        return (slide.middle, None, UNSTEADY + (slide.duration_s / HOP_S) as usize);
    }
    let first = start.saturating_sub(BEFORE);
    let lowest = (first..(start + BEFORE).min(end))
        .min_by(|one, other| curves.level_db[*one].total_cmp(&curves.level_db[*other]))
        .unwrap_or(start);
    let level = without_body(&curves.level_db[first..end], &curves.pitch[first..end]);
    match attack(&level, lowest - first) {
        Some(Attack { onset, duration_s: Some(duration_s) }) => {
            (first as f64 + onset, Some(duration_s as f32), UNSTEADY)
        }
        _ => {
            let deepest = deepest(&curves.level_db, start, end);
            let onset = covered_onset(&curves.level_db[..end], deepest).unwrap_or(deepest as f64);
            (onset, None, 2 * UNSTEADY)
        }
    }
}

/// One run as a note; `end` is where the next run starts.
fn note(curves: &Curves, run: &Run, end: usize, next: Option<Slide>) -> Note {
    let Range { start, end: last } = run.moments.clone();
    let (onset, attack_s, unsteady) = beginning(curves, run);
    let onset = onset.max(0.0);
    let level = without_body(&curves.level_db[start..end], &curves.pitch[start..end]);
    let offset = if next.is_some() { None } else { release(&level) };
    let offset = offset.map_or(last as f64, |offset| start as f64 + offset).max(onset + 1.0);

    // A slide as long as the note leaves its end, where it is nearest to the note's own pitch.
    let but_its_end = ((offset - onset) as usize).saturating_sub(UNSTEADY + SHORTEST);
    let unsteady = if run.slide.is_some() { unsteady.min(but_its_end) } else { unsteady };
    let before_end = UNSTEADY + next.map_or(0, |slide| (slide.duration_s / HOP_S) as usize);
    let steady_from = (onset.ceil() as usize + unsteady).min(last - 1);
    let steady_to = (offset as usize).min(last).saturating_sub(before_end).max(steady_from + 1).min(last);
    let centre = median(&curves.pitch[steady_from..steady_to]);
    let own = |pitch: &f32| if (pitch - centre).abs() < WIDEST { *pitch } else { f32::NAN };
    let (pitch, vibrato) = vibrato(&curves.pitch[steady_from..steady_to].iter().map(own).collect::<Vec<f32>>());
    let vibrato = vibrato
        .map(|vibrato| Vibrato { delay_s: vibrato.delay_s + ((steady_from as f64 - onset) * HOP_S) as f32, ..vibrato });
    let portamento = run
        .slide
        .filter(|slide| slide.duration_s >= PORTAMENTO_S)
        .map(|slide| Portamento { duration_s: slide.duration_s as f32, extent_cents: (100.0 * slide.interval) as f32 });
    Note {
        onset_s: (onset * HOP_S) as f32,
        offset_s: (offset * HOP_S) as f32,
        pitch,
        cents: 0.0,
        level_db: median(&curves.level_db[steady_from..steady_to]),
        joined: run.slide.is_some(),
        attack_s,
        portamento,
        vibrato,
        ..Note::default()
    }
}
