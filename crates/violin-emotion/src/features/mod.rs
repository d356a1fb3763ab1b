//! Recording → [`Sequence`]: a named catalog, one file a family.

mod cache;
mod catalog;
mod clip_summary;
mod dynamics;
mod extract;
mod key;
mod measure;
mod music;
mod pitch;
mod playing;
mod rhythm;
mod sequence;
mod sets;
mod timbre;
mod timing;
mod values;
mod windows;

pub use cache::{AUGMENT_VERSION, FeatureCache, MEASURE_VERSION};
pub use catalog::{Catalog, Family, FeatureId, Gap, Group, Row, Scope};
pub use clip_summary::{clip_summary, clip_summary_len};
pub use extract::{extract, extract_with_notes};
pub use measure::{CopyMeasurement, Measurement, measure, measure_from, measure_with_copies};
pub use sequence::{Sequence, Span};

use crate::notes::PitchRange;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureSet {
    /// The 138 numbers of the notebook.
    Classic,
    /// What the player does, read note by note.
    Violin,
    /// What is heard in any recording, with one voice or many.
    Music,
    /// What the player does and what is heard: neither knows the recording's level.
    #[default]
    #[serde(rename = "violin+music")]
    ViolinMusic,
    /// All of them: `classic`, `violin`, `music`.
    All,
}

impl FeatureSet {
    fn has_classic(self) -> bool {
        matches!(self, FeatureSet::Classic | FeatureSet::All)
    }

    fn has_violin(self) -> bool {
        matches!(self, FeatureSet::Violin | FeatureSet::ViolinMusic | FeatureSet::All)
    }

    fn has_music(self) -> bool {
        matches!(self, FeatureSet::Music | FeatureSet::ViolinMusic | FeatureSet::All)
    }
}

/// How a recording is cut into windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Windowing {
    /// Windows every hop; the last one ends where the recording ends, and a recording shorter than a window is one window.
    #[default]
    Cover,
    /// The notebook's rule, for parity: start while start < end − window, so a 3.0 s clip and every tail are dropped.
    Notebook,
    /// One window, the whole recording: its summary.
    Whole,
}

/// What is measured, and over what windows.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureSettings {
    /// The feature set.
    pub set: FeatureSet,
    /// Length of a window, seconds.
    pub window_s: f64,
    /// From one window's start to the next, seconds.
    pub hop_s: f64,
    /// The rule at the recording's end.
    pub windowing: Windowing,
    /// The instrument's pitches, for the set that reads notes.
    pub pitch_range: PitchRange,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        FeatureSettings {
            set: FeatureSet::default(),
            window_s: 3.0,
            hop_s: 1.5,
            windowing: Windowing::Cover,
            pitch_range: PitchRange::VIOLIN,
        }
    }
}
