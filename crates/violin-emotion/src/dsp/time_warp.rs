//! Which moment of one course of values is which moment of another: dynamic time warping (H. Sakoe & S. Chiba 1978).

/// What it costs to wait in one course while the other goes on, beside the distance: of paths that fit alike the straightest is
/// taken.
const WAITING: f32 = 0.05;

/// The way through two courses.
#[derive(Debug, Clone, PartialEq)]
pub struct Warp {
    /// Moments of the first and of the second that belong together, from the first ones of both to the last ones.
    pub path: Vec<(usize, usize)>,
    /// The mean distance along it.
    pub distance: f32,
}

/// The way from the beginning of both to their ends along which the sum of the distances is least; each step goes on by one moment
/// in one of them or in both. Time and memory (a byte a pair) grow with the product of the lengths.
///
/// # Panics
/// If one of them is empty.
pub fn warp<T>(one: &[T], other: &[T], distance: impl Fn(&T, &T) -> f32) -> Warp {
    assert!(!one.is_empty() && !other.is_empty(), "courses with moments");
    let columns = other.len();
    // How each pair is reached: from both before, the first before, the second before.
    let mut steps = vec![0u8; one.len() * columns];
    let mut row = vec![f32::INFINITY; columns];
    for (at, mine) in one.iter().enumerate() {
        let mut diagonal = if at == 0 { 0.0 } else { f32::INFINITY };
        let mut before = f32::INFINITY;
        for (there, theirs) in other.iter().enumerate() {
            let ways = [diagonal, row[there] + WAITING, before + WAITING];
            let mut best = 0;
            (1..3).for_each(|way| best = if ways[way] < ways[best] { way } else { best });
            diagonal = row[there];
            before = ways[best] + distance(mine, theirs);
            row[there] = before;
            steps[at * columns + there] = best as u8;
        }
    }
    let (mut at, mut there) = (one.len() - 1, columns - 1);
    let mut path = vec![(at, there)];
    while (at, there) != (0, 0) {
        match steps[at * columns + there] {
            0 => (at, there) = (at - 1, there - 1),
            1 => at -= 1,
            _ => there -= 1,
        }
        path.push((at, there));
    }
    path.reverse();
    let sum: f32 = path.iter().map(|&(at, there)| distance(&one[at], &other[there])).sum();
    Warp { distance: sum / path.len() as f32, path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(one: &f32, other: &f32) -> f32 {
        (one - other).abs()
    }

    #[test]
    fn a_course_at_another_speed_is_found_moment_by_moment() {
        // Held for two, three, one moments; and for three, one, two.
        let slow = [1.0, 1.0, 4.0, 4.0, 4.0, 2.0];
        let other = [1.0, 1.0, 1.0, 4.0, 2.0, 2.0];
        let Warp { path, distance } = warp(&slow, &other, apart);
        assert_eq!(distance, 0.0);
        assert!(path.iter().all(|&(at, there)| slow[at] == other[there]), "{path:?}");
        assert_eq!((path.first(), path.last()), (Some(&(0, 0)), Some(&(5, 5))));
        assert!(path.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 1 && pair[1].1 - pair[0].1 <= 1));
    }

    #[test]
    fn equal_courses_go_straight_and_single_moments_have_a_way() {
        let same = [3.0; 5];
        assert_eq!(warp(&same, &same, apart).path, [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]);
        assert_eq!(warp(&[1.0], &[1.0, 2.0, 6.0], apart), Warp { path: vec![(0, 0), (0, 1), (0, 2)], distance: 2.0 });
    }

    /// All paths, tried one by one.
    fn least(one: &[f32], other: &[f32]) -> f32 {
        let here = apart(&one[0], &other[0]);
        let ways = [(1, 1, 0.0), (1, 0, WAITING), (0, 1, WAITING)];
        let rest = ways.into_iter().filter(|(a, b, _)| *a < one.len() && *b < other.len());
        let best = rest.map(|(a, b, waiting)| waiting + least(&one[a..], &other[b..])).fold(f32::INFINITY, f32::min);
        if best.is_finite() { here + best } else { here }
    }

    #[test]
    fn no_other_way_costs_less() {
        for seed in 0..20usize {
            let course = |length: usize, salt: usize| -> Vec<f32> {
                (0..length).map(|at| ((at * 7 + seed * (at + salt)) % 5) as f32).collect()
            };
            let (one, other) = (course(6, 3), course(5, 11));
            let Warp { path, distance } = warp(&one, &other, apart);
            let waits = path.windows(2).filter(|pair| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1).count();
            let cost = distance * path.len() as f32 + WAITING * waits as f32;
            // Sums of a dozen numbers in f32.
            assert!((cost - least(&one, &other)).abs() < 1e-4, "{cost} {}", least(&one, &other));
        }
    }
}
