//! What a musician hears in any recording, with one voice or many: harmony, register, pulse, onsets, dynamics, timbre.
//!
//! What is heard in each frame is found once, from one transform of the whole recording; any span of it is then summed up.
//! Levels are those against the recording's own loud frames, so its gain moves nothing.

mod chroma;
mod dynamics;
mod harmony;
mod heard;
mod onsets;
mod peaks;
mod pulse;
mod register;
mod set;
mod spectrum;
mod statistics;
mod timbre;

use std::ops::Range;

use super::{Row, Span};
use crate::dsp::power_frames::{FRAME, HOP};
use heard::{FRAME_RATE, Heard};
pub(super) use set::MUSIC;

/// A recording as it was heard.
pub(super) struct Music(Heard);

impl Music {
    /// Listens to a whole recording.
    pub(super) fn new(samples: &[f32]) -> Self {
        Music(Heard::new(samples))
    }

    /// Puts the `music` features of a span; what it cannot tell stays missing, and so does all where nothing sounds.
    pub(super) fn put(&self, span: Span, row: &mut Row) {
        let Music(heard) = self;
        let frames = frames_in(span, heard.frames());
        let sounding = heard.sounds[frames.clone()].iter().filter(|sounds| **sounds).count();
        if sounding < statistics::FEWEST {
            return;
        }
        harmony::put(heard, &frames, row);
        register::put(heard, &frames, row);
        pulse::put(heard, &frames, row);
        onsets::put(heard, &frames, row);
        dynamics::put(heard, &frames, row);
        timbre::put(heard, &frames, row);
    }
}

/// The frames whose middles lie in a span.
fn frames_in(span: Span, frames: usize) -> Range<usize> {
    let middle = (FRAME / 2) as f64 / HOP as f64;
    let frame = |seconds: f64| ((seconds * f64::from(FRAME_RATE) - middle).ceil().max(0.0) as usize).min(frames);
    frame(span.start_s)..frame(span.end_s)
}
