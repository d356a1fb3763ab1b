//! One property, one question: does it explain the labels? And what was answered.

use super::association::{ALPHA, Association, Property};
use super::finding::Kind;

/// What is asked of the labels.
#[derive(Debug, Clone)]
pub struct Question {
    pub kind: Kind,
    /// What the property is, as a sentence's subject.
    pub what: String,
    /// The column of the label file that it stands in.
    pub column: Option<String>,
    /// The least share of the labels that is worth a word.
    pub least: f64,
    pub property: Property,
}

/// What a test said, p corrected for all tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    pub explains: f64,
    pub p: f64,
}

impl Question {
    pub fn new(kind: Kind, what: impl Into<String>, least: f64, property: Property) -> Self {
        Question { kind, what: what.into(), column: None, least, property }
    }

    /// Keeps one of those that tell recordings apart in one way, and names it after all of them.
    pub fn merge_equal(questions: &mut Vec<Question>) {
        let mut kept: Vec<Question> = Vec::new();
        for question in questions.drain(..) {
            let same = |other: &&mut Question| {
                other.kind == question.kind && same_neighbours(&other.property, &question.property)
            };
            match kept.iter_mut().find(same) {
                Some(first) => first.what = format!("{}, as {},", first.what.trim_end_matches(','), question.what),
                None => kept.push(question),
            }
        }
        *questions = kept;
    }
}

fn same_neighbours(one: &Property, other: &Property) -> bool {
    match (one, other) {
        (Property::Numbers(one), Property::Numbers(other)) => one == other,
        (Property::Names(one), Property::Names(other)) => partition(one) == partition(other),
        _ => false,
    }
}

/// Each value's number, in the order of their first use.
pub fn partition(values: &[String]) -> Vec<usize> {
    let mut numbers: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    values
        .iter()
        .map(|value| {
            let next = numbers.len();
            *numbers.entry(value).or_insert(next)
        })
        .collect()
}

impl Answer {
    pub fn new(association: Association, corrected: f64) -> Self {
        Answer { explains: association.explains, p: corrected }
    }

    /// Whether it is more than chance, and worth a word.
    pub fn stands(&self, question: &Question) -> bool {
        self.p < ALPHA && self.explains >= question.least
    }
}
