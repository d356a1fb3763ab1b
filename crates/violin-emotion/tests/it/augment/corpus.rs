//! Copies stand on their recording's side of every split, and only where something is learned.

use std::collections::BTreeSet;

use proptest::prelude::*;
use violin_emotion::audio::augment::{AugmentSettings, Augmentation};
use violin_emotion::audio::{self, AudioSettings};
use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, SoftLabels, folds};
use violin_emotion::features::{
    Catalog, FeatureCache, FeatureSet, FeatureSettings, Sequence, Span, extract, measure_with_copies,
};
use violin_emotion::model::EmotionModel;
use violin_emotion::silent;

use crate::small;

/// A recording whose features, and those of its copies, are all its number: what is learned from can be told.
fn marked(groups: &[u8], copies: usize) -> Corpus {
    let labels = LabelSet::new(vec!["happy".into(), "sad".into()]).expect("names");
    let catalog = Catalog::of(FeatureSet::Classic);
    let sequence = |number: usize| {
        Sequence::new(catalog, vec![Span { start_s: 0.0, end_s: 3.0 }], vec![number as f32; catalog.len()])
    };
    let measured = |(number, group): (usize, &u8)| Measured {
        file_name: format!("{number}.wav"),
        group: group.to_string(),
        sound: number.to_string(),
        sequence: sequence(number),
        target: SoftLabels::new(&labels, vec![0.5, 0.5]).expect("shares"),
        warnings: Vec::new(),
        copies: Copies::new((0..copies).map(|_| sequence(number)).collect()),
    };
    Corpus::new(labels.clone(), groups.iter().enumerate().map(measured).collect()).expect("recordings")
}

fn numbers<'a>(sequences: impl Iterator<Item = &'a Sequence>) -> Vec<usize> {
    sequences.map(|sequence| sequence.values()[0] as usize).collect()
}

proptest! {
    #[test]
    fn a_copy_never_stands_on_another_side_than_its_recording(
        groups in prop::collection::vec(0u8..8, 6..40),
        copies in 0usize..5,
        seed in any::<u64>(),
    ) {
        prop_assume!(groups.iter().collect::<BTreeSet<_>>().len() >= 4);
        let corpus = marked(&groups, copies);
        for split in folds(&corpus.groups(), 3, seed).expect("folds") {
            let side = corpus.training_side(&split);
            let learned = numbers(side.lessons().map(|(sequence, _)| sequence));
            prop_assert_eq!(learned.len(), split.train().len() * (1 + copies));
            prop_assert!(learned.iter().all(|number| split.train().contains(number)));
            let tested: BTreeSet<u8> = split.test().iter().map(|at| groups[*at]).collect();
            prop_assert!(learned.iter().all(|number| !tested.contains(&groups[*number])));

            // Within the training side once more: what decides when to stop has no copy among what is fitted on.
            for fold in side.inner_folds(3, seed).expect("two groups") {
                let fitted = numbers(fold.side.lessons().map(|(sequence, _)| sequence));
                let judging = numbers(fold.judges.iter().map(|(_, recording)| &recording.sequence));
                prop_assert_eq!(fitted.len(), (split.train().len() - judging.len()) * (1 + copies));
                let judged: BTreeSet<u8> = judging.iter().map(|number| groups[*number]).collect();
                prop_assert!(fitted.iter().all(|number| !judged.contains(&groups[*number])));
                prop_assert_eq!(judging.iter().collect::<BTreeSet<_>>().len(), judging.len());
            }
        }
    }
}

/// The small corpus, each recording with two copies of other values.
fn with_copies() -> Corpus {
    let plain = small::corpus(FeatureSet::Classic, 3);
    let mut recordings = plain.recordings().to_vec();
    for (at, recording) in recordings.iter_mut().enumerate() {
        let copy = |seed| small::sequence(FeatureSet::Classic, recording.sequence.windows(), seed);
        recording.copies = Copies::new(vec![copy(100 + at), copy(200 + at)]);
    }
    Corpus::new(plain.labels().clone(), recordings).expect("a corpus")
}

#[test]
fn copies_are_learned_from_and_nothing_else() {
    let (corpus, config) = (with_copies(), small::settings(FeatureSet::Classic));
    let fit = |corpus: &Corpus| EmotionModel::fit(&corpus.whole(), &config, 3, &silent).expect("a model");
    let (with, without) = (fit(&corpus), fit(&corpus.without_copies()));
    assert_eq!((with.summary().copies, without.summary().copies), (40, 0));
    assert_eq!(with.summary().recordings, without.summary().recordings);
    assert_eq!(with.summary().windows, without.summary().windows);
    let sequence = &corpus.recordings()[0].sequence;
    let answer = |model: &EmotionModel| model.predict(sequence).expect("an answer").shares().to_vec();
    assert_ne!(answer(&with), answer(&without));
    // What stands for all recordings are recordings, in the same scale.
    let usual = |model: &EmotionModel| {
        model
            .usual()
            .iter()
            .map(|usual| (usual.file_name.clone(), usual.sequence.values().to_vec()))
            .collect::<Vec<_>>()
    };
    assert_eq!(usual(&with), usual(&without));
    // Saved and loaded, it still says what it learned from.
    let folder = tempfile::tempdir().expect("a folder");
    with.save(&folder.path().join("model")).expect("saved");
    let loaded = EmotionModel::load(&folder.path().join("model")).expect("a model");
    assert_eq!((loaded.summary().copies, answer(&loaded)), (40, answer(&with)));
}

#[test]
fn copies_go_the_recordings_own_way_and_the_cache_tells_them_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("take.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(&path, spec).expect("a file");
    (0..22_050).for_each(|n| wav.write_sample((9000.0 * (f64::from(n) * 0.0627).sin()) as i16).expect("a sample"));
    wav.finalize().expect("a file");
    let (audio, features) = (AudioSettings::default(), FeatureSettings::default());
    let cache = FeatureCache::open(&folder.path().join("kept")).expect("a cache");
    let settings = AugmentSettings { noise_snr_db: vec![20.0], ..AugmentSettings::usual() };
    let measured = |settings: &AugmentSettings, cache| {
        let augmentation = Augmentation::open(settings, &audio).expect("settings");
        measure_with_copies(&path, &audio, &features, &augmentation, cache).expect("a measurement")
    };
    let (original, copies) = measured(&settings, None);
    // The fastest copy would last less than half a second.
    let changes: Vec<&str> = copies.iter().map(|copy| &*copy.change).collect();
    assert_eq!(changes, ["pitch -2 semitones", "pitch +2 semitones", "stretch 0.9", "pink noise 20 dB"]);
    let left_out: Vec<&str> = original.warnings.iter().map(|warning| &*warning.message).collect();
    assert!(left_out.len() == 1 && left_out[0].starts_with("its copy `stretch 1.1` was left out: "), "{left_out:?}");

    let bits = |sequence: &Sequence| sequence.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let augmentation = Augmentation::open(&settings, &audio).expect("settings");
    let decoded = audio::read(&path, &audio).expect("a recording");
    let copy = augmentation.copy(&decoded, &augmentation.changes()[1]).expect("a copy");
    let prepared = audio::prepare(copy, &audio).expect("a copy");
    assert_eq!(bits(&extract(&prepared, &features).expect("features")), bits(&copies[1].sequence));

    let kept = || std::fs::read_dir(folder.path().join("kept")).expect("the cache").count();
    for _ in 0..2 {
        let (again, copies_again) = measured(&settings, Some(&cache));
        assert_eq!((bits(&again.sequence), &again.warnings), (bits(&original.sequence), &original.warnings));
        for (one, other) in copies.iter().zip(&copies_again) {
            assert_eq!((&one.change, bits(&one.sequence)), (&other.change, bits(&other.sequence)));
        }
        assert_eq!(kept(), 5);
    }
    // Another seed is another noise, and nothing else.
    measured(&AugmentSettings { seed: 1, ..settings }, Some(&cache));
    assert_eq!(kept(), 6);
}
