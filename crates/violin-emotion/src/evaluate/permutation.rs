//! Could it be chance? Labels dealt anew, and what the scores they give say of the observed one.

use std::collections::BTreeMap;

use super::chance::{Chance, Purpose};

/// Groups that exchange their labels among each other, at least, where there are so many.
const EXCHANGE: usize = 6;

/// Labels dealt anew: recording `i` gets the label of recording `result[i]`; `groups[i]` is its group. Each `number` is another
/// deal of the same seed.
///
/// Recordings of a group are alike in their labels and in their sound, and a deal must leave them so, or else it is easier or
/// harder to learn from than the truth would be without any connection. So labels move in whole groups, from a group to one of
/// about its size: groups in the order of their sizes are cut into classes of at least six, those of one size in the same class;
/// within a class the labels of its groups in a new order, those of a group in any order among themselves, are laid end to end
/// and dealt to the recordings, group by group. Where every recording is a group of its own, that is a plain shuffle. Groups of
/// sizes that few others have are parted a little.
pub fn permutation(groups: &[usize], seed: u64, number: usize) -> Vec<usize> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(at);
    }
    let mut chance = Chance::new(seed, Purpose::Labels, number);
    let mut dealt = vec![0; groups.len()];
    for class in classes(members.into_values().collect()) {
        let mut labels = class.clone();
        chance.shuffle(&mut labels);
        labels.iter_mut().for_each(|labels| chance.shuffle(labels));
        for (place, label) in class.into_iter().flatten().zip(labels.into_iter().flatten()) {
            dealt[place] = label;
        }
    }
    dealt
}

/// Groups of about one size.
fn classes(mut groups: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    groups.sort_by_key(Vec::len);
    let mut classes: Vec<Vec<Vec<usize>>> = Vec::new();
    for of_one_size in groups.chunk_by(|one, other| one.len() == other.len()) {
        match classes.last_mut().filter(|class| class.len() < EXCHANGE) {
            Some(class) => class.extend_from_slice(of_one_size),
            None => classes.push(of_one_size.to_vec()),
        }
    }
    // Too few are left over for a class of their own.
    if classes.len() > 1 && classes[classes.len() - 1].len() < EXCHANGE {
        let left_over = classes.pop().expect("a class");
        classes.last_mut().expect("a class").extend(left_over);
    }
    classes
}

/// How often labels dealt by chance give a score at least as good as the observed one, the observed deal being one of them:
/// (1 + number of as good ones) / (1 + number of deals). Never 0; scores are such that more is better.
pub fn p_value(observed: f64, dealt: &[f64]) -> f64 {
    let as_good = dealt.iter().filter(|score| **score >= observed).count();
    (1 + as_good) as f64 / (1 + dealt.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut items: Vec<usize>) -> Vec<usize> {
        items.sort_unstable();
        items
    }

    #[test]
    fn every_label_is_dealt_once_and_every_deal_can_be_repeated() {
        let groups = [7, 3, 3, 9, 7, 1, 3, 9, 9, 9];
        let deal = permutation(&groups, 5, 2);
        assert_eq!(sorted(deal.clone()), (0..10).collect::<Vec<_>>());
        assert_eq!(deal, permutation(&groups, 5, 2));
        assert_ne!(deal, permutation(&groups, 5, 3));
        assert_ne!(deal, permutation(&groups, 6, 2));
        assert_eq!(permutation(&[], 0, 0), Vec::<usize>::new());
    }

    #[test]
    fn groups_of_one_size_stay_together() {
        // Groups of three, interleaved.
        let groups: Vec<usize> = (0..24).map(|at| at % 8).collect();
        for number in 0..20 {
            let deal = permutation(&groups, 0, number);
            for group in 0..8 {
                let from = |at: usize| groups[deal[at]];
                assert!((0..3).all(|round| from(group + 8 * round) == from(group)), "deal {number}, group {group}");
            }
        }
    }

    #[test]
    fn labels_go_to_groups_of_about_their_size() {
        // Twelve groups of one, seven of two, and of three, four and nine one each.
        let sizes: Vec<usize> = [vec![1; 12], vec![2; 7], vec![3, 4, 9]].concat();
        let groups: Vec<usize> = sizes.iter().enumerate().flat_map(|(group, &size)| vec![group; size]).collect();
        let mut moved = 0;
        for number in 0..40 {
            for (at, &from) in permutation(&groups, 3, number).iter().enumerate() {
                let (to, from) = (sizes[groups[at]], sizes[groups[from]]);
                assert_eq!(to == 1, from == 1, "{to} got the label of {from}");
                moved += usize::from(to == 9 && from == 2);
            }
        }
        assert!(moved > 0, "few groups of a size exchange with the next");
    }

    #[test]
    fn single_recordings_are_shuffled_evenly() {
        const DEALS: usize = 4000;
        let groups = [4, 2, 0, 8];
        let mut counts = [[0usize; 4]; 4];
        for number in 0..DEALS {
            for (place, label) in permutation(&groups, 1, number).into_iter().enumerate() {
                counts[place][label] += 1;
            }
        }
        // A quarter each; five standard errors.
        let error = 5.0 * (DEALS as f64 * 0.25 * 0.75).sqrt();
        let even = |count: &usize| (*count as f64 - DEALS as f64 / 4.0).abs() < error;
        assert!(counts.iter().flatten().all(even), "{counts:?}");
    }

    #[test]
    fn p_counts_the_observed_deal_and_ties() {
        assert_eq!(p_value(0.5, &[0.1, 0.5, 0.7, 0.2]), 3.0 / 5.0);
        assert_eq!(p_value(0.9, &[0.0; 99]), 0.01);
    }
}
