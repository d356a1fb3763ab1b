//! The parts of the playing whose say in an answer is asked for: the catalog's families, or what is made of them.

use super::words;
use crate::model::EmotionModel;
use crate::{Error, Result};

/// All coalitions of more parts would take hours.
const MOST: usize = 14;

/// What the length adds: a reference's windows are brought to the recording's length, which moves the answer to it.
pub(super) const LENGTH: &str = "length";

/// Names that the rows of an explanation have already.
const TAKEN: [&str; 5] = ["reference", "answer", "before", "after", LENGTH];

/// The larger parts of [`Groups::broad`], and the families in each: what the bow does, what the left hand does, what it sounds
/// like, and what stands in the score.
const BROAD: [(&str, &[&str]); 4] = [
    ("bow strokes", &["articulation", "attack"]),
    ("left hand", &["vibrato", "portamento", "intonation"]),
    ("tone", &["brightness", "bow noise", "timbre"]),
    ("the notes", &["register", "mode", "pitch classes"]),
];

/// A name, and columns of what the model reads.
pub(super) type Part = (String, Vec<usize>);

/// What a model reads, in named parts that do not overlap and leave nothing out.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    parts: Vec<Part>,
    /// Every column's name.
    columns: Vec<String>,
}

impl Groups {
    /// The families of the model's features: vibrato, articulation, attack, …
    pub fn families(model: &EmotionModel) -> Self {
        let named = |(family, columns)| (words::family(family), columns);
        Groups { parts: model.families().into_iter().map(named).collect(), columns: model.columns() }
    }

    /// Six larger parts, or fewer: dynamics, timing, bow strokes, left hand, tone, and the notes themselves. They are asked about
    /// in a thirtieth of the time that all families take.
    ///
    /// # Errors
    /// As [`Groups::gather`].
    pub fn broad(model: &EmotionModel) -> Result<Self> {
        let mut groups = Groups::families(model);
        for (name, families) in BROAD {
            let there: Vec<&str> = families
                .iter()
                .copied()
                .filter(|family| groups.parts.iter().any(|(known, _)| alike(known, family)))
                .collect();
            if !there.is_empty() {
                groups = groups.gather(name, &there)?;
            }
        }
        Ok(groups)
    }

    /// The same with some groups or single features taken from where they are and put together under a new name; `steady` of
    /// `intonation` and `timing_deviation`, for example.
    ///
    /// # Errors
    /// `Data` for a part that is neither a group nor a feature, for none, for a name that another group keeps, and for more
    /// than 14 groups.
    pub fn gather(mut self, name: &str, parts: &[&str]) -> Result<Self> {
        if name.trim().is_empty() || name.contains(char::is_control) || TAKEN.iter().any(|taken| alike(taken, name)) {
            let expected = format!("a name for a group, in one line, other than {}", TAKEN.join(", "));
            return Err(Error::data(expected, format!("`{}`", name.escape_debug()), "give the group another name"));
        }
        let mut gathered = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            if parts[..at].iter().any(|before| alike(before, part)) {
                return Err(Error::data("each part once", format!("`{part}` twice"), "name it once"));
            }
            if let Some(at) = self.parts.iter().position(|(known, _)| alike(known, part)) {
                gathered.extend(self.parts.remove(at).1);
                continue;
            }
            let column = self.columns.iter().position(|column| alike(column, part));
            let group = column.and_then(|column| self.parts.iter_mut().find(|(_, columns)| columns.contains(&column)));
            let (Some(column), Some((_, columns))) = (column, group) else {
                let expected = format!("one of the groups {} or a feature that is in one", self.names().join(", "));
                let hint = "docs/features.md lists the features; what is in one group cannot be in another";
                return Err(Error::data(expected, format!("`{part}`"), hint));
            };
            columns.retain(|other| *other != column);
            gathered.push(column);
        }
        self.parts.retain(|(_, columns)| !columns.is_empty());
        if gathered.is_empty() {
            return Err(Error::data(
                format!("parts of `{name}`"),
                "none",
                "name groups or features: tone=brightness+attack",
            ));
        }
        if self.parts.iter().any(|(known, _)| alike(known, name)) {
            return Err(Error::data("a name that is free", format!("`{name}`"), "give the new group another name"));
        }
        gathered.sort_unstable();
        self.parts.push((name.to_string(), gathered));
        if self.parts.len() > MOST {
            let hint = "put more of them together";
            return Err(Error::data(format!("at most {MOST} groups"), self.parts.len().to_string(), hint));
        }
        Ok(self)
    }

    /// The group that a feature is in.
    pub(super) fn group_of(&self, column: usize) -> &str {
        let group = self.parts.iter().find(|(_, columns)| columns.contains(&column));
        &group.expect("groups leave nothing out").0
    }

    /// What they are called, in order.
    pub fn names(&self) -> Vec<&str> {
        self.parts.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The group of this name, as it is written: `bow noise` for `bow_noise`.
    ///
    /// # Errors
    /// `Data` for another.
    pub fn named(&self, name: &str) -> Result<&str> {
        let Some((known, _)) = self.parts.iter().find(|(known, _)| alike(known, name)) else {
            let expected = format!("one of the groups {}", self.names().join(", "));
            return Err(Error::data(expected, format!("`{name}`"), "name one of these"));
        };
        Ok(known)
    }

    /// Each with its columns.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The columns of one group, each as a part of its own, and all other groups.
    pub(super) fn opened(&self, name: &str) -> (Vec<Part>, Vec<Part>) {
        let at = self.parts.iter().position(|(known, _)| known == name).expect("a group of these");
        let mut others = self.parts.clone();
        let (_, columns) = others.remove(at);
        (columns.iter().map(|&column| (self.columns[column].clone(), vec![column])).collect(), others)
    }
}

/// `bow noise` and `bow_noise` are one name.
fn alike(one: &str, other: &str) -> bool {
    one.replace('_', " ").eq_ignore_ascii_case(&other.replace('_', " "))
}
