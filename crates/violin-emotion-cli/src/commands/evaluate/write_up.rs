//! A judgement as a page for those who write a paper.

use violin_emotion::report::WriteUp;

use super::{Judgement, figures, words};

/// The page.
pub fn page(judged: &Judgement) -> String {
    let evaluation = &judged.evaluation;
    let permuted = judged
        .permuted_labels
        .map(|seed| format!("Labels were shuffled among the recordings (seed {seed}): an honest score is 0 or below."));
    let ceiling = judged.ceiling.as_ref().err().map(|reason| format!("There is no ceiling: {reason}."));
    let intervals = judged.no_intervals.as_ref().map(|reason| format!("There are no intervals: {reason}."));
    let findings = permuted.into_iter().chain([words::verdict(evaluation)]).chain(words::of_the_networks(evaluation));
    WriteUp {
        title: format!("How well {} told", words::asked(evaluation)),
        findings: findings.chain([words::coverage(evaluation)]).chain(ceiling).chain(intervals).map(sentence).collect(),
        tables: words::tables(judged),
        figures: figures::all(judged),
        methods: judged.methods.iter().cloned().chain([sentence(words::choices(evaluation))]).collect(),
        sources: judged.sources.clone(),
        rendered: judged.rendered,
    }
    .html()
}

/// A line of the terminal as a sentence.
fn sentence(line: String) -> String {
    let mut letters = line.trim_end().chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let rest = first + letters.as_str();
    if rest.ends_with('.') { rest } else { rest + "." }
}
