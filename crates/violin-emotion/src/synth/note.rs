//! What is played: notes with their true values.

/// One played note. All that the renderer is told about it, and so the true answer to any question about it.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// RMS, dB re full scale.
    pub level_db: f64,
    /// From 10 % to 90 % of the amplitude, seconds; not for joined notes.
    pub attack_s: f64,
    /// Vibrato cycles a second.
    pub vibrato_rate_hz: f64,
    /// Vibrato's half width in cents; 0 if the note has none.
    pub vibrato_extent_cents: f64,
    /// From the onset to the start of the vibrato, seconds; its full width is reached a moment later.
    pub vibrato_delay_s: f64,
    /// Slope on top of the string's −6 dB an octave.
    pub brightness_db_per_octave: f64,
    /// RMS of the bow's noise over RMS of the tone, dB.
    pub bow_noise_db: f64,
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
            attack_s: 0.045,
            vibrato_rate_hz: 5.5,
            vibrato_extent_cents: 0.0,
            vibrato_delay_s: 0.0,
            brightness_db_per_octave: -1.0,
            bow_noise_db: -32.0,
        }
    }
}

/// Played notes in the order of their onsets.
#[derive(Debug, Clone, PartialEq)]
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

    /// The notes in one movement of the bow each.
    pub(super) fn strokes(&self) -> impl Iterator<Item = &[Note]> {
        self.notes.chunk_by(|_, next| next.joined)
    }
}
