//! `run.json`: what was run, on what, and what came of it; and doing it again.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, FromArgMatches};
use violin_emotion::model::instruction_set;
use violin_emotion::{Checksum, Config, Error};

use super::{Failure, Judgement, Outcome, Outputs, judge};
use crate::args::{Arguments, Command, EvaluateArguments};

const SCHEMA: &str = "violin-emotion/run/2";

/// What is kept of a run.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Record {
    schema: String,
    /// Of this program.
    version: String,
    /// Of the processor: what is added up in another order differs in its last digits.
    instruction_set: String,
    /// The words of the command line, from `evaluate` on.
    command: Vec<String>,
    /// Every setting, those of --config and the options together.
    settings: Config,
    /// Checksums of the label file and what else was read, by path.
    files: BTreeMap<PathBuf, String>,
    /// Checksums of the recordings' sound.
    recordings: BTreeMap<String, String>,
    /// Checksums of what came out.
    outputs: BTreeMap<String, String>,
}

impl Record {
    pub fn new(arguments: &EvaluateArguments, judged: &Judgement, outputs: &Outputs) -> Result<Record, Error> {
        let shared = &arguments.corpus;
        let read = [Some(&shared.labels), shared.config.as_ref(), arguments.folds_file.as_ref()];
        let checksum = |path: &PathBuf| {
            let bytes = fs::read(path).map_err(|source| Error::file("read", path, source))?;
            Ok((path.clone(), Checksum::of(&bytes)))
        };
        Ok(Record {
            schema: SCHEMA.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            instruction_set: instruction_set().into(),
            command: std::env::args().skip(1).collect(),
            settings: super::super::corpus_settings(shared, shared.augment)?,
            files: read.into_iter().flatten().map(checksum).collect::<Result<_, Error>>()?,
            recordings: judged.sounds.iter().cloned().collect(),
            outputs: outputs.checksums(),
        })
    }

    fn open(path: &Path) -> Result<Record, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
        let record: Record = serde_json::from_str(&text).map_err(|error| {
            let found = format!("{}: {error}", path.display());
            Error::data("the record of a run, as JSON", found, "give the run.json that `evaluate --out` wrote")
        })?;
        if record.schema != SCHEMA {
            return Err(Error::config("--replay", format!("the schema {SCHEMA}"), record.schema));
        }
        Ok(record)
    }
}

/// The command line, or the one that a run was made with.
pub fn arguments(words: &[OsString]) -> Result<Arguments, Failure> {
    let matches = Arguments::command().get_matches_from(words);
    let replayed = matches.subcommand_matches("evaluate").and_then(|evaluate| evaluate.get_one::<PathBuf>("replay"));
    let Some(file) = replayed else {
        return Ok(Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()));
    };
    let record = Record::open(file)?;
    let program = ["violin-emotion".to_owned()];
    let parsed = Arguments::command().try_get_matches_from(program.iter().chain(&record.command));
    let parsed = parsed.and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(Arguments { command: Command::Evaluate(mut evaluate) }) => {
            evaluate.replay = Some(file.clone());
            Ok(Arguments { command: Command::Evaluate(evaluate) })
        }
        _ => {
            let found = record.command.join(" ");
            Err(Error::config("--replay", "the record of an `evaluate` that this version understands", found).into())
        }
    }
}

/// Judges again, as recorded in `file`, and says whether the same came out.
pub fn run(arguments: &EvaluateArguments, file: &Path) -> Result<Outcome, Failure> {
    let record = Record::open(file)?;
    for (path, recorded) in &record.files {
        let bytes = fs::read(path).map_err(|source| Error::file("read", path, source))?;
        if Checksum::of(&bytes) != *recorded {
            let found = format!("{} with other contents", path.display());
            let hint = "repeat a run on the files it was made with";
            return Err(Error::data("the same files as recorded", found, hint).into());
        }
    }
    if super::super::corpus_settings(&arguments.corpus, arguments.corpus.augment)? != record.settings {
        let hint =
            "`settings` in the record is what `command` there led to; repeat a run with its record as it was written";
        return Err(Error::data("the settings that the recorded command gives", "others", hint).into());
    }
    let judged = judge(arguments)?;
    let sounds: BTreeMap<&String, &String> = judged.sounds.iter().map(|(name, sound)| (name, sound)).collect();
    let differs = |(name, sound): &(&String, &String)| sounds.get(name) != Some(sound);
    if let Some((name, _)) = record.recordings.iter().find(differs) {
        let hint = "repeat a run on the recordings it was made with";
        return Err(Error::data("the same recordings as recorded", format!("{name} with another sound"), hint).into());
    }
    let outputs = Outputs::of(&judged);
    let found = outputs.checksums();
    let other: Vec<&str> =
        record.outputs.iter().filter(|(name, sum)| found.get(*name) != Some(sum)).map(|(name, _)| &**name).collect();
    if other.is_empty() {
        let names: Vec<&str> = record.outputs.keys().map(String::as_str).collect();
        println!("the same bytes: {}", names.join(", "));
        return Ok(Outcome::Complete);
    }
    println!("not the same bytes: {}", other.join(", "));
    if (record.version.as_str(), record.instruction_set.as_str()) != (env!("CARGO_PKG_VERSION"), instruction_set()) {
        eprintln!(
            "recorded by version {} on a machine with {}; this is version {} with {}",
            record.version,
            record.instruction_set,
            env!("CARGO_PKG_VERSION"),
            instruction_set()
        );
    }
    Ok(Outcome::SomeFailed)
}
