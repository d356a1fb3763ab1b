//! What is played: notes with their true values.

/// One played note. All that the renderer is told about it, and so the true answer to any question about it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Note {
    /// Start, seconds from the start of the phrase.
    pub onset_s: f64,
    /// From this onset to the next, seconds.
    pub interval_s: f64,
    /// From the onset to where the bow leaves the string, seconds; the string then rings for a moment.
    pub sounding_s: f64,
    /// MIDI number (69 is 440 Hz), its fraction being intonation.
    pub pitch: f64,
    /// True if the bow moved on from the note before: no attack of its own, the pitch glides over.
    pub joined: bool,
    /// Glide from the note before, from 10 % to 90 % of the way, seconds, its middle at the onset; for joined notes.
    pub glide_s: f64,
    /// RMS, dB re full scale; of a plucked note at its pluck.
    pub level_db: f64,
    /// How much louder the note is in its middle than at its ends, dB, the mean level staying; not for plucked notes.
    pub swell_db: f64,
    /// How much louder the note is at its end than at its beginning, dB, the mean level staying; not for plucked notes.
    pub crescendo_db: f64,
    /// From 10 % to 90 % of the amplitude, seconds; not for joined notes.
    pub attack_s: f64,
    /// Vibrato cycles a second.
    pub vibrato_rate_hz: f64,
    /// Vibrato's half width in cents; 0 if the note has none.
    pub vibrato_extent_cents: f64,
    /// Standard deviation of the vibrato's rate and half width from one cycle to the next, relative to both.
    pub vibrato_irregularity: f64,
    /// From the onset to the start of the vibrato, seconds; its full width is reached a moment later.
    pub vibrato_delay_s: f64,
    /// Slope on top of the string's −6 dB an octave.
    pub brightness_db_per_octave: f64,
    /// RMS of the bow's noise over RMS of the tone, dB; a plucked note has none.
    pub bow_noise_db: f64,
    /// True if a finger plucks the string: the tone decays, high partials first, until it is damped after `sounding_s`.
    /// It begins anew even if `joined`. A finger's `attack_s` is about 0.003.
    pub plucked: bool,
}

impl Note {
    /// Frequency of the pitch, Hz.
    pub fn frequency_hz(&self) -> f64 {
        frequency_hz(self.pitch)
    }
}

/// MIDI number → Hz.
pub(super) fn frequency_hz(pitch: f64) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

/// One second of A4 without vibrato, separately bowed.
impl Default for Note {
    fn default() -> Self {
        Note {
            onset_s: 0.0,
            interval_s: 1.0,
            sounding_s: 0.9,
            pitch: 69.0,
            joined: false,
            glide_s: 0.0,
            level_db: -24.0,
            swell_db: 0.0,
            crescendo_db: 0.0,
            attack_s: 0.045,
            vibrato_rate_hz: 5.5,
            vibrato_extent_cents: 0.0,
            vibrato_irregularity: 0.0,
            vibrato_delay_s: 0.0,
            brightness_db_per_octave: -1.0,
            bow_noise_db: -32.0,
            plucked: false,
        }
    }
}

/// Played notes in the order of their onsets.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Phrase {
    /// The notes.
    pub notes: Vec<Note>,
    /// Length of the whole, seconds.
    pub duration_s: f64,
}

impl Phrase {
    /// A phrase of one note, as long as the note's interval.
    pub fn of(note: Note) -> Self {
        Phrase { notes: vec![note], duration_s: note.onset_s + note.interval_s }
    }

    /// This phrase and then `next`.
    pub fn then(mut self, next: &Phrase) -> Self {
        let start = self.duration_s;
        self.notes.extend(next.notes.iter().map(|note| Note { onset_s: note.onset_s + start, ..*note }));
        self.duration_s += next.duration_s;
        self
    }

    /// The notes in one movement of the bow each, or one pluck.
    pub(super) fn strokes(&self) -> impl Iterator<Item = &[Note]> {
        self.notes.chunk_by(|note, next| next.joined && !note.plucked && !next.plucked)
    }
}
