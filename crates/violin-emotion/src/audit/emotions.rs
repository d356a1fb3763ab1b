//! What the labels themselves forbid: emotions that are one, that never vary, labels of one answer a recording.

use super::finding::{Finding, Kind, Severity, percent};
use crate::data::SoftLabels;

/// Two columns are one if a straight line takes one to the other so well; shares have six digits.
const ONE_COLUMN: f64 = 0.9999;
/// Recordings, and different shares, below which a straight line fits by chance.
const LEAST_RECORDINGS: usize = 8;
const LEAST_SHARES: usize = 3;
/// A share this near to 1 is the whole.
const WHOLE: f32 = 0.999;

/// Everything that can be said of the labels alone, and of the numbers of `votes` where they are known.
pub fn findings(targets: &[&SoftLabels], votes: Option<&[usize]>) -> Vec<Finding> {
    let names = targets.first().map_or(&[][..], |target| target.labels().names());
    let column =
        |emotion: usize| targets.iter().map(|target| f64::from(target.shares()[emotion])).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..names.len()).map(column).collect();
    let still: Vec<usize> = (0..names.len()).filter(|&at| is_constant(&columns[at])).collect();
    if still.len() == names.len() {
        let advice = "there is nothing to learn, and R² does not exist: check how the labels were made";
        return vec![Finding::new(Kind::Labels, Severity::Serious, "all labels are equal", advice)];
    }
    let mut findings = Vec::new();
    for &at in &still {
        let found = format!("`{}` is {} for every recording", names[at], percent(columns[at][0]));
        let advice = "a model cannot learn it, and its R² does not exist: leave it out with --emotions";
        let finding = Finding::new(Kind::Emotions, Severity::Check, found, advice);
        findings.push(finding.of_columns(vec![names[at].clone()]));
    }
    // Of two emotions each is what the other leaves.
    let varying: Vec<usize> = (0..names.len()).filter(|at| !still.contains(at)).collect();
    for (place, &one) in varying.iter().enumerate().filter(|_| varying.len() > 2) {
        for &other in &varying[place + 1..] {
            if let Some(how) = one_column(&columns[one], &columns[other]) {
                let found = format!("`{}` and `{}` are one column: {how}", names[one], names[other]);
                let advice = "a model that learns one scores for both: leave one out with --emotions";
                let finding = Finding::new(Kind::Emotions, Severity::Check, found, advice);
                findings.push(finding.of_columns(vec![names[one].clone(), names[other].clone()]));
            }
        }
    }
    let single = votes.is_some_and(|votes| votes.iter().all(|votes| *votes == 1));
    if single || targets.iter().all(|target| target.shares().iter().any(|&share| share > WHOLE)) {
        let found = match single {
            true => "every label is that of a single rater, as its own column says",
            false => "every label is one emotion alone, as a single rater gives it",
        };
        let advice = "how far listeners agree, and so how high a score can be, is not known: ask several raters, see \
                      `labels from-ratings`";
        findings.push(Finding::new(Kind::Labels, Severity::Note, found, advice));
    }
    findings
}

fn is_constant(column: &[f64]) -> bool {
    const ROUNDING: f64 = 1e-6;
    column.iter().all(|share| (share - column[0]).abs() < ROUNDING)
}

fn one_column(one: &[f64], other: &[f64]) -> Option<String> {
    let different = |column: &[f64]| {
        let mut shares = column.to_vec();
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        shares.len()
    };
    if one.len() < LEAST_RECORDINGS || different(one).min(different(other)) < LEAST_SHARES {
        return None;
    }
    let count = one.len() as f64;
    let mean = |column: &[f64]| column.iter().sum::<f64>() / count;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let product =
        |a: &[f64], at: f64, b: &[f64], bt: f64| a.iter().zip(b).map(|(a, b)| (a - at) * (b - bt)).sum::<f64>();
    let both = product(one, mean_one, other, mean_other);
    let (own, others) = (product(one, mean_one, one, mean_one), product(other, mean_other, other, mean_other));
    let correlation = both / (own * others).sqrt();
    if correlation.abs() < ONE_COLUMN {
        return None;
    }
    let slope = both / own;
    const EQUAL: f64 = 1e-3;
    Some(match slope {
        _ if correlation < 0.0 => "where one rises, the other falls by as much every time".to_owned(),
        _ if (slope - 1.0).abs() < EQUAL && (mean_one - mean_other).abs() < EQUAL => "they are equal".to_owned(),
        _ => format!("the second is {slope:.2} times the first, but for a constant"),
    })
}
