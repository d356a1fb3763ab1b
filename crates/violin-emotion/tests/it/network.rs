//! The network through its public face: Keras's answers, masking, training, errors.

use std::collections::HashMap;

use violin_emotion::model::{
    CropSettings, EpochReport, Example, Network, NetworkSettings, Output, Shape, Trained, train_network,
};
use violin_emotion::{Error, ErrorKind, Result};

/// The bar for weights exchanged with Keras.
const KERAS: f32 = 1e-5;
/// Rounding of f32 sums made in another order.
const ROUNDING: f32 = 2e-6;

#[derive(serde::Deserialize)]
struct Golden {
    shape: Shape,
    tensors: HashMap<String, GoldenTensor>,
    sequences: Vec<GoldenSequence>,
}

#[derive(serde::Deserialize)]
struct GoldenTensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

#[derive(serde::Deserialize)]
struct GoldenSequence {
    rows: Vec<f32>,
    embedding: Vec<f32>,
    probabilities: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/network.json")).expect("a golden")
}

fn network_of(golden: &Golden) -> Result<Network> {
    let find = |name: &str| golden.tensors.get(name).map(|tensor| (tensor.shape.clone(), tensor.values.clone()));
    Network::from_tensors(golden.shape, find)
}

fn assert_close(one: &Output, other: &Output, tolerance: f32) {
    let numbers = |output: &Output| [output.embedding.clone(), output.probabilities.clone()].concat();
    assert_eq!((one.embedding.len(), one.probabilities.len()), (other.embedding.len(), other.probabilities.len()));
    for (one, other) in numbers(one).into_iter().zip(numbers(other)) {
        assert!((one - other).abs() <= tolerance, "{one}, expected {other}");
    }
}

/// Noise in ±1 that depends on the seed alone.
fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn small() -> NetworkSettings {
    NetworkSettings { lstm: 12, lstm_last: 8, embedding: 8, ..NetworkSettings::default() }
}

/// Recordings of 2 features and their targets.
struct Corpus(Vec<Labelled>);

/// Rows and target of one recording.
type Labelled = (Vec<f32>, Vec<f32>);

impl Corpus {
    fn examples(&self) -> Vec<Example<'_>> {
        self.0.iter().map(|(rows, target)| Example { rows, windows: rows.len() / 2, target }).collect()
    }

    /// Soft labels that follow the first feature's level; the second is noise.
    fn levels(count: u32, seed: u32) -> Self {
        let recording = |number: u32| {
            let level = noise(1, seed + number)[0];
            let windows = 2 + number as usize % 7;
            let rows = noise(windows * 2, seed + 1000 + number);
            let rows = rows.chunks(2).flat_map(|row| [1.5 * level + 0.2 * row[0], row[1]]).collect();
            let share = 1.0 / (1.0 + (-2.0 * level).exp());
            (rows, vec![share * 0.8, (1.0 - share) * 0.8, 0.2])
        };
        Corpus((0..count).map(recording).collect())
    }
}

fn train(training: &Corpus, validation: &Corpus, settings: &NetworkSettings, seed: u64) -> Result<Trained> {
    let crops = CropSettings::default();
    train_network(&training.examples(), &validation.examples(), settings, &crops, seed, &mut |_| Ok(()))
}

fn cross_entropy(network: &Network, corpus: &Corpus) -> f32 {
    let rows: Vec<&[f32]> = corpus.0.iter().map(|(rows, _)| rows.as_slice()).collect();
    let answers = network.forward(&rows).expect("finite rows");
    let losses = answers.iter().zip(&corpus.0).map(|(answer, (_, target))| {
        -target.iter().zip(&answer.probabilities).map(|(target, share)| target * share.ln()).sum::<f32>()
    });
    losses.sum::<f32>() / corpus.0.len() as f32
}

#[test]
fn kerass_weights_give_kerass_answers() {
    let golden = golden();
    let network = network_of(&golden).expect("weights that fit");
    let rows: Vec<&[f32]> = golden.sequences.iter().map(|sequence| sequence.rows.as_slice()).collect();
    let answers = network.forward(&rows).expect("finite rows");
    for (answer, sequence) in answers.iter().zip(&golden.sequences) {
        let expected = Output { embedding: sequence.embedding.clone(), probabilities: sequence.probabilities.clone() };
        assert_close(answer, &expected, KERAS);
    }
}

#[test]
fn a_sequence_is_answered_alike_alone_and_among_others_of_any_length() {
    let golden = golden();
    let network = network_of(&golden).expect("weights that fit");
    // More than one internal batch, and one sequence of thousands of windows.
    let lengths = [3, 1, 5000, 17, 2].into_iter().chain((0..600).map(|number| 1 + number % 9));
    let sequences: Vec<Vec<f32>> = lengths.zip(1..).map(|(length, seed)| noise(length * 7, seed)).collect();
    let together = network.forward(&sequences.iter().map(Vec::as_slice).collect::<Vec<_>>()).expect("finite rows");
    for (sequence, answer) in sequences.iter().zip(&together).take(60) {
        assert_close(&network.forward(&[sequence]).expect("finite rows")[0], answer, ROUNDING);
    }
    for answer in &together {
        let sum: f32 = answer.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < ROUNDING && answer.embedding.iter().all(|value| *value >= 0.0));
    }
    assert!(network.forward(&[]).expect("nothing asked").is_empty());
}

#[test]
fn the_order_of_the_windows_matters() {
    let network = network_of(&golden()).expect("weights that fit");
    let rows = noise(4 * 7, 5);
    let turned: Vec<f32> = rows.chunks(7).rev().flatten().copied().collect();
    let answers = network.forward(&[&rows, &turned]).expect("finite rows");
    let apart = (answers[0].probabilities[0] - answers[1].probabilities[0]).abs();
    assert!(apart > 100.0 * ROUNDING, "{answers:?}");
}

#[test]
fn a_network_is_what_its_tensors_are() {
    let network = network_of(&golden()).expect("weights that fit");
    let tensors = network.tensors();
    let find = |name: &str| {
        let tensor = tensors.iter().find(|tensor| tensor.name == name)?;
        Some((tensor.shape.clone(), tensor.values.to_vec()))
    };
    assert_eq!(Network::from_tensors(network.shape(), find).expect("its own tensors"), network);
}

#[test]
fn damaged_tensors_are_refused_by_name() {
    let problem = |damage: &dyn Fn(&mut Golden)| -> String {
        let mut golden = golden();
        damage(&mut golden);
        network_of(&golden).expect_err("damaged weights").to_string()
    };
    fn tensor<'a>(golden: &'a mut Golden, name: &str) -> &'a mut GoldenTensor {
        golden.tensors.get_mut(name).expect("a tensor of the network")
    }
    let missing = problem(&|golden| drop(golden.tensors.remove("norm.gamma")));
    assert_eq!(missing, "expected a tensor `norm.gamma` of shape [10], found none");
    let turned = problem(&|golden| tensor(golden, "lstm.forward.kernel").shape.reverse());
    assert_eq!(turned, "expected shape [7, 20] for tensor `lstm.forward.kernel`, found shape [20, 7] with 140 numbers");
    let short = problem(&|golden| tensor(golden, "softmax.bias").values.truncate(2));
    assert_eq!(short, "expected shape [3] for tensor `softmax.bias`, found shape [3] with 2 numbers");
    let broken = problem(&|golden| tensor(golden, "lstm_last.backward.recurrent").values[1] = f32::NAN);
    assert_eq!(broken, "expected finite numbers in tensor `lstm_last.backward.recurrent`, found NaN");
    for size in [0, usize::MAX] {
        assert!(problem(&|golden| golden.shape.lstm = size).starts_with("expected layers of 1 to 65536 numbers"));
    }
    assert!(problem(&|golden| golden.shape.emotions = 1).contains("at least two emotions"));
}

#[test]
fn what_can_be_learned_is_learned() {
    let (training, validation, unseen) = (Corpus::levels(96, 0), Corpus::levels(24, 300), Corpus::levels(60, 600));
    let trained = train(&training, &validation, &small(), 3).expect("data that can be learned from");
    let targets = |corpus: &Corpus| corpus.0.iter().map(|(_, target)| target.clone()).collect::<Vec<_>>();
    // The least possible loss is the targets' own entropy; knowing the mean target alone costs far more.
    let entropy = |target: &Vec<f32>| -target.iter().map(|share| share * share.ln()).sum::<f32>();
    let least = targets(&unseen).iter().map(entropy).sum::<f32>() / 60.0;
    let mean: Vec<f32> =
        (0..3).map(|at| targets(&training).iter().map(|target| target[at]).sum::<f32>() / 96.0).collect();
    let blind = |target: &Vec<f32>| -target.iter().zip(&mean).map(|(target, mean)| target * mean.ln()).sum::<f32>();
    let blind = targets(&unseen).iter().map(blind).sum::<f32>() / 60.0;
    let loss = cross_entropy(&trained.network, &unseen);
    assert!(loss - least < 0.1 * (blind - least), "loss {loss}, least {least}, mean label {blind}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_thread() {
    let (training, validation) = (Corpus::levels(40, 0), Corpus::levels(10, 300));
    let settings = NetworkSettings { epochs: 4, ..small() };
    let fit = |seed| train(&training, &validation, &settings, seed).expect("data that can be learned from");
    let here = fit(5);
    let bytes = |trained: &Trained| -> Vec<u32> {
        trained.network.tensors().iter().flat_map(|tensor| tensor.values.iter().map(|value| value.to_bits())).collect()
    };
    let elsewhere: Vec<Trained> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| fit(5))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a fit")).collect()
    });
    for other in &elsewhere {
        assert_eq!(bytes(other), bytes(&here));
        assert_eq!(other.history, here.history);
    }
    assert_ne!(bytes(&fit(6)), bytes(&here));
}

#[test]
fn early_stopping_gives_back_the_best_weights() {
    // Targets that are noise: the validation loss soon rises.
    let lottery = |count: u32, seed: u32| {
        let recording = |number: u32| {
            let share = if noise(1, seed + 5000 + number)[0] > 0.0 { 0.95 } else { 0.05 };
            (noise(8, seed + number), vec![share, 1.0 - share])
        };
        Corpus((0..count).map(recording).collect())
    };
    let (training, validation) = (lottery(30, 1), lottery(12, 900));
    let settings = NetworkSettings { learning_rate: 0.02, patience: 4, dropout: 0.0, ..small() };
    let trained = train(&training, &validation, &settings, 2).expect("data that can be learned from");
    assert_eq!(trained.epochs, trained.history.len());
    assert_eq!(trained.epochs, trained.best_epoch + 4, "it ends after four passes without a better one");
    assert!(trained.epochs < settings.epochs);
    let losses: Vec<f32> = trained.history.iter().filter_map(|report| report.validation_loss).collect();
    let least = losses.iter().copied().fold(f32::INFINITY, f32::min);
    assert_eq!((Some(least), least), (trained.validation_loss, losses[trained.best_epoch - 1]));
    assert!(losses[trained.epochs - 1] > least + 0.05, "the last weights are worse: {losses:?}");
    // Recordings of four windows have no excerpts, so the validation loss is that of the whole, without dropout.
    assert!((cross_entropy(&trained.network, &validation) - least).abs() < 10.0 * ROUNDING);
}

#[test]
fn without_validation_recordings_every_pass_is_made() {
    let settings = NetworkSettings { epochs: 3, patience: 1, ..small() };
    let trained = train(&Corpus::levels(20, 0), &Corpus(Vec::new()), &settings, 1).expect("data");
    assert_eq!((trained.epochs, trained.best_epoch, trained.validation_loss), (3, 3, None));
}

#[test]
fn the_validation_loss_is_half_the_whole_and_half_its_excerpts() {
    let recording = (noise(12 * 2, 1), vec![0.7, 0.3]);
    let pieces = [0..12, 0..5, 5..10, 7..12].map(|windows| &recording.0[windows.start * 2..windows.end * 2]);
    let validation = Corpus(vec![recording.clone()]);
    let settings = NetworkSettings { epochs: 1, ..small() };
    let trained = train(&Corpus(vec![recording.clone()]), &validation, &settings, 1).expect("data");
    let answers = trained.network.forward(&pieces).expect("finite rows");
    let loss = |answer: &Output| -0.7 * answer.probabilities[0].ln() - 0.3 * answer.probabilities[1].ln();
    let excerpts = answers[1..].iter().map(loss).sum::<f32>() / 3.0;
    let expected = 0.5 * loss(&answers[0]) + 0.5 * excerpts;
    assert!((trained.validation_loss.expect("a loss") - expected).abs() < 10.0 * ROUNDING);
}

#[test]
fn what_cannot_be_learned_from_is_an_error() {
    let (good, none) = (Corpus::levels(6, 0), Corpus(Vec::new()));
    let problem = |training: &Corpus, validation: &Corpus| {
        let error = train(training, validation, &small(), 1).expect_err("bad data");
        assert!(matches!(error.kind(), ErrorKind::Data { .. }), "{error}");
        error.to_string()
    };
    let damaged = |damage: &dyn Fn(&mut Labelled)| {
        let mut corpus = Corpus::levels(6, 0);
        damage(&mut corpus.0[2]);
        corpus
    };
    assert_eq!(problem(&none, &none), "expected at least one training recording, found none");
    let nan = damaged(&|recording| recording.0[3] = f32::NAN);
    assert_eq!(problem(&nan, &none), "expected finite numbers in sequence 2, found NaN at window 1, feature 1");
    assert!(problem(&good, &nan).contains("found NaN at window 1, feature 1"));
    let broken = damaged(&|recording| recording.0.truncate(3));
    assert!(problem(&broken, &none).contains("in training recording 2"));
    for target in [vec![0.9, 0.3, 0.3], vec![f32::NAN, 0.5, 0.5], vec![1.5, -0.5, 0.0], vec![0.5, 0.5], vec![]] {
        let bad = damaged(&|recording| recording.1.clone_from(&target));
        let found = problem(&bad, &none);
        assert!(found.starts_with("expected 3 shares ≥ 0 that sum to 1") && found.ends_with("recording 2"), "{found}");
    }

    let network = network_of(&golden()).expect("weights that fit");
    for rows in [&[][..], &[0.0; 8], &[f32::INFINITY; 7]] {
        assert!(network.forward(&[rows]).is_err() && network.input_gradient(&[rows], 0).is_err());
    }
}

#[test]
fn settings_out_of_their_range_are_named() {
    let bad = [
        (NetworkSettings { lstm: 0, ..small() }, "model.network.lstm"),
        (NetworkSettings { embedding: 5000, ..small() }, "model.network.embedding"),
        (NetworkSettings { batch: 0, ..small() }, "model.network.batch"),
        (NetworkSettings { dropout: 1.0, ..small() }, "model.network.dropout"),
        (NetworkSettings { dropout: f32::NAN, ..small() }, "model.network.dropout"),
        (NetworkSettings { learning_rate: 0.0, ..small() }, "model.network.learning_rate"),
    ];
    for (settings, key) in bad {
        let error = train(&Corpus::levels(4, 0), &Corpus(Vec::new()), &settings, 1).expect_err("a bad setting");
        assert!(matches!(error.kind(), ErrorKind::Config { key: found, .. } if found == key), "{error}");
    }
    assert!(CropSettings { windows: 0 }.check().is_err());
    let settings: NetworkSettings = serde_json::from_str("{\"batch\": 8}").expect("a part of the settings");
    assert_eq!(settings, NetworkSettings { batch: 8, ..NetworkSettings::default() });
    assert!(serde_json::from_str::<NetworkSettings>("{\"batches\": 8}").is_err());
}

#[test]
fn who_watches_can_stop_it() {
    let corpus = Corpus::levels(8, 0);
    let mut seen = Vec::new();
    let mut watch = |report: EpochReport| {
        seen.push(report.epoch);
        if report.epoch == 2 { Err(Error::interrupted()) } else { Ok(()) }
    };
    let stopped = train_network(&corpus.examples(), &[], &small(), &CropSettings::default(), 1, &mut watch);
    assert!(matches!(stopped.expect_err("stopped").kind(), ErrorKind::Interrupted));
    assert_eq!(seen, [1, 2]);
}
