//! What is not known is decided by the training rows' covers.
//!
//! On the path to a leaf, feature i has a factor: 1 or 0 where it is known, as the row passes the path's questions about it or
//! not (p), and the share s of the training rows that pass them where it is not. The leaf's worth is its value times all factors, and
//! by the multilinear extension (G. Owen, "Multilinear extensions of games", 1972) feature i's Shapley value is
//!
//! value × (pᵢ − sᵢ) ∫₀¹ Π_{j≠i} (t pⱼ + (1 − t) sⱼ) dt,
//!
//! a polynomial of a degree below the number of features on the path: Gauss's rule gives its integral exactly with half as many points.
//! All factors are above 0 there, so that one can be divided out again. So every node is met once: on the way down the
//! product of the factors is carried along, on the way up the sum of the leaves' products, from which each question takes
//! its feature's part (as in Yu et al., "Linear TreeShap", 2022, who take Chebyshev's points and solve for the coefficients).

use std::array;

use pulp::{Arch, NullaryFnOnce, Simd, WithSimd};

use super::super::{DEEPEST, Forest, LEAF};
use super::ForestShap;
use super::gauss::Rule;

/// Rows that go through the trees together, side by side in a vector.
const LANES: usize = 4;

/// A number a row.
type Lanes = [f64; LANES];

/// The sums over all trees, for each row.
pub(super) fn shap(forest: &Forest, rows: &[f32]) -> Vec<ForestShap> {
    let depth = forest.depth();
    // A tree of the usual depth 10 needs 5 points.
    let some = |rows: &[f32]| match depth.min(forest.width).div_ceil(2) {
        0..=5 => Arch::new().dispatch(Walk::<5>::new(forest, rows, depth)),
        6..=10 => Arch::new().dispatch(Walk::<10>::new(forest, rows, depth)),
        _ => Arch::new().dispatch(Walk::<{ DEEPEST / 2 }>::new(forest, rows, depth)),
    };
    rows.chunks(LANES * forest.width).flat_map(some).collect()
}

/// What a path's question leaves behind: its feature's factor on the path, and the product of all factors, at P points.
#[derive(Clone)]
struct Step<const P: usize> {
    /// The share of the training rows that come this far.
    reach: f64,
    product: [Lanes; P],
    /// 1 of a row that passes the path's questions about the feature.
    passes: Lanes,
    /// The share of the training rows that do.
    share: f64,
    /// 1 / the factor, which is t × `passes` + (1 − t) × `share`.
    inverse: [Lanes; P],
    /// The point's weight × (`passes` − `share`) / the factor.
    gain: [Lanes; P],
}

/// Some rows on their way.
struct Walk<'a, const P: usize> {
    forest: &'a Forest,
    /// Rows there are; the other lanes are not read.
    rows: usize,
    /// Their values, feature by feature.
    columns: Vec<[f32; LANES]>,
    rule: Rule<P>,
    /// The path, after a first step before all questions.
    path: Vec<Step<P>>,
    /// The step of the path that asked about each feature last, or the first.
    asked: Vec<usize>,
    /// Steps × outputs: the leaves' values times their products, summed over those below.
    below: Vec<[Lanes; P]>,
    base: Vec<f64>,
    /// Features × outputs.
    values: Vec<Lanes>,
}

impl<'a, const P: usize> Walk<'a, P> {
    fn new(forest: &'a Forest, rows: &[f32], depth: usize) -> Self {
        let (one, nothing) = ([1.0; LANES], [0.0; LANES]);
        let first =
            Step { reach: 1.0, product: [one; P], passes: one, share: 1.0, inverse: [one; P], gain: [nothing; P] };
        let mut columns = vec![[0.0; LANES]; forest.width];
        for (lane, row) in rows.chunks_exact(forest.width).enumerate() {
            columns.iter_mut().zip(row).for_each(|(column, value)| column[lane] = *value);
        }
        Walk {
            forest,
            rows: rows.len() / forest.width,
            columns,
            rule: Rule::new(),
            path: vec![first; depth + 1],
            asked: vec![0; forest.width],
            below: vec![[nothing; P]; (depth + 1) * forest.outputs],
            base: vec![0.0; forest.outputs],
            values: vec![nothing; forest.width * forest.outputs],
        }
    }

    /// Sums up what is below a node that `step` of the path leads to, and what its questions add.
    #[inline(always)]
    fn node<S: Simd>(&mut self, simd: S, node: usize, step: usize) {
        let (forest, outputs) = (self.forest, self.forest.outputs);
        let here = &mut self.below[step * outputs..][..outputs];
        if forest.feature[node] == LEAF {
            let Step { reach, product, .. } = &self.path[step];
            for ((here, base), &value) in here.iter_mut().zip(&mut self.base).zip(forest.leaf_values(node)) {
                let value = f64::from(value);
                *base += reach * value;
                *here = product.map(|product| product.map(|product| product * value));
            }
            return;
        }
        here.fill([[0.0; LANES]; P]);
        let feature = forest.feature[node] as usize;
        let before = self.asked[feature];
        let lefts = self.columns[feature].map(|value| f64::from(value) <= forest.threshold[node]);
        for (child, left) in [(forest.left[node] as usize, true), (forest.right[node] as usize, false)] {
            let goes = lefts.map(|goes_left| f64::from(u8::from(goes_left == left)));
            let share = f64::from(forest.cover[child]) / f64::from(forest.cover[node]);
            self.path[step + 1] = self.step(step, before, goes, share);
            self.asked[feature] = step + 1;
            simd.vectorize(Visit { walk: self, simd, node: child, step: step + 1 });
            self.gather(feature, step, before);
        }
        self.asked[feature] = before;
    }

    /// The step after `step`, for rows that go this way where 1, and this share of the training rows; its feature was asked
    /// about in step `before`.
    #[inline(always)]
    fn step(&self, step: usize, before: usize, goes: Lanes, share: f64) -> Step<P> {
        let (last, before) = (&self.path[step], &self.path[before]);
        let (reach, share) = (last.reach * share, before.share * share);
        let passes: Lanes = array::from_fn(|row| before.passes[row] * goes[row]);
        let at = self.rule.points.map(|t| passes.map(|passes| t * passes + (1.0 - t) * share));
        let inverse = at.map(|at| at.map(|at| 1.0 / at));
        let (mut product, mut gain) = ([[0.0; LANES]; P], [[0.0; LANES]; P]);
        for point in 0..P {
            for row in 0..LANES {
                product[point][row] = last.product[point][row] * at[point][row] * before.inverse[point][row];
                gain[point][row] = self.rule.weights[point] * (passes[row] - share) * inverse[point][row];
            }
        }
        Step { reach, product, passes, share, inverse, gain }
    }

    /// Takes what is below the step after `step` together with what else is below `step`; its feature's part of it.
    #[inline(always)]
    fn gather(&mut self, feature: usize, step: usize, before: usize) {
        let outputs = self.forest.outputs;
        let (mut gain, gain_before) = (self.path[step + 1].gain, &self.path[before].gain);
        for (gain, before) in gain.iter_mut().zip(gain_before) {
            gain.iter_mut().zip(before).for_each(|(gain, before)| *gain -= before);
        }
        let (here, below) = self.below[step * outputs..].split_at_mut(outputs);
        let values = &mut self.values[feature * outputs..][..outputs];
        for ((here, below), value) in here.iter_mut().zip(below).zip(values) {
            // In registers until all points are done.
            let mut sum = *value;
            for point in 0..P {
                for row in 0..LANES {
                    sum[row] += gain[point][row] * below[point][row];
                    here[point][row] += below[point][row];
                }
            }
            *value = sum;
        }
    }
}

impl<const P: usize> WithSimd for Walk<'_, P> {
    type Output = Vec<ForestShap>;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> Self::Output {
        for &root in &self.forest.tree_start[..self.forest.trees()] {
            simd.vectorize(Visit { walk: &mut self, simd, node: root as usize, step: 0 });
        }
        let of_row = |row: usize| {
            let values = self.values.iter().map(|value| value[row]).collect();
            ForestShap { base: self.base.clone(), values }
        };
        (0..self.rows).map(of_row).collect()
    }
}

/// One node, compiled for the machine's vectors.
struct Visit<'w, 'a, S, const P: usize> {
    walk: &'w mut Walk<'a, P>,
    simd: S,
    node: usize,
    step: usize,
}

impl<S: Simd, const P: usize> NullaryFnOnce for Visit<'_, '_, S, P> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.walk.node(self.simd, self.node, self.step);
    }
}
