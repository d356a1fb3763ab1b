//! An explanation in a few plain lines, for players.

use super::{ByEmotion, Change, Explanation};

/// Less is not said: it is not seen in figures of two digits.
const LEAST: f64 = 0.005;
/// Emotions that are named in one line, those that move most.
const EMOTIONS: usize = 2;

impl Explanation {
    /// What moved the answer, most first: `brightness: brighter tone (-4.9 against -8.8 dB an octave): less
    /// tenderness (-0.15), more happiness (+0.13)`. Groups that move nothing that could be seen are left out.
    pub fn sentences(&self) -> Vec<String> {
        let mut groups: Vec<(&String, &ByEmotion)> = self.whole.contributions.iter().collect();
        groups.sort_by(|one, other| moved(other.1).total_cmp(&moved(one.1)));
        let sentence = |(group, added): (&String, &ByEmotion)| {
            let effects = effects(added)?;
            let change = self.changes.iter().find(|change| change.group == *group)?;
            Some(format!("{group}: {}: {effects}", change.words))
        };
        groups.into_iter().filter_map(sentence).collect()
    }

    /// How the playing differs, the surest difference first, and what it does to the answer. What may be chance, or is too
    /// small to be heard, is left out.
    pub fn differences(&self) -> Vec<String> {
        let mut changes: Vec<&Change> = self.changes.iter().filter(|change| change.is_heard()).collect();
        changes.sort_by(|one, other| other.standard_errors.abs().total_cmp(&one.standard_errors.abs()));
        let sentence = |change: &Change| {
            let effects = self.whole.contributions.get(&change.group).and_then(effects);
            format!("{}: {}", change.words, effects.unwrap_or_else(|| "hardly moves the answer".into()))
        };
        changes.into_iter().map(sentence).collect()
    }
}

fn moved(added: &ByEmotion) -> f64 {
    added.values().map(|value| value.abs()).sum()
}

/// `more tenderness (+0.06), less anger (-0.03)`; none for what cannot be seen.
fn effects(added: &ByEmotion) -> Option<String> {
    let mut emotions: Vec<(&String, &f64)> = added.iter().filter(|(_, value)| value.abs() >= LEAST).collect();
    emotions.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    let say = |(name, value): &(&String, &f64)| {
        format!("{} {name} ({value:+.2})", if **value > 0.0 { "more" } else { "less" })
    };
    let said: Vec<String> = emotions.iter().take(EMOTIONS).map(say).collect();
    (!said.is_empty()).then(|| said.join(", "))
}
