//! What a recording is given as: a file, the bytes of one, samples.

use std::path::{Path, PathBuf};

use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::features::{self, FeatureCache, FeatureSettings, Measurement};
use violin_emotion::{Error, Result, Watcher};

/// A recording as it was given.
pub enum Source {
    File(PathBuf),
    Bytes { name: String, bytes: Vec<u8> },
    Channels { name: String, channels: Vec<Vec<f32>>, rate_hz: u32 },
}

#[derive(FromPyObject)]
enum Given<'py> {
    Bytes(Bound<'py, PyBytes>),
    Samples(PyReadonlyArray2<'py, f32>),
    File(PathBuf),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Source {
    type Error = PyErr;

    /// From `(name, path or bytes or channels × samples, rate)`.
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let (name, given, rate_hz): (String, Given, u32) = object.extract()?;
        Ok(match given {
            Given::File(path) => Source::File(path),
            Given::Bytes(bytes) => Source::Bytes { name, bytes: bytes.as_bytes().to_vec() },
            Given::Samples(samples) => {
                let [_, length] = [samples.shape()[0], samples.shape()[1]];
                let channels = match length {
                    0 => Vec::new(),
                    _ => samples.as_slice()?.chunks_exact(length).map(<[f32]>::to_vec).collect(),
                };
                Source::Channels { name, channels, rate_hz }
            }
        })
    }
}

impl Source {
    /// What it is called in results and errors.
    pub fn name(&self) -> String {
        match self {
            Source::File(path) => path.display().to_string(),
            Source::Bytes { name, .. } | Source::Channels { name, .. } => name.clone(),
        }
    }

    /// The recording, prepared.
    pub fn open(&self, settings: &AudioSettings) -> Result<Recording> {
        match self {
            Source::File(path) => audio::open(path, settings),
            Source::Bytes { name, bytes } => audio::decode_bytes(name, bytes.clone(), settings),
            Source::Channels { name, channels, rate_hz } => audio::from_channels(name, channels, *rate_hz, settings),
        }
    }

    /// Its features; those of a file may be in the cache.
    pub fn measure(
        &self,
        audio: &AudioSettings,
        features: &FeatureSettings,
        cache: Option<&FeatureCache>,
    ) -> Result<Measurement> {
        if let Source::File(path) = self {
            return features::measure(path, audio, features, cache);
        }
        let recording = self.open(audio)?;
        let sequence = features::extract(&recording, features)?;
        Ok(Measurement::new(&recording, sequence))
    }
}

/// Says that one of `total` sources is done.
pub fn done(name: &str, done: usize, total: usize, watcher: Watcher) -> Result<()> {
    match watcher(violin_emotion::Progress::Recording { done, total, path: Path::new(name) }) {
        std::ops::ControlFlow::Continue(()) => Ok(()),
        std::ops::ControlFlow::Break(()) => Err(Error::interrupted()),
    }
}
