//! One file a command, and what they share.

mod across;
pub mod audit;
pub mod augment;
pub mod compare;
pub mod demo;
pub mod denoise;
pub mod evaluate;
pub mod explain;
pub mod features;
mod in_order;
pub mod labels;
#[cfg(feature = "parquet")]
pub mod merge;
pub mod model;
pub mod notes;
pub mod predict;
pub mod render;
pub mod report;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "parquet")]
mod shard;
pub mod train;

use std::path::Path;

use violin_emotion::audio::augment::{AugmentSettings, Augmentation};
use violin_emotion::data::{self, Corpus, Dataset, LabelOptions};
use violin_emotion::features::{FeatureCache, FeatureSettings, Windowing};
use violin_emotion::model::EmotionModel;
use violin_emotion::notes::PitchRange;
use violin_emotion::{Config, Error, Progress};

use crate::args::{CorpusArguments, LabelArguments, Preset, SoundArguments, WindowArguments};
use crate::failure::complain;
use crate::progress::Bar;

pub use crate::failure::Failure;

/// How a command that did its work ended.
pub enum Outcome {
    /// Everything was answered.
    Complete,
    /// Some recordings could not be; their rows say why.
    SomeFailed,
}

/// Threads a core that are still of use where some wait for the disk; more only take memory.
const THREADS_A_CORE: usize = 4;

/// Uses `jobs` threads from here on, at most [`THREADS_A_CORE`] a core; 0 = one a core.
pub fn use_threads(jobs: usize) -> Result<(), Error> {
    let most = THREADS_A_CORE * std::thread::available_parallelism().map_or(1, usize::from);
    if jobs > most {
        eprintln!("--jobs {jobs}: {most} threads are used, {THREADS_A_CORE} a core");
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.min(most)).build_global();
    pool.map_err(|error| Error::config("--jobs", "a number of threads that this system grants", error))
}

/// `1 group`, `2 groups`.
fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The settings of a file or those of a name; the usual ones if none is given.
fn base(config: Option<&Path>, preset: Option<Preset>) -> Result<Config, Error> {
    match (config, preset) {
        (Some(file), _) => Config::open(file),
        (None, Some(Preset::Notebook)) => Ok(Config::notebook()),
        (None, None) => Ok(Config::default()),
    }
}

/// The settings of a corpus.
fn corpus_settings(shared: &CorpusArguments, augment: bool) -> Result<Config, Error> {
    let mut base = base(shared.config.as_deref(), shared.preset)?;
    base.model.restarts = shared.restarts.unwrap_or(base.model.restarts);
    base.model.combine = shared.combine.map_or(base.model.combine, Into::into);
    settings(base, &shared.windows, &shared.sound, augment)
}

/// The settings of a TOML file, if one is named, with what the command line says on top; with `augment` there are copies
/// also where the file says nothing of them.
fn settings(
    mut settings: Config,
    windows: &WindowArguments,
    sound: &SoundArguments,
    augment: bool,
) -> Result<Config, Error> {
    settings.audio.denoise = sound.denoise.map_or(settings.audio.denoise, Into::into);
    settings.audio.level = sound.level.map_or(settings.audio.level, Into::into);
    apply(windows, &mut settings.features)?;
    if augment && settings.augment.is_empty() {
        settings.augment = AugmentSettings { seed: settings.augment.seed, ..AugmentSettings::usual() };
    }
    settings.check()?;
    Ok(settings)
}

fn apply(windows: &WindowArguments, features: &mut FeatureSettings) -> Result<(), Error> {
    features.set = windows.set.map_or(features.set, Into::into);
    features.window_s = windows.window.unwrap_or(features.window_s);
    features.hop_s = windows.hop.unwrap_or(features.hop_s);
    features.windowing = windows.windowing.map_or(features.windowing, Into::into);
    for (given, name) in [(windows.window, "--window"), (windows.hop, "--hop")] {
        if let (Windowing::Whole, Some(seconds)) = (features.windowing, given) {
            return Err(Error::config(name, "none with --windowing whole: the window is the recording", seconds));
        }
    }
    if let Some(range) = &windows.pitch_range {
        features.pitch_range = PitchRange::parse(range)?;
    }
    Ok(())
}

/// Where a model is looked for if none is named.
const MODEL_HERE: &str = "hybrid_model";

/// The folder of the model that is meant: the one that is named, or the one that is here; `None` for the built-in model.
fn model_folder(named: Option<&Path>) -> Option<&Path> {
    match named {
        Some(name) => Some(name).filter(|name| *name != Path::new(EmotionModel::BUILT_IN)),
        None => Some(Path::new(MODEL_HERE)).filter(|here| here.symlink_metadata().is_ok()),
    }
}

/// The model that is named, or the one that is here, or the built-in one.
fn model(named: Option<&Path>) -> Result<EmotionModel, Error> {
    let Some(folder) = model_folder(named) else {
        if named.is_none() {
            eprintln!("no --model named and no {MODEL_HERE}/ here: the built-in model answers");
        }
        return Ok(EmotionModel::built_in());
    };
    let loaded = EmotionModel::load(folder);
    if loaded.is_err() && named.is_none() {
        eprintln!(
            "no --model named, so {MODEL_HERE}/ here was taken; --model {} asks the built-in model",
            EmotionModel::BUILT_IN
        );
    }
    loaded
}

fn cache(folder: Option<&std::path::Path>) -> Result<Option<FeatureCache>, Error> {
    folder.map(FeatureCache::open).transpose()
}

/// Refuses to write over what is read.
fn not_over(read: &Path, written: &Path) -> Result<(), Error> {
    match (read.canonicalize(), written.canonicalize()) {
        (Ok(read), Ok(same)) if read == same => {
            Err(Error::config("--out", "another file than the one that is read", written.display()))
        }
        _ => Ok(()),
    }
}

/// Refuses to write over one of the files that are read.
fn not_over_any<'a>(read: impl IntoIterator<Item = &'a Path>, written: Option<&Path>) -> Result<(), Error> {
    // What is not there yet is none of them.
    let there = written.filter(|written| written.is_file());
    there.map_or(Ok(()), |written| read.into_iter().try_for_each(|read| not_over(read, written)))
}

/// How a label file is read.
fn label_options(arguments: &LabelArguments) -> LabelOptions {
    LabelOptions {
        emotions: arguments.emotions.clone(),
        group_by: arguments.group_by.clone(),
        normalise: arguments.normalise_labels,
        scale: arguments.scale.clone(),
    }
}

/// Reads the label file and says what was taken from it.
fn dataset(arguments: &CorpusArguments) -> Result<Dataset, Error> {
    let dataset = data::read_labels(&arguments.labels, &arguments.audio, &label_options(&arguments.reading))?;
    for line in dataset.report().lines() {
        eprintln!("{line}");
    }
    Ok(dataset)
}

/// Measures a dataset under a progress bar, and says what was noticed.
fn corpus(dataset: &Dataset, config: &Config, cache: Option<&FeatureCache>) -> Result<Corpus, Error> {
    let copies = Augmentation::open(&config.augment, &config.audio)?;
    let bar = Bar::new("measuring", dataset.recordings().len());
    let show = |progress: Progress| bar.show(progress);
    let corpus = Corpus::measure(dataset, &config.audio, &config.features, &copies, cache, &show)?;
    drop(bar);
    corpus.noticed().iter().for_each(|line| eprintln!("warning: {line}"));
    Ok(corpus)
}
