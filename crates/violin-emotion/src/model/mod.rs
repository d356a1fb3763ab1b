//! Training side → emotion model → soft labels: scaler, network, forest, the saved folder.

mod arrays;
mod background;
mod blend;
mod built_in;
mod doubts;
mod emotion_model;
mod fit;
mod folder;
mod forest;
mod inputs;
mod instruction_set;
mod margins;
mod meta;
mod network;
mod place;
mod reader;
pub(crate) mod ridge;
mod scaler;
mod settings;
mod summary;
mod together;

pub use background::Usual;
pub use blend::Blend;
pub(crate) use emotion_model::Of;
pub use emotion_model::{EmotionModel, Moment, Parts};
pub use folder::read_card;
pub use forest::{Forest, ForestSettings, ForestShap};
pub use instruction_set::instruction_set;
pub use margins::{Margins, WITHIN};
pub use network::{
    CropSettings, EpochReport, Example, Network, NetworkSettings, Output, Shape, Tensor, Trained,
    train as train_network,
};
pub use place::check_place;
pub use scaler::Scaler;
pub use settings::{Combine, ModelSettings, Scaling, Weighting};
pub use summary::{Restart, Scores, TrainingSummary};
pub use together::Together;
