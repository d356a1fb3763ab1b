//! CPU seconds the SHAP values of 50 rows take on one thread: `cargo bench --bench shap [-- FILE]`. The forest, the rows and the
//! values are written to FILE, so that `bench/python_shap.py` can time `shap` on the same forest and compare.

use std::env::args;
use std::fs;
use std::time::Instant;

use violin_emotion::model::{Forest, ForestSettings, ForestShap};

const FEATURES: usize = 64;
const OUTPUTS: usize = 4;
const ROWS: usize = 300;
const ASKED: usize = 50;
const BACKGROUND: usize = 100;
const REPEATS: usize = 5;

#[derive(serde::Serialize)]
struct Written<'a> {
    forest: &'a Forest,
    asked: &'a [f32],
    background: &'a [f32],
    by_cover: &'a [ForestShap],
    against: &'a [ForestShap],
}

/// Closed formulas: numbers in ±1 without a pattern, and shares that follow some of them.
fn data() -> (Vec<f32>, Vec<f32>) {
    let rows: Vec<f32> =
        (0..ROWS * FEATURES).map(|n| ((n as f64 * 12.9898).sin() * 43_758.545_3).fract() as f32).collect();
    let targets = rows.chunks_exact(FEATURES).flat_map(|row| {
        let shares: [f32; OUTPUTS] =
            std::array::from_fn(|output| (row[output] + row[output + 9] * row[output + 20]).exp());
        let sum: f32 = shares.iter().sum();
        shares.map(|share| share / sum)
    });
    let targets = targets.collect();
    (rows, targets)
}

/// CPU seconds of this thread, where Linux tells them, so that a busy machine does not blur them; else wall seconds.
fn clock(start: Instant) -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds * 1e-9)
}

/// The quickest of several runs, and what it made.
fn best<T>(mut job: impl FnMut() -> T) -> (f64, T) {
    let start = Instant::now();
    let mut once = || {
        let before = clock(start);
        let made = job();
        (clock(start) - before, made)
    };
    let runs: Vec<(f64, T)> = (0..REPEATS).map(|_| once()).collect();
    runs.into_iter().min_by(|one, other| one.0.total_cmp(&other.0)).expect("a run")
}

fn main() {
    let (rows, targets) = data();
    let forest = Forest::fit(&rows, FEATURES, &targets, OUTPUTS, &ForestSettings::default(), 0).expect("a forest");
    let (asked, background) = (&rows[..ASKED * FEATURES], &rows[rows.len() - BACKGROUND * FEATURES..]);
    let (seconds, by_cover) = best(|| forest.shap(asked).expect("whole rows"));
    println!("by_cover_{ASKED}_rows {seconds:.5}");
    let (seconds, against) = best(|| forest.shap_against(asked, background).expect("whole rows"));
    println!("against_{BACKGROUND}_{ASKED}_rows {seconds:.5}");
    if let Some(file) = args().skip(1).find(|argument| !argument.starts_with("--")) {
        let written = Written { forest: &forest, asked, background, by_cover: &by_cover, against: &against };
        fs::write(file, serde_json::to_vec(&written).expect("numbers")).expect("a file");
    }
}
