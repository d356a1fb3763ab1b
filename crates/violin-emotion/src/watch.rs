//! How a long job speaks to the one who waits for it, and how it is asked to stop.

use std::ops::ControlFlow;
use std::path::Path;

use crate::{Error, Result};

/// One step of a long job.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A recording is about to be measured.
    Begin {
        /// The recording.
        path: &'a Path,
    },
    /// A recording was measured (or found in the cache).
    Recording {
        /// Recordings finished, this one included.
        done: usize,
        /// Recordings in all.
        total: usize,
        /// The recording.
        path: &'a Path,
    },
    /// A network finished a pass over its training recordings.
    Epoch {
        /// Passes finished.
        epoch: usize,
        /// Passes at most.
        epochs: usize,
        /// Cross-entropy on the validation part, in nats.
        validation_loss: f32,
    },
    /// An answer was compared with one recording of the reference, by every coalition.
    Compared {
        /// Recordings of the reference finished, this one included.
        done: usize,
        /// Recordings of the reference.
        total: usize,
    },
    /// The answer to a moment of a recording was explained.
    Moment {
        /// Moments finished, this one included.
        done: usize,
        /// Moments in all.
        total: usize,
    },
    /// The answer to a recording of a corpus was explained.
    Explained {
        /// Its file, as the label file names it.
        path: &'a Path,
    },
    /// A recording and its copies were measured to show what a random split does.
    Demonstrated {
        /// Recordings finished, this one included.
        done: usize,
        /// Recordings in all.
        total: usize,
    },
    /// Methods were judged on permuted labels in one fold.
    Permuted {
        /// How many since the last time.
        done: usize,
    },
    /// A network finished training.
    Fit {
        /// The lowest cross-entropy on the validation part, in nats.
        validation_loss: f32,
    },
}

/// Is told every step, from any thread; `Break` stops the job with [`Error::interrupted`].
pub type Watcher<'a> = &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync);

/// The watcher of someone who does not wait.
pub fn silent(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(crate) fn tell(watcher: Watcher, progress: Progress) -> Result<()> {
    match watcher(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::interrupted()),
    }
}
