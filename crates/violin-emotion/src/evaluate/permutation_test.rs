//! Whether a score says anything: the same method on the same folds, with the labels dealt out anew.

use rayon::prelude::*;

use super::baselines::{self, Labels};
use super::{Figures, Method, cross_validate, p_value, permutation};
use crate::config::Config;
use crate::data::{Corpus, Measured, Plan, Split};
use crate::features::Catalog;
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// Permutations that a ridge is fitted to at once.
const TOGETHER: usize = 32;

/// A method's score beside what it reaches when labels and music have nothing to do with each other.
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

/// Tests ridge and forest on the folds of the plan's first repetition. Labels move in whole groups as far as these are of one
/// size, and within them, see [`permutation`](super::permutation). None where the rated shares do not vary.
///
/// # Errors
/// `Interrupted`; `Data` as [`cross_validate`].
pub fn permutation_test(
    corpus: &Corpus,
    config: &Config,
    plan: &Plan,
    permutations: usize,
    seed: u64,
    watcher: Watcher,
) -> Result<Vec<PermutationTest>> {
    let numbers = corpus.group_numbers();
    let own = || (0..corpus.recordings().len()).collect();
    let orders: Vec<Vec<usize>> =
        std::iter::once(own()).chain((0..permutations).map(|number| permutation(&numbers, seed, number))).collect();
    let rated: Vec<&[f32]> = corpus.recordings().iter().map(|recording| recording.target.shares()).collect();
    let dealt: Vec<Labels> = orders.iter().map(|order| order.iter().map(|&from| rated[from]).collect()).collect();

    let (splits, catalog) = (&plan.repetitions()[0], Catalog::of(config.features.set));
    let asked = |split: &Split| -> Vec<&Measured> { split.test().iter().map(|&at| &corpus.recordings()[at]).collect() };
    let ridge = dealt
        .par_chunks(TOGETHER)
        .map(|dealt| {
            let mut answers = vec![vec![Vec::new(); rated.len()]; dealt.len()];
            for split in splits {
                let of_split = baselines::ridge(&corpus.training_side(split), dealt, &asked(split), catalog, seed)?;
                for (answers, of_split) in answers.iter_mut().zip(of_split) {
                    split.test().iter().zip(of_split.answers).for_each(|(&at, answer)| answers[at] = answer);
                }
                tell(watcher, Progress::Permuted { done: dealt.len() })?;
            }
            Ok(answers)
        })
        .collect::<Result<Vec<_>>>()?
        .concat();
    let forest = dealt
        .par_iter()
        .map(|labels| {
            let mut answers = vec![Vec::new(); rated.len()];
            for split in splits {
                let (side, settings) = (corpus.training_side(split), &config.model.forest);
                let of_split = baselines::forest(&side, labels, &asked(split), catalog, settings, seed)?;
                split.test().iter().zip(of_split).for_each(|(&at, answer)| answers[at] = answer);
                tell(watcher, Progress::Permuted { done: 1 })?;
            }
            Ok(answers)
        })
        .collect::<Result<Vec<_>>>()?;
    let test = |(method, answers): (Method, Vec<Vec<Vec<f32>>>)| {
        let score = |(labels, answers): (&Labels, &Vec<Vec<f32>>)| {
            let answers: Vec<&[f32]> = answers.iter().map(Vec::as_slice).collect();
            Figures::of(labels, &answers, &vec![1.0; answers.len()]).mean_r2
        };
        let mut scores = dealt.iter().zip(&answers).map(score).collect::<Option<Vec<f64>>>()?;
        let observed = scores.remove(0);
        Some(PermutationTest::new(method, observed, scores))
    };
    Ok([(Method::Ridge, ridge), (Method::Forest, forest)].into_iter().filter_map(test).collect())
}

/// Steps that [`permutation_test`] tells of, [`Progress::Permuted`] counting several at once.
pub fn permutation_steps(plan: &Plan, permutations: usize) -> usize {
    2 * plan.repetitions()[0].len() * (permutations + 1)
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
