//! `explain --corpus`: what matters across a corpus.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::explain::{self, Across, Importance};
use violin_emotion::report::{Bar, Bars, Beeswarm, FamilyBars, FamilyDots, text_cell};
use violin_emotion::{Error, WholeFile, data};

use super::{Failure, Outcome};
use crate::args::{
    AcrossArguments, CorpusArguments, ExplainArguments, ExplanationFormat, LabelArguments, SoundArguments,
    WindowArguments,
};
use crate::progress::Bar as Progress;
use crate::table;

pub fn run(arguments: &ExplainArguments, audio: &Path) -> Result<Outcome, Failure> {
    let across = &arguments.across;
    let corpus = corpus_arguments(arguments, audio);
    let mut config = super::corpus_settings(&corpus, corpus.augment)?;
    if !(1..=100).contains(&across.against) {
        return Err(Error::config("--against", "1 to 100", across.against).into());
    }
    config.model.usual = across.against;
    let dataset = super::dataset(&corpus)?;
    data::checked_folds(&dataset.groups(), across.folds, across.seed)?;
    arguments.figures.as_deref().map_or(Ok(()), check_folder)?;
    let cache = super::cache(across.cache.as_deref())?;
    let corpus = super::corpus(&dataset, &config, cache.as_ref())?;

    let bar = Progress::new("explaining", corpus.recordings().len() + config.networks() * across.folds);
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
        reading: LabelArguments {
            group_by: across.group_by.clone(),
            emotions: across.emotions.clone(),
            scale: across.scale.clone(),
            normalise_labels: across.normalise_labels,
        },
        windows: WindowArguments { set: across.set, window: None, hop: None, windowing: None, pitch_range: None },
        sound: SoundArguments { denoise: None, level: None },
        config: across.config.clone(),
        preset: None,
        restarts: None,
        combine: None,
        augment: false,
        seed: across.seed,
        cache: across.cache.clone(),
        jobs: arguments.jobs,
    }
}

/// Groups below which intervals from drawing groups anew are rough.
const FEW_GROUPS: usize = 10;
/// Correlation from which on a direction is shown.
const SURE: f64 = 0.3;

/// Families by how much they move the shares, and which way.
fn write_table(found: &Across, importance: &[Importance]) -> std::io::Result<()> {
    let emotions = found.emotions();
    let header: Vec<String> = [""].iter().chain(&emotions).chain(&["goes with"]).map(|name| name.to_string()).collect();
    let mut families: Vec<(f64, Vec<String>)> = importance
        .chunks(emotions.len())
        .zip(found.leading())
        .map(|(of_family, (leading, _))| {
            let figure = |one: &Importance| {
                let way = match one.direction {
                    up if up >= SURE => "+",
                    down if down <= -SURE => "-",
                    _ => " ",
                };
                format!("{way}{:.3}", one.absolute)
            };
            let size = of_family.iter().map(|one| one.absolute).sum::<f64>();
            let cells = of_family.iter().map(figure).chain([leading.to_string()]);
            (size, std::iter::once(of_family[0].family.clone()).chain(cells).collect())
        })
        .collect();
    families.sort_by(|one, other| other.0.total_cmp(&one.0));
    let rows: Vec<Vec<String>> = families.into_iter().map(|(_, row)| row).collect();
    let mut out = stdout().lock();
    writeln!(
        out,
        "How much each part of the playing moves each emotion, up or down, in the mean of {} recordings,",
        found.recordings.len()
    )?;
    writeln!(
        out,
        "each answered by a model that never heard its group. +: the more of what it goes with, the more of the emotion;"
    )?;
    writeln!(out, "-: the less.\n")?;
    write!(out, "{}", table::aligned(&header, &rows))?;
    let groups: std::collections::BTreeSet<&str> = found.recordings.iter().map(|one| one.group.as_str()).collect();
    if groups.len() < FEW_GROUPS {
        writeln!(out, "note: {}: the intervals (figures, JSON) are rough", super::count(groups.len(), "group"))?;
    }
    Ok(())
}

/// Whether a folder can be made here, before the work.
pub(super) fn check_folder(folder: &Path) -> Result<(), Error> {
    if folder.exists() && !folder.is_dir() {
        return Err(Error::config("--figures", "a folder, or a name that is free", folder.display()));
    }
    Ok(())
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
    make_folder(folder)?;
    let names = |names: Vec<&str>| names.into_iter().map(str::to_string).collect::<Vec<String>>();
    let emotions = names(found.emotions());
    let leading = found.leading();
    let footnote = format!(
        "{} recordings, each explained by a model that never heard its group ({} folds), against {}.",
        found.recordings.len(),
        across.folds,
        super::count(across.against, "training recording")
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
    let colours: Vec<String> = found
        .families()
        .into_iter()
        .zip(&leading)
        .map(|(family, (feature, _))| format!("{family} by {feature}"))
        .collect();
    let beeswarm = Beeswarm {
        title: "What each part of the playing adds, recording by recording".into(),
        footnote: format!("{footnote} Colours: {}.", colours.join(", ")),
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
                let [name, group, family, emotion] =
                    [&recording.file_name, &recording.group, family, emotion].map(|name| text_cell(name));
                write(&[&name, &group, &family, &emotion, &value.to_string()]);
            }
        }
    }
    csv.into_inner().expect("memory takes everything")
}
