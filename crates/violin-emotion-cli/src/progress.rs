//! Progress on stderr, on a terminal only.

use std::ops::ControlFlow;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use violin_emotion::Progress;

use crate::interrupt;

/// A bar with count, rate and time to go; silent where stderr is not a terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar of `total` steps called `what`.
    pub fn new(what: &'static str, total: usize) -> Self {
        let style =
            ProgressStyle::with_template("{prefix:>10} [{bar:30}] {pos}/{len} ({per_sec}, {eta} to go) {wide_msg}")
                .expect("a well-formed template")
                .progress_chars("=> ");
        Bar(ProgressBar::new(total as u64).with_style(style).with_prefix(what))
    }

    /// One more recording is done.
    pub fn recording(&self, path: &Path) {
        self.0.set_message(path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
        self.0.inc(1);
    }

    /// Shows one step of the library's work; asks it to stop after Ctrl-C.
    pub fn show(&self, progress: Progress) -> ControlFlow<()> {
        match progress {
            Progress::Recording { path, .. } | Progress::Explained { path } => self.recording(path),
            Progress::Epoch { epoch, epochs, validation_loss } => {
                self.0.set_message(format!("epoch {epoch} of at most {epochs}, validation loss {validation_loss:.3}"));
            }
            Progress::Fit { .. } => self.0.inc(1),
            Progress::Permuted { done } => self.0.inc(done as u64),
            Progress::Compared { done, total } => self.0.set_message(format!("compared with {done} of {total}")),
            Progress::Demonstrated { done, total } => {
                self.0.set_message(format!("showing what a random split does: {done} of {total}"));
            }
            _ => {}
        }
        if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
