//! `hybrid_model/`: one folder with everything a model needs, and nothing that runs code.

use std::fs;
use std::path::Path;

use super::EmotionModel;
use super::arrays::{ArrayReader, ArrayWriter, RETRAIN};
use super::forest::Forest;
use super::inputs::{self, Inputs};
use super::network::Network;
use super::scaler::Scaler;
use super::summary::TrainingSummary;
use crate::config::Config;
use crate::data::LabelSet;
use crate::features::Catalog;
use crate::{Error, Result};

const SCHEMA: &str = "violin-emotion/model/1";
const META: &str = "meta.json";
const NETWORK: &str = "lstm_model.safetensors";
const FOREST: &str = "rf_model.safetensors";
/// What the notebook left behind.
const NOTEBOOK_FILES: [&str; 3] = ["lstm_model.h5", "lstm_model.keras", "rf_model.pkl"];

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    schema: String,
    program_version: String,
    emotions: LabelSet,
    catalog: CatalogMeta,
    settings: Config,
    training: TrainingSummary,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogMeta {
    name: String,
    version: u32,
    features: usize,
}

impl CatalogMeta {
    fn of(catalog: &Catalog) -> Self {
        CatalogMeta { name: catalog.name().into(), version: catalog.version(), features: catalog.len() }
    }
}

impl EmotionModel {
    /// Writes the model folder: beside its place first, then under its name, so that it is there whole or not at all.
    /// A model that stood there is replaced.
    ///
    /// # Errors
    /// `Model` if something that is no model stands there; `File` if the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let taken = folder.exists();
        if taken && !is_replaceable(folder) {
            let hint = "name another folder with --out, or move this one away";
            return Err(Error::model(folder, "stands there and is no model folder: it is left as it is", hint));
        }
        let unwritten = |source| Error::file("write", folder, source);
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(unwritten)?;
        let beside = tempfile::Builder::new().prefix(".violin-emotion-").tempdir_in(parent).map_err(unwritten)?;
        let whole = beside.path().join("new");
        fs::create_dir(&whole).map_err(unwritten)?;
        self.write_files(&whole)?;
        if taken {
            fs::rename(folder, beside.path().join("old")).map_err(unwritten)?;
        }
        fs::rename(&whole, folder).map_err(unwritten)
    }

    fn write_files(&self, folder: &Path) -> Result<()> {
        let meta = Meta {
            schema: SCHEMA.into(),
            program_version: env!("CARGO_PKG_VERSION").into(),
            emotions: self.labels.clone(),
            catalog: CatalogMeta::of(self.catalog()),
            settings: self.config.clone(),
            training: self.summary.clone(),
        };
        let text = serde_json::to_string_pretty(&meta).expect("plain data") + "\n";
        let path = folder.join(META);
        fs::write(&path, text).map_err(|source| Error::file("write", &path, source))?;

        let mut arrays = ArrayWriter::default();
        arrays.put_f32("scaler.mean", &[self.inputs.scaler().means().len()], self.inputs.scaler().means());
        arrays.put_f32("scaler.scale", &[self.inputs.scaler().scales().len()], self.inputs.scaler().scales());
        let (low, high): (Vec<f32>, Vec<f32>) = self.range.iter().copied().unzip();
        arrays.put_f32("range.low", &[low.len()], &low);
        arrays.put_f32("range.high", &[high.len()], &high);
        for (restart, network) in self.networks.iter().enumerate() {
            for tensor in network.tensors() {
                arrays.put_f32(format!("restart.{restart}.{}", tensor.name), &tensor.shape, tensor.values);
            }
        }
        arrays.write(&folder.join(NETWORK))?;

        let mut arrays = ArrayWriter::default();
        self.forest.write(&mut arrays);
        arrays.write(&folder.join(FOREST))
    }

    /// Reads a model folder and checks every field of it.
    ///
    /// # Errors
    /// `Model` saying which file is damaged or missing and how; `Config` for a setting out of its range.
    pub fn load(folder: &Path) -> Result<Self> {
        let meta = read_meta(folder)?;
        meta.settings.check()?;
        let (width, catalog) = (meta.catalog.features, Catalog::of(meta.settings.features.set));
        if meta.catalog != CatalogMeta::of(catalog) {
            let problem = format!("expected features {:?}, found {:?}", CatalogMeta::of(catalog), meta.catalog);
            return Err(Error::model(&folder.join(META), problem, "train the model again with this program"));
        }
        let restarts = meta.training.restarts.len();
        if meta.training.chosen >= restarts {
            let problem = format!("expected `chosen` below {restarts}, found {}", meta.training.chosen);
            return Err(Error::model(&folder.join(META), problem, RETRAIN));
        }

        let arrays = ArrayReader::open(&folder.join(NETWORK))?;
        let scaler = Scaler::from_parts(arrays.f32("scaler.mean", &[width])?, arrays.f32("scaler.scale", &[width])?)?;
        let (low, high) = (arrays.f32("range.low", &[width])?, arrays.f32("range.high", &[width])?);
        let shape = meta.settings.model.network.shape(inputs::width(catalog), meta.emotions.len());
        let network = |restart: usize| {
            Network::from_tensors(shape, |name| arrays.f32_any(&format!("restart.{restart}.{name}")))
                .map_err(|error| arrays.damaged(error.to_string()))
        };
        let networks = (0..restarts).map(network).collect::<Result<_>>()?;
        let embedding = meta.settings.model.network.embedding;
        let forest = Forest::read(&ArrayReader::open(&folder.join(FOREST))?, embedding, meta.emotions.len())?;
        Ok(EmotionModel {
            labels: meta.emotions,
            config: meta.settings,
            inputs: Inputs::new(catalog, scaler),
            range: low.into_iter().zip(high).collect(),
            networks,
            forest,
            summary: meta.training,
        })
    }
}

fn read_meta(folder: &Path) -> Result<Meta> {
    let path = folder.join(META);
    if !path.is_file() {
        return Err(no_model(folder));
    }
    let text = fs::read_to_string(&path).map_err(|error| Error::model(&path, error.to_string(), RETRAIN))?;
    let damaged = |error: serde_json::Error| Error::model(&path, format!("damaged: {error}"), RETRAIN);
    let json: serde_json::Value = serde_json::from_str(&text).map_err(damaged)?;
    let schema = json.get("schema").and_then(serde_json::Value::as_str).unwrap_or_default();
    if schema != SCHEMA {
        let problem = format!("expected schema `{SCHEMA}`, found `{schema}`");
        return Err(Error::model(&path, problem, "use the version of this program that wrote it, or train again"));
    }
    // From the text once more: so an error names line and column.
    serde_json::from_str(&text).map_err(damaged)
}

fn no_model(folder: &Path) -> Error {
    let found: Vec<&str> = NOTEBOOK_FILES.into_iter().filter(|name| folder.join(name).exists()).collect();
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
        false => "there is no such folder".to_string(),
    };
    Error::model(folder, problem, "make a model with `violin-emotion train`, or try `violin-emotion demo`")
}

/// Only a model folder or an empty one may be replaced.
fn is_replaceable(folder: &Path) -> bool {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    folder.is_dir() && (folder.join(META).is_file() || is_empty())
}
