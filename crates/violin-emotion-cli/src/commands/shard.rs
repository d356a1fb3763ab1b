//! One part of a run over many recordings: begun, gone on with after a kill, and whole at its end.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use violin_emotion::features::FeatureCache;
use violin_emotion::report::{ParquetFile, Part, Shard, Table};
use violin_emotion::{Checksum, Error, WholeFile};

use super::Failure;
use crate::inputs::Input;
use crate::interrupt;
use crate::out::Out;

/// Checksum of what decides over a run, but for what the recordings hold: the program, the command, what it says of its settings, and
/// the names of all recordings in their order.
pub fn run(command: &str, settings: serde_json::Value, inputs: &[Input]) -> String {
    let mut checksum = Checksum::default();
    let measured = violin_emotion::features::MEASURE_VERSION;
    let said = serde_json::json!([env!("CARGO_PKG_VERSION"), measured, command, settings]);
    checksum.add(said.to_string().as_bytes());
    for input in inputs {
        let name = input.name().as_os_str().as_encoded_bytes();
        // No two lists of names are the same bytes.
        checksum.add(&(name.len() as u64).to_le_bytes());
        checksum.add(name);
    }
    checksum.finish()
}

pub enum Begun {
    /// The same part stands there, with so many recordings that could not be used.
    IsThere {
        failed: usize,
    },
    Open(Box<OpenPart>),
}

/// Begins the part of `run` that has the recordings `own`, with the columns of `table`, or goes on with it.
///
/// # Errors
/// `Config` for a name that is no Parquet file's; `File` if it cannot be written; `Data` if another process is at it; `Interrupted`.
pub fn begin(shard: Shard, run: String, own: &[Input], out: Option<&Path>, table: Table) -> Result<Begun, Failure> {
    let out = out.ok_or_else(|| Error::config("--out", PARQUET_FILE, "none"))?;
    check_name(out)?;
    let part = Part { shard, run, contents: contents(own)?, failed: 0 };
    let there = Part::read(out);
    let same = there.iter().flatten().find(|there| Part { failed: 0, ..(*there).clone() } == part);
    let unfinished = Unfinished::open(out)?;
    if let Some(&Part { failed, .. }) = same {
        unfinished.remove();
        eprintln!("{}: part {shard} is there already, of the same recordings and settings", out.display());
        return Ok(Begun::IsThere { failed });
    }
    if out.exists() {
        let what = match there {
            Ok(Some(there)) if there.run != part.run => "a part of another run",
            Ok(Some(there)) if there.shard != shard => "another part of this run",
            Ok(Some(_)) => "this part, of recordings that have changed since",
            Ok(None) => "rows that are no part of a run",
            Err(_) => "no part that is whole",
        };
        eprintln!("{} holds {what}: it will be replaced", out.display());
    }
    let file = Out::File(BufWriter::new(WholeFile::begin_in(&unfinished.folder, out)?));
    let file = ParquetFile::begin(file, table).map_err(|source| Error::file("write", out, source))?;
    Ok(Begun::Open(Box::new(OpenPart { part, file, out: out.into(), unfinished })))
}

const PARQUET_FILE: &str = "the name of a file that ends in .parquet";

/// That a part, or the whole that parts are merged into, can have this name.
///
/// # Errors
/// `Config` if not.
pub fn check_name(out: &Path) -> Result<(), Error> {
    if out.is_dir() {
        return Err(Error::config("--out", PARQUET_FILE, format!("the folder {}", out.display())));
    }
    match out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
        true => Ok(()),
        false => Err(Error::config("--out", PARQUET_FILE, out.display())),
    }
}

/// Checksum of what the recordings hold.
fn contents(inputs: &[Input]) -> Result<String, Error> {
    let one = |input: &Input| if interrupt::asked() { Err(Error::interrupted()) } else { Ok(input.checksum()) };
    let checksums: Vec<String> = inputs.par_iter().map(one).collect::<Result<_, Error>>()?;
    Ok(Checksum::of(checksums.concat().as_bytes()))
}

/// A part on its way.
pub struct OpenPart {
    part: Part,
    file: ParquetFile<Out>,
    out: PathBuf,
    unfinished: Unfinished,
}

impl OpenPart {
    /// Where features are kept until the part is whole.
    pub fn cache(&self) -> Result<FeatureCache, Error> {
        FeatureCache::open(&self.unfinished.folder)
    }

    pub fn push(&mut self, rows: Table) -> Result<(), Failure> {
        Ok(self.file.push(rows).map_err(|source| Error::file("write", &self.out, source))?)
    }

    /// Says where what was measured lies, when the work has stopped.
    pub fn stopped(&self) {
        let folder = self.unfinished.folder.display();
        eprintln!("what was measured is kept in {folder}: the same command goes on from there");
    }

    /// Gives the part its name, and leaves nothing beside it.
    pub fn finish(self, failed: usize) -> Result<(), Failure> {
        let OpenPart { part, file, out, unfinished } = self;
        let file = file.finish_part(&Part { failed, ..part }).map_err(|source| Error::file("write", &out, source))?;
        file.finish()?;
        unfinished.remove();
        Ok(())
    }
}

/// The folder beside a part that holds what was measured so far, and what will be the part.
struct Unfinished {
    folder: PathBuf,
    /// Held by the one process that works here.
    _lock: File,
}

const LOCK: &str = "lock";

impl Unfinished {
    fn open(out: &Path) -> Result<Self, Error> {
        let mut folder = out.as_os_str().to_owned();
        folder.push(".unfinished");
        let folder = PathBuf::from(folder);
        let unwritten = |source| Error::file("write", out, source);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = out.parent().unwrap_or(Path::new("")).display().to_string();
                return Err(unwritten(io::Error::new(error.kind(), format!("there is no folder {parent}"))));
            }
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unwritten(error)),
            _ => {}
        }
        let lock = File::options().create(true).append(true).open(folder.join(LOCK)).map_err(unwritten)?;
        // A disk that knows no locks is trusted to be used by one process alone.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            let found = format!("another at work on {}", out.display());
            return Err(Error::data("one process a part", found, "wait for it, or stop it and start this one again"));
        }
        WholeFile::clear_remains(&folder).map_err(unwritten)?;
        Ok(Unfinished { folder, _lock: lock })
    }

    /// Removes what was written here, and the folder if nothing else is in it.
    fn remove(self) {
        let Unfinished { folder, _lock: lock } = self;
        // Some systems keep a file that is open.
        drop(lock);
        let is_ours =
            |path: &Path| path.extension().is_some_and(|ending| ending == "safetensors") || path.ends_with(LOCK);
        let removed = fs::read_dir(&folder).and_then(|entries| {
            let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
            paths.iter().filter(|path| is_ours(path)).try_for_each(fs::remove_file)?;
            fs::remove_dir(&folder)
        });
        if let Err(error) = removed {
            eprintln!("warning: {} is no longer needed, and could not be removed: {error}", folder.display());
        }
    }
}
