//! Training: batches, early stopping, the best weights kept.

use crate::{Error, Result};

use super::adam::Adam;
use super::crops::CropSettings;
use super::dropout::Dropout;
use super::pass::Pass;
use super::random::{Purpose, Random};
use super::settings::NetworkSettings;
use super::weights::Shape;
use super::{Network, answer, check_sequences};

/// How far a target's sum may stand from 1.
const SUM_TOLERANCE: f32 = 1e-3;

/// One recording to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Windows × features, standardised, row by row.
    pub rows: &'a [f32],
    /// Number of windows, at least 1.
    pub windows: usize,
    /// One share an emotion: ≥ 0, their sum 1.
    pub target: &'a [f32],
}

/// One pass over the training recordings. Losses are cross-entropies in nats, the mean over recordings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochReport {
    /// Passes finished, this one included.
    pub epoch: usize,
    /// Passes at most.
    pub epochs: usize,
    /// With dropout, while the weights moved.
    pub training_loss: f32,
    /// Without dropout, on the validation recordings, after the pass; `None` if there are none.
    pub validation_loss: Option<f32>,
}

/// A trained network, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The network with its best weights.
    pub network: Network,
    /// The pass after which it had them, 1 = the first.
    pub best_epoch: usize,
    /// Passes made.
    pub epochs: usize,
    /// Its loss on the validation recordings; `None` if there were none.
    pub validation_loss: Option<f32>,
    /// Every pass.
    pub history: Vec<EpochReport>,
}

/// Trains a network: cross-entropy on soft labels, Adam, the weights with the best validation loss kept.
///
/// In each epoch a recording is shown whole or as a random excerpt (see [`CropSettings`]). Half of a recording's
/// validation loss is that of the whole, half the mean over its consecutive excerpts: the two questions a model is asked.
/// Training ends after `patience` passes without a better one. Without validation recordings every pass is made, and the
/// last weights are kept. The same arguments give the same bytes on the same machine, whatever other threads do.
///
/// # Errors
/// `Config` for a setting out of its range; `Data` for no training recordings, sizes that disagree, numbers that are not
/// finite, a target that is no distribution, or a loss that leaves the finite numbers. `on_epoch`'s errors end training.
pub fn train(
    training: &[Example],
    validation: &[Example],
    settings: &NetworkSettings,
    crops: &CropSettings,
    seed: u64,
    on_epoch: &mut dyn FnMut(EpochReport) -> Result<()>,
) -> Result<Trained> {
    settings.check()?;
    crops.check()?;
    let (features, emotions) = check_examples(training, validation)?;
    let shape = settings.shape(features, emotions);
    shape.check()?;

    let mut fit = Fit::new(shape, settings, seed);
    let questions = Questions::new(validation, crops, features);
    let mut order: Vec<usize> = (0..training.len()).collect();
    let mut random = Random::new(seed, Purpose::Order);
    let mut best: Option<(usize, f32, Vec<f32>)> = None;
    let mut history: Vec<EpochReport> = Vec::new();
    for epoch in 1..=settings.epochs {
        random.shuffle(&mut order);
        let mut total = 0.0;
        for batch in order.chunks(settings.batch) {
            let examples: Vec<&Example> = batch.iter().map(|&place| &training[place]).collect();
            let shown = examples.iter().map(|example| {
                let windows = crops.draw(example.windows, &mut random);
                &example.rows[windows.start * features..windows.end * features]
            });
            total += fit.step(&shown.collect::<Vec<_>>(), &examples);
        }
        let training_loss = (total / training.len() as f64) as f32;
        let validation_loss = questions.as_ref().map(|questions| questions.loss(&mut fit));
        if !training_loss.is_finite() || validation_loss.is_some_and(|loss| !loss.is_finite()) {
            let found = format!("{training_loss} in epoch {epoch}");
            return Err(Error::data("a finite loss", found, "lower the setting `model.network.learning_rate`"));
        }
        let report = EpochReport { epoch, epochs: settings.epochs, training_loss, validation_loss };
        history.push(report);
        on_epoch(report)?;
        if let Some(loss) = validation_loss {
            match &mut best {
                Some((_, least, _)) if loss >= *least => {}
                Some((at, least, weights)) => {
                    (*at, *least) = (epoch, loss);
                    weights.copy_from_slice(&fit.weights);
                }
                None => best = Some((epoch, loss, fit.weights.clone())),
            }
        }
        if best.as_ref().is_some_and(|(at, ..)| epoch - at >= settings.patience) {
            break;
        }
    }

    let epochs = history.len();
    let (best_epoch, validation_loss, weights) = match best {
        Some((epoch, loss, weights)) => (epoch, Some(loss), weights),
        None => (epochs, None, fit.weights),
    };
    Ok(Trained { network: Network { shape, weights }, best_epoch, epochs, validation_loss, history })
}

/// The weights while they move.
struct Fit {
    shape: Shape,
    weights: Vec<f32>,
    gradient: Vec<f32>,
    adam: Adam,
    dropout: Dropout,
    pass: Pass,
}

impl Fit {
    fn new(shape: Shape, settings: &NetworkSettings, seed: u64) -> Self {
        let weights = shape.first_weights(seed);
        Fit {
            shape,
            gradient: vec![0.0; weights.len()],
            adam: Adam::new(settings.learning_rate, weights.len()),
            weights,
            dropout: Dropout::new(settings.dropout, seed),
            pass: Pass::new(shape),
        }
    }

    /// One step on what is `shown` of a batch; the sum of the losses before it.
    fn step(&mut self, shown: &[&[f32]], examples: &[&Example]) -> f64 {
        let weights = self.shape.split(&self.weights);
        self.pass.forward(&weights, shown, Some(&mut self.dropout));
        let mut total = 0.0;
        let share = 1.0 / shown.len() as f32;
        let by_logits = |place: usize, probabilities: &[f32], gradient: &mut [f32]| {
            let target = examples[place].target;
            total += f64::from(cross_entropy(target, probabilities));
            for ((gradient, probability), target) in gradient.iter_mut().zip(probabilities).zip(target) {
                *gradient = (probability - target) * share;
            }
        };
        let mut gradient = self.shape.split_mut(&mut self.gradient);
        self.pass.backward(&weights, by_logits, Some(&mut gradient), Some(&self.dropout));
        self.adam.step(&mut self.weights, &self.gradient);
        total
    }
}

/// What the validation recordings are asked: each as a whole, and its consecutive excerpts.
struct Questions<'a> {
    sequences: Vec<&'a [f32]>,
    targets: Vec<&'a [f32]>,
    /// What each counts; together 1.
    weights: Vec<f64>,
}

impl<'a> Questions<'a> {
    /// `None` without recordings.
    fn new(validation: &[Example<'a>], crops: &CropSettings, features: usize) -> Option<Self> {
        let mut questions = Questions { sequences: Vec::new(), targets: Vec::new(), weights: Vec::new() };
        for example in validation {
            let excerpts = crops.consecutive(example.windows).count();
            let each = 1.0 / validation.len() as f64;
            questions.add(example.rows, example.target, if excerpts > 0 { each / 2.0 } else { each });
            for windows in crops.consecutive(example.windows) {
                let rows = &example.rows[windows.start * features..windows.end * features];
                questions.add(rows, example.target, each / 2.0 / excerpts as f64);
            }
        }
        (!validation.is_empty()).then_some(questions)
    }

    fn add(&mut self, rows: &'a [f32], target: &'a [f32], weight: f64) {
        self.sequences.push(rows);
        self.targets.push(target);
        self.weights.push(weight);
    }

    fn loss(&self, fit: &mut Fit) -> f32 {
        let mut total = 0.0;
        answer(fit.shape, &fit.weights, &self.sequences, &mut fit.pass, |at, _, probabilities| {
            total += self.weights[at] * f64::from(cross_entropy(self.targets[at], probabilities));
        });
        total as f32
    }
}

/// −Σ target ln probability, in nats; probabilities below Keras's 1e-7 count as that.
fn cross_entropy(target: &[f32], probabilities: &[f32]) -> f32 {
    // `clamp` keeps a NaN; `max` would hide it.
    let terms =
        target.iter().zip(probabilities).map(|(target, probability)| target * probability.clamp(1e-7, 1.0).ln());
    -terms.sum::<f32>()
}

/// The number of features and emotions, if all examples agree and can be learned from.
fn check_examples(training: &[Example], validation: &[Example]) -> Result<(usize, usize)> {
    let Some(first) = training.first() else {
        return Err(Error::data("at least one training recording", "none", "give more recordings"));
    };
    let (features, emotions) = (first.rows.len() / first.windows.max(1), first.target.len());
    let named = [("training", training), ("validation", validation)];
    let examples = named.iter().flat_map(|(name, examples)| examples.iter().enumerate().map(move |at| (name, at)));
    for (part, (at, example)) in examples {
        let (windows, numbers) = (example.windows, example.rows.len());
        if windows == 0 || features == 0 || windows.checked_mul(features) != Some(numbers) {
            let found = format!("{windows} windows and {numbers} numbers in {part} recording {at}");
            let hint = "measure all recordings with the same features";
            return Err(Error::data(format!("windows of {features} features"), found, hint));
        }
        let shares = example.target;
        let sum: f32 = shares.iter().sum();
        let fits = shares.len() == emotions && emotions >= 2 && shares.iter().all(|share| *share >= 0.0);
        if !fits || (sum - 1.0).abs() > SUM_TOLERANCE {
            let expected = format!("{} shares ≥ 0 that sum to 1", emotions.max(2));
            let found = format!("{shares:?} for {part} recording {at}");
            return Err(Error::data(expected, found, "give one distribution over the emotions a recording"));
        }
    }
    for examples in [training, validation] {
        check_sequences(&examples.iter().map(|example| example.rows).collect::<Vec<_>>(), features)?;
    }
    Ok((features, emotions))
}
