use super::super::tests::noise;
use super::*;
use crate::model::ForestSettings;
use crate::model::forest::{DEEPEST, LEAF};

/// Rounding of some thousand sums in f64 of numbers about 1.
const ROUNDING: f64 = 1e-12;
/// What `shap` rounds: leaves to f64 as scikit-learn has them, ours to f32 (6e-8 of at most 1), a few of them for each value.
const LEAVES_IN_F32: f64 = 1e-6;

/// Shapley values by the definition, from the worth of a coalition of features (bits) to each output.
fn by_definition(width: usize, outputs: usize, worth: impl Fn(usize) -> Vec<f64>) -> ForestShap {
    let worths: Vec<Vec<f64>> = (0..1 << width).map(worth).collect();
    let factorial = |n: usize| (1..=n).map(|factor| factor as f64).product::<f64>();
    let mut values = vec![0.0; width * outputs];
    for feature in 0..width {
        for without in (0..1usize << width).filter(|coalition| coalition >> feature & 1 == 0) {
            let there = without.count_ones() as usize;
            let weight = factorial(there) * factorial(width - there - 1) / factorial(width);
            for output in 0..outputs {
                let gain = worths[without | 1 << feature][output] - worths[without][output];
                values[feature * outputs + output] += weight * gain;
            }
        }
    }
    ForestShap { base: worths[0].clone(), values }
}

/// The answer expected of a forest that knows the coalition's features and goes by the covers where it does not.
fn expected_by_cover(forest: &Forest, row: &[f32], coalition: usize) -> Vec<f64> {
    fn add(forest: &Forest, row: &[f32], coalition: usize, node: usize, share: f64, sums: &mut [f64]) {
        let feature = forest.feature[node];
        if feature == LEAF {
            let leaf = forest.leaf_values(node).iter();
            return sums.iter_mut().zip(leaf).for_each(|(sum, value)| *sum += share * f64::from(*value));
        }
        for child in [forest.left[node] as usize, forest.right[node] as usize] {
            let goes = match coalition >> feature & 1 {
                1 => f64::from(u8::from(forest.child(node, row[feature as usize]) == child)),
                _ => f64::from(forest.cover[child]) / f64::from(forest.cover[node]),
            };
            add(forest, row, coalition, child, share * goes, sums);
        }
    }
    let mut sums = vec![0.0; forest.outputs];
    for &root in &forest.tree_start[..forest.trees()] {
        add(forest, row, coalition, root as usize, 1.0 / forest.trees() as f64, &mut sums);
    }
    sums
}

/// The mean answer to the background rows with the coalition's features from `row`.
fn expected_of_mixtures(forest: &Forest, row: &[f32], background: &[f32], coalition: usize) -> Vec<f64> {
    let mut sums = vec![0.0; forest.outputs];
    let rows = background.chunks_exact(forest.width);
    let count = rows.len() as f64;
    for other in rows {
        let value = |feature: usize| if coalition >> feature & 1 == 1 { row[feature] } else { other[feature] };
        let mixed: Vec<f32> = (0..forest.width).map(value).collect();
        sums.iter_mut().zip(forest.answer(&mixed)).for_each(|(sum, answer)| *sum += answer / count);
    }
    sums
}

fn assert_close(ours: &ForestShap, theirs: &ForestShap, tolerance: f64) {
    assert_eq!((ours.base.len(), ours.values.len()), (theirs.base.len(), theirs.values.len()));
    let pairs = ours.base.iter().chain(&ours.values).zip(theirs.base.iter().chain(&theirs.values));
    let apart = pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
    assert!(apart <= tolerance, "{apart:e}");
}

/// Forests whose trees ask about a feature once or many times on a path, and rows to ask them about, one of them with a gap.
fn forests() -> impl Iterator<Item = (Forest, Vec<f32>)> {
    [(1, 1, 12), (2, 3, 20), (4, 2, 3), (8, 4, 6), (7, 1, 64)].into_iter().enumerate().map(|(seed, sizes)| {
        let (width, outputs, depth) = sizes;
        let seed = 10 * seed as u32 + 1;
        let (rows, targets) = (noise(60 * width, seed), noise(60 * outputs, seed + 1));
        let settings = ForestSettings { trees: 3, depth, bootstrap: true };
        let forest = Forest::fit(&rows, width, &targets, outputs, &settings, 0).expect("a forest");
        let mut asked = noise(5 * width, seed + 2);
        asked[width - 1] = f32::NAN;
        (forest, asked)
    })
}

#[test]
fn by_cover_they_are_shapleys_of_the_expected_answer() {
    for (forest, asked) in forests() {
        let shaps = forest.shap(&asked).expect("rows");
        assert_eq!(shaps.len(), 5);
        for (row, shap) in asked.chunks_exact(forest.width).zip(&shaps) {
            let worth = |coalition: usize| expected_by_cover(&forest, row, coalition);
            assert_close(shap, &by_definition(forest.width, forest.outputs, worth), ROUNDING);
            assert_eq!(forest.shap(row).expect("a row"), std::slice::from_ref(shap), "alone as beside others");
        }
    }
}

#[test]
fn against_rows_they_are_shapleys_of_the_mean_answer_to_mixtures() {
    for (forest, asked) in forests() {
        // One word of rows, a word and one, and more.
        for count in [1, 5, 64, 65, 130] {
            let mut background = noise(count * forest.width, 99);
            background[0] = f32::NAN;
            let shaps = forest.shap_against(&asked, &background).expect("rows");
            for (row, shap) in asked.chunks_exact(forest.width).zip(&shaps) {
                let worth = |coalition: usize| expected_of_mixtures(&forest, row, &background, coalition);
                assert_close(shap, &by_definition(forest.width, forest.outputs, worth), ROUNDING);
            }
        }
    }
}

#[test]
fn deep_trees_on_many_features_are_complete() {
    // A staircase: each question parts one row from the rest, so that a path asks about most of 70 features.
    let width = 70;
    let rows: Vec<f32> = (0..71).flat_map(|row| (0..width).map(move |at| f32::from(u8::from(row == at)))).collect();
    let targets: Vec<f32> = (0..71).map(|row| row as f32).collect();
    let settings = ForestSettings { trees: 1, depth: DEEPEST, bootstrap: false };
    let forest = Forest::fit(&rows, width, &targets, 1, &settings, 0).expect("a tree");
    assert_eq!(forest.depth(), DEEPEST);
    let (by_cover, against) = (forest.shap(&rows).expect("rows"), forest.shap_against(&rows, &rows).expect("rows"));
    for shap in by_cover.iter().chain(&against) {
        assert!((shap.base[0] - 35.0).abs() < 70.0 * ROUNDING, "the mean of the training rows: {}", shap.base[0]);
    }
}

#[test]
fn a_row_is_nothing_against_itself_and_a_constant_forest_has_no_values() {
    let (forest, asked) = forests().nth(3).expect("a forest");
    let row = &asked[..forest.width];
    let shap = &forest.shap_against(row, row).expect("a row")[0];
    assert!(shap.values.iter().all(|value| *value == 0.0));
    assert_eq!(shap.base, forest.answer(row));

    let constant = Forest::fit(&noise(20, 1), 2, &[0.25; 10], 1, &ForestSettings::default(), 0).expect("a forest");
    let nothing = ForestShap { base: vec![0.25], values: vec![0.0; 2] };
    assert_eq!(constant.shap(&[0.5, 0.5]).expect("a row"), std::slice::from_ref(&nothing));
    assert_eq!(constant.shap_against(&[0.5, 0.5], &[0.0, 1.0]).expect("a row"), [nothing]);
}

#[test]
fn broken_rows_and_no_background_are_refused() {
    let (forest, asked) = forests().nth(3).expect("a forest");
    let row = &asked[..forest.width];
    let error = forest.shap_against(row, &[]).expect_err("no rows");
    assert_eq!(error.to_string(), "expected 1 or more rows of 8 features, found 0 numbers");
    assert!(forest.shap_against(row, &[0.0; 9]).is_err());
    assert!(forest.shap_against(&[0.0; 9], row).is_err());
    assert!(forest.shap(&[0.0; 9]).is_err());
    assert!(forest.shap(&[]).expect("no rows").is_empty());
}

/// What Python's `shap` made of a forest of scikit-learn: see `make_golden_shap.py`.
#[derive(serde::Deserialize)]
struct Golden {
    forest: Forest,
    asked: Vec<f32>,
    background: Vec<f32>,
    by_cover: Vec<ForestShap>,
    against: Vec<ForestShap>,
}

#[test]
fn they_are_those_of_python_shap() {
    let text = include_str!("../../../../tests/golden/shap.json");
    let golden: Golden = serde_json::from_str(text).expect("a golden");
    let forest = &golden.forest;
    assert_eq!(forest.problem(), None);
    let by_cover = forest.shap(&golden.asked).expect("rows");
    let against = forest.shap_against(&golden.asked, &golden.background).expect("rows");
    assert_eq!((by_cover.len(), against.len()), (golden.by_cover.len(), golden.against.len()));
    for (ours, theirs) in by_cover.iter().chain(&against).zip(golden.by_cover.iter().chain(&golden.against)) {
        assert_close(ours, theirs, LEAVES_IN_F32);
    }
}
