//! What may be said to `model`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct ModelArguments {
    #[command(subcommand)]
    pub command: ModelCommand,
}

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Print the model's card: its data, its honest scores beside simpler methods', its limits, its settings
    Show {
        /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}
