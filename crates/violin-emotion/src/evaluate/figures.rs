//! All scores of one row of answers.

use serde::{Deserialize, Serialize};

use super::calibration::{calibration, calibration_error};
use super::metrics::{Moments, chebyshev, cosine, intersection, jensen_shannon, kl, same_strongest};

/// How near answers come to the rated distributions. Divergences, distances and accuracy are means over recordings; R2, CCC and
/// the calibration error are of all recordings together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Mean over emotions of [`r2`](super::r2); `None` where no emotion has one.
    pub mean_r2: Option<f64>,
    /// Mean over emotions of [`ccc`](super::ccc); `None` where no emotion has one.
    pub mean_ccc: Option<f64>,
    /// [`jensen_shannon`], nats.
    pub js: f64,
    /// [`kl`], nats.
    pub kl: f64,
    /// [`chebyshev`].
    pub chebyshev: f64,
    /// [`cosine`].
    pub cosine: f64,
    /// [`intersection`].
    pub intersection: f64,
    /// Share of recordings whose strongest emotion is named ([`same_strongest`]).
    pub accuracy: f64,
    /// [`calibration_error`].
    pub calibration_error: f64,
    /// R2 of each emotion.
    pub r2: Vec<Option<f64>>,
    /// CCC of each emotion.
    pub ccc: Vec<Option<f64>>,
}

/// One figure of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// As tables name it.
    pub name: &'static str,
    /// `None` where it does not exist.
    pub value: Option<f64>,
    /// Whether a larger value is a better one.
    pub more_is_better: bool,
    /// The least and the largest value that can be.
    pub range: (f64, f64),
}

impl Figures {
    /// The figures of `answers` to recordings with these `rated` distributions, on one label set; recording `i` counts
    /// `weights[i]` ≥ 0 times (all 1 for plain scores). Without any recording of weight > 0 they are NaN or `None`.
    pub fn of(rated: &[&[f32]], answers: &[&[f32]], weights: &[f64]) -> Figures {
        let total: f64 = weights.iter().sum();
        let counted = || rated.iter().zip(answers).zip(weights).filter(|(_, weight)| **weight > 0.0);
        let mean = |figure: fn(&[f32], &[f32]) -> f64| {
            counted().map(|((rated, answer), weight)| weight * figure(rated, answer)).sum::<f64>() / total
        };
        let emotions = rated.first().map_or(0, |rated| rated.len());
        let moments =
            |at: usize| Moments::of(counted().map(move |((rated, answer), &weight)| (rated[at], answer[at], weight)));
        let (r2, ccc): (Vec<_>, Vec<_>) =
            (0..emotions).map(moments).map(|moments| (moments.r2(), moments.ccc())).unzip();
        Figures {
            mean_r2: mean_of_known(&r2),
            mean_ccc: mean_of_known(&ccc),
            js: mean(jensen_shannon),
            kl: mean(kl),
            chebyshev: mean(chebyshev),
            cosine: mean(cosine),
            intersection: mean(intersection),
            accuracy: mean(|rated, answer| f64::from(u8::from(same_strongest(rated, answer)))),
            calibration_error: calibration_error(&calibration(rated, answers, weights)),
            r2,
            ccc,
        }
    }

    /// Means of the figures of several repetitions; one that does not exist in a repetition counts for nothing.
    ///
    /// # Panics
    /// If there are none.
    pub fn mean(of: &[Figures]) -> Figures {
        let mean = |figure: fn(&Figures) -> f64| of.iter().map(figure).sum::<f64>() / of.len() as f64;
        let known =
            |figure: &dyn Fn(&Figures) -> Option<f64>| mean_of_known(&of.iter().map(figure).collect::<Vec<_>>());
        let emotions = 0..of[0].r2.len();
        Figures {
            mean_r2: known(&|figures| figures.mean_r2),
            mean_ccc: known(&|figures| figures.mean_ccc),
            js: mean(|figures| figures.js),
            kl: mean(|figures| figures.kl),
            chebyshev: mean(|figures| figures.chebyshev),
            cosine: mean(|figures| figures.cosine),
            intersection: mean(|figures| figures.intersection),
            accuracy: mean(|figures| figures.accuracy),
            calibration_error: mean(|figures| figures.calibration_error),
            r2: emotions.clone().map(|emotion| known(&|figures| figures.r2[emotion])).collect(),
            ccc: emotions.map(|emotion| known(&|figures| figures.ccc[emotion])).collect(),
        }
    }

    /// The figures that are one number, in the order of tables, by name.
    pub fn scalars(&self) -> [Figure; 9] {
        let more = |name, value, least| Figure { name, value, more_is_better: true, range: (least, 1.0) };
        let less = |name, value, most| Figure { name, value: Some(value), more_is_better: false, range: (0.0, most) };
        [
            more("R2", self.mean_r2, f64::NEG_INFINITY),
            more("CCC", self.mean_ccc, -1.0),
            less("JS", self.js, std::f64::consts::LN_2),
            less("KL", self.kl, f64::INFINITY),
            less("Chebyshev", self.chebyshev, 1.0),
            more("cosine", Some(self.cosine), 0.0),
            more("intersection", Some(self.intersection), 0.0),
            more("accuracy", Some(self.accuracy), 0.0),
            less("calibration error", self.calibration_error, 1.0),
        ]
    }
}

/// Mean of the values that exist; `None` where none does.
pub(super) fn mean_of_known(values: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATED: [&[f32]; 3] = [&[0.5, 0.25, 0.25], &[0.125, 0.625, 0.25], &[0.75, 0.0, 0.25]];
    const ANSWERS: [&[f32]; 3] = [&[0.375, 0.375, 0.25], &[0.25, 0.5, 0.25], &[0.5, 0.25, 0.25]];

    #[test]
    fn the_truth_scores_best_and_an_emotion_that_never_varies_is_left_out() {
        let figures = Figures::of(&RATED, &RATED, &[1.0; 3]);
        assert_eq!(figures.r2, [Some(1.0), Some(1.0), None]);
        for figure in figures.scalars() {
            // KL's floor moves the share 0 to 0.001.
            let (best, close) = (f64::from(u8::from(figure.more_is_better)), 1e-3);
            assert!(figure.value.is_some_and(|value| (value - best).abs() < close), "{figure:?}");
        }
    }

    #[test]
    fn a_weight_of_two_is_the_recording_twice_and_one_of_none_leaves_it_out() {
        let weighted = Figures::of(&RATED, &ANSWERS, &[2.0, 1.0, 0.0]);
        let listed = Figures::of(&[RATED[0], RATED[0], RATED[1]], &[ANSWERS[0], ANSWERS[0], ANSWERS[1]], &[1.0; 3]);
        for (one, other) in weighted.scalars().iter().zip(listed.scalars()) {
            assert!((one.value.unwrap() - other.value.unwrap()).abs() < 1e-12, "{one:?} {other:?}");
        }
    }
}
