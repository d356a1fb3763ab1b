//! The one integration test binary.

mod golden_harmony;
mod labels;
mod layers;
mod splits;
mod synth;
