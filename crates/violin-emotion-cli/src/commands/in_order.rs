//! Recordings worked on side by side, and taken in the order in which they were named.

use std::path::Path;

use rayon::prelude::*;
use violin_emotion::{Error, ErrorKind};

use super::{Failure, Outcome, complain};
use crate::inputs::Input;
use crate::interrupt;
use crate::progress::Bar;

/// Does `work` for each recording, and gives what came of it to `take`, in input order; errors are said on stderr, too. How many
/// there were is given back.
///
/// # Errors
/// `Interrupted`; `File` if something cannot be written: that is no recording's fault, and would meet them all; those of `take`.
pub fn in_order<T: Send>(
    inputs: &[Input],
    what: &'static str,
    work: impl Fn(&Input) -> Result<T, Error> + Sync,
    mut take: impl FnMut(&Path, Result<T, Error>) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let bar = Bar::new(what, inputs.len());
    let mut failed = 0;
    // A few at a time, so that results appear in order while the next ones are worked on.
    for batch in inputs.chunks(4 * rayon::current_num_threads()) {
        let one = |input: &Input| {
            if interrupt::asked() {
                return Err(Error::interrupted());
            }
            let done = work(input);
            bar.recording(input.name());
            done
        };
        let results: Vec<Result<T, Error>> = batch.par_iter().map(one).collect();
        for (input, result) in batch.iter().zip(results) {
            if interrupt::asked() {
                return Err(Error::interrupted().into());
            }
            if let Err(error) = &result {
                if matches!(error.kind(), ErrorKind::File { action: "write", .. }) {
                    return result.map(|_| 0).map_err(Failure::Work);
                }
                failed += 1;
                complain(&error.to_string(), error.hint());
            }
            take(input.name(), result)?;
        }
    }
    Ok(failed)
}

/// How a command ended of whose `total` recordings so many could not be `done`: answered, measured.
pub fn outcome(failed: usize, total: usize, done: &str) -> Outcome {
    if failed == 0 {
        return Outcome::Complete;
    }
    eprintln!("{failed} of {total} recordings could not be {done}");
    Outcome::SomeFailed
}
