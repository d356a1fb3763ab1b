//! Which numeric columns are the emotions: those that together sum to 1, or to 100, in the rows.

use std::ops::Range;

/// How far a row's sum may stand from 1 (or from 100, in per cent) and still be taken for rounding, as a share.
pub(super) const ROUNDED: f64 = 0.02;

/// A sum of exactly 0.98 or 1.02 is within [`ROUNDED`]; binary fractions would put it just outside.
const SLACK: f64 = 1e-9;

/// Share of the readable rows that must fit before a set of columns is taken without being named.
const MOST_ROWS: f64 = 0.9;

/// A clear winner is off by less than a half of what any other set is off.
const CLEARLY: f64 = 2.0;

/// Sums this far from the whole are still meant to be it: the row is at fault, not the choice of columns.
const NEAR: f64 = 0.5;

/// What the search came to; ranges index the columns searched.
#[derive(Debug, PartialEq)]
pub(super) enum Choice {
    /// These columns, and their sum: 1 or 100.
    One(Range<usize>, f64),
    /// No neighbouring columns sum to 1 or 100.
    Nothing,
    /// Several sets do, and the rows cannot tell them apart.
    Several(Vec<Range<usize>>),
}

struct Run {
    columns: Range<usize>,
    whole: f64,
    /// |sum / whole − 1| of each row; NaN where a cell cannot be read.
    off: Vec<f64>,
}

/// Whether a sum, as a share of its whole, is 1 up to rounding.
pub(super) fn is_rounded(share: f64) -> bool {
    (share - 1.0).abs() <= ROUNDED + SLACK
}

/// The whole, 1 or 100, that most of these sums are near; 1 if neither. Sums of NaN are passed over.
pub(super) fn whole_of(sums: &[f64]) -> f64 {
    let near = |whole: f64| sums.iter().filter(|sum| is_rounded(**sum / whole)).count();
    if near(100.0) > near(1.0) { 100.0 } else { 1.0 }
}

/// The neighbouring columns, two or more, that sum to 1 or 100 in nine rows of ten.
///
/// `columns[c][r]` is a number, or NaN where the cell is none. If several runs fit, one must be clearly nearer than
/// every other; a column of zeros at the edge makes two runs alike, and so no choice. If none fits, all columns are
/// taken if at least half of the readable rows sum to something near (0.5–1.5 of the whole): then the rows are at fault, and
/// are named one by one.
pub(super) fn choose(columns: &[Vec<f64>]) -> Choice {
    let mut fitting = Vec::new();
    for first in 0..columns.len() {
        let mut sums = columns[first].iter().map(|value| readable(*value)).collect::<Vec<f64>>();
        for (last, column) in columns.iter().enumerate().skip(first + 1) {
            for (sum, value) in sums.iter_mut().zip(column) {
                *sum += readable(*value);
            }
            if sums.iter().all(|sum| sum.is_nan()) {
                break;
            }
            let whole = whole_of(&sums);
            let off: Vec<f64> = sums.iter().map(|sum| (sum / whole - 1.0).abs()).collect();
            if share_of(&off, |off| off <= ROUNDED + SLACK) >= MOST_ROWS {
                fitting.push(Run { columns: first..last + 1, whole, off });
            }
        }
    }
    let winner =
        fitting.iter().position(|run| fitting.iter().all(|other| std::ptr::eq(run, other) || beats(run, other)));
    match winner {
        Some(at) => Choice::One(fitting[at].columns.clone(), fitting[at].whole),
        None if fitting.is_empty() => all_if_near(columns),
        None => Choice::Several(fitting.into_iter().map(|run| run.columns).collect()),
    }
}

/// The columns without the one stray among them, if the others sum to 1 or 100 in nine rows of ten; an example for a hint.
pub(super) fn without_one(columns: &[Vec<f64>]) -> Option<Vec<usize>> {
    let without = |stray: usize| (0..columns.len()).filter(move |at| *at != stray).collect::<Vec<usize>>();
    (0..columns.len()).map(without).filter(|chosen| chosen.len() >= 2).find(|chosen| {
        let sum = |row: usize| chosen.iter().map(|at| readable(columns[*at][row])).sum::<f64>();
        let sums: Vec<f64> = (0..columns[0].len()).map(sum).collect();
        let whole = whole_of(&sums);
        let off: Vec<f64> = sums.iter().map(|sum| (sum / whole - 1.0).abs()).collect();
        share_of(&off, |off| off <= ROUNDED + SLACK) >= MOST_ROWS
    })
}

/// Negative cells belong to no distribution: a row with one speaks neither for nor against.
fn readable(value: f64) -> f64 {
    if value >= 0.0 { value } else { f64::NAN }
}

/// Share of the readable rows that pass; 0 unless at least half of all rows can be read.
fn share_of(off: &[f64], passes: impl Fn(f64) -> bool) -> f64 {
    let readable = off.iter().filter(|off| !off.is_nan()).count();
    if readable == 0 || readable * 2 < off.len() {
        return 0.0;
    }
    off.iter().filter(|off| passes(**off)).count() as f64 / readable as f64
}

/// Judged on the rows that can be read for both and fit either: a row that fits neither is wrong for both.
fn beats(run: &Run, other: &Run) -> bool {
    let tells = |a: f64, b: f64| !a.is_nan() && !b.is_nan() && a.min(b) <= ROUNDED + SLACK;
    let (mut own, mut others) = (0.0, 0.0);
    for (a, b) in run.off.iter().zip(&other.off).filter(|(a, b)| tells(**a, **b)) {
        own += a.min(1.0);
        others += b.min(1.0);
    }
    // The constant stands for what sums of decimals lose in binary.
    others > CLEARLY * own + 1e-6
}

fn all_if_near(columns: &[Vec<f64>]) -> Choice {
    if columns.len() < 2 {
        return Choice::Nothing;
    }
    let sums: Vec<f64> = (0..columns[0].len()).map(|row| columns.iter().map(|column| column[row]).sum()).collect();
    let readable = sums.iter().filter(|sum| sum.is_finite()).count();
    for whole in [1.0, 100.0] {
        let near = sums.iter().filter(|sum| (**sum / whole - 1.0).abs() <= NEAR).count();
        if near > 0 && near * 2 >= readable {
            return Choice::One(0..columns.len(), whole);
        }
    }
    Choice::Nothing
}
