//! What a person should know of a result that could still be computed.

use std::fmt;

/// One warning of a recording or of the answer to it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Warning {
    /// Its kind, for programs.
    pub kind: WarningKind,
    /// The same in words, with the figures.
    pub message: String,
}

/// The kinds of [`Warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// The file's sample rate is below 44.1 kHz: its upper bands are empty.
    Upsampled,
    /// A share of the samples stands at full scale.
    Clipped,
    /// The file holds less than its header says.
    Truncated,
    /// The channels cancel when mixed; the louder one was used.
    ChannelsCancel,
    /// Samples that were not numbers were replaced by silence.
    NotFinite,
    /// Nothing, or next to nothing, is to be heard.
    Silent,
    /// Noise reduction took from the strongest partials too.
    ToneTouched,
    /// Too quiet for its level to be measured; it was left as it is.
    TooQuiet,
    /// The recording is shorter than one window, or than noise reduction needs.
    Short,
    /// Recordings of a corpus are copies of one sound.
    Copies,
    /// Copies of one sound are labelled differently.
    Contradiction,
    /// No notes were heard.
    NoNotes,
    /// Little of what sounds has a single pitch: noise, speech, percussion, chords.
    LittlePitch,
    /// Pitch does not stay within notes: speech, singing.
    PitchWanders,
    /// Much of the time several voices sound at once.
    SeveralVoices,
    /// Most notes are plucked or struck, not bowed.
    Plucked,
    /// Much of the sound lies below the pitches looked for.
    OutsideRange,
    /// The model learned from takes that nobody played or rated.
    LearnedFromRendered,
    /// Features outside the range seen in training.
    OutsideTraining,
    /// The networks trained from different beginnings give different answers.
    RestartsDisagree,
}

impl Warning {
    /// A warning of `kind`, in words.
    pub fn new(kind: WarningKind, message: impl Into<String>) -> Self {
        Warning { kind, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
