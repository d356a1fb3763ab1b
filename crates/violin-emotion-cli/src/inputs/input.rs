//! One recording that is asked about, wherever its bytes are.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "parquet")]
use violin_emotion::Checksum;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::audio::{AudioSettings, Source};
use violin_emotion::features::{self, CopyMeasurement, FeatureCache, FeatureSettings, Measurement};
use violin_emotion::{Error, Result};

use super::expect_recording;

pub enum Input {
    File(PathBuf),
    /// A piece of an archive, called as if the archive were a folder.
    Member {
        name: PathBuf,
        archive: Arc<Path>,
        start: u64,
        bytes: u64,
    },
    /// What stands where a recording was expected, and what is wrong with it.
    Unusable {
        name: PathBuf,
        problem: String,
        hint: String,
    },
}

impl Input {
    pub fn name(&self) -> &Path {
        match self {
            Input::File(name) | Input::Member { name, .. } | Input::Unusable { name, .. } => name,
        }
    }

    /// The file that is read for it.
    pub fn file(&self) -> &Path {
        match self {
            Input::File(file) | Input::Unusable { name: file, .. } => file,
            Input::Member { archive, .. } => archive,
        }
    }

    /// Its features and those of its copies; the bytes of a member are read when its turn comes.
    pub fn measure(
        &self,
        audio: &AudioSettings,
        features: &FeatureSettings,
        copies: &Augmentation,
        cache: Option<&FeatureCache>,
    ) -> Result<(Measurement, Vec<CopyMeasurement>)> {
        let measure = |source| features::measure_from(self.name(), &source, audio, features, copies, cache);
        match self {
            Input::File(path) => {
                expect_recording(path)?;
                measure(Source::File(path))
            }
            Input::Member { name, bytes, .. } => {
                audio.check_size(name, *bytes)?;
                let mut here = Vec::with_capacity(*bytes as usize);
                let read = self.open().and_then(|mut member| member.read_to_end(&mut here));
                read.map_err(|source| Error::file("read", name, source))?;
                measure(Source::Bytes(&here))
            }
            Input::Unusable { name, problem, hint } => Err(Error::audio(name, problem, hint)),
        }
    }

    /// Checksum of its bytes; of the reason where there are none.
    #[cfg(feature = "parquet")]
    pub fn checksum(&self) -> String {
        let mut bytes = Checksum::default();
        match self.open().and_then(|input| bytes.add_all(input)) {
            Ok(()) => bytes.finish(),
            Err(error) => Checksum::of(error.to_string().as_bytes()),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        match self {
            // A pipe would wait for its writer.
            Input::File(path) if !path.metadata()?.is_file() => Err(io::Error::other("no file")),
            Input::File(path) => Ok(Box::new(File::open(path)?)),
            Input::Member { archive, start, bytes, .. } => {
                let mut file = File::open(archive)?;
                file.seek(SeekFrom::Start(*start))?;
                Ok(Box::new(file.take(*bytes)))
            }
            Input::Unusable { problem, .. } => Err(io::Error::other(problem.clone())),
        }
    }
}
