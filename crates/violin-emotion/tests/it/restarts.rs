//! Several networks from different beginnings: which of them answer, and how their answers become one.

use violin_emotion::data::Corpus;
use violin_emotion::features::{FeatureSet, Sequence};
use violin_emotion::model::{Combine, EmotionModel, ForestShap, Weighting};
use violin_emotion::{Config, silent};

use crate::small;

fn settings(combine: Combine) -> Config {
    let mut config = small::settings(FeatureSet::Classic);
    config.model.combine = combine;
    config
}

fn fit(combine: Combine) -> (Corpus, EmotionModel) {
    let corpus = small::corpus(FeatureSet::Classic, 3);
    let model = EmotionModel::fit(&corpus.whole(), &settings(combine), 3, &silent).expect("a model");
    (corpus, model)
}

#[test]
fn by_their_mean_every_network_counts_alike() {
    let (corpus, model) = fit(Combine::Mean);
    assert_eq!(model.summary().answering, [0, 1, 2]);
    for recording in corpus.recordings() {
        let restarts = model.restarts(&recording.sequence).expect("answers");
        let parts = model.parts(&recording.sequence).expect("an answer");
        for (emotion, share) in parts.network.iter().enumerate() {
            let mean = restarts.iter().map(|answer| answer[emotion]).sum::<f32>() / 3.0;
            assert!((share - mean).abs() < 1e-6, "{share}, expected {mean}");
        }
        // A forest's leaves are means of training labels: so is the mean over three forests.
        assert!((parts.forest.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{:?}", parts.forest);
        assert!((parts.forest[1] - parts.forest[2]).abs() < 1e-4, "{:?}", parts.forest);
        let (blend, ridge) = (model.summary().blend.clone(), parts.ridge.expect("weights are learned"));
        let (by_network, by_forest, by_ridge) = (blend.network[0], blend.forest[0], blend.ridge[0]);
        assert!((by_network + by_forest + by_ridge - 1.0).abs() < 1e-6, "{blend:?}");
        for (emotion, hybrid) in parts.hybrid.iter().enumerate() {
            let (network, forest, ridge) = (parts.network[emotion], parts.forest[emotion], ridge[emotion]);
            assert!((hybrid - (by_network * network + by_forest * forest + by_ridge * ridge)).abs() < 1e-6);
        }
    }
}

#[test]
fn the_notebooks_hybrid_is_network_and_forest_at_seven_to_three() {
    let mut settings = settings(Combine::Best);
    settings.model.weighting = Weighting::Notebook;
    let corpus = small::corpus(FeatureSet::Classic, 3);
    let model = EmotionModel::fit(&corpus.whole(), &settings, 3, &silent).expect("a model");
    let sequence = &corpus.recordings()[4].sequence;
    let parts = model.parts(sequence).expect("an answer");
    assert_eq!((parts.ridge, &model.summary().ridge_penalties[..]), (None, &[][..]));
    for ((hybrid, network), forest) in parts.hybrid.iter().zip(&parts.network).zip(&parts.forest) {
        assert!((hybrid - (0.7 * network + 0.3 * forest)).abs() < 1e-6);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("notebook");
    model.save(&place).expect("saved");
    assert!(!place.join("ridge_model.safetensors").exists());
    let loaded = EmotionModel::load(&place).expect("a model");
    assert_eq!(loaded.predict(sequence).expect("an answer"), model.predict(sequence).expect("an answer"));
}

#[test]
fn moments_are_answered_by_network_and_forest_alone() {
    let (corpus, model) = fit(Combine::Mean);
    let sequence = &corpus.recordings()[4].sequence;
    let middle = sequence.windows() / 2;
    // Five windows around one of six: an excerpt that can be asked about as a recording, too.
    let excerpt = Sequence::new(
        model.catalog(),
        sequence.spans()[middle - 2..(middle + 3).min(sequence.windows())].to_vec(),
        (middle - 2..(middle + 3).min(sequence.windows())).flat_map(|window| sequence.row(window).to_vec()).collect(),
    );
    let parts = model.parts(&excerpt).expect("an answer");
    let moment = &model.timeline(sequence).expect("answers")[middle].answer;
    for ((share, network), forest) in moment.shares().iter().zip(&parts.network).zip(&parts.forest) {
        assert!((share - (0.7 * network + 0.3 * forest)).abs() < 1e-6, "{share}");
    }
}

#[test]
fn the_forests_shap_values_sum_to_their_answer() {
    let mut settings = settings(Combine::Mean);
    settings.model.forest.trees = 21;
    let corpus = small::corpus(FeatureSet::Classic, 3);
    let model = EmotionModel::fit(&corpus.whole(), &settings, 3, &silent).expect("a model");
    let sequence = &corpus.recordings()[0].sequence;
    let (shaps, parts) = (model.forest_shap(sequence).expect("values"), model.parts(sequence).expect("an answer"));
    assert_eq!(shaps.len(), 3, "of seven trees each");
    for (emotion, share) in parts.forest.iter().enumerate() {
        let of_one = |shap: &ForestShap| shap.base[emotion] + shap.values.iter().skip(emotion).step_by(3).sum::<f64>();
        let mean = shaps.iter().map(of_one).sum::<f64>() / 3.0;
        assert!((f64::from(*share) - mean).abs() < 1e-6, "{share}, expected {mean}");
    }
}

#[test]
fn the_best_is_the_one_with_the_least_validation_loss() {
    let (corpus, model) = fit(Combine::Best);
    let losses: Vec<f32> = model.summary().restarts.iter().map(|restart| restart.validation_loss).collect();
    let [best] = model.summary().answering[..] else { panic!("{:?}", model.summary().answering) };
    assert!(losses.iter().all(|loss| losses[best] <= *loss), "{best} of {losses:?}");
    for recording in corpus.recordings() {
        let restarts = model.restarts(&recording.sequence).expect("answers");
        let network = model.parts(&recording.sequence).expect("an answer").network;
        assert!(network.iter().zip(&restarts[best]).all(|(one, other)| (one - other).abs() < 1e-6), "{network:?}");
    }
}

#[test]
fn a_loaded_model_answers_as_the_saved_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, combine) in [("mean", Combine::Mean), ("best", Combine::Best)] {
        let (corpus, model) = fit(combine);
        model.save(&folder.path().join(name)).expect("saved");
        let loaded = EmotionModel::load(&folder.path().join(name)).expect("a model");
        for recording in corpus.recordings() {
            let answers = |model: &EmotionModel| {
                let sequence = &recording.sequence;
                (model.parts(sequence).expect("an answer"), model.timeline(sequence).expect("answers"))
            };
            assert_eq!(answers(&loaded), answers(&model), "{name}");
        }
    }
}

#[test]
fn each_part_of_the_features_has_networks_of_its_own() {
    let set = FeatureSet::ViolinMusic;
    let corpus = small::corpus(set, 3);
    for (combine, answering) in [(Combine::Mean, 3), (Combine::Best, 1)] {
        let mut settings = small::settings(set);
        settings.model.combine = combine;
        let model = EmotionModel::fit(&corpus.whole(), &settings, 3, &silent).expect("a model");
        let summary = model.summary();
        assert_eq!((summary.restarts.len(), summary.answering.len()), (6, 2 * answering));
        assert_eq!(summary.answering.iter().filter(|restart| **restart < 3).count(), answering);
        assert_eq!((summary.blend.network.len(), summary.blend.forest.len()), (2, 2));

        let sequence = &corpus.recordings()[4].sequence;
        let changed = |columns: std::ops::Range<usize>| {
            let mut values = sequence.values().to_vec();
            values.chunks_exact_mut(sequence.width()).for_each(|row| row[columns.clone()].fill(3.0));
            Sequence::new(model.catalog(), sequence.spans().to_vec(), values)
        };
        let before = model.restarts(sequence).expect("answers");
        for (part, (_, columns)) in model.catalog().parts().iter().enumerate() {
            let after = model.restarts(&changed(columns.clone())).expect("answers");
            for restart in 0..6 {
                assert_eq!(before[restart] != after[restart], restart / 3 == part, "network {restart}, part {part}");
            }
        }

        let folder = tempfile::tempdir().expect("a folder");
        model.save(&folder.path().join("model")).expect("saved");
        let loaded = EmotionModel::load(&folder.path().join("model")).expect("a model");
        let answers = |model: &EmotionModel| {
            (model.parts(sequence).expect("an answer"), model.timeline(sequence).expect("answers"))
        };
        assert_eq!(answers(&loaded), answers(&model));
    }
}

#[test]
fn fewer_trees_than_networks_that_answer_are_refused() {
    let mut config = settings(Combine::Mean);
    config.model.forest.trees = 2;
    let error = config.check().expect_err("a network without a tree");
    assert_eq!(
        error.to_string(),
        "setting `model.forest.trees`: expected at least one for each network that answers, found 2"
    );
    config.model.combine = Combine::Best;
    config.check().expect("one network has two trees");
}
