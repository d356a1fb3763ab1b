//! Recording → notes, and what the player did in each.
//!
//! pYIN gives a rough course of pitch, the turning of the partials a fine one ([`Curves`]). Where pitch stays there is a note,
//! and where the whole and nearly all partials fall and rise again, there is another. Then each note is asked for its own:
//! pitch, attack, vibrato, the slide into it.

mod background;
mod bowing;
mod curves;
mod heard;
mod intonation;
mod names;
mod note;
mod plateaus;
mod plucked;
mod slide;
mod sound;
mod spectrum;
mod tone;
mod vibrato;
mod voices;

pub use curves::Curves;
pub use names::note_name;
pub use note::{Note, Notes, Portamento};
pub use vibrato::Vibrato;

use crate::audio::Recording;

/// Seconds from one moment of [`Curves`] to the next.
pub const STEP_S: f64 = curves::HOP_S;

/// The fundamentals looked for.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PitchRange {
    /// Hz.
    pub low_hz: f64,
    /// Hz.
    pub high_hz: f64,
}

impl PitchRange {
    /// G3 to E7, and half a semitone beyond.
    pub const VIOLIN: PitchRange = PitchRange { low_hz: 190.0, high_hz: 2_715.0 };
}

/// The notes of a recording in which one voice plays at a time.
pub fn find(recording: &Recording, range: PitchRange) -> Notes {
    let curves = Curves::of(recording.samples(), range);
    let mut notes = note::notes(curves);
    sound::listen(&mut notes, recording.samples(), range);
    notes
}
