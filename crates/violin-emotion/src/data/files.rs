//! File-name cells → files inside the audio folder, and never outside it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::audio::{EXTENSIONS, is_named_as_recording};
use crate::{Error, Result};

const INSIDE: &str = "give names relative to the audio folder, and keep the recordings inside it";

/// The folder that holds every recording.
pub(super) struct AudioFolder {
    folder: PathBuf,
    /// The same without links, to tell inside from outside.
    real: PathBuf,
    /// Names in each folder asked about, for "is it …?".
    names: HashMap<PathBuf, Vec<String>>,
}

/// A recording's file.
pub(super) struct Found {
    /// Its name below the audio folder, with `/`.
    pub name: String,
    /// The audio folder and the name.
    pub path: PathBuf,
    /// The path without links: one file, one path.
    pub real: PathBuf,
    /// The name differs from the cell's text.
    pub mended: bool,
}

/// What is wrong with a cell, and what to do.
pub(super) type Refusal = (String, String);

impl AudioFolder {
    /// The folder at `folder`.
    ///
    /// # Errors
    /// `File` if it is not a folder that can be listed.
    pub fn open(folder: &Path) -> Result<Self> {
        let unreadable = |source| Error::file("read", folder, source);
        fs::read_dir(folder).map_err(unreadable)?;
        let real = folder.canonicalize().map_err(unreadable)?;
        Ok(AudioFolder { folder: folder.into(), real, names: HashMap::new() })
    }

    /// The file that a cell names: as written; else without surrounding spaces; else with the one extension there is.
    pub fn find(&mut self, cell: &str) -> std::result::Result<Found, Refusal> {
        let name = cell.trim();
        if name.is_empty() {
            return Err(("expected a file name, found an empty cell".into(), "name a recording in every row".into()));
        }
        if is_absolute(name) {
            return Err((format!("expected a name inside the audio folder, found the path `{name}`"), INSIDE.into()));
        }
        if name.split(['/', '\\']).any(|part| part == "..") {
            return Err((format!("expected a name inside the audio folder, found `..` in `{name}`"), INSIDE.into()));
        }
        for spelling in [cell, name, &name.replace('\\', "/")] {
            if self.folder.join(spelling).is_file() {
                return self.accept(spelling, spelling != cell);
            }
        }
        let name = name.replace('\\', "/");
        if self.folder.join(&name).is_dir() {
            let hint = format!("name a recording, not a folder, in every row of {}", self.folder.display());
            return Err((format!("expected a recording, found the folder `{name}`"), hint));
        }
        let longer: Vec<String> = EXTENSIONS
            .iter()
            .map(|extension| format!("{name}.{extension}"))
            .filter(|longer| self.folder.join(longer).is_file())
            .collect();
        match &longer[..] {
            [one] => self.accept(one, true),
            [] => Err(self.missing(&name)),
            many => {
                let problem = format!("expected one recording named `{name}`, found `{}`", many.join("` and `"));
                Err((problem, "write file names with their extension".into()))
            }
        }
    }

    fn accept(&self, name: &str, mended: bool) -> std::result::Result<Found, Refusal> {
        let path = self.folder.join(name);
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.real) => Ok(Found { name: name.replace('\\', "/"), path, real, mended }),
            Ok(_) => {
                let problem = format!("expected a file inside the audio folder, but `{name}` leads out of it");
                Err((problem, INSIDE.into()))
            }
            Err(error) => Err((format!("cannot read `{name}`: {error}"), INSIDE.into())),
        }
    }

    fn missing(&mut self, name: &str) -> Refusal {
        let hint = format!("correct the name, or put the recording into {}", self.folder.display());
        let problem = format!("expected a recording named `{name}`, found none");
        match self.like(name) {
            Some(near) => (format!("{problem}; `{near}` is there"), hint),
            None => (problem, hint),
        }
    }

    /// A file beside the missing one whose name differs in capitals or extension alone.
    fn like(&mut self, name: &str) -> Option<String> {
        let wanted = self.folder.join(name);
        let parent = wanted.parent()?.to_path_buf();
        let names = self.names.entry(parent).or_insert_with_key(|folder| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut names: Vec<String> =
                entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        });
        let lower = wanted.file_name()?.to_string_lossy().to_lowercase();
        let stem = wanted.file_stem()?.to_string_lossy().to_lowercase();
        let is_audio = |name: &str| is_named_as_recording(Path::new(name));
        let same_stem = |name: &str| {
            Path::new(name).file_stem().is_some_and(|other| {
                let other = other.to_string_lossy().to_lowercase();
                other == stem || other == lower
            })
        };
        let capitals = names.iter().find(|name| name.to_lowercase() == lower);
        capitals.or_else(|| names.iter().find(|name| is_audio(name) && same_stem(name))).cloned()
    }
}

/// Absolute on any system: a label file travels.
fn is_absolute(name: &str) -> bool {
    let bytes = name.as_bytes();
    let drive =
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'/' | b'\\');
    drive || name.starts_with(['/', '\\']) || Path::new(name).is_absolute()
}
