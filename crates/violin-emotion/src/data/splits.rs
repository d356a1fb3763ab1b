//! Splits by group: what is learned from and what is tested on never share a performer, a piece, a take.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::error::count;
use crate::{Error, Result};

const MORE_GROUPS: &str = "label recordings of more groups, or group by another column";

/// Two sides of a set of recordings, by index; both hold at least one, and no group stands on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    train: Vec<usize>,
    test: Vec<usize>,
}

impl Split {
    /// A split of these recordings, `groups[i]` being the group of recording `i`. Recordings on neither side are left
    /// out.
    ///
    /// # Errors
    /// `Data` for an empty side, an index beyond `groups` or given twice, or a group on both sides.
    pub fn new<G: AsRef<str>>(groups: &[G], mut train: Vec<usize>, mut test: Vec<usize>) -> Result<Self> {
        let hint = "put whole groups on one side, each recording once";
        if train.is_empty() || test.is_empty() {
            let found = format!("{} and {}", train.len(), test.len());
            return Err(Error::data("at least one recording on each side", found, hint));
        }
        train.sort_unstable();
        test.sort_unstable();
        for side in [&train, &test] {
            let beyond = side.last().filter(|last| **last >= groups.len());
            let twice = side.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| &pair[0]);
            if let Some(index) = beyond.or(twice) {
                let expected = format!("each of {} recordings at most once", groups.len());
                return Err(Error::data(expected, format!("recording {index}"), hint));
            }
        }
        let learned: BTreeSet<&str> = train.iter().map(|at| groups[*at].as_ref()).collect();
        if let Some(shared) = test.iter().map(|at| groups[*at].as_ref()).find(|group| learned.contains(group)) {
            return Err(Error::data("each group on one side", format!("`{shared}` on both"), hint));
        }
        Ok(Split { train, test })
    }

    /// The recordings to learn from, ascending.
    pub fn train(&self) -> &[usize] {
        &self.train
    }

    /// The recordings to test on, ascending.
    pub fn test(&self) -> &[usize] {
        &self.test
    }

    /// Checks that a model can be fitted on the training side, which is parted once more, by group, to decide when to stop.
    ///
    /// # Errors
    /// `Data` if it holds a single group.
    pub fn check_trainable<G: AsRef<str>>(&self, groups: &[G]) -> Result<()> {
        let training = distinct(self.train.iter().map(|at| groups[*at].as_ref()));
        if training < 2 {
            let all = distinct(groups.iter().map(AsRef::as_ref));
            let found = format!("{training} of {all}, for the others are held out");
            return Err(Error::data("at least 2 groups to learn from", found, MORE_GROUPS));
        }
        Ok(())
    }

    /// A split of the training side alone, for early stopping and other choices: its test side is the validation part.
    ///
    /// # Errors
    /// As [`holdout`].
    pub fn within_train<G: AsRef<str>>(&self, groups: &[G], share: f64, seed: u64) -> Result<Split> {
        let inner: Vec<&str> = self.train.iter().map(|at| groups[*at].as_ref()).collect();
        let split = holdout(&inner, share, seed)?;
        let outer = |side: Vec<usize>| side.into_iter().map(|at| self.train[at]).collect();
        Split::new(groups, outer(split.train), outer(split.test))
    }
}

/// Checks that there are groups enough for a model and an honest score of it.
///
/// # Errors
/// `Data` for fewer than three.
pub fn check_groups<G: AsRef<str>>(groups: &[G]) -> Result<()> {
    match distinct(groups.iter().map(AsRef::as_ref)) {
        3.. => Ok(()),
        found => {
            let expected = "at least 3 groups: to learn from, to decide when to stop, to test on";
            Err(Error::data(expected, found.to_string(), MORE_GROUPS))
        }
    }
}

fn distinct<'a>(groups: impl Iterator<Item = &'a str>) -> usize {
    groups.collect::<BTreeSet<&str>>().len()
}

/// `count` splits such that each recording is tested exactly once; test sides are about equally large.
///
/// Groups are shuffled, then dealt, the largest first, each to the smallest fold. The answer depends on the names of
/// the groups and their sizes, not on the order of the recordings.
///
/// # Errors
/// `Config` for fewer than two folds; `Data` for fewer groups than folds.
pub fn folds<G: AsRef<str>>(groups: &[G], count: usize, seed: u64) -> Result<Vec<Split>> {
    if count < 2 {
        return Err(Error::config("--folds", "at least 2", count));
    }
    let mut members = shuffled_groups(groups, seed);
    let hint = format!("use {} folds at most (--folds), or label recordings of more groups", members.len().max(2));
    at_least(count, members.len(), &hint)?;
    members.sort_by_key(|members| std::cmp::Reverse(members.len()));
    let mut tests: Vec<Vec<usize>> = vec![Vec::new(); count];
    for group in members {
        let smallest = tests.iter_mut().min_by_key(|test| test.len()).expect("at least two folds");
        smallest.extend(group);
    }
    tests.into_iter().map(|test| Split::new(groups, all_but(&test, groups.len()), test)).collect()
}

/// Splits into `k` folds, each of which leaves enough groups to train on. No audio is needed to know.
///
/// # Errors
/// `Config` for fewer than two folds; `Data` for fewer groups than three or than folds, or a fold that leaves a single group.
pub fn checked_folds<G: AsRef<str>>(groups: &[G], k: usize, seed: u64) -> Result<Vec<Split>> {
    check_groups(groups)?;
    let folds = folds(groups, k, seed)?;
    folds.iter().try_for_each(|fold| fold.check_trainable(groups))?;
    Ok(folds)
}

/// One split whose test side holds about `share` of the recordings, in whole groups, at least one on each side.
///
/// Shuffled groups go to the test side one after the other where that brings its size nearer to the share.
///
/// # Errors
/// `Config` for a share not between 0 and 1; `Data` for fewer than two groups.
pub fn holdout<G: AsRef<str>>(groups: &[G], share: f64, seed: u64) -> Result<Split> {
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::config("holdout", "a share between 0 and 1", share));
    }
    let members = shuffled_groups(groups, seed);
    at_least(2, members.len(), MORE_GROUPS)?;
    let wanted = share * groups.len() as f64;
    let (mut test, mut taken) = (Vec::new(), 0);
    for group in &members {
        let before = (test.len() as f64 - wanted).abs();
        let after = ((test.len() + group.len()) as f64 - wanted).abs();
        if after < before && taken + 1 < members.len() {
            test.extend_from_slice(group);
            taken += 1;
        }
    }
    if test.is_empty() {
        test = members.into_iter().min_by_key(Vec::len).expect("at least two groups");
    }
    Split::new(groups, all_but(&test, groups.len()), test)
}

/// Shuffles in place (Fisher–Yates on ChaCha8); the order of a seed stays the same from version to version.
pub(super) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for last in (1..items.len()).rev() {
        // The high half of a product spreads 64 bits evenly over 0..=last.
        let chosen = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, chosen as usize);
    }
}

/// The members of each group; groups in the order that the seed gives to their sorted names.
fn shuffled_groups<G: AsRef<str>>(groups: &[G], seed: u64) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        members.entry(group.as_ref()).or_default().push(at);
    }
    let mut members: Vec<Vec<usize>> = members.into_values().collect();
    shuffle(&mut members, seed);
    members
}

fn all_but(test: &[usize], count: usize) -> Vec<usize> {
    let test: BTreeSet<&usize> = test.iter().collect();
    (0..count).filter(|at| !test.contains(at)).collect()
}

fn at_least(expected: usize, found: usize, hint: &str) -> Result<()> {
    if found < expected {
        return Err(Error::data(format!("at least {}", count(expected, "group")), found.to_string(), hint));
    }
    Ok(())
}
