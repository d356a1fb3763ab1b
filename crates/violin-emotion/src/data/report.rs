//! What was understood of a label file, so that a person can check it at a glance.

use super::problems::quoted;
use crate::error::count;

/// How the emotions were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmotionSource {
    /// Their columns sum to 1, or to 100, in the rows.
    Sum,
    /// The user named them.
    Named,
    /// The values of the column `emotion`, one a recording.
    OneHot,
    /// The two ends of a scale.
    Scale,
}

/// A column that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredColumn {
    /// Its name in the header.
    pub name: String,
    /// Why it was not used.
    pub reason: &'static str,
}

/// How a label file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelReport {
    /// The emotions, in order.
    pub emotions: Vec<String>,
    /// How they were found.
    pub source: EmotionSource,
    /// "comma", "semicolon" or "tab".
    pub separator: &'static str,
    /// "UTF-8", "UTF-16" or "Latin-1".
    pub encoding: &'static str,
    /// Shares were percentages, and were divided by 100.
    pub percentages: bool,
    /// Rows whose sum was off by rounding (0.98–1.02) and was made 1.
    pub renormalised: usize,
    /// Rows whose sum was further off and was made 1 because the user said so.
    pub normalised: usize,
    /// Columns that were not used.
    pub ignored: Vec<IgnoredColumn>,
    /// Number of recordings.
    pub recordings: usize,
    /// The column of groups; without one, each recording is its own group.
    pub group_by: Option<String>,
    /// Number of groups.
    pub groups: usize,
    /// Columns whose names say that they hold groups, and that were not asked for.
    pub unused_groups: Vec<String>,
    /// Groups whose names differ in capitals alone: perhaps one group, spelt twice.
    pub similar_groups: Vec<(String, String)>,
    /// Rows without any text, left out.
    pub empty_rows: usize,
    /// File-name cells not taken as written: line, cell, the name taken.
    pub mended_names: Vec<(u64, String, String)>,
}

impl LabelReport {
    /// The report as lines for a person; the first names the emotions.
    pub fn lines(&self) -> Vec<String> {
        let whole = if self.percentages { "100" } else { "1" };
        let how = match self.source {
            EmotionSource::Sum => format!("their columns sum to {whole}"),
            EmotionSource::Named => "as named".to_owned(),
            EmotionSource::Scale => "the two ends of a scale".to_owned(),
            EmotionSource::OneHot => "one a recording, from the column `emotion`".to_owned(),
        };
        let groups = match &self.group_by {
            Some(column) => {
                format!("{} in {} by `{column}`", count(self.recordings, "recording"), count(self.groups, "group"))
            }
            None => format!("{}, each its own group", count(self.recordings, "recording")),
        };
        let mut lines = vec![
            format!("emotions: {} ({how})", self.emotions.join(", ")),
            groups,
            format!("read as {}, separated by {}s", self.encoding, self.separator),
        ];
        if self.percentages {
            lines.push("percentages: divided by 100".to_owned());
        }
        if self.renormalised > 0 {
            let bounds = if self.percentages { "98–102" } else { "0.98–1.02" };
            lines.push(format!("{} summed to {bounds}: scaled to 1", count(self.renormalised, "row")));
        }
        if self.normalised > 0 {
            lines.push(format!("{} did not sum to {whole}: scaled to 1 as asked", count(self.normalised, "row")));
        }
        if !self.ignored.is_empty() {
            let columns: Vec<String> =
                self.ignored.iter().map(|column| format!("`{}` ({})", column.name, column.reason)).collect();
            lines.push(format!("not used: {}", columns.join(", ")));
        }
        for (one, other) in &self.similar_groups {
            lines.push(format!("groups {} are taken for two", quoted([one.as_str(), other.as_str()])));
        }
        if let (None, [first, ..]) = (&self.group_by, &self.unused_groups[..]) {
            let columns = quoted(self.unused_groups.iter().map(String::as_str));
            lines.push(format!(
                "groups may stand in {columns}: --group-by {first} keeps each on one side of every split"
            ));
        }
        if self.empty_rows > 0 {
            lines.push(format!("{} left out", count(self.empty_rows, "empty row")));
        }
        lines.extend(self.mended_names.iter().map(|(line, cell, name)| format!("line {line}: `{cell}` is `{name}`")));
        lines
    }
}
