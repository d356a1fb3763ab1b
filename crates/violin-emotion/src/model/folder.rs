//! `hybrid_model/`: one folder with everything a model needs, and nothing that runs code.

use std::fs;
use std::path::Path;

use super::arrays::{ArrayReader, ArrayWriter, RETRAIN};
use super::forest::Forest;
use super::inputs::Inputs;
use super::meta::{self, CARD, CatalogMeta, Checksums, FOREST, META, Meta, NETWORK, RIDGE, SCHEMA};
use super::network::Network;
use super::reader::Reader;
use super::ridge::{LowRankRidge, NormalScores};
use super::scaler::Scaler;
use super::{EmotionModel, Scaling, Usual, place};
use crate::checksum::Checksum;
use crate::data::LabelSet;
use crate::features::{Catalog, Sequence, Span};
use crate::{Error, Result};

/// How far a forest's leaf may stand from a sum of 1: rounding of a mean of rows that are off by 1e-4 at most.
const LEAF_SUM: f32 = 1e-3;

impl EmotionModel {
    /// Writes the model folder: beside its place first, then under its name, so that it is there whole or not at all.
    /// A model that stood there is replaced; a link stays, and the folder it leads to is written.
    ///
    /// # Errors
    /// `Model` if something that is no model stands there; `File` if the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.put(folder, None)
    }

    /// As [`EmotionModel::save`], with a card beside the files: what people should know of the model, as Markdown. It is theirs to
    /// add to; no program reads it.
    ///
    /// # Errors
    /// As [`EmotionModel::save`].
    pub fn save_with_card(&self, folder: &Path, card: &str) -> Result<()> {
        self.put(folder, Some(card))
    }

    fn put(&self, folder: &Path, card: Option<&str>) -> Result<()> {
        place::put(folder, |whole| {
            let card = card.map(|card| (CARD, card.as_bytes().to_vec()));
            for (name, bytes) in self.files().into_iter().chain(card) {
                let path = whole.join(name);
                fs::write(&path, bytes).map_err(|source| Error::file("write", &path, source))?;
            }
            // What could not be read again is no model, and stays unwritten.
            EmotionModel::load(whole).map(drop)
        })
    }

    /// The files of the model folder, by name, without a card.
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut arrays = ArrayWriter::default();
        arrays.put_f32("scaler.mean", &[self.inputs.scaler().means().len()], self.inputs.scaler().means());
        arrays.put_f32("scaler.scale", &[self.inputs.scaler().scales().len()], self.inputs.scaler().scales());
        if let Some(scores) = self.inputs.scores() {
            scores.write("", &mut arrays);
        }
        let (low, high): (Vec<f32>, Vec<f32>) = self.range.iter().copied().unzip();
        arrays.put_f32("range.low", &[low.len()], &low);
        arrays.put_f32("range.high", &[high.len()], &high);
        for (restart, reader) in self.readers.iter().enumerate() {
            for tensor in reader.network.tensors() {
                arrays.put_f32(part(restart) + tensor.name, &tensor.shape, tensor.values);
            }
        }
        for (at, usual) in self.usual.iter().enumerate() {
            let sequence = &usual.sequence;
            arrays.put_f32(format!("usual.{at}.values"), &[sequence.windows(), sequence.width()], sequence.values());
            let ends: Vec<f64> = sequence.spans().iter().flat_map(|span| [span.start_s, span.end_s]).collect();
            arrays.put_f64(format!("usual.{at}.spans_s"), &[ends.len()], &ends);
        }
        let network = arrays.bytes(&self.labels);
        let mut arrays = ArrayWriter::default();
        for (restart, forest) in self.summary.answering.iter().zip(&self.forests) {
            forest.write(&part(*restart), &mut arrays);
        }
        let forest = arrays.bytes(&self.labels);

        let ridge = match &self.ridges[..] {
            [] => None,
            ridges => {
                let mut arrays = ArrayWriter::default();
                let parts = ridges.iter().zip(self.catalog().parts());
                parts.for_each(|(ridge, (part, _))| ridge.write(&format!("{part}."), &mut arrays));
                Some(arrays.bytes(&self.labels))
            }
        };

        let meta = Meta {
            schema: SCHEMA.into(),
            program_version: env!("CARGO_PKG_VERSION").into(),
            emotions: self.labels.clone(),
            scale: self.labels.scale().cloned(),
            catalog: CatalogMeta::of(self.catalog()),
            settings: self.config.clone(),
            training: self.summary.clone(),
            usual: self.usual.iter().map(|usual| (usual.file_name.clone(), usual.share)).collect(),
            together: self.together.clone(),
            sha256: Checksums {
                network: Checksum::of(&network),
                forest: Checksum::of(&forest),
                ridge: ridge.as_ref().map(|ridge| Checksum::of(ridge)),
            },
        };
        let text = serde_json::to_string_pretty(&meta).expect("plain data") + "\n";
        let arrays = [(NETWORK, network), (FOREST, forest)].into_iter().chain(ridge.map(|ridge| (RIDGE, ridge)));
        [(META, text.into_bytes())].into_iter().chain(arrays).collect()
    }

    /// Reads a model folder and checks every field of it, and that its three files belong together.
    ///
    /// # Errors
    /// `Model` saying which file is damaged or missing and how.
    pub fn load(folder: &Path) -> Result<Self> {
        if !folder.join(META).is_file() {
            return Err(meta::no_model(folder));
        }
        EmotionModel::of_folder(folder, |path| {
            fs::read(path).map_err(|error| Error::model(path, error.to_string(), RETRAIN))
        })
    }

    /// A model from its [`files`](EmotionModel::files), checked as [`EmotionModel::load`] checks a folder; `name` stands for the
    /// folder in errors.
    ///
    /// # Errors
    /// `Model` saying which file is damaged or missing and how.
    pub fn from_files<N: AsRef<str>, B: AsRef<[u8]>>(name: &str, files: &[(N, B)]) -> Result<Self> {
        EmotionModel::of_folder(Path::new(name), |path| {
            let file = files.iter().find(|(name, _)| path.ends_with(name.as_ref()));
            file.map(|(_, bytes)| bytes.as_ref().to_vec()).ok_or_else(|| Error::model(path, "is missing", RETRAIN))
        })
    }

    /// Reads a model of which `bytes` gives the files of a folder.
    fn of_folder(folder: &Path, bytes: impl Fn(&Path) -> Result<Vec<u8>>) -> Result<Self> {
        let path = folder.join(META);
        let meta = bytes(&path)?;
        let meta = Meta::read(path, &meta)?;
        let open = |name: &str, sum: &str| {
            let path = folder.join(name);
            let bytes = bytes(&path)?;
            ArrayReader::new(path, bytes, sum, &meta.emotions)
        };
        let catalog = Catalog::of(meta.settings.features.set);
        let arrays = open(NETWORK, &meta.sha256.network)?;
        let (scaler, range) = read_scales(&arrays, catalog.len())?;
        let scores = match meta.settings.model.scaling {
            Scaling::Standard => None,
            Scaling::Normal => Some(NormalScores::read("", &arrays, catalog.len())?),
        };
        let (inputs, restarts) = (Inputs::new(catalog, scaler, scores), meta.settings.model.restarts);
        let reader = |restart: usize| {
            let columns = inputs.columns_of_part(restart / restarts);
            let shape = meta.settings.model.network.shape(columns.len(), meta.emotions.len());
            let network = Network::from_tensors(shape, |name| arrays.f32_any(&(part(restart) + name)))
                .map_err(|error| arrays.damaged(error.to_string()))?;
            Ok::<_, Error>(Reader::new(columns, inputs.width(), network))
        };
        let readers = (0..meta.settings.networks()).map(reader).collect::<Result<_>>()?;
        let usual = read_usual(&arrays, catalog, meta.usual)?;
        arrays.check_no_others()?;

        let arrays = open(FOREST, &meta.sha256.forest)?;
        let model = &meta.settings.model;
        let parts =
            meta.training.answering.iter().map(|restart| part(*restart)).zip(model.trees(catalog.parts().len()));
        let forest = |(part, trees): (String, usize)| {
            read_forest(&part, &arrays, model.network.embedding, &meta.emotions, trees)
        };
        let forests = parts.map(forest).collect::<Result<_>>()?;
        arrays.check_no_others()?;
        let read_ridges = |sum: &String| {
            let arrays = open(RIDGE, sum)?;
            let read = |(at, (part, _)): (usize, &(&str, _))| {
                LowRankRidge::read(&format!("{part}."), &arrays, &inputs, at, meta.emotions.len())
            };
            let ridges = catalog.parts().iter().enumerate().map(read).collect::<Result<Vec<_>>>()?;
            arrays.check_no_others()?;
            Ok::<_, Error>(ridges)
        };
        let ridges = meta.sha256.ridge.as_ref().map(read_ridges).transpose()?.unwrap_or_default();
        Ok(EmotionModel {
            labels: meta.emotions,
            config: meta.settings,
            inputs,
            range,
            readers,
            forests,
            ridges,
            usual,
            together: meta.together,
            summary: meta.training,
        })
    }
}

/// The card of the model in a folder, which must be a whole one.
///
/// # Errors
/// As [`EmotionModel::load`]; `Model` if there is no card, `File` if it cannot be read.
pub fn read_card(folder: &Path) -> Result<String> {
    EmotionModel::load(folder)?;
    let path = folder.join(CARD);
    if !path.exists() {
        let hint = "models of older versions have none: train again, or read meta.json";
        return Err(Error::model(folder, format!("the model has no {CARD}"), hint));
    }
    let bytes = fs::read(&path).map_err(|source| Error::file("read", &path, source))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the names of a restart's arrays begin with.
fn part(restart: usize) -> String {
    format!("restart.{restart}.")
}

fn read_scales(arrays: &ArrayReader, width: usize) -> Result<(Scaler, Vec<(f32, f32)>)> {
    let scaler = Scaler::from_parts(arrays.f32("scaler.mean", &[width])?, arrays.f32("scaler.scale", &[width])?)
        .map_err(|error| arrays.damaged(error.to_string()))?;
    let (low, high) = (arrays.f32("range.low", &[width])?, arrays.f32("range.high", &[width])?);
    let range: Vec<(f32, f32)> = low.into_iter().zip(high).collect();
    match range.iter().find(|(low, high)| low > high) {
        Some((low, high)) => Err(arrays.damaged(format!("expected a rising training range, found {low} to {high}"))),
        None => Ok((scaler, range)),
    }
}

/// How far the shares may stand from a sum of 1: rounding of so many.
const SHARE_SUM: f64 = 1e-9;

fn read_usual(arrays: &ArrayReader, catalog: &Catalog, named: Vec<(String, f64)>) -> Result<Vec<Usual>> {
    let sum: f64 = named.iter().map(|(_, share)| share).sum();
    if named.is_empty() || named.iter().any(|(_, share)| *share <= 0.0) || (sum - 1.0).abs() > SHARE_SUM {
        return Err(arrays.damaged(format!("expected `usual` recordings with shares that sum to 1, found {named:?}")));
    }
    let read = |(at, (file_name, share)): (usize, (String, f64))| {
        let ends = arrays.f64_list(&format!("usual.{at}.spans_s"))?;
        let spans: Vec<Span> =
            ends.as_chunks().0.iter().map(|[start_s, end_s]| Span { start_s: *start_s, end_s: *end_s }).collect();
        let name = format!("usual.{at}.values");
        let (shape, values) = arrays.f32_any(&name).ok_or_else(|| arrays.damaged(format!("`{name}` is missing")))?;
        if spans.is_empty() || ends.len() % 2 != 0 || shape != [spans.len(), catalog.len()] {
            let expected = format!("a row of {} features for each of {} spans", catalog.len(), spans.len());
            return Err(arrays.damaged(format!("`{name}`: expected {expected}, found {shape:?}")));
        }
        let sequence = Sequence::new(catalog, spans, values);
        sequence.check(catalog).map_err(|error| arrays.damaged(format!("`{name}`: {error}")))?;
        Ok(Usual { file_name, share, sequence })
    };
    named.into_iter().enumerate().map(read).collect()
}

fn read_forest(
    part: &str,
    arrays: &ArrayReader,
    embedding: usize,
    emotions: &LabelSet,
    trees: usize,
) -> Result<Forest> {
    let forest = Forest::read(part, arrays, embedding, emotions.len())?;
    if forest.trees() != trees {
        let problem = format!("expected {trees} trees, as the settings say, found {}", forest.trees());
        return Err(arrays.damaged(problem));
    }
    let fits =
        |leaf: &[f32]| leaf.iter().all(|share| *share >= 0.0) && (leaf.iter().sum::<f32>() - 1.0).abs() <= LEAF_SUM;
    if let Some(leaf) = forest.leaves().find(|leaf| !fits(leaf)) {
        return Err(arrays.damaged(format!("expected shares ≥ 0 that sum to 1 in every leaf, found {leaf:?}")));
    }
    Ok(forest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ForestSettings;

    fn labels() -> LabelSet {
        LabelSet::new(vec!["happy".into(), "sad".into()]).expect("names")
    }

    /// What a reader says of these arrays, the file's name left out.
    fn read<T>(arrays: &ArrayWriter, read: impl Fn(&ArrayReader) -> Result<T>) -> std::result::Result<T, String> {
        let bytes = arrays.bytes(&labels());
        let sum = Checksum::of(&bytes);
        let arrays = ArrayReader::new("it".into(), bytes, &sum, &labels()).expect("a whole file");
        read(&arrays).map_err(|error| error.to_string())
    }

    fn scales(mean: f32, scale: f32, low: f32, high: f32) -> ArrayWriter {
        let mut arrays = ArrayWriter::default();
        for (name, value) in [("scaler.mean", mean), ("scaler.scale", scale), ("range.low", low), ("range.high", high)]
        {
            arrays.put_f32(name, &[2], &[value; 2]);
        }
        arrays
    }

    #[test]
    fn a_damaged_scaler_and_a_falling_range_name_their_file() {
        let said = |arrays: &ArrayWriter| read(arrays, |arrays| read_scales(arrays, 2)).map(|_| ());
        assert_eq!(said(&scales(0.0, 1.0, -1.0, 1.0)), Ok(()));
        let error = said(&scales(0.0, 0.0, -1.0, 1.0)).expect_err("a scale of 0");
        assert!(error.starts_with("it: expected one finite mean and one finite scale above 0"), "{error}");
        let error = said(&scales(0.0, 1.0, 1.0, -1.0)).expect_err("a falling range");
        assert_eq!(error, "it: expected a rising training range, found 1 to -1");
        let error = said(&scales(f32::NAN, 1.0, 0.0, 0.0)).expect_err("a mean that is none");
        assert_eq!(error, "it: `scaler.mean`: expected finite numbers, found NaN or infinity");
    }

    #[test]
    fn a_forest_answers_with_distributions_of_as_many_trees_as_the_settings_say() {
        let settings = ForestSettings { trees: 3, ..ForestSettings::default() };
        let said = |targets: [f32; 4], trees: usize, change: fn(&mut ArrayWriter)| {
            let forest = Forest::fit(&[0.0, 1.0], 1, &targets, 2, &settings, 0).expect("a forest");
            let mut arrays = ArrayWriter::default();
            forest.write("", &mut arrays);
            change(&mut arrays);
            read(&arrays, |arrays| {
                read_forest("", arrays, 1, &labels(), trees)?;
                arrays.check_no_others()
            })
        };
        let whole = [0.25, 0.75, 1.0, 0.0];
        assert_eq!(said(whole, 3, |_| ()), Ok(()));
        assert_eq!(said(whole, 4, |_| ()), Err("it: expected 4 trees, as the settings say, found 3".into()));
        for leaves in [[-0.25, 1.25, -0.25, 1.25], [0.25, 0.5, 0.25, 0.5]] {
            let error = said(leaves, 3, |_| ()).expect_err("no distribution");
            assert!(error.starts_with("it: expected shares ≥ 0 that sum to 1 in every leaf, found ["), "{error}");
        }
        let error = said(whole, 3, |arrays| arrays.put_f32("colour", &[1], &[0.0])).expect_err("an array too many");
        assert_eq!(error, "it: expected arrays of this program alone, found `colour`");
    }
}
