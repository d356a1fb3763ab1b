//! The recordings in a tar archive, such as WebDataset's shards: found by the headers alone, never unpacked.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tar::EntryType;
use violin_emotion::audio::{EXTENSIONS, is_named_as_recording};

use super::{Input, PassedOver};
use crate::interrupt;

/// What the headers of one member may fill; they may hold a name of any length.
const MOST_HEADER_BYTES: u64 = 1 << 20;

const LONG_NAME: &str = "a name longer than 1 MiB";

const BLOCK: u64 = 512;

/// Whether a file's name ends as an archive's that is read.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar"))
}

/// Whether a file's name ends as a compressed archive's. No place in it can be read without all that is before.
pub fn is_compressed(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ends = |ending: &str| name.ends_with(&format!(".tar.{ending}"));
    ["gz", "bz2", "xz", "zst", "lz4", "z"].into_iter().any(ends) || name.ends_with(".tgz")
}

/// The recordings in an archive, in its order. What is no recording though it is named as one, and what is wrong with the archive
/// itself, stands in its place.
pub fn recordings(archive: &Path, passed_over: &mut PassedOver) -> Vec<Input> {
    let mut found = Vec::new();
    let fault = match list(archive, &mut found, passed_over) {
        Ok(()) if found.is_empty() => Some((
            "expected recordings in this archive, found none".to_owned(),
            format!("file names end in .{}", EXTENSIONS.join(", .")),
        )),
        Ok(()) => None,
        Err(Fault::Unreadable(error)) => {
            Some((format!("cannot be read: {error}"), "check that the path exists and that you may use it".to_owned()))
        }
        Err(Fault::Broken(problem)) => {
            Some((problem, "make or fetch the archive again; unpack a compressed one".to_owned()))
        }
    };
    found.extend(fault.map(|(problem, hint)| Input::Unusable { name: archive.into(), problem, hint }));
    found
}

enum Fault {
    Unreadable(io::Error),
    Broken(String),
}

fn list(archive: &Path, found: &mut Vec<Input>, passed_over: &mut PassedOver) -> Result<(), Fault> {
    let metadata = archive.metadata().map_err(Fault::Unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::Broken("expected a file, found a device or pipe".into()));
    }
    let length = metadata.len();
    let file = File::open(archive).map_err(Fault::Unreadable)?;
    let allowed = Cell::new(MOST_HEADER_BYTES);
    let mut tar = tar::Archive::new(Headers { file, allowed: &allowed });
    let name: Arc<Path> = archive.into();
    let mut end = 0;
    let cut = |end: u64, problem: String| {
        Fault::Broken(format!("the archive is cut or damaged at byte {end} of {length}: {problem}"))
    };
    for member in tar.entries_with_seek().map_err(Fault::Unreadable)? {
        // What the reader says quotes what it found, which may be anything.
        let member = member.map_err(|error| match end {
            _ if error.to_string().contains(LONG_NAME) => cut(end, LONG_NAME.into()),
            0 => Fault::Broken("expected a tar archive: it does not begin as one".into()),
            _ => cut(end, "no member begins there".into()),
        })?;
        allowed.set(MOST_HEADER_BYTES);
        let (start, bytes) = (member.raw_file_position(), member.size());
        if bytes > length.saturating_sub(start) {
            let of = member.path_bytes();
            let of = String::from_utf8_lossy(&of).escape_debug().to_string();
            return Err(cut(end, format!("the {bytes} bytes of `{of}` are not all there")));
        }
        end = start + bytes.next_multiple_of(BLOCK);
        let path = member.path().map_err(|error| cut(end, error.to_string()))?;
        match member.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => {}
            kind if is_named_as_recording(&path) || is_archive(&path) || is_compressed(&path) => {
                found.push(input(&name, &path, kind, start, bytes))
            }
            _ => passed_over.file(&path),
        }
        if interrupt::asked() {
            return Ok(());
        }
    }
    if length == 0 {
        return Err(Fault::Broken("the file is empty (0 bytes)".into()));
    }
    // An archive ends with empty blocks; without them nobody knows what is missing.
    if length < end + BLOCK {
        return Err(cut(end, "its end is missing".into()));
    }
    Ok(())
}

fn input(archive: &Arc<Path>, path: &Path, kind: EntryType, start: u64, bytes: u64) -> Input {
    let inside: Option<PathBuf> = path
        .components()
        .filter(|component| *component != Component::CurDir)
        .map(|component| matches!(component, Component::Normal(_)).then_some(component))
        .collect();
    // Such a name could pass for lines of its own wherever it is said.
    let is_plain = !path.to_string_lossy().contains(char::is_control);
    let refused = match (kind, &inside) {
        _ if is_archive(path) || is_compressed(path) => ("an archive inside an archive", "unpack the outer one"),
        _ if !is_plain => ("a name with control characters", "rename it there"),
        (_, None) => {
            ("a name that may lead out of the archive", "rename it there: names have no `..` and do not begin with `/`")
        }
        (EntryType::Link | EntryType::Symlink, _) => {
            ("a link", "make the archive with what links lead to: tar --dereference --hard-dereference")
        }
        (EntryType::Regular | EntryType::Continuous, Some(inside)) => {
            return Input::Member { name: archive.join(inside), archive: archive.clone(), start, bytes };
        }
        (EntryType::GNUSparse, _) => ("a sparse file", "make the archive without --sparse"),
        _ => ("a device, a pipe or the like", "leave it out of the archive"),
    };
    // Joined as text: what begins with `/` would take the archive's place.
    let inside = path.to_string_lossy();
    let inside = if is_plain { inside } else { inside.escape_debug().to_string().into() };
    let name = PathBuf::from(format!("{}/{inside}", archive.display()));
    Input::Unusable { name, problem: format!("expected a recording, found {}", refused.0), hint: refused.1.into() }
}

/// Reads no more for one member than headers may fill; what lies between is skipped.
struct Headers<'a> {
    file: File,
    allowed: &'a Cell<u64>,
}

impl Read for Headers<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        let left = self.allowed.get().checked_sub(read as u64);
        self.allowed.set(left.ok_or_else(|| io::Error::other(LONG_NAME))?);
        Ok(read)
    }
}

impl Seek for Headers<'_> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}
