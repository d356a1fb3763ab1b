//! Training side → [`EmotionModel`]: scaler, networks, forests, the recordings that stand for all.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::EmotionModel;
use super::background;
use super::blend::{Answers, Blend, Judged};
use super::forest::{Forest, ForestSettings};
use super::inputs::Inputs;
use super::instruction_set::instruction_set;
use super::margins::Margins;
use super::network::{self, CropSettings, EpochReport, Example, Trained};
use super::reader::{Reader, columns_of};
use super::ridge::{self, LowRankRidge};
use super::settings::{Combine, ModelSettings, Weighting};
use super::summary::{Restart, TrainingSummary};
use super::together::together;
use crate::config::Config;
use crate::data::{InnerFold, Measured, SoftLabels, TrainingSide};
use crate::features::{Catalog, Sequence};
use crate::watch::tell;
use crate::{Progress, Result, Watcher};

impl EmotionModel {
    /// Fits scaler, networks and forest on one side of a split. Networks and forest learn from copies too; the scaler, the
    /// range of the features, the recordings that stand for all, the ridge's ranks and penalties and early stopping know the
    /// recordings alone. What is chosen (when to stop, which restart, penalties, weights) is chosen on inner folds of this side,
    /// by group.
    ///
    /// # Errors
    /// `Config` for a setting out of range, `Data` for fewer than two groups, `Audio` naming a recording whose features are
    /// no numbers, `Interrupted`.
    pub fn fit(side: &TrainingSide, config: &Config, seed: u64, watcher: Watcher) -> Result<Self> {
        config.check()?;
        let settings = &config.model;
        let catalog = Catalog::of(config.features.set);
        for recording in side.recordings() {
            recording.sequence.check(catalog).map_err(|error| error.of_recording(Path::new(&recording.file_name)))?;
        }
        let inputs =
            Inputs::fit(catalog, settings.scaling, side.recordings().iter().map(|recording| &recording.sequence))?;
        let folds = side.inner_folds(settings.inner_folds(), seed)?;
        let stopped_on: Vec<InnerFold> = (0..settings.restarts)
            .map(|restart| fold_of(restart, side, &folds, settings, seed))
            .collect::<Result<_>>()?;
        // On the first part of the features one network a restart, then on the next.
        let parts = catalog.parts().len();
        let trained = (0..config.networks())
            .into_par_iter()
            .map(|at| {
                let (part, restart) = (at / settings.restarts, at % settings.restarts);
                train(&stopped_on[restart], &inputs, part, config, seed, restart as u64, watcher)
            })
            .collect::<Result<Vec<_>>>()?;
        let answering = match settings.combine {
            Combine::Mean => (0..trained.len()).collect(),
            Combine::Best => {
                let of_part = trained.chunks_exact(settings.restarts).enumerate();
                of_part.map(|(part, trained)| part * settings.restarts + best(trained)).collect()
            }
        };

        let mut summary = summary(side, seed, &trained, answering, settings, parts);
        let readers = trained.into_iter().enumerate().map(|(at, trained)| {
            Reader::new(inputs.columns_of_part(at / settings.restarts), inputs.width(), trained.network)
        });
        let readers: Vec<Reader> = readers.collect();
        let fitted = match settings.weighting {
            Weighting::Learned => {
                let fit = |part| LowRankRidge::fit(side, &folds, &inputs, part);
                (0..parts).into_par_iter().map(fit).collect::<Result<Vec<_>>>()?
            }
            Weighting::Notebook => Vec::new(),
        };
        // A network is judged on the fold that it was stopped on: all others it has learned from. With the best restarts there is
        // one fold for all.
        let judges = (0..settings.answering()).map(|number| {
            let answering = summary.answering.iter().skip(number).step_by(settings.answering());
            (&stopped_on[number], answering.map(|&at| &readers[at]).collect())
        });
        let judged = judged(&judges.collect::<Vec<_>>(), &fitted, &inputs, config, seed)?;
        if !fitted.is_empty() {
            summary.blend = Blend::learned(&judged);
        }
        summary.margins = Margins::of(&judged, &summary.blend);
        let (ridges, penalties) = fitted.into_iter().map(|fitted| (fitted.ridge, fitted.penalties)).unzip();
        summary.ridge_penalties = penalties;
        let mut forests = Vec::new();
        for (&restart, trees) in summary.answering.iter().zip(settings.trees(parts)) {
            let seed = seed.wrapping_add(restart as u64);
            forests.push(fit_forest(&readers[restart], trees, side, &inputs, config, seed)?);
        }
        let range = training_range(side);
        let usual = background::usual(side, &inputs, settings.usual, seed)?;
        Ok(EmotionModel {
            labels: side.labels().clone(),
            config: config.clone(),
            inputs,
            range,
            readers,
            forests,
            ridges,
            usual,
            together: together(side, catalog),
            summary,
        })
    }
}

/// The fold whose judges stop a restart: if all restarts answer, each has its own, so that together they learn from all
/// recordings; if one is chosen, all have the same.
fn fold_of<'a>(
    restart: usize,
    side: &TrainingSide<'a>,
    folds: &[InnerFold<'a>],
    settings: &ModelSettings,
    seed: u64,
) -> Result<InnerFold<'a>> {
    let (deal, fold) = match settings.combine {
        Combine::Mean => (restart / folds.len(), restart % folds.len()),
        Combine::Best => (0, 0),
    };
    if deal == 0 {
        return Ok(folds[fold].clone());
    }
    // More restarts than folds: the groups are dealt once more.
    let folds = side.inner_folds(settings.inner_folds(), seed.wrapping_add(deal as u64))?;
    Ok(folds[fold].clone())
}

/// What was rated of the recordings that networks were stopped on, one network for each part of the features, and the answers of these,
/// of forests and of ridges that had not learned from them.
fn judged<'a>(
    judges: &[(&InnerFold<'a>, Vec<&Reader>)],
    ridges: &[ridge::Fitted],
    inputs: &Inputs,
    config: &Config,
    seed: u64,
) -> Result<Vec<Judged<'a>>> {
    let of_fold = |(fold, readers): &(&InnerFold<'a>, Vec<&Reader>)| {
        let trees = config.model.forest.trees;
        let fit = |reader: &&Reader| fit_forest(reader, trees, &fold.side, inputs, config, seed);
        let forests = readers.iter().map(fit).collect::<Result<Vec<_>>>()?;
        let of_judge = |&(number, recording): &(usize, &'a Measured)| {
            let rows = inputs.of(&recording.sequence)?;
            let ridge = ridges.iter().map(|ridge| ridge.held_out_answer(number).to_vec()).collect();
            let mut answers = Answers { network: Vec::new(), forest: Vec::new(), ridge };
            for (reader, forest) in readers.iter().zip(&forests) {
                let output = reader.forward(&[&rows])?.remove(0);
                answers.forest.push(forest.predict(&output.embedding));
                answers.network.push(output.probabilities);
            }
            Ok(Judged { rated: recording.target.shares(), answers })
        };
        fold.judges.iter().map(of_judge).collect::<Result<Vec<_>>>()
    };
    let of_folds = judges.par_iter().map(of_fold).collect::<Result<Vec<_>>>()?;
    Ok(of_folds.into_iter().flatten().collect())
}

/// One restart's network on one part of the features.
fn train(
    fold: &InnerFold,
    inputs: &Inputs,
    part: usize,
    config: &Config,
    seed: u64,
    restart: u64,
    watcher: Watcher,
) -> Result<Trained> {
    let settings = &config.model;
    let judged = fold.judges.iter().map(|(_, recording)| (&recording.sequence, &recording.target));
    let columns = inputs.columns_of_part(part);
    let (fitting, validation) = (lessons(fold.side.lessons(), inputs, &columns)?, lessons(judged, inputs, &columns)?);
    let (fitting, validation) = (examples(&fitting), examples(&validation));
    let mut on_epoch = |report: EpochReport| {
        let EpochReport { epoch, epochs, .. } = report;
        tell(watcher, Progress::Epoch { epoch, epochs, validation_loss: loss(report.validation_loss) })
    };
    let crops = CropSettings { windows: settings.excerpt_windows };
    let seed = seed.wrapping_mul(1_000_003).wrapping_add(restart);
    let trained = network::train(&fitting, &validation, &settings.network, &crops, seed, &mut on_epoch)?;
    tell(watcher, Progress::Fit { validation_loss: loss(trained.validation_loss) })?;
    Ok(trained)
}

/// The restart with the least validation loss; the first of them where several have it.
fn best(trained: &[Trained]) -> usize {
    let mut best = 0;
    for (restart, candidate) in trained.iter().enumerate() {
        if loss(candidate.validation_loss) < loss(trained[best].validation_loss) {
            best = restart;
        }
    }
    best
}

/// The inner split never leaves the validation part empty.
fn loss(validation: Option<f32>) -> f32 {
    validation.expect("validation recordings")
}

/// A sequence as the network reads it, its number of windows, and the answer that is right.
type Lesson<'a> = (Vec<f32>, usize, &'a SoftLabels);

fn lessons<'a>(
    of: impl Iterator<Item = (&'a Sequence, &'a SoftLabels)>,
    inputs: &Inputs,
    columns: &[usize],
) -> Result<Vec<Lesson<'a>>> {
    of.map(|(sequence, target)| {
        let rows = columns_of(&inputs.of(sequence)?, columns, inputs.width());
        Ok((rows, sequence.windows(), target))
    })
    .collect()
}

fn examples<'a>(lessons: &'a [Lesson<'a>]) -> Vec<Example<'a>> {
    lessons.iter().map(|(rows, windows, target)| Example { rows, windows: *windows, target: target.shares() }).collect()
}

/// Excerpts one after the other, the last of which ends with the recording; none where one would be the whole of it.
fn consecutive_excerpts(windows: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    let last = windows.saturating_sub(length);
    let starts = (0..last).step_by(length).chain((last > 0).then_some(last));
    starts.map(move |start| start..start + length)
}

/// The forest sees each training recording and copy whole and in consecutive excerpts, as the answers over time will ask it.
fn fit_forest(
    reader: &Reader,
    trees: usize,
    side: &TrainingSide,
    inputs: &Inputs,
    config: &Config,
    seed: u64,
) -> Result<Forest> {
    let (width, excerpt) = (inputs.width(), config.model.excerpt_windows);
    let (mut embeddings, mut targets) = (Vec::new(), Vec::new());
    for (sequence, target) in side.lessons() {
        let rows = inputs.of(sequence)?;
        let mut parts: Vec<&[f32]> = vec![&rows];
        let excerpts = consecutive_excerpts(sequence.windows(), excerpt);
        parts.extend(excerpts.map(|windows| &rows[windows.start * width..windows.end * width]));
        for output in reader.forward(&parts)? {
            embeddings.extend(output.embedding);
            targets.extend_from_slice(target.shares());
        }
    }
    let settings = ForestSettings { trees, ..config.model.forest.clone() };
    let embedding = config.model.network.embedding;
    Forest::fit(&embeddings, embedding, &targets, side.labels().len(), &settings, seed)
}

fn training_range(side: &TrainingSide) -> Vec<(f32, f32)> {
    let mut range = vec![(f32::INFINITY, f32::NEG_INFINITY); side.recordings()[0].sequence.width()];
    for recording in side.recordings() {
        for window in 0..recording.sequence.windows() {
            for ((low, high), &value) in range.iter_mut().zip(recording.sequence.row(window)) {
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
    }
    let known = |(low, high): (f32, f32)| if low <= high { (low, high) } else { (0.0, 0.0) };
    range.into_iter().map(known).collect()
}

fn summary(
    side: &TrainingSide,
    seed: u64,
    trained: &[Trained],
    answering: Vec<usize>,
    settings: &ModelSettings,
    parts: usize,
) -> TrainingSummary {
    let mut groups: Vec<&str> = side.recordings().iter().map(|recording| recording.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    TrainingSummary {
        recordings: side.recordings().len(),
        rendered: side.is_rendered(),
        copies: side.recordings().iter().map(|recording| recording.copies.count()).sum(),
        groups: groups.len(),
        windows: side.recordings().iter().map(|recording| recording.sequence.windows()).sum(),
        seed,
        instruction_set: instruction_set().into(),
        restarts: trained
            .iter()
            .map(|trained| Restart {
                epochs: trained.epochs,
                best_epoch: trained.best_epoch,
                validation_loss: loss(trained.validation_loss),
            })
            .collect(),
        answering,
        blend: Blend::without_ridges(settings.network_weight, &Blend::even(parts)),
        ridge_penalties: Vec::new(),
        margins: Margins::default(),
        scores: Vec::new(),
        refitted: false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data::{Copies, Corpus, LabelSet, Split};
    use crate::features::{FeatureSet, Span};

    /// Nine recordings of nine groups; nothing is fitted on them.
    fn corpus() -> Corpus {
        let labels = LabelSet::new(vec!["joy".into(), "grief".into()]).expect("names");
        let catalog = Catalog::of(FeatureSet::Classic);
        let span = Span { start_s: 0.0, end_s: 3.0 };
        let recording = |at: usize| Measured {
            file_name: format!("{at}.wav"),
            group: at.to_string(),
            sound: at.to_string(),
            sequence: Sequence::new(catalog, vec![span], vec![at as f32; catalog.len()]),
            target: SoftLabels::new(&labels, vec![0.5, 0.5]).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        };
        Corpus::new(labels.clone(), (0..9).map(recording).collect()).expect("a corpus")
    }

    #[test]
    fn a_restart_is_never_stopped_on_what_it_learns_from() {
        let corpus = corpus();
        let split = Split::new(&corpus.groups(), (0..8).collect(), vec![8]).expect("groups");
        let side = corpus.training_side(&split);
        for (combine, different) in [(Combine::Mean, 4), (Combine::Best, 1)] {
            let settings = ModelSettings { combine, validation_share: 0.25, ..ModelSettings::default() };
            let folds = side.inner_folds(settings.inner_folds(), 5).expect("folds");
            let mut judges = BTreeSet::new();
            for restart in 0..6 {
                let fold = fold_of(restart, &side, &folds, &settings, 5).expect("a fold");
                let judged: Vec<usize> = fold.judges.iter().map(|(number, _)| *number).collect();
                assert!(fold.side.numbers().all(|number| !judged.contains(&number)), "{judged:?}");
                assert_eq!(judged.len() + fold.side.recordings().len(), 8);
                if restart < 4 {
                    judges.insert(judged);
                }
            }
            assert_eq!(judges.len(), different, "{combine:?}");
        }
    }

    #[test]
    fn no_excerpt_that_the_forest_learns_from_is_a_mere_tail() {
        let excerpts = |windows, length| consecutive_excerpts(windows, length).collect::<Vec<_>>();
        assert_eq!(excerpts(10, 5), [0..5, 5..10]);
        assert_eq!(excerpts(12, 5), [0..5, 5..10, 7..12]);
        assert_eq!(excerpts(6, 5), [0..5, 1..6]);
        assert_eq!((excerpts(5, 5), excerpts(3, 5)), (vec![], vec![]));
        assert_eq!(excerpts(3, 1), [0..1, 1..2, 2..3]);
    }
}
