//! What is usual: a few training recordings that stand for all, against which an answer can be explained.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::inputs::Inputs;
use crate::Result;
use crate::data::TrainingSide;
use crate::features::{Catalog, Sequence};

/// Windows kept of each, from its middle: about a minute, so that hours of sound do not make a folder of hundreds of MB.
const MOST_WINDOWS: usize = 40;
/// Rounds after which the medoids have long settled.
const ROUNDS: usize = 50;

/// A training recording that stands for others like it.
#[derive(Debug, Clone)]
pub struct Usual {
    /// Its name in the label file.
    pub file_name: String,
    /// Share of the training recordings it stands for; all shares sum to 1.
    pub share: f64,
    /// Its windows, at most 40 from its middle.
    pub sequence: Sequence,
}

/// Up to `most` medoids of the training recordings (L. Kaufman & P. J. Rousseeuw, Finding Groups in Data, 1990), by the
/// distance of their mean standardised windows.
pub(super) fn usual(side: &TrainingSide, inputs: &Inputs, most: usize, seed: u64) -> Result<Vec<Usual>> {
    let mut points = Vec::new();
    for recording in side.recordings() {
        points.push(mean_row(&inputs.of(&recording.sequence)?, inputs.width()));
    }
    let count = points.len() as f64;
    let stands = |(at, others): (usize, usize)| {
        let recording = side.recordings()[at];
        let sequence = middle(inputs.catalog(), &recording.sequence);
        Usual { file_name: recording.file_name.clone(), share: others as f64 / count, sequence }
    };
    Ok(medoids(&points, most, seed).into_iter().map(stands).collect())
}

fn mean_row(rows: &[f32], width: usize) -> Vec<f32> {
    let windows = (rows.len() / width) as f32;
    (0..width).map(|column| rows.iter().skip(column).step_by(width).sum::<f32>() / windows).collect()
}

fn middle(catalog: &Catalog, sequence: &Sequence) -> Sequence {
    let windows = sequence.windows().min(MOST_WINDOWS);
    let first = (sequence.windows() - windows) / 2;
    let values = (first..first + windows).flat_map(|window| sequence.row(window).iter().copied());
    Sequence::new(catalog, sequence.spans()[first..first + windows].to_vec(), values.collect())
}

/// Places of at most `k` medoids, in rising order, each with the number of points that are nearest to it.
fn medoids(points: &[Vec<f32>], k: usize, seed: u64) -> Vec<(usize, usize)> {
    let distance = |one: usize, other: usize| {
        let pairs = points[one].iter().zip(&points[other]);
        pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
    };
    let mut chosen = first_places(points.len(), k, seed, distance);
    let mut clusters = nearest(points.len(), &chosen, distance);
    for _ in 0..ROUNDS {
        // The one with the least distance to all others of its cluster.
        let centre = |members: &Vec<usize>| {
            let away = |&at: &usize| members.iter().map(|&other| distance(at, other)).sum::<f64>();
            members.iter().copied().min_by(|one, other| away(one).total_cmp(&away(other))).expect("itself at least")
        };
        let mut moved: Vec<usize> = clusters.iter().map(centre).collect();
        moved.sort_unstable();
        if moved == chosen {
            break;
        }
        chosen = moved;
        clusters = nearest(points.len(), &chosen, distance);
    }
    chosen.into_iter().zip(clusters).map(|(at, members)| (at, members.len())).collect()
}

/// At most `k` different places below `count`, in rising order: each is drawn by its squared distance from those before it (D.
/// Arthur & S. Vassilvitskii, "k-means++", 2007), so that no two begin in one heap while another has none.
fn first_places(count: usize, k: usize, seed: u64, distance: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut places: Vec<usize> = Vec::new();
    let mut away = vec![1.0; count];
    while places.len() < k.min(count) {
        let mut left = unit() * away.iter().sum::<f64>();
        let reached = away.iter().position(|squared| {
            left -= squared;
            left < 0.0
        });
        // Points that are alike are all at distance 0: then any other.
        let place = reached.or_else(|| (0..count).find(|at| !places.contains(at))).expect("a place that is free");
        for (at, away) in away.iter_mut().enumerate() {
            let squared = distance(at, place).powi(2);
            *away = if places.is_empty() { squared } else { squared.min(*away) };
        }
        places.push(place);
    }
    places.sort_unstable();
    places
}

/// For each medoid, the points nearest to it; a medoid belongs to itself.
fn nearest(count: usize, medoids: &[usize], distance: impl Fn(usize, usize) -> f64) -> Vec<Vec<usize>> {
    let mut clusters = vec![Vec::new(); medoids.len()];
    for at in 0..count {
        let cluster = medoids.iter().position(|medoid| *medoid == at).unwrap_or_else(|| {
            let away = |cluster: &usize| distance(at, medoids[*cluster]);
            (0..medoids.len()).min_by(|one, other| away(one).total_cmp(&away(other))).expect("a medoid")
        });
        clusters[cluster].push(at);
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_heap_of_points_has_its_middle() {
        // Three heaps of 3, 5 and 7 points on a line.
        let heaps = [(0.0f32, 3), (100.0, 5), (200.0, 7)];
        let points: Vec<Vec<f32>> =
            heaps.iter().flat_map(|(at, count)| (0..*count).map(move |step| vec![at + step as f32])).collect();
        for seed in 0..20 {
            assert_eq!(medoids(&points, 3, seed), [(1, 3), (5, 5), (11, 7)], "seed {seed}");
        }
    }

    #[test]
    fn few_points_stand_for_themselves_even_if_they_are_alike() {
        let points = vec![vec![1.0, 2.0]; 4];
        assert_eq!(medoids(&points, 20, 3), [(0, 1), (1, 1), (2, 1), (3, 1)]);
    }
}
