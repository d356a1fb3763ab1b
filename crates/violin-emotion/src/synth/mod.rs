//! The known-answer violin: a score and cues → samples.
//!
//! A [`Score`] is written, [`perform`]ed with [`Cues`] into a [`Phrase`] that knows what every note truly is, and
//! [`render`]ed to mono samples at [`SAMPLE_RATE`]; a [`Recipe`] draws many such takes, with labels by a published rule.
//! The same seed gives the same bytes.
//!
//! ```
//! use violin_emotion::synth::{Cues, phrase, render};
//!
//! let slow = Cues { note_rate: 1.5, vibrato_extent_cents: 30.0, ..Cues::default() };
//! let samples = render(&phrase(&slow, 2.0, 7), 7);
//! assert_eq!(samples.len(), 88_200);
//! ```
//!
//! Scores reached on rendered takes say that the machinery works: they are
//! **rendered, no evidence about listeners**.

mod body;
mod bow;
mod corpus;
mod cues;
mod dice;
mod mark;
mod note;
mod partials;
mod performance;
mod recipe;
mod recorded;
mod render;
mod rendered;
mod room;
mod rule;
mod score;
mod stroke;
mod truth;

pub use corpus::{CorpusSettings, Take, corpus};
pub use cues::{CUES, Cue, Cues};
pub use mark::{RECIPE_FILE, RENDERED_MARK, is_rendered};
pub use note::{Note, Phrase};
pub use performance::{perform, phrase, switching_phrase};
pub use recipe::{Decoy, Recipe};
pub use recorded::Recorded;
pub use render::render;
pub use rendered::{LABELS, RECORDINGS, Rendered, command};
pub use room::add_room;
pub use rule::{EMOTIONS, labels};
pub use score::{Score, ScoreNote, compose};

/// Sample rate of everything rendered, in Hz.
pub const SAMPLE_RATE: u32 = 44_100;

/// The sentence that goes with every rendered take and every score reached on one.
pub const NOTICE: &str = "rendered, no evidence about listeners";
