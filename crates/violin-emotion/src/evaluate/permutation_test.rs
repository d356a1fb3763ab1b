//! Whether a score says anything: the same method on the same folds, with the labels dealt out anew.

use rayon::prelude::*;

use super::baselines::{self, Labels};
use super::{Figures, Method, cross_validate, p_value, permutation};
use crate::config::Config;
use crate::data::{Corpus, Measured, Plan};
use crate::features::Catalog;
use crate::watch::tell;
use crate::{Error, Progress, Result, Watcher};

/// Permutations that a ridge is fitted to at once.
const TOGETHER: usize = 32;

/// A method's score beside what it reaches when labels and music have nothing to do with each other.
///
/// Where few groups are of about one size, dealing parts them a little, which makes chance's scores higher: p errs on the careful
/// side then. (Scores beside the mean label's on the same deal err on the other side where groups are few.)
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PermutationTest {
    /// Whose score.
    pub method: Method,
    /// Mean R² with the labels as they are.
    pub observed: f64,
    /// Mean R² of each permutation.
    pub permuted: Vec<f64>,
    /// The share of scores that reach the observed one, itself counted: how often chance alone does as well.
    pub p: f64,
}

impl PermutationTest {
    /// From the observed score and those of the permutations.
    pub fn new(method: Method, observed: f64, permuted: Vec<f64>) -> Self {
        PermutationTest { method, observed, p: p_value(observed, &permuted), permuted }
    }
}

/// The methods that [`permutation_test`] knows: they are quick enough for hundreds of permutations.
pub const QUICK: [Method; 2] = [Method::Ridge, Method::Forest];

/// Tests one of the [`QUICK`] methods on the folds of the plan's first repetition. Labels move in whole groups, among those
/// of about one size, and within them, see [`permutation`](super::permutation). None where the rated shares do not vary.
///
/// # Errors
/// `Config` for another method; `Interrupted`; `Data` as [`cross_validate`].
pub fn permutation_test(
    corpus: &Corpus,
    config: &Config,
    plan: &Plan,
    method: Method,
    permutations: usize,
    seed: u64,
    watcher: Watcher,
) -> Result<Option<PermutationTest>> {
    if !QUICK.contains(&method) {
        return Err(Error::config("permutations", "the ridge or the forest", method.name()));
    }
    let numbers = corpus.group_numbers();
    let own = (0..corpus.recordings().len()).collect();
    let orders: Vec<Vec<usize>> =
        std::iter::once(own).chain((0..permutations).map(|number| permutation(&numbers, seed, number))).collect();
    let rated: Vec<&[f32]> = corpus.recordings().iter().map(|recording| recording.target.shares()).collect();
    let dealt: Vec<Labels> = orders.iter().map(|order| order.iter().map(|&from| rated[from]).collect()).collect();
    let catalog = Catalog::of(config.features.set);
    let together = if method == Method::Ridge { TOGETHER } else { 1 };
    let answers = dealt
        .par_chunks(together)
        .map(|dealt| {
            let mut answers = vec![vec![Vec::new(); rated.len()]; dealt.len()];
            for split in &plan.repetitions()[0] {
                let side = corpus.training_side(split);
                let asked: Vec<&Measured> = split.test().iter().map(|&at| &corpus.recordings()[at]).collect();
                let of_split: Vec<Vec<Vec<f32>>> = match method {
                    Method::Ridge => {
                        let ridges = baselines::ridge(&side, dealt, &asked, catalog, seed)?;
                        ridges.into_iter().map(|ridge| ridge.answers).collect()
                    }
                    _ => vec![baselines::forest(&side, &dealt[0], &asked, catalog, &config.model.forest, seed)?],
                };
                for (answers, of_split) in answers.iter_mut().zip(of_split) {
                    split.test().iter().zip(of_split).for_each(|(&at, answer)| answers[at] = answer);
                }
                tell(watcher, Progress::Permuted { done: dealt.len() })?;
            }
            Ok(answers)
        })
        .collect::<Result<Vec<_>>>()?
        .concat();
    let score = |(labels, answers): (&Labels, &Vec<Vec<f32>>)| {
        let answers: Vec<&[f32]> = answers.iter().map(Vec::as_slice).collect();
        Figures::of(labels, &answers, &vec![1.0; answers.len()]).mean_r2
    };
    let scores: Option<Vec<f64>> = dealt.iter().zip(&answers).map(score).collect();
    Ok(scores.map(|mut scores| {
        let observed = scores.remove(0);
        PermutationTest::new(method, observed, scores)
    }))
}

/// Steps that [`permutation_test`] tells of, [`Progress::Permuted`] counting several at once.
pub fn permutation_steps(plan: &Plan, permutations: usize) -> usize {
    plan.repetitions()[0].len() * (permutations + 1)
}

/// The hybrid's mean R² over the plan's first repetition with the labels in the order of one permutation.
///
/// # Errors
/// As [`cross_validate`].
pub fn hybrid_on_permuted(
    corpus: &Corpus,
    config: &Config,
    plan: &Plan,
    number: usize,
    seed: u64,
    watcher: Watcher,
) -> Result<Option<f64>> {
    let corpus = corpus.with_labels_in(&permutation(&corpus.group_numbers(), seed, number));
    let evaluation = cross_validate(&corpus, config, &plan.first(), seed, watcher)?;
    Ok(evaluation.row(Method::Hybrid).figures.mean_r2)
}
