//! Pure maths on slices: knows no music and no files.

pub mod chroma;
pub mod contrast;
pub mod level;
pub mod logarithm;
pub mod mel;
pub mod shape;
pub mod stft;
pub mod summary;
pub mod tuning;
