//! What studies have found of cues and emotions, beside what a model learned.

use super::{Change, Why};

/// Less is no disagreement.
const LEAST: f64 = 0.02;

/// An emotion by the beginnings of its common names.
const EMOTIONS: [&[&str]; 5] = [&["happ", "joy"], &["sad"], &["ang"], &["tender"], &["fear", "afraid"]];

/// A feature, and for each of the emotions above whether more of it goes with more of the emotion (1), with less (−1), or
/// nothing is agreed (0).
///
/// The core after P. N. Juslin & P. Laukka, "Communication of emotions in vocal expression and music performance",
/// Psychological Bulletin 129 (2003), as it is commonly quoted; articulation, bow noise, vibrato and timing after P. N. Juslin,
/// "Communicating emotion in music performance", in Music and Emotion (2001).
const SIGNS: &[(&str, [i8; 5])] = &[
    ("note_level_spread_db", [0, -1, 1, -1, 1]),
    ("vibrato_extent_cents", [0, -1, 1, 0, -1]),
    ("articulation", [-1, 1, -1, 1, -1]),
    ("attack_s", [-1, 1, -1, 1, 1]),
    ("note_rate_per_s", [1, -1, 1, -1, 1]),
    ("timing_deviation", [-1, 1, -1, 1, 1]),
    ("pitch_semitones", [1, -1, 1, -1, 1]),
    ("pitch_slope_semitones_per_s", [1, -1, 1, -1, 1]),
    ("brightness_db_per_octave", [1, -1, 1, -1, 0]),
    ("bow_noise_db", [-1, -1, 1, -1, 0]),
    ("mode", [1, -1, -1, 1, -1]),
    ("third", [1, -1, -1, 1, -1]),
    ("onsets_per_s", [1, -1, 1, -1, 1]),
    ("register_mean", [1, -1, 1, -1, 1]),
    ("colour_centroid_mean", [1, -1, 1, -1, 0]),
    ("majorness", [1, -1, -1, 1, -1]),
    ("third_balance", [1, -1, -1, 1, -1]),
];

/// Where a model and published studies go different ways.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Disagreement {
    /// The part of the playing.
    pub group: String,
    /// Its feature that differs most surely, of those that studies speak of.
    pub feature: String,
    /// How it differs, in words.
    pub words: String,
    /// The emotion.
    pub emotion: String,
    /// What the part adds to it here.
    pub contribution: f64,
}

/// Groups that move an emotion against what studies find of the group's surest change.
pub(super) fn disagreements(why: &Why, changes: &[Change]) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (group, added) in &why.contributions {
        let known = changes.iter().filter(|change| change.group == *group && change.is_heard());
        let known = known.filter_map(|change| Some((change, signs(&change.feature)?)));
        let surest = known.max_by(|one, other| one.0.standard_errors.abs().total_cmp(&other.0.standard_errors.abs()));
        let Some((change, signs)) = surest else { continue };
        for (emotion, &contribution) in added {
            let expected = f64::from(sign_of(signs, emotion)) * f64::from(change.standard_deviations);
            if contribution.abs() >= LEAST && expected * contribution < 0.0 {
                found.push(Disagreement {
                    group: group.clone(),
                    feature: change.feature.clone(),
                    words: change.words.clone(),
                    emotion: emotion.clone(),
                    contribution,
                });
            }
        }
    }
    found
}

fn signs(feature: &str) -> Option<&'static [i8; 5]> {
    SIGNS.iter().find(|(known, _)| *known == feature).map(|(_, signs)| signs)
}

/// 0 for an emotion that the studies do not speak of.
fn sign_of(signs: &[i8; 5], emotion: &str) -> i8 {
    let name = emotion.to_lowercase();
    let place = EMOTIONS.iter().position(|beginnings| beginnings.iter().any(|beginning| name.starts_with(beginning)));
    place.map_or(0, |place| signs[place])
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::features::{Catalog, FeatureSet};
    use crate::synth::Recipe;

    #[test]
    fn only_features_that_exist_are_spoken_of() {
        let names = Catalog::of(FeatureSet::All).names();
        for (feature, _) in SIGNS {
            assert!(names.iter().any(|name| name == feature), "{feature}");
        }
    }

    #[test]
    fn the_built_in_recipe_and_this_table_are_of_one_mind() {
        let cues = [
            ("note_rate", "note_rate_per_s"),
            ("level_variability_db", "note_level_spread_db"),
            ("register_semitones", "pitch_semitones"),
            ("mode", "mode"),
            ("articulation", "articulation"),
            ("attack_s", "attack_s"),
            ("vibrato_extent_cents", "vibrato_extent_cents"),
            ("brightness_db_per_octave", "brightness_db_per_octave"),
            ("bow_noise_db", "bow_noise_db"),
            ("timing_variability", "timing_deviation"),
        ];
        let recipe = Recipe::built_in();
        for (cue, feature) in cues {
            for (emotion, weight) in recipe.emotions().iter().zip(recipe.weights_of(cue)) {
                let sign = f64::from(sign_of(signs(feature).expect(feature), emotion));
                assert!(sign == 0.0 || sign * weight > 0.0, "{feature}, {emotion}: {sign} against {weight}");
            }
        }
    }

    #[test]
    fn a_model_that_goes_the_other_way_is_told() {
        let change = |feature: &str, standard_deviations: f32, standard_errors: f32| Change {
            group: "tone".into(),
            feature: feature.into(),
            words: format!("{feature} changed"),
            here: Some(1.0),
            reference: Some(0.0),
            standard_deviations,
            standard_errors,
        };
        let added: IndexMap<String, f64> =
            [("Anger", 0.05), ("Tenderness", 0.03), ("Nostalgia", -0.07), ("Sadness", -0.01)]
                .map(|(name, value)| (name.to_string(), value))
                .into();
        let why = Why {
            base: IndexMap::new(),
            prediction: IndexMap::new(),
            contributions: [("tone".to_string(), added)].into(),
        };
        // Brighter: more anger, as it should be; more tenderness, which is not; nothing is known of nostalgia; too little.
        let changes = [change("brightness_db_per_octave", 1.0, 9.0), change("attack_s", 1.0, 4.0)];
        let found = disagreements(&why, &changes);
        assert_eq!(found.iter().map(|one| &*one.emotion).collect::<Vec<_>>(), ["Tenderness"]);
        assert!(disagreements(&why, &[change("brightness_db_per_octave", 1.0, 1.0)]).is_empty(), "not for sure");
    }
}
