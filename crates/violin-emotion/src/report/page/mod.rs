//! One page for a recording: what it expresses, when, and why, on one time line with its sound.
//!
//! A page is one HTML file that needs no network. It is a view of one JSON object, [`PageData`], which lies in it and is
//! described in docs/analysis-json.md. Its parts are the plain files beside this one, put together in document.rs; nothing of a
//! recording is ever read as HTML.

mod comparison;
mod curves;
mod data;
mod document;
mod headline;
mod index;
mod lanes;
mod sound;
mod spectrum;
mod studio;
mod trust;

pub use comparison::{Alignment, Comparison};
pub use curves::{Curves, Waveform};
pub use data::{NamedNote, PageData, Played, Said};
pub use headline::headline;
pub use index::{Index, IndexRow};
pub use lanes::Lane;
pub use sound::{Sound, WithSound};
pub use spectrum::Spectrum;
pub use studio::Studio;
pub use trust::Trust;

use document::{Part, Reach, document};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("start.js");
/// What all pages of recordings draw and play with, in the order in which they use one another.
const TOOLS: [&str; 11] = [
    include_str!("words.js"),
    include_str!("theme.js"),
    include_str!("pen.js"),
    include_str!("view.js"),
    include_str!("player.js"),
    include_str!("downloads.js"),
    include_str!("figure.js"),
    include_str!("spectrogram.js"),
    include_str!("river.js"),
    include_str!("lanes.js"),
    include_str!("bars.js"),
];

impl PageData {
    /// The page, whole: HTML that works from a file.
    pub fn html(&self) -> String {
        document(
            TEMPLATE,
            Part { style: STYLE, script: &(TOOLS.concat() + SCRIPT), data: &self.json(), reach: Reach::Nothing },
        )
    }
}
