//! Copies: recordings of one and the same sound, whatever their names. They must not stand on both sides of a split.

use std::collections::HashMap;

use super::Measured;
use crate::{Warning, WarningKind};

/// Sets of copies named in a warning; the rest is counted.
const NAMED: usize = 3;

/// Makes one group of the groups that share a sound, and says so. A joined group has the name of its first recording's.
pub(super) fn join(recordings: &mut [Measured]) -> Vec<Warning> {
    let sets = sets(recordings);
    if sets.is_empty() {
        return Vec::new();
    }
    let groups = joined_groups(recordings, &sets);
    for recording in recordings.iter_mut() {
        recording.group = groups[&recording.group].clone();
    }
    let mut warnings = vec![copies(recordings, &sets)];
    let contradictory: Vec<&Vec<usize>> =
        sets.iter().filter(|set| set.iter().any(|&at| recordings[at].target != recordings[set[0]].target)).collect();
    if !contradictory.is_empty() {
        let message = format!(
            "copies of one sound are labelled differently ({}): no answer can fit both; average their labels",
            named(recordings, &contradictory)
        );
        warnings.push(Warning::new(WarningKind::Contradiction, message));
    }
    warnings
}

/// The recordings of each sound that there is more than once, in their order.
fn sets(recordings: &[Measured]) -> Vec<Vec<usize>> {
    let mut set_of: HashMap<&str, usize> = HashMap::new();
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for (at, recording) in recordings.iter().enumerate() {
        let set = *set_of.entry(&recording.sound).or_insert(sets.len());
        if set == sets.len() {
            sets.push(Vec::new());
        }
        sets[set].push(at);
    }
    sets.retain(|set| set.len() > 1);
    sets
}

/// Each group's name → the name of the group it becomes a part of: union-find, the earliest group being the root.
fn joined_groups(recordings: &[Measured], sets: &[Vec<usize>]) -> HashMap<String, String> {
    let mut number: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    for recording in recordings {
        number.entry(&recording.group).or_insert_with(|| {
            names.push(&recording.group);
            names.len() - 1
        });
    }
    let mut parents: Vec<usize> = (0..names.len()).collect();
    for set in sets {
        for &copy in &set[1..] {
            let one = root(&parents, number[&*recordings[set[0]].group]);
            let other = root(&parents, number[&*recordings[copy].group]);
            parents[one.max(other)] = one.min(other);
        }
    }
    let joined = |(group, name): (usize, &&str)| (name.to_string(), names[root(&parents, group)].to_string());
    names.iter().enumerate().map(joined).collect()
}

fn root(parents: &[usize], mut group: usize) -> usize {
    while parents[group] != group {
        group = parents[group];
    }
    group
}

fn copies(recordings: &[Measured], sets: &[Vec<usize>]) -> Warning {
    let count: usize = sets.iter().map(|set| set.len() - 1).sum();
    let what = match count {
        1 => "1 recording is the same sound as another".to_string(),
        _ => format!("{count} recordings are the same sound as others"),
    };
    let named = named(recordings, &sets.iter().collect::<Vec<_>>());
    Warning::new(WarningKind::Copies, format!("{what} ({named}): their groups are judged as one"))
}

/// `a.wav = b.wav; c.wav = d.wav = …`
fn named(recordings: &[Measured], sets: &[&Vec<usize>]) -> String {
    let equal = |set: &&Vec<usize>| {
        let names: Vec<&str> = set.iter().take(NAMED).map(|&at| &*recordings[at].file_name).collect();
        names.join(" = ") + if set.len() > NAMED { " = …" } else { "" }
    };
    let shown: Vec<String> = sets.iter().take(NAMED).map(equal).collect();
    shown.join("; ") + if sets.len() > NAMED { "; …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Copies, LabelSet, SoftLabels};
    use crate::features::{Catalog, FeatureSet, Sequence, Span};

    /// Recordings by name, group, sound and the share of the first of two emotions.
    fn recordings(of: &[(&str, &str, &str, f32)]) -> Vec<Measured> {
        let labels = LabelSet::new(vec!["happy".into(), "sad".into()]).expect("names");
        let catalog = Catalog::of(FeatureSet::Classic);
        let measured = |&(name, group, sound, happy): &(&str, &str, &str, f32)| Measured {
            file_name: name.into(),
            group: group.into(),
            sound: sound.into(),
            sequence: Sequence::new(catalog, vec![Span { start_s: 0.0, end_s: 1.0 }], vec![0.0; catalog.len()]),
            target: SoftLabels::new(&labels, vec![happy, 1.0 - happy]).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        };
        of.iter().map(measured).collect()
    }

    fn groups(recordings: &[Measured]) -> Vec<&str> {
        recordings.iter().map(|recording| &*recording.group).collect()
    }

    #[test]
    fn recordings_of_their_own_stay_as_they_are() {
        let mut takes =
            recordings(&[("a.wav", "Ana", "1", 0.5), ("b.wav", "Ben", "2", 0.5), ("c.wav", "Ana", "3", 0.5)]);
        assert_eq!(join(&mut takes), []);
        assert_eq!(groups(&takes), ["Ana", "Ben", "Ana"]);
    }

    #[test]
    fn groups_that_share_a_sound_become_one_however_long_the_chain() {
        let mut takes = recordings(&[
            ("a.wav", "Ana", "1", 0.5),
            ("b.wav", "Ben", "2", 0.5),
            ("c.wav", "Cy", "2", 0.5),
            ("d.wav", "Cy", "1", 0.5),
            ("e.wav", "Eve", "3", 0.5),
            ("f.wav", "Ben", "4", 0.5),
        ]);
        let warnings = join(&mut takes);
        assert_eq!(groups(&takes), ["Ana", "Ana", "Ana", "Ana", "Eve", "Ana"]);
        let message = "2 recordings are the same sound as others (a.wav = d.wav; b.wav = c.wav): \
                       their groups are judged as one";
        assert_eq!(warnings, [Warning::new(WarningKind::Copies, message)]);
    }

    #[test]
    fn copies_with_other_labels_are_named() {
        let mut takes = recordings(&[("a.wav", "a.wav", "1", 0.5), ("b.wav", "b.wav", "1", 0.25)]);
        let said: Vec<String> = join(&mut takes).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "1 recording is the same sound as another (a.wav = b.wav): their groups are judged as one",
                "copies of one sound are labelled differently (a.wav = b.wav): no answer can fit both; \
                 average their labels",
            ]
        );
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..20).map(|at| format!("{at}.wav")).collect();
        let of: Vec<(&str, &str, &str, f32)> =
            names.iter().enumerate().map(|(at, name)| (&**name, &**name, ["v", "w", "x", "y"][at % 4], 0.5)).collect();
        let said = join(&mut recordings(&of))[0].to_string();
        let expected = "16 recordings are the same sound as others (0.wav = 4.wav = 8.wav = …; 1.wav = 5.wav = 9.wav = …; \
                        2.wav = 6.wav = 10.wav = …; …): their groups are judged as one";
        assert_eq!(said, expected);
    }
}
