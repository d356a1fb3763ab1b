//! The one integration test binary.

mod golden_harmony;
mod layers;
