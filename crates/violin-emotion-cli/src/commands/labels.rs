//! `labels`: from ratings to soft labels, and what a label file holds.

use std::io::{Write, stdout};

use violin_emotion::data::ratings::{LabelTable, RatingOptions, Ratings, Reliability, Suspects, read_ratings};
use violin_emotion::data::{self, Dataset};
use violin_emotion::evaluate::{self, Ceiling};
use violin_emotion::pipeline;
use violin_emotion::{Error, WholeFile};

use super::evaluate::words;
use super::{Failure, Outcome, count};
use crate::args::{CheckArguments, FromRatingsArguments, LabelsArguments, LabelsCommand, ScoreFormat};
use crate::table::aligned;

/// Deals the listeners out into halves.
const SEED: u64 = 0;
/// Flagged clips that are named; of the others there is a number.
const NAMED: usize = 10;

pub fn run(arguments: &LabelsArguments) -> Result<Outcome, Failure> {
    match &arguments.command {
        LabelsCommand::FromRatings(arguments) => from_ratings(arguments),
        LabelsCommand::Check(arguments) => check(arguments),
    }
}

fn from_ratings(arguments: &FromRatingsArguments) -> Result<Outcome, Failure> {
    let options = RatingOptions {
        emotions: arguments.emotions.clone(),
        clip: arguments.clip.clone(),
        rater: arguments.rater.clone(),
        scale: arguments.scale,
        audio: arguments.audio.clone(),
    };
    super::not_over(&arguments.ratings, &arguments.out)?;
    let mut ratings = read_ratings(&arguments.ratings, &options)?;
    ratings.notes.iter().for_each(|note| eprintln!("{note}"));
    let mut suspects = ratings.suspects();
    if arguments.without_flagged_raters && !suspects.raters.is_empty() {
        let names: Vec<&str> = suspects.raters.iter().map(|suspect| suspect.rater.as_str()).collect();
        eprintln!("left out, as asked: ratings of {}", names.join(", "));
        ratings = ratings.without_raters(&names);
        // Clips are judged by the listeners that are left.
        suspects.clips = ratings.suspects().clips;
    }
    let mut reliability = ratings.reliability(SEED);
    let mut labels = ratings.soft_labels(arguments.smoothing)?;
    if arguments.without_flagged_clips {
        let flagged = |name: &String| suspects.clips.iter().any(|suspect| suspect.clip == *name);
        let before = labels.rows.len();
        labels.rows.retain(|row| !flagged(&row.name));
        let kept = |name: &str| !suspects.clips.iter().any(|suspect| suspect.clip == name);
        ratings = ratings.only_clips(kept);
        reliability = ratings.reliability(SEED);
        eprintln!("left out, as asked: {}", count(before - labels.rows.len(), "clip"));
    }
    if labels.rows.is_empty() {
        let hint = "look at the ratings: no clip is left with a vote for an emotion";
        return Err(Error::data("at least one clip with a vote", "none", hint).into());
    }
    let chosen = ratings.emotions.names().len() - labels.never_chosen.len();
    if chosen < 2 {
        let found = format!("{chosen} of {}", ratings.emotions.names().join(", "));
        return Err(Error::data("at least two emotions that somebody chose", found, "look at the ratings").into());
    }
    for clip in &labels.without_votes {
        eprintln!(
            "warning: {clip}: nobody heard any of the emotions; it has no row (--smoothing 1 gives it even shares)"
        );
    }
    for emotion in &labels.never_chosen {
        eprintln!("warning: nobody chose {emotion} for any clip: it has no column, for a model cannot learn it");
    }
    let ceiling = ceiling(&labels);
    WholeFile::save(&arguments.out, table(&ratings, &labels)?.as_slice())?;
    eprintln!("{} in {}", count(labels.rows.len(), "clip"), arguments.out.display());
    match arguments.format {
        ScoreFormat::Table => write_table(&ratings, &reliability, &ceiling, &suspects)?,
        ScoreFormat::Json => {
            let json = serde_json::json!({
                "schema": "violin-emotion/reliability/1",
                "answers": ratings.answers,
                "clips": labels.rows.len(),
                "raters": ratings.raters.len(),
                "ratings": ratings.ratings.len(),
                "smoothing_votes": arguments.smoothing,
                "reliability": reliability,
                "ceiling": ceiling.as_ref().ok(),
                "flagged": suspects,
            });
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}

/// The label file: name, what goes with the clip, number of listeners and of the single votes they are worth, one share an
/// emotion.
fn table(ratings: &Ratings, labels: &LabelTable) -> Result<Vec<u8>, Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let emotions = ratings.emotions.names();
    let chosen: Vec<usize> = (0..emotions.len()).filter(|&at| !labels.never_chosen.contains(&emotions[at])).collect();
    let header = ["filename".to_owned()].into_iter().chain(ratings.carried.iter().cloned());
    let header = header
        .chain(["n_raters".to_owned(), "n_votes".to_owned()])
        .chain(chosen.iter().map(|&at| emotions[at].clone()));
    let written = "memory takes every record";
    csv.write_record(header).expect(written);
    for row in &labels.rows {
        let cells = std::iter::once(row.name.clone()).chain(row.carried.iter().cloned());
        let cells = cells
            .chain([row.raters.to_string(), row.votes.to_string()])
            .chain(chosen.iter().map(|&at| format!("{:.6}", row.shares[at])));
        csv.write_record(cells).expect(written);
    }
    Ok(csv.into_inner().expect(written))
}

fn write_table(
    ratings: &Ratings,
    reliability: &Reliability,
    ceiling: &Result<Ceiling, String>,
    suspects: &Suspects,
) -> std::io::Result<()> {
    let mut out = stdout().lock();
    let raters = match ratings.raters.len() {
        0 => "listeners not told apart".to_owned(),
        raters => count(raters, "listener"),
    };
    let (clips, all) = (count(ratings.clips.len(), "clip"), count(ratings.ratings.len(), "rating"));
    writeln!(out, "{all} of {clips}, {raters}\n")?;
    let figure = |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.3}"));
    let header = ["", "alpha", "ICC(1)", "ICC(1,k)", "split half"].map(String::from);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for one in &reliability.emotions {
        let intraclass = one.intraclass;
        let figures = [one.alpha, intraclass.map(|both| both.single), intraclass.map(|both| both.mean), one.split_half];
        rows.push(std::iter::once(one.emotion.clone()).chain(figures.map(figure)).collect());
    }
    write!(out, "{}", aligned(&header, &rows))?;
    if let Some(alpha) = reliability.alpha {
        writeln!(out, "\nalpha of the chosen emotions, as names: {alpha:.3}")?;
    }
    if rows.iter().flatten().any(|cell| cell == "n/a") {
        writeln!(out, "\nn/a: too few clips were rated by several listeners, or all said the same of every clip")?;
    }
    match ceiling {
        Ok(ceiling) => {
            writeln!(
                out,
                "\nthe most that a method could score, given so few listeners (95 % intervals over clips):\n"
            )?;
            let known = ceiling.figures.scalars().into_iter().zip(&ceiling.intervals);
            let cells: Vec<(String, String)> = known
                .map(|(one, interval)| (words::title(one.name), words::with_interval(one.value, *interval, 3)))
                .collect();
            let (header, row): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
            write!(out, "{}", aligned(&header, &[row]))?;
        }
        Err(reason) => writeln!(out, "\nwhat a method could score at most is not known: {reason}")?,
    }
    for suspect in &suspects.raters {
        writeln!(out, "flagged: {} ({}): {}", suspect.rater, count(suspect.clips, "clip"), suspect.reasons.join("; "))?;
    }
    if !suspects.clips.is_empty() {
        let named: Vec<&str> = suspects.clips.iter().take(NAMED).map(|suspect| suspect.clip.as_str()).collect();
        let more = suspects.clips.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let them = if suspects.clips.len() == 1 { "it" } else { "them" };
        let what = format!("listeners agree on {them} no more than on clips drawn at random");
        writeln!(out, "flagged: {}{more}: {what}", named.join(", "))?;
    }
    Ok(())
}

/// What one would score who knew what infinitely many such listeners say of each clip.
fn ceiling(labels: &LabelTable) -> Result<Ceiling, String> {
    let shares: Vec<Vec<f32>> =
        labels.rows.iter().map(|row| row.shares.iter().map(|share| *share as f32).collect()).collect();
    let shares: Vec<&[f32]> = shares.iter().map(Vec::as_slice).collect();
    let votes: Vec<usize> = labels.rows.iter().map(|row| row.votes).collect();
    let clips: Vec<usize> = (0..votes.len()).collect();
    evaluate::ceiling(&shares, &votes, &clips, SEED)
}

fn check(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let options = super::label_options(&arguments.reading);
    let dataset = data::read_labels(&arguments.labels, &arguments.audio, &options)?;
    let mut out = stdout().lock();
    dataset.report().lines().iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)?;
    write!(out, "{}", emotions(&dataset))?;
    let folds = data::checked_folds(&dataset.groups(), FOLDS, SEED);
    match folds {
        Ok(_) => writeln!(out, "\n`train`, and `evaluate` with {FOLDS} folds, can be run on this file")?,
        Err(error) => {
            writeln!(out, "\n`evaluate` with {FOLDS} folds cannot be run: {error}")?;
            if pipeline::checked_holdout(&dataset.groups(), SEED).is_err() {
                writeln!(out, "neither can `train`")?;
                return Ok(Outcome::SomeFailed);
            }
        }
    }
    Ok(Outcome::Complete)
}

/// Folds of `evaluate` if nothing else is said.
const FOLDS: usize = 5;

/// What each emotion's shares are like.
fn emotions(dataset: &Dataset) -> String {
    let header = ["", "mean share", "least", "most", "strongest in"].map(String::from);
    let row = |(emotion, name): (usize, &String)| {
        let shares = || dataset.recordings().iter().map(|recording| recording.target.shares()[emotion]);
        let mean = shares().sum::<f32>() / dataset.recordings().len() as f32;
        let (least, most) =
            shares().fold((f32::INFINITY, 0.0f32), |(low, high), share| (low.min(share), high.max(share)));
        let strongest = dataset.recordings().iter().filter(|recording| recording.target.strongest() == *name).count();
        let note = if most == 0.0 {
            " (nobody)"
        } else if most - least < 1e-6 {
            " (the same in all)"
        } else {
            ""
        };
        let figures = [format!("{mean:.3}"), format!("{least:.3}"), format!("{most:.3}"), strongest.to_string() + note];
        std::iter::once(name.clone()).chain(figures).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = dataset.labels().names().iter().enumerate().map(row).collect();
    aligned(&header, &rows)
}
