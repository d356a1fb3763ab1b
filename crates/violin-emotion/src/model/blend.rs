//! How much each part of the model has to say in its answer.

/// Weights are told in so many steps.
const STEPS: usize = 20;
/// So large a share of what the best part misses is added for weights that are not equal: a choice among parts that answer alike is
/// mostly chance.
const FOR_EQUAL: f64 = 0.25;

/// The weights of the parts of an answer; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Of the networks.
    pub network: f32,
    /// Of the forests on their embeddings.
    pub forest: f32,
    /// Of the ridge on summaries; 0 where there is none.
    pub ridge: f32,
}

/// What was rated, and what network, forest and ridge answered without having learned from it; zeros where there is no ridge.
pub(super) struct Judged<'a> {
    pub rated: &'a [f32],
    pub answers: [Vec<f32>; 3],
}

impl Blend {
    /// Network and forest alone, as in the notebook.
    pub(super) fn without_ridge(network: f32) -> Self {
        Blend { network, forest: 1.0 - network, ridge: 0.0 }
    }

    /// The weights with the least squares on recordings that no part had learned from, held a little towards equal ones; a part
    /// that does not help has the weight 0.
    pub(super) fn learned(judged: &[Judged]) -> Self {
        // The squares of a blend are a quadratic form of its weights: one matrix for all of them.
        let mut form = [[0.0f64; 3]; 3];
        for Judged { rated, answers } in judged {
            for (emotion, &rated) in rated.iter().enumerate() {
                let missed: [f64; 3] = std::array::from_fn(|part| f64::from(answers[part][emotion] - rated));
                for one in 0..3 {
                    for other in 0..3 {
                        form[one][other] += missed[one] * missed[other];
                    }
                }
            }
        }
        let least = (0..3).map(|part| form[part][part]).fold(f64::INFINITY, f64::min);
        let cost = |weights: &[f64; 3]| {
            let squares: f64 = (0..3)
                .flat_map(|one| (0..3).map(move |other| (one, other)))
                .map(|(one, other)| weights[one] * weights[other] * form[one][other])
                .sum();
            let away: f64 = weights.iter().map(|weight| (weight - 1.0 / 3.0).powi(2)).sum();
            squares + FOR_EQUAL * least * away
        };
        let all = (0..=STEPS)
            .flat_map(|network| (0..=STEPS - network).map(move |forest| [network, forest, STEPS - network - forest]));
        let weights = all.map(|steps| steps.map(|step| step as f64 / STEPS as f64));
        let best = weights.min_by(|one, other| cost(one).total_cmp(&cost(other))).expect("weights to choose from");
        let [network, forest, ridge] = best.map(|weight| weight as f32);
        Blend { network, forest, ridge }
    }

    /// The answer of network, forest and ridge together.
    pub(super) fn of<A: AsRef<[f32]>>(&self, answers: &[A; 3]) -> Vec<f32> {
        let [network, forest, ridge] = answers.each_ref().map(AsRef::as_ref);
        let parts = network.iter().zip(forest).zip(ridge);
        let mut blended: Vec<f32> = parts
            .map(|((network, forest), ridge)| self.network * network + self.forest * forest + self.ridge * ridge)
            .collect();
        // All sum to 1 but for rounding, which grows with the number of emotions.
        let sum: f32 = blended.iter().sum();
        blended.iter_mut().for_each(|share| *share /= sum);
        blended
    }

    /// What cannot be, if anything cannot.
    pub(super) fn problem(&self) -> Option<String> {
        const ROUNDING: f32 = 1e-5;
        let weights = [self.network, self.forest, self.ridge];
        let fits = weights.iter().all(|weight| *weight >= 0.0) && (weights.iter().sum::<f32>() - 1.0).abs() < ROUNDING;
        (!fits).then(|| format!("`blend`: expected weights of 0 or more that sum to 1, found {weights:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ratings that vary, and parts that miss them by so much, each in its own way.
    fn blend(missed: [f32; 3]) -> Blend {
        let rated: Vec<[f32; 2]> = (0..200)
            .map(|at| {
                let share = 0.5 + 0.4 * (at as f32 * 0.7).sin();
                [share, 1.0 - share]
            })
            .collect();
        let judged: Vec<Judged> = rated
            .iter()
            .enumerate()
            .map(|(at, rated)| {
                let answers = std::array::from_fn(|part| {
                    let off = missed[part] * (at as f32 * (1.3 + part as f32) + part as f32).sin();
                    vec![rated[0] + off, rated[1] - off]
                });
                Judged { rated, answers }
            })
            .collect();
        Blend::learned(&judged)
    }

    #[test]
    fn parts_that_miss_alike_have_equal_weights() {
        let Blend { network, forest, ridge } = blend([0.1, 0.1, 0.1]);
        assert!(
            [network, forest, ridge].iter().all(|weight| (weight - 1.0 / 3.0).abs() < 0.04),
            "{network} {forest} {ridge}"
        );
    }

    #[test]
    fn the_better_a_part_the_more_it_has_to_say_and_a_bad_one_is_left_out() {
        let blend = blend([0.05, 0.6, 0.1]);
        assert!(blend.network > blend.ridge && blend.ridge > 0.0 && blend.forest == 0.0, "{blend:?}");
        assert_eq!(blend.problem(), None);
    }

    #[test]
    fn weights_that_cannot_be_are_said() {
        for (network, forest, ridge) in [(0.5, 0.5, 0.5), (-0.1, 0.6, 0.5), (f32::NAN, 0.5, 0.5)] {
            assert!(Blend { network, forest, ridge }.problem().is_some());
        }
    }
}
