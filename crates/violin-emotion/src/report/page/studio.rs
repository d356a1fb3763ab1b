//! The page that recordings are brought to: dropped, chosen or recorded, they are heard by the server that the page came from.

use serde::Serialize;

use super::document::{Part, Reach, document};
use super::{STYLE, Trust};
use crate::audio::EXTENSIONS;
use crate::model::EmotionModel;

const TEMPLATE: &str = include_str!("studio.html");
const SCRIPT: &str = concat!(
    include_str!("words.js"),
    include_str!("theme.js"),
    include_str!("bands.js"),
    include_str!("wav.js"),
    include_str!("microphone.js"),
    include_str!("chosen.js"),
    include_str!("sending.js"),
    include_str!("studio.js")
);
/// Name and version of the JSON contract.
const SCHEMA: &str = "violin-emotion/studio/1";

/// What the page says before anything was heard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Studio {
    schema: &'static str,
    /// Version of the program that serves it.
    program: &'static str,
    /// How far the model may be trusted.
    trust: Trust,
    /// How the names of recordings end: what is taken from a folder.
    extensions: [&'static str; EXTENSIONS.len()],
    /// Size of the largest recording that is taken, bytes.
    most_bytes: u64,
    /// The longest recording from the microphone, seconds.
    longest_take_s: f64,
}

impl Studio {
    /// What runs beside the page's script, on the thread of the sound, and is asked for at `/recorder.js`.
    pub const RECORDER: &str = include_str!("recorder.js");

    /// Half an hour: some 340 MB of samples in the browser.
    const LONGEST_TAKE_S: f64 = 1800.0;

    /// The page of a model.
    pub fn of(model: &EmotionModel) -> Self {
        let audio = &model.config().audio;
        Studio {
            schema: SCHEMA,
            program: env!("CARGO_PKG_VERSION"),
            trust: Trust::of(model),
            extensions: EXTENSIONS,
            most_bytes: audio.max_bytes,
            longest_take_s: audio.max_duration_s.min(Self::LONGEST_TAKE_S),
        }
    }

    /// The page: HTML that asks the server it came from, and nobody else.
    pub fn html(&self) -> String {
        let data = serde_json::to_string(self).expect("numbers, texts and lists of them");
        let style = [STYLE, include_str!("studio.css")].concat();
        document(TEMPLATE, Part { style: &style, script: SCRIPT, data: &data, reach: Reach::OwnServer })
    }
}
