//! The measured recordings of a label file: copies stay together, a stop is heeded, bad features name their recording.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::audio::{AudioSettings, Recording};
use violin_emotion::data::{
    Copies, Corpus, Dataset, LabelOptions, LabelSet, Measured, SoftLabels, checked_folds, read_labels,
};
use violin_emotion::features::{Catalog, FeatureSet, FeatureSettings, Sequence, Span, extract};
use violin_emotion::model::EmotionModel;
use violin_emotion::{Config, ErrorKind, Progress, WarningKind, silent};

/// A 440 Hz tone of half a second whose level tells it from the others.
fn tone(number: usize) -> Vec<i16> {
    let level = 2000.0 + 500.0 * number as f64;
    (0..22_050).map(|n| (level * (std::f64::consts::TAU * 440.0 * f64::from(n) / 44_100.0).sin()) as i16).collect()
}

/// Recordings by name, the sound of each by number, all labelled alike.
fn dataset(names: &[(&str, usize)]) -> (TempDir, Dataset) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = "filename,happy,sad\n".to_string();
    for (name, number) in names {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 44_100,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(folder.path().join(name), spec).expect("a file");
        tone(*number).into_iter().try_for_each(|sample| wav.write_sample(sample)).expect("samples");
        wav.finalize().expect("a file");
        csv += &format!("{name},0.25,0.75\n");
    }
    let labels = folder.path().join("labels.csv");
    fs::write(&labels, csv).expect("labels");
    let dataset = read_labels(&labels, folder.path(), &LabelOptions::default()).expect("a dataset");
    (folder, dataset)
}

fn measure(dataset: &Dataset) -> Corpus {
    let (audio, features) = (AudioSettings::default(), FeatureSettings::default());
    Corpus::measure(dataset, &audio, &features, &Augmentation::default(), None, &silent).expect("a corpus")
}

#[test]
fn copies_never_stand_on_both_sides_of_a_split() {
    let names: Vec<String> = (0..12).map(|at| format!("{at}.wav")).collect();
    // Four sounds, each under three names, no group column.
    let named: Vec<(&str, usize)> = names.iter().enumerate().map(|(at, name)| (&**name, at % 4)).collect();
    let (_folder, dataset) = dataset(&named);
    assert_eq!(dataset.groups().iter().collect::<BTreeSet<_>>().len(), 12);
    let corpus = measure(&dataset);
    let said: Vec<String> = corpus.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["8 recordings are the same sound as others (0.wav = 4.wav = 8.wav; 1.wav = 5.wav = 9.wav; \
          2.wav = 6.wav = 10.wav; …): their groups are judged as one"]
    );
    for seed in 0..20 {
        for split in checked_folds(&corpus.groups(), 4, seed).expect("four groups") {
            let sounds = |side: &[usize]| -> BTreeSet<String> {
                side.iter().map(|&at| corpus.recordings()[at].sound.clone()).collect()
            };
            assert!(sounds(split.train()).is_disjoint(&sounds(split.test())), "seed {seed}");
        }
    }
    assert!(checked_folds(&corpus.groups(), 5, 0).is_err(), "there are four sounds");
}

#[test]
fn recordings_of_their_own_are_left_alone() {
    let (_folder, dataset) = dataset(&[("a.wav", 0), ("b.wav", 1), ("c.wav", 2)]);
    let corpus = measure(&dataset);
    assert_eq!((corpus.warnings(), corpus.groups()), (&[][..], vec!["a.wav", "b.wav", "c.wav"]));
    let kinds: Vec<WarningKind> = corpus.recordings()[0].warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(kinds, [WarningKind::Short]);
}

#[test]
fn a_stop_is_heeded_before_the_next_recording() {
    let names: Vec<String> = (0..24).map(|at| format!("{at}.wav")).collect();
    let named: Vec<(&str, usize)> = names.iter().enumerate().map(|(at, name)| (&**name, at)).collect();
    let (_folder, dataset) = dataset(&named);
    let threads = rayon::current_num_threads();
    let (begun, steps) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Asked to stop once, when the first recording is done or before it begins; then the watcher has no objection.
    for stop_at in [0, 1] {
        begun.store(0, Ordering::SeqCst);
        steps.store(0, Ordering::SeqCst);
        let watcher = |progress: Progress| {
            let asked = match progress {
                Progress::Begin { .. } => begun.fetch_add(1, Ordering::SeqCst) == 0 && stop_at == 0,
                _ => steps.fetch_add(1, Ordering::SeqCst) == 0 && stop_at == 1,
            };
            if asked { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let (audio, features) = (AudioSettings::default(), FeatureSettings::default());
        let error = Corpus::measure(&dataset, &audio, &features, &Augmentation::default(), None, &watcher)
            .expect_err("stopped");
        assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
        // Each thread may have been at work on one, and have begun one more before it knew.
        let begun = begun.load(Ordering::SeqCst);
        assert!(begun <= 2 * threads && begun < dataset.recordings().len(), "{begun} on {threads} threads");
    }
}

#[test]
fn features_that_are_no_numbers_name_their_recording() {
    let labels = LabelSet::new(vec!["happy".into(), "sad".into()]).expect("names");
    let catalog = Catalog::of(FeatureSet::Classic);
    let measured = |at: usize| {
        let mut values = vec![at as f32; catalog.len()];
        if at == 2 {
            values[87] = f32::INFINITY;
        }
        Measured {
            file_name: format!("take{at}.wav"),
            group: at.to_string(),
            sound: at.to_string(),
            sequence: Sequence::new(catalog, vec![Span { start_s: 0.0, end_s: 3.0 }], values),
            target: SoftLabels::new(&labels, vec![0.5, 0.5]).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        }
    };
    let corpus = Corpus::new(labels.clone(), (0..4).map(measured).collect()).expect("a corpus");
    let mut config = Config::default();
    config.features.set = FeatureSet::Classic;
    let error = EmotionModel::fit(&corpus.whole(), &config, 0, &silent).expect_err("an infinite tempo");
    assert_eq!(error.to_string(), "take2.wav: expected finite features, found inf for `tempo` in window 0");
}

#[test]
fn what_is_measured_of_a_file_is_what_is_extracted_from_it() {
    let (folder, dataset) = dataset(&[("a.wav", 0), ("b.wav", 1)]);
    let recording = violin_emotion::audio::open(&folder.path().join("b.wav"), &AudioSettings::default());
    let recording: Recording = recording.expect("a recording");
    let corpus = measure(&dataset);
    let measured = &corpus.recordings()[1];
    let extracted = extract(&recording, &FeatureSettings::default()).expect("features");
    // A tone has no cues that some features need: NaN is compared by its bits.
    let bits = |sequence: &Sequence| sequence.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(measured.sequence.spans(), extracted.spans());
    assert_eq!(bits(&measured.sequence), bits(&extracted));
    assert_eq!(measured.sound, recording.sound());
}
