//! Every method's answers to the recordings of one fold.

use std::path::Path;

use indexmap::IndexMap;

use super::baselines;
use crate::data::{Corpus, Measured, Split};
use crate::features::Catalog;
use crate::model::{Blend, EmotionModel};
use crate::{Error, Result};

/// Whose answers they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The mean rated distribution of the training side: what one may say without listening.
    MeanLabel,
    /// A ridge regression on clip summaries.
    Ridge,
    /// A forest on clip summaries.
    Forest,
    /// The hybrid's networks.
    Network,
    /// The hybrid's forests, on the networks' embeddings.
    EmbeddingForest,
    /// The hybrid's low-rank ridges; and so the hybrid without its networks.
    LowRankRidge,
    /// The hybrid.
    Hybrid,
}

impl Method {
    /// All of them, from the simplest to the hybrid. Only a hybrid whose weights are learned has low-rank ridges.
    pub const ALL: [Method; 7] = [
        Method::MeanLabel,
        Method::Ridge,
        Method::Forest,
        Method::Network,
        Method::EmbeddingForest,
        Method::LowRankRidge,
        Method::Hybrid,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Method::MeanLabel => "mean label",
            Method::Ridge => "ridge",
            Method::Forest => "forest",
            Method::Network => "network",
            Method::EmbeddingForest => "forest on embedding",
            Method::LowRankRidge => "low-rank ridge",
            Method::Hybrid => "hybrid",
        }
    }
}

/// The answers to one recording, by methods that had not seen its group.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct HeldOut {
    /// The recording, as the label file names it.
    pub file_name: String,
    /// Its group.
    pub group: String,
    /// Number of the repetition.
    pub repetition: usize,
    /// Number of the fold it was held out in.
    pub fold: usize,
    /// The rated distribution.
    pub rated: Vec<f32>,
    /// Lower and upper end of the interval around each share of the hybrid's answer.
    pub intervals: Vec<[f32; 2]>,
    /// The answer of each method that there is, in [`Method::ALL`]'s order.
    pub answers: IndexMap<Method, Vec<f32>>,
}

/// What was chosen on the training side of a fold, without the recordings it is judged on.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Chosen {
    /// Number of the repetition.
    pub repetition: usize,
    /// Number of the fold.
    pub fold: usize,
    /// Recordings learned from.
    pub learned_from: usize,
    /// The ridge's penalty.
    pub ridge_penalty: f64,
    /// The epoch whose weights were kept, for each network.
    pub network_epochs: Vec<usize>,
    /// The restarts that answer.
    pub answering: Vec<usize>,
    /// The parts of the features, each with networks of its own.
    pub feature_parts: Vec<&'static str>,
    /// What each part of the hybrid has to say.
    pub blend: Blend,
    /// For each part of the features the low-rank ridge's penalty for each component of the answers; none without such ridges.
    pub component_penalties: Vec<Vec<f64>>,
}

/// The answers to a split's test side, each with its recording's number; `place` is the repetition and the fold.
pub(super) fn answers(
    corpus: &Corpus,
    split: &Split,
    (repetition, fold): (usize, usize),
    model: &EmotionModel,
) -> Result<(Vec<(usize, HeldOut)>, Chosen)> {
    let (side, config, summary) = (corpus.training_side(split), model.config(), model.summary());
    let catalog = Catalog::of(config.features.set);
    let asked: Vec<&Measured> = split.test().iter().map(|&at| &corpus.recordings()[at]).collect();
    let labels = corpus.recordings().iter().map(|recording| recording.target.shares()).collect();
    let mean_label = baselines::mean_label(&side);
    let forest = baselines::forest(&side, &labels, &asked, catalog, &config.model.forest, summary.seed)?;
    let ridge = baselines::ridge(&side, &[labels], &asked, catalog, summary.seed)?.remove(0);
    let of_one = |(recording, (ridge, forest)): (&&Measured, (&Vec<f32>, Vec<f32>))| {
        let named = |error: Error| error.of_recording(Path::new(&recording.file_name));
        let parts = model.parts(&recording.sequence).map_err(named)?;
        let intervals = summary.margins.around(&parts.hybrid);
        let simple = [mean_label.clone(), ridge.clone(), forest, parts.network, parts.forest].map(Some);
        let answers = simple.into_iter().chain([parts.ridge, Some(parts.hybrid)]);
        Ok(HeldOut {
            file_name: recording.file_name.clone(),
            group: recording.group.clone(),
            repetition,
            fold,
            rated: recording.target.shares().to_vec(),
            intervals,
            answers: Method::ALL
                .into_iter()
                .zip(answers)
                .filter_map(|(method, answer)| Some((method, answer?)))
                .collect(),
        })
    };
    let answers = Error::gather(asked.iter().zip(ridge.answers.iter().zip(forest)).map(of_one).collect())?;
    let chosen = Chosen {
        repetition,
        fold,
        learned_from: split.train().len(),
        ridge_penalty: ridge.penalty,
        network_epochs: summary.restarts.iter().map(|restart| restart.best_epoch).collect(),
        answering: summary.answering.clone(),
        feature_parts: model.catalog().parts().iter().map(|(name, _)| *name).collect(),
        blend: summary.blend.clone(),
        component_penalties: summary.ridge_penalties.clone(),
    };
    Ok((split.test().iter().copied().zip(answers).collect(), chosen))
}
