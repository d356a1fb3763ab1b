//! What the model would answer if one thing were otherwise and all else as it was played.

use super::ByEmotion;
use crate::features::Sequence;
use crate::model::EmotionModel;
use crate::{Error, Result};

/// Answers along a grid.
const STEPS: usize = 21;
/// Of the windows that stand for all: outside of these shares of them, the model has hardly learned.
const SEEN: [f64; 2] = [0.05, 0.95];

/// One feature as another value: `vibrato_extent_cents=+50%`, `attack_s=-0.02`, `pitch_semitones=70`, or from one value to
/// another, `vibrato_extent_cents=0..60`.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    feature: String,
    column: usize,
    change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    /// Every window's value times this.
    Times(f64),
    /// Every window's value and this.
    Plus(f64),
    /// Every window's value moved alike, so that their mean is this.
    Mean(f64),
    /// So that their mean is one of several values between these.
    Between(f64, f64),
}

/// What the model would answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Imagined {
    /// The feature.
    pub feature: String,
    /// Its unit.
    pub unit: String,
    /// Its mean over the recording's windows, as it was played.
    pub played: f64,
    /// Where 90 % of the windows lie that stand for all training windows.
    pub seen: Option<(f64, f64)>,
    /// The answers, in order of `value`.
    pub answers: Vec<ImaginedAnswer>,
}

/// The answer for one value.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ImaginedAnswer {
    /// The feature's mean over the windows.
    pub value: f64,
    /// The model's answer.
    pub prediction: ByEmotion,
    /// What it has more than the answer to the recording as it was played.
    pub change: ByEmotion,
}

impl WhatIf {
    /// Reads `feature=change`.
    ///
    /// # Errors
    /// `Data` for a feature that the model does not read, and for a change that is not one of the four.
    pub fn parse(text: &str, model: &EmotionModel) -> Result<Self> {
        const HINT: &str =
            "write vibrato_extent_cents=+50% or =+5 or =30 or =0..60; docs/features.md lists the features";
        let (feature, change) = text.split_once('=').unwrap_or((text, ""));
        let names = model.catalog().names();
        let Some(column) = names.iter().position(|name| name == feature.trim()) else {
            let expected = format!("a feature of the set `{}`", model.catalog().name());
            return Err(Error::data(expected, format!("`{}`", feature.trim()), HINT));
        };
        let change = Change::parse(change.trim());
        let change = change.ok_or_else(|| Error::data("a change in numbers", format!("`{text}`"), HINT))?;
        Ok(WhatIf { feature: names[column].clone(), column, change })
    }

    /// What the model would answer to the sequence. Windows in which the feature could not be measured stay so.
    ///
    /// # Errors
    /// `Data` if it could be measured in none, or if the sequence has other features than the model's.
    pub fn ask(&self, model: &EmotionModel, sequence: &Sequence) -> Result<Imagined> {
        let catalog = model.catalog();
        let before = model.predict(sequence)?;
        let values = |sequence: &Sequence| -> Vec<f64> {
            let rows = (0..sequence.windows()).map(|window| f64::from(sequence.row(window)[self.column]));
            rows.filter(|value| !value.is_nan()).collect()
        };
        let known = values(sequence);
        if known.is_empty() {
            let hint = "ask about a feature that this recording has";
            return Err(Error::data(format!("a recording with `{}`", self.feature), "none to be heard", hint));
        }
        let played = known.iter().sum::<f64>() / known.len() as f64;
        let answer = |(times, plus): (f64, f64)| {
            let value = |(at, value): (usize, &f32)| match at % catalog.len() == self.column {
                true => (f64::from(*value) * times + plus) as f32,
                false => *value,
            };
            let moved = sequence.values().iter().enumerate().map(value).collect();
            let answer = model.predict(&Sequence::new(catalog, sequence.spans().to_vec(), moved))?;
            let share = |(emotion, share): (&str, f32)| (emotion.to_string(), f64::from(share));
            let prediction: ByEmotion = answer.iter().map(share).collect();
            let mut change = prediction.clone();
            change.values_mut().zip(before.shares()).for_each(|(share, before)| *share -= f64::from(*before));
            let value = played * times + plus;
            Ok(ImaginedAnswer { value, prediction, change })
        };
        let usual = model.usual().iter().flat_map(|usual| values(&usual.sequence)).collect();
        Ok(Imagined {
            feature: self.feature.clone(),
            unit: catalog.unit(self.column).to_string(),
            played,
            seen: middle(usual),
            answers: self.change.steps(played).into_iter().map(answer).collect::<Result<_>>()?,
        })
    }
}

impl Change {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        if let Some((low, high)) = text.split_once("..") {
            let (low, high) = (number(low)?, number(high)?);
            return (low < high).then_some(Change::Between(low, high));
        }
        if let Some(percent) = text.strip_suffix('%') {
            return number(percent).map(|percent| Change::Times(1.0 + percent / 100.0));
        }
        let value = number(text)?;
        Some(if text.starts_with(['+', '-']) { Change::Plus(value) } else { Change::Mean(value) })
    }

    /// What the windows' values are multiplied by, then what is added to them.
    fn steps(self, played: f64) -> Vec<(f64, f64)> {
        match self {
            Change::Times(factor) => vec![(factor, 0.0)],
            Change::Plus(step) => vec![(1.0, step)],
            Change::Mean(value) => vec![(1.0, value - played)],
            Change::Between(low, high) => {
                let share = |step: usize| step as f64 / (STEPS - 1) as f64;
                (0..STEPS).map(|step| (1.0, low + (high - low) * share(step) - played)).collect()
            }
        }
    }
}

/// The values below and above which one in twenty lies.
fn middle(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let [low, high] = SEEN.map(|share| values[(share * last as f64).round() as usize]);
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_are_written() {
        let read = [
            ("+50%", Some(Change::Times(1.5))),
            ("-100%", Some(Change::Times(0.0))),
            ("+5", Some(Change::Plus(5.0))),
            ("-0.02", Some(Change::Plus(-0.02))),
            ("30", Some(Change::Mean(30.0))),
            ("0..60", Some(Change::Between(0.0, 60.0))),
            ("-12 .. -4.5", Some(Change::Between(-12.0, -4.5))),
            ("60..0", None),
            ("inf", None),
            ("wide", None),
            ("", None),
        ];
        for (text, change) in read {
            assert_eq!(Change::parse(text), change, "{text}");
        }
    }

    #[test]
    fn a_grid_goes_from_end_to_end() {
        let steps = Change::Between(10.0, 30.0).steps(12.0);
        assert_eq!((steps.len(), steps[0], steps[10], steps[20]), (21, (1.0, -2.0), (1.0, 8.0), (1.0, 18.0)));
    }

    #[test]
    fn one_in_twenty_lies_on_either_side() {
        assert_eq!(middle((0..=100).rev().map(f64::from).collect()), Some((5.0, 95.0)));
        assert_eq!(middle(vec![3.0]), Some((3.0, 3.0)));
        assert_eq!(middle(Vec::new()), None);
    }
}
