//! Dataset → emotion model → soft labels: scaler, network, training, forest, the saved folder.

mod network;
mod scaler;

pub use network::{
    CropSettings, EpochReport, Example, Network, NetworkSettings, Output, Shape, Tensor, Trained,
    train as train_network,
};
pub use scaler::Scaler;
