//! Asks each note what it sounds like.

use std::ops::Range;

use super::background::Background;
use super::curves::{Curves, HOP_S};
use super::intonation::cents_off;
use super::plucked::mark_plucked;
use super::spectrum::Spectrograph;
use super::tone::{Tone, tone};
use super::voices::{is_doubled, is_tone};
use super::{Note, Notes, PitchRange, background, intonation};

/// Moments after the attack and before the end in which the tone is not yet, or no longer, steady.
const UNSTEADY: usize = 4;
/// Periods in which even the shortest note shows that it is one.
const BEGINNING: f64 = 12.0;

/// Fills in what the notes of `samples` sound like, and takes those out that are nothing but noise.
pub(super) fn listen(notes: &mut Notes, samples: &[f32], range: PitchRange) {
    let Notes { notes, curves, tuning_cents, below_range_db } = notes;
    notes.retain(|note| !note.pitch.is_nan());
    mark_plucked(notes, curves);
    let background = Background::of(samples, curves, notes);
    let mut spectrograph = Spectrograph::new();
    notes.retain_mut(|note| {
        let mut spectrum = |moments| spectrograph.spectrum(samples, &curves.pitch, moments);
        let Some(spectrum) = spectrum(steady(note, curves)) else {
            // Too short to say more.
            return spectrum(beginning(note, curves)).is_some_and(|spectrum| is_tone(&spectrum));
        };
        note.doubled = is_doubled(&spectrum);
        let Tone { brightness_db_per_octave, bow_noise_db } = tone(&spectrum, &background);
        note.brightness_db_per_octave = brightness_db_per_octave;
        note.bow_noise_db = if note.doubled { None } else { bow_noise_db };
        is_tone(&spectrum)
    });
    *tuning_cents = intonation::tuning_cents(notes);
    notes.iter_mut().for_each(|note| note.cents = cents_off(note.pitch, *tuning_cents));
    *below_range_db = background::below_db(samples, curves, range.low_hz);
}

/// The moments in which the note has begun and goes on.
fn steady(note: &Note, curves: &Curves) -> Range<usize> {
    let beginning_s = note.attack_s.unwrap_or(0.0).max(note.portamento.map_or(0.0, |slide| slide.duration_s));
    let Range { start, end } = whole(note, curves);
    let start = (start + (f64::from(beginning_s) / HOP_S) as usize).min(end);
    // Of short notes there is little to spare.
    let unsteady = UNSTEADY.min((end - start) / 6);
    start + unsteady..end - unsteady
}

fn whole(note: &Note, curves: &Curves) -> Range<usize> {
    let moment = |time_s: f32| ((f64::from(time_s) / HOP_S) as usize).min(curves.pitch.len());
    moment(note.onset_s)..moment(note.offset_s)
}

/// The first periods of a note and what rings on of them, however short it is.
fn beginning(note: &Note, curves: &Curves) -> Range<usize> {
    let Range { start, end } = whole(note, curves);
    let hz = 440.0 * ((f64::from(note.pitch) - 69.0) / 12.0).exp2();
    start..end.max(start + (BEGINNING / hz / HOP_S) as usize).min(curves.pitch.len())
}
