//! `explain --corpus`: what matters across a corpus.

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use violin_emotion::data::Corpus;
use violin_emotion::explain::{self, Across, Importance, MeanResponse, ways};
use violin_emotion::report::{
    Bar, Bars, Beeswarm, Columns, FamilyBars, FamilyDots, Line, Methods, Response, Shown, Source, WriteUp, text_cell,
};
use violin_emotion::{Error, WholeFile, data, synth};

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
        let methods =
            Methods { corpus: &corpus, config: &config, group_by: across.group_by.as_deref(), seed: across.seed };
        write_figures(folder, &found, &importance, across, &methods)?;
    }
    match arguments.format {
        ExplanationFormat::Table => write_table(&found, &importance, &corpus)?,
        ExplanationFormat::Json => {
            let json = serde_json::json!({
                "schema": "violin-emotion/importance/1",
                "folds": across.folds,
                "against": across.against,
                "seed": across.seed,
                "rendered": corpus.is_rendered(),
                "recordings": found.recordings.len(),
                "emotions": found.emotions(),
                "families": found.families(),
                "importance": importance,
                "responses": found.responses,
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
fn write_table(found: &Across, importance: &[Importance], corpus: &Corpus) -> std::io::Result<()> {
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
            let [_, more] = ways(leading);
            let cells = of_family.iter().map(figure).chain([more]);
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
        "each answered by a model that never heard its group. +: what it goes with raises the emotion; -: lowers it.\n"
    )?;
    write!(out, "{}", table::aligned(&header, &rows))?;
    let groups: std::collections::BTreeSet<&str> = found.recordings.iter().map(|one| one.group.as_str()).collect();
    if groups.len() < FEW_GROUPS {
        writeln!(out, "note: {}: the intervals (figures, JSON) are rough", super::count(groups.len(), "group"))?;
    }
    if let Some(note) = rendered(corpus) {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}

/// What is said of a corpus that nobody played.
fn rendered(corpus: &Corpus) -> Option<String> {
    corpus.is_rendered().then(|| format!("the recordings are {}", synth::NOTICE))
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
    methods: &Methods,
) -> Result<(), Failure> {
    make_folder(folder)?;
    let names = |names: Vec<&str>| names.into_iter().map(str::to_string).collect::<Vec<String>>();
    let emotions = names(found.emotions());
    let leading = found.leading();
    let rendered = rendered(methods.corpus).map_or_else(String::new, |note| format!(" {}.", capital(&note)));
    let footnote = format!(
        "{} recordings, each explained by a model that never heard its group ({} folds), against {}.{rendered}",
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
        .map(|(family, (feature, _))| format!("{family} by {}", ways(feature)[1]))
        .collect();
    let beeswarm = Beeswarm {
        title: "What each part of the playing adds, recording by recording".into(),
        footnote: format!("{footnote} Colours: {}.", colours.join(", ")),
        emotions: emotions.clone(),
        families: dots.collect(),
    };
    let shown = |file_name: String, svg: String, caption: String| Shown { file_name, svg, caption };
    let mut figures = vec![
        shown(
            "importance.svg".into(),
            bars.svg(),
            "What each family adds to each emotion's share: in the mean, and up or down.".into(),
        ),
        shown("beeswarm.svg".into(), beeswarm.svg(), "The same, a dot for each recording.".into()),
    ];
    for response in &found.responses {
        figures.push(shown(
            format!("response-{}.svg", response.feature),
            curve(response, &rendered).svg(),
            format!(
                "What would be answered if {} alone were otherwise, {}. A flat line: other features of its part do the work.",
                response.feature,
                from_to(&response.feature)
            ),
        ));
    }
    for name in curves_of_before(folder, &figures)? {
        fs::remove_file(&name).map_err(|source| Error::file("remove", &name, source))?;
    }
    for figure in &figures {
        WholeFile::save(&folder.join(&figure.file_name), figure.svg.as_bytes())?;
    }
    WholeFile::save(&folder.join("contributions.csv"), &contributions(found))?;
    let emotions = found.emotions();
    let header = [""].iter().chain(&emotions).map(|name| name.to_string()).collect();
    let row = |of_family: &[Importance]| {
        let cell = |one: &Importance| {
            let (low, high) = one.absolute_interval;
            format!("{:.3} ({low:.3} to {high:.3})", one.absolute)
        };
        std::iter::once(of_family[0].family.clone()).chain(of_family.iter().map(cell)).collect()
    };
    let explained = methods.explained(across.folds, across.against);
    let page = WriteUp {
        title: format!("What moves the answers for {}", emotions.join(", ")),
        findings: vec![strongest(importance, emotions.len())],
        tables: vec![Columns {
            caption:
                "How much each family moves each emotion's share, up or down; in brackets 95 % intervals over groups."
                    .into(),
            header,
            rows: importance.chunks(emotions.len()).map(row).collect(),
        }],
        figures,
        methods: methods.paragraphs().into_iter().chain([explained]).collect(),
        sources: methods.sources().into_iter().chain([Source::ShapleyValue, Source::Shap]).collect(),
        rendered: methods.corpus.is_rendered(),
    };
    WholeFile::save(&folder.join("importance.html"), page.html().as_bytes())?;
    Ok(())
}

/// Which families move the answers most.
fn strongest(importance: &[Importance], emotions: usize) -> String {
    let of_family =
        |of: &[Importance]| (of.iter().map(|one| one.absolute).sum::<f64>() / emotions as f64, of[0].family.clone());
    let mut families: Vec<(f64, String)> = importance.chunks(emotions).map(of_family).collect();
    families.sort_by(|one, other| other.0.total_cmp(&one.0));
    let named = families.iter().take(3).map(|(size, family)| format!("{family} ({size:.3})"));
    format!(
        "The answers are moved most by {}: so much of a share, up or down, in the mean over recordings and emotions.",
        named.collect::<Vec<_>>().join(", ")
    )
}

/// Curves of an earlier run: none of them stands beside this one's page.
fn curves_of_before(folder: &Path, figures: &[Shown]) -> Result<Vec<PathBuf>, Error> {
    let unread = |source| Error::file("read", folder, source);
    let mut old = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let name = entry.map_err(unread)?.file_name().to_string_lossy().into_owned();
        let is_curve = name.starts_with("response-") && name.ends_with(".svg");
        if is_curve && figures.iter().all(|figure| figure.file_name != name) {
            old.push(folder.join(name));
        }
    }
    Ok(old)
}

/// `from narrower vibrato to wider vibrato`
fn from_to(feature: &str) -> String {
    let [less, more] = ways(feature);
    format!("from {less} to {more}")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn curve(response: &MeanResponse, rendered: &str) -> Response {
    let line = |(emotion, shares): (&String, &Vec<f64>)| Line { emotion: emotion.clone(), shares: shares.clone() };
    Response {
        title: capital(&from_to(&response.feature)),
        footnote: format!(
            "Means over {}, each answered by a model that never heard its group; one cue changed, all others as played. What the \
             model would answer, not what listeners would say.{rendered}",
            super::count(response.recordings, "recording")
        ),
        cue: response.feature.clone(),
        unit: response.unit.clone(),
        values: response.values.clone(),
        lines: response.shares.iter().map(line).collect(),
        own: None,
        seen: None,
    }
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
