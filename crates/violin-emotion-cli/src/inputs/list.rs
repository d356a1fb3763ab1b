//! A file that lists paths, one a line.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use violin_emotion::{Error, Result};

/// The paths of a list, in its order, without blank lines; `-` is stdin.
///
/// # Errors
/// `File` if it cannot be read, `Data` if it holds no path, or one that is no path on this system.
pub fn read(list: &Path) -> Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    let read = match list == Path::new("-") {
        true => io::stdin().lock().read_to_end(&mut bytes).map(drop),
        false => std::fs::read(list).map(|read| bytes = read),
    };
    read.map_err(|source| Error::file("read", list, source))?;
    // Some editors begin a text with a mark of how its bytes are ordered.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let lines = lines.enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    let paths: Vec<PathBuf> = lines.map(|(at, line)| path(list, at + 1, line)).collect::<Result<_>>()?;
    if paths.is_empty() {
        let found = format!("none in {}", list.display());
        return Err(Error::data(
            "one path a line",
            found,
            "write the paths of recordings, folders or tar archives into it",
        ));
    }
    Ok(paths)
}

fn path(list: &Path, number: usize, line: &[u8]) -> Result<PathBuf> {
    let refuse = |found: &str| {
        let found = format!("{found} in {}, line {number}", list.display());
        Error::data("one path a line", found, "write a text file with one path a line, and save it as UTF-8")
    };
    if line.contains(&0) {
        return Err(refuse("a zero byte"));
    }
    #[cfg(unix)]
    return Ok(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(line)));
    #[cfg(not(unix))]
    std::str::from_utf8(line).map(PathBuf::from).map_err(|_| refuse("text that is not UTF-8"))
}
