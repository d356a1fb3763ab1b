//! How a corpus is drawn and labelled: a recipe, as a TOML file gives it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use super::cues::{CUES, Cue};
use crate::{Error, Result};

/// The text of the built-in recipe, `cues`.
const BUILT_IN: &str = include_str!("recipes/cues.toml");
/// The piece decides it.
const MODE: &str = "mode";

/// The rule from cues to emotions, and from what ranges the cues are drawn: always one that makes sense.
///
/// ```
/// let recipe = violin_emotion::synth::Recipe::built_in();
/// assert_eq!(recipe.emotions(), ["happiness", "sadness", "anger", "tenderness"]);
/// assert_eq!(recipe.ranges()["note_rate"], [1.2, 6.0]);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub(super) emotions: Vec<String>,
    /// Divides the weighted sums before the softmax.
    pub(super) temperature: f64,
    /// Largest share of a range by which a performer's habit moves a cue.
    pub(super) habit: f64,
    /// For each cue of the rule one weight an emotion.
    pub(super) weights: BTreeMap<String, Vec<f64>>,
    pub(super) ranges: BTreeMap<String, [f64; 2]>,
    #[serde(default)]
    pub(super) decoys: Vec<Decoy>,
    #[serde(default)]
    pub(super) recording: RecordingRanges,
}

/// A cue without a weight that follows another cue.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoy {
    /// The decoy.
    pub cue: String,
    /// The cue it follows, drawn on its own.
    pub follows: String,
    /// Pearson correlation of the two, above 0 and below 1.
    pub correlation: f64,
}

/// Ranges of what belongs to a recording and not to its player.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RecordingRanges {
    /// Lowest and highest gain, dB, at most 0.
    pub gain_db: [f64; 2],
    /// Lowest and highest ratio of the take to the recorder's noise, dB.
    pub snr_db: Option<[f64; 2]>,
    /// The room's tail re the dry sound, dB.
    pub room_db: Option<f64>,
}

impl Recipe {
    /// The recipe `cues`: published signs, every cue drawn over the range that players use, one decoy.
    pub fn built_in() -> &'static Recipe {
        static RECIPE: LazyLock<Recipe> =
            LazyLock::new(|| Recipe::from_toml(BUILT_IN, Path::new("cues")).expect("the built-in recipe is sound"));
        &RECIPE
    }

    /// The text that [`built_in`](Recipe::built_in) is read from, to be copied and changed.
    pub fn built_in_text() -> &'static str {
        BUILT_IN
    }

    /// Reads the text of a TOML file; `path` names it in errors.
    ///
    /// # Errors
    /// `Config` for an unknown key, a cue that does not exist, or a value of the wrong kind or range.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self> {
        let recipe: Recipe = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            let key = format!("{}, line {line}", path.display());
            Error::config(&key, "a recipe as in docs/guide.md", error.message())
        })?;
        match recipe.problem() {
            Some(Problem { key, expected, found }) => {
                Err(Error::config(&format!("{}: {key}", path.display()), expected, found))
            }
            None => Ok(recipe),
        }
    }

    /// Names of the emotions, two or more, in the order of the labels.
    pub fn emotions(&self) -> &[String] {
        &self.emotions
    }

    /// Lowest and highest value of each cue that is drawn; the mode comes with the piece, and the other cues have their
    /// typical value.
    pub fn ranges(&self) -> &BTreeMap<String, [f64; 2]> {
        &self.ranges
    }

    /// How a cue moves each emotion, in the emotions' order; none for a cue that moves none.
    pub fn weights_of(&self, cue: &str) -> &[f64] {
        self.weights.get(cue).map_or(&[], Vec::as_slice)
    }

    /// Cues that follow another one.
    pub fn decoys(&self) -> &[Decoy] {
        &self.decoys
    }

    /// The first thing that is wrong.
    fn problem(&self) -> Option<Problem> {
        self.rule_problem()
            .or_else(|| self.range_problem())
            .or_else(|| self.decoy_problem())
            .or_else(|| self.recording.problem())
    }

    fn rule_problem(&self) -> Option<Problem> {
        let mut named = self.emotions.clone();
        named.sort();
        named.dedup();
        if named.len() < 2 || named.len() < self.emotions.len() || named.iter().any(|name| name.trim().is_empty()) {
            return Some(problem("emotions", "two or more names, each once", &self.emotions));
        }
        if !(self.temperature > 0.0 && self.temperature.is_finite()) {
            return Some(problem("temperature", "a number above 0", self.temperature));
        }
        if !(0.0..=0.5).contains(&self.habit) {
            return Some(problem("habit", "a share from 0 to 0.5", self.habit));
        }
        self.weights.iter().find_map(|(cue, weights)| {
            let key = format!("weights.{cue}");
            if cue != MODE && !self.ranges.contains_key(cue) {
                let drawn = self.ranges.keys().map(String::as_str).chain([MODE]).collect::<Vec<_>>().join(", ");
                return Some(problem(&key, format!("a cue that is drawn ({drawn})"), cue));
            }
            let sound = weights.len() == self.emotions.len() && weights.iter().all(|weight| weight.is_finite());
            let expected = || format!("{} numbers, one an emotion", self.emotions.len());
            (!sound).then(|| problem(&key, expected(), weights))
        })
    }

    fn range_problem(&self) -> Option<Problem> {
        self.ranges.iter().find_map(|(name, [low, high])| {
            let key = format!("ranges.{name}");
            let Some(cue) = Cue::named(name).filter(|_| name != MODE) else {
                let cues: Vec<&str> = CUES.iter().map(|cue| cue.name).filter(|name| *name != MODE).collect();
                return Some(problem(&key, format!("one of {}", cues.join(", ")), name));
            };
            let sound = cue.low <= *low && low < high && *high <= cue.high;
            let expected = || format!("two numbers from {} to {}, the lower first", cue.low, cue.high);
            (!sound).then(|| problem(&key, expected(), [low, high]))
        })
    }

    fn decoy_problem(&self) -> Option<Problem> {
        self.decoys.iter().enumerate().find_map(|(at, decoy)| {
            let key = |field: &str| format!("decoys[{at}].{field}");
            let others = || self.decoys.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, decoy)| decoy);
            if !self.ranges.contains_key(&decoy.cue) || others().any(|other| other.cue == decoy.cue) {
                Some(problem(&key("cue"), "a cue with a range, that is no other decoy", &decoy.cue))
            } else if self.weights.contains_key(&decoy.cue) {
                Some(problem(&key("cue"), "a cue without a weight", &decoy.cue))
            } else if !self.ranges.contains_key(&decoy.follows)
                || self.decoys.iter().any(|other| other.cue == decoy.follows)
            {
                Some(problem(&key("follows"), "a cue with a range, that is no decoy", &decoy.follows))
            } else if !(decoy.correlation > 0.0 && decoy.correlation < 1.0) {
                Some(problem(&key("correlation"), "a number between 0 and 1", decoy.correlation))
            } else {
                None
            }
        })
    }
}

impl RecordingRanges {
    fn problem(&self) -> Option<Problem> {
        let within = |[low, high]: [f64; 2], least: f64, most: f64| least <= low && low <= high && high <= most;
        if !within(self.gain_db, -60.0, 0.0) {
            return Some(problem("recording.gain_db", "two numbers from -60 to 0, the lower first", self.gain_db));
        }
        if let Some(snr_db) = self.snr_db.filter(|range| !within(*range, 0.0, 120.0)) {
            return Some(problem("recording.snr_db", "two numbers from 0 to 120, the lower first", snr_db));
        }
        let room_db = self.room_db.filter(|level| !(-60.0..=0.0).contains(level))?;
        Some(problem("recording.room_db", "a number from -60 to 0", room_db))
    }
}

struct Problem {
    key: String,
    expected: String,
    found: String,
}

fn problem(key: &str, expected: impl Into<String>, found: impl std::fmt::Debug) -> Problem {
    Problem { key: key.into(), expected: expected.into(), found: format!("{found:?}") }
}
