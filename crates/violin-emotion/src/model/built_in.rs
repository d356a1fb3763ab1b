//! The model that needs no training and no folder: learned from rendered takes, so that there is an answer on a new machine.
//!
//! `crates/violin-emotion/built_in/make` makes it.

use super::EmotionModel;
use super::meta::{FOREST, META, NETWORK, RIDGE};

/// The files of its folder.
static FILES: [(&str, &[u8]); 4] = [
    (META, include_bytes!("../../built_in/hybrid_model/meta.json")),
    (NETWORK, include_bytes!("../../built_in/hybrid_model/lstm_model.safetensors")),
    (FOREST, include_bytes!("../../built_in/hybrid_model/rf_model.safetensors")),
    (RIDGE, include_bytes!("../../built_in/hybrid_model/ridge_model.safetensors")),
];

impl EmotionModel {
    /// The built-in model. It answers on happiness, sadness, anger and tenderness, by published relations between these and
    /// what a violinist does; nobody played or rated what it learned from, and each of its answers carries a warning that says so.
    ///
    /// ```
    /// let model = violin_emotion::model::EmotionModel::built_in();
    /// assert!(model.summary().rendered);
    /// assert_eq!(model.labels().names(), ["happiness", "sadness", "anger", "tenderness"]);
    /// ```
    pub fn built_in() -> Self {
        EmotionModel::from_files("the built-in model", &FILES).expect("a whole model, as a test has it")
    }

    /// What the built-in model is called where a model is named; no folder of a model can have this name.
    pub const BUILT_IN: &str = "built-in";

    /// What people should know of the built-in model, as Markdown.
    pub fn built_in_card() -> &'static str {
        include_str!("../../built_in/hybrid_model/MODEL_CARD.md")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again_to_the_byte() {
        for (name, bytes) in EmotionModel::built_in().files() {
            let read = FILES.iter().find(|(file, _)| *file == name).expect("a file of the model").1;
            assert!(bytes == read, "{name}");
        }
    }
}
