//! `audit`: what would make a score dishonest, before anybody trains.

use std::io::{Write, stdout};

use violin_emotion::audit::{Audit, Finding, Kind, Severity};
use violin_emotion::{Config, audit, data};

use super::{Failure, Outcome, count};
use crate::args::{AuditArguments, ScoreFormat};
use crate::progress::Bar;

/// Findings of one kind that are printed in full; of the others there is a number. JSON has them all.
const IN_FULL: usize = 10;

pub fn run(arguments: &AuditArguments) -> Result<Outcome, Failure> {
    let config = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::open)?;
    let options = super::label_options(&arguments.reading);
    let dataset = data::read_labels(&arguments.labels, &arguments.audio, &options)?;
    dataset.report().lines().iter().for_each(|line| eprintln!("{line}"));
    let cache = super::cache(arguments.cache.as_deref())?;
    let bar = Bar::new("listening", dataset.recordings().len());
    let audit = audit::audit(&dataset, &config, cache.as_ref(), &|progress| bar.show(progress))?;
    drop(bar);
    match arguments.format {
        ScoreFormat::Table => write!(stdout(), "{}", text(&audit))?,
        ScoreFormat::Json => {
            let mut json = serde_json::json!({ "schema": "violin-emotion/audit/1" });
            let answer = serde_json::to_value(&audit).map_err(std::io::Error::from)?;
            if let (Some(json), serde_json::Value::Object(answer)) = (json.as_object_mut(), answer) {
                json.extend(answer);
            }
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}

fn text(audit: &Audit) -> String {
    let groups = match &audit.group_by {
        Some(column) => format!("{} by `{column}`", count(audit.groups, "group")),
        None => "each its own group".to_owned(),
    };
    let mut text = format!("{}, {groups}\n", count(audit.recordings, "recording"));
    let number = |severity| audit.findings.iter().filter(|finding| finding.severity == severity).count();
    let numbers: Vec<String> =
        [(Severity::Serious, "serious"), (Severity::Check, "to check"), (Severity::Note, "to know")]
            .into_iter()
            .filter(|(severity, _)| number(*severity) > 0)
            .map(|(severity, what)| format!("{} {what}", number(severity)))
            .collect();
    text += &match &numbers[..] {
        [] => "nothing was found that would make a score dishonest\n".to_owned(),
        numbers => format!("found: {}\n", numbers.join(", ")),
    };
    let mut printed: Vec<(Kind, usize)> = Vec::new();
    for finding in &audit.findings {
        match printed.iter_mut().find(|(kind, _)| *kind == finding.kind) {
            Some((_, so_far)) => *so_far += 1,
            None => printed.push((finding.kind, 1)),
        }
        let so_far = printed.iter().find(|(kind, _)| *kind == finding.kind).map_or(0, |(_, so_far)| *so_far);
        if so_far <= IN_FULL {
            text += &lines(finding);
        }
    }
    let more: usize = printed.iter().map(|(_, number)| number.saturating_sub(IN_FULL)).sum();
    if more > 0 {
        text += &format!("\nand {more} more of these kinds: --format json has them all\n");
    }
    text += "\n";
    if !audit.tests.is_empty() {
        let tested: Vec<&str> = audit.tests.iter().map(|test| test.what.trim_end_matches(',')).collect();
        text += &format!("tested against the labels: {}\n", tested.join("; "));
    }
    for reason in &audit.not_examined {
        text += &format!("not examined: {reason}\n");
    }
    if let Some(demonstration) = &audit.demonstration {
        text += &format!("why it matters: {}\n", demonstration.sentence());
    }
    text
}

fn lines(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Serious => "serious",
        Severity::Check => "check",
        Severity::Note => "note",
    };
    format!("\n{severity:<9}{}\n{:9}→ {}\n", finding.found, "", finding.advice)
}
