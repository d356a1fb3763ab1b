//! Figures: plain numbers and names in, SVG text out; and [`page`], one web page for a recording.
//!
//! Each figure is a struct of what it shows and has one function, `svg`. All are as wide as a paper's column, speak to
//! those who do not see them (`<title>`, `<desc>`), keep to colours that the colour-blind can tell apart, and hold no
//! script. The same numbers give the same bytes.
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

mod apart;
mod bars;
mod beeswarm;
mod colours;
mod confusion;
#[cfg(test)]
mod looks;
pub mod page;
mod panels;
mod plot;
mod response;
mod scale;
mod spectrogram;
mod svg;
mod text;

pub use bars::{Bar, Bars, FamilyBars};
pub use beeswarm::{Beeswarm, FamilyDots};
pub use confusion::Confusion;
pub use plot::{Plot, PlotLine};
pub use response::{Line, Response};
pub use spectrogram::{Spectrogram, Spectrograms};
