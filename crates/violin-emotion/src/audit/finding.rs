//! What an audit found, for programs and in words.

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A recording that cannot be read; it was left out of everything else.
    Unreadable,
    /// A recording in which nothing is to be heard.
    Silent,
    /// Files of one and the same sound.
    SameSound,
    /// Copies of one recording that differ in coding, level, cut, noise or sample rate.
    NearDuplicate,
    /// Recordings that are parts of one another, or that share a part.
    Excerpt,
    /// The length of a clip says how it is labelled.
    Length,
    /// The level of a clip says how it is labelled.
    Level,
    /// The silence of a clip says how it is labelled.
    Silence,
    /// The order of the files says how they are labelled.
    Order,
    /// The format of a file says how it is labelled.
    Format,
    /// A column, folder or part of the file name settles the strongest emotion.
    LabelBySource,
    /// What should be kept on one side of a split is not.
    UnusedGroups,
    /// File names that number the takes of one thing, and no column of groups.
    NumberedNames,
    /// Two emotions that are one column, or an emotion that is the same for all.
    Emotions,
    /// Labels, raters or groups as a whole do not allow an honest score.
    Labels,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A score would be dishonest.
    Serious,
    /// It may be; a person has to look.
    Check,
    /// Worth knowing, and harmless to a grouped score.
    Note,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The recordings concerned, as the label file names them; empty if all are.
    pub recordings: Vec<String>,
    /// The columns of the label file concerned.
    pub columns: Vec<String>,
    /// The share of the labels' variance that it explains alone, judged from other groups; 1 is all.
    pub explains: Option<f64>,
    /// The chance of so much or more where nothing is behind it, corrected for the number of tests (Holm).
    pub p: Option<f64>,
    /// How well the fingerprints of the recordings agree, at the weakest link; 1 is wholly.
    pub agreement: Option<f64>,
    /// What was found, as a sentence.
    pub found: String,
    /// What to do about it.
    pub advice: String,
}

impl Finding {
    /// A finding in words, about no recording or column alone.
    pub(super) fn new(kind: Kind, severity: Severity, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let (recordings, columns) = (Vec::new(), Vec::new());
        let (found, advice) = (found.into(), advice.into());
        Finding { kind, severity, recordings, columns, explains: None, p: None, agreement: None, found, advice }
    }

    pub(super) fn of_recordings(mut self, recordings: Vec<String>) -> Self {
        self.recordings = recordings;
        self
    }

    pub(super) fn of_columns(mut self, columns: Vec<String>) -> Self {
        self.columns = columns;
        self
    }
}

/// `31 %`, for a sentence.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// `a, b, c and 4 more`.
pub(super) fn listed(names: &[String]) -> String {
    const NAMED: usize = 4;
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
