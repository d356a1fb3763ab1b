//! `explain --corpus`: what matters across a corpus.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::explain::{self, Across, Importance};
use violin_emotion::report::{Bar, Bars, Beeswarm, FamilyBars, FamilyDots};
use violin_emotion::{Error, WholeFile, data};

use super::{Failure, Outcome};
use crate::args::{AcrossArguments, CorpusArguments, ExplainArguments, ExplanationFormat, WindowArguments};
use crate::progress::Bar as Progress;
use crate::table;

pub fn run(arguments: &ExplainArguments, audio: &Path) -> Result<Outcome, Failure> {
    let across = &arguments.across;
    let corpus = corpus_arguments(arguments, audio);
    let mut config = super::settings(corpus.config.as_deref(), &corpus.windows)?;
    config.model.usual = across.against;
    config.check()?;
    let dataset = super::dataset(&corpus)?;
    data::checked_folds(&dataset.groups(), across.folds, across.seed)?;
    arguments.figures.as_deref().map_or(Ok(()), make_folder)?;
    let cache = super::cache(across.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;

    let bar = Progress::new("explaining", corpus.recordings().len() + config.model.restarts * across.folds);
    let found = explain::across(&corpus, &config, across.folds, across.seed, &|progress| bar.show(progress))?;
    drop(bar);
    let importance = found.importance(across.seed);
    if let Some(folder) = &arguments.figures {
        write_figures(folder, &found, &importance, across)?;
    }
    match arguments.format {
        ExplanationFormat::Table => write_table(&found, &importance)?,
        ExplanationFormat::Json => {
            let json = serde_json::json!({
                "schema": "violin-emotion/importance/1",
                "folds": across.folds,
                "against": across.against,
                "seed": across.seed,
                "recordings": found.recordings.len(),
                "emotions": found.emotions(),
                "families": found.families(),
                "importance": importance,
                "contributions": found.recordings.iter().map(|recording| serde_json::json!({
                    "file_name": recording.file_name,
                    "group": recording.group,
                    "contributions": recording.contributions,
                })).collect::<Vec<_>>(),
            });
            writeln!(stdout(), "{}", serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(Outcome::Complete)
}

fn corpus_arguments(arguments: &ExplainArguments, audio: &Path) -> CorpusArguments {
    let across = &arguments.across;
    CorpusArguments {
        audio: audio.to_path_buf(),
        labels: across.labels.clone().expect("clap requires it"),
        group_by: across.group_by.clone(),
        emotions: across.emotions.clone(),
        normalise_labels: across.normalise_labels,
        windows: WindowArguments { set: across.set, window: None, hop: None, windowing: None, pitch_range: None },
        config: across.config.clone(),
        seed: across.seed,
        cache: across.cache.clone(),
        jobs: arguments.jobs,
    }
}

/// Families by how much they move the shares; an asterisk where 0 lies outside of the interval.
fn write_table(found: &Across, importance: &[Importance]) -> std::io::Result<()> {
    let emotions = found.emotions();
    let header: Vec<String> = [""].iter().chain(&emotions).chain(&["mean size"]).map(|name| name.to_string()).collect();
    let mut families: Vec<(f64, Vec<String>)> = importance
        .chunks(emotions.len())
        .map(|of_family| {
            let size = of_family.iter().map(|one| one.absolute).sum::<f64>() / emotions.len() as f64;
            let figure = |one: &Importance| {
                let sure = one.interval.0 > 0.0 || one.interval.1 < 0.0;
                format!("{:+.3}{}", one.mean, if sure { "*" } else { " " })
            };
            let cells = of_family.iter().map(figure).chain([format!("{size:.3}")]);
            (size, std::iter::once(of_family[0].family.clone()).chain(cells).collect())
        })
        .collect();
    families.sort_by(|one, other| other.0.total_cmp(&one.0));
    let rows: Vec<Vec<String>> = families.into_iter().map(|(_, row)| row).collect();
    let mut out = stdout().lock();
    writeln!(out, "What each part of the playing adds, mean over {} recordings", found.recordings.len())?;
    writeln!(out, "(each explained by a model that never heard its group; * 0 lies outside of the 95 % interval):\n")?;
    write!(out, "{}", table::aligned(&header, &rows))
}

pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::file("write", folder, source))
}

fn write_figures(
    folder: &Path,
    found: &Across,
    importance: &[Importance],
    across: &AcrossArguments,
) -> Result<(), Failure> {
    let names = |names: Vec<&str>| names.into_iter().map(str::to_string).collect::<Vec<String>>();
    let emotions = names(found.emotions());
    let leading = found.leading();
    let footnote = format!(
        "{} recordings, each explained by a model that never heard its group ({} folds), against {} training recordings.",
        found.recordings.len(),
        across.folds,
        across.against
    );
    let bars = importance.chunks(emotions.len()).map(|of_family| FamilyBars {
        name: of_family[0].family.clone(),
        bars: of_family
            .iter()
            .map(|one| Bar { mean: one.mean, interval: one.interval, absolute: one.absolute })
            .collect(),
    });
    let title = "What each part of the playing adds".to_string();
    let bars = Bars {
        title,
        footnote: footnote.clone(),
        emotions: emotions.clone(),
        families: bars.collect(),
        confidence: 0.95,
    };
    let dots = found.families().into_iter().zip(&leading).map(|(family, (_, deviations))| FamilyDots {
        name: family.to_string(),
        deviations: deviations.clone(),
        contributions: emotions
            .iter()
            .map(|emotion| found.recordings.iter().map(|one| one.contributions[family][emotion]).collect())
            .collect(),
    });
    let colours: Vec<&str> = leading.iter().map(|(feature, _)| *feature).collect();
    let beeswarm = Beeswarm {
        title: "What each part of the playing adds, recording by recording".into(),
        footnote: format!("{footnote} Colours by {}.", colours.join(", ")),
        emotions: emotions.clone(),
        families: dots.collect(),
    };
    WholeFile::save(&folder.join("importance.svg"), bars.svg().as_bytes())?;
    WholeFile::save(&folder.join("beeswarm.svg"), beeswarm.svg().as_bytes())?;
    WholeFile::save(&folder.join("contributions.csv"), &contributions(found))?;
    Ok(())
}

/// One row a recording, family and emotion.
fn contributions(found: &Across) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[&str]| csv.write_record(row).expect("memory takes everything");
    write(&["filename", "group", "family", "emotion", "contribution"]);
    for recording in &found.recordings {
        for (family, added) in &recording.contributions {
            for (emotion, value) in added {
                write(&[&recording.file_name, &recording.group, family, emotion, &value.to_string()]);
            }
        }
    }
    csv.into_inner().expect("memory takes everything")
}
