//! An answer as it comes to be: one JSON object a line.

use std::convert::Infallible;
use std::ops::ControlFlow;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use violin_emotion::report::page::IndexRow;
use violin_emotion::{Error, Progress};

use crate::interrupt;

/// Lines that wait for a slow reader; more of them are left out, but the last never is.
const ROOM: usize = 32;

/// A line of an answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// What is being done, and which share of that is.
    Stage { stage: &'static str, share: f64 },
    /// The last line of a recording: its answer or its error, and its page.
    Heard { row: Box<IndexRow> },
    /// The last line of two takes: where their page is.
    Compared { page: String },
    /// The last line of what could not be done.
    Failed { error: String, hint: Option<String> },
}

impl Line {
    pub fn failed(error: &Error) -> Self {
        Line::Failed { error: error.to_string(), hint: error.hint().map(str::to_string) }
    }
}

/// The end at which lines are written.
#[derive(Clone)]
pub struct Lines(Sender<Line>);

/// The end at which they are read.
pub struct Reader(Receiver<Line>);

/// Both ends of an answer.
pub fn lines() -> (Lines, Reader) {
    let (sender, receiver) = channel(ROOM);
    (Lines(sender), Reader(receiver))
}

impl Lines {
    /// Says how far it has come, if there is room for it.
    pub fn stage(&self, stage: &'static str, share: f64) {
        if self.0.capacity() > 1 {
            // Who has gone away need not know.
            _ = self.0.try_send(Line::Stage { stage, share });
        }
    }

    /// Says how it ended: there is room for that.
    pub fn end(&self, line: Line) {
        _ = self.0.try_send(line);
    }

    /// Whether nobody reads any more.
    pub fn are_unread(&self) -> bool {
        self.0.is_closed()
    }

    /// Passes on a step of the library's work, and stops it after Ctrl-C or when nobody waits for it.
    pub fn show(&self, progress: Progress) -> ControlFlow<()> {
        if let Progress::Moment { done, total } = progress {
            self.stage("explaining", done as f64 / total as f64);
        }
        if interrupt::asked() || self.are_unread() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl IntoResponse for Reader {
    fn into_response(self) -> Response {
        let next = async |Reader(mut lines): Reader| {
            let line = lines.recv().await?;
            let text = serde_json::to_string(&line).expect("numbers, texts and lists of them") + "\n";
            Some((Ok::<Bytes, Infallible>(text.into()), Reader(lines)))
        };
        let kind = (CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        ([kind], Body::from_stream(unfold(self, next))).into_response()
    }
}
