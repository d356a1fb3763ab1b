//! Why an answer is what it is: what the families add up to, and to whom it is due.

mod gradients;
mod parts;

use std::ops::ControlFlow;

use violin_emotion::data::{Corpus, Measured, checked_folds};
use violin_emotion::explain::{Explainer, Explanation, Groups, Reference, WhatIf, Why, across};
use violin_emotion::features::{Catalog, FeatureSet, Sequence};
use violin_emotion::model::EmotionModel;
use violin_emotion::{ErrorKind, Progress, Result, Watcher, silent};

use crate::small;

/// Answers are f32; so many of them are added.
const ROUNDING: f64 = 1e-6;

fn fit(set: FeatureSet, emotions: usize) -> (Corpus, EmotionModel) {
    let corpus = small::corpus(set, emotions);
    let model = EmotionModel::fit(&corpus.whole(), &small::settings(set), 3, &silent).expect("a model");
    (corpus, model)
}

fn explain(model: &EmotionModel, sequence: &Sequence, reference: &Reference, watcher: Watcher) -> Result<Explanation> {
    Explainer::new(model, reference.clone())?.explain(sequence, watcher)
}

/// The same sequence in which no vibrato could be measured.
fn without_vibrato(sequence: &Sequence) -> Sequence {
    let catalog = Catalog::of(FeatureSet::Violin);
    let vibrato: Vec<usize> =
        catalog.names().iter().enumerate().filter(|(_, name)| name.starts_with("vibrato")).map(|(at, _)| at).collect();
    let values = sequence.values().iter().enumerate();
    let values = values.map(|(at, value)| if vibrato.contains(&(at % catalog.len())) { f32::NAN } else { *value });
    Sequence::new(catalog, sequence.spans().to_vec(), values.collect())
}

fn is_complete(why: &Why) {
    for (emotion, answer) in &why.prediction {
        let added: f64 = why.contributions.values().map(|values| values[emotion]).sum();
        assert!((why.base[emotion] + added - answer).abs() <= ROUNDING, "{emotion}: {why:?}");
    }
    for (family, values) in &why.contributions {
        assert!(values.values().sum::<f64>().abs() <= ROUNDING, "{family}: {values:?}");
    }
}

#[test]
fn base_and_contributions_are_the_answer_whatever_is_asked() {
    for (set, emotions) in [(FeatureSet::Classic, 2), (FeatureSet::Classic, 12)] {
        let (_, model) = fit(set, emotions);
        for windows in [1, 3, 17] {
            let sequence = small::sequence(set, windows, 91);
            let explanation = explain(&model, &sequence, &Reference::corpus(&model), &silent).expect("an explanation");
            is_complete(&explanation.whole);
            let answer = model.predict(&sequence).expect("an answer");
            for (prediction, share) in explanation.whole.prediction.values().zip(answer.shares()) {
                // The shares of the reference's recordings sum to 1 up to rounding.
                assert!((prediction - f64::from(*share)).abs() < 1e-12, "{prediction}, expected {share}");
            }
        }
    }
}

#[test]
fn a_family_that_cannot_be_heard_is_explained_too() {
    let (_, model) = fit(FeatureSet::Violin, 3);
    let sequence = without_vibrato(&small::sequence(FeatureSet::Violin, 2, 91));
    let reference = Reference::recordings("a take", vec![small::sequence(FeatureSet::Violin, 5, 17)]).expect("one");
    let explanation = explain(&model, &sequence, &reference, &silent).expect("an explanation");
    is_complete(&explanation.whole);
    assert_eq!(explanation.whole.contributions.len(), 12, "eleven families, and the length");
    assert!(explanation.whole.contributions["vibrato"].values().any(|added| *added != 0.0), "{explanation:?}");
    let vibrato = explanation.changes.iter().find(|change| change.group == "vibrato").expect("a line a feature");
    assert_eq!((vibrato.here, &*vibrato.words), (None, "not to be heard here"));
}

#[test]
fn both_sets_together_are_explained() {
    let (_, model) = fit(FeatureSet::All, 2);
    let usual = Reference::recordings("a take", vec![small::sequence(FeatureSet::All, 2, 17)]).expect("one");
    let sequence = small::sequence(FeatureSet::All, 1, 91);
    let explanation = explain(&model, &sequence, &usual, &silent).expect("an explanation");
    is_complete(&explanation.whole);
    assert_eq!(explanation.whole.contributions.len(), 14, "every family once, and the length");
}

#[test]
fn it_can_be_stopped() {
    let (_, model) = fit(FeatureSet::Classic, 3);
    let sequence = small::sequence(FeatureSet::Classic, 2, 91);
    let stop = |_: Progress| ControlFlow::Break(());
    let error = explain(&model, &sequence, &Reference::corpus(&model), &stop).expect_err("stopped");
    assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
}

#[test]
fn against_itself_nothing_has_to_be_explained() {
    let (_, model) = fit(FeatureSet::Classic, 3);
    let sequence = small::sequence(FeatureSet::Classic, 6, 91);
    let itself = Reference::recordings("itself", vec![sequence.clone()]).expect("one");
    let explanation = explain(&model, &sequence, &itself, &silent).expect("an explanation");
    for (family, values) in &explanation.whole.contributions {
        // Rounding of what stands beside it in a batch.
        assert!(values.values().all(|added| added.abs() < ROUNDING), "{family}: {values:?}");
    }
}

#[test]
fn what_the_length_changes_is_said_by_itself() {
    let (_, model) = fit(FeatureSet::Classic, 3);
    let (longer, shorter) = (small::sequence(FeatureSet::Classic, 9, 91), small::sequence(FeatureSet::Classic, 4, 17));
    for (take, reference, told) in [(&longer, &shorter, true), (&shorter, &longer, true), (&longer, &longer, false)] {
        let against = Reference::recordings("the other", vec![reference.clone()]).expect("one");
        let why = explain(&model, take, &against, &silent).expect("an explanation").whole;
        is_complete(&why);
        for (base, share) in why.base.values().zip(model.predict(reference).expect("an answer").shares()) {
            assert_eq!(*base, f64::from(*share), "the base is the answer to the reference as it is");
        }
        assert_eq!(why.contributions.contains_key("length"), told);
    }
}

#[test]
fn who_did_not_change_adds_nothing() {
    let (_, model) = fit(FeatureSet::Classic, 3);
    let catalog = Catalog::of(FeatureSet::Classic);
    let before = small::sequence(FeatureSet::Classic, 6, 91);
    // Only the pulse is another one.
    let tempo = catalog.columns("tempo").start;
    let values = before.values().iter().enumerate();
    let values = values.map(|(at, value)| if at % catalog.len() == tempo { value + 30.0 } else { *value });
    let after = Sequence::new(catalog, before.spans().to_vec(), values.collect());
    let reference = Reference::recordings("before", vec![before]).expect("one");
    let explanation = explain(&model, &after, &reference, &silent).expect("an explanation");
    for (family, values) in &explanation.whole.contributions {
        let moved = values.values().map(|added| added.abs()).fold(0.0, f64::max);
        assert_eq!(moved > ROUNDING, family == "timing", "{family}: {values:?}");
    }
    assert_eq!(explanation.changes.iter().filter(|change| change.standard_deviations != 0.0).count(), 1);
}

#[test]
fn it_is_what_families_add_on_average_over_all_orders() {
    equals_the_slow_twin(FeatureSet::Classic, 4);
}

#[test]
fn so_it_is_where_networks_read_a_part_of_the_features_each() {
    equals_the_slow_twin(FeatureSet::ViolinMusic, 11);
}

/// The slow twin: takes are mixed feature by feature, and the model is asked by its own door about every subset of the families. What
/// a family adds to a subset counts as often as there are orders in which the subset comes before it and the others after.
fn equals_the_slow_twin(set: FeatureSet, families_of_set: usize) {
    let (_, model) = fit(set, 3);
    let catalog = Catalog::of(set);
    let families = catalog.families();
    assert_eq!(families.len(), families_of_set);
    let (here, usual) = (small::sequence(set, 4, 91), small::sequence(set, 8, 33));
    let answer = |coalition: usize| {
        let value = |window: usize, column: usize| {
            let family = families.iter().position(|(_, columns)| columns.contains(&column)).expect("a family");
            // The middle of window 0 of four lies where window 1 of eight begins.
            if coalition >> family & 1 == 1 { here.row(window)[column] } else { usual.row(2 * window + 1)[column] }
        };
        let values = (0..4).flat_map(|window| (0..catalog.len()).map(move |column| (window, column)));
        let values = values.map(|(window, column)| value(window, column)).collect();
        let answer = model.predict(&Sequence::new(catalog, here.spans().to_vec(), values)).expect("an answer");
        answer.shares().iter().map(|share| f64::from(*share)).collect::<Vec<f64>>()
    };
    let answers: Vec<Vec<f64>> = (0..1 << families.len()).map(answer).collect();
    let factorial = |number: usize| (1..=number).map(|factor| factor as f64).product::<f64>();
    let mut expected = vec![[0.0; 3]; families.len()];
    for (family, expected) in expected.iter_mut().enumerate() {
        for coalition in (0..answers.len()).filter(|coalition| coalition >> family & 1 == 0) {
            let before = coalition.count_ones() as usize;
            let orders = factorial(before) * factorial(families.len() - 1 - before) / factorial(families.len());
            for (emotion, expected) in expected.iter_mut().enumerate() {
                *expected += orders * (answers[coalition | 1 << family][emotion] - answers[coalition][emotion]);
            }
        }
    }
    let reference = Reference::recordings("usual", vec![usual.clone()]).expect("one");
    let explanation = explain(&model, &here, &reference, &silent).expect("an explanation");
    assert_eq!(explanation.whole.contributions.len(), families.len() + 1, "the families, and the length");
    for (values, expected) in explanation.whole.contributions.values().zip(expected) {
        for (value, expected) in values.values().zip(expected) {
            assert!((value - expected).abs() < ROUNDING, "{value}, expected {expected}");
        }
    }
}

#[test]
fn moments_are_explained_as_they_are_answered() {
    let (_, model) = fit(FeatureSet::Classic, 3);
    let sequence = small::sequence(FeatureSet::Classic, 9, 91);
    let explainer = Explainer::new(&model, Reference::corpus(&model)).expect("an explainer");
    let moments = explainer.timeline(&sequence, &silent).expect("explanations");
    let answers = model.timeline(&sequence).expect("answers");
    assert_eq!(moments.len(), answers.len());
    for (moment, answer) in moments.iter().zip(&answers) {
        is_complete(&moment.why);
        assert_eq!(moment.span, answer.span);
        for (prediction, share) in moment.why.prediction.values().zip(answer.answer.shares()) {
            assert!((prediction - f64::from(*share)).abs() < ROUNDING);
        }
    }
}

#[test]
fn across_a_corpus_each_recording_is_explained_once_by_a_model_that_never_heard_its_group() {
    let corpus = small::corpus(FeatureSet::Classic, 3);
    let mut config = small::settings(FeatureSet::Classic);
    config.model.usual = 3;
    let found = across(&corpus, &config, 3, 5, &silent).expect("explanations");
    assert_eq!(found.recordings.len(), corpus.recordings().len());
    for split in checked_folds(&corpus.groups(), 3, 5).expect("folds") {
        let model = EmotionModel::fit(&corpus.training_side(&split), &config, 5, &silent).expect("a model");
        assert_eq!(model.usual().len(), 3);
        for &at in split.test() {
            let (explained, recording) = (&found.recordings[at], &corpus.recordings()[at]);
            assert_eq!((&explained.file_name, &explained.group), (&recording.file_name, &recording.group));
            let why = explain(&model, &recording.sequence, &Reference::corpus(&model), &silent).expect("one");
            let mut families = why.whole.contributions;
            families.retain(|family, _| family != "length");
            assert_eq!(explained.contributions, families);
        }
    }
    assert_eq!(found.responses.len(), 4, "a curve for each family here");
    let response = &found.responses[0];
    assert!(response.values.is_sorted_by(|one, next| one < next));
    let (low, high) = (response.values[0], response.values[response.values.len() - 1]);
    let mut sums = vec![0.0; response.values.len()];
    let mut asked = 0;
    for split in checked_folds(&corpus.groups(), 3, 5).expect("folds") {
        let model = EmotionModel::fit(&corpus.training_side(&split), &config, 5, &silent).expect("a model");
        let what_if = WhatIf::parse(&format!("{}={low:?}..{high:?}", response.feature), &model).expect("a question");
        for &at in split.test() {
            let imagined = what_if.ask(&model, &corpus.recordings()[at].sequence).expect("answers");
            asked += usize::from(!imagined.answers.is_empty());
            for (sum, answer) in sums.iter_mut().zip(&imagined.answers) {
                *sum += answer.prediction.values().next().expect("an emotion");
            }
        }
    }
    assert_eq!(asked, response.recordings);
    for (mean, sum) in response.shares.values().next().expect("an emotion").iter().zip(sums) {
        assert!((mean - sum / asked as f64).abs() < ROUNDING, "{mean}");
    }
    let importance = found.importance(1);
    assert_eq!(importance.len(), 4 * 3, "families by emotions");
    for one in &importance {
        let added: Vec<f64> =
            found.recordings.iter().map(|recording| recording.contributions[&one.family][&one.emotion]).collect();
        let count = added.len() as f64;
        assert!((one.mean - added.iter().sum::<f64>() / count).abs() < 1e-12);
        assert!((one.absolute - added.iter().map(|value| value.abs()).sum::<f64>() / count).abs() < 1e-12);
        assert!(one.interval.0 <= one.mean && one.mean <= one.interval.1, "{one:?}");
    }
    assert_eq!(found.importance(1), importance, "the same seed, the same intervals");
    let leading = found.leading();
    assert_eq!(leading.len(), 4);
    for ((feature, deviations), columns) in leading.iter().zip(Catalog::of(FeatureSet::Classic).families()) {
        let names = Catalog::of(FeatureSet::Classic).names();
        assert!(columns.1.iter().any(|column| names[*column] == *feature), "{feature}");
        assert_eq!(deviations.len(), found.recordings.len());
    }
}

#[test]
fn a_saved_model_explains_as_it_did() {
    let folder = tempfile::tempdir().expect("a folder");
    for set in [FeatureSet::Classic, FeatureSet::Violin] {
        let (_, model) = fit(set, 3);
        let place = folder.path().join(Catalog::of(set).name());
        model.save(&place).expect("saved");
        let loaded = EmotionModel::load(&place).expect("a model");
        let sequence = small::sequence(set, 2, 91);
        let first = model.usual()[0].sequence.clone();
        let explained = |model: &EmotionModel| {
            let reference = Reference::recordings("one", vec![first.clone()]).expect("one");
            explain(model, &sequence, &reference, &silent).expect("an explanation")
        };
        assert_eq!(explained(&loaded), explained(&model));
        assert_eq!(loaded.usual().len(), 20);
        for (loaded, usual) in loaded.usual().iter().zip(model.usual()) {
            assert_eq!((&loaded.file_name, loaded.share), (&usual.file_name, usual.share));
            assert_eq!(loaded.sequence, usual.sequence);
        }
    }
}

#[test]
fn what_went_together_in_training_and_what_was_not_heard_is_said() {
    let set = FeatureSet::Violin;
    let catalog = Catalog::of(set);
    let [pitch, brightness] =
        ["pitch_semitones", "brightness_db_per_octave"].map(|feature| catalog.columns(feature).start);
    // Brightness falls as the pitch rises, from recording to recording.
    let tied = |sequence: &Sequence| {
        let mut values = sequence.values().to_vec();
        values.chunks_exact_mut(catalog.len()).for_each(|row| row[brightness] = -2.0 * row[pitch]);
        Sequence::new(catalog, sequence.spans().to_vec(), values)
    };
    let corpus = small::corpus(set, 3);
    let recordings = corpus.recordings().iter().cloned();
    let recordings = recordings.map(|recording| Measured { sequence: tied(&recording.sequence), ..recording });
    let corpus = Corpus::new(corpus.labels().clone(), recordings.collect()).expect("a corpus");
    let model = EmotionModel::fit(&corpus.whole(), &small::settings(set), 3, &silent).expect("a model");
    let folder = tempfile::tempdir().expect("a folder");
    model.save(&folder.path().join("model")).expect("a folder");
    let model = EmotionModel::load(&folder.path().join("model")).expect("a model");

    let sequence = without_vibrato(&tied(&small::sequence(set, 3, 91)));
    let explanation = explain(&model, &sequence, &Reference::corpus(&model), &silent).expect("an explanation");
    let pair = explanation.together.iter().find(|pair| pair.groups == ["register", "brightness"]).expect("a pair");
    assert_eq!(pair.features, ["pitch_semitones", "brightness_db_per_octave"]);
    assert!((pair.correlation + 1.0).abs() < 1e-12, "{}", pair.correlation);
    assert!(pair.words().starts_with("register and brightness went together in the training recordings (r = -1.00)"));
    // As one group there is nothing to tell apart.
    let colour = Groups::families(&model).gather("colour", &["register", "brightness"]).expect("groups");
    let explainer = Explainer::new(&model, Reference::corpus(&model)).expect("an explainer").by(colour);
    let together = explainer.explain(&sequence, &silent).expect("an explanation").together;
    assert!(together.iter().all(|pair| pair.groups != ["register", "brightness"] && pair.groups[0] != pair.groups[1]));

    let doubt = &explanation.doubt;
    assert_eq!((doubt.missing["vibrato"], doubt.missing["register"]), (1.0, 0.0));
    let cautions = explanation.cautions();
    assert!(cautions.iter().any(|line| line == "not to be heard in the recording: vibrato"), "{cautions:?}");
    let answers = model.restarts(&sequence).expect("answers");
    for (at, (low, high)) in doubt.restarts.values().enumerate() {
        let shares: Vec<f64> = answers.iter().map(|answer| f64::from(answer[at])).collect();
        assert!(shares.contains(low) && shares.contains(high), "{low} to {high} of {shares:?}");
        assert!(shares.iter().all(|share| (low..=high).contains(&share)), "{low} to {high} of {shares:?}");
    }
    let intervals = model.interval(&model.predict(&sequence).expect("an answer"));
    for (ends, [low, high]) in doubt.intervals.values().zip(intervals) {
        assert_eq!(*ends, (f64::from(low), f64::from(high)));
    }
    assert_eq!(doubt.outside, 0.0);
}
