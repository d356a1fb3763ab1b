//! CPU seconds that noise reduction takes on one thread, mode by mode: `cargo bench --bench denoise -- RECORDING…`, which are
//! joined. Reading is left out. Linux alone tells a thread its time.

use std::error::Error;
use std::path::Path;

use violin_emotion::audio::{self, AudioSettings, Denoise, Recording, denoise};

const REPEATS: usize = 7;

fn cpu_s() -> Result<f64, Box<dyn Error>> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = told.split_whitespace().next().ok_or("no time in schedstat")?;
    Ok(nanoseconds.parse::<f64>()? * 1e-9)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut samples = Vec::new();
    for path in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        samples.extend_from_slice(audio::open(Path::new(&path), &AudioSettings::default())?.samples());
    }
    let recording = Recording::new("joined", samples)?;
    let modes =
        [(Denoise::Stationary, "stationary"), (Denoise::Nonstationary, "nonstationary"), (Denoise::Violin, "violin")];
    for (mode, name) in modes {
        let mut best = f64::INFINITY;
        for _ in 0..REPEATS {
            let mut recording = recording.clone();
            let begin = cpu_s()?;
            denoise(&mut recording, mode, None)?;
            best = best.min(cpu_s()? - begin);
        }
        println!("{name} {best:.4}");
    }
    Ok(())
}
