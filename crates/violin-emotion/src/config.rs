//! Every setting of a training run, with its default; the saved model keeps its own copy.

use std::path::Path;

use crate::audio::AudioSettings;
use crate::audio::augment::AugmentSettings;
use crate::features::{Catalog, FeatureSet, FeatureSettings};
use crate::model::{Combine, ModelSettings, Weighting};
use crate::{Error, ErrorKind, Result};

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
    /// Copies of the training recordings that are learned from beside them.
    pub augment: AugmentSettings,
    /// The hybrid and its training.
    pub model: ModelSettings,
}

impl Config {
    /// The notebook's hybrid, with its faults mended: the 138 features, a network and a forest on its embedding, 0.7 and 0.3, the
    /// best of three restarts.
    pub fn notebook() -> Self {
        let mut config = Config::default();
        config.features.set = FeatureSet::Classic;
        config.model.weighting = Weighting::Notebook;
        config.model.combine = Combine::Best;
        config.model.restarts = 3;
        config.model.network.lstm = 128;
        config.model.network.lstm_last = 64;
        config
    }

    /// Reads a TOML file.
    ///
    /// # Errors
    /// `File` if it cannot be read, `Settings` for an unknown key or a value of the wrong kind, `Config` for one out of its
    /// range.
    pub fn open(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
        Config::from_toml(&text, path)
    }

    /// Reads the text of a TOML file; `path` names it in errors.
    ///
    /// # Errors
    /// `Settings` for an unknown key or a value of the wrong kind, `Config` for one out of its range.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start)];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
            ErrorKind::Settings { path: path.into(), line, column, problem: error.message().into() }
        })?;
        config.check()?;
        Ok(config)
    }

    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        self.audio.check()?;
        self.features.check()?;
        self.augment.check()?;
        self.model.check(Catalog::of(self.features.set).parts().len())
    }

    /// Networks that are trained for a model.
    pub fn networks(&self) -> usize {
        self.model.restarts * Catalog::of(self.features.set).parts().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Config::from_toml(text, Path::new("my.toml")).expect_err("settings that cannot be used").to_string()
    }

    #[test]
    fn a_file_that_is_no_settings_is_named_with_its_place() {
        let error = refusal("[features]\nhop_s = 1.0\n  wndow_s = 2.0\n");
        assert!(error.starts_with("my.toml, line 3, column 3: unknown field `wndow_s`"), "{error}");
        let error = refusal("[features]\nhop_s = \"é\" 1\n");
        assert!(error.starts_with("my.toml, line 2, column 13: "), "{error}");
        assert!(refusal("[model]\nrestarts = true\n").starts_with("my.toml, line 2, column 12: invalid type: boolean"));
    }

    #[test]
    fn every_part_is_checked_before_anything_is_measured() {
        for (text, expected) in [
            (
                "[audio]\nmax_duration_s = inf",
                "setting `audio.max_duration_s`: expected 0.5 to 1000000 seconds, found inf",
            ),
            ("[audio]\nmax_channels = 0", "setting `audio.max_channels`: expected at least 1, found 0"),
            ("[audio]\nmax_bytes = 0", "setting `audio.max_bytes`: expected at least 1, found 0"),
            ("[features]\nwindow_s = 1e300", "setting `features.window_s`: expected 0.5 to 60 seconds, found 1e300"),
            ("[features]\nhop_s = nan", "setting `features.hop_s`: expected 0.01 to 60 seconds, found NaN"),
            ("[augment]\nstretch = [1.1, 0]", "setting `augment.stretch`: expected 0.5 to 2, but not 1, found 0"),
            ("[model.network]\nlstm = 0", "setting `model.network.lstm`: expected a number from 1 to 4096, found 0"),
            (
                "[model.network]\ndropout = 1e30",
                "setting `model.network.dropout`: expected a share from 0 to 0.95, found 1e30",
            ),
        ] {
            assert_eq!(refusal(text), expected);
        }
    }
}
