//! The story, read top-down: what happens to a recording, and how a model comes to be.

use std::path::Path;

use crate::analysis::{Analysis, Heard};
use crate::audio::{self, Recording};
use crate::config::Config;
use crate::data::{Corpus, Split, check_groups, holdout};
use crate::evaluate::{self, Evaluation};
use crate::explain::{Change, Explainer, Explanation};
use crate::features::{self, Measurement, Sequence};
use crate::model::EmotionModel;
use crate::notes::{self, Notes};
use crate::{Result, Watcher};

/// Share of the recordings, in whole groups, that [`train`] holds out to report on.
pub const HELD_OUT_SHARE: f64 = 0.2;

/// Answers one recording, with the settings the model was trained with.
///
/// # Errors
/// `Audio` if the recording cannot be used.
pub fn analyze(path: &Path, model: &EmotionModel) -> Result<Analysis> {
    analyze_recording(&audio::open(path, &model.config().audio)?, model)
}

/// As [`analyze`], of a recording that is here already, read with the model's own settings ([`audio::decode_bytes`],
/// [`audio::from_channels`]).
///
/// # Errors
/// As [`analyze`].
pub fn analyze_recording(recording: &Recording, model: &EmotionModel) -> Result<Analysis> {
    let sequence = features::extract(recording, &model.config().features)?;
    answer(Heard::of(recording), &sequence, model)
}

/// As [`analyze`], of a recording that was measured with the model's own settings ([`features::measure`]): the same to the last
/// bit; `name` stands for its path.
///
/// # Errors
/// `Data` if it was measured otherwise.
pub fn analyze_measured(name: &str, measured: &Measurement, model: &EmotionModel) -> Result<Analysis> {
    answer(Heard::before(name, measured), &measured.sequence, model)
}

fn answer(heard: Heard, sequence: &Sequence, model: &EmotionModel) -> Result<Analysis> {
    let overall = model.predict(sequence)?;
    let interval = model.interval(&overall);
    let timeline = model.timeline(sequence)?;
    let doubts = model.doubts(sequence)?;
    let warnings = [heard.warnings, sequence.warnings(), &doubts].concat();
    Ok(Analysis::new(heard, overall, interval, timeline, warnings))
}

/// Everything that is told of one recording: what sounds, what is heard in it, the answer, and why.
pub struct Told {
    /// The recording, as it was measured.
    pub recording: Recording,
    /// What was measured.
    pub sequence: Sequence,
    /// What was played.
    pub notes: Notes,
    /// The answer, with that over time.
    pub analysis: Analysis,
    /// Why the answer is what it is; its timeline has at most [`MOST_MOMENTS`] moments.
    pub explanation: Explanation,
    /// How the recording differs from the reference around each moment of that timeline.
    pub changes: Vec<Vec<Change>>,
}

/// Moments of a recording whose answers [`tell`] explains: each takes about a tenth of a second, so a longer recording has them
/// farther apart.
pub const MOST_MOMENTS: usize = 120;

/// Answers one recording, and says why.
///
/// # Errors
/// As [`analyze`]; `Interrupted`.
pub fn tell(path: &Path, model: &EmotionModel, explainer: &Explainer, watcher: Watcher) -> Result<Told> {
    tell_of(audio::open(path, &model.config().audio)?, model, explainer, watcher)
}

/// As [`tell`], of a recording that was opened with the model's own settings.
///
/// # Errors
/// As [`tell`].
pub fn tell_of(recording: Recording, model: &EmotionModel, explainer: &Explainer, watcher: Watcher) -> Result<Told> {
    let settings = &model.config().features;
    let (sequence, notes) = features::extract_with_notes(&recording, settings)?;
    let notes = notes.unwrap_or_else(|| notes::find(&recording, settings.pitch_range));
    let analysis = answer(Heard::of(&recording), &sequence, model)?;
    // Windows that overlap are answered from nearly the same excerpts: one of them is explained.
    let apart = (settings.window_s / settings.hop_s).ceil().max(1.0) as usize;
    let windows = (0..sequence.windows()).step_by(apart.max(sequence.windows().div_ceil(MOST_MOMENTS)));
    let mut explanation = explainer.explain(&sequence, watcher)?;
    explanation.timeline = explainer.moments(&sequence, windows.clone(), watcher)?;
    let changes = windows.map(|window| explainer.changes_around(&sequence, window)).collect();
    Ok(Told { recording, sequence, notes, analysis, explanation, changes })
}

/// The split that [`train`] reports on. No audio is needed to know whether there is one.
///
/// # Errors
/// `Data` for fewer than three groups, or a training side that is a single group.
pub fn checked_holdout<G: AsRef<str>>(groups: &[G], seed: u64) -> Result<Split> {
    check_groups(groups)?;
    let split = holdout(groups, HELD_OUT_SHARE, seed)?;
    split.check_trainable(groups)?;
    Ok(split)
}

/// A model, and what it reached on recordings of groups it had not seen.
pub struct Trained {
    /// The model to use; it carries the scores.
    pub model: EmotionModel,
    /// The honest scores, from the held-out groups.
    pub held_out: Evaluation,
}

/// Holds out a fifth of the recordings, in whole groups, fits on the rest and reports on the held-out ones;
/// then, if asked, refits on all.
///
/// # Errors
/// `Data` for too few groups, `Interrupted`.
pub fn train(corpus: &Corpus, config: &Config, seed: u64, refit: bool, watcher: Watcher) -> Result<Trained> {
    let split = checked_holdout(&corpus.groups(), seed)?;
    let model = EmotionModel::fit(&corpus.training_side(&split), config, seed, watcher)?;
    let held_out = evaluate::on_held_out(corpus, &split, &model)?;
    let model = if refit { EmotionModel::fit(&corpus.whole(), config, seed, watcher)? } else { model };
    Ok(Trained { model: model.with_scores(held_out.scores(), refit), held_out })
}
