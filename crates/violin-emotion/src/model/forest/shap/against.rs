//! What is not known has the value it has in a background row.
//!
//! On the path to a leaf, a feature's questions are passed by the row that is explained, by the background row, by both or by
//! neither. A mixture of the two comes to the leaf if every feature comes from a row that passes. Let a features be passed by the
//! row alone and c by the background row alone, and none by neither: each of the a adds (a − 1)! c! / (a + c)! of the leaf's value, each of
//! the c takes a! (c − 1)! / (a + c)! of it.
//!
//! The row decides c; only a differs among background rows. So 64 of them go down a tree together, one a bit, and at a leaf
//! those with the same a are counted together.

use super::super::{Forest, LEAF};
use super::ForestShap;

/// Rows that go down together: the bits of a word.
const TOGETHER: usize = u64::BITS as usize;

/// The sums over all trees and background rows, for each row.
pub(super) fn shap(forest: &Forest, rows: &[f32], background: &[f32]) -> Vec<ForestShap> {
    let (width, depth) = (forest.width, forest.depth());
    let weights = weights(depth);
    let mut base = vec![0.0; forest.outputs];
    for row in background.chunks_exact(width) {
        // `answer` is a mean over the trees.
        let answer = forest.answer(row).into_iter();
        base.iter_mut().zip(answer).for_each(|(sum, mean)| *sum += mean * forest.trees() as f64);
    }
    let nothing = ForestShap { base, values: vec![0.0; width * forest.outputs] };
    let mut shaps = vec![nothing; rows.len() / width];
    for some in background.chunks(TOGETHER * width) {
        let count = some.len() / width;
        let columns = (0..width).flat_map(|feature| some.iter().skip(feature).step_by(width).copied());
        let columns: Vec<f32> = columns.collect();
        for (row, shap) in rows.chunks_exact(width).zip(&mut shaps) {
            let mut walk = Walk {
                forest,
                row,
                columns: &columns,
                count,
                weights: &weights,
                path: Vec::with_capacity(depth),
                with_needs: vec![0; depth + 1],
                values: &mut shap.values,
            };
            for &root in &forest.tree_start[..forest.trees()] {
                walk.node(root as usize, u64::MAX >> (TOGETHER - count));
            }
        }
    }
    shaps
}

/// a! c! / (a + c + 1)!, a and c up to `most`.
fn weights(most: usize) -> Vec<Vec<f64>> {
    let row = |a: usize| {
        let mut row = vec![1.0 / (a + 1) as f64];
        (1..=most).for_each(|c| row.push(row[c - 1] * c as f64 / (a + c + 1) as f64));
        row
    };
    (0..=most).map(row).collect()
}

/// A feature on the path, and who passes the path's questions about it.
#[derive(Clone, Copy)]
struct Step {
    feature: usize,
    row: bool,
    background: u64,
}

struct Walk<'a> {
    forest: &'a Forest,
    row: &'a [f32],
    /// Features × count: the background rows.
    columns: &'a [f32],
    count: usize,
    weights: &'a [Vec<f64>],
    path: Vec<Step>,
    /// The background rows that need 0, 1, … features of the row to come to a leaf.
    with_needs: Vec<u64>,
    /// Features × outputs.
    values: &'a mut [f64],
}

impl Walk<'_> {
    /// Goes down from a node to which the background rows `live` can come, with the row's help.
    fn node(&mut self, node: usize, live: u64) {
        if live == 0 {
            return;
        }
        let forest = self.forest;
        if forest.feature[node] == LEAF {
            return self.leaf(node, live);
        }
        let feature = forest.feature[node] as usize;
        let known = self.path.iter().position(|step| step.feature == feature);
        let at = known.unwrap_or(self.path.len());
        if known.is_none() {
            self.path.push(Step { feature, row: true, background: u64::MAX });
        }
        let before = self.path[at];
        let (left, right) = (forest.left[node] as usize, forest.right[node] as usize);
        let taken = forest.child(node, self.row[feature]);
        let go_left = self.go_left(node, feature);
        for (child, goes) in [(left, go_left), (right, !go_left)] {
            let row = before.row && child == taken;
            let background = before.background & goes;
            self.path[at] = Step { feature, row, background };
            self.node(child, if row { live } else { live & background });
        }
        self.path[at] = before;
        if known.is_none() {
            self.path.pop();
        }
    }

    /// The background rows that go left.
    fn go_left(&self, node: usize, feature: usize) -> u64 {
        let threshold = self.forest.threshold[node];
        let column = self.columns[feature * self.count..][..self.count].iter();
        column.rev().fold(0, |bits, &value| bits << 1 | u64::from(f64::from(value) <= threshold))
    }

    fn leaf(&mut self, node: usize, live: u64) {
        let (forest, outputs) = (self.forest, self.forest.outputs);
        let mut most = 0;
        self.with_needs[0] = live;
        for step in self.path.iter().filter(|step| step.row) {
            let lacks = !step.background;
            most += 1;
            self.with_needs[most] = 0;
            for needs in (0..most).rev() {
                let more = self.with_needs[needs] & lacks;
                self.with_needs[needs] ^= more;
                self.with_needs[needs + 1] |= more;
            }
        }
        let with_needs = &self.with_needs[..=most];
        let alone = self.path.iter().filter(|step| !step.row).count();
        let rows = |rows: u64| f64::from(rows.count_ones());
        let taken: f64 = match alone.checked_sub(1) {
            Some(others) => with_needs.iter().enumerate().map(|(a, &bits)| self.weights[a][others] * rows(bits)).sum(),
            None => 0.0,
        };
        for step in &self.path {
            let given = |(others, &bits): (usize, &u64)| self.weights[others][alone] * rows(bits & !step.background);
            let share = if step.row { with_needs[1..].iter().enumerate().map(given).sum() } else { -taken };
            let values = &mut self.values[step.feature * outputs..][..outputs];
            let leaf = forest.leaf_values(node);
            values.iter_mut().zip(leaf).for_each(|(sum, &value)| *sum += share * f64::from(value));
        }
    }
}
