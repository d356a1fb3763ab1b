//! What recordings have in common by a column, a folder or their names, and what it says of their labels.

use std::collections::{BTreeSet, HashMap};

use super::association::Property;
use super::finding::{Finding, Kind, Severity, listed, percent};
use super::question::{Answer, Question, partition};

/// What recordings of one value have in common is worth a word from here on.
const LEAST: f64 = 0.05;
/// A grouping settles the strongest emotion where knowing it leaves less than a tenth of the mistakes of a blind guess.
const SETTLES: f64 = 0.9;
/// A column, folder or part of a name is the label in other words where so many of its values name the strongest emotion.
const SAYS_THE_LABEL: f64 = 0.8;

/// What is known of the recordings without hearing them; one item a recording in each list.
pub struct Known<'a> {
    /// File names below the audio folder.
    pub file_names: Vec<&'a str>,
    /// Names and cells of the columns beside file, groups and emotions.
    pub columns: Vec<(&'a str, Vec<&'a str>)>,
    /// The groups of the split.
    pub groups: &'a [String],
    /// The column that they stand in, if any.
    pub group_by: Option<&'a str>,
    /// Strongest emotions.
    pub strongest: Vec<&'a str>,
}

/// Folds of `evaluate` if nothing else is said.
const USUAL_FOLDS: usize = 5;

/// Groupings that the split does not keep to. Those that have no two recordings in common, all in common, or lie within the
/// split's own groups are not asked about.
pub fn questions(known: &Known) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (name, cells) in &known.columns {
        let what = format!("the column `{name}`");
        questions.push(Question { column: Some((*name).to_owned()), ..asked(what, own_if_empty(cells)) });
    }
    questions.extend(by_name(&known.file_names).into_iter().map(|(what, values)| asked(what, values)));
    questions.retain(|question| {
        let Property::Names(values) = &question.property else { return false };
        divides(values, known.groups) && !says_the_label(values, &known.strongest)
    });
    // The first of equals: a column before a part of the names.
    let mut seen: Vec<Vec<usize>> = Vec::new();
    questions.retain(|question| {
        let Property::Names(values) = &question.property else { return false };
        let partition = partition(values);
        let is_new = !seen.contains(&partition);
        seen.push(partition);
        is_new
    });
    questions
}

/// The split's own groups, where several recordings are of one: do they settle the emotion?
pub fn own_question(known: &Known) -> Option<Question> {
    let column = known.group_by?;
    let each_its_own: Vec<String> = (0..known.groups.len()).map(|at| at.to_string()).collect();
    let asked = asked(format!("the column `{column}`"), known.groups.to_vec());
    divides(known.groups, &each_its_own).then(|| Question { column: Some(column.to_owned()), ..asked })
}

fn asked(what: String, values: Vec<String>) -> Question {
    Question::new(Kind::UnusedGroups, what, LEAST, Property::Names(values))
}

fn says_the_label(values: &[String], strongest: &[&str]) -> bool {
    let bare = |value: &str| value.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let said = values.iter().zip(strongest).filter(|(value, emotion)| bare(value) == bare(emotion)).count();
    said as f64 >= SAYS_THE_LABEL * values.len() as f64
}

fn own_if_empty(cells: &[&str]) -> Vec<String> {
    let value = |(at, cell): (usize, &&str)| if cell.is_empty() { format!("\0{at}") } else { (*cell).to_owned() };
    cells.iter().enumerate().map(value).collect()
}

/// Whether at least half of the recordings share a value with one of another group, and there are two values or more.
fn divides(values: &[String], groups: &[String]) -> bool {
    let mut within: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    values.iter().zip(groups).for_each(|(value, group)| {
        within.entry(value).or_default().insert(group);
    });
    let shared = values.iter().filter(|value| within[value.as_str()].len() > 1).count();
    within.len() > 1 && 2 * shared >= values.len()
}

/// Groupings by folder and by parts of the names.
fn by_name(names: &[&str]) -> Vec<(String, Vec<String>)> {
    let folder = |name: &&str| name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let parts: Vec<Vec<String>> = names.iter().map(|name| parts(name)).collect();
    let mut groupings = vec![
        ("the folder".to_owned(), names.iter().map(folder).collect()),
        ("the file name without its last number".to_owned(), names.iter().map(|name| stem(name)).collect()),
    ];
    // Names of one pattern say one thing in each place.
    let places = parts.iter().map(Vec::len).min().unwrap_or(0);
    let alike = parts.iter().all(|name| name.len() == places);
    for place in 0..if alike { places } else { places.min(1) } {
        let values: Vec<String> = parts.iter().map(|name| name[place].clone()).collect();
        groupings.push((format!("part {} of the file names (as `{}`)", place + 1, values[0]), values));
    }
    groupings
}

/// A file's name without folder and ending.
fn bare(name: &str) -> &str {
    let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
    file.rsplit_once('.').map_or(file, |(bare, _)| bare)
}

/// Runs of letters and runs of digits.
fn parts(name: &str) -> Vec<String> {
    let characters: Vec<char> = bare(name).to_lowercase().chars().collect();
    let kind = |c: &char| (c.is_numeric(), c.is_alphabetic());
    let runs = characters.chunk_by(|a, b| kind(a) == kind(b));
    runs.filter(|run| run[0].is_alphanumeric()).map(|run| run.iter().collect()).collect()
}

/// The name before its last number: `bach_take2` → `bach_take`; the whole name where nothing else is in it.
fn stem(name: &str) -> String {
    let name = bare(name);
    let end = name.trim_end_matches(|c: char| !c.is_ascii_digit());
    let stem = end.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.contains(char::is_alphanumeric) { stem.to_lowercase() } else { name.to_lowercase() }
}

/// The finding, if there is one. `own` are the split's own groups.
pub fn finding(known: &Known, question: &Question, answer: Answer, own: bool) -> Option<Finding> {
    let Property::Names(values) = &question.property else { return None };
    if !answer.stands(question) {
        return None;
    }
    let (what, figure) = (&question.what, percent(answer.explains));
    let settled = settles(values, &known.strongest) >= SETTLES;
    let finding = match (settled, own) {
        (true, true) => Finding::new(
            Kind::LabelBySource,
            Severity::Check,
            format!("{what}, which keeps the groups, settles the strongest emotion: nearly each group has one"),
            "no score can tell whether the emotion is heard or who plays: record several emotions of each group",
        ),
        (true, false) => Finding::new(
            Kind::LabelBySource,
            Severity::Serious,
            format!("{what} settles the strongest emotion, and explains {figure} of the labels (p = {:.4})", answer.p),
            format!(
                "if it was not made from the labels, who learns it has learned the label: {}",
                keep(known, question, "record several emotions of each of its values")
            ),
        ),
        (false, true) => return None,
        (false, false) => Finding::new(
            Kind::UnusedGroups,
            Severity::Serious,
            format!(
                "recordings that share {what} are labelled alike: it explains {figure} of the labels (p = {:.4}), and they \
                 stand on both sides of a split",
                answer.p
            ),
            format!(
                "if it was not made from the labels, {}",
                keep(known, question, "make a column of it for --group-by")
            ),
        ),
    };
    let finding = finding.of_columns(question.column.iter().cloned().collect());
    Some(Finding { explains: Some(answer.explains), p: Some(answer.p), ..finding })
}

fn keep(known: &Known, question: &Question, otherwise: &str) -> String {
    match (&question.column, known.group_by) {
        (None, _) => otherwise.to_owned(),
        (Some(column), None) => format!("give --group-by {column}"),
        (Some(column), Some(_)) => {
            let Property::Names(values) = &question.property else { return otherwise.to_owned() };
            let values = values.iter().collect::<BTreeSet<_>>().len();
            // Each fold holds one value at least.
            let folds = if values < USUAL_FOLDS { format!(" --folds {values}") } else { String::new() };
            let instead = if values < 3 { String::new() } else { format!(", or give --group-by {column} instead") };
            format!("judge with --second-group {column}{folds} as well (`evaluate`){instead}")
        }
    }
}

/// How much of a blind guess's mistakes about the strongest emotion knowing the value saves; 1 is all. Values of a single
/// recording settle nothing.
fn settles(values: &[String], strongest: &[&str]) -> f64 {
    let mut counts: HashMap<&str, HashMap<&str, usize>> = HashMap::new();
    let mut all: HashMap<&str, usize> = HashMap::new();
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    values.iter().for_each(|value| *sizes.entry(value).or_default() += 1);
    for (value, emotion) in values.iter().zip(strongest).filter(|(value, _)| sizes[value.as_str()] > 1) {
        *counts.entry(value).or_default().entry(emotion).or_default() += 1;
        *all.entry(emotion).or_default() += 1;
    }
    let total: usize = all.values().sum();
    let most = |counts: &HashMap<&str, usize>| counts.values().copied().max().unwrap_or(0);
    let (blind, right) = (most(&all), counts.values().map(most).sum::<usize>());
    if total == blind { 0.0 } else { (right - blind) as f64 / (total - blind) as f64 }
}

/// Names that number the takes of one thing while each recording is its own group.
pub fn numbered_names(known: &Known) -> Option<Finding> {
    let stems: Vec<String> = known.file_names.iter().map(|name| stem(name)).collect();
    if known.group_by.is_some() || !divides(&stems, known.groups) || says_the_label(&stems, &known.strongest) {
        return None;
    }
    let mut members: HashMap<&str, Vec<String>> = HashMap::new();
    stems.iter().zip(&known.file_names).for_each(|(stem, name)| {
        members.entry(stem).or_default().push((*name).to_owned());
    });
    let things = members.len();
    let example = members.into_values().max_by_key(|names| (names.len(), std::cmp::Reverse(names[0].clone())))?;
    let found = format!(
        "the file names number {} recordings of {things} things ({}), and each recording is its own group",
        stems.len(),
        listed(&example)
    );
    let advice = "if they are takes or parts of one piece, name it in a column, and give --group-by that column";
    Some(Finding::new(Kind::NumberedNames, Severity::Check, found, advice).of_recordings(example))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parts("a/take-007-performer2 Piece.1.wav"), ["take", "007", "performer", "2", "piece", "1"]);
        assert_eq!(
            ["bach_take2.wav", "x/Bach_take10.wav", "12.mp3", "largo.wav"].map(stem),
            ["bach_take", "bach_take", "12", "largo"]
        );
    }

    #[test]
    fn what_settles_the_emotion_leaves_no_mistakes() {
        let values: Vec<String> = ["a", "a", "a", "b", "b", "c"].map(String::from).to_vec();
        assert_eq!(settles(&values, &["joy", "joy", "joy", "fear", "fear", "fear"]), 1.0);
        assert_eq!(settles(&values, &["joy", "joy", "fear", "fear", "joy", "fear"]), 0.0);
        assert_eq!(settles(&values, &["joy"; 6]), 0.0);
    }

    #[test]
    fn groupings_within_the_groups_are_not_asked_about() {
        let text = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<String>>();
        let values = text(&["a", "a", "b", "b"]);
        assert!(divides(&values, &text(&["1", "2", "3", "4"])) && !divides(&values, &text(&["1", "1", "2", "2"])));
        assert!(!divides(&text(&["a"; 4]), &text(&["1", "2", "3", "4"])));
        assert!(!divides(&text(&["a", "b", "c", "d"]), &text(&["1", "2", "3", "4"])));
    }
}
