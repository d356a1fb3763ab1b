//! Prints the features of WAV files at 44.1 kHz as CSV, and the time they took.
use violin_emotion::audio::Recording;
use violin_emotion::features::{Catalog, FeatureSettings, Windowing, extract};

fn main() {
    println!("path,start_s,end_s,{}", Catalog::classic().names().join(","));
    let (mut spent, mut count) = (0.0, 0);
    for path in std::env::args().skip(1) {
        let mut wav = hound::WavReader::open(&path).expect("wav");
        let samples = wav.samples::<i16>().map(|s| f32::from(s.expect("sample")) / 32768.0).collect();
        let recording = Recording::new(&path, samples).expect("samples");
        let settings = FeatureSettings { windowing: Windowing::Notebook, ..FeatureSettings::default() };
        let begin = std::time::Instant::now();
        let sequence = extract(&recording, &settings).expect("features");
        spent += begin.elapsed().as_secs_f64();
        count += sequence.windows();
        for window in 0..sequence.windows() {
            let span = sequence.spans()[window];
            let values: Vec<String> = sequence.row(window).iter().map(f32::to_string).collect();
            println!("{path},{},{},{}", span.start_s, span.end_s, values.join(","));
        }
    }
    eprintln!("{:.3} ms a window, {count} windows", 1000.0 * spent / count as f64);
}
