//! Settings as Python gives them: a preset, and what is otherwise.

use pyo3::prelude::*;
use serde_json::Value;
use violin_emotion::audio::augment::AugmentSettings;
use violin_emotion::{Config, Error, Result};

use crate::errors::OrRaise;

/// All settings as JSON: the usual ones or those of a `preset`, with those of `changes` (JSON, `{"features": {"hop_s": 1}}`) in
/// their place; with `augment` there are copies also where nothing else is said of them.
#[pyfunction]
#[pyo3(signature = (preset=None, changes=None, augment=false))]
pub fn settings(py: Python<'_>, preset: Option<&str>, changes: Option<&str>, augment: bool) -> PyResult<String> {
    let config = changed(preset, changes, augment).or_raise(py)?;
    Ok(serde_json::to_string(&config).expect("plain data"))
}

fn changed(preset: Option<&str>, changes: Option<&str>, augment: bool) -> Result<Config> {
    let base = match preset {
        None => Config::default(),
        Some("notebook") => Config::notebook(),
        Some(other) => return Err(Error::config("preset", "None or 'notebook'", format!("'{other}'"))),
    };
    let mut all = serde_json::to_value(base).expect("plain data");
    if let Some(changes) = changes {
        put(&mut all, parse(changes)?);
    }
    let mut config = config(&all.to_string())?;
    if augment && config.augment.is_empty() {
        config.augment = AugmentSettings { seed: config.augment.seed, ..AugmentSettings::usual() };
    }
    Ok(config)
}

/// The settings in a JSON text that [`settings`] gave.
pub fn config(json: &str) -> Result<Config> {
    let reader = &mut serde_json::Deserializer::from_str(json);
    let config: Config = serde_path_to_error::deserialize(reader).map_err(|error| match error.path().to_string() {
        key if key == "." => refused("settings", error.inner()),
        key => refused(&key, error.inner()),
    })?;
    config.check()?;
    Ok(config)
}

fn parse(changes: &str) -> Result<Value> {
    serde_json::from_str(changes).map_err(|error| refused("settings", &error))
}

fn refused(key: &str, error: &serde_json::Error) -> Error {
    let words = error.to_string();
    // The place in a text that nobody wrote says nothing.
    let words = words.split(" at line ").next().unwrap_or_default();
    Error::config(key, "names and values as docs/guide.md lists them", words)
}

fn put(all: &mut Value, changes: Value) {
    match (all, changes) {
        (Value::Object(all), Value::Object(changes)) => {
            for (key, value) in changes {
                put(all.entry(key).or_insert(Value::Null), value);
            }
        }
        (all, changes) => *all = changes,
    }
}
