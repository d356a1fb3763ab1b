//! The answer in one plain sentence.

use crate::analysis::Analysis;
use crate::explain::{Change, Explanation, heard};
use crate::features::{Catalog, FeatureSet};

/// From this share on, the strongest emotion is most of what is heard.
const MOSTLY: f32 = 0.5;
/// The strongest stands out if it is this many times what it would be if all were alike.
const STANDS_OUT: f32 = 1.3;
/// A second emotion is named from this share on.
const SOME: f32 = 0.15;
/// Two emotions this near are named as equals.
const EQUAL: f32 = 0.03;
/// What adds less to the strongest emotion is no reason.
const LEAST: f64 = 0.015;
/// So many reasons are named.
const REASONS: usize = 3;

/// `Mostly sadness (0.62), some peace (0.20); because: slower notes, softer notes, wider vibrato`. Empty for a recording
/// without an answer.
pub fn headline(analysis: &Analysis, explanation: Option<&Explanation>) -> String {
    let Some(answer) = &analysis.emotions else { return String::new() };
    if let Some(scale) = &analysis.scale {
        let (name, value) = (spoken(&scale.name), scale.value);
        return format!("{} {value:.1} on a scale from {} to {}", capital(&name), scale.least, scale.most);
    }
    let mut emotions: Vec<(&str, f32)> = answer.soft_labels().iter().collect();
    let even = 1.0 / emotions.len() as f32;
    emotions.sort_by(|one, other| other.1.total_cmp(&one.1));
    let named = |(emotion, share): (&str, f32)| format!("{} ({share:.2})", spoken(emotion));
    let (first, second) = (emotions[0], emotions[1]);
    let said = if first.1 - second.1 < EQUAL {
        return format!("{} and {} alike", capital(&named(first)), named(second)) + &because(explanation, first.0);
    } else if first.1 >= MOSTLY {
        format!("Mostly {}", named(first))
    } else if first.1 >= STANDS_OUT * even {
        format!("{} before all", capital(&named(first)))
    } else {
        format!("No emotion stands out; most {}", named(first))
    };
    let some = if second.1 >= SOME { format!(", some {}", named(second)) } else { String::new() };
    said + &some + &because(explanation, first.0)
}

/// What speaks for an emotion, in a player's words.
fn because(explanation: Option<&Explanation>, emotion: &str) -> String {
    let Some(explanation) = explanation else { return String::new() };
    let added = explanation.whole.contributions.iter().filter_map(|(group, added)| Some((group, *added.get(emotion)?)));
    let mut groups: Vec<(&String, f64)> = added.filter(|(_, added)| *added >= LEAST).collect();
    groups.sort_by(|one, other| other.1.total_cmp(&one.1));
    let reason = |(group, _): &(&String, f64)| Some(told(&explanation.changes, group).first()?.saying());
    let reasons: Vec<&str> = groups.iter().filter_map(reason).take(REASONS).collect();
    if reasons.is_empty() { String::new() } else { format!("; because: {}", reasons.join(", ")) }
}

/// What is heard of a group's changes: what the player does before what any listener hears, each the surest first.
pub(super) fn told<'a>(changes: &'a [Change], group: &str) -> Vec<&'a Change> {
    let playing = Catalog::of(FeatureSet::Violin).names();
    let mut heard = heard(changes, group);
    heard.sort_by_key(|change| !playing.contains(&change.feature));
    heard
}

/// `joyful_activation` as one says it.
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Heard;
    use crate::audio::Recording;
    use crate::data::{LabelSet, Scale, SoftLabels};

    fn said_of(labels: LabelSet, shares: &[f32]) -> String {
        let recording = Recording::new("take.wav", vec![0.0; 44_100]).expect("a recording");
        let answer = SoftLabels::new(&labels, shares.to_vec()).expect("shares");
        let intervals = vec![[0.0, 1.0]; shares.len()];
        headline(&Analysis::new(Heard::of(&recording), answer, intervals, vec![], vec![]), None)
    }

    #[test]
    fn the_sentence_is_as_sure_as_the_shares() {
        let labels =
            || LabelSet::new(["sadness", "inner_peace", "joy", "anger"].map(String::from).to_vec()).expect("names");
        for (shares, sentence) in [
            ([0.62, 0.2, 0.1, 0.08], "Mostly sadness (0.62), some inner peace (0.20)"),
            ([0.1, 0.7, 0.1, 0.1], "Mostly inner peace (0.70)"),
            ([0.40, 0.22, 0.2, 0.18], "Sadness (0.40) before all, some inner peace (0.22)"),
            ([0.29, 0.25, 0.24, 0.22], "No emotion stands out; most sadness (0.29), some inner peace (0.25)"),
            ([0.40, 0.38, 0.12, 0.10], "Sadness (0.40) and inner peace (0.38) alike"),
        ] {
            assert_eq!(said_of(labels(), &shares), sentence);
        }
    }

    #[test]
    fn a_scale_is_said_as_its_number() {
        let scale = Scale { column: "valence".into(), least: 1.0, most: 9.0 };
        let said = said_of(LabelSet::on_scale(scale).expect("a scale"), &[0.75, 0.25]);
        assert_eq!(said, "Valence 7.0 on a scale from 1 to 9");
    }
}
