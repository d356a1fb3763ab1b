//! Groups that went together in training: what is said of one may belong to the other.

use super::Groups;
use crate::model::EmotionModel;

/// Two groups that a model could hardly learn to tell apart.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Inseparable {
    /// Their names.
    pub groups: [String; 2],
    /// A feature of each: those that went together most.
    pub features: [String; 2],
    /// Rank correlation of these, over the training recordings.
    pub correlation: f64,
}

impl Inseparable {
    /// `brightness and vibrato went together in training (r = 0.89): ...`
    pub fn words(&self) -> String {
        let Inseparable { groups: [one, other], correlation, .. } = self;
        format!(
            "{one} and {other} went together in the training recordings (r = {correlation:.2}): what one of them adds may \
             belong to the other"
        )
    }
}

/// The surest pair of features of each two groups that went together.
pub(super) fn of(model: &EmotionModel, groups: &Groups) -> Vec<Inseparable> {
    let mut found: Vec<Inseparable> = Vec::new();
    for pair in model.together() {
        let [one, other] = pair.features.each_ref().map(|feature| {
            let column = model.catalog().names().iter().position(|name| name == feature);
            groups.group_of(column.expect("a feature of the model")).to_string()
        });
        if one == other {
            continue;
        }
        let known = found.iter_mut().find(|known| known.groups.contains(&one) && known.groups.contains(&other));
        let new = Inseparable { groups: [one, other], features: pair.features.clone(), correlation: pair.correlation };
        match known {
            Some(known) if known.correlation.abs() >= new.correlation.abs() => {}
            Some(known) => *known = new,
            None => found.push(new),
        }
    }
    found
}
