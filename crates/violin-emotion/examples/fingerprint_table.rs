//! How well fingerprints of recordings agree, pair by pair: `cargo run --release --example fingerprint_table -- FOLDER …`
//! prints the pairs that agree best, and how far others do. Figures for docs/accuracy.md.

use std::error::Error;
use std::path::{Path, PathBuf};

use violin_emotion::audio::{self, AudioSettings};
use violin_emotion::dsp::alignment::Aligner;
use violin_emotion::dsp::fingerprint::{Fingerprint, STEP};

/// Seconds that recordings must share, or the whole of the shorter one.
const LEAST_S: f64 = 3.0;
/// Pairs printed.
const PRINTED: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in std::env::args().skip(1) {
        let entries =
            Path::new(&folder).read_dir()?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        paths.extend(entries.into_iter().filter(|path| audio::is_named_as_recording(path)));
    }
    paths.sort();
    let settings = AudioSettings::default();
    let mut prints = Vec::new();
    for path in &paths {
        match audio::read(path, &settings) {
            Ok(recording) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                prints.push((name, Fingerprint::of(recording.samples(), audio::SAMPLE_RATE)));
            }
            Err(error) => eprintln!("{error}"),
        }
    }
    let longest = prints.iter().map(|(_, print)| print.frames()).max().unwrap_or(0);
    let aligner = Aligner::new(2 * longest);
    let ready: Vec<_> = prints.iter().map(|(_, print)| aligner.ready(print)).collect();
    let frames = |seconds: f64| (seconds * f64::from(audio::SAMPLE_RATE) / STEP as f64) as usize;
    let mut pairs = Vec::new();
    for one in 0..prints.len() {
        for other in one + 1..prints.len() {
            let shorter = prints[one].1.frames().min(prints[other].1.frames());
            let least = frames(LEAST_S).min(shorter * 9 / 10);
            pairs.extend(aligner.align(&ready[one], &ready[other], least).map(|alignment| (alignment, one, other)));
        }
    }
    pairs.sort_by(|a, b| b.0.agreement.total_cmp(&a.0.agreement));
    println!("{} recordings, {} pairs", prints.len(), pairs.len());
    println!("agreement  overlap s  offset s  pair");
    let seconds = |frames: f64| frames * STEP as f64 / f64::from(audio::SAMPLE_RATE);
    for (alignment, one, other) in pairs.iter().take(PRINTED) {
        let (overlap, offset) = (seconds(alignment.overlap as f64), seconds(alignment.offset as f64));
        println!("{:9.3}  {overlap:9.1}  {offset:8.1}  {} {}", alignment.agreement, prints[*one].0, prints[*other].0);
    }
    Ok(())
}
