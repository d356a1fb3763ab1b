//! Asks each note what it sounds like.

use std::ops::Range;

use super::background::Background;
use super::curves::{Curves, HOP_S};
use super::plucked::mark_plucked;
use super::spectrum::Spectrograph;
use super::tone::{Tone, tone};
use super::voices::is_doubled;
use super::{Note, Notes};

/// Moments after the attack and before the end in which the tone is not yet, or no longer, steady.
const UNSTEADY: usize = 4;

/// Fills in what the notes of `samples` sound like.
pub(super) fn listen(notes: &mut Notes, samples: &[f32]) {
    let Notes { notes, curves, .. } = notes;
    let background = Background::of(samples, curves, notes);
    let mut spectrograph = Spectrograph::new();
    mark_plucked(notes, curves);
    for note in notes {
        let moments = steady(note, curves);
        let Some(spectrum) = spectrograph.spectrum(samples, &curves.pitch, moments) else { continue };
        note.doubled = is_doubled(&spectrum);
        let Tone { brightness_db_per_octave, bow_noise_db } = tone(&spectrum, &background);
        note.brightness_db_per_octave = brightness_db_per_octave;
        note.bow_noise_db = if note.doubled { None } else { bow_noise_db };
    }
}

/// The moments in which the note has begun and goes on.
fn steady(note: &Note, curves: &Curves) -> Range<usize> {
    let beginning_s = note.attack_s.unwrap_or(0.0).max(note.portamento.map_or(0.0, |slide| slide.duration_s));
    let moment = |time_s: f32| (f64::from(time_s) / HOP_S) as usize;
    let end = moment(note.offset_s).min(curves.pitch.len());
    let start = moment(note.onset_s + beginning_s).min(end);
    // Of short notes there is little to spare.
    let unsteady = UNSTEADY.min((end - start) / 6);
    start + unsteady..end - unsteady
}
