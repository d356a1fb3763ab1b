//! What leaves the program: figures, files for other programs, a model's card, and [`page`], one web page for a recording.
//!
//! Figures: plain numbers and names in, SVG text out. Each is a struct of what it shows and has one function, `svg`. All are as
//! wide as a paper's column, speak to those who do not see them (`<title>`, `<desc>`), keep to colours that the colour-blind can
//! tell apart, and hold no script. The same numbers give the same bytes.
//!
//! ```
//! use violin_emotion::report::{Line, Response};
//!
//! let figure = Response {
//!     title: "A wider vibrato".into(),
//!     footnote: "rendered, no evidence about listeners".into(),
//!     cue: "vibrato extent".into(),
//!     unit: "cents".into(),
//!     values: vec![10.0, 20.0, 30.0],
//!     lines: vec![Line { emotion: "calmness".into(), shares: vec![0.5, 0.4, 0.2] }],
//!     own: Some(14.0),
//!     seen: Some((12.0, 26.0)),
//! };
//! assert!(figure.svg().starts_with("<svg"));
//! ```
//!
//! Files: an [`Annotation`] is a format of one recording (Audacity, Praat, JAMS, Sonic Visualiser); a [`Table`] holds any
//! number of them, for CSV and Parquet. docs/files.md describes them all.

mod annotation;
mod apart;
mod audacity;
mod bars;
mod base64;
mod beeswarm;
mod colours;
mod confusion;
#[cfg(test)]
mod examples;
mod jams;
#[cfg(test)]
mod looks;
mod model_card;
pub mod page;
mod panels;
#[cfg(feature = "parquet")]
mod parquet;
mod plot;
mod response;
mod scale;
mod scores;
mod sonic_visualiser;
mod spectrogram;
mod svg;
mod table;
mod text;
mod textgrid;
mod tidy_csv;
mod words;
mod write_up;

pub use annotation::{Annotation, NoteTrack};
pub use bars::{Bar, Bars, FamilyBars};
pub use beeswarm::{Beeswarm, FamilyDots};
pub use confusion::Confusion;
pub use model_card::ModelCard;
#[cfg(feature = "parquet")]
pub use parquet::{ParquetFile, Part, Parts, Shard};
pub use plot::{Plot, PlotLine};
pub use response::{Line, Response};
pub use scores::{ScoreRow, ScoreRows};
pub use spectrogram::{Spectrogram, Spectrograms};
pub use table::Table;
pub use tidy_csv::text_cell;
pub use write_up::{Columns, Methods, Shown, Source, WriteUp};
