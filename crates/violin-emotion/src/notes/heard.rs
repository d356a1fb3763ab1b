//! What a recording's notes are as a whole, and what a person should know before believing them.

use super::plateaus::median;
use super::{Note, Notes};

impl Notes {
    /// A note's level re the median of all notes, dB: what the player does, whatever the recording's gain.
    pub fn relative_level_db(&self, note: &Note) -> f32 {
        note.level_db - median(&self.notes.iter().map(|note| note.level_db).collect::<Vec<f32>>())
    }
}
