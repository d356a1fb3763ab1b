//! The recordings a person names: files, folders of them, archives, and lists of all these.

mod archive;
mod input;
mod list;
mod passed_over;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use violin_emotion::audio::{EXTENSIONS, is_named_as_recording};
use violin_emotion::{Error, Result};

use crate::args::InputArguments;
use crate::interrupt;
pub use input::Input;
use passed_over::PassedOver;

/// Files as named and listed, folders and archives replaced by the recordings in them. What cannot be used stays in the list, as
/// [`expand`] has it.
///
/// # Errors
/// `File` and `Data` of a list that cannot be used; `Interrupted`.
pub fn recordings(arguments: &InputArguments) -> Result<Vec<Input>> {
    let listed = arguments.list.as_deref().map(list::read).transpose()?.unwrap_or_default();
    let mut search = Search { archives: true, ..Search::default() };
    search.all([&arguments.paths[..], &listed].concat().iter())?;
    let Search { found, mut passed_over, .. } = search;
    let inputs = found.into_iter().flat_map(|path| match archive::is_archive(&path) && !path.is_dir() {
        true => archive::recordings(&path, &mut passed_over),
        false => vec![Input::File(path)],
    });
    let inputs = inputs.collect();
    passed_over.tell();
    if interrupt::asked() { Err(Error::interrupted()) } else { Ok(inputs) }
}

/// The files that are read for such inputs.
pub fn files<'a>(arguments: &'a InputArguments, inputs: &'a [Input]) -> impl Iterator<Item = &'a Path> {
    // An archive of which nothing can be used is named by nobody but the one who asked.
    let named = arguments.paths.iter().map(PathBuf::as_path).chain(arguments.list.as_deref());
    inputs.iter().map(Input::file).chain(named)
}

/// Files as named, folders replaced by the recordings in them and below, in name order. What cannot be used stays in the
/// list, so that it becomes a row with its error: a file that is not there, a folder that cannot be read or holds no
/// recording. Files in folders that are named as no recordings are counted on stderr.
///
/// # Errors
/// `Interrupted`.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut search = Search::default();
    search.all(paths.iter())?;
    search.passed_over.tell();
    Ok(search.found)
}

/// The error of a folder or archive in the place of a recording.
///
/// # Errors
/// `File` for a folder that cannot be read, `Audio` for one that can: then there is no recording in it; `Audio` for an archive, and
/// for a piece of one.
pub fn expect_recording(path: &Path) -> Result<()> {
    if path.is_file() && (archive::is_archive(path) || archive::is_compressed(path)) {
        let hint = match archive::is_archive(path) {
            true => "unpack it; `predict` and `features` alone read the recordings in an archive",
            false => "unpack it, or its compression alone: `predict` and `features` read the recordings in a .tar",
        };
        return Err(Error::audio(path, "expected a recording, found an archive", hint));
    }
    if let Some(archive) = path.ancestors().skip(1).find(|above| archive::is_archive(above) && above.is_file()) {
        let hint = format!("name the archive: `predict` and `features` read all recordings in {}", archive.display());
        return Err(Error::audio(path, "expected a file, found a member of an archive", hint));
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
    passed_over: PassedOver,
}

impl Search {
    fn all<'a>(&mut self, paths: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
        for path in paths {
            let before = self.found.len();
            if path.is_dir() {
                self.walk(path)?;
            }
            if self.found.len() == before {
                self.found.push(path.clone());
            }
        }
        Ok(())
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
                self.passed_over.linked_folder();
            } else if path.is_dir() {
                self.walk(&path)?;
            } else if is_named_as_recording(&path) || self.archives && archive::is_archive(&path) {
                self.found.push(path);
            } else {
                self.passed_over.file(&path);
            }
        }
        Ok(())
    }
}

/// What is in a folder, in name order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inside: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    inside.sort();
    Ok(inside)
}
