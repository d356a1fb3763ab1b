//! The recordings that `predict` and `features` are asked about.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct InputArguments {
    /// Recordings, folders of them, or tar archives of them (also inside folders)
    #[arg(required_unless_present = "list", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A file with more of them, one path a line; `-` reads the lines from stdin
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
}
