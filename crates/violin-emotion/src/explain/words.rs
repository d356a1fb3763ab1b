//! What differs from the reference, in a player's words and units.

use super::Groups;
use super::groups::Part;
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

    /// Whether a musician has words for it; otherwise it is said by its name.
    pub(super) fn has_saying(&self) -> bool {
        !self.words.starts_with(&self.feature)
    }
}

/// A family as a musician writes it.
pub(super) fn family(family: Family) -> String {
    family.name().replace('_', " ")
}

/// A feature's name, what is said where it is higher, and where it is lower; its unit, the factor into it and the digits shown.
type Saying = (&'static str, &'static str, &'static str, &'static str, f32, usize);

/// The unit of a pitch that is said by its name.
const NOTE: &str = "note";

#[rustfmt::skip]
const SAYINGS: &[Saying] = &[
    ("note_level_db", "louder notes", "softer notes", "dB re the take", 1.0, 1),
    ("note_level_spread_db", "more varied dynamics", "more even dynamics", "dB", 1.0, 1),
    ("note_level_slope_db_per_s", "more of a crescendo", "more of a diminuendo", "dB a second", 1.0, 2),
    ("vibrato_share", "vibrato on more notes", "vibrato on fewer notes", "%", 100.0, 0),
    ("vibrato_extent_cents", "wider vibrato", "narrower vibrato", "cents up and down", 1.0, 0),
    ("vibrato_rate_hz", "faster vibrato", "slower vibrato", "Hz", 1.0, 1),
    ("vibrato_delay_s", "vibrato that starts later", "vibrato that starts earlier", "ms", 1000.0, 0),
    ("slides_per_s", "more slides", "fewer slides", "a second", 1.0, 2),
    ("slide_s", "slower slides", "quicker slides", "ms", 1000.0, 0),
    ("slide_extent_cents", "wider slides", "narrower slides", "cents", 1.0, 0),
    ("articulation", "more legato", "more staccato", "% of the time sounding", 100.0, 0),
    ("articulation_spread", "more varied articulation", "more even articulation", "%", 100.0, 0),
    ("slurred_share", "more slurs", "fewer slurs", "% of the notes", 100.0, 0),
    ("plucked_share", "more plucked notes", "fewer plucked notes", "%", 100.0, 0),
    ("attack_s", "slower attacks", "quicker attacks", "ms", 1000.0, 0),
    ("attack_spread", "more varied attacks", "more even attacks", "octaves", 1.0, 2),
    ("intonation_cents", "sharper intonation", "flatter intonation", "cents", 1.0, 1),
    ("intonation_spread_cents", "looser intonation", "purer intonation", "cents", 1.0, 1),
    ("note_rate_per_s", "faster notes", "slower notes", "notes a second", 1.0, 1),
    ("note_rate_slope", "more of an accelerando", "more of a ritardando", "octaves a second", 1.0, 2),
    ("interval_spread", "more varied rhythm", "more even rhythm", "octaves", 1.0, 2),
    ("timing_deviation", "freer timing", "stricter timing", "% from a steady beat", 100.0, 1),
    ("pitch_semitones", "higher", "lower", NOTE, 1.0, 1),
    ("pitch_spread_semitones", "wider range", "narrower range", "semitones", 1.0, 1),
    ("pitch_slope_semitones_per_s", "a rising line", "a falling line", "semitones a second", 1.0, 2),
    ("step_semitones", "wider steps", "narrower steps", "semitones", 1.0, 1),
    ("doubled_share", "more double stops", "fewer double stops", "% of the notes", 100.0, 0),
    ("brightness_db_per_octave", "brighter tone", "darker tone", "dB an octave", 1.0, 1),
    ("brightness_spread_db_per_octave", "more varied tone colour", "more even tone colour", "dB an octave", 1.0, 1),
    ("bow_noise_db", "more bow noise", "less bow noise", "dB re the tone", 1.0, 1),
    ("bow_noise_spread_db", "more varied bow noise", "more even bow noise", "dB", 1.0, 1),
    ("mode", "nearer to major", "nearer to minor", "with major above 0", 1.0, 2),
    ("third", "more major thirds", "more minor thirds", "with major above 0", 1.0, 2),
    ("key_clarity", "clearer key", "less clear key", "fit", 1.0, 2),
];

/// The same of the set `music`; what is not in this list is said by its name.
#[rustfmt::skip]
const MUSIC_SAYINGS: &[Saying] = &[
    ("majorness", "nearer to major", "nearer to minor", "with major above 0", 1.0, 2),
    ("third_balance", "more major thirds", "more minor thirds", "with major above 0", 1.0, 2),
    ("key_fit", "clearer key", "less clear key", "fit", 1.0, 2),
    ("key_changes", "more changes of key", "fewer changes of key", "% of the stretches", 100.0, 0),
    ("chroma_entropy", "more pitch classes in use", "fewer pitch classes in use", "with all twelve 1", 1.0, 2),
    ("harmonic_change_mean", "harmony that moves more", "harmony that moves less", "on the tonal centroid", 1.0, 2),
    ("register_mean", "higher", "lower", NOTE, 1.0, 1),
    ("lowest_mean", "a higher bass", "a lower bass", NOTE, 1.0, 1),
    ("highest_mean", "a higher top line", "a lower top line", NOTE, 1.0, 1),
    ("voices_mean", "more pitches at once", "fewer pitches at once", "sounding together", 1.0, 1),
    ("peaks_mean", "a fuller sound", "a thinner sound", "partials at once", 1.0, 0),
    ("ambitus_mean", "pitches farther apart", "pitches closer together", "semitones at once", 1.0, 0),
    ("top_step_semitones", "wider steps of the top line", "narrower steps of the top line", "semitones", 1.0, 1),
    ("pulse_tempo", "faster pulse", "slower pulse", "beats a minute", 1.0, 0),
    ("pulse_clarity", "clearer pulse", "less clear pulse", "with 1 strict", 1.0, 2),
    ("pulse_width", "freer pulse", "stricter pulse", "% of the beat", 100.0, 0),
    ("onsets_per_s", "more onsets", "fewer onsets", "a second", 1.0, 1),
    ("onset_interval_spread", "more varied rhythm", "more even rhythm", "octaves", 1.0, 2),
    ("onset_peak_db", "stronger onsets", "softer onsets", "dB", 1.0, 1),
    ("onset_attack_db_per_s", "quicker attacks", "slower attacks", "dB a second", 1.0, 0),
    ("onset_decay_db_per_s", "sound that dies away faster", "sound that dies away slower", "dB a second", 1.0, 0),
    ("percussive_mean", "more strokes", "fewer strokes", "% of the power", 100.0, 0),
    ("level_range_db", "wider dynamics", "narrower dynamics", "dB", 1.0, 1),
    ("level_slow_sd_db", "more varied phrases", "more even phrases", "dB", 1.0, 1),
    ("level_slope_db_per_s", "more of a crescendo", "more of a diminuendo", "dB a second", 1.0, 2),
    ("colour_centroid_mean", "brighter sound", "darker sound", NOTE, 1.0, 1),
    ("flux_mean", "sound that changes more", "sound that changes less", "dB", 1.0, 1),
    ("colour_flatness_mean", "noisier sound", "purer sound", "dB of flatness", 1.0, 1),
];

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
    let saying = SAYINGS.iter().chain(MUSIC_SAYINGS).find(|(known, ..)| known == name);
    let Some((_, higher, lower, unit, factor, digits)) = saying else {
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
    fn every_feature_of_the_playing_has_words_and_no_other() {
        let names = Catalog::of(FeatureSet::Violin).names();
        let said: Vec<&str> = SAYINGS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(said, names.iter().map(String::as_str).collect::<Vec<_>>());
        let music = Catalog::of(FeatureSet::Music).names();
        assert!(MUSIC_SAYINGS.iter().all(|(name, ..)| music.iter().any(|known| known == name)));
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
    }
}
