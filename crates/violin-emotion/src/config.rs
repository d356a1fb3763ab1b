//! Every setting of a training run, with its default; the saved model keeps its own copy.

use std::path::Path;

use crate::audio::AudioSettings;
use crate::features::FeatureSettings;
use crate::model::ModelSettings;
use crate::{Error, Result};

/// The settings of `train` and `evaluate`, as a TOML file gives them.
///
/// ```
/// let config = violin_emotion::Config::from_toml("[features]\nhop_s = 1.0\n[model.network]\nepochs = 40\n", "my.toml".as_ref())?;
/// assert_eq!(config.features.hop_s, 1.0);
/// assert_eq!(config.model.network.epochs, 40);
/// # Ok::<(), violin_emotion::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Limits on what is read.
    pub audio: AudioSettings,
    /// What is measured, and over what windows.
    pub features: FeatureSettings,
    /// The hybrid and its training.
    pub model: ModelSettings,
}

impl Config {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// `File` if it cannot be read, `Config` for an unknown key or a value of the wrong kind or range.
    pub fn open(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
        Config::from_toml(&text, path)
    }

    /// Reads the text of a TOML file; `path` names it in errors.
    ///
    /// # Errors
    /// `Config` for an unknown key or a value of the wrong kind or range.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            let key = format!("{}, line {line}", path.display());
            Error::config(&key, "the settings of docs/guide.md", error.message())
        })?;
        config.check()?;
        Ok(config)
    }

    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        self.features.check()?;
        self.model.check()
    }
}
