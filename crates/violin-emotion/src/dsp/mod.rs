//! Pure maths on slices: knows no music and no files.

pub mod cqt;
pub mod decimate;
pub mod hpss;
pub mod istft;
pub mod median;
pub mod onset_strength;
pub mod tempo;
pub mod tonnetz;
