//! The one integration test binary.

mod audio;
mod audit;
mod augment;
mod corpus;
mod denoise;
mod evaluate;
mod explain;
mod feature_list;
mod features;
mod golden_harmony;
mod golden_pitch;
mod golden_scores;
mod hearing;
mod labels;
mod layers;
mod level;
mod music;
mod network;
mod notes;
mod playing;
mod ratings;
mod restarts;
mod small;
mod splits;
mod synth;
mod timeline;
