//! Errors, cut by who can mend them: the recording, the label file, a setting, the model folder, the data.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// `Result` with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What happened, where, what was expected and found; [`Error::hint`] says what to do about it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A recording that cannot be used.
    #[error("{}: {problem}", path.display())]
    Audio {
        /// The recording.
        path: PathBuf,
        /// What is wrong with it, expected and found.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// A label file that cannot be used; every problem found, not the first alone.
    #[error("{}: {}", path.display(), list(problems))]
    Labels {
        /// The label file.
        path: PathBuf,
        /// All problems, in file order.
        problems: Vec<LabelProblem>,
        /// What to do.
        hint: String,
    },
    /// A setting out of its range.
    #[error("setting `{key}`: expected {expected}, found {found}")]
    Config {
        /// The setting, as written in the TOML file (`model.network.dropout`), or the option.
        key: String,
        /// The accepted values.
        expected: String,
        /// The value given.
        found: String,
    },
    /// A file of settings that cannot be read as such.
    #[error("{}, line {line}, column {column}: {problem}", path.display())]
    Settings {
        /// The TOML file.
        path: PathBuf,
        /// Line of the problem, 1 = the first.
        line: usize,
        /// Character of that line, 1 = the first.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A model folder that cannot be used.
    #[error("{}: {problem}", path.display())]
    Model {
        /// The folder or the file in it.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// Data that do not fit the question asked of them.
    #[error("expected {expected}, found {found}")]
    Data {
        /// What would do.
        expected: String,
        /// What there is.
        found: String,
        /// What to do.
        hint: String,
    },
    /// A file or folder that cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Several of these at once.
    #[error("{} problems:{}", errors.len(), errors.iter().map(|error| format!("\n  {error}")).collect::<String>())]
    Several {
        /// All of them, in input order.
        errors: Vec<Error>,
    },
    /// The one who waits asked to stop.
    #[error("stopped on request; nothing half-written is left")]
    Interrupted,
}

/// One problem of a label file.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelProblem {
    /// Line in the file, 1 = the first; 0 = the file as a whole.
    pub line: u64,
    /// Name of the column, if one is to blame.
    pub column: Option<String>,
    /// What was expected and what was found, as one clause.
    pub problem: String,
}

impl fmt::Display for LabelProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}", self.line)?;
        }
        if let Some(column) = &self.column {
            let comma = if self.line > 0 { ", " } else { "" };
            write!(f, "{comma}column `{column}`")?;
        }
        let colon = if self.line > 0 || self.column.is_some() { ": " } else { "" };
        write!(f, "{colon}{}", self.problem)
    }
}

fn list(problems: &[LabelProblem]) -> String {
    match problems {
        [one] => one.to_string(),
        many => {
            let lines: String = many.iter().map(|problem| format!("\n  {problem}")).collect();
            format!("{} problems:{lines}", many.len())
        }
    }
}

impl Error {
    /// What happened, as data.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match &*self.0 {
            ErrorKind::Audio { hint, .. }
            | ErrorKind::Labels { hint, .. }
            | ErrorKind::Model { hint, .. }
            | ErrorKind::Data { hint, .. } => Some(hint),
            ErrorKind::Config { .. } => Some("correct the setting; what has a default can be left out"),
            ErrorKind::Settings { .. } => Some("docs/guide.md lists every setting with its default"),
            ErrorKind::File { .. } => Some("check that the path exists and that you may use it"),
            ErrorKind::Several { errors } => errors.first().and_then(Error::hint),
            ErrorKind::Interrupted => None,
        }
    }

    /// An [`ErrorKind::Audio`].
    pub fn audio(path: &Path, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        ErrorKind::Audio { path: path.into(), problem: problem.into(), hint: hint.into() }.into()
    }

    /// An [`ErrorKind::Labels`].
    pub fn labels(path: &Path, problems: Vec<LabelProblem>, hint: impl Into<String>) -> Self {
        ErrorKind::Labels { path: path.into(), problems, hint: hint.into() }.into()
    }

    /// An [`ErrorKind::Config`].
    pub fn config(key: &str, expected: impl Into<String>, found: impl fmt::Display) -> Self {
        ErrorKind::Config { key: key.into(), expected: expected.into(), found: found.to_string() }.into()
    }

    /// An [`ErrorKind::Model`].
    pub fn model(path: &Path, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        ErrorKind::Model { path: path.into(), problem: problem.into(), hint: hint.into() }.into()
    }

    /// An [`ErrorKind::Data`].
    pub fn data(expected: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        ErrorKind::Data { expected: expected.into(), found: found.into(), hint: hint.into() }.into()
    }

    /// An [`ErrorKind::File`].
    pub fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        ErrorKind::File { action, path: path.into(), source }.into()
    }

    /// The same, of the recording at `path`: data that do not fit name their file.
    pub(crate) fn of_recording(self, path: &Path) -> Self {
        match *self.0 {
            ErrorKind::Data { expected, found, hint } => {
                Error::audio(path, format!("expected {expected}, found {found}"), hint)
            }
            other => other.into(),
        }
    }

    /// All values, or every error there is: one bad recording must not hide the others.
    pub fn gather<T>(results: Vec<Result<T>>) -> Result<Vec<T>> {
        let mut values = Vec::with_capacity(results.len());
        let mut errors = Vec::new();
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted) => return Err(error),
                Err(error) => errors.push(error),
            }
        }
        match errors.len() {
            0 => Ok(values),
            1 => Err(errors.remove(0)),
            _ => Err(ErrorKind::Several { errors }.into()),
        }
    }

    /// An [`ErrorKind::Interrupted`].
    pub fn interrupted() -> Self {
        ErrorKind::Interrupted.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }
}

/// A number for a message: 1e300 has no need of 301 digits.
pub(crate) fn figure(value: impl fmt::Display + fmt::LowerExp + Copy + Into<f64>) -> String {
    match value.into().abs() {
        0.0 | 1e-6..1e9 => value.to_string(),
        size if size.is_finite() => format!("{value:e}"),
        _ => value.to_string(),
    }
}

/// `1 group`, `2 groups`.
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
