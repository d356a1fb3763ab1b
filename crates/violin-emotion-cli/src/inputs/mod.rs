//! The recordings a person names: files, folders of them, archives, and lists of all these.

mod archive;
mod input;
mod list;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use violin_emotion::audio::{EXTENSIONS, is_named_as_recording};
use violin_emotion::{Error, Result};

use crate::args::InputArguments;
use crate::interrupt;
pub use input::Input;

/// Files as named and listed, folders and archives replaced by the recordings in them. What cannot be used stays in the list, as
/// [`expand`] has it.
///
/// # Errors
/// `File` and `Data` of a list that cannot be used; `Interrupted`.
pub fn recordings(arguments: &InputArguments) -> Result<Vec<Input>> {
    let listed = arguments.list.as_deref().map(list::read).transpose()?.unwrap_or_default();
    let search = Search { archives: true, ..Search::default() };
    let found = search.all([&arguments.paths[..], &listed].concat().iter())?;
    let inputs = found.into_iter().flat_map(|path| match archive::is_archive(&path) && !path.is_dir() {
        true => archive::recordings(&path),
        false => vec![Input::File(path)],
    });
    let inputs = inputs.collect();
    if interrupt::asked() { Err(Error::interrupted()) } else { Ok(inputs) }
}

/// Files as named, folders replaced by the recordings in them and below, in name order. What cannot be used stays in the
/// list, so that it becomes a row with its error: a file that is not there, a folder that cannot be read or holds no
/// recording. Files in folders that are named as no recordings are counted on stderr.
///
/// # Errors
/// `Interrupted`.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    Search::default().all(paths.iter())
}

/// The error of a folder or archive in the place of a recording.
///
/// # Errors
/// `File` for a folder that cannot be read, `Audio` for one that can: then there is no recording in it; `Audio` for an archive.
pub fn expect_recording(path: &Path) -> Result<()> {
    if path.is_file() && (archive::is_archive(path) || archive::is_compressed(path)) {
        let hint = match archive::is_archive(path) {
            true => "unpack it; `predict` and `features` alone read the recordings in an archive",
            false => "unpack it, or its compression alone: `predict` and `features` read the recordings in a .tar",
        };
        return Err(Error::audio(path, "expected a recording, found an archive", hint));
    }
    if !path.is_dir() {
        return Ok(());
    }
    entries(path).map_err(|source| Error::file("read", path, source))?;
    let hint = format!("file names end in .{}", EXTENSIONS.join(", ."));
    Err(Error::audio(path, "expected recordings in this folder, found none", hint))
}

#[derive(Default)]
struct Search {
    found: Vec<PathBuf>,
    /// Whether archives are looked for, too.
    archives: bool,
    others: usize,
    /// Their extensions, as they are written.
    extensions: BTreeSet<String>,
    links: usize,
}

impl Search {
    fn all<'a>(mut self, paths: impl Iterator<Item = &'a PathBuf>) -> Result<Vec<PathBuf>> {
        for path in paths {
            let before = self.found.len();
            if path.is_dir() {
                self.walk(path)?;
            }
            if self.found.len() == before {
                self.found.push(path.clone());
            }
        }
        self.passed_over().iter().for_each(|line| eprintln!("{line}"));
        Ok(self.found)
    }

    fn walk(&mut self, folder: &Path) -> Result<()> {
        if interrupt::asked() {
            return Err(Error::interrupted());
        }
        let Ok(inside) = entries(folder) else {
            self.found.push(folder.to_path_buf());
            return Ok(());
        };
        for path in inside {
            if path.is_dir() && path.is_symlink() {
                // It may lead back up; linked files are fine.
                self.links += 1;
            } else if path.is_dir() {
                self.walk(&path)?;
            } else if is_named_as_recording(&path) || self.archives && archive::is_archive(&path) {
                self.found.push(path);
            } else if !is_hidden(&path) {
                self.others += 1;
                let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
                self.extensions.insert(extension.unwrap_or_else(|| "names without an extension".into()));
            }
        }
        Ok(())
    }

    fn passed_over(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let extensions: Vec<&str> = self.extensions.iter().map(String::as_str).collect();
        let (named, be) = (extensions.join(", "), if extensions.len() == 1 { "is" } else { "are" });
        match self.others {
            0 => {}
            1 => lines.push(format!("1 file was passed over: {named} {be} not read")),
            many => lines.push(format!("{many} files were passed over: {named} {be} not read")),
        }
        match self.links {
            0 => {}
            1 => lines.push("1 linked folder was not followed: name it to have it read".into()),
            many => lines.push(format!("{many} linked folders were not followed: name them to have them read")),
        }
        lines
    }
}

/// What is in a folder, in name order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inside: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    inside.sort();
    Ok(inside)
}

/// What systems leave in every folder.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
