//! How much each part of the model has to say in its answer.

/// Weights are told in so many steps.
const STEPS: usize = 20;
/// Weights that are not equal cost what the best part misses in so many recordings: of few recordings, a choice among parts that answer
/// alike is mostly chance; of many it is not.
const FOR_EQUAL: f64 = 20.0;

/// The weights of the parts of an answer; they sum to 1.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Of the networks on each part of the features.
    pub network: Vec<f32>,
    /// Of the forests on their embeddings.
    pub forest: Vec<f32>,
    /// Of the ridges on summaries of each part of the features; none where there are none.
    pub ridge: Vec<f32>,
}

/// What the parts of a model answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answers {
    /// The networks on each part of the features.
    pub network: Vec<Vec<f32>>,
    /// The forests on their embeddings.
    pub forest: Vec<Vec<f32>>,
    /// The ridges on summaries of each part of the features; none where there are none.
    pub ridge: Vec<Vec<f32>>,
}

/// What was rated, and what the parts answered without having learned from it.
pub(super) struct Judged<'a> {
    pub rated: &'a [f32],
    pub answers: Answers,
}

impl Answers {
    fn all(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.network.iter().chain(&self.forest).chain(&self.ridge)
    }
}

impl Blend {
    /// Networks and forests alone, as in the notebook; each part of the features has as much to say as its weights `like` say.
    pub(super) fn without_ridges(network: f32, like: &Blend) -> Self {
        let parts: Vec<f32> = like.network.iter().zip(&like.forest).map(|(network, forest)| network + forest).collect();
        let parts = shares(&parts);
        let of = |weight: f32| parts.iter().map(|part| weight * part).collect();
        Blend { network: of(network), forest: of(1.0 - network), ridge: Vec::new() }
    }

    /// So many parts of the features alike, and all of it to the networks.
    pub(super) fn even(parts: usize) -> Self {
        Blend { network: vec![1.0 / parts as f32; parts], forest: vec![0.0; parts], ridge: Vec::new() }
    }

    /// The weights with the least squares on recordings that no part had learned from, held towards equal ones, the less the more
    /// recordings there are; a part that does not help has the weight 0.
    pub(super) fn learned(judged: &[Judged]) -> Self {
        // The squares of a blend are a quadratic form of its weights: one matrix for all of them.
        let count = judged[0].answers.all().count();
        let mut form = vec![vec![0.0f64; count]; count];
        for Judged { rated, answers } in judged {
            for (emotion, &rated) in rated.iter().enumerate() {
                let missed: Vec<f64> = answers.all().map(|answer| f64::from(answer[emotion] - rated)).collect();
                for (form, one) in form.iter_mut().zip(&missed) {
                    form.iter_mut().zip(&missed).for_each(|(product, other)| *product += one * other);
                }
            }
        }
        let least = (0..count).map(|part| form[part][part]).fold(f64::INFINITY, f64::min);
        let (even, for_equal) = (1.0 / count as f64, FOR_EQUAL * least / judged.len() as f64);
        let cost = |steps: &[usize]| {
            let weights: Vec<f64> = steps.iter().map(|&step| step as f64 / STEPS as f64).collect();
            let of_one = |(form, weight): (&Vec<f64>, &f64)| {
                let squares: f64 = form.iter().zip(&weights).map(|(product, other)| product * other).sum();
                weight * squares + for_equal * (weight - even).powi(2)
            };
            form.iter().zip(&weights).map(of_one).sum::<f64>()
        };
        let best = descend(count, cost).into_iter().map(|step| step as f32 / STEPS as f32);
        let weights: Vec<f32> = best.collect();
        let parts = judged[0].answers.network.len();
        let (network, others) = weights.split_at(parts);
        let (forest, ridge) = others.split_at(parts);
        Blend { network: network.to_vec(), forest: forest.to_vec(), ridge: ridge.to_vec() }
    }

    /// The answer of all parts together.
    pub(super) fn of(&self, answers: &Answers) -> Vec<f32> {
        let weights = self.network.iter().chain(&self.forest).chain(&self.ridge);
        mixed(answers.all().zip(weights.copied()))
    }

    /// The answer of the networks on all parts of the features, by their weights.
    pub(super) fn of_networks(&self, answers: &Answers) -> Vec<f32> {
        mixed(answers.network.iter().zip(shares(&self.network)))
    }

    /// The answer of the forests on all parts of the features, by their weights.
    pub(super) fn of_forests(&self, answers: &Answers) -> Vec<f32> {
        mixed(answers.forest.iter().zip(shares(&self.forest)))
    }

    /// The answer of the ridges on all parts of the features, by their weights; none where there are none.
    pub(super) fn of_ridges(&self, answers: &Answers) -> Option<Vec<f32>> {
        (!answers.ridge.is_empty()).then(|| mixed(answers.ridge.iter().zip(shares(&self.ridge))))
    }

    /// What cannot be of so many parts of the features, if anything cannot.
    pub(super) fn problem(&self, parts: usize) -> Option<String> {
        const ROUNDING: f32 = 1e-5;
        let Blend { network, forest, ridge } = self;
        let weights = || network.iter().chain(forest).chain(ridge);
        let fits = [network.len(), forest.len()] == [parts; 2]
            && (ridge.is_empty() || ridge.len() == parts)
            && weights().all(|weight| *weight >= 0.0)
            && (weights().sum::<f32>() - 1.0).abs() < ROUNDING;
        let expected = "expected weights of 0 or more that sum to 1, a network and a forest for each part of the features, and a ridge or none";
        (!fits).then(|| format!("`blend`: {expected}, found {network:?}, {forest:?}, {ridge:?}"))
    }
}

/// Steps to each of `count` parts, [`STEPS`] in all, with the least cost, which is convex: from nearly even ones, as long as a step
/// taken from one part and given to another makes it less.
fn descend(count: usize, cost: impl Fn(&[usize]) -> f64) -> Vec<usize> {
    let mut steps: Vec<usize> = (0..count).map(|part| STEPS / count + usize::from(part < STEPS % count)).collect();
    let mut least = cost(&steps);
    loop {
        let mut best = None;
        for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
            if from == to || steps[from] == 0 {
                continue;
            }
            let mut moved = steps.clone();
            (moved[from], moved[to]) = (moved[from] - 1, moved[to] + 1);
            let cost = cost(&moved);
            if cost < least {
                (least, best) = (cost, Some(moved));
            }
        }
        match best {
            Some(better) => steps = better,
            None => return steps,
        }
    }
}

/// Weights that sum to 1; equal ones where all are 0.
pub(super) fn shares(weights: &[f32]) -> Vec<f32> {
    let sum: f32 = weights.iter().sum();
    match sum > 0.0 {
        true => weights.iter().map(|weight| weight / sum).collect(),
        false => vec![1.0 / weights.len() as f32; weights.len()],
    }
}

/// A distribution of several, by their weights.
fn mixed<'a>(answers: impl Iterator<Item = (&'a Vec<f32>, f32)>) -> Vec<f32> {
    let mut sums: Vec<f32> = Vec::new();
    for (answer, weight) in answers {
        sums.resize(answer.len(), 0.0);
        sums.iter_mut().zip(answer).for_each(|(sum, share)| *sum += weight * share);
    }
    // All sum to 1 but for rounding, which grows with the number of emotions.
    let sum: f32 = sums.iter().sum();
    sums.iter_mut().for_each(|share| *share /= sum);
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(of: [Vec<f32>; 3]) -> Answers {
        let [network, forest, ridge] = of;
        Answers { network: vec![network], forest: vec![forest], ridge: vec![ridge] }
    }

    /// Ratings that vary, and parts that miss them by so much, each in its own way.
    fn blend(recordings: usize, missed: [f32; 3]) -> [f32; 3] {
        let rated: Vec<[f32; 2]> = (0..recordings)
            .map(|at| {
                let share = 0.5 + 0.4 * (at as f32 * 0.7).sin();
                [share, 1.0 - share]
            })
            .collect();
        let judged: Vec<Judged> = rated
            .iter()
            .enumerate()
            .map(|(at, rated)| {
                let answers = answers(std::array::from_fn(|part| {
                    let off = missed[part] * (at as f32 * (1.3 + part as f32) + part as f32).sin();
                    vec![rated[0] + off, rated[1] - off]
                }));
                Judged { rated, answers }
            })
            .collect();
        let Blend { network, forest, ridge } = Blend::learned(&judged);
        [network[0], forest[0], ridge[0]]
    }

    #[test]
    fn parts_that_miss_alike_have_equal_weights() {
        let weights = blend(200, [0.1, 0.1, 0.1]);
        assert!(weights.iter().all(|weight| (weight - 1.0 / 3.0).abs() < 0.04), "{weights:?}");
    }

    #[test]
    fn the_better_a_part_the_more_it_has_to_say_and_a_bad_one_is_left_out() {
        let [network, forest, ridge] = blend(200, [0.05, 0.6, 0.1]);
        assert!(network > ridge && ridge > 0.0 && forest == 0.0, "{network} {forest} {ridge}");
    }

    #[test]
    fn few_recordings_hold_the_weights_together() {
        let [of_few, of_many] = [20, 2_000].map(|recordings| {
            let [network, forest, _] = blend(recordings, [0.05, 0.1, 0.1]);
            network - forest
        });
        assert!(0.0 < of_few && of_few < 0.8 * of_many, "{of_few} {of_many}");
    }

    #[test]
    fn no_other_weights_cost_less() {
        // A convex form of four parts that hang together, and all weights there are.
        let form =
            |one: usize, other: usize| 0.9f64.powi(one.abs_diff(other) as i32) * (1.0 + 0.3 * (one * other) as f64);
        let cost = |steps: &[usize]| {
            let pairs = (0..4).flat_map(|one| (0..4).map(move |other| (one, other)));
            pairs.map(|(one, other)| (steps[one] * steps[other]) as f64 * form(one, other)).sum::<f64>()
        };
        let mut least = f64::INFINITY;
        for one in 0..=STEPS {
            for other in 0..=STEPS - one {
                for third in 0..=STEPS - one - other {
                    least = least.min(cost(&[one, other, third, STEPS - one - other - third]));
                }
            }
        }
        let found = cost(&descend(4, cost));
        assert!(found < 1.001 * least, "{found} {least}");
    }

    #[test]
    fn parts_of_the_features_keep_their_share_without_the_ridges() {
        let learned = Blend { network: vec![0.3, 0.0], forest: vec![0.1, 0.1], ridge: vec![0.1, 0.4] };
        let without = Blend::without_ridges(0.7, &learned);
        let close =
            |of: &[f32], expected: [f32; 2]| of.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-6);
        assert!(close(&without.network, [0.56, 0.14]) && close(&without.forest, [0.24, 0.06]), "{without:?}");
        let silent = Blend { network: vec![0.0; 2], forest: vec![0.0; 2], ridge: vec![0.5; 2] };
        assert_eq!(Blend::without_ridges(0.5, &silent).network, [0.25, 0.25]);
    }

    #[test]
    fn weights_that_cannot_be_are_said() {
        for (network, forest, ridge) in [(0.5, 0.5, 0.5), (-0.1, 0.6, 0.5), (f32::NAN, 0.5, 0.5)] {
            let blend = Blend { network: vec![network], forest: vec![forest], ridge: vec![ridge] };
            assert!(blend.problem(1).is_some());
        }
        let blend = Blend { network: vec![0.5], forest: vec![0.25], ridge: vec![0.25] };
        assert!(blend.problem(1).is_none() && blend.problem(2).is_some());
        let too_many = Blend { network: vec![0.5], forest: vec![0.25], ridge: vec![0.25, 0.0] };
        assert!(too_many.problem(1).is_some());
    }
}
