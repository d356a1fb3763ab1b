//! What the model would answer if one thing were otherwise and all else as it was played.

use super::ByEmotion;
use crate::features::Sequence;
use crate::model::EmotionModel;
use crate::{Error, Result};

/// Answers along a grid.
const STEPS: usize = 21;
/// Features of a like name that are named.
const NEAR: usize = 5;
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
    /// Its mean over the recording's windows, as it was played; none where it could not be measured, and nothing can be asked.
    pub played: Option<f64>,
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
    /// From the value that one in twenty of `values` lies below to that which one in twenty lies above, as far as all models know such
    /// values; `None` where nothing is left.
    pub(super) fn over_the_usual<'a>(
        column: usize,
        values: Vec<f64>,
        models: impl Iterator<Item = &'a EmotionModel> + Clone,
    ) -> Option<Self> {
        let known = |(low, high): (f64, f64), model: &EmotionModel| {
            let (least, most) = model.range(column);
            (low.max(f64::from(least)), high.min(f64::from(most)))
        };
        let (low, high) = models.clone().fold(middle(values)?, known);
        let feature = models.into_iter().next()?.catalog().names()[column].clone();
        (low < high).then_some(WhatIf { feature, column, change: Change::Between(low, high) })
    }

    /// Reads `feature=change`.
    ///
    /// # Errors
    /// `Data` for a feature that the model does not read, and for a change that is not one of the four.
    pub fn parse(text: &str, model: &EmotionModel) -> Result<Self> {
        const HINT: &str =
            "write vibrato_extent_cents=+50% or =+5 or =30, or =10..60 from the lower value to the higher";
        let (feature, change) = text.split_once('=').unwrap_or((text, ""));
        let names = model.catalog().names();
        let Some(column) = names.iter().position(|name| name == feature.trim()) else {
            let near: Vec<&str> =
                names.iter().map(String::as_str).filter(|name| name.contains(feature.trim())).take(NEAR).collect();
            let near = if near.is_empty() || feature.trim().is_empty() {
                String::new()
            } else {
                format!(": {}", near.join(", "))
            };
            let expected = format!("a feature of the set `{}`", model.catalog().name());
            let hint = format!("docs/features.md lists the features{near}");
            return Err(Error::data(expected, format!("`{}`", feature.trim()), hint));
        };
        let change = Change::parse(change.trim());
        let change = change.ok_or_else(|| Error::data("a change in numbers", format!("`{text}`"), HINT))?;
        Ok(WhatIf { feature: names[column].clone(), column, change })
    }

    /// What the model would answer to the sequence; nothing if the feature could be measured in none of its windows. Windows
    /// in which it could not stay so.
    ///
    /// # Errors
    /// `Data` for a percentage of a value that is not above 0, for a value as far outside of what the training windows have as
    /// their range is wide, and if the sequence has other features than the model's.
    pub fn ask(&self, model: &EmotionModel, sequence: &Sequence) -> Result<Imagined> {
        let catalog = model.catalog();
        let before = model.predict(sequence)?;
        let usual = model.usual().iter().flat_map(|usual| usual.sequence.known(self.column)).collect();
        let mut imagined = Imagined {
            feature: self.feature.clone(),
            unit: catalog.unit(self.column).to_string(),
            played: None,
            seen: middle(usual),
            answers: Vec::new(),
        };
        let known: Vec<f64> = sequence.known(self.column).collect();
        if known.is_empty() {
            return Ok(imagined);
        }
        let played = known.iter().sum::<f64>() / known.len() as f64;
        let steps = self.change.steps(played);
        self.check(model, played, &steps)?;
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
        imagined.played = Some(played);
        imagined.answers = steps.into_iter().map(answer).collect::<Result<_>>()?;
        Ok(imagined)
    }

    fn check(&self, model: &EmotionModel, played: f64, steps: &[(f64, f64)]) -> Result<()> {
        if matches!(self.change, Change::Times(_)) && played <= 0.0 {
            let found = format!("{played} for `{}`", self.feature);
            let hint = "say the change in the feature's unit: =+1";
            return Err(Error::data("a percentage of a value above 0", found, hint));
        }
        let (low, high) = model.range(self.column);
        let (low, high) = (f64::from(low), f64::from(high));
        let inside = |value: f64| value >= low - (high - low) && value <= high + (high - low);
        match steps.iter().map(|(times, plus)| played * times + plus).find(|value| !inside(*value)) {
            None => Ok(()),
            Some(value) => {
                let expected = format!("`{}` near what the training recordings have, {low} to {high}", self.feature);
                Err(Error::data(expected, value.to_string(), "the model cannot know: ask about a value in that range"))
            }
        }
    }
}

impl Change {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        if let Some((low, high)) = text.split_once("..") {
            if [low, high].iter().any(|end| end.trim().starts_with(['+', '.'])) {
                return None;
            }
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
            ("0...60", None),
            ("+5..+10", None),
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
