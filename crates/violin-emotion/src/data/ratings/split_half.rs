//! How far two halves of the listeners agree.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Times the listeners are dealt out anew.
const DEALS: usize = 500;

/// Correlation of the clips' means by one half of their ratings with those by the other, in the mean over 500 random deals,
/// brought up to all ratings (Spearman–Brown). Clips rated once are left out. None where fewer than three clips were rated
/// twice, or nothing varies.
pub fn split_half(clips: &[Vec<f64>], seed: u64) -> Option<f64> {
    let mut clips: Vec<Vec<f64>> = clips.iter().filter(|clip| clip.len() > 1).cloned().collect();
    if clips.len() < 3 {
        return None;
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut sum, mut count) = (0.0, 0.0);
    for _ in 0..DEALS {
        let mut halves = (Vec::new(), Vec::new());
        for clip in &mut clips {
            for last in (1..clip.len()).rev() {
                clip.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
            }
            let (one, other) = clip.split_at(clip.len() / 2);
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            halves.0.push(mean(one));
            halves.1.push(mean(other));
        }
        if let Some(r) = correlation(&halves.0, &halves.1) {
            sum += r;
            count += 1.0;
        }
    }
    let r = sum / count;
    (count > 0.0).then(|| 2.0 * r / (1.0 + r))
}

/// Pearson's; none where one does not vary.
pub(super) fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let count = one.len() as f64;
    let (mean_one, mean_other) = (one.iter().sum::<f64>() / count, other.iter().sum::<f64>() / count);
    let (mut product, mut square_one, mut square_other) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other) {
        product += (x - mean_one) * (y - mean_other);
        square_one += (x - mean_one).powi(2);
        square_other += (y - mean_other).powi(2);
    }
    let scale = (square_one * square_other).sqrt();
    (scale > 0.0).then(|| product / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_of_one_mind_have_1() {
        let clips: Vec<Vec<f64>> = (0..5).map(|clip| vec![f64::from(clip); 6]).collect();
        assert!(split_half(&clips, 0).is_some_and(|r| (r - 1.0).abs() < 1e-12));
        assert_eq!(split_half(&clips[..2], 0), None);
        assert_eq!(split_half(&vec![vec![1.0; 4]; 5], 0), None);
    }

    #[test]
    fn ratings_of_known_reliability_show_it() {
        // A clip's value with variance 1, and eight ratings around it with variance 4: 8 / (8 + 4) = 0.667 is the clips'.
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let mut normal = || (0..12).map(|_| unit()).sum::<f64>() - 6.0;
        let clips: Vec<Vec<f64>> = (0..2000)
            .map(|_| {
                let value = normal();
                (0..8).map(|_| value + 2.0 * normal()).collect()
            })
            .collect();
        let found = split_half(&clips, 0).expect("a correlation");
        // Its standard error with 2,000 clips is about 0.012.
        assert!((found - 2.0 / 3.0).abs() < 0.04, "{found}");
    }
}
