//! One method's row of the score table: its figures, and how far other groups would have moved them.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Figures, HeldOut, Interval, Method, intervals};
use crate::data::LabelSet;
use crate::model::Scores;

/// Seed of the draws of groups: the same answers have the same intervals.
const SEED: u64 = 0;

/// One method's scores.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Row {
    /// Whose.
    pub method: Method,
    /// Means over the repetitions.
    pub figures: Figures,
    /// 95 % intervals of the figures that are one number, by name; none where there are too few groups to know.
    pub intervals: IndexMap<&'static str, Option<Interval>>,
    /// 95 % intervals of each emotion's R².
    pub r2_intervals: Vec<Option<Interval>>,
}

/// What answers reach above others to the same recordings, with the 95 % interval that the same draws of groups give.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Gain {
    /// Difference of mean R².
    pub mean_r2: f64,
    /// Of the difference; none where there are too few groups to know.
    pub interval: Option<Interval>,
}

impl Row {
    pub(super) fn new(method: Method, answers: &[HeldOut]) -> Row {
        let judged = Judged::new(answers);
        let figures = judged.figures(method, &vec![1.0; judged.groups.len()]);
        let flat = |weights: &[f64]| {
            let figures = judged.figures(method, weights);
            figures.scalars().iter().map(|figure| figure.value).chain(figures.r2.iter().copied()).collect()
        };
        let mut all = intervals(&judged.groups, flat, SEED);
        let scalars = figures.scalars();
        let r2_intervals = all.split_off(scalars.len());
        let named = scalars
            .iter()
            .zip(all)
            .map(|(figure, interval)| (figure.name, interval.map(|interval: Interval| interval.within(figure.range))));
        let intervals = named.collect();
        Row { method, figures, intervals, r2_intervals }
    }

    /// What a model keeps of them.
    pub(super) fn scores(&self, labels: &LabelSet) -> Scores {
        Scores {
            name: self.method.name().to_owned(),
            mean_r2: self.figures.mean_r2,
            js: self.figures.js,
            accuracy: self.figures.accuracy,
            r2: labels.names().iter().cloned().zip(self.figures.r2.iter().copied()).collect(),
        }
    }
}

/// The difference of two methods' mean R² over the same recordings; `None` where there is no R².
pub(super) fn gain(of: (&[HeldOut], Method), over: (&[HeldOut], Method)) -> Option<Gain> {
    let (judged, other) = (Judged::new(of.0), Judged::new(over.0));
    let difference = |weights: &[f64]| {
        let both = judged.figures(of.1, weights).mean_r2.zip(other.figures(over.1, weights).mean_r2);
        both.map(|(of, over)| of - over)
    };
    let mean_r2 = difference(&vec![1.0; judged.groups.len()])?;
    let interval = intervals(&judged.groups, |weights| vec![difference(weights)], SEED).remove(0);
    Some(Gain { mean_r2, interval })
}

/// The share of rated shares, of one emotion or of all, that lie within the intervals around the hybrid's answers, with its own 95 %
/// interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Coverage {
    /// The share.
    pub share: f64,
    /// None where there are too few groups to know, or all is within.
    pub interval: Option<Interval>,
}

/// For all emotions together, then for each.
pub(super) fn coverage(answers: &[HeldOut]) -> Vec<Coverage> {
    let judged = Judged::new(answers);
    let emotions = answers[0].rated.len();
    let within = |answer: &HeldOut, emotion: usize| {
        let (rated, [low, high]) = (answer.rated[emotion], answer.intervals[emotion]);
        f64::from(u8::from(low <= rated && rated <= high))
    };
    let shares = |weights: &[f64]| -> Vec<f64> {
        let counted = || judged.repetitions.iter().flat_map(|answers| answers.iter().zip(weights));
        let total: f64 = counted().map(|(_, weight)| weight).sum();
        let of = |emotion| counted().map(|(answer, weight)| weight * within(answer, emotion)).sum::<f64>() / total;
        let of_each: Vec<f64> = (0..emotions).map(of).collect();
        [of_each.iter().sum::<f64>() / emotions as f64].into_iter().chain(of_each).collect()
    };
    let flat = |weights: &[f64]| shares(weights).into_iter().map(Some).collect();
    let found = intervals(&judged.groups, flat, SEED);
    let whole = shares(&vec![1.0; judged.groups.len()]);
    let clip = |interval: Interval| interval.within((0.0, 1.0));
    // Where all is within, or nothing, groups do not say how far they differ.
    let clipped = found.into_iter().map(|interval| interval.map(clip).filter(|interval| interval.low < interval.high));
    whole.into_iter().zip(clipped).map(|(share, interval)| Coverage { share, interval }).collect()
}

/// The answers, repetition by repetition, and the group of each recording.
struct Judged<'a> {
    repetitions: Vec<&'a [HeldOut]>,
    groups: Vec<usize>,
}

impl<'a> Judged<'a> {
    fn new(answers: &'a [HeldOut]) -> Self {
        let repetitions: Vec<&[HeldOut]> = answers.chunk_by(|one, other| one.repetition == other.repetition).collect();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let number = |answer: &'a HeldOut| {
            let next = numbers.len();
            *numbers.entry(&answer.group).or_insert(next)
        };
        let groups = repetitions[0].iter().map(number).collect();
        Judged { repetitions, groups }
    }

    /// Means over the repetitions, recording i counting `weights[i]` times.
    fn figures(&self, method: Method, weights: &[f64]) -> Figures {
        let of = |answers: &&[HeldOut]| {
            let rated: Vec<&[f32]> = answers.iter().map(|answer| answer.rated.as_slice()).collect();
            let answered: Vec<&[f32]> = answers.iter().map(|answer| answer.answers[&method].as_slice()).collect();
            Figures::of(&rated, &answered, weights)
        };
        Figures::mean(&self.repetitions.iter().map(of).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_counts_what_lies_within() {
        let answer = |at: usize, rated: [f32; 2]| HeldOut {
            file_name: at.to_string(),
            group: (at % 12).to_string(),
            repetition: at / 24,
            fold: 0,
            rated: rated.to_vec(),
            intervals: vec![[0.25, 0.5], [0.5, 1.0]],
            answers: IndexMap::new(),
        };
        // In the first repetition an end itself is within; in the second a quarter of the first emotion's shares lies below.
        let rated = |at: usize| if at < 24 || !at.is_multiple_of(4) { [0.25, 0.75] } else { [0.125, 0.875] };
        let answers: Vec<HeldOut> = (0..48).map(|at| answer(at, rated(at))).collect();
        let found = coverage(&answers);
        let shares: Vec<f64> = found.iter().map(|coverage| coverage.share).collect();
        assert_eq!(shares, [0.9375, 0.875, 1.0]);
        let interval = found[1].interval.expect("twelve groups that differ");
        assert!(0.7 < interval.low && interval.low < 0.875 && 0.875 < interval.high && interval.high <= 1.0);
        assert_eq!(found[2].interval, None, "nothing outside");
    }
}
