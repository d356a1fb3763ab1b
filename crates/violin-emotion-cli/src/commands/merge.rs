//! `merge`: the parts of a run put together, to the bytes that it would have written in one.

use violin_emotion::Error;
use violin_emotion::report::{ParquetFile, Parts};

use super::{Failure, Outcome, shard};
use crate::args::MergeArguments;
use crate::interrupt;
use crate::out::Out;

pub fn run(arguments: &MergeArguments) -> Result<Outcome, Failure> {
    shard::check_name(&arguments.out)?;
    let parts = Parts::open(&arguments.parts)?;
    arguments.parts.iter().try_for_each(|part| super::not_over(part, &arguments.out))?;
    let unwritten = |source| Error::file("write", &arguments.out, source);
    let mut file = ParquetFile::begin(Out::open(Some(&arguments.out))?, parts.table()).map_err(unwritten)?;
    let mut count = 0;
    for rows in parts.rows() {
        if interrupt::asked() {
            return Err(Error::interrupted().into());
        }
        let rows = rows?;
        count += rows.len();
        file.push(rows).map_err(unwritten)?;
    }
    file.finish().map_err(unwritten)?.finish()?;
    eprintln!("{} rows of {} in {}", count, super::count(arguments.parts.len(), "part"), arguments.out.display());
    if parts.failed() > 0 {
        eprintln!("{} could not be used, as their parts said", super::count(parts.failed(), "recording"));
    }
    Ok(Outcome::Complete)
}
