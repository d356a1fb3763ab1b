//! `notes`: what was played, one row a note.

use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use violin_emotion::audio::{self, Recording};
use violin_emotion::notes::{self, Note, Notes, PitchRange, note_name};
use violin_emotion::report::{Annotation, NoteTrack, Table};
use violin_emotion::{Config, Error, Warning};

use super::{Failure, Outcome, complain};
use crate::args::{NotesArguments, NotesFormat};
use crate::out::{Annotations, Out, Rows};
use crate::progress::Bar;
use crate::{inputs, interrupt};

/// What is said of one recording.
#[derive(Serialize)]
pub struct Played {
    path: String,
    status: &'static str,
    error: Option<String>,
    hint: Option<String>,
    duration_s: Option<f64>,
    sample_rate_hz: Option<u32>,
    tuning_cents: Option<f32>,
    #[serde(serialize_with = "with_names")]
    notes: Vec<Note>,
    warnings: Vec<Warning>,
}

impl Played {
    pub fn of(recording: &Recording, found: &Notes) -> Played {
        Played {
            path: recording.name().to_string(),
            status: "ok",
            error: None,
            hint: None,
            duration_s: Some(recording.duration_s()),
            sample_rate_hz: Some(recording.file_rate_hz()),
            tuning_cents: (!found.notes.is_empty()).then_some(found.tuning_cents),
            notes: found.notes.clone(),
            warnings: [recording.warnings(), &found.warnings()].concat(),
        }
    }

    pub fn failed(path: &str, error: &Error) -> Played {
        Played {
            path: path.to_string(),
            status: "error",
            error: Some(error.to_string()),
            hint: error.hint().map(str::to_string),
            duration_s: None,
            sample_rate_hz: None,
            tuning_cents: None,
            notes: vec![],
            warnings: vec![],
        }
    }
}

fn with_names<S: Serializer>(notes: &[Note], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct NamedNote<'a> {
        name: String,
        #[serde(flatten)]
        note: &'a Note,
    }
    serializer.collect_seq(notes.iter().map(|note| NamedNote { name: note_name(note.pitch), note }))
}

pub fn run(arguments: &NotesArguments) -> Result<Outcome, Failure> {
    let mut config = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::open)?;
    if let Some(range) = &arguments.pitch_range {
        config.features.pitch_range = PitchRange::parse(range)?;
    }
    config.check()?;
    let paths = inputs::expand(&arguments.paths)?;
    super::not_over_any(paths.iter().map(PathBuf::as_path), arguments.out.as_deref())?;
    let mut output = PlayedNotes::open(arguments.format, arguments.out.as_deref(), &paths)?;
    let bar = Bar::new("listening", paths.len());
    let mut failed = 0;
    for batch in paths.chunks(4 * rayon::current_num_threads()) {
        let played: Vec<Played> = batch.par_iter().map(|path| listen(path, &config, &bar)).collect();
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        for (path, played) in batch.iter().zip(&played) {
            if let Some(error) = &played.error {
                failed += 1;
                complain(error, played.hint.as_deref());
            }
            output.push(path, played)?;
            played.warnings.iter().for_each(|warning| eprintln!("warning: {}: {warning}", played.path));
        }
    }
    drop(bar);
    output.finish()?;
    if failed > 0 {
        eprintln!("{failed} of {} recordings could not be read; their rows say why", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

fn listen(path: &Path, config: &Config, bar: &Bar) -> Played {
    let name = path.display().to_string();
    if interrupt::asked() {
        return Played::failed(&name, &Error::interrupted());
    }
    let recording = inputs::expect_recording(path).and_then(|()| audio::open(path, &config.audio));
    let played = match &recording {
        Err(error) => Played::failed(&name, error),
        Ok(recording) => Played::of(recording, &notes::find(recording, config.features.pitch_range)),
    };
    bar.recording(path);
    played
}

/// The notes on their way out, in any of the formats.
pub enum PlayedNotes {
    Json { out: Out, begun: bool },
    Rows(Rows),
    Files(Annotation, Annotations),
}

impl PlayedNotes {
    pub fn open(format: NotesFormat, out: Option<&Path>, paths: &[PathBuf]) -> Result<Self, Failure> {
        Ok(match format {
            format if let Some(annotation) = format.annotation() => {
                PlayedNotes::Files(annotation, Annotations::open(annotation, "notes", out, paths)?)
            }
            NotesFormat::Json => PlayedNotes::Json { out: Out::open(out)?, begun: false },
            #[cfg(feature = "parquet")]
            NotesFormat::Parquet => PlayedNotes::Rows(Rows::parquet(out, Table::notes())?),
            _ => PlayedNotes::Rows(Rows::csv(out, &Table::notes())?),
        })
    }

    pub fn push(&mut self, path: &Path, played: &Played) -> Result<(), Failure> {
        match self {
            PlayedNotes::Json { out, begun } => {
                let opening = if *begun { ",\n" } else { "[\n" };
                *begun = true;
                write!(out, "{opening}{}", serde_json::to_string_pretty(played).map_err(std::io::Error::from)?)?;
            }
            PlayedNotes::Rows(rows) => {
                let notes = played.error.as_deref().map_or(Ok(&played.notes[..]), Err);
                rows.push(Table::of_notes(&played.path, notes))?;
            }
            PlayedNotes::Files(annotation, files) => {
                if let (Some(duration_s), Some(sample_rate_hz)) = (played.duration_s, played.sample_rate_hz) {
                    let track = NoteTrack { path: &played.path, duration_s, sample_rate_hz, notes: &played.notes };
                    files.write(path, &annotation.of_notes(&track))?;
                }
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            PlayedNotes::Json { mut out, begun } => {
                writeln!(out, "{}", if begun { "\n]" } else { "[]" })?;
                out.finish()
            }
            PlayedNotes::Rows(rows) => rows.finish(),
            PlayedNotes::Files(..) => Ok(()),
        }
    }
}
