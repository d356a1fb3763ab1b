//! `notes`: what was played, one row a note.

use std::io::{self, Write, stdout};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;
use violin_emotion::notes::{self, Note, PitchRange, note_name};
use violin_emotion::{Config, Error, Warning, audio};

use super::{Failure, Outcome, complain};
use crate::args::{NotesArguments, NotesFormat};
use crate::progress::Bar;
use crate::{inputs, interrupt};

const COLUMNS: [&str; 19] = [
    "path",
    "onset_s",
    "offset_s",
    "note",
    "pitch",
    "cents",
    "level_db",
    "joined",
    "attack_s",
    "vibrato_rate_hz",
    "vibrato_extent_cents",
    "vibrato_delay_s",
    "portamento_s",
    "portamento_cents",
    "brightness_db_per_octave",
    "bow_noise_db",
    "plucked",
    "doubled",
    "error",
];

/// What is said of one recording.
#[derive(Serialize)]
struct Played {
    path: String,
    status: &'static str,
    error: Option<String>,
    hint: Option<String>,
    duration_s: Option<f64>,
    tuning_cents: Option<f32>,
    notes: Vec<NamedNote>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct NamedNote {
    name: String,
    #[serde(flatten)]
    note: Note,
}

pub fn run(arguments: &NotesArguments) -> Result<Outcome, Failure> {
    let mut config = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::open)?;
    if let Some(range) = &arguments.pitch_range {
        config.features.pitch_range = PitchRange::parse(range)?;
    }
    config.check()?;
    let paths = inputs::expand(&arguments.paths)?;
    if arguments.format == NotesFormat::Audacity && paths.len() != 1 {
        let expected = "one recording, whose label track it is";
        return Err(Error::config("--format audacity", expected, format!("{} recordings", paths.len())).into());
    }
    let bar = Bar::new("listening", paths.len());
    let mut failed = 0;
    let mut count = 0;
    for batch in paths.chunks(4 * rayon::current_num_threads()) {
        let played: Vec<Played> = batch.par_iter().map(|path| listen(path, &config, &bar)).collect();
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        for played in &played {
            if let Some(error) = &played.error {
                failed += 1;
                complain(error, played.hint.as_deref());
            }
            write(played, arguments.format, count)?;
            count += 1;
        }
    }
    drop(bar);
    if arguments.format == NotesFormat::Json {
        writeln!(stdout(), "{}", if count == 0 { "[]" } else { "\n]" })?;
    }
    if failed > 0 {
        eprintln!("{failed} of {} recordings could not be read; their rows say why", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

fn listen(path: &Path, config: &Config, bar: &Bar) -> Played {
    let name = path.display().to_string();
    let nothing = Played {
        path: name,
        status: "error",
        error: None,
        hint: None,
        duration_s: None,
        tuning_cents: None,
        notes: vec![],
        warnings: vec![],
    };
    if interrupt::asked() {
        return Played { error: Some(Error::interrupted().to_string()), ..nothing };
    }
    let recording = inputs::refuse_folder(path).and_then(|()| audio::open(path, &config.audio));
    let played = match &recording {
        Err(error) => Played { error: Some(error.to_string()), hint: error.hint().map(str::to_string), ..nothing },
        Ok(recording) => {
            let found = notes::find(recording, config.features.pitch_range);
            let named = |note: &Note| NamedNote { name: note_name(note.pitch), note: *note };
            Played {
                status: "ok",
                duration_s: Some(recording.duration_s()),
                tuning_cents: (!found.notes.is_empty()).then_some(found.tuning_cents),
                notes: found.notes.iter().map(named).collect(),
                warnings: [recording.warnings(), &found.warnings()].concat(),
                ..nothing
            }
        }
    };
    bar.recording(path);
    played
}

fn write(played: &Played, format: NotesFormat, before: usize) -> io::Result<()> {
    match format {
        NotesFormat::Json => {
            let opening = if before == 0 { "[\n" } else { ",\n" };
            return write!(stdout(), "{opening}{}", serde_json::to_string_pretty(played)?);
        }
        NotesFormat::Csv => write_csv(played, before == 0)?,
        NotesFormat::Audacity => {
            let mut out = stdout().lock();
            for NamedNote { name, note } in &played.notes {
                writeln!(out, "{:.4}\t{:.4}\t{}", note.onset_s, note.offset_s, label(name, note))?;
            }
        }
    }
    played.warnings.iter().for_each(|warning| eprintln!("warning: {}: {warning}", played.path));
    Ok(())
}

/// `A4 +3 cents, vibrato 5.6 Hz ±21`
fn label(name: &str, note: &Note) -> String {
    let mut label = format!("{name} {:+.0} cents", note.cents);
    if note.plucked {
        label += ", pizz.";
    }
    if note.doubled {
        label += ", with another voice";
    }
    if let Some(vibrato) = note.vibrato {
        label += &format!(", vibrato {:.1} Hz ±{:.0}", vibrato.rate_hz, vibrato.extent_cents);
    }
    if let Some(portamento) = note.portamento {
        label += &format!(", slide {:.0} ms", 1000.0 * portamento.duration_s);
    }
    label
}

fn write_csv(played: &Played, first: bool) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(stdout());
    if first {
        csv.write_record(COLUMNS)?;
    }
    if let Some(error) = &played.error {
        let empty = std::iter::repeat_n("", COLUMNS.len() - 2);
        csv.write_record(std::iter::once(played.path.as_str()).chain(empty).chain([error.as_str()]))?;
    }
    let said = |value: Option<f32>, digits: usize| value.map_or_else(String::new, |value| format!("{value:.digits$}"));
    for NamedNote { name, note } in &played.notes {
        csv.write_record([
            played.path.clone(),
            said(Some(note.onset_s), 4),
            said(Some(note.offset_s), 4),
            name.clone(),
            said(Some(note.pitch), 3),
            said(Some(note.cents), 1),
            said(Some(note.level_db), 1),
            u8::from(note.joined).to_string(),
            said(note.attack_s, 4),
            said(note.vibrato.map(|vibrato| vibrato.rate_hz), 2),
            said(note.vibrato.map(|vibrato| vibrato.extent_cents), 1),
            said(note.vibrato.map(|vibrato| vibrato.delay_s), 3),
            said(note.portamento.map(|portamento| portamento.duration_s), 3),
            said(note.portamento.map(|portamento| portamento.extent_cents), 0),
            said(note.brightness_db_per_octave, 1),
            said(note.bow_noise_db, 1),
            u8::from(note.plucked).to_string(),
            u8::from(note.doubled).to_string(),
            String::new(),
        ])?;
    }
    csv.flush()
}
