//! The cross-check by another way: along the gradient.

use violin_emotion::explain::{Explainer, Reference};
use violin_emotion::features::{Catalog, FeatureSet, Sequence};
use violin_emotion::model::{EmotionModel, Weighting};
use violin_emotion::silent;

use super::fit;
use crate::small;

#[test]
fn gradients_along_the_way_sum_to_what_changes_in_the_networks() {
    for set in [FeatureSet::Classic, FeatureSet::ViolinMusic] {
        let (_, model) = fit(set, 3);
        let (here, usual) = (small::sequence(set, 5, 91), small::sequence(set, 5, 33));
        let reference = Reference::recordings("usual", vec![usual.clone()]).expect("one");
        let explainer = Explainer::new(&model, reference).expect("an explainer");
        let gradients = explainer.expected_gradients(&here).expect("gradients");
        let network = |sequence: &Sequence| model.parts(sequence).expect("an answer").network;
        for (emotion, (now, before)) in network(&here).iter().zip(network(&usual)).enumerate() {
            let sum: f64 = gradients.values().map(|added| added[emotion]).sum();
            // The way is asked in 32 places.
            assert!((sum - f64::from(now - before)).abs() < 1e-3, "{sum}, expected {}", now - before);
        }
    }
}

/// Where the answer is nearly a plane, both ways give the same.
#[test]
fn near_by_gradients_and_coalitions_agree() {
    let corpus = small::corpus(FeatureSet::Classic, 3);
    let mut config = small::settings(FeatureSet::Classic);
    config.model.network_weight = 1.0;
    config.model.weighting = Weighting::Notebook;
    let model = EmotionModel::fit(&corpus.whole(), &config, 3, &silent).expect("a model");
    let here = small::sequence(FeatureSet::Classic, 5, 91);
    let near = here.values().iter().map(|value| 0.998 * value).collect();
    let near = Sequence::new(Catalog::of(FeatureSet::Classic), here.spans().to_vec(), near);
    let explainer =
        Explainer::new(&model, Reference::recordings("near", vec![near]).expect("one")).expect("an explainer");
    let why = explainer.explain(&here, &silent).expect("an explanation").whole;
    let largest =
        why.contributions.values().flat_map(|added| added.values()).fold(0.0_f64, |most, one| most.max(one.abs()));
    for (family, gradients) in explainer.expected_gradients(&here).expect("gradients") {
        for (emotion, along) in gradients {
            let added = why.contributions[&family][&emotion];
            assert!((along - added).abs() < 0.01 * largest, "{family}, {emotion}: {along}, expected {added}");
        }
    }
}
