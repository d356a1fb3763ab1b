//! Training side → [`LowRankRidge`].

use super::components::Components;
use super::{LowRankRidge, NormalScores, Table, answers, distribution, summary};
use crate::Result;
use crate::data::{InnerFold, TrainingSide};
use crate::features::Sequence;
use crate::model::inputs::Inputs;

/// Penalties that each component may choose from: quarter decades, for normal scores.
const PENALTIES: usize = 19;

fn penalties() -> [f64; PENALTIES] {
    std::array::from_fn(|at| 10f64.powf(0.5 + 0.25 * at as f64))
}

/// Summaries are told apart by so many standard deviations of the training windows: rounding is a hundredth of that.
const GRAIN: f32 = 1e-5;

/// A ridge, the penalties that it chose, and its answers to recordings that it had not learned from.
pub(in crate::model) struct Fitted {
    pub ridge: LowRankRidge,
    /// Of each component, the one with most of the variance first.
    pub penalties: Vec<f64>,
    /// Each recording's number in the corpus, and the answer of the fold that judged it.
    held_out: Vec<(usize, Vec<f32>)>,
}

impl Fitted {
    /// The answer to the recording of this number in the corpus, of the fold that judged it.
    pub fn held_out_answer(&self, number: usize) -> &[f32] {
        let (_, answer) = self.held_out.iter().find(|(judged, _)| *judged == number).expect("every fold was judged");
        answer
    }
}

impl LowRankRidge {
    /// Fits one part of the features on all lessons of the side; penalties are chosen on `folds` of it.
    pub fn fit(side: &TrainingSide, folds: &[InnerFold], inputs: &Inputs, part: usize) -> Result<Fitted> {
        let columns = inputs.columns_of_part(part);
        let components = Components::of(side);
        let mut missed = vec![[0.0; PENALTIES]; components.count()];
        let mut judged = Vec::new();
        for InnerFold { side, judges } in folds {
            let known = Known::of(side, &components, inputs, &columns)?;
            let asked = summaries(judges.iter().map(|(_, recording)| &recording.sequence), inputs, &columns)?;
            for ((number, recording), answers) in judges.iter().zip(known.answers(&known.scores.of(&asked))) {
                let rated = components.of_shares(recording.target.shares());
                for ((missed, answers), rated) in missed.iter_mut().zip(&answers).zip(rated) {
                    missed.iter_mut().zip(answers).for_each(|(missed, answer)| *missed += (answer - rated).powi(2));
                }
                judged.push((*number, answers));
            }
        }
        let least = |missed: &[f64; PENALTIES]| {
            (0..PENALTIES).min_by(|one, other| missed[*one].total_cmp(&missed[*other])).expect("penalties")
        };
        let chosen: Vec<usize> = missed.iter().map(least).collect();
        let square_roots = |answers: &Answers| {
            let of_each: Vec<f64> = answers.iter().zip(&chosen).map(|(answers, at)| answers[*at]).collect();
            components.square_roots(&of_each)
        };
        let held_out = judged.iter().map(|(number, answers)| (*number, distribution(&square_roots(answers)))).collect();
        let known = Known::of(side, &components, inputs, &columns)?;
        // Straight lines are known by their answers to each score of 1 alone, and to none.
        let mut asked = vec![0.0; (known.width + 1) * known.width];
        (0..known.width).for_each(|at| asked[at * known.width + at] = 1.0);
        let mut roots: Vec<Vec<f64>> = known.answers(&asked).iter().map(square_roots).collect();
        let intercept = roots.pop().expect("an answer to no score at all");
        let weight = |root: &Vec<f64>| root.iter().zip(&intercept).map(|(one, none)| (one - none) as f32).collect();
        let weights: Vec<Vec<f32>> = roots.iter().map(weight).collect();
        Ok(Fitted {
            ridge: LowRankRidge {
                columns,
                width: inputs.width(),
                scores: known.scores,
                weights: weights.concat(),
                intercept: intercept.into_iter().map(|root| root as f32).collect(),
            },
            penalties: chosen.iter().map(|&penalty| penalties()[penalty]).collect(),
            held_out,
        })
    }
}

/// The summaries of some columns of sequences, one after the other.
fn summaries<'a>(
    sequences: impl Iterator<Item = &'a Sequence>,
    inputs: &Inputs,
    columns: &[usize],
) -> Result<Vec<f32>> {
    let mut rows = Vec::new();
    for sequence in sequences {
        rows.extend(summary(&inputs.of(sequence)?, columns, inputs.width()));
    }
    Ok(rows)
}

/// Of each component, the answer with each penalty.
type Answers = Vec<[f64; PENALTIES]>;

/// What is learned from: scores with mean 0, and the components of the targets.
struct Known {
    scores: NormalScores,
    /// Their means before.
    means: Vec<f64>,
    rows: Vec<f64>,
    targets: Vec<f64>,
    width: usize,
    components: usize,
}

impl Known {
    fn of(side: &TrainingSide, components: &Components, inputs: &Inputs, columns: &[usize]) -> Result<Self> {
        let width = 2 * columns.len();
        // Ranks are those among the recordings; copies are read by them.
        let recordings = summaries(side.recordings().iter().map(|recording| &recording.sequence), inputs, columns)?;
        let scores = NormalScores::fit(&recordings, width, GRAIN);
        let lessons = summaries(side.lessons().map(|(sequence, _)| sequence), inputs, columns)?;
        let mut rows: Vec<f64> = scores.of(&lessons).into_iter().map(f64::from).collect();
        let count = (rows.len() / width) as f64;
        let mean = |column: usize| rows[column..].iter().step_by(width).sum::<f64>() / count;
        let means: Vec<f64> = (0..width).map(mean).collect();
        rows.iter_mut().enumerate().for_each(|(at, score)| *score -= means[at % width]);
        let targets = side.lessons().flat_map(|(_, target)| components.of_shares(target.shares())).collect();
        Ok(Known { scores, means, rows, targets, width, components: components.count() })
    }

    /// The answers to rows of scores.
    fn answers(&self, scores: &[f32]) -> Vec<Answers> {
        let rows = scores.len() / self.width;
        if self.components == 0 {
            return vec![Vec::new(); rows];
        }
        let scores = scores.iter().enumerate();
        let asked: Vec<f64> = scores.map(|(at, score)| f64::from(*score) - self.means[at % self.width]).collect();
        let known = Table { values: &self.rows, width: self.width };
        let targets = Table { values: &self.targets, width: self.components };
        let by_penalty = answers(known, targets, Table { values: &asked, width: self.width }, &penalties());
        let of_one = |row: usize, component: usize| {
            std::array::from_fn(|penalty| by_penalty[penalty][row * self.components + component])
        };
        (0..rows).map(|row| (0..self.components).map(|component| of_one(row, component)).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Copies, Corpus, LabelSet, Measured, SoftLabels, Split};
    use crate::features::{Catalog, FeatureSet, Span};
    use crate::model::Scaling;

    /// What numpy and scipy make of the same recordings: see `make_golden_low_rank_ridge.py`.
    #[derive(serde::Deserialize)]
    struct Golden {
        windows: Vec<f32>,
        shares: Vec<f32>,
        fold: Vec<usize>,
        penalties: Vec<f64>,
        answers: Vec<f32>,
    }

    #[test]
    fn answers_and_penalties_are_those_of_numpy() {
        const FEATURES: usize = 5;
        const WINDOWS: usize = 3;
        /// Summaries and scores are single numbers of f32 here and of f64 there.
        const ROUNDING: f32 = 2e-5;
        let golden: Golden =
            serde_json::from_str(include_str!("../../../tests/golden/low_rank_ridge.json")).expect("a golden");
        let catalog = Catalog::of(FeatureSet::Classic);
        let labels = LabelSet::new(["joy", "calm", "anger"].map(String::from).to_vec()).expect("names");
        let recording = |at: usize| {
            // Other features say nothing.
            let mut values = vec![0.0; WINDOWS * catalog.len()];
            for (window, row) in values.chunks_exact_mut(catalog.len()).enumerate() {
                row[..FEATURES].copy_from_slice(&golden.windows[(at * WINDOWS + window) * FEATURES..][..FEATURES]);
            }
            let spans = (0..WINDOWS).map(|at| Span { start_s: at as f64, end_s: at as f64 + 3.0 }).collect();
            Measured {
                file_name: format!("{at}.wav"),
                group: (at / 3).to_string(),
                sound: at.to_string(),
                sequence: Sequence::new(catalog, spans, values),
                target: SoftLabels::new(&labels, golden.shares[at * 3..][..3].to_vec()).expect("shares"),
                warnings: Vec::new(),
                copies: Copies::default(),
            }
        };
        let count = golden.fold.len();
        let corpus = Corpus::new(labels.clone(), (0..count).map(recording).collect()).expect("a corpus");
        let side = corpus.whole();
        let fold = |number: usize| {
            let (judges, learned): (Vec<usize>, Vec<usize>) = (0..count).partition(|&at| golden.fold[at] == number);
            let split = Split::new(&corpus.groups(), learned, judges.clone()).expect("whole groups");
            let judges = judges.into_iter().map(|at| (at, &corpus.recordings()[at])).collect();
            InnerFold { side: corpus.training_side(&split), judges }
        };
        let folds: Vec<InnerFold> = (0..3).map(fold).collect();
        let inputs = Inputs::fit(catalog, Scaling::Standard, corpus.recordings().iter().map(|one| &one.sequence))
            .expect("a fit");
        let fitted = LowRankRidge::fit(&side, &folds, &inputs, 0).expect("a ridge");
        assert_eq!(fitted.penalties.len(), golden.penalties.len());
        for (ours, theirs) in fitted.penalties.iter().zip(&golden.penalties) {
            assert!((ours / theirs - 1.0).abs() < 1e-9, "{:?}, {:?}", fitted.penalties, golden.penalties);
        }
        for (at, expected) in golden.answers.chunks_exact(3).enumerate() {
            let rows = inputs.of(&corpus.recordings()[at].sequence).expect("rows");
            for (ours, theirs) in fitted.ridge.answer(&rows).iter().zip(expected) {
                assert!((ours - theirs).abs() < ROUNDING, "recording {at}: {ours} {theirs}");
            }
        }
    }
}
