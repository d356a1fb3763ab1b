//! What differs from the reference, in a player's words and units.

use super::Groups;
use super::groups::Part;
use super::sayings::{MUSIC_SAYINGS, NOTE, OTHER_SAYINGS, SAYINGS, Saying};
use crate::features::{Catalog, Family, Sequence};
use crate::model::EmotionModel;
use crate::notes::note_name;

/// How a recording differs from the reference in one feature.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Change {
    /// Its group: a family, if nothing else was asked.
    pub group: String,
    /// The feature, by its name in the catalog.
    pub feature: String,
    /// `vibrato wider (±28 against ±14 cents)`
    pub words: String,
    /// Its mean over the recording's windows; none where it could not be measured.
    pub here: Option<f32>,
    /// Its mean over the reference's windows.
    pub reference: Option<f32>,
    /// The difference in standard deviations of the training windows; 0 where one of the two could not be measured.
    pub standard_deviations: f32,
    /// The difference in its own standard errors: how sure it is. 0 where one of the two could not be measured.
    pub standard_errors: f32,
}

/// A difference that is smaller than this, in standard deviations, is none, however sure it is.
const SMALL: f32 = 0.2;
/// A difference that is less sure than this, in standard errors, may be chance.
const UNSURE: f32 = 2.0;

impl Change {
    /// Whether it is large and sure enough to be told.
    pub fn is_heard(&self) -> bool {
        self.standard_deviations.abs() >= SMALL && self.standard_errors.abs() >= UNSURE
    }

    /// The words without the figures: `wider vibrato`.
    pub fn saying(&self) -> &str {
        self.words.split(" (").next().expect("a first part")
    }

    /// Whether a musician or a listener would name it.
    pub(super) fn has_saying(&self) -> bool {
        SAYINGS.iter().chain(MUSIC_SAYINGS).any(|(name, ..)| *name == self.feature)
    }
}

/// What is said where a feature is lower, and where it is higher: `narrower vibrato`, `wider vibrato`.
pub fn ways(feature: &str) -> [String; 2] {
    let saying = find(feature).map(|(_, higher, lower, ..)| [lower, higher].map(|way| (*way).into()));
    saying.unwrap_or_else(|| ["lower", "higher"].map(|way| format!("{way} {feature}")))
}

fn find(feature: &str) -> Option<&'static Saying> {
    SAYINGS.iter().chain(MUSIC_SAYINGS).chain(OTHER_SAYINGS).find(|(name, ..)| *name == feature)
}

/// A family as a musician writes it.
pub(super) fn family(family: Family) -> String {
    family.name().replace('_', " ")
}

/// One change a feature, group by group.
pub(super) fn changes(
    model: &EmotionModel,
    groups: &Groups,
    sequence: &Sequence,
    reference: &[(f64, Sequence)],
) -> Vec<Change> {
    let catalog = model.catalog();
    let reference: Vec<(f64, &Sequence)> = reference.iter().map(|(share, usual)| (*share, usual)).collect();
    let change = |group: &str, column: usize| {
        let scale = f64::from(model.typical(column).1);
        let (here, there) = (Mean::of(&[(1.0, sequence)], column, scale), Mean::of(&reference, column, scale));
        let (mut standard_deviations, mut standard_errors) = (0.0, 0.0);
        if let (Some(here), Some(there)) = (&here, &there) {
            let difference = here.mean - there.mean;
            standard_deviations = (difference / scale) as f32;
            standard_errors = (difference / (here.variance + there.variance).sqrt()) as f32;
        }
        let known = |mean: Option<Mean>| mean.map(|mean| mean.mean as f32);
        let (here, there) = (known(here), known(there));
        let (feature, words) = (catalog.names()[column].clone(), say(catalog, column, here, there));
        Change {
            group: group.to_string(),
            feature,
            words,
            here,
            reference: there,
            standard_deviations,
            standard_errors,
        }
    };
    // Beside the features stands how much of them is missing.
    let features = |(group, columns): &Part| {
        let features = columns.iter().filter(|column| **column < catalog.len());
        features.map(|&column| change(group, column)).collect::<Vec<Change>>()
    };
    groups.parts().iter().flat_map(features).collect()
}

/// A feature's mean over windows, and the variance of that mean.
struct Mean {
    mean: f64,
    variance: f64,
}

impl Mean {
    /// Over all windows in which it could be measured, the recordings counting by their shares; `scale` is its standard
    /// deviation over the training windows.
    fn of(recordings: &[(f64, &Sequence)], column: usize, scale: f64) -> Option<Self> {
        let (mut sum, mut variance, mut weight) = (0.0, 0.0, 0.0);
        for (share, sequence) in recordings {
            let known: Vec<f64> = sequence.known(column).collect();
            if known.is_empty() {
                continue;
            }
            let count = known.len() as f64;
            let mean = known.iter().sum::<f64>() / count;
            let squares: f64 = known.iter().map(|value| (value - mean).powi(2)).sum();
            // As if one more window lay a standard deviation away: a few equal values are no proof.
            let spread = (squares + scale * scale) / (count + 1.0);
            sum += share * mean;
            variance += share * share * spread / (count * apart(sequence)).max(1.0);
            weight += share;
        }
        (weight > 0.0).then(|| Mean { mean: sum / weight, variance: variance / (weight * weight) })
    }
}

/// The share of a window that the one before it did not hear.
fn apart(sequence: &Sequence) -> f64 {
    match sequence.spans() {
        [first, second, ..] => ((second.start_s - first.start_s) / (first.end_s - first.start_s)).min(1.0),
        _ => 1.0,
    }
}

fn say(catalog: &Catalog, column: usize, here: Option<f32>, there: Option<f32>) -> String {
    let name = &catalog.names()[column];
    let (Some(here), Some(there)) = (here, there) else {
        return match (here, there) {
            (None, None) => "not to be heard here, nor in the reference".into(),
            (None, Some(_)) => "not to be heard here".into(),
            _ => "not to be heard in the reference".into(),
        };
    };
    let Some((_, higher, lower, unit, factor, digits)) = find(name) else {
        return format!("{name} {} ({here:.3} against {there:.3})", if here > there { "higher" } else { "lower" });
    };
    let word = if here > there { higher } else { lower };
    if *unit == NOTE {
        return format!("{word} ({} against {})", note_name(here), note_name(there));
    }
    let (here, there) = (factor * here, factor * there);
    format!("{word} ({here:.digits$} against {there:.digits$} {unit})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureSet;

    #[test]
    fn every_feature_of_the_playing_and_of_what_is_heard_has_words_and_no_other() {
        let names = Catalog::of(FeatureSet::Violin).names();
        let said: Vec<&str> = SAYINGS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(said, names.iter().map(String::as_str).collect::<Vec<_>>());
        let mut music: Vec<&str> = Catalog::of(FeatureSet::Music).names().iter().map(String::as_str).collect();
        let mut said: Vec<&str> = MUSIC_SAYINGS.iter().chain(OTHER_SAYINGS).map(|(name, ..)| *name).collect();
        music.sort_unstable();
        said.sort_unstable();
        assert_eq!(said, music);
    }

    #[test]
    fn a_difference_is_said_in_the_players_unit() {
        let catalog = Catalog::of(FeatureSet::Violin);
        let say = |name: &str, here, there| say(catalog, catalog.columns(name).start, here, there);
        let wider = "wider vibrato (28 against 14 cents up and down)";
        assert_eq!(say("vibrato_extent_cents", Some(28.2), Some(14.0)), wider);
        assert_eq!(say("attack_s", Some(0.03), Some(0.062)), "quicker attacks (30 against 62 ms)");
        assert_eq!(say("attack_s", None, Some(0.062)), "not to be heard here");
        assert_eq!(say("pitch_semitones", Some(69.2), Some(60.0)), "higher (A4 against C4)");
        assert_eq!(ways("vibrato_extent_cents"), ["narrower vibrato", "wider vibrato"]);
        assert_eq!(ways("mfcc_1"), ["lower mfcc_1", "higher mfcc_1"]);
    }
}
