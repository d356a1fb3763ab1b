//! What may be said to `merge`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct MergeArguments {
    /// All parts of one run, as `predict --shard` or `features --shard` wrote them, in any order
    #[arg(required = true, value_name = "PART")]
    pub parts: Vec<PathBuf>,
    /// Write the whole here, a Parquet file: the same bytes as without --shard
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
