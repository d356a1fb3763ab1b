//! The course of a recording's pitch as CSV, by pYIN: `cargo run --release --example pitch_track -- TAKE.wav [HOP]`.

use std::error::Error;
use std::path::Path;

use violin_emotion::audio::{self, AudioSettings};
use violin_emotion::dsp::pyin::{PyinSettings, pyin};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which recording?")?;
    let hop = arguments.next().map_or(Ok(512), |hop| hop.parse())?;

    let recording = audio::open(Path::new(&path), &AudioSettings::default())?;
    let settings = PyinSettings { sample_rate: 44_100.0, low_hz: 196.0, high_hz: 2_637.0, frame: 2_048, hop };
    let start = std::time::Instant::now();
    let track = pyin(recording.samples(), &settings);
    eprintln!("{:.4} s", start.elapsed().as_secs_f64());

    println!("time_s,hz,voiced,probability");
    for (frame, hz) in track.hz.iter().enumerate() {
        let time_s = (frame * hop) as f64 / settings.sample_rate;
        println!("{time_s:.4},{hz:.3},{},{:.6}", u8::from(track.voiced[frame]), track.probability[frame]);
    }
    Ok(())
}
