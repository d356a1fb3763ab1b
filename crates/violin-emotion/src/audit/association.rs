//! How much of the labels a property explains alone, and whether chance would do as well.

use std::collections::HashMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// The chance of any false alarm among all tests of an audit.
pub const ALPHA: f64 = 0.01;

/// Permutations of a test, at least; so many that the smallest p can pass the correction for a hundred tests.
const PERMUTATIONS: usize = 9_999;
/// Permutations that did as well, after which nobody waits for more: p is then far above what could matter
/// (Besag and Clifford 1991).
const ENOUGH: usize = 60;
/// Recordings below which nothing can be told from chance. Of groups two are enough: what varies within them is dealt out too,
/// and what belongs to the groups has as few other deals as there are groups.
pub const LEAST_RECORDINGS: usize = 8;
/// Weight of the mean label in every guess, in neighbours: a single neighbour is not believed wholly.
const PRIOR: f64 = 1.0;

/// What recordings have by which some are near to others; one value a recording.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// Near in rank.
    Numbers(Vec<f64>),
    /// Near if equal.
    Names(Vec<String>),
}

/// A property's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Association {
    /// Share of the labels' variance that the labels of neighbours from other groups explain: 1 − Σ(y−ŷ)² / Σ(y−ȳ)², over
    /// recordings and emotions. Below 0 where they mislead, as they do a little by chance.
    pub explains: f64,
    /// The chance of so much or more where property and labels have nothing to do with each other.
    pub p: f64,
}

/// Labels and groups, and what is needed to deal them out anew.
pub struct Labels {
    /// Recordings × emotions.
    shares: Vec<f64>,
    emotions: usize,
    group_of: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// Groups × emotions.
    means: Vec<f64>,
}

impl Labels {
    /// Labels (recordings × `emotions`) of recordings in these groups.
    pub fn new(shares: Vec<f64>, emotions: usize, groups: &[String]) -> Self {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut group_of = Vec::with_capacity(groups.len());
        for (at, group) in groups.iter().enumerate() {
            let number = *numbers.entry(group).or_insert(members.len());
            if number == members.len() {
                members.push(Vec::new());
            }
            members[number].push(at);
            group_of.push(number);
        }
        let mean = |members: &Vec<usize>, emotion: usize| {
            members.iter().map(|at| shares[at * emotions + emotion]).sum::<f64>() / members.len() as f64
        };
        let means = members.iter().flat_map(|group| (0..emotions).map(move |emotion| mean(group, emotion))).collect();
        Labels { shares, emotions, group_of, members, means }
    }

    /// The same recordings and groups, their labels less the mean label of all that share a value: what is left for others to
    /// explain.
    pub fn within(&self, values: &[String]) -> Labels {
        let width = self.emotions;
        let mut sums: HashMap<&str, (Vec<f64>, f64)> = HashMap::new();
        for (value, shares) in values.iter().zip(self.shares.chunks_exact(width)) {
            let (sum, count) = sums.entry(value).or_insert_with(|| (vec![0.0; width], 0.0));
            sum.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
            *count += 1.0;
        }
        let left = |(value, shares): (&String, &[f64])| {
            let (sum, count) = &sums[value.as_str()];
            shares.iter().zip(sum).map(|(share, sum)| share - sum / count).collect::<Vec<f64>>()
        };
        let shares = values.iter().zip(self.shares.chunks_exact(width)).flat_map(left).collect();
        let groups: Vec<String> = self.group_of.iter().map(ToString::to_string).collect();
        Labels::new(shares, width, &groups)
    }

    /// Number of recordings.
    pub fn recordings(&self) -> usize {
        self.group_of.len()
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.members.len()
    }

    /// Whether there is anything to explain.
    pub fn vary(&self) -> bool {
        const ROUNDING: f64 = 1e-9;
        variation(&self.shares, self.emotions) > ROUNDING
    }

    /// Deals the groups' means out among the groups, and what is left of each label within its group. Both are kept apart
    /// because members of a group are alike: dealing out recordings would make too much of that. Where each recording is its
    /// own group, whole labels are dealt out.
    fn deal(&self, random: &mut ChaCha8Rng, dealt: &mut [f64]) {
        let width = self.emotions;
        let mut from: Vec<usize> = (0..self.groups()).collect();
        shuffle(&mut from, random);
        for (group, members) in self.members.iter().enumerate() {
            let (old, new) = (&self.means[group * width..][..width], &self.means[from[group] * width..][..width]);
            let mut sources = members.clone();
            shuffle(&mut sources, random);
            for (&at, &source) in members.iter().zip(&sources) {
                for emotion in 0..width {
                    dealt[at * width + emotion] = self.shares[source * width + emotion] - old[emotion] + new[emotion];
                }
            }
        }
    }
}

/// Σ(y−ȳ)² over recordings and emotions.
fn variation(shares: &[f64], emotions: usize) -> f64 {
    let rows = shares.len() / emotions;
    let column = |emotion: usize| shares.iter().skip(emotion).step_by(emotions);
    let of = |emotion: usize| {
        let mean = column(emotion).sum::<f64>() / rows as f64;
        column(emotion).map(|share| (share - mean).powi(2)).sum::<f64>()
    };
    (0..emotions).map(of).sum()
}

/// Fisher–Yates.
pub fn shuffle<T>(items: &mut [T], random: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        let chosen = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, chosen as usize);
    }
}

/// Who is near to whom by a property: in its order, each recording's neighbours are a range.
struct Neighbours {
    /// Recordings in the property's order.
    order: Vec<usize>,
    /// Each recording's neighbours, itself included, as places in `order`.
    ranges: Vec<(usize, usize)>,
    /// Recordings group by group, in the property's order within a group.
    by_group: Vec<usize>,
    /// Those of each recording's neighbours that are of its own group, as places in `by_group`.
    own: Vec<(usize, usize)>,
}

impl Neighbours {
    fn new(property: &Property, labels: &Labels) -> Self {
        let count = labels.recordings();
        let mut order: Vec<usize> = (0..count).collect();
        let (ties, reach): (Vec<bool>, usize) = match property {
            Property::Numbers(values) => {
                order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
                // As many neighbours as is usual: about the square root of all.
                let reach = ((count as f64).sqrt() / 2.0).round().max(2.0) as usize;
                (order.windows(2).map(|pair| values[pair[0]] == values[pair[1]]).collect(), reach)
            }
            Property::Names(names) => {
                order.sort_by_key(|&at| &names[at]);
                (order.windows(2).map(|pair| names[pair[0]] == names[pair[1]]).collect(), 0)
            }
        };
        let mut ranges = vec![(0, 0); count];
        let mut start = 0;
        for place in 0..count {
            if place > 0 && !ties[place - 1] {
                start = place;
            }
            let end = (place..ties.len()).find(|&at| !ties[at]).map_or(count, |at| at + 1);
            // Many equals are neighbours enough.
            let near = if end - start > 2 * reach { 0 } else { reach };
            ranges[order[place]] = (start.min(place.saturating_sub(near)), end.max((place + near + 1).min(count)));
        }
        let mut by_group: Vec<usize> = (0..count).collect();
        let mut place_of = vec![0; count];
        order.iter().enumerate().for_each(|(place, &at)| place_of[at] = place);
        by_group.sort_by_key(|&at| (labels.group_of[at], place_of[at]));
        let key = |&at: &usize| (labels.group_of[at], place_of[at]);
        let bound = |group: usize, place: usize| by_group.partition_point(|at| key(at) < (group, place));
        let own = (0..count).map(|at| {
            let (group, (start, end)) = (labels.group_of[at], ranges[at]);
            (bound(group, start), bound(group, end))
        });
        let own = own.collect();
        Neighbours { order, ranges, by_group, own }
    }

    /// Whether anybody has a neighbour of another group.
    fn any(&self) -> bool {
        self.ranges.iter().zip(&self.own).any(|((start, end), (from, to))| end - start > to - from)
    }

    /// See [`Association::explains`]; 0 where labels do not vary.
    fn explain(&self, shares: &[f64], emotions: usize) -> f64 {
        let sums = |order: &[usize], emotion: usize| {
            let mut sum = 0.0;
            let mut sums = Vec::with_capacity(order.len() + 1);
            sums.push(sum);
            for at in order {
                sum += shares[at * emotions + emotion];
                sums.push(sum);
            }
            sums
        };
        let (mut missed, mut all) = (0.0, 0.0);
        for emotion in 0..emotions {
            let (by_place, by_group) = (sums(&self.order, emotion), sums(&self.by_group, emotion));
            let mean = by_place[self.order.len()] / self.order.len() as f64;
            for (at, (&(start, end), &(from, to))) in self.ranges.iter().zip(&self.own).enumerate() {
                let sum = by_place[end] - by_place[start] - (by_group[to] - by_group[from]);
                let guess = (sum + PRIOR * mean) / ((end - start - (to - from)) as f64 + PRIOR);
                let share = shares[at * emotions + emotion];
                missed += (share - guess).powi(2);
                all += (share - mean).powi(2);
            }
        }
        if all > 0.0 { 1.0 - missed / all } else { 0.0 }
    }
}

/// Tests properties against labels, each by a permutation test; p is not corrected. `None` where a property cannot be tested:
/// it is the same for all, nobody has a neighbour of another group, or there are fewer recordings than [`LEAST_RECORDINGS`].
pub fn test(properties: &[Property], labels: &Labels, seed: u64) -> Vec<Option<Association>> {
    let permutations = PERMUTATIONS.max((2.0 * properties.len() as f64 / ALPHA) as usize);
    properties.par_iter().map(|property| test_one(property, labels, permutations, seed)).collect()
}

fn test_one(property: &Property, labels: &Labels, permutations: usize, seed: u64) -> Option<Association> {
    if labels.recordings() < LEAST_RECORDINGS || !labels.vary() || is_constant(property) {
        return None;
    }
    let neighbours = Neighbours::new(property, labels);
    if !neighbours.any() {
        return None;
    }
    let explains = neighbours.explain(&labels.shares, labels.emotions);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut dealt = vec![0.0; labels.shares.len()];
    let (mut as_good, mut tried) = (0, 0);
    while tried < permutations && as_good < ENOUGH {
        labels.deal(&mut random, &mut dealt);
        tried += 1;
        as_good += usize::from(neighbours.explain(&dealt, labels.emotions) >= explains);
    }
    Some(Association { explains, p: (as_good + 1) as f64 / (tried + 1) as f64 })
}

fn is_constant(property: &Property) -> bool {
    match property {
        Property::Numbers(values) => values.windows(2).all(|pair| pair[0] == pair[1]),
        Property::Names(names) => names.windows(2).all(|pair| pair[0] == pair[1]),
    }
}

/// Corrects p-values for their number (Holm 1979): each is the chance of any false alarm among all of them.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![0.0; p.len()];
    let mut least: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max(p[at] * (p.len() - rank) as f64).min(1.0);
        corrected[at] = least;
    }
    corrected
}

#[cfg(test)]
mod tests;
