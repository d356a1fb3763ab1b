//! Recordings are heard, and takes compared: as many at a time as there are cores, the others wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempPath;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use violin_emotion::explain::{Explainer, Groups, Reference};
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::{self, Told};
use violin_emotion::report::page::{Comparison, IndexRow, PageData, WithSound};
use violin_emotion::{Error, Progress, Result, audio};

use super::lines::{Line, Lines, Reader, lines};
use super::shelf::{Kept, Shelf};

/// Recordings on the disk that are not heard yet, for each core: the next one is there when a core is free. Others are not read from
/// their senders before.
const ARRIVED_A_CORE: usize = 2;

/// What hears: one model, and a shelf for what was heard.
pub struct Server {
    model: &'static EmotionModel,
    explainer: Explainer<'static>,
    pub shelf: Shelf,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Server {
    pub fn new(model: &'static EmotionModel, folder: &Path) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Server {
            model,
            explainer: Explainer::new(model, Reference::corpus(model))?.by(Groups::broad(model)?),
            shelf: Shelf::new(folder),
            turns: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(ARRIVED_A_CORE * cores)),
        })
    }

    pub fn model(&self) -> &EmotionModel {
        self.model
    }

    /// A place for a recording that arrives, held until it is heard.
    pub async fn place(&self) -> OwnedSemaphorePermit {
        self.places.clone().acquire_owned().await.expect("a semaphore that is never closed")
    }

    /// Hears a recording that has arrived.
    pub fn hear(self: Arc<Self>, name: String, arrived: TempPath, place: OwnedSemaphorePermit) -> Reader {
        self.in_turn(move |server, lines| {
            let row = contained(|| server.heard(&name, arrived, lines));
            drop(place);
            let row = row.unwrap_or_else(|error| IndexRow::failed(&name, &error));
            Line::Heard { row: Box::new(row) }
        })
    }

    /// Compares two takes, the earlier one first.
    pub fn compare(self: Arc<Self>, first: Arc<Kept>, second: Arc<Kept>) -> Reader {
        self.in_turn(move |server, lines| {
            let page = contained(|| server.compared(&first, &second, lines));
            page.map_or_else(|error| Line::failed(&error), |page| Line::Compared { page })
        })
    }

    /// Does work when it is its turn, unless nobody waits for it any more.
    fn in_turn(self: Arc<Self>, work: impl FnOnce(&Server, &Lines) -> Line + Send + 'static) -> Reader {
        let (lines, reader) = lines();
        tokio::spawn(async move {
            lines.stage("waiting", 0.0);
            let turn = self.turns.clone().acquire_owned().await.expect("a semaphore that is never closed");
            if !lines.are_unread() {
                spawn_blocking(move || {
                    lines.end(work(&self, &lines));
                    drop(turn);
                });
            }
        });
        reader
    }

    fn heard(&self, name: &str, arrived: TempPath, lines: &Lines) -> Result<IndexRow> {
        let told = self.told(name, &arrived, lines)?;
        lines.stage("drawing", 0.0);
        let kept = self.shelf.place(Some(name.to_string()));
        let recording = kept.recording();
        arrived.persist(&recording).map_err(|failed| Error::file("write", &recording, failed.error))?;
        kept.write(&kept.page(), &PageData::of(&told, self.model, WithSound::Short)?.html())?;
        let analysis = serde_json::to_string(&told.analysis).expect("numbers, texts and lists of them");
        kept.write(&kept.analysis(), &analysis)?;
        Ok(IndexRow::told(&told, &self.shelf.put(kept)))
    }

    fn compared(&self, first: &Kept, second: &Kept, lines: &Lines) -> Result<String> {
        // Takes are not kept in memory: they are heard again.
        let again = |kept: &Kept| self.told(kept.name.as_deref().unwrap_or_default(), &kept.recording(), lines);
        let (one, other) = (again(first)?, again(second)?);
        lines.stage("drawing", 0.0);
        let watcher = |progress: Progress| lines.show(progress);
        let page = Comparison::of(&one, &other, self.model, WithSound::Short, &watcher)?.html();
        let kept = self.shelf.place(None);
        kept.write(&kept.page(), &page)?;
        Ok(self.shelf.put(kept))
    }

    fn told(&self, name: &str, file: &Path, lines: &Lines) -> Result<Told> {
        lines.stage("listening", 0.0);
        let recording = audio::open_as(name, file, &self.model.config().audio)?;
        pipeline::tell_of(recording, self.model, &self.explainer, &|progress: Progress| lines.show(progress))
    }
}

/// Turns a panic into an error: one recording must not take the server with it.
fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let found = format!("a failure inside: {}", message.unwrap_or("no reason given"));
        Err(Error::data(
            "a recording that can be heard to its end",
            found,
            "this is a fault of the program: please report it",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_like_any_other() {
        let error = contained::<()>(|| panic!("frame {} of 3", 7)).expect_err("a panic");
        assert!(error.to_string().ends_with("found a failure inside: frame 7 of 3"), "{error}");
    }
}
