//! The one integration test binary.

mod labels;
mod layers;
mod splits;
mod synth;
