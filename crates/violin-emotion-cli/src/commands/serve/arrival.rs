//! A recording on its way in: straight onto the disk, no more of it than is taken, and no longer than it moves.

use std::io;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::refusal::Refusal;

/// A sender that is silent for so long is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes what comes into a file without a name of its own in `folder`; `claimed` is how many bytes there will be, if that is known.
///
/// # Errors
/// 413 for more than `most` bytes, 408 if nothing comes any more, 400 if the sender breaks off, 507 if the disk does not take it.
pub async fn receive(body: Body, claimed: Option<u64>, most: u64, folder: &Path) -> Result<TempPath, Refusal> {
    if claimed.is_some_and(|bytes| bytes > most) {
        return Err(too_large(most));
    }
    let (file, path) = NamedTempFile::new_in(folder).map_err(no_room)?.into_parts();
    let mut file = File::from_std(file);
    let mut pieces = body.into_data_stream();
    let mut bytes = 0;
    while let Some(piece) = timeout(PATIENCE, pieces.next()).await.map_err(|_| silent())? {
        let piece = piece.map_err(|error| broken_off(&error.to_string()))?;
        bytes += piece.len() as u64;
        if bytes > most {
            return Err(too_large(most));
        }
        file.write_all(&piece).await.map_err(no_room)?;
    }
    file.flush().await.map_err(no_room)?;
    Ok(path)
}

fn too_large(most: u64) -> Refusal {
    let error = format!("this file is larger than the {most} bytes that are taken");
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        error,
        "cut the recording, or save it as FLAC, which takes half the room",
    )
}

fn silent() -> Refusal {
    let error = format!("nothing came for {} seconds", PATIENCE.as_secs());
    Refusal::new(StatusCode::REQUEST_TIMEOUT, error, "send the recording again")
}

fn broken_off(reason: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, format!("the recording broke off: {reason}"), "send it again")
}

fn no_room(error: io::Error) -> Refusal {
    let hint = "make room on the disk that holds temporary files";
    Refusal::new(StatusCode::INSUFFICIENT_STORAGE, format!("the recording cannot be kept: {error}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(claimed: Option<u64>, pieces: &[&'static str], folder: &Path) -> Result<TempPath, Refusal> {
        let pieces: Vec<io::Result<&str>> = pieces.iter().map(|piece| Ok(*piece)).collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(receive(body, claimed, 8, folder))
    }

    #[test]
    fn no_more_is_taken_than_may_be_whatever_was_claimed() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = || std::fs::read_dir(folder.path()).expect("a folder").count();
        for claimed in [None, Some(3), Some(9)] {
            let refusal = received(claimed, &["1234", "56789"], folder.path()).expect_err("too much");
            assert_eq!((refusal.status(), inside()), (StatusCode::PAYLOAD_TOO_LARGE, 0));
        }
        let path = received(None, &["1234", "", "5678"], folder.path()).expect("a file");
        assert_eq!(std::fs::read(&path).expect("a file"), b"12345678");
        drop(path);
        assert_eq!(inside(), 0);
    }
}
