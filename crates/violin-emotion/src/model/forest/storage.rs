//! A forest in a file, and back, with every link checked.

use super::{DEEPEST, Forest, LEAF};
use crate::Result;
use crate::model::arrays::{ArrayReader, ArrayWriter};

impl Forest {
    /// Puts its arrays under names that begin with `part`.
    pub(in crate::model) fn write(&self, part: &str, arrays: &mut ArrayWriter) {
        let nodes = [self.feature.len()];
        let name = |array: &str| format!("{part}{array}");
        arrays.put_u32(name("tree_start"), &[self.tree_start.len()], &self.tree_start);
        arrays.put_u32(name("feature"), &nodes, &self.feature);
        let thresholds: Vec<f32> = self.threshold.iter().map(|threshold| *threshold as f32).collect();
        arrays.put_f32(name("threshold"), &nodes, &thresholds);
        arrays.put_u32(name("left"), &nodes, &self.left);
        arrays.put_u32(name("right"), &nodes, &self.right);
        arrays.put_f32(name("cover"), &nodes, &self.cover);
        arrays.put_f32(name("value"), &[self.value.len() / self.outputs, self.outputs], &self.value);
    }

    /// Reads what [`Forest::write`] put under these names.
    ///
    /// # Errors
    /// `Model` for an array that is missing or does not fit the others: no damaged file may hang or stop a prediction.
    pub(in crate::model) fn read(part: &str, arrays: &ArrayReader, width: usize, outputs: usize) -> Result<Self> {
        let name = |array: &str| format!("{part}{array}");
        let forest = Forest {
            width,
            outputs,
            tree_start: arrays.u32_list(&name("tree_start"))?,
            feature: arrays.u32_list(&name("feature"))?,
            threshold: arrays.f32_list(&name("threshold"))?.into_iter().map(f64::from).collect(),
            left: arrays.u32_list(&name("left"))?,
            right: arrays.u32_list(&name("right"))?,
            cover: arrays.f32_list(&name("cover"))?,
            value: arrays.f32_rows(&name("value"), outputs)?,
        };
        match forest.problem() {
            Some(problem) => Err(arrays.damaged(problem)),
            None => Ok(forest),
        }
    }

    /// What does not fit, if anything does not.
    pub(super) fn problem(&self) -> Option<String> {
        let nodes = self.feature.len();
        let lengths = [self.threshold.len(), self.left.len(), self.right.len(), self.cover.len()];
        if lengths.iter().any(|&length| length != nodes) {
            return Some(format!("expected {nodes} numbers a node array, found {lengths:?}"));
        }
        if !self.value.len().is_multiple_of(self.outputs) {
            return Some(format!("expected {} values a leaf, found {} in all", self.outputs, self.value.len()));
        }
        let ends = (self.tree_start.first(), self.tree_start.last());
        let rising = self.tree_start.windows(2).all(|pair| pair[0] < pair[1]);
        if self.tree_start.len() < 2 || !rising || ends != (Some(&0), Some(&(nodes as u32))) {
            return Some(format!("`tree_start`: expected rising numbers from 0 to {nodes}"));
        }
        if let Some(node) = self.cover.iter().position(|cover| !(*cover >= 1.0 && cover.is_finite())) {
            return Some(format!("no training rows came through node {node}"));
        }
        let leaves = self.value.len() / self.outputs;
        let mut depths = vec![None; nodes];
        for tree in self.tree_start.windows(2) {
            depths[tree[0] as usize] = Some(0);
            for node in tree[0] as usize..tree[1] as usize {
                let inside = |child: u32| child as usize > node && child < tree[1];
                let fits = match self.feature[node] {
                    LEAF => (self.left[node] as usize) < leaves,
                    feature => (feature as usize) < self.width && inside(self.left[node]) && inside(self.right[node]),
                };
                if !fits {
                    return Some(format!("node {node} points outside its tree, its features or its values"));
                }
                let Some(depth) = depths[node] else { return Some(format!("no node points to node {node}")) };
                if self.feature[node] == LEAF {
                    continue;
                }
                for child in [self.left[node], self.right[node]] {
                    if self.cover[child as usize] > self.cover[node] {
                        return Some(format!("more training rows came through node {child} than to the one before it"));
                    }
                    if depth == DEEPEST || depths[child as usize].replace(depth + 1).is_some() {
                        return Some(format!("node {child} is deeper than {DEEPEST}, or two nodes point to it"));
                    }
                }
            }
        }
        None
    }
}
