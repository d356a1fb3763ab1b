//! A corpus of made-up numbers and a model small enough to be fitted in a moment.

use violin_emotion::Config;
use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, SoftLabels};
use violin_emotion::features::{Catalog, FeatureSet, Sequence, Span};

/// Twenty recordings of four to six windows, by ten groups. The first emotion's share rises from recording to recording, all
/// others have one share.
pub fn corpus(set: FeatureSet, emotions: usize) -> Corpus {
    let labels = LabelSet::new((0..emotions).map(|at| format!("emotion{at}")).collect()).expect("names");
    let recordings = (0..20).map(|at| {
        let first = at as f32 / 19.0;
        let mut shares = vec![(1.0 - first) / (emotions - 1) as f32; emotions];
        shares[0] = first;
        Measured {
            file_name: format!("{at}.wav"),
            group: (at / 2).to_string(),
            sound: at.to_string(),
            sequence: sequence(set, 4 + at % 3, at),
            target: SoftLabels::new(&labels, shares).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        }
    });
    Corpus::new(labels.clone(), recordings.collect()).expect("a corpus")
}

/// Windows with values that look drawn at random, others for each `seed`.
pub fn sequence(set: FeatureSet, windows: usize, seed: usize) -> Sequence {
    let catalog = Catalog::of(set);
    let value = |window: usize, column: usize| ((seed * (column + 3) + 7 * window) % 11) as f32;
    let values = (0..windows).flat_map(|window| (0..catalog.len()).map(move |column| value(window, column)));
    let spans = (0..windows).map(|at| Span { start_s: at as f64, end_s: at as f64 + 3.0 }).collect();
    Sequence::new(catalog, spans, values.collect())
}

pub fn settings(set: FeatureSet) -> Config {
    let mut config = Config::default();
    config.features.set = set;
    config.model.forest.trees = 20;
    config.model.restarts = 3;
    (config.model.network.lstm, config.model.network.lstm_last, config.model.network.embedding) = (8, 4, 6);
    config.model.network.epochs = 4;
    config
}
