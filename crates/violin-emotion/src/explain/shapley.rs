//! Shapley values from the worth of every coalition: exact.

/// Each player's share in the worth of all of them: L. S. Shapley, "A value for n-person games" (1953).
///
/// `worths` has one row of `outputs` numbers a coalition; coalition number c holds the players whose bits are set in c, so that
/// row 0 is nobody's and the last one everybody's. The result has one row of `outputs` numbers a player; their sum is the
/// last row of `worths` less the first, up to rounding.
///
/// # Panics
/// If `worths` has not 2^`players` rows.
pub fn shapley(worths: &[f64], players: usize, outputs: usize) -> Vec<f64> {
    assert_eq!(worths.len(), outputs << players, "one row a coalition");
    let weights = weights(players);
    let mut values = vec![0.0; players * outputs];
    for (player, value) in values.chunks_exact_mut(outputs).enumerate() {
        for without in (0..1usize << players).filter(|coalition| coalition >> player & 1 == 0) {
            let with = without | 1 << player;
            let weight = weights[without.count_ones() as usize];
            for (output, value) in value.iter_mut().enumerate() {
                *value += weight * (worths[with * outputs + output] - worths[without * outputs + output]);
            }
        }
    }
    values
}

/// The shares of the members of one group, the others playing as whole groups: G. Owen, "Values of games with a priori unions"
/// (1977). They sum to the group's Shapley value.
///
/// `worths` as for [`shapley`], the members being the first players and the `others` the last.
///
/// # Panics
/// If `worths` has not 2^(`members` + `others`) rows.
pub fn owen(worths: &[f64], members: usize, others: usize, outputs: usize) -> Vec<f64> {
    assert_eq!(worths.len(), outputs << (members + others), "one row a coalition");
    // What each coalition of members is worth when it comes after some of the others, in the mean over all orders of groups.
    let weights = weights(1 + others);
    let mut inside = vec![0.0; outputs << members];
    for (there, worths) in worths.chunks_exact(outputs << members).enumerate() {
        let weight = weights[there.count_ones() as usize];
        inside.iter_mut().zip(worths).for_each(|(sum, worth)| *sum += weight * worth);
    }
    shapley(&inside, members, outputs)
}

/// |S|! (n − |S| − 1)! / n!, by the number of players |S| that are already there.
fn weights(players: usize) -> Vec<f64> {
    let mut weights = vec![1.0 / players.max(1) as f64];
    for there in 1..players {
        weights.push(weights[there - 1] * there as f64 / (players - there) as f64);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a few thousand sums of numbers about 1.
    const ROUNDING: f64 = 1e-12;

    /// Worths without a pattern, in −1 to 1.
    fn worths(players: usize, outputs: usize) -> Vec<f64> {
        (0..outputs << players).map(|at| (at as f64 * 12.9898).sin()).collect()
    }

    /// The slow twin: the mean over all orders in which the players may come.
    fn by_orders(worths: &[f64], players: usize, outputs: usize) -> Vec<f64> {
        fn orders(rest: &[usize]) -> Vec<Vec<usize>> {
            if rest.is_empty() {
                return vec![Vec::new()];
            }
            let mut all = Vec::new();
            for &first in rest {
                let others: Vec<usize> = rest.iter().copied().filter(|other| *other != first).collect();
                all.extend(orders(&others).into_iter().map(|order| [vec![first], order].concat()));
            }
            all
        }
        let all = orders(&(0..players).collect::<Vec<_>>());
        let mut values = vec![0.0; players * outputs];
        for order in &all {
            let mut coalition = 0;
            for &player in order {
                let with = coalition | 1 << player;
                for output in 0..outputs {
                    let gain = worths[with * outputs + output] - worths[coalition * outputs + output];
                    values[player * outputs + output] += gain / all.len() as f64;
                }
                coalition = with;
            }
        }
        values
    }

    #[test]
    fn it_is_the_mean_over_all_orders() {
        for players in 1..=6 {
            let worths = worths(players, 3);
            let (fast, slow) = (shapley(&worths, players, 3), by_orders(&worths, players, 3));
            for (fast, slow) in fast.iter().zip(&slow) {
                assert!((fast - slow).abs() < ROUNDING, "{players}: {fast}, expected {slow}");
            }
        }
    }

    #[test]
    fn the_values_sum_to_what_all_are_worth_over_nobody() {
        let (players, outputs) = (12, 2);
        let worths = worths(players, outputs);
        let values = shapley(&worths, players, outputs);
        for output in 0..outputs {
            let sum: f64 = values.iter().skip(output).step_by(outputs).sum();
            let all = worths[worths.len() - outputs + output] - worths[output];
            assert!((sum - all).abs() < ROUNDING, "{sum}, expected {all}");
        }
    }

    #[test]
    fn who_adds_the_same_to_every_coalition_gets_that_and_who_adds_nothing_gets_nothing() {
        // Players 0 and 1 add 2 and 0.5; player 2 adds nothing.
        let worths: Vec<f64> = (0..8).map(|c| 2.0 * f64::from(c & 1) + 0.5 * f64::from(c >> 1 & 1)).collect();
        let values = shapley(&worths, 3, 1);
        for (value, expected) in values.iter().zip([2.0, 0.5, 0.0]) {
            assert!((value - expected).abs() < ROUNDING, "{value}, expected {expected}");
        }
    }

    /// The slow twin of [`owen`]: the mean over the orders in which the members come one after the other.
    #[test]
    fn members_of_a_group_share_what_the_group_gets() {
        let (members, others, outputs) = (3, 2, 2);
        let worths = worths(members + others, outputs);
        let values = owen(&worths, members, others, outputs);
        let worth = |coalition: usize, output: usize| worths[coalition * outputs + output];
        let mut expected = vec![0.0; members * outputs];
        // Whom of the others (bits 3 and 4) the group finds there, in the six orders of three groups.
        for there in [0b00, 0b00, 0b01, 0b10, 0b11, 0b11].map(|bits: usize| bits << members) {
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let mut coalition = there;
                for member in order {
                    let with = coalition | 1 << member;
                    for output in 0..outputs {
                        expected[member * outputs + output] += (worth(with, output) - worth(coalition, output)) / 36.0;
                    }
                    coalition = with;
                }
            }
        }
        for (value, expected) in values.iter().zip(&expected) {
            assert!((value - expected).abs() < ROUNDING, "{value}, expected {expected}");
        }
        // The game between the group and the others: the group is there, or it is not.
        let grouped = |coalition: usize| (coalition >> 1) << members | if coalition & 1 == 1 { 0b111 } else { 0 };
        let between: Vec<f64> = (0..8)
            .flat_map(|coalition| (0..outputs).map(move |output| (coalition, output)))
            .map(|(coalition, output)| worth(grouped(coalition), output))
            .collect();
        for (output, group) in shapley(&between, 3, outputs)[..outputs].iter().enumerate() {
            let sum: f64 = values.iter().skip(output).step_by(outputs).sum();
            assert!((sum - group).abs() < ROUNDING, "{sum}, expected {group}");
        }
    }

    #[test]
    fn nobody_has_no_values() {
        assert!(shapley(&[1.0, 2.0], 0, 2).is_empty());
    }
}
