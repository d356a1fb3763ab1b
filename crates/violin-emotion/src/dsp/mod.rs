//! Pure maths on slices: knows no music and no files.

pub mod hpss;
pub mod istft;
pub mod median;
