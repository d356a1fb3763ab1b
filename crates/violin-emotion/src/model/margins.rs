//! How far from an answer the rated share may lie.

use super::blend::{Blend, Judged};

/// The share of rated shares that lie within the intervals around answers.
pub const WITHIN: f64 = 0.8;

/// Added to the variance of a share: an answer of 0 may be a little wrong, too.
const LEAST_VARIANCE: f32 = 1e-3;

/// For each emotion, half the width of the interval around a share p in units of √(p(1−p)): answers near a half miss by more than
/// those near 0, as votes of a few listeners do.
///
/// Conformal intervals (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman 2018, "Distribution-free predictive inference for
/// regression", with scaled misses): what was missed on recordings that had not been learned from says what will be.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Margins(Vec<f32>);

impl Margins {
    /// By what the parts, blended so, missed on recordings that they had not learned from.
    pub(super) fn of(judged: &[Judged], blend: &Blend) -> Self {
        let answers: Vec<Vec<f32>> = judged.iter().map(|judged| blend.of(&judged.answers)).collect();
        let of_emotion = |emotion: usize| {
            let miss = |(answer, judged): (&Vec<f32>, &Judged)| {
                (judged.rated[emotion] - answer[emotion]).abs() / deviation(answer[emotion])
            };
            let mut misses: Vec<f32> = answers.iter().zip(judged).map(miss).collect();
            misses.sort_unstable_by(f32::total_cmp);
            // One more than there are: the recording that will be asked about is one of them.
            let rank = (WITHIN * (misses.len() + 1) as f64).ceil() as usize;
            misses[rank.min(misses.len()) - 1]
        };
        Margins((0..judged[0].rated.len()).map(of_emotion).collect())
    }

    /// The interval around each share of an answer.
    pub(crate) fn around(&self, answer: &[f32]) -> Vec<[f32; 2]> {
        let of_one = |(&share, margin): (&f32, &f32)| {
            let half = margin * deviation(share);
            [(share - half).max(0.0), (share + half).min(1.0)]
        };
        answer.iter().zip(&self.0).map(of_one).collect()
    }

    /// What cannot be of so many emotions, if anything cannot.
    pub(super) fn problem(&self, emotions: usize) -> Option<String> {
        let Margins(margins) = self;
        let fits = margins.len() == emotions && margins.iter().all(|margin| margin.is_finite() && *margin >= 0.0);
        (!fits).then(|| format!("`margins`: expected one number of 0 or more an emotion, found {margins:?}"))
    }
}

fn deviation(share: f32) -> f32 {
    (share * (1.0 - share) + LEAST_VARIANCE).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::blend::Answers;

    /// So many recordings answered with `share`, which miss by 0.01, 0.02, … up and down in turn.
    fn margins(share: f32, count: usize) -> Margins {
        let rated: Vec<[f32; 2]> = (1..=count)
            .map(|at| {
                let rated = share + 0.01 * at as f32 * if at % 2 == 0 { 1.0 } else { -1.0 };
                [rated, 1.0 - rated]
            })
            .collect();
        let answer = vec![vec![share, 1.0 - share]];
        let answers = Answers { network: answer.clone(), forest: answer, ridge: Vec::new() };
        let judged: Vec<Judged> = rated.iter().map(|rated| Judged { rated, answers: answers.clone() }).collect();
        Margins::of(&judged, &Blend { network: vec![0.5], forest: vec![0.5], ridge: Vec::new() })
    }

    #[test]
    fn four_in_five_misses_lie_within() {
        for (count, widest) in [(9, 8), (14, 12), (24, 20), (3, 3), (1, 1)] {
            let [low, high] = margins(0.5, count).around(&[0.5, 0.5])[0];
            let half = 0.01 * widest as f32;
            assert!((low - (0.5 - half)).abs() < 1e-5 && (high - (0.5 + half)).abs() < 1e-5, "{count}: {low} {high}");
        }
    }

    #[test]
    fn small_shares_have_narrow_intervals_and_none_leaves_0_to_1() {
        let margins = margins(0.4, 30);
        let [narrow, wide] = [0.02, 0.5].map(|share| margins.around(&[share, 1.0 - share])[0]);
        assert!(narrow[1] - 0.02 < 0.5 * (wide[1] - 0.5), "{narrow:?} {wide:?}");
        for share in [0.0, 0.02, 0.98, 1.0] {
            let [low, high] = margins.around(&[share, 1.0 - share])[0];
            assert!(0.0 <= low && low <= share && share <= high && high <= 1.0, "{share}: {low} {high}");
        }
    }

    #[test]
    fn margins_that_cannot_be_are_said() {
        assert_eq!(margins(0.5, 9).problem(2), None);
        for wrong in [vec![0.1], vec![0.1, f32::NAN], vec![0.1, -0.1]] {
            assert!(Margins(wrong).problem(2).is_some());
        }
    }
}
