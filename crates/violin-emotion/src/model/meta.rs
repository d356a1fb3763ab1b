//! `meta.json`: what a model folder says of itself, and whether that can be.

use std::fs;
use std::path::{Path, PathBuf};

use super::arrays::RETRAIN;
use super::settings::Weighting;
use super::summary::{Scores, TrainingSummary};
use super::together::Together;
use crate::config::Config;
use crate::data::{LabelSet, Scale};
use crate::features::Catalog;
use crate::{Error, Result};

/// Every version of this schema begins so.
const ANY_SCHEMA: &str = "violin-emotion/model/";
pub(super) const SCHEMA: &str = "violin-emotion/model/8";
pub(super) const META: &str = "meta.json";
pub(super) const NETWORK: &str = "lstm_model.safetensors";
pub(super) const FOREST: &str = "rf_model.safetensors";
pub(super) const RIDGE: &str = "ridge_model.safetensors";
/// For people.
pub(super) const CARD: &str = "MODEL_CARD.md";
/// What the notebook left behind.
const NOTEBOOK_FILES: [&str; 3] = ["lstm_model.h5", "lstm_model.keras", "rf_model.pkl"];
const TRAIN_ANEW: &str = "train the model again with this program, from the same recordings and labels";

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meta {
    pub schema: String,
    pub program_version: String,
    pub emotions: LabelSet,
    /// The scale whose ends they are, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    pub catalog: CatalogMeta,
    pub settings: Config,
    pub training: TrainingSummary,
    /// File name and share of the training recordings that stand for all; their windows are among the arrays.
    pub usual: Vec<(String, f64)>,
    /// Features of different families that went together in training.
    pub together: Vec<Together>,
    pub sha256: Checksums,
}

/// Ties the three files: no one of them can be changed or come from another model.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checksums {
    #[serde(rename = "lstm_model.safetensors")]
    pub network: String,
    #[serde(rename = "rf_model.safetensors")]
    pub forest: String,
    /// With `weighting = "learned"`.
    #[serde(rename = "ridge_model.safetensors", default, skip_serializing_if = "Option::is_none")]
    pub ridge: Option<String>,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogMeta {
    name: String,
    version: u32,
    features: usize,
}

impl CatalogMeta {
    pub(super) fn of(catalog: &Catalog) -> Self {
        CatalogMeta { name: catalog.name().into(), version: catalog.version(), features: catalog.len() }
    }

    fn words(&self) -> String {
        format!("`{}` version {} ({} a window)", self.name, self.version, self.features)
    }
}

impl Meta {
    /// Reads the file's bytes and checks every field; `path` names it in errors.
    pub(super) fn read(path: PathBuf, bytes: &[u8]) -> Result<Self> {
        let text = str::from_utf8(bytes).map_err(|error| Error::model(&path, error.to_string(), RETRAIN))?;
        let damaged = |error: serde_json::Error| Error::model(&path, format!("damaged: {error}"), RETRAIN);
        let json: serde_json::Value = serde_json::from_str(text).map_err(damaged)?;
        let schema = json.get("schema").and_then(serde_json::Value::as_str).unwrap_or_default();
        if schema != SCHEMA {
            let problem = format!("expected schema `{SCHEMA}`, found `{schema}`");
            return Err(Error::model(&path, problem, TRAIN_ANEW));
        }
        // From the text once more: so an error names line and column.
        let mut meta: Meta = serde_json::from_str(text).map_err(damaged)?;
        if let Some(scale) = meta.scale.clone() {
            let ends = LabelSet::on_scale(scale).map_err(|error| Error::model(&path, error.to_string(), RETRAIN))?;
            if ends.names() != meta.emotions.names() {
                let found = meta.emotions.names();
                let problem = format!("expected the ends of the scale as `emotions`, found {found:?}");
                return Err(Error::model(&path, problem, RETRAIN));
            }
            meta.emotions = ends;
        }
        meta.check(path)?;
        Ok(meta)
    }

    fn check(&self, path: PathBuf) -> Result<()> {
        let refused = |problem: String, hint: &str| Err(Error::model(&path, problem, hint));
        if let Err(error) = self.settings.check() {
            return refused(error.to_string(), RETRAIN);
        }
        let ours = CatalogMeta::of(Catalog::of(self.settings.features.set));
        if self.catalog != ours {
            let problem = format!("expected the features {}, found {}", ours.words(), self.catalog.words());
            return refused(problem, TRAIN_ANEW);
        }
        let of_pairs = self.together.iter().find_map(|pair| pair.problem(Catalog::of(self.settings.features.set)));
        let learned = self.settings.model.weighting == Weighting::Learned;
        let of_ridge = (learned != self.sha256.ridge.is_some())
            .then(|| format!("expected {RIDGE} if the weighting is learned, and only then"));
        let problem = self.training.problem(&self.settings, &self.emotions).or(of_pairs).or(of_ridge);
        let of_margins = self.training.margins.problem(self.emotions.len());
        match problem
            .or(self.training.blend.problem(Catalog::of(self.settings.features.set).parts().len()))
            .or(of_margins)
        {
            Some(problem) => refused(problem, RETRAIN),
            None => Ok(()),
        }
    }
}

impl TrainingSummary {
    /// What cannot be, if anything cannot.
    fn problem(&self, settings: &Config, emotions: &LabelSet) -> Option<String> {
        let parts = Catalog::of(settings.features.set).parts().len();
        let (restarts, wanted) = (self.restarts.len(), settings.networks());
        if restarts != wanted {
            return Some(format!("expected {wanted} `restarts`, as the settings say, found {restarts}"));
        }
        let (answering, wanted) = (&self.answering, parts * settings.model.answering());
        // As many of each part of the features, in rising order.
        let each =
            |(at, restart): (usize, &usize)| restart / settings.model.restarts == at / settings.model.answering();
        if answering.len() != wanted
            || !answering.is_sorted_by(|one, next| one < next)
            || !answering.iter().enumerate().all(each)
        {
            return Some(format!("expected `answering` to name {wanted} of {restarts} restarts, found {answering:?}"));
        }
        let (recordings, groups, windows) = (self.recordings, self.groups, self.windows);
        if !(2..=recordings).contains(&groups) || windows < recordings {
            let found = format!("{recordings}, {groups} and {windows}");
            return Some(format!(
                "expected so many recordings, at most as many groups, at least as many windows, found {found}"
            ));
        }
        for (at, restart) in self.restarts.iter().enumerate() {
            let fits = (1..=restart.epochs).contains(&restart.best_epoch)
                && restart.epochs <= settings.model.network.epochs
                && restart.validation_loss.is_finite();
            if !fits {
                let most = settings.model.network.epochs;
                return Some(format!(
                    "`restarts`, number {at}: expected a best epoch of at most {most}, and a finite loss, found {restart:?}"
                ));
            }
        }
        self.scores.iter().find_map(|scores| scores.problem(emotions))
    }
}

impl Scores {
    fn problem(&self, emotions: &LabelSet) -> Option<String> {
        let at_most_1 = |score: &Option<f64>| score.is_none_or(|score| score.is_finite() && score <= 1.0);
        // Rounding of the divergence of two distributions that are disjoint.
        const ROUNDING: f64 = 1e-6;
        let problem = if !self.r2.keys().eq(emotions.names()) {
            "an R² for each emotion"
        } else if !at_most_1(&self.mean_r2) || !self.r2.values().all(at_most_1) {
            "R² of at most 1"
        } else if !(0.0..=std::f64::consts::LN_2 + ROUNDING).contains(&self.js) {
            "a Jensen–Shannon divergence from 0 to ln 2"
        } else if !(0.0..=1.0).contains(&self.accuracy) {
            "an accuracy from 0 to 1"
        } else {
            return None;
        };
        Some(format!("`scores` of {}: expected {problem}", self.name))
    }
}

/// Whether a folder's `meta.json` is that of a model, of any version.
pub(super) fn is_of_a_model(folder: &Path) -> bool {
    let json =
        fs::read(folder.join(META)).ok().and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
    json.is_some_and(|json| {
        json.get("schema").and_then(|schema| schema.as_str()).is_some_and(|schema| schema.starts_with(ANY_SCHEMA))
    })
}

/// What to say of a folder without [`META`].
pub(super) fn no_model(folder: &Path) -> Error {
    let found: Vec<&str> = NOTEBOOK_FILES.into_iter().filter(|name| folder.join(name).exists()).collect();
    let itself = folder.extension().is_some_and(|ending| ["h5", "keras", "pkl"].iter().any(|old| ending == *old));
    let found = if itself && folder.is_file() { vec!["a file alone"] } else { found };
    if !found.is_empty() {
        let problem = format!(
            "a model of the notebook ({}): not read, because pickle and HDF5 models run code when they are loaded, \
             and their features were never scaled",
            found.join(", ")
        );
        let hint = "train again from the same recordings and labels: violin-emotion train --audio DIR --labels CSV";
        return Error::model(folder, problem, hint);
    }
    let problem = match folder.is_dir() {
        true => format!("no model folder: it has no {META}"),
        false if folder.exists() => "a file, no model folder".to_string(),
        false => "there is no such folder".to_string(),
    };
    Error::model(
        folder,
        problem,
        "make a model with `violin-emotion train`; the one that needs no training is called `built-in`",
    )
}
