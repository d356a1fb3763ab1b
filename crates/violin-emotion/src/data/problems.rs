//! Every problem of a label file, gathered before one error speaks of them all.

use std::path::Path;

use crate::error::figure;
use crate::{Error, LabelProblem};

/// Problems shown in full; the rest is counted.
const SHOWN: usize = 50;

/// The problems found so far, and what to do about each kind.
#[derive(Default)]
pub(super) struct Problems {
    found: Vec<LabelProblem>,
    hints: Vec<String>,
}

impl Problems {
    /// Notes a problem at `line` (0 = the file as a whole), in `column` if one is to blame.
    pub fn add(&mut self, line: u64, column: Option<&str>, problem: impl Into<String>, hint: &str) {
        self.found.push(LabelProblem { line, column: column.map(str::to_owned), problem: problem.into() });
        if !self.hints.iter().any(|known| known == hint) {
            self.hints.push(hint.to_owned());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// One error for all of them, in file order.
    pub fn into_error(mut self, csv: &Path) -> Error {
        self.found.sort_by_key(|problem| problem.line);
        let hidden = self.found.len().saturating_sub(SHOWN);
        if hidden > 0 {
            self.found.truncate(SHOWN);
            let last = self.found.last_mut().expect("more problems than are shown");
            last.problem.push_str(&format!("\n  … and {hidden} more"));
        }
        Error::labels(csv, self.found, self.hints.join("; "))
    }
}

/// Names for a message: `` `a`, `b` ``; at most twenty, the rest counted.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 20;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => "none".to_owned(),
        count if count <= LISTED => names.join(", "),
        count => format!("{} and {} more", names[..LISTED].join(", "), count - LISTED),
    }
}

/// A figure for a message: at most six decimals.
pub(super) fn plain(value: f64) -> String {
    figure(if value.abs() < 1e9 { (value * 1e6).round() / 1e6 } else { value })
}
