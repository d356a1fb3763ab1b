//! What simpler methods answer, fitted on the same side of a split: the mean label, a ridge and a forest on clip summaries.

use crate::Result;
use crate::data::{InnerFold, Measured, TrainingSide};
use crate::features::{Catalog, Sequence, clip_summary, clip_summary_len};
use crate::model::ridge::{self, Table};
use crate::model::{Forest, ForestSettings, Scaler};

/// Penalties that a ridge may choose from: half decades, for standardised features.
const PENALTIES: [f64; 11] = [
    1.0,
    3.162_277_660_168_38,
    10.0,
    31.622_776_601_683_8,
    100.0,
    316.227_766_016_838,
    1e3,
    3_162.277_660_168_38,
    1e4,
    31_622.776_601_683_8,
    1e5,
];
/// Folds of the training side on which the penalty is chosen.
const INNER_FOLDS: usize = 5;

/// One distribution for each recording of a corpus; there may be several, each dealt out otherwise.
pub(super) type Labels<'a> = Vec<&'a [f32]>;

/// The mean rated distribution of a training side: what one may say without listening.
pub(super) fn mean_label(side: &TrainingSide) -> Vec<f32> {
    mean_of(side.recordings().iter().map(|recording| recording.target.shares()))
}

/// The mean of some distributions.
pub(super) fn mean_of<'a>(labels: impl ExactSizeIterator<Item = &'a [f32]>) -> Vec<f32> {
    let (count, mut sums) = (labels.len(), Vec::new());
    for shares in labels {
        sums.resize(shares.len(), 0.0f64);
        sums.iter_mut().zip(shares).for_each(|(sum, &share)| *sum += f64::from(share));
    }
    sums.iter().map(|sum| (sum / count as f64) as f32).collect()
}

/// Clip summaries on a common scale, fitted on one side of a split.
struct Summaries {
    scaler: Scaler,
    known: Vec<f64>,
    width: usize,
    catalog: &'static Catalog,
}

impl Summaries {
    fn of(side: &TrainingSide, catalog: &'static Catalog) -> Result<Self> {
        let width = clip_summary_len(catalog);
        let rows: Vec<f32> = side.lessons().flat_map(|(sequence, _)| clip_summary(sequence, catalog)).collect();
        let scaler = Scaler::fit(&[&rows], width)?;
        let known = scaler.standardise(&rows)?.into_iter().map(f64::from).collect();
        Ok(Summaries { scaler, known, width, catalog })
    }

    fn known(&self) -> Table<'_> {
        Table { values: &self.known, width: self.width }
    }

    fn asked<'a>(&self, sequences: impl Iterator<Item = &'a Sequence>) -> Result<Vec<f64>> {
        let rows: Vec<f32> = sequences.flat_map(|sequence| clip_summary(sequence, self.catalog)).collect();
        Ok(self.scaler.standardise(&rows)?.into_iter().map(f64::from).collect())
    }
}

/// What a ridge answers, and the penalty it chose.
pub(super) struct RidgeAnswers {
    /// One distribution for each recording asked about.
    pub answers: Vec<Vec<f32>>,
    /// The penalty that missed least on the inner folds.
    pub penalty: f64,
}

/// Ridge regressions on clip summaries, one for each of `labels`, all fitted on this side; the penalty is chosen on inner
/// folds by group. Answers below 0 are 0, and shares sum to 1.
pub(super) fn ridge(
    side: &TrainingSide,
    labels: &[Labels],
    asked: &[&Measured],
    catalog: &'static Catalog,
    seed: u64,
) -> Result<Vec<RidgeAnswers>> {
    let emotions = side.labels().len();
    let outputs = labels.len() * emotions;
    let targets = |numbers: &mut dyn Iterator<Item = usize>| -> Vec<f64> {
        let shares = |number: usize| labels.iter().flat_map(move |labels| labels[number]);
        numbers.flat_map(shares).map(|&share| f64::from(share)).collect()
    };
    let answers = |side: &TrainingSide, asked: &mut dyn Iterator<Item = &Sequence>| -> Result<Vec<Vec<f64>>> {
        let summaries = Summaries::of(side, catalog)?;
        let known = targets(&mut side.numbers());
        let asked = summaries.asked(asked)?;
        let asked = Table { values: &asked, width: summaries.width };
        Ok(ridge::answers(summaries.known(), Table { values: &known, width: outputs }, asked, &PENALTIES))
    };
    let mut missed = vec![[0.0; PENALTIES.len()]; labels.len()];
    for InnerFold { side, judges } in side.inner_folds(INNER_FOLDS, seed)? {
        let answers = answers(&side, &mut judges.iter().map(|(_, recording)| &recording.sequence))?;
        let rated = targets(&mut judges.iter().map(|(number, _)| *number));
        for (penalty, answers) in answers.iter().enumerate() {
            let squares = answers.iter().zip(&rated).map(|(answer, rated)| (answer - rated).powi(2));
            squares.enumerate().for_each(|(at, square)| missed[at % outputs / emotions][penalty] += square);
        }
    }
    let answers = answers(side, &mut asked.iter().map(|recording| &recording.sequence))?;
    let of_one = |(set, missed): (usize, &[f64; PENALTIES.len()])| {
        let least = (0..PENALTIES.len()).min_by(|one, other| missed[*one].total_cmp(&missed[*other]));
        let penalty = least.expect("penalties to choose from");
        let shares = |row: &[f64]| distribution(&row[set * emotions..][..emotions]);
        RidgeAnswers {
            answers: answers[penalty].chunks_exact(outputs).map(shares).collect(),
            penalty: PENALTIES[penalty],
        }
    };
    Ok(missed.iter().enumerate().map(of_one).collect())
}

/// Shares of 0 or more that sum to 1; even ones where nothing is above 0.
fn distribution(shares: &[f64]) -> Vec<f32> {
    let sum: f64 = shares.iter().map(|share| share.max(0.0)).sum();
    match sum > 0.0 {
        true => shares.iter().map(|share| (share.max(0.0) / sum) as f32).collect(),
        false => vec![1.0 / shares.len() as f32; shares.len()],
    }
}

/// What a forest on clip summaries answers, fitted on this side with the settings of the hybrid's.
pub(super) fn forest(
    side: &TrainingSide,
    labels: &Labels,
    asked: &[&Measured],
    catalog: &'static Catalog,
    settings: &ForestSettings,
    seed: u64,
) -> Result<Vec<Vec<f32>>> {
    let summaries = Summaries::of(side, catalog)?;
    let single = |rows: &[f64]| -> Vec<f32> { rows.iter().map(|value| *value as f32).collect() };
    let targets: Vec<f32> = side.numbers().flat_map(|number| labels[number]).copied().collect();
    let forest =
        Forest::fit(&single(&summaries.known), summaries.width, &targets, side.labels().len(), settings, seed)?;
    let asked = single(&summaries.asked(asked.iter().map(|recording| &recording.sequence))?);
    Ok(asked.chunks_exact(summaries.width).map(|row| forest.predict(row)).collect())
}
