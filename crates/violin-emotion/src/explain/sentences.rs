//! An explanation in a few plain lines, for players.

use std::cmp::Ordering;

use super::{ByEmotion, Change, Explanation};

/// Less is not said: it is not seen in figures of two digits.
const LEAST: f64 = 0.005;
/// Where shares lie as near as this to an answer, nothing need be said.
const UNSURE: f64 = 0.05;
/// A group of which as much could not be measured was little heard.
const LITTLE: f64 = 0.5;
/// Emotions that are named in one line, those that move most.
const EMOTIONS: usize = 2;
/// Of pairs that went together, so many are named.
const PAIRS: usize = 3;

/// Features of a group that are named, those that differ most surely.
const FEATURES: usize = 3;

impl Explanation {
    /// What moved the answer, most first: `brightness: less tenderness (-0.15), more happiness (+0.13); brighter tone (-4.9
    /// against -8.8 dB an octave)`. Groups that move nothing that could be seen are left out.
    pub fn sentences(&self) -> Vec<String> {
        let mut groups: Vec<(&String, &ByEmotion)> = self.whole.contributions.iter().collect();
        groups.sort_by(|one, other| moved(other.1).total_cmp(&moved(one.1)));
        let sentence = |(group, added): (&String, &ByEmotion)| {
            let effects = effects(added)?;
            let heard = heard(&self.changes, group);
            let differs = match self.changes.iter().find(|change| change.group == *group) {
                _ if !heard.is_empty() => features(&heard),
                Some(change) if change.here.is_none() || change.reference.is_none() => change.words.clone(),
                _ => "no single feature differs for sure".into(),
            };
            Some(format!("{group}: {effects}; {differs}"))
        };
        groups.into_iter().filter_map(sentence).collect()
    }

    /// How the playing differs, the surest difference first, and what the part of the playing that it belongs to does to the
    /// answer: `brighter tone (-4.9 against -8.8 dB an octave): less tenderness (-0.15), more happiness (+0.13)`. What may be
    /// chance, or is too small to be heard, is left out; what a musician has no words for comes last.
    pub fn differences(&self) -> Vec<String> {
        let mut groups: Vec<(&String, Vec<&Change>)> =
            self.whole.contributions.keys().map(|group| (group, heard(&self.changes, group))).collect();
        groups.retain(|(_, heard)| !heard.is_empty());
        groups.sort_by(|one, other| before(one.1[0], other.1[0]));
        let sentence = |(group, heard): (&String, Vec<&Change>)| {
            let together = if heard.len() > 1 { "together " } else { "" };
            match effects(&self.whole.contributions[group]) {
                Some(effects) => format!("{}: {together}{effects}", features(&heard)),
                None => format!("{}: hardly moves the answer", features(&heard)),
            }
        };
        groups.into_iter().map(sentence).collect()
    }

    /// What to keep in mind: how near the answer is, parts of the playing that were little heard, and parts that the model can
    /// hardly tell apart.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions = Vec::new();
        let mut unsure: Vec<_> = self.doubt.intervals.iter().filter(|(_, (low, high))| high - low >= UNSURE).collect();
        unsure.sort_by(|(_, one), (_, other)| (other.1 - other.0).total_cmp(&(one.1 - one.0)));
        if !unsure.is_empty() {
            let between = |(emotion, (low, high)): &(&String, &(f64, f64))| format!("{emotion} {low:.2} to {high:.2}");
            let between: Vec<String> = unsure.iter().take(EMOTIONS).map(between).collect();
            cautions.push(format!("rated shares lie, four times in five, in: {}", between.join(", ")));
        }
        let missing = self.doubt.missing.iter().filter(|(_, missing)| **missing >= LITTLE);
        let (not, little): (Vec<_>, Vec<_>) = missing.partition(|(_, missing)| **missing >= 1.0);
        let little = little.into_iter().map(|(group, missing)| format!("{group} ({:.0} %)", 100.0 * (1.0 - missing)));
        let named = |groups: Vec<String>| (!groups.is_empty()).then(|| groups.join(", "));
        let not = named(not.into_iter().map(|(group, _)| group.clone()).collect());
        cautions.extend(not.map(|groups| format!("not to be heard in the recording: {groups}")));
        cautions
            .extend(named(little.collect()).map(|groups| format!("heard in a part of the recording only: {groups}")));
        let seen = |group: &String| self.whole.contributions.get(group).is_some_and(|added| effects(added).is_some());
        let mut inseparable: Vec<_> = self.together.iter().filter(|pair| pair.groups.iter().all(seen)).collect();
        inseparable.sort_by(|one, other| other.correlation.abs().total_cmp(&one.correlation.abs()));
        cautions.extend(inseparable.iter().take(PAIRS).map(|pair| pair.words()));
        if inseparable.len() > PAIRS {
            cautions.push(format!("so did {} other pairs of parts, less closely", inseparable.len() - PAIRS));
        }
        cautions
    }
}

/// The changes of a group that are large and sure enough to be told, the surest first, each word once; what a musician has no
/// words for only where there is nothing else.
pub fn heard<'a>(changes: &'a [Change], group: &str) -> Vec<&'a Change> {
    let mut heard: Vec<&Change> = changes.iter().filter(|change| change.group == group && change.is_heard()).collect();
    heard.sort_by(|one, other| before(one, other));
    let mut said: Vec<&str> = Vec::new();
    heard.retain(|change| {
        let new = !said.contains(&change.saying());
        said.push(change.saying());
        new
    });
    if heard.first().is_some_and(|change| change.has_saying()) {
        heard.retain(|change| change.has_saying());
    }
    heard
}

/// What a musician has words for is said before what has a name alone, then the surer one.
fn before(one: &Change, other: &Change) -> Ordering {
    let sure = |change: &Change| change.standard_errors.abs();
    other.has_saying().cmp(&one.has_saying()).then(sure(other).total_cmp(&sure(one)))
}

fn features(heard: &[&Change]) -> String {
    let words: Vec<&str> = heard.iter().take(FEATURES).map(|change| change.words.as_str()).collect();
    words.join(", ")
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
