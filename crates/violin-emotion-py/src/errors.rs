//! The library's errors → the exceptions of `violin_emotion.errors`, one subclass a kind.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use violin_emotion::{Error, ErrorKind};

/// The exception that says what `error` says; `Interrupted` is Python's own `KeyboardInterrupt`.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    match error.kind() {
        ErrorKind::Interrupted => PyKeyboardInterrupt::new_err(error.to_string()),
        _ => build(py, error).map_or_else(|failed| failed, PyErr::from_value),
    }
}

fn build<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let (problem, hint) = (in_python(&error.to_string()), error.hint().map(in_python));
    py.import("violin_emotion.errors")?.getattr(class(error))?.call1((problem, hint))
}

/// Words that name what the command line calls `--group-by`: here it is `group_by`. Whole commands stay as they are.
fn in_python(words: &str) -> String {
    if words.contains("violin-emotion ") {
        return words.to_owned();
    }
    let word = |word: &str| match word.find("--") {
        Some(at) if word[at + 2..].starts_with(|letter: char| letter.is_ascii_lowercase()) => {
            format!("{}{}", &word[..at], word[at + 2..].replace('-', "_"))
        }
        _ => word.to_owned(),
    };
    words.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn class(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Audio { .. } => "AudioError",
        ErrorKind::Labels { .. } => "LabelsError",
        ErrorKind::Config { .. } | ErrorKind::Settings { .. } => "ConfigError",
        ErrorKind::Model { .. } => "ModelError",
        ErrorKind::Data { .. } => "DataError",
        ErrorKind::File { .. } => "FileError",
        // Of one kind, as recordings of one folder mostly are, they are caught as such.
        ErrorKind::Several { errors } => match errors.split_first() {
            Some((first, others)) if others.iter().all(|other| class(other) == class(first)) => class(first),
            _ => "Error",
        },
        _ => "Error",
    }
}

/// A result for Python.
pub trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for violin_emotion::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}
