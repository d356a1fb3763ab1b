//! What may be said to `serve`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Model folder, or `built-in` [default: hybrid_model/ here, or else the built-in model]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 = any that is free. No other machine reaches it
    #[arg(long, value_name = "N", default_value_t = 7440)]
    pub port: u16,
}
