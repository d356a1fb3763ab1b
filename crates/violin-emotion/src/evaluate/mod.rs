//! Honest scores: answers to recordings of groups that no method had seen, side by side with those of simpler methods, each
//! figure with its interval, below what the raters' own disagreement allows.

mod baselines;
mod calibration;
mod ceiling;
mod chance;
mod dirichlet;
mod figures;
mod held_out;
mod interval;
mod metrics;
mod permutation;
mod permutation_test;
mod pieces;
mod rows;
mod sampling_noise;

use rayon::prelude::*;

use crate::config::Config;
use crate::data::{Corpus, LabelSet, Plan, Split};
use crate::model::{EmotionModel, Scores};
use crate::{Result, Watcher};

pub use calibration::{CALIBRATION_BINS, CalibrationBin, calibration, calibration_error};
pub use ceiling::{Ceiling, FEWEST_RECORDINGS, ceiling};
pub use figures::{Figure, Figures};
pub use held_out::{Chosen, HeldOut, Method};
pub use interval::{FEWEST_GROUPS, Interval, intervals, no_intervals};
pub use metrics::{
    LEAST_SHARE, ccc, chebyshev, cosine, intersection, jensen_shannon, kl, r2, same_strongest, strongest,
};
pub use permutation::{p_value, permutation};
pub use permutation_test::{PermutationTest, QUICK, hybrid_on_permuted, permutation_steps, permutation_test};
pub use pieces::ByPiece;
pub use rows::{Coverage, Gain, Row};

/// Answers to held-out recordings, pooled over folds, and the scores they reach.
#[derive(Debug, Clone)]
pub struct Evaluation {
    labels: LabelSet,
    /// Repetition by repetition, in each of them in the corpus' order.
    answers: Vec<HeldOut>,
    chosen: Vec<Chosen>,
    rows: Vec<Row>,
}

impl Evaluation {
    /// The score table, one row a method, in [`Method::ALL`]'s order: means over the repetitions.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The answers the scores are made of: repetition by repetition, in each of them in the corpus' order.
    pub fn answers(&self) -> &[HeldOut] {
        &self.answers
    }

    /// What was chosen on the training side of each fold.
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }

    /// The emotions.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The row with the highest mean R², or where there is none, the lowest Jensen–Shannon divergence.
    pub fn best(&self) -> &Row {
        let rank = |row: &Row| (row.figures.mean_r2.unwrap_or(f64::NEG_INFINITY), -row.figures.js);
        let higher = |one: &&Row, other: &&Row| {
            let ((r2, js), (other_r2, other_js)) = (rank(one), rank(other));
            r2.total_cmp(&other_r2).then(js.total_cmp(&other_js))
        };
        // The simplest of those that are alike.
        self.rows.iter().rev().max_by(higher).expect("a row a method")
    }

    /// What a model keeps of its scores.
    pub fn scores(&self) -> Vec<Scores> {
        self.rows.iter().map(|row| row.scores(&self.labels)).collect()
    }

    /// What one of its methods gains over a method of `other`, an evaluation of the same recordings by the same plan.
    pub fn gain(&self, of: Method, other: &Evaluation, over: Method) -> Option<Gain> {
        rows::gain((&self.answers, of), (&other.answers, over))
    }

    /// The share of the rated shares that lie within the intervals around the hybrid's answers: of all emotions together, then of
    /// each. It should be [`WITHIN`](crate::model::WITHIN).
    pub fn coverage(&self) -> Vec<Coverage> {
        rows::coverage(&self.answers)
    }

    /// The methods that answered, from the simplest to the hybrid.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        self.rows.iter().map(|row| row.method)
    }

    /// One method's row.
    pub fn row(&self, method: Method) -> &Row {
        self.rows.iter().find(|row| row.method == method).expect("a row a method")
    }

    /// Scores between pieces and within them, one for each row; `pieces` names the piece of each recording of the corpus.
    ///
    /// # Panics
    /// If there is not one piece for each answer of a repetition.
    pub fn by_piece<P: AsRef<str>>(&self, pieces: &[P]) -> Vec<ByPiece> {
        self.methods().map(|method| pieces::by_piece(&self.answers, method, pieces)).collect()
    }

    fn new(labels: &LabelSet, answers: Vec<HeldOut>, chosen: Vec<Chosen>) -> Self {
        let rows = answers[0].answers.keys().map(|&method| Row::new(method, &answers)).collect();
        Evaluation { labels: labels.clone(), answers, chosen, rows }
    }
}

/// Scores a fitted model, and the simpler methods, on the other side of the split it was fitted on.
///
/// # Errors
/// As [`EmotionModel::predict`].
pub fn on_held_out(corpus: &Corpus, split: &Split, model: &EmotionModel) -> Result<Evaluation> {
    let (answers, chosen) = held_out::answers(corpus, split, (0, 0), model)?;
    let answers = answers.into_iter().map(|(_, answer)| answer).collect();
    Ok(Evaluation::new(corpus.labels(), answers, vec![chosen]))
}

/// Grouped cross-validation: in each repetition of the plan every recording is answered once, by methods fitted without its
/// group. All scores are of the pooled answers of a repetition, and means over the repetitions.
///
/// # Errors
/// `Config` for a setting out of range, `Data` as [`EmotionModel::fit`]; `Interrupted`.
pub fn cross_validate(
    corpus: &Corpus,
    config: &Config,
    plan: &Plan,
    seed: u64,
    watcher: Watcher,
) -> Result<Evaluation> {
    config.check()?;
    let of = |(repetition, splits): (usize, &Vec<Split>)| {
        splits.iter().enumerate().map(|(fold, split)| ((repetition, fold), split.clone())).collect::<Vec<_>>()
    };
    let splits: Vec<((usize, usize), Split)> = plan.repetitions().iter().enumerate().flat_map(of).collect();
    let judged = splits
        .par_iter()
        .map(|(place, split)| {
            let seed = seed.wrapping_add(place.0 as u64);
            let model = EmotionModel::fit(&corpus.training_side(split), config, seed, watcher)?;
            held_out::answers(corpus, split, *place, &model)
        })
        .collect::<Result<Vec<_>>>()?;
    let (answers, chosen): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
    let mut answers = answers.concat();
    answers.sort_by_key(|(at, answer)| (answer.repetition, *at));
    Ok(Evaluation::new(corpus.labels(), answers.into_iter().map(|(_, answer)| answer).collect(), chosen))
}
