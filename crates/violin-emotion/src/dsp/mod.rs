//! Pure maths on slices: knows no music and no files.

pub mod chroma;
mod columns;
pub mod contrast;
pub mod cqt;
pub mod decimate;
pub mod demodulate;
mod fft;
pub mod hpss;
pub mod istft;
pub mod least_squares;
pub mod level;
pub mod logarithm;
pub mod median;
pub mod mel;
pub mod onset_strength;
pub mod overlap_add;
pub mod phase_vocoder;
pub mod plane;
pub mod pyin;
pub mod shape;
pub mod spectral_gate;
pub mod stft;
pub mod summary;
pub mod tempo;
pub mod tonnetz;
pub mod tuning;
mod vectorised;
