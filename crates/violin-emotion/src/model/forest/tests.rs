use super::*;

/// Sums of a few hundred f64 terms, rounded to f32 once.
const ROUNDING: f32 = 1e-6;

pub(super) fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    (0..count).map(|_| next()).collect()
}

fn one_tree(depth: usize) -> ForestSettings {
    ForestSettings { trees: 1, depth, bootstrap: false }
}

#[test]
fn one_split_recovers_a_step() {
    let rows = [0.0, 5.0, 1.0, 5.0, 2.0, 5.0, 3.0, 5.0];
    let targets = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0];
    let forest = Forest::fit(&rows, 2, &targets, 2, &one_tree(1), 0).expect("a tree");
    assert_eq!((forest.feature[0], forest.threshold[0]), (0, 1.5));
    assert_eq!(forest.predict(&[1.4, 0.0]), [1.0, 0.0]);
    assert_eq!(forest.predict(&[1.6, 0.0]), [0.0, 1.0]);
    assert_eq!(forest.cover, [4.0, 2.0, 2.0]);
}

#[test]
fn equal_targets_need_no_question() {
    let forest = Forest::fit(&noise(20, 1), 2, &[0.25; 10], 1, &ForestSettings::default(), 0).expect("a forest");
    assert!(forest.feature.iter().all(|&feature| feature == LEAF));
    assert_eq!(forest.predict(&[0.5, 0.5]), [0.25]);
}

#[test]
fn one_row_is_its_own_answer_and_equal_rows_are_not_parted() {
    let forest = Forest::fit(&[1.0, 2.0], 2, &[0.3, 0.7], 2, &ForestSettings::default(), 0).expect("a forest");
    assert_eq!(forest.predict(&[9.0, 9.0]), [0.3, 0.7]);
    let forest = Forest::fit(&[1.0; 4], 1, &[0.0, 1.0, 0.0, 1.0], 1, &one_tree(5), 0).expect("a tree");
    assert_eq!(forest.predict(&[1.0]), [0.5]);
}

/// Squared error that is left when rows are parted at the threshold, from the definition.
fn error_left(rows: &[f32], width: usize, targets: &[f32], feature: usize, threshold: f64) -> f64 {
    let side = |left: bool| {
        let values: Vec<f64> = rows
            .chunks_exact(width)
            .zip(targets)
            .filter(|(row, _)| (f64::from(row[feature]) <= threshold) == left)
            .map(|(_, &target)| f64::from(target))
            .collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    side(true) + side(false)
}

#[test]
fn the_first_question_is_the_best_of_all() {
    for seed in 1..40 {
        let (rows, targets) = (noise(24 * 3, seed), noise(24, seed + 1000));
        let tree = Forest::fit(&rows, 3, &targets, 1, &one_tree(1), 0).expect("a tree");
        let found = error_left(&rows, 3, &targets, tree.feature[0] as usize, tree.threshold[0]);
        for feature in 0..3 {
            for row in rows.chunks_exact(3) {
                let other = error_left(&rows, 3, &targets, feature, f64::from(row[feature]));
                assert!(found <= other + 1e-9, "seed {seed}: {found} is not below {other}");
            }
        }
    }
}

#[test]
fn a_deep_tree_learns_every_row_by_heart() {
    let (rows, targets) = (noise(60 * 4, 5), noise(60 * 3, 6));
    let tree = Forest::fit(&rows, 4, &targets, 3, &one_tree(64), 0).expect("a tree");
    for (row, targets) in rows.chunks_exact(4).zip(targets.chunks_exact(3)) {
        let apart = tree.predict(row).iter().zip(targets).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < ROUNDING);
    }
}

#[test]
fn distributions_stay_distributions_and_many_outputs_work() {
    for outputs in [2, 4, 5, 9] {
        let mut targets = noise(50 * outputs, 9);
        for row in targets.chunks_exact_mut(outputs) {
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= sum);
        }
        let forest = Forest::fit(&noise(50 * 6, 8), 6, &targets, outputs, &ForestSettings::default(), 3).expect("fit");
        let answer = forest.predict(&noise(6, 77));
        assert!((answer.iter().sum::<f32>() - 1.0).abs() < 1e-5 && answer.iter().all(|share| *share >= 0.0));
    }
}

#[test]
fn the_seed_decides_and_the_threads_do_not() {
    let (rows, targets) = (noise(80 * 5, 1), noise(80 * 2, 2));
    let fit = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| Forest::fit(&rows, 5, &targets, 2, &ForestSettings::default(), seed).expect("a forest"))
    };
    assert_eq!(fit(1, 7), fit(3, 7));
    assert_ne!(fit(1, 7), fit(1, 8));
}

#[test]
fn wrong_data_are_refused() {
    let settings = ForestSettings::default();
    assert!(Forest::fit(&[], 2, &[], 1, &settings, 0).is_err());
    assert!(Forest::fit(&[1.0, 2.0, 3.0], 2, &[1.0], 1, &settings, 0).is_err());
    let error = Forest::fit(&[1.0, f32::NAN], 1, &[0.0, 1.0], 1, &settings, 0).expect_err("NaN");
    assert_eq!(error.to_string(), "expected finite numbers, found NaN");
    assert!(ForestSettings { trees: 0, ..settings }.check().is_err());
}

#[test]
fn a_damaged_forest_is_found_out() {
    let forest = Forest::fit(&noise(40, 1), 2, &noise(20, 2), 1, &one_tree(4), 0).expect("a tree");
    assert_eq!(forest.problem(), None);
    let damage = |change: &dyn Fn(&mut Forest)| {
        let mut damaged = forest.clone();
        change(&mut damaged);
        damaged.problem()
    };
    assert!(damage(&|forest| forest.left[0] = 0).is_some_and(|problem| problem.contains("node 0")));
    assert!(damage(&|forest| forest.right[0] = 10_000).is_some());
    assert!(damage(&|forest| forest.feature[0] = 2).is_some());
    assert!(damage(&|forest| forest.tree_start[1] += 1).is_some());
    assert!(damage(&|forest| forest.cover.truncate(1)).is_some());
    assert!(damage(&|forest| forest.value.clear()).is_some());
    assert!(damage(&|forest| forest.left[0] = forest.right[0]).is_some_and(|problem| problem.contains("two nodes")));
    assert!(damage(&|forest| forest.cover[1] += 100.0).is_some_and(|problem| problem.contains("more training rows")));
    assert!(damage(&|forest| forest.cover[1] = 0.0).is_some_and(|problem| problem.contains("node 1")));
}

/// A tree that is one path: each question sends left to a leaf.
fn path(questions: u32) -> Forest {
    let mut forest = Forest::empty(1, 1);
    for question in 0..questions {
        let node = forest.push(1.0);
        forest.push(1.0);
        forest.feature[node] = 0;
        (forest.left[node], forest.right[node]) = (2 * question + 1, 2 * question + 2);
    }
    forest.push(1.0);
    forest.tree_start.push(forest.feature.len() as u32);
    forest.value.push(0.5);
    forest
}

#[test]
fn a_tree_that_is_too_deep_is_found_out() {
    assert_eq!((path(64).problem(), path(64).depth()), (None, 64));
    assert!(path(65).problem().is_some_and(|problem| problem.contains("deeper than 64")));
}

/// What scikit-learn made of the same rows: see `make_golden_forest.py`.
#[derive(serde::Deserialize)]
struct Golden {
    rows: Vec<f32>,
    targets: Vec<f32>,
    asked: Vec<f32>,
    forest: Forest,
    answers: Vec<f32>,
    tree: Forest,
    mean: Vec<f32>,
    sd: Vec<f32>,
}

impl Golden {
    fn read() -> Self {
        let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/forest.json")).expect("a golden");
        assert_eq!((golden.forest.problem(), golden.tree.problem()), (None, None));
        golden
    }

    fn fit(&self, settings: &ForestSettings, seed: u64) -> Forest {
        Forest::fit(&self.rows, self.tree.width, &self.targets, self.tree.outputs, settings, seed).expect("a forest")
    }

    fn answers(&self, forest: &Forest) -> Vec<f32> {
        self.asked.chunks_exact(self.tree.width).flat_map(|row| forest.predict(row)).collect()
    }
}

#[test]
fn a_forest_of_scikit_learn_answers_as_it_did_there() {
    let golden = Golden::read();
    let answers = golden.answers(&golden.forest);
    let apart = answers.iter().zip(&golden.answers).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
    assert!(apart < ROUNDING, "{apart}");
}

#[test]
fn a_tree_grown_on_all_rows_is_that_of_scikit_learn() {
    let golden = Golden::read();
    let (ours, theirs) = (golden.fit(&one_tree(3), 0), &golden.tree);
    assert_eq!(ours.feature, theirs.feature);
    assert_eq!((&ours.left, &ours.right, &ours.cover), (&theirs.left, &theirs.right, &theirs.cover));
    // Halfway between two f32; scikit-learn halves them first.
    assert!(ours.threshold.iter().zip(&theirs.threshold).all(|(a, b)| (a - b).abs() < f64::from(f32::EPSILON)));
    assert!(ours.value.iter().zip(&theirs.value).all(|(a, b)| (a - b).abs() < ROUNDING));
}

#[test]
fn a_forest_answers_as_one_of_scikit_learns_would() {
    let golden = Golden::read();
    let settings = ForestSettings { trees: 100, ..ForestSettings::default() };
    // Distance from the mean of scikit-learn's forests, in their standard deviations: of one of them, its square is 1 in
    // the mean. Over 180 answers that are alike row by row, a fifth more or less is chance; a fault is several times that.
    for seed in 0..3 {
        let answers = golden.answers(&golden.fit(&settings, seed));
        let score = |((answer, mean), sd): ((&f32, &f32), &f32)| (answer - mean) / sd;
        let scores: Vec<f32> = answers.iter().zip(&golden.mean).zip(&golden.sd).map(score).collect();
        let square = scores.iter().map(|score| score * score).sum::<f32>() / scores.len() as f32;
        assert!((0.6..1.5).contains(&square), "seed {seed}: {square}");
    }
}
