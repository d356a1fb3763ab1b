//! Where work is done: on threads of its own, with the interpreter released, heard of through a callback, stopped by Ctrl-C.
//!
//! Each call has its own threads and leaves none behind: nothing is shared that a fork could find half-way.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use pyo3::prelude::*;
use violin_emotion::{Error, Progress, Result, Watcher};

use crate::errors::OrRaise;

/// Threads a core that are still of use where some wait for the disk, as the command line has it; more only take memory.
const THREADS_A_CORE: usize = 4;

/// How often Ctrl-C is looked for.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the one who waits is told: what is done, how much of how much (0 = not known), and a word on it.
type Step = (&'static str, usize, usize, String);

enum Message<T> {
    Step(Step),
    Done(Result<T>),
}

/// Does `job` on `threads` threads (0 = one a core), at most [`THREADS_A_CORE`] a core. `callback` is called with each [`Step`], from the thread that waits.
///
/// After Ctrl-C, or an exception in the callback, the call ends at once; the job ends at its next step, and nobody hears of it.
pub fn work<T: Send + 'static>(
    py: Python<'_>,
    threads: usize,
    callback: Option<&Bound<'_, PyAny>>,
    job: impl FnOnce(Watcher) -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let most = THREADS_A_CORE * std::thread::available_parallelism().map_or(1, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.min(most)).build();
    let pool =
        pool.map_err(|error| Error::config("threads", "a number that this system grants", error)).or_raise(py)?;
    let (sender, mut receiver) = mpsc::channel();
    let stopped = Arc::new(AtomicBool::new(false));
    let (stop, listens) = (stopped.clone(), callback.is_some());
    pool.spawn(move || {
        let watcher = |progress: Progress| {
            if listens && let Some(step) = step(progress) {
                // Nobody listens after Ctrl-C.
                sender.send(Message::Step(step)).ok();
            }
            if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let result = catch_unwind(AssertUnwindSafe(|| job(&watcher))).unwrap_or_else(|panic| Err(broken(&*panic)));
        sender.send(Message::Done(result)).ok();
    });
    let wait = || -> PyResult<T> {
        loop {
            let message;
            (receiver, message) = py.detach(move || {
                let message = receiver.recv_timeout(PATIENCE);
                (receiver, message)
            });
            match message {
                Ok(Message::Done(result)) => return result.or_raise(py),
                Ok(Message::Step(step)) => {
                    callback.map_or(Ok(()), |callback| callback.call1(step).map(drop))?;
                    py.check_signals()?;
                }
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => return Err(broken(&"no answer")).or_raise(py),
            }
        }
    };
    wait().inspect_err(|_| stopped.store(true, Ordering::Relaxed))
}

/// An invariant of ours was broken: an exception all the same, for a notebook holds more than this.
fn broken(panic: &(dyn Any + Send)) -> Error {
    let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    let found = message.unwrap_or("no reason given");
    Error::data("no failure inside", found, "this is a fault of the program: please report it with what was asked")
}

fn step(progress: Progress) -> Option<Step> {
    let named = |path: &std::path::Path| path.display().to_string();
    Some(match progress {
        Progress::Recording { done, total, path } => ("measuring", done, total, named(path)),
        Progress::Epoch { epoch, epochs, validation_loss } => {
            ("training", 0, 0, format!("epoch {epoch} of at most {epochs}, validation loss {validation_loss:.3}"))
        }
        Progress::Fit { .. } => ("training", 1, 0, String::new()),
        Progress::Compared { done, total } => ("explaining", 0, 0, format!("compared with {done} of {total}")),
        Progress::Explained { path } => ("explaining", 1, 0, named(path)),
        _ => return None,
    })
}
