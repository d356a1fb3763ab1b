//! The page that leads to the pages of several recordings.

use serde::Serialize;

use super::data::file_name;
use super::document::{Part, Reach, document};
use super::{STYLE, Trust, headline};
use crate::Error;
use crate::analysis::Analysis;
use crate::pipeline::Told;

const TEMPLATE: &str = include_str!("index.html");
const SCRIPT: &str =
    concat!(include_str!("words.js"), include_str!("theme.js"), include_str!("bands.js"), include_str!("index.js"));
/// Name and version of the JSON contract.
const SCHEMA: &str = "violin-emotion/index/1";

/// The recordings of one run, in input order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Index {
    schema: &'static str,
    /// How far the model may be trusted.
    trust: Trust,
    /// One a recording.
    rows: Vec<IndexRow>,
    /// The file name of the page of two takes, beside the index; null if there is none.
    comparison: Option<String>,
}

/// One recording: its page, or why it has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexRow {
    /// The recording's file name.
    name: String,
    /// The page's file name, beside the index; null if there is none.
    page: Option<String>,
    /// The answer in one sentence; empty if there is none.
    headline: String,
    /// The answer without what is over time, or the error.
    analysis: Analysis,
}

impl Index {
    /// An index of these rows, and of the page of two takes that stands beside it.
    pub fn new(trust: Trust, rows: Vec<IndexRow>, comparison: Option<String>) -> Self {
        Index { schema: SCHEMA, trust, rows, comparison }
    }

    /// The page: HTML that works from a file.
    pub fn html(&self) -> String {
        let data = serde_json::to_string(self).expect("numbers, texts and lists of them");
        document(TEMPLATE, Part { style: STYLE, script: SCRIPT, data: &data, reach: Reach::Nothing })
    }
}

impl IndexRow {
    /// A recording whose page stands at `page`, beside the index.
    pub fn told(told: &Told, page: &str) -> Self {
        IndexRow {
            name: file_name(told.recording.name()),
            page: Some(page.to_string()),
            headline: headline(&told.analysis, Some(&told.explanation)),
            analysis: told.analysis.clone().without_timeline(),
        }
    }

    /// The page's file name; none for a recording that could not be answered.
    pub fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// A recording that could not be answered.
    pub fn failed(path: &str, error: &Error) -> Self {
        IndexRow { name: file_name(path), page: None, headline: String::new(), analysis: Analysis::failed(path, error) }
    }
}
