#![doc = include_str!("../../../README.md")]

pub mod analysis;
pub mod audio;
pub mod audit;
mod checksum;
mod config;
pub mod data;
pub mod dsp;
mod error;
pub mod evaluate;
pub mod explain;
pub mod features;
pub mod model;
pub mod notes;
pub mod pipeline;
pub mod report;
pub mod synth;
mod warning;
mod watch;
mod whole_file;

pub use checksum::Checksum;
pub use config::Config;
pub use error::{Error, ErrorKind, LabelProblem, Result};
pub use warning::{Warning, WarningKind};
pub use watch::{Progress, Watcher, silent};
pub use whole_file::WholeFile;
