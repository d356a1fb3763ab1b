//! What would make a score dishonest, found before anybody trains: one recording on both sides of a split, and labels that
//! can be told without listening.

mod association;
mod demonstration;
mod emotions;
mod finding;
mod groupings;
mod heard;
mod question;
mod same_sound;
mod shortcuts;

use crate::config::Config;
use crate::data::{Dataset, SoftLabels};
use crate::features::FeatureCache;
use crate::{Error, Result, Watcher};

pub use demonstration::Demonstration;
pub use finding::{Finding, Kind, Severity};

use association::{Labels, Property};
use groupings::Known;
use heard::Heard;
use question::{Answer, Question};

/// Permutations, and the recordings of the demonstration, are drawn by it: the same recordings give the same audit.
const SEED: u64 = 0;

/// What was found, and what was looked at.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Audit {
    /// Recordings of the label file.
    pub recordings: usize,
    /// Their groups; without a group column each recording is its own.
    pub groups: usize,
    /// The column of groups.
    pub group_by: Option<String>,
    /// What was found, the most serious first.
    pub findings: Vec<Finding>,
    /// Every property that was tested against the labels.
    pub tests: Vec<Tested>,
    /// What could not be looked at, and why.
    pub not_examined: Vec<String>,
    /// What a random split of copies would do to a score on these recordings.
    pub demonstration: Option<Demonstration>,
}

/// A property that was tested against the labels.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Tested {
    /// The property.
    pub what: String,
    /// The share of the labels' variance that the labels of its neighbours from other groups explain; below 0 by chance.
    pub explains: f64,
    /// Corrected for the number of tests (Holm): the chance of any false alarm.
    pub p: f64,
}

/// Looks through labelled recordings. Those that cannot be read are a finding, and the others go on.
///
/// # Errors
/// `Config` for a setting out of its range; `Data` if no recording can be read; `File` if the cache cannot be written;
/// `Interrupted`.
pub fn audit(dataset: &Dataset, config: &Config, cache: Option<&FeatureCache>, watcher: Watcher) -> Result<Audit> {
    config.check()?;
    let mut findings = Vec::new();
    let mut heard: Vec<Heard> = Vec::new();
    for read in heard::hear(dataset, &config.audio, watcher)? {
        match read {
            Ok(one) => heard.push(one),
            Err((labelled, error)) => findings.push(unreadable(&labelled.file_name, &error)),
        }
    }
    if heard.is_empty() {
        let hint = "check the audio folder: every recording has an error of its own, see `features`";
        return Err(Error::data("at least one recording that can be read", "none", hint));
    }
    findings.extend(silent(&heard));
    let links = same_sound::links(&heard);
    findings.extend(same_sound::findings(&heard, &links));
    let targets: Vec<&SoftLabels> = heard.iter().map(|it| &it.labelled.target).collect();
    let votes = dataset.votes().map(|votes| heard.iter().map(|one| votes[one.row]).collect::<Vec<usize>>());
    findings.extend(emotions::findings(&targets, votes.as_deref()));

    let groups = joined(&heard, &links);
    let report = dataset.report();
    let beside = dataset.beside();
    let known = Known {
        file_names: heard.iter().map(|it| &*it.labelled.file_name).collect(),
        columns: beside.iter().map(|it| (&*it.name, heard.iter().map(|one| &*it.cells[one.row]).collect())).collect(),
        groups: &groups,
        group_by: report.group_by.as_deref(),
        strongest: targets.iter().map(|target| target.strongest()).collect(),
    };
    findings.extend(too_few_groups(&known));
    let (tested, tests, mut not_examined) = tests(&heard, &known);
    if !tested.iter().any(|finding| matches!(finding.kind, Kind::UnusedGroups | Kind::LabelBySource)) {
        findings.extend(groupings::numbered_names(&known));
    }
    findings.extend(tested);

    let mut demonstration = None;
    if Labels::new(shares(&heard), dataset.labels().len(), &groups).vary() {
        match demonstration::demonstrate(&heard, &groups, config, cache, watcher, SEED)? {
            Ok(shown) => demonstration = Some(shown),
            Err(why_not) => not_examined.push(why_not),
        }
    }
    findings.sort_by_key(|finding| (finding.severity, finding.kind));
    let (recordings, group_by) = (dataset.recordings().len(), report.group_by.clone());
    Ok(Audit { recordings, groups: report.groups, group_by, findings, tests, not_examined, demonstration })
}

fn unreadable(file_name: &str, error: &Error) -> Finding {
    let advice = error.hint().unwrap_or("copy or export the recording again");
    let found = format!("{file_name} was left out: {error}");
    Finding::new(Kind::Unreadable, Severity::Check, found, advice).of_recordings(vec![file_name.to_owned()])
}

fn silent(heard: &[Heard]) -> Option<Finding> {
    let silent = heard.iter().filter(|it| it.silent).map(|it| it.labelled.file_name.clone());
    let names: Vec<String> = silent.collect();
    let found = format!("nothing is to be heard in {}", finding::listed(&names));
    let advice = "no emotion can be heard there: export these again, or take their rows out";
    (!names.is_empty()).then(|| Finding::new(Kind::Silent, Severity::Check, found, advice).of_recordings(names))
}

fn too_few_groups(known: &Known) -> Option<Finding> {
    let column = known.group_by?;
    let groups = known.groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    let found = match groups {
        1 => format!("all recordings are of one group by `{column}`"),
        _ => format!("there are {groups} groups by `{column}`"),
    };
    let advice = "three are needed, to learn from, to decide when to stop, to test on: group by another column, or record more \
                  of them";
    (groups < 3)
        .then(|| Finding::new(Kind::Labels, Severity::Serious, found, advice).of_columns(vec![column.to_owned()]))
}

/// Each recording's group, those joined that share a recording.
fn joined(heard: &[Heard], links: &[same_sound::Link]) -> Vec<String> {
    let mut groups: Vec<String> = heard.iter().map(|it| it.labelled.group.clone()).collect();
    for link in links {
        let (keep, drop) = (groups[link.one].clone(), groups[link.other].clone());
        groups.iter_mut().filter(|group| **group == drop).for_each(|group| *group = keep.clone());
    }
    groups
}

fn shares(heard: &[Heard]) -> Vec<f64> {
    heard.iter().flat_map(|it| it.labelled.target.shares()).map(|&share| f64::from(share)).collect()
}

/// Asks every question of the labels, corrects for their number, and gives findings, all tests and what was not asked.
fn tests(heard: &[Heard], known: &Known) -> (Vec<Finding>, Vec<Tested>, Vec<String>) {
    let emotions = heard[0].labelled.target.labels().len();
    let labels = Labels::new(shares(heard), emotions, known.groups);
    if !labels.vary() {
        return (Vec::new(), Vec::new(), vec!["nothing was tested against the labels, for these are all equal".into()]);
    }
    let mut not_examined = Vec::new();
    if labels.recordings() < association::LEAST_RECORDINGS {
        not_examined.push(format!(
            "what predicts the labels by more than chance cannot be told from {} (at least {} are needed)",
            crate::error::count(labels.recordings(), "recording"),
            association::LEAST_RECORDINGS
        ));
    } else if labels.groups() < 2 {
        not_examined.push("what predicts the labels of other groups cannot be told from a single one".into());
    }
    let shortcuts = shortcuts::questions(heard);
    let groupings = groupings::questions(known);
    let own = groupings::own_question(known);
    let each_its_own: Vec<String> = (0..heard.len()).map(|at| at.to_string()).collect();
    let ungrouped = Labels::new(shares(heard), emotions, &each_its_own);
    let ask = |questions: &[Question], labels: &Labels| {
        let properties: Vec<_> = questions.iter().map(|question| question.property.clone()).collect();
        association::test(&properties, labels, SEED)
    };
    let asked: Vec<(Question, bool)> = shortcuts
        .iter()
        .chain(&groupings)
        .map(|question| (question.clone(), false))
        .chain(own.iter().map(|it| (it.clone(), true)))
        .collect();
    let mut answers = ask(&[shortcuts, groupings].concat(), &labels);
    answers.extend(ask(own.as_slice(), &ungrouped));
    let answered: Vec<_> =
        asked.into_iter().zip(answers).filter_map(|(asked, answer)| Some((asked, answer?))).collect();
    let corrected = association::holm(&answered.iter().map(|(_, answer)| answer.p).collect::<Vec<f64>>());
    let (mut findings, mut tests) = (Vec::new(), Vec::new());
    let answered: Vec<_> = answered
        .into_iter()
        .zip(corrected)
        .map(|(((question, own), association), p)| (question, own, Answer::new(association, p)))
        .collect();
    let shared = answered.iter().find_map(|(question, own, answer)| match &question.property {
        Property::Names(values) if question.kind == Kind::UnusedGroups && !own && answer.stands(question) => {
            Some(values.clone())
        }
        _ => None,
    });
    for (question, own, answer) in answered {
        findings.extend(match (question.kind, &shared) {
            (Kind::UnusedGroups, _) => groupings::finding(known, &question, answer, own),
            (Kind::Order, Some(values)) if is_echo(&question, values, &labels) => None,
            _ => shortcuts::finding(&question, answer),
        });
        let what = if own { format!("{}, which keeps the groups", question.what) } else { question.what };
        tests.push(Tested { what, explains: answer.explains, p: answer.p });
    }
    (findings, tests, not_examined)
}

/// Whether a property says no more of the labels than what recordings of one value have in common: files of one piece lie side by
/// side, so that their order tells what the piece does.
fn is_echo(question: &Question, values: &[String], labels: &Labels) -> bool {
    let properties = std::slice::from_ref(&question.property);
    match association::test(properties, &labels.within(values), SEED)[..] {
        [Some(left)] => !Answer::new(left, left.p).stands(question),
        _ => true,
    }
}
