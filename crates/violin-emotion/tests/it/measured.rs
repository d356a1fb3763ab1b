//! Answers from features that were kept are those of the recordings, to the last bit.

use std::path::{Path, PathBuf};

use violin_emotion::audio::Source;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::features::{FeatureCache, Measurement, measure, measure_from};
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::{analyze, analyze_measured};

fn write(path: PathBuf, rate: u32, seconds: f32, level: f32) -> PathBuf {
    let format =
        hound::WavSpec { channels: 1, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = hound::WavWriter::create(&path, format).expect("a file");
    for at in 0..(seconds * rate as f32) as usize {
        let time = at as f32 / rate as f32;
        let hz = if time % 1.0 < 0.5 { 440.0 } else { 523.25 };
        let sample = level * (std::f32::consts::TAU * hz * time).sin();
        file.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16).expect("a sample");
    }
    file.finalize().expect("a file");
    path
}

#[test]
fn kept_features_give_the_answer_of_the_recording() {
    let (model, folder) = (EmotionModel::built_in(), tempfile::tempdir().expect("a folder"));
    let cache = FeatureCache::open(&folder.path().join("kept")).expect("a cache");
    let config = model.config();
    // At another rate, clipped, shorter than a window, silent: each has warnings of its own.
    for (name, rate, seconds, level) in [
        ("a.wav", 22_050, 5.0, 0.3),
        ("b.wav", 44_100, 4.0, 3.0),
        ("c.wav", 48_000, 1.0, 0.3),
        ("d.wav", 44_100, 3.0, 0.0),
    ] {
        let path = write(folder.path().join(name), rate, seconds, level);
        let direct = analyze(&path, &model).expect("an answer");
        assert!(!direct.warnings.is_empty());
        let bytes = std::fs::read(&path).expect("the file");
        let from_bytes = |cache| {
            let none = Augmentation::default();
            let source = Source::Bytes(&bytes);
            measure_from(Path::new("x"), &source, &config.audio, &config.features, &none, cache).expect("features").0
        };
        let from_file = || measure(&path, &config.audio, &config.features, Some(&cache)).expect("features");
        let measured: [Measurement; 4] = [from_bytes(None), from_file(), from_file(), from_bytes(Some(&cache))];
        for measured in measured {
            let answer = analyze_measured(&path.display().to_string(), &measured, &model).expect("an answer");
            assert_eq!(answer, direct, "{name}");
        }
    }
    let entries = std::fs::read_dir(folder.path().join("kept")).expect("the cache").count();
    assert_eq!(entries, 4, "a file and its bytes are one");
}
