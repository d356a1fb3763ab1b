//! Growing one tree: rows sorted once by every feature, then parted stably from node to node.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Forest, ForestSettings, LEAF};
use crate::{Error, Result};

/// Values nearer than this are equal, as in scikit-learn.
const SAME_VALUE: f32 = 1e-7;
/// A node whose variance is at most this is pure, as in scikit-learn.
const PURE: f64 = f64::EPSILON;
/// Sums of the outputs are kept in blocks of so many.
const BLOCK: usize = 4;

/// The training rows, feature by feature, and each feature's order.
pub(super) struct Table {
    rows: usize,
    width: usize,
    outputs: usize,
    /// Outputs in whole blocks.
    stride: usize,
    /// Features × rows.
    columns: Vec<f32>,
    /// Features × rows: the rows in rising order.
    orders: Vec<u32>,
    /// Rows × stride.
    targets: Vec<f64>,
}

impl Table {
    pub(super) fn new(rows: &[f32], width: usize, targets: &[f32], outputs: usize) -> Result<Self> {
        let count = rows.len().checked_div(width).unwrap_or(0);
        if count == 0 || outputs == 0 || rows.len() != count * width || targets.len() != count * outputs {
            let expected = format!("at least one row of {width} features, and {outputs} targets for each");
            let found = format!("{} numbers and {} targets", rows.len(), targets.len());
            return Err(Error::data(expected, found, "give whole rows"));
        }
        if let Some(wrong) = rows.iter().chain(targets).find(|value| !value.is_finite()) {
            return Err(Error::data("finite numbers", wrong.to_string(), "check what the forest is fitted on"));
        }
        let stride = outputs.next_multiple_of(BLOCK);
        let mut columns = Vec::with_capacity(rows.len());
        let mut orders = Vec::with_capacity(rows.len());
        for feature in 0..width {
            let column: Vec<f32> = rows.iter().skip(feature).step_by(width).copied().collect();
            let mut order: Vec<u32> = (0..count as u32).collect();
            order.sort_by(|&a, &b| column[a as usize].total_cmp(&column[b as usize]));
            columns.extend(column);
            orders.extend(order);
        }
        let mut padded = vec![0.0; count * stride];
        for (padded, targets) in padded.chunks_exact_mut(stride).zip(targets.chunks_exact(outputs)) {
            padded.iter_mut().zip(targets).for_each(|(padded, &target)| *padded = f64::from(target));
        }
        Ok(Table { rows: count, width, outputs, stride, columns, orders, targets: padded })
    }
}

/// One tree in the making.
pub(super) struct Grower<'a> {
    table: &'a Table,
    depth: usize,
    random: ChaCha8Rng,
    /// How often each row was drawn.
    drawn: Vec<f64>,
    /// Rows drawn at least once.
    count: usize,
    /// Targets times how often the row was drawn, rows × stride.
    weighted: Vec<f64>,
    /// Features × count: the drawn rows in rising order, parted node by node.
    orders: Vec<u32>,
    goes_left: Vec<bool>,
    parted: Vec<u32>,
    tree: Forest,
}

struct Split {
    feature: usize,
    threshold: f64,
    /// Rows that go left.
    left: usize,
}

impl<'a> Grower<'a> {
    pub(super) fn new(table: &'a Table, settings: &ForestSettings, seed: u64, tree: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(tree);
        let mut drawn = vec![0.0; table.rows];
        if settings.bootstrap {
            (0..table.rows).for_each(|_| drawn[random.random_range(0..table.rows as u64) as usize] += 1.0);
        } else {
            drawn.fill(1.0);
        }
        let orders: Vec<u32> = table.orders.iter().copied().filter(|&row| drawn[row as usize] > 0.0).collect();
        let mut weighted = table.targets.clone();
        for (targets, drawn) in weighted.chunks_exact_mut(table.stride).zip(&drawn) {
            targets.iter_mut().for_each(|target| *target *= drawn);
        }
        Grower {
            table,
            depth: settings.depth,
            count: orders.len() / table.width,
            random,
            drawn,
            weighted,
            orders,
            goes_left: vec![false; table.rows],
            parted: Vec::new(),
            tree: Forest::empty(table.width, table.outputs),
        }
    }

    pub(super) fn grow(mut self) -> Forest {
        self.node(0, self.count, 0);
        self.tree.tree_start.push(self.tree.feature.len() as u32);
        self.tree
    }

    /// Grows the node of the rows at `begin..end` of every order; gives its number.
    fn node(&mut self, begin: usize, end: usize, depth: usize) -> usize {
        let (sums, squares, cover) = self.sums(begin, end);
        let node = self.tree.push(cover);
        let variance =
            (squares - sums.iter().map(|sum| sum * sum).sum::<f64>() / cover) / (cover * self.table.outputs as f64);
        let may_split = depth < self.depth && end - begin > 1 && variance > PURE;
        // Of features that part the rows equally well, none may come first in every node: two rows are parted by any.
        let first = self.random.random_range(0..self.table.width as u64) as usize;
        match if may_split { self.best_split(first, begin, end, &sums, cover) } else { None } {
            Some(split) => {
                self.part(begin, end, &split);
                let left = self.node(begin, begin + split.left, depth + 1);
                let right = self.node(begin + split.left, end, depth + 1);
                self.tree.feature[node] = split.feature as u32;
                self.tree.threshold[node] = split.threshold;
                self.tree.left[node] = left as u32;
                self.tree.right[node] = right as u32;
            }
            None => {
                debug_assert_eq!(self.tree.feature[node], LEAF);
                self.tree.left[node] = (self.tree.value.len() / self.table.outputs) as u32;
                self.tree.value.extend(sums[..self.table.outputs].iter().map(|sum| (sum / cover) as f32));
            }
        }
        node
    }

    /// Weighted sums of the targets, of their squares over all outputs, and of the weights.
    fn sums(&self, begin: usize, end: usize) -> (Vec<f64>, f64, f64) {
        let stride = self.table.stride;
        let (mut sums, mut squares, mut cover) = (vec![0.0; stride], 0.0, 0.0);
        for &row in &self.orders[begin..end] {
            let row = row as usize;
            let targets = &self.table.targets[row * stride..][..stride];
            let weighted = &self.weighted[row * stride..][..stride];
            for ((sum, weighted), target) in sums.iter_mut().zip(weighted).zip(targets) {
                *sum += weighted;
                squares += weighted * target;
            }
            cover += self.drawn[row];
        }
        (sums, squares, cover)
    }

    /// The split that leaves the least squared error: the largest Σ (left sum)² ∕ left weight + the same of the right.
    /// Features are looked at in turn from `first` on.
    fn best_split(&self, first: usize, begin: usize, end: usize, sums: &[f64], cover: f64) -> Option<Split> {
        // One block of outputs is the common case, and then a constant length.
        match sums.first_chunk::<BLOCK>() {
            Some(block) if sums.len() == BLOCK => self.search(first, begin, end, *block, cover),
            _ => self.search(first, begin, end, sums.to_vec(), cover),
        }
    }

    fn search<S: AsRef<[f64]> + AsMut<[f64]> + Clone>(
        &self,
        first: usize,
        begin: usize,
        end: usize,
        sums: S,
        cover: f64,
    ) -> Option<Split> {
        let (rows, stride) = (self.table.rows, sums.as_ref().len());
        let mut best: Option<(f64, Split)> = None;
        for feature in (first..self.table.width).chain(0..first) {
            let column = &self.table.columns[feature * rows..][..rows];
            let order = &self.orders[feature * self.count..][begin..end];
            let value = |place: usize| column[order[place] as usize];
            if value(order.len() - 1) <= value(0) + SAME_VALUE {
                continue;
            }
            let mut left = sums.clone();
            left.as_mut().fill(0.0);
            let mut left_cover = 0.0;
            let mut here = value(0);
            for place in 1..order.len() {
                let before = order[place - 1] as usize;
                let weighted = &self.weighted[before * stride..][..stride];
                left.as_mut().iter_mut().zip(weighted).for_each(|(left, weighted)| *left += weighted);
                left_cover += self.drawn[before];
                let next = value(place);
                if next > here + SAME_VALUE {
                    let (mut left_square, mut right_square) = (0.0, 0.0);
                    for (left, sum) in left.as_ref().iter().zip(sums.as_ref()) {
                        left_square += left * left;
                        right_square += (sum - left) * (sum - left);
                    }
                    let gain = left_square / left_cover + right_square / (cover - left_cover);
                    if best.as_ref().is_none_or(|(best, _)| gain > *best) {
                        let threshold = middle(here, next);
                        best = Some((gain, Split { feature, threshold, left: place }));
                    }
                }
                here = next;
            }
        }
        best.map(|(_, split)| split)
    }

    /// Parts every order: first the rows that go left, then the others, both still in rising order.
    fn part(&mut self, begin: usize, end: usize, split: &Split) {
        let chosen = &self.orders[split.feature * self.count..][begin..end];
        for (place, &row) in chosen.iter().enumerate() {
            self.goes_left[row as usize] = place < split.left;
        }
        for order in self.orders.chunks_exact_mut(self.count) {
            let order = &mut order[begin..end];
            self.parted.clear();
            self.parted.resize(order.len(), 0);
            // Both sides are written without a branch; only one of the two places moves on.
            let (mut left, mut right) = (0, split.left);
            for &row in order.iter() {
                let goes_left = self.goes_left[row as usize];
                self.parted[if goes_left { left } else { right }] = row;
                left += usize::from(goes_left);
                right += usize::from(!goes_left);
            }
            order.copy_from_slice(&self.parted);
        }
    }
}

/// Half way between two values, down to what f32 holds: below the upper one.
fn middle(lower: f32, upper: f32) -> f64 {
    let middle = f64::from(lower) / 2.0 + f64::from(upper) / 2.0;
    let nearest = middle as f32;
    f64::from(if f64::from(nearest) > middle || nearest >= upper { nearest.next_down() } else { nearest })
}
