//! What was heard: recordings, answers and pages in a folder that goes away with the program. Only the newest are kept.

use std::collections::VecDeque;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use violin_emotion::{Error, Result};

/// So many pages are kept, and so many bytes; the newest in any case.
pub const MOST_PAGES: usize = 200;
const MOST_BYTES: u64 = 2 << 30;

/// All that is kept, the oldest first.
pub struct Shelf {
    folder: PathBuf,
    /// Names are drawn, so that nobody else on this machine guesses them.
    secret: RandomState,
    drawn: AtomicU64,
    kept: Mutex<VecDeque<Arc<Kept>>>,
}

/// A page, and what it was made of. Its files go away with the last one who holds it.
pub struct Kept {
    folder: PathBuf,
    id: String,
    /// What the recording is called; none for the page of two.
    pub name: Option<String>,
}

impl Shelf {
    pub fn new(folder: &Path) -> Self {
        Shelf {
            folder: folder.to_path_buf(),
            secret: RandomState::new(),
            drawn: AtomicU64::new(0),
            kept: Mutex::default(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A place for a page that nobody finds before it is put onto the shelf.
    pub fn place(&self, name: Option<String>) -> Kept {
        let id = format!("{:016x}", self.secret.hash_one(self.drawn.fetch_add(1, Ordering::Relaxed)));
        Kept { folder: self.folder.clone(), id, name }
    }

    /// Puts a page onto the shelf, gives its address, and lets go of the oldest if there is too much.
    pub fn put(&self, kept: Kept) -> String {
        let address = format!("/pages/{}", kept.id);
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(Arc::new(kept));
        let mut bytes: u64 = all.iter().map(|kept| kept.bytes()).sum();
        while all.len() > 1 && (all.len() > MOST_PAGES || bytes > MOST_BYTES) {
            bytes -= all.pop_front().map_or(0, |oldest| oldest.bytes());
        }
        address
    }

    /// What is kept by this name.
    pub fn find(&self, id: &str) -> Option<Arc<Kept>> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|kept| kept.id == id).cloned()
    }
}

impl Kept {
    pub fn page(&self) -> PathBuf {
        self.file("html")
    }

    pub fn analysis(&self) -> PathBuf {
        self.file("json")
    }

    pub fn recording(&self) -> PathBuf {
        self.file("recording")
    }

    /// Writes one of its files.
    pub fn write(&self, path: &Path, text: &str) -> Result<()> {
        fs::write(path, text).map_err(|source| Error::file("write", path, source))
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", self.id))
    }

    fn files(&self) -> [PathBuf; 3] {
        [self.page(), self.analysis(), self.recording()]
    }

    fn bytes(&self) -> u64 {
        self.files().iter().map(|file| file.metadata().map_or(0, |metadata| metadata.len())).sum()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // The page of two has no others; and what cannot be removed now goes with the folder.
        self.files().iter().for_each(|file| _ = fs::remove_file(file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_leave_and_their_files_with_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::new(folder.path());
        let put = |number: usize| {
            let kept = shelf.place(Some(format!("../{number}.wav")));
            kept.write(&kept.page(), "page").expect("a page");
            shelf.put(kept).trim_start_matches("/pages/").to_string()
        };
        let ids: Vec<String> = (0..MOST_PAGES + 3).map(put).collect();
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), MOST_PAGES);
        assert!(shelf.find(&ids[2]).is_none());
        let held = shelf.find(&ids[3]).expect("the oldest that is kept");
        put(0);
        assert!(shelf.find(&ids[3]).is_none() && held.page().exists(), "whoever reads it reads on");
        drop(held);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), MOST_PAGES);
        assert!(ids.iter().all(|id| id.len() == 16 && id.chars().all(|letter| letter.is_ascii_hexdigit())));
        assert!(shelf.find("../../etc/passwd").is_none());
    }
}
