//! Ctrl-C: the first asks the work to stop between two steps, so that nothing is left half-written; the second insists.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Exit code of a program stopped by Ctrl-C.
pub const EXIT_CODE: u8 = 130;

/// Listens for Ctrl-C from now on.
pub fn listen() {
    let handler = || {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(EXIT_CODE));
        }
    };
    // Without a handler Ctrl-C ends the process at once, which loses no more than the current run.
    if let Err(error) = ctrlc::set_handler(handler) {
        eprintln!("warning: Ctrl-C will stop at once: {error}");
    }
}

/// Whether the work was asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
