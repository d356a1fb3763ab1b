//! The one integration test binary.

mod golden_harmony;
mod labels;
mod layers;
mod network;
mod splits;
mod synth;
