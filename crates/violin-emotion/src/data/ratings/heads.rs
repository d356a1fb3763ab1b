//! Which column is what, by its head: clips, listeners, and what is no emotion.

use crate::data::columns::known;
use crate::data::problems::{Problems, quoted};
use crate::data::table::Table;

/// Names of the column of clips, with `_` for spaces and points.
pub(super) const CLIP: [&str; 16] = [
    "filename",
    "file_name",
    "file",
    "clip",
    "clip_id",
    "track",
    "track_id",
    "recording",
    "recording_id",
    "stimulus",
    "stimulus_id",
    "excerpt",
    "excerpt_id",
    "item",
    "song",
    "song_id",
];
/// Names of the column of listeners.
pub(super) const RATER: [&str; 16] = [
    "rater",
    "rater_id",
    "participant",
    "participant_id",
    "subject",
    "subject_id",
    "listener",
    "listener_id",
    "user",
    "user_id",
    "annotator",
    "annotator_id",
    "worker",
    "worker_id",
    "respondent",
    "respondent_id",
];
/// Columns of numbers that are about the listener, or no emotion.
const NO_EMOTION: [&str; 21] = [
    "age",
    "gender",
    "sex",
    "mood",
    "liked",
    "disliked",
    "liking",
    "familiar",
    "familiarity",
    "known",
    "musician",
    "training",
    "years",
    "order",
    "trial",
    "session",
    "duration",
    "time",
    "valence",
    "arousal",
    "dominance",
];

/// A name as these lists have it.
pub(super) fn plain_name(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '.'], "_")
}

/// Whether a column's name does not say that it holds something else.
pub(super) fn may_be_emotion(name: &str) -> bool {
    known(name).is_none() && !NO_EMOTION.contains(&&*plain_name(name))
}

/// The column that is named, or the first of these names.
pub(super) fn column(table: &Table, named: Option<&str>, names: &[&str], problems: &mut Problems) -> Option<usize> {
    let find = |name: &str| table.headers.iter().position(|header| plain_name(header) == plain_name(name));
    let Some(named) = named else { return names.iter().find_map(|name| find(name)) };
    let found = find(named);
    if found.is_none() {
        let there = quoted(table.headers.iter().map(String::as_str));
        let problem = format!("expected a column of this name, found {there}");
        problems.add(table.header_line, Some(named), problem, "name a column that is there");
    }
    found
}
