//! What a recording's way to us does to a model's answers: held-out recordings as they are, and the same as MP3 anew, at 48 kHz,
//! softer, mono, and with hiss: `cargo run --release --example answer_robustness -- AUDIO LABELS GROUP CACHE [RECORDINGS]`.
//!
//! Needs `ffmpeg` on the path.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use violin_emotion::audio::augment::Augmentation;
use violin_emotion::audio::{self, AudioSettings, SAMPLE_RATE};
use violin_emotion::data::{self, Corpus, LabelOptions};
use violin_emotion::evaluate::{jensen_shannon, same_strongest};
use violin_emotion::features::{FeatureCache, Sequence, measure};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Config, silent};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Level of the hiss re the recording, dB.
const HISS_DB: f64 = -30.0;
/// Features named for each change.
const NAMED: usize = 4;

/// A name, the arguments that make `ffmpeg` do it, and how the new file's name ends; without arguments hiss is added.
const CHANGES: [(&str, &[&str], &str); 6] = [
    ("decoded by another program", &[], "wav"),
    ("MP3, 128 kbit/s", &["-b:a", "128k"], "mp3"),
    ("48 kHz", &["-ar", "48000"], "wav"),
    ("20 dB softer, 16 bits", &["-filter:a", "volume=-20dB", "-c:a", "pcm_s16le"], "wav"),
    ("mono", &["-ac", "1"], "wav"),
    ("white noise 30 dB below", &["-ac", "1", "-c:a", "pcm_f32le"], "wav"),
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [audio, labels, group, cache, further @ ..] = &arguments[..] else {
        return Err("which AUDIO, LABELS, GROUP and CACHE?".into());
    };
    let count = further.first().map_or(Ok(20), |count| count.parse())?;
    let config = Config::default();
    let options = LabelOptions { group_by: Some(group.clone()), ..LabelOptions::default() };
    let dataset = data::read_labels(Path::new(labels), Path::new(audio), &options)?;
    let cache = FeatureCache::open(Path::new(cache))?;
    let none = Augmentation::default();
    let corpus = Corpus::measure(&dataset, &config.audio, &config.features, &none, Some(&cache), &silent)?;
    let split = data::folds(&corpus.groups(), 5, 0)?.remove(0);
    let model = EmotionModel::fit(&corpus.training_side(&split), &config, 0, &silent)?;
    let deviations = deviations(&corpus);
    let asked: Vec<usize> = split.test().iter().copied().take(count).collect();
    println!("{} held-out recordings of {}\n", asked.len(), corpus.recordings().len());
    println!(
        "| change | JS to the answer before, nats: mean (largest) | another emotion strongest | features that move most, sd over recordings |"
    );
    println!("|---|---|---|---|");
    let folder = tempfile::tempdir()?;
    for (name, filter, ending) in CHANGES {
        let (mut divergences, mut others) = (Vec::new(), 0);
        let mut moved = vec![0.0; deviations.len()];
        for &at in &asked {
            let before = &corpus.recordings()[at];
            let changed = folder.path().join(format!("changed.{ending}"));
            let status = Command::new("ffmpeg")
                .args(["-v", "error", "-y", "-i"])
                .arg(&dataset.recordings()[at].path)
                .args(filter)
                .arg(&changed)
                .status()?;
            if !status.success() {
                return Err(format!("ffmpeg: {status}").into());
            }
            if name.starts_with("white noise") {
                add_noise(&changed)?;
            }
            let after = measure(&changed, &config.audio, &config.features, None)?.sequence;
            let answers = [model.predict(&before.sequence)?, model.predict(&after)?];
            divergences.push(jensen_shannon(answers[0].shares(), answers[1].shares()));
            others += usize::from(!same_strongest(answers[0].shares(), answers[1].shares()));
            let [before, after] = [means(&before.sequence), means(&after)];
            for (at, moved) in moved.iter_mut().enumerate() {
                let way = (after[at] - before[at]).abs() / deviations[at];
                *moved += if way.is_nan() { 0.0 } else { way } / asked.len() as f64;
            }
        }
        let mean = divergences.iter().sum::<f64>() / divergences.len() as f64;
        let largest = divergences.iter().copied().fold(0.0, f64::max);
        let mut order: Vec<usize> = (0..moved.len()).collect();
        order.sort_by(|one, other| moved[*other].total_cmp(&moved[*one]));
        let named = order.iter().take(NAMED).map(|&at| format!("`{}` {:.2}", model.catalog().names()[at], moved[at]));
        let named: Vec<String> = named.collect();
        println!("| {name} | {mean:.5} ({largest:.5}) | {others} of {} | {} |", asked.len(), named.join(", "));
    }
    Ok(())
}

/// Each feature's mean over a recording's windows; NaN where it is missing in all.
fn means(sequence: &Sequence) -> Vec<f64> {
    let mean = |column: usize| {
        let (count, sum) = sequence.known(column).fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        sum / count
    };
    (0..sequence.width()).map(mean).collect()
}

/// How far the recordings' means stand from each other.
fn deviations(corpus: &Corpus) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = corpus.recordings().iter().map(|recording| means(&recording.sequence)).collect();
    let deviation = |column: usize| {
        let known: Vec<f64> = rows.iter().map(|row| row[column]).filter(|value| !value.is_nan()).collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / known.len() as f64).sqrt()
    };
    (0..rows[0].len()).map(deviation).collect()
}

fn add_noise(path: &Path) -> Outcome<()> {
    let recording = audio::open(path, &AudioSettings::default())?;
    let samples = recording.samples();
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    // Uniform between ±a has an RMS of a / √3.
    let width = (3.0 * power).sqrt() * 10f64.powf(HISS_DB / 20.0);
    let mut state = 5u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut wav = hound::WavWriter::create(path, format)?;
    samples.iter().try_for_each(|sample| wav.write_sample(sample + (width * next()) as f32))?;
    Ok(wav.finalize()?)
}
