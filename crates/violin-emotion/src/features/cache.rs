//! Features kept on disk, found again by what the file holds and how it was measured.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Catalog, FeatureSettings, Measurement, Sequence, Span};
use crate::audio::{AudioSettings, Source};
use crate::checksum::Checksum;
use crate::{Error, Result, Warning, WholeFile};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// Rises when decoding or measuring changes a value, so that old entries are not taken for new ones.
pub const MEASURE_VERSION: u32 = 6;

/// Rises when a copy is made otherwise.
pub const AUGMENT_VERSION: u32 = 2;

/// Where the safetensors header keeps [`Said`]: under one name, for the order of several is not fixed.
const SAID: &str = "measured";

/// What an entry says beside its numbers.
#[derive(serde::Serialize, serde::Deserialize)]
struct Said {
    sound: String,
    duration_s: f64,
    file_rate_hz: u32,
    warnings: Vec<Warning>,
    /// The sequence's own warnings.
    noticed: Vec<Warning>,
    /// Of the numbers, and of all that is said.
    checksum: String,
}

impl Said {
    fn checksum(&self, values: &[u8], spans: &[u8]) -> String {
        let mut checksum = Checksum::default();
        checksum.add(values);
        checksum.add(spans);
        let said = (&self.sound, self.duration_s, self.file_rate_hz, &self.warnings, &self.noticed);
        checksum.add(&serde_json::to_vec(&said).expect("plain data"));
        checksum.finish()
    }
}

/// A folder of measured features. Entries are named by the hash of the recording's bytes and of the settings, so a
/// renamed file is found and a changed one is measured anew. The folder may be deleted at any time.
#[derive(Debug, Clone)]
pub struct FeatureCache {
    folder: PathBuf,
}

impl FeatureCache {
    /// A cache in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// `File` if the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|source| Error::file("create", folder, source))?;
        Ok(FeatureCache { folder: folder.to_path_buf() })
    }

    /// The entry of a recording as it is now, or of a copy that `copy` tells from all others of it; whether it is there or not.
    pub(super) fn entry(
        &self,
        name: &Path,
        source: &Source,
        audio: &AudioSettings,
        features: &FeatureSettings,
        copy: Option<serde_json::Value>,
    ) -> Result<PathBuf> {
        let catalog = Catalog::of(features.set);
        let settings = serde_json::json!([MEASURE_VERSION, catalog.name(), catalog.version(), audio, features]);
        let mut content = Checksum::default();
        content.add(settings.to_string().as_bytes());
        content.add(&[0]);
        if let Some(copy) = copy {
            content.add(serde_json::json!([AUGMENT_VERSION, copy]).to_string().as_bytes());
            content.add(&[0]);
        }
        match source {
            Source::File(file) => {
                let added = fs::File::open(file).and_then(|file| content.add_all(file));
                added.map_err(|source| Error::file("read", name, source))?;
            }
            Source::Bytes(bytes) => content.add(bytes),
        }
        Ok(self.folder.join(content.finish() + ".safetensors"))
    }

    /// What the entry holds; `None` if there is none or it is damaged (it is then measured and written anew).
    pub(super) fn read(&self, entry: &Path, catalog: &Catalog) -> Option<Measurement> {
        let bytes = fs::read(entry).ok()?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes).ok()?;
        let tensors = SafeTensors::deserialize(&bytes).ok()?;
        let said: Said = serde_json::from_str(metadata.metadata().as_ref()?.get(SAID)?).ok()?;
        let (values, spans) = (tensors.tensor("values").ok()?, tensors.tensor("spans").ok()?);
        let windows = spans.shape().first().copied()?;
        if values.dtype() != Dtype::F32 || spans.dtype() != Dtype::F64 || windows == 0 {
            return None;
        }
        if values.shape() != [windows, catalog.len()] || spans.shape() != [windows, 2] {
            return None;
        }
        if said.checksum != said.checksum(values.data(), spans.data()) {
            return None;
        }
        let values = values.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let times: Vec<f64> = spans.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        let spans = times.as_chunks().0.iter().map(|&[start_s, end_s]| Span { start_s, end_s }).collect();
        let Said { sound, duration_s, file_rate_hz, warnings, noticed, .. } = said;
        let sequence = Sequence::new(catalog, spans, values).with_warnings(noticed);
        sequence.check(catalog).ok()?;
        Some(Measurement { sequence, sound, duration_s, file_rate_hz, warnings })
    }

    /// Writes an entry: whole or not at all.
    pub(super) fn write(&self, entry: &Path, measured: &Measurement) -> Result<()> {
        let sequence = &measured.sequence;
        let values: Vec<u8> = sequence.values().iter().flat_map(|value| value.to_le_bytes()).collect();
        let spans: Vec<u8> =
            sequence.spans().iter().flat_map(|span| [span.start_s, span.end_s]).flat_map(f64::to_le_bytes).collect();
        let view = |dtype, shape, data| TensorView::new(dtype, shape, data).expect("bytes that fit their shape");
        let tensors = [
            ("values", view(Dtype::F32, vec![sequence.windows(), sequence.width()], &values)),
            ("spans", view(Dtype::F64, vec![sequence.windows(), 2], &spans)),
        ];
        let mut said = Said {
            sound: measured.sound.clone(),
            duration_s: measured.duration_s,
            file_rate_hz: measured.file_rate_hz,
            warnings: measured.warnings.clone(),
            noticed: sequence.warnings().to_vec(),
            checksum: String::new(),
        };
        said.checksum = said.checksum(&values, &spans);
        let said = serde_json::to_string(&said).expect("plain text");
        let metadata = HashMap::from([(SAID.to_string(), said)]);
        let bytes = safetensors::serialize(tensors, Some(metadata)).expect("well-formed tensors");
        WholeFile::save(entry, &bytes)
    }
}
