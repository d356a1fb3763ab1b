//! Seconds a forest takes to fit and to answer on one thread: `cargo bench --bench forest`. The shapes and the data are
//! those of `bench/sklearn_forest.py`.

use std::time::Instant;

use violin_emotion::model::{Forest, ForestSettings};

const FEATURES: usize = 64;
const OUTPUTS: usize = 3;

/// Closed formulas, so that both sides have the same data.
fn data(rows: usize) -> (Vec<f32>, Vec<f32>) {
    let inputs = (0..rows * FEATURES).map(|n| ((n as f64 * 12.9898).sin() * 43_758.545_3).fract() as f32).collect();
    let targets = (0..rows).flat_map(|row| {
        let shares: [f64; OUTPUTS] =
            std::array::from_fn(|output| (((row * 3 + output) as f64 * 0.7).sin() * 2.0).exp());
        let sum: f64 = shares.iter().sum();
        shares.map(|share| (share / sum) as f32)
    });
    (inputs, targets.collect())
}

fn best(repeats: usize, mut job: impl FnMut()) -> f64 {
    let once = |_| {
        let begin = Instant::now();
        job();
        begin.elapsed().as_secs_f64()
    };
    (0..repeats).map(once).fold(f64::INFINITY, f64::min)
}

fn main() {
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    one_thread.install(|| {
        for (rows, trees, repeats) in [(360, 200, 5), (20_000, 20, 1)] {
            let (inputs, targets) = data(rows);
            let settings = ForestSettings { trees, ..ForestSettings::default() };
            let fit = || Forest::fit(&inputs, FEATURES, &targets, OUTPUTS, &settings, 0).expect("a forest");
            println!("fit_{rows}x{FEATURES}_{trees}_trees {:.4}", best(repeats, || drop(fit())));
            let forest = fit();
            let answer = || inputs.chunks(FEATURES).for_each(|row| drop(forest.predict(row)));
            println!("predict_{rows}x{FEATURES}_{trees}_trees {:.5}", best(5, answer));
        }
    });
}
