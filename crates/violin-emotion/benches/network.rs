//! Seconds a training epoch and an answer take on one thread: `cargo bench --bench network`. CPU seconds of this thread
//! where Linux tells them, so that a busy machine does not blur them; else wall seconds.
//!
//! The shapes are those of `bench/keras_epoch.py`: 360 sequences of 138 features, batches of 16.

use std::fs;
use std::time::Instant;

use violin_emotion::model::{CropSettings, Example, NetworkSettings, train_network};

const SEQUENCES: usize = 360;
const FEATURES: usize = 138;
const EPOCHS: usize = 9;

/// Numbers in ±1 that look like noise.
fn noise(count: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Seconds since `start`, or of this thread on a CPU.
fn clock(start: Instant) -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds * 1e-9)
}

fn time(repeats: usize, many: usize, mut job: impl FnMut()) -> f64 {
    let start = Instant::now();
    let once = |_| {
        let before = clock(start);
        (0..many).for_each(|_| job());
        (clock(start) - before) / many as f64
    };
    median((0..repeats).map(once).collect())
}

fn main() {
    for windows in [8, 64] {
        let rows = noise(SEQUENCES * windows * FEATURES);
        let examples: Vec<Example> =
            rows.chunks(windows * FEATURES).map(|rows| Example { rows, windows, target: &[0.5, 0.3, 0.2] }).collect();
        let settings = NetworkSettings { epochs: EPOCHS, ..NetworkSettings::default() };
        // Excerpts as long as the sequences: every epoch shows them whole.
        let crops = CropSettings { windows };
        let (mut epochs, start) = (Vec::new(), Instant::now());
        let mut before = clock(start);
        let trained = train_network(&examples, &[], &settings, &crops, 1, &mut |_| {
            epochs.push(clock(start) - before);
            before = clock(start);
            Ok(())
        });
        let network = trained.expect("data that can be learned from").network;
        let one = time(9, 100, || drop(network.forward(&[examples[0].rows])));
        println!("epoch_T{windows} {:.4}", median(epochs));
        println!("one_sequence_T{windows} {one:.6}");
        if windows == 8 {
            let rows = noise(5120 * 6 * FEATURES);
            let many: Vec<&[f32]> = rows.chunks(6 * FEATURES).collect();
            println!("sequences_5120_T6 {:.4}", time(3, 1, || drop(network.forward(&many))));
        }
    }
}
