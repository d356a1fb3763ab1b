//! Names that would lie upon each other, pushed apart.

/// Places at least `apart` from each other, within `low` to `high` where there is room, as near to the wanted ones as least
/// squares have it.
pub(super) fn spread(wanted: &[f64], apart: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    // Less their rank times `apart`, the places must only not fall: neighbours that would are pooled at their mean.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, place) in order.iter().enumerate() {
        pools.push((wanted[*place] - rank as f64 * apart, 1));
        while let [.., (before, many), (last, few)] = pools[..]
            && before >= last
        {
            pools.truncate(pools.len() - 2);
            let count = many + few;
            pools.push(((before * many as f64 + last * few as f64) / count as f64, count));
        }
    }
    let highest = (high - apart * wanted.len().saturating_sub(1) as f64).max(low);
    let pooled = pools.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean.clamp(low, highest), count));
    let mut places = vec![0.0; wanted.len()];
    for (rank, (place, mean)) in order.into_iter().zip(pooled).enumerate() {
        places[place] = mean + rank as f64 * apart;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_enough_apart_stays() {
        assert_eq!(spread(&[50.0, 10.0, 30.0], 15.0, 0.0, 100.0), [50.0, 10.0, 30.0]);
        assert!(spread(&[], 15.0, 0.0, 100.0).is_empty());
    }

    #[test]
    fn what_is_too_near_moves_alike_to_both_sides() {
        assert_eq!(spread(&[52.0, 48.0], 10.0, 0.0, 100.0), [55.0, 45.0]);
        assert_eq!(spread(&[50.0, 50.0, 50.0, 90.0], 10.0, 0.0, 100.0), [40.0, 50.0, 60.0, 90.0]);
    }

    #[test]
    fn none_leaves_the_room() {
        assert_eq!(spread(&[0.0, 1.0, 99.0, 99.0], 10.0, 0.0, 100.0), [0.0, 10.0, 90.0, 100.0]);
    }
}
