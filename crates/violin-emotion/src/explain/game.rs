//! What the model answers to every coalition of players, against a reference.
//!
//! A player is a part of what the model reads, a family for example. One that is not in a coalition has, over the whole
//! recording, the values of a reference recording.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::Reference;
use super::groups::Part;
use crate::model::{EmotionModel, Of};
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// A model, and recordings as it reads them, against which players are judged.
pub(super) struct Game<'a> {
    model: &'a EmotionModel,
    /// Numbers a window.
    width: usize,
    /// Each with what it counts; all together 1.
    reference: Vec<(f64, Vec<f32>)>,
}

impl<'a> Game<'a> {
    pub fn new(model: &'a EmotionModel, reference: &Reference) -> Result<Self> {
        let mut recordings = Vec::new();
        for (share, sequence) in &reference.recordings {
            recordings.push((*share, model.read(sequence)?.0));
        }
        Ok(Game { model, width: model.columns().len(), reference: recordings })
    }

    /// The answer to the reference: the mean over its recordings, each as long as it is.
    pub fn base(&self, of: Of) -> Result<Vec<f64>> {
        let mut base = vec![0.0; self.model.labels().len()];
        for (share, recording) in &self.reference {
            let answer = self.model.answers(&[recording], of)?.remove(0);
            base.iter_mut().zip(answer).for_each(|(sum, of_one)| *sum += share * f64::from(of_one));
        }
        Ok(base)
    }

    /// The answer to every coalition of players, coalitions × emotions, the mean over the reference's recordings: number c
    /// has the players whose bits are set in c from `rows`.
    pub fn worths(&self, rows: &[f32], players: &[Part], of: Of, watcher: Watcher) -> Result<Vec<f64>> {
        let done = AtomicUsize::new(0);
        let compare = |(_, usual): &(f64, Vec<f32>)| {
            let worths = self.worths_against(rows, &self.stretched(usual, rows.len()), players, of)?;
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            tell(watcher, Progress::Compared { done, total: self.reference.len() })?;
            Ok(worths)
        };
        let by_reference = self.reference.par_iter().map(compare).collect::<Result<Vec<Vec<f32>>>>()?;
        let mut worths = vec![0.0; self.model.labels().len() << players.len()];
        for ((share, _), of_one) in self.reference.iter().zip(&by_reference) {
            worths.iter_mut().zip(of_one).for_each(|(sum, worth)| *sum += share * f64::from(*worth));
        }
        Ok(worths)
    }

    fn worths_against(&self, rows: &[f32], absent: &[f32], players: &[Part], of: Of) -> Result<Vec<f32>> {
        let change = |(_, columns): &Part| {
            let mut change = vec![0.0; rows.len()];
            let windows = change.chunks_exact_mut(self.width).zip(rows.chunks_exact(self.width));
            for ((change, row), absent) in windows.zip(absent.chunks_exact(self.width)) {
                columns.iter().for_each(|&column| change[column] = row[column] - absent[column]);
            }
            change
        };
        // Who is the same here as there, a vibrato that neither has, changes no coalition: only the others are asked.
        let all: Vec<Vec<f32>> = players.iter().map(change).collect();
        let (others, changes): (Vec<usize>, Vec<Vec<f32>>) =
            all.into_iter().enumerate().filter(|(_, change)| change.iter().any(|value| *value != 0.0)).unzip();
        let mut answers = self.model.answers_to_subsets(absent, &changes, of)?;
        // The two ends are the answers that are given without being asked why, to the last bit.
        let last = answers.len() - 1;
        for (place, end) in [(0, absent), (last, rows)] {
            answers[place] = self.model.answers(&[end], of)?.remove(0);
        }
        let subset = |coalition: usize| {
            others.iter().enumerate().map(|(at, player)| (coalition >> player & 1) << at).sum::<usize>()
        };
        Ok((0..1 << players.len()).flat_map(|coalition| answers[subset(coalition)].iter().copied()).collect())
    }

    /// The answers to the whole recording as players come in, one after the other, where some are there already: one more than come in.
    pub fn along(&self, rows: &[f32], absent: &[f32], there: &[&Part], then: &[&Part]) -> Result<Vec<Vec<f32>>> {
        let mut mixed = absent.to_vec();
        there.iter().for_each(|player| self.put(&mut mixed, rows, player));
        let mut sequences = vec![mixed];
        for player in then {
            let mut mixed = sequences.last().expect("one at least").clone();
            self.put(&mut mixed, rows, player);
            sequences.push(mixed);
        }
        self.model.answers(&sequences.iter().map(Vec::as_slice).collect::<Vec<_>>(), Of::Whole)
    }

    /// Gives a sequence a player's part of another.
    fn put(&self, sequence: &mut [f32], rows: &[f32], (_, columns): &Part) {
        for (window, row) in sequence.chunks_exact_mut(self.width).zip(rows.chunks_exact(self.width)) {
            columns.iter().for_each(|&column| window[column] = row[column]);
        }
    }

    /// The reference's recordings, each with what it counts, at this length.
    pub fn stretched_reference(&self, len: usize) -> impl Iterator<Item = (f64, Vec<f32>)> {
        self.reference.iter().map(move |(share, recording)| (*share, self.stretched(recording, len)))
    }

    /// A recording's windows at the same share of the time, so many that they are `len` numbers.
    fn stretched(&self, recording: &[f32], len: usize) -> Vec<f32> {
        let (windows, theirs) = (len / self.width, recording.len() / self.width);
        let there = (0..windows).map(|window| (2 * window + 1) * theirs / (2 * windows));
        there.flat_map(|there| recording[there * self.width..][..self.width].iter().copied()).collect()
    }
}
