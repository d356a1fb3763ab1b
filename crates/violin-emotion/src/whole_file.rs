//! Files that stand under their names only when they are whole.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::{Error, Result};

/// How the names of files on their way begin.
const REMAINS: &str = ".tmp";

/// A file on its way: it lies without a name beside its place until it is whole. Dropped before, it leaves nothing.
///
/// It gets the rights of any other new file, as the umask says.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Begins the file that will stand at `path`.
    ///
    /// # Errors
    /// `File` if its folder is not there or cannot be written.
    pub fn begin(path: &Path) -> Result<Self> {
        let folder = folder_of(path);
        if !folder.is_dir() {
            let problem = format!("there is no folder {}", folder.display());
            return Err(Error::file("write", path, io::Error::new(io::ErrorKind::NotFound, problem)));
        }
        WholeFile::begin_in(folder, path)
    }

    /// As [`WholeFile::begin`], but until it is whole it lies in `folder`, on the same disk: for files whose remains someone clears
    /// away, should the program be killed.
    ///
    /// # Errors
    /// `File` if that folder cannot be written.
    pub fn begin_in(folder: &Path, path: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(REMAINS);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // The system's answer alone: the name that it has so far says nothing to anybody.
        let refused = |source: io::Error| Error::file("write", path, source.kind().into());
        let file = builder.tempfile_in(folder).map_err(refused)?;
        Ok(WholeFile { file, path: path.to_path_buf() })
    }

    /// Removes what files on their way left in `folder` when a program was killed. Nobody else may be writing there.
    ///
    /// # Errors
    /// If the folder cannot be read, or something in it not be removed.
    pub fn clear_remains(folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(REMAINS) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives the file its name; what stood there is replaced.
    ///
    /// # Errors
    /// `File` if that cannot be.
    pub fn finish(self) -> Result<()> {
        let WholeFile { file, path } = self;
        file.persist(&path).map_err(|failed| Error::file("write", &path, failed.error))?;
        Ok(())
    }

    /// Writes a file of these bytes at `path`, whole or not at all.
    ///
    /// # Errors
    /// `File` if it cannot be written.
    pub fn save(path: &Path, bytes: &[u8]) -> Result<()> {
        let mut file = WholeFile::begin(path)?;
        file.file.write_all(bytes).map_err(|source| Error::file("write", path, source))?;
        file.finish()
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for WholeFile {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

/// The folder that a path names something in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_whole_and_not_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rows.csv");
        let mut file = WholeFile::begin(&path).expect("a file");
        file.write_all(b"half").expect("bytes");
        assert!(!path.exists());
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        WholeFile::save(&path, b"whole").expect("a file");
        assert_eq!(std::fs::read(&path).expect("a file"), b"whole");
        let error = WholeFile::begin(&folder.path().join("none/rows.csv")).expect_err("no such folder");
        assert!(
            error.to_string().starts_with("cannot write ") && error.to_string().contains("none/rows.csv"),
            "{error}"
        );
    }

    #[test]
    #[cfg(unix)]
    fn it_has_the_rights_of_any_other_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let mode = |name: &str| {
            let metadata = std::fs::metadata(folder.path().join(name)).expect("a file");
            metadata.permissions().mode() & 0o777
        };
        std::fs::write(folder.path().join("plain"), "").expect("a file");
        WholeFile::save(&folder.path().join("whole"), b"").expect("a file");
        assert_eq!(mode("whole"), mode("plain"));
    }
}
