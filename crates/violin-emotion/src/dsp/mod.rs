//! Pure maths on slices: knows no music and no files.

pub mod median;
