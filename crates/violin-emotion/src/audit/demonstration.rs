//! What a random split of recordings and their copies does to a score: on shuffled labels, with these very recordings.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::association::shuffle;
use super::heard::Heard;
use crate::audio::augment::{AugmentSettings, Augmentation};
use crate::config::Config;
use crate::data;
use crate::features::{self, FeatureCache, Sequence};
use crate::model::{Forest, ForestSettings};
use crate::watch::tell;
use crate::{ErrorKind, Progress, Result, Watcher};

/// Recordings that take part, at most, and their length in all, seconds: measuring copies takes five times as long as
/// measuring recordings.
const MOST_RECORDINGS: usize = 60;
const MOST_S: f64 = 900.0;
/// Fewer say nothing.
const LEAST_RECORDINGS: usize = 8;
/// Times that labels are shuffled.
const SHUFFLES: u64 = 5;
/// A fifth is held out, as in the notebook.
const FOLDS: usize = 5;
/// Trees as deep as they are need not be many to show it.
const FOREST: ForestSettings = ForestSettings { trees: 60, depth: 10, bootstrap: true };

/// Two scores of one method on labels that were shuffled among the recordings: nothing can be learned from these.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Demonstration {
    /// Recordings that took part.
    pub recordings: usize,
    /// Copies of each of them.
    pub copies: usize,
    /// Times that labels were shuffled.
    pub shuffles: u64,
    /// R² where recordings and copies are shuffled and a fifth of them is held out: copies stand on both sides.
    pub random_split: f64,
    /// R² where groups are held out, with all their copies.
    pub grouped_split: f64,
}

impl Demonstration {
    /// Both scores in a sentence.
    pub fn sentence(&self) -> String {
        format!(
            "on labels shuffled among {} of the recordings, of which nothing can be learned, a forest scores R² {:.2} when \
             recordings and their {} augmented copies are split at random, and {:.2} when groups are held out",
            self.recordings, self.random_split, self.copies, self.grouped_split
        )
    }
}

/// The means of a sound's features, one row for a recording and one for each copy.
struct Measured {
    rows: Vec<Vec<f32>>,
    group: String,
    shares: Vec<f32>,
}

/// Scores a forest on shuffled labels by both splits. `Err` in words where there is too little.
///
/// # Errors
/// `Interrupted`; `File` if the cache cannot be written.
pub fn demonstrate(
    heard: &[Heard],
    groups: &[String],
    config: &Config,
    cache: Option<&FeatureCache>,
    watcher: Watcher,
    seed: u64,
) -> Result<std::result::Result<Demonstration, String>> {
    let measured = measure(&chosen(heard, seed), heard, groups, config, cache, watcher)?;
    let distinct = measured.iter().map(|it| it.group.as_str()).collect::<BTreeSet<&str>>().len();
    if measured.len() < LEAST_RECORDINGS || distinct < 2 {
        return Ok(Err(format!(
            "what a random split of copies does to a score was not shown: it takes {LEAST_RECORDINGS} recordings of 2 groups, \
             not longer than {MOST_S} s in all, found {} of {distinct}",
            measured.len()
        )));
    }
    let copies = measured.iter().map(|it| it.rows.len() - 1).min().unwrap_or(0);
    let table = Table::new(&measured, copies);
    let (mut random_split, mut grouped_split) = (Score::default(), Score::default());
    for shuffled in 0..SHUFFLES {
        let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(shuffled));
        let mut dealt: Vec<usize> = (0..measured.len()).collect();
        shuffle(&mut dealt, &mut random);
        let targets: Vec<&[f32]> = dealt.iter().map(|&at| &*measured[at].shares).collect();

        let mut rows: Vec<usize> = (0..table.sounds.len()).collect();
        shuffle(&mut rows, &mut random);
        for fold in 0..FOLDS {
            let (test, train): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(place, _)| place % FOLDS == fold);
            let side = |side: Vec<(usize, &usize)>| side.into_iter().map(|(_, row)| *row).collect::<Vec<usize>>();
            random_split.add(&table, &targets, &side(train), &side(test), seed)?;
        }
        for fold in data::folds(&measured.iter().map(|it| &*it.group).collect::<Vec<_>>(), FOLDS.min(distinct), seed)? {
            let of = |recordings: &[usize], first: bool| {
                let row =
                    |row: &usize| recordings.contains(&table.sounds[*row].0) && (!first || table.sounds[*row].1 == 0);
                (0..table.sounds.len()).filter(row).collect::<Vec<usize>>()
            };
            grouped_split.add(&table, &targets, &of(fold.train(), false), &of(fold.test(), true), seed)?;
        }
    }
    Ok(Ok(Demonstration {
        recordings: measured.len(),
        copies,
        shuffles: SHUFFLES,
        random_split: random_split.r2(),
        grouped_split: grouped_split.r2(),
    }))
}

/// Recordings drawn by chance, as many as are affordable.
fn chosen(heard: &[Heard], seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..heard.len()).filter(|&at| !heard[at].silent).collect();
    shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut left = MOST_S;
    order.retain(|&at| {
        let fits = heard[at].duration_s <= left;
        left -= if fits { heard[at].duration_s } else { 0.0 };
        fits
    });
    order.truncate(MOST_RECORDINGS);
    order.sort_unstable();
    order
}

fn measure(
    chosen: &[usize],
    heard: &[Heard],
    groups: &[String],
    config: &Config,
    cache: Option<&FeatureCache>,
    watcher: Watcher,
) -> Result<Vec<Measured>> {
    let settings = if config.augment.is_empty() { &AugmentSettings::usual() } else { &config.augment };
    let augmentation = Augmentation::open(settings, &config.audio)?;
    let (done, total) = (AtomicUsize::new(0), chosen.len());
    let one = |&at: &usize| {
        let labelled = heard[at].labelled;
        tell(watcher, Progress::Begin { path: Path::new(&labelled.file_name) })?;
        let measured =
            features::measure_with_copies(&labelled.path, &config.audio, &config.features, &augmentation, cache);
        tell(watcher, Progress::Demonstrated { done: done.fetch_add(1, Ordering::Relaxed) + 1, total })?;
        match measured {
            Ok((measured, copies)) => {
                let sequences = std::iter::once(&measured.sequence).chain(copies.iter().map(|copy| &copy.sequence));
                let rows = sequences.map(means).collect();
                Ok(Some(Measured { rows, group: groups[at].clone(), shares: labelled.target.shares().to_vec() }))
            }
            // Too short for one window, say: others will do.
            Err(error) if matches!(error.kind(), ErrorKind::Audio { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let measured: Vec<Result<Option<Measured>>> = chosen.par_iter().map(one).collect();
    let measured = measured.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(measured.into_iter().flatten().collect())
}

/// Each feature's mean over the windows in which it is known; NaN if it is in none.
fn means(sequence: &Sequence) -> Vec<f32> {
    let mean = |column: usize| {
        let (sum, count) = sequence.known(column).fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
        (sum / f64::from(count)) as f32
    };
    (0..sequence.width()).map(mean).collect()
}

/// Rows of all sounds; what is missing has its feature's mean.
struct Table {
    /// Recording, and copy of it: 0 is the recording itself.
    sounds: Vec<(usize, usize)>,
    width: usize,
    values: Vec<f32>,
}

impl Table {
    fn new(measured: &[Measured], copies: usize) -> Self {
        let sounds: Vec<(usize, usize)> =
            (0..measured.len()).flat_map(|at| (0..=copies).map(move |copy| (at, copy))).collect();
        let width = measured[0].rows[0].len();
        let mut values: Vec<f32> =
            sounds.iter().flat_map(|&(at, copy)| measured[at].rows[copy].iter().copied()).collect();
        for column in 0..width {
            let known = values.iter().skip(column).step_by(width).filter(|value| value.is_finite());
            let (sum, count) = known.fold((0.0, 0u32), |(sum, count), &value| (sum + f64::from(value), count + 1));
            let mean = if count > 0 { (sum / f64::from(count)) as f32 } else { 0.0 };
            values
                .iter_mut()
                .skip(column)
                .step_by(width)
                .filter(|value| !value.is_finite())
                .for_each(|value| *value = mean);
        }
        Table { sounds, width, values }
    }

    fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..][..self.width]
    }
}

/// Pooled squares over folds and shuffles.
#[derive(Default)]
struct Score {
    rated: Vec<Vec<f32>>,
    answered: Vec<Vec<f32>>,
}

impl Score {
    fn add(&mut self, table: &Table, targets: &[&[f32]], train: &[usize], test: &[usize], seed: u64) -> Result<()> {
        let rows: Vec<f32> = train.iter().flat_map(|&at| table.row(at)).copied().collect();
        let shares: Vec<f32> = train.iter().flat_map(|&at| targets[table.sounds[at].0]).copied().collect();
        let forest = Forest::fit(&rows, table.width, &shares, targets[0].len(), &FOREST, seed)?;
        for &at in test {
            self.rated.push(targets[table.sounds[at].0].to_vec());
            self.answered.push(forest.predict(table.row(at)));
        }
        Ok(())
    }

    /// 1 − Σ(y−ŷ)² / Σ(y−ȳ)² over all answers and emotions.
    fn r2(&self) -> f64 {
        let emotions = self.rated[0].len();
        let mean =
            |emotion: usize| self.rated.iter().map(|it| f64::from(it[emotion])).sum::<f64>() / self.rated.len() as f64;
        let means: Vec<f64> = (0..emotions).map(mean).collect();
        let (mut missed, mut all) = (0.0, 0.0);
        for (rated, answered) in self.rated.iter().zip(&self.answered) {
            for emotion in 0..emotions {
                missed += f64::from(rated[emotion] - answered[emotion]).powi(2);
                all += (f64::from(rated[emotion]) - means[emotion]).powi(2);
            }
        }
        1.0 - missed / all
    }
}
