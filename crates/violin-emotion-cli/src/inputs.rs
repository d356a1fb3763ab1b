//! The recordings a person names: files, and folders of them.

use std::path::{Path, PathBuf};

use violin_emotion::{Error, Result};

const EXTENSIONS: [&str; 10] = ["wav", "flac", "mp3", "ogg", "oga", "m4a", "aac", "mp4", "aiff", "aif"];

/// Files as named, folders replaced by the recordings in them and below, in name order.
///
/// # Errors
/// `File` for a folder that cannot be read, `Data` for one without recordings. A file that is not there stays in the
/// list: it becomes a row with its error.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        walk(path, &mut files)?;
        if files.len() == before {
            let found = format!("none in {}", path.display());
            return Err(Error::data("recordings", found, format!("file names end in {}", EXTENSIONS.join(", "))));
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let unreadable = |source| Error::file("read", folder, source);
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut inside: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>().map_err(unreadable)?;
    inside.sort();
    for path in inside {
        // A linked folder may lead back up; linked files are fine.
        if path.is_dir() && !path.is_symlink() {
            walk(&path, files)?;
        } else if path.is_file() && is_recording(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_recording(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}
