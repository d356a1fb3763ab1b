//! A random forest of multi-output regression trees, as scikit-learn's `RandomForestRegressor` (Breiman 2001).

mod grow;
mod shap;
mod storage;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::{Error, Result};

use grow::{Grower, Table};

pub use shap::ForestShap;

/// Questions from a root to a leaf, at most, of any forest.
const DEEPEST: usize = 64;

/// How a forest is grown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForestSettings {
    /// Number of trees.
    pub trees: usize,
    /// Questions from a tree's root to a leaf, at most.
    pub depth: usize,
    /// Whether each tree sees its own sample of the rows, drawn with replacement; otherwise trees differ only by ties.
    pub bootstrap: bool,
}

impl Default for ForestSettings {
    fn default() -> Self {
        ForestSettings { trees: 200, depth: 10, bootstrap: true }
    }
}

impl ForestSettings {
    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        if !(1..=10_000).contains(&self.trees) {
            return Err(Error::config("model.forest.trees", "1 to 10000", self.trees));
        }
        if !(1..=DEEPEST).contains(&self.depth) {
            return Err(Error::config("model.forest.depth", format!("1 to {DEEPEST}"), self.depth));
        }
        Ok(())
    }
}

/// Marks a leaf in [`Forest::feature`].
const LEAF: u32 = u32::MAX;

/// A fitted forest: all trees' nodes one after the other, each node before its children. It can be written, in any format of
/// serde's, as the arrays of `rf_model.safetensors`; it is read from a model folder only, where every link is checked.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct Forest {
    width: usize,
    outputs: usize,
    /// First node of each tree, and the number of all nodes.
    tree_start: Vec<u32>,
    /// The feature a node asks about, or [`LEAF`].
    feature: Vec<u32>,
    /// A row whose feature is at most this goes left; of those that part the same rows, one that f32 holds.
    threshold: Vec<f64>,
    /// Left child; of a leaf, its row in `value`.
    left: Vec<u32>,
    /// Right child; 0 of a leaf.
    right: Vec<u32>,
    /// Training rows that came through the node, counted as often as they were drawn.
    cover: Vec<f32>,
    /// Leaves × outputs.
    value: Vec<f32>,
}

impl Forest {
    /// Fits a forest on `rows` (n × `width`) and `targets` (n × `outputs`), row by row. Trees grow in parallel, each on
    /// one thread; the same seed gives the same bytes. Of equally good splits a random
    /// feature's is taken, as in scikit-learn.
    ///
    /// # Errors
    /// `Config` for a setting out of range; `Data` for no rows, sizes that do not fit, or a number that is not finite.
    pub fn fit(
        rows: &[f32],
        width: usize,
        targets: &[f32],
        outputs: usize,
        settings: &ForestSettings,
        seed: u64,
    ) -> Result<Self> {
        settings.check()?;
        let table = Table::new(rows, width, targets, outputs)?;
        let grown: Vec<Forest> = (0..settings.trees as u64)
            .into_par_iter()
            .map(|tree| Grower::new(&table, settings, seed, tree).grow())
            .collect();
        let mut forest = Forest::empty(width, outputs);
        grown.iter().for_each(|tree| forest.append(tree));
        Ok(forest)
    }

    /// Mean of the trees' answers to one row; a feature that is NaN goes right.
    ///
    /// # Panics
    /// If the row has another width than the training rows.
    pub fn predict(&self, row: &[f32]) -> Vec<f32> {
        self.answer(row).into_iter().map(|answer| answer as f32).collect()
    }

    /// The answer before it is rounded.
    fn answer(&self, row: &[f32]) -> Vec<f64> {
        assert_eq!(row.len(), self.width, "one value a feature");
        let mut sums = vec![0.0f64; self.outputs];
        for &start in &self.tree_start[..self.trees()] {
            let mut node = start as usize;
            while self.feature[node] != LEAF {
                node = self.child(node, row[self.feature[node] as usize]);
            }
            sums.iter_mut().zip(self.leaf_values(node)).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        sums.iter_mut().for_each(|sum| *sum /= self.trees() as f64);
        sums
    }

    /// The answers of the leaves of all trees.
    pub(in crate::model) fn leaves(&self) -> impl Iterator<Item = &[f32]> {
        self.value.chunks_exact(self.outputs)
    }

    /// Number of trees.
    pub fn trees(&self) -> usize {
        self.tree_start.len() - 1
    }

    /// Where a node sends a row whose feature has this value.
    fn child(&self, node: usize, value: f32) -> usize {
        let left = f64::from(value) <= self.threshold[node];
        if left { self.left[node] as usize } else { self.right[node] as usize }
    }

    /// A leaf's answer.
    fn leaf_values(&self, node: usize) -> &[f32] {
        &self.value[self.left[node] as usize * self.outputs..][..self.outputs]
    }

    /// Questions from a root to a leaf, at most.
    fn depth(&self) -> usize {
        let mut depths = vec![0; self.feature.len()];
        for node in (0..depths.len()).filter(|node| self.feature[*node] != LEAF) {
            for child in [self.left[node], self.right[node]] {
                depths[child as usize] = depths[node] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }

    fn empty(width: usize, outputs: usize) -> Self {
        Forest {
            width,
            outputs,
            tree_start: vec![0],
            feature: Vec::new(),
            threshold: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            cover: Vec::new(),
            value: Vec::new(),
        }
    }

    /// Adds a node whose children are not known yet.
    fn push(&mut self, cover: f64) -> usize {
        self.feature.push(LEAF);
        self.threshold.push(0.0);
        self.left.push(0);
        self.right.push(0);
        self.cover.push(cover as f32);
        self.feature.len() - 1
    }

    /// Puts another forest's trees behind these.
    fn append(&mut self, other: &Forest) {
        let nodes = self.feature.len() as u32;
        let leaves = (self.value.len() / self.outputs) as u32;
        for (&feature, (&left, &right)) in other.feature.iter().zip(other.left.iter().zip(&other.right)) {
            self.left.push(left + if feature == LEAF { leaves } else { nodes });
            self.right.push(if feature == LEAF { 0 } else { right + nodes });
        }
        self.feature.extend(&other.feature);
        self.threshold.extend(&other.threshold);
        self.cover.extend(&other.cover);
        self.value.extend(&other.value);
        self.tree_start.extend(other.tree_start[1..].iter().map(|start| start + nodes));
    }
}
