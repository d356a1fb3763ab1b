//! Owen values of a group of too many features for all its subsets to be asked: from orders drawn at random.

use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::watch::tell;
use crate::{Progress, Result, Watcher};

/// Sequences that are answered, about: some seconds.
const ANSWERS: usize = 1 << 16;
/// Pairs of orders for one recording of the reference, at least: fewer give no standard error that can be trusted.
const LEAST_PAIRS: usize = 8;

/// Members × emotions.
pub(super) struct Sampled {
    pub values: Vec<f64>,
    pub standard_errors: Vec<f64>,
}

/// Estimates what each of `members` adds, the `others` playing as whole groups, so that the members sum to `whole`, what
/// their group adds exactly. `shares` says what each recording of the reference counts.
///
/// An order of all groups, and one of the members inside theirs, is drawn and asked forwards and backwards (antithetic pairs: R.
/// Mitchell, J. Cooper, E. Frank & G. Holmes, "Sampling permutations for Shapley value estimation", JMLR 23, 2022).
/// `along(recording, there, order)` gives the answers as members come in, in this order, after the others that are there
/// already: one more than members. What is left to `whole` goes to the members by their variances.
pub(super) fn sampled_owen(
    shares: &[f64],
    members: usize,
    others: usize,
    whole: &[f64],
    along: impl Fn(usize, &[usize], &[usize]) -> Result<Vec<Vec<f32>>> + Sync,
    watcher: Watcher,
) -> Result<Sampled> {
    let emotions = whole.len();
    let size = members * emotions;
    let pairs = (ANSWERS / (2 * (members + 1) * shares.len())).max(LEAST_PAIRS);
    let done = AtomicUsize::new(0);
    let of_recording = |(recording, share): (usize, &f64)| {
        let mut random = ChaCha8Rng::seed_from_u64(recording as u64);
        let (mut sums, mut squares) = (vec![0.0; size], vec![0.0; size]);
        for _ in 0..pairs {
            let pair = antithetic_pair(members, others, &mut random, |there, order| along(recording, there, order))?;
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(pair) {
                *sum += value;
                *square += value * value;
            }
        }
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        tell(watcher, Progress::Compared { done, total: shares.len() })?;
        let count = pairs as f64;
        let mean: Vec<f64> = sums.iter().map(|sum| share * sum / count).collect();
        let variance =
            |(square, sum): (&f64, &f64)| share * share * (square - sum * sum / count).max(0.0) / (count - 1.0) / count;
        let variances: Vec<f64> = squares.iter().zip(&sums).map(variance).collect();
        Ok((mean, variances))
    };
    let (mut values, mut variances) = (vec![0.0; size], vec![0.0; size]);
    for (mean, variance) in shares.par_iter().enumerate().map(of_recording).collect::<Result<Vec<_>>>()? {
        values.iter_mut().zip(mean).for_each(|(sum, mean)| *sum += mean);
        variances.iter_mut().zip(variance).for_each(|(sum, variance)| *sum += variance);
    }
    for (emotion, whole) in whole.iter().enumerate() {
        let of_emotion = |all: &[f64]| all.iter().skip(emotion).step_by(emotions).sum::<f64>();
        let (left, doubt) = (whole - of_emotion(&values), of_emotion(&variances));
        for at in (emotion..size).step_by(emotions) {
            values[at] += left * if doubt > 0.0 { variances[at] / doubt } else { 1.0 / members as f64 };
        }
    }
    Ok(Sampled { values, standard_errors: variances.into_iter().map(f64::sqrt).collect() })
}

/// What each member adds in the mean of an order and its reverse.
fn antithetic_pair(
    members: usize,
    others: usize,
    random: &mut ChaCha8Rng,
    along: impl Fn(&[usize], &[usize]) -> Result<Vec<Vec<f32>>>,
) -> Result<Vec<f64>> {
    // The members' own group is the last number: those before it are there already.
    let mut groups = shuffled(others + 1, random);
    let mut order = shuffled(members, random);
    let mut added = Vec::new();
    for _ in 0..2 {
        let there: Vec<usize> = groups.iter().copied().take_while(|group| *group < others).collect();
        let answers = along(&there, &order)?;
        let emotions = answers[0].len();
        added.resize(members * emotions, 0.0);
        for (step, &member) in answers.windows(2).zip(&order) {
            for (emotion, sum) in added[member * emotions..][..emotions].iter_mut().enumerate() {
                *sum += 0.5 * f64::from(step[1][emotion] - step[0][emotion]);
            }
        }
        groups.reverse();
        order.reverse();
    }
    Ok(added)
}

fn shuffled(count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::{owen, shapley};
    use super::*;
    use crate::silent;

    const MEMBERS: usize = 5;
    const OTHERS: usize = 3;
    const EMOTIONS: usize = 2;

    /// A worth that looks drawn at random, another for each recording of the reference.
    fn worth(recording: usize, coalition: usize, emotion: usize) -> f32 {
        (((coalition * 37 + recording * 11 + emotion * 5) * 2_654_435_761) % 1009) as f32 / 1009.0
    }

    #[test]
    fn sampled_values_are_near_the_exact_ones_as_their_errors_say_and_sum_to_the_group() {
        let shares = [0.2, 0.5, 0.3];
        let mut worths = Vec::new();
        for coalition in 0..1 << (MEMBERS + OTHERS) {
            for emotion in 0..EMOTIONS {
                let of_one =
                    |(recording, share): (usize, &f64)| share * f64::from(worth(recording, coalition, emotion));
                worths.push(shares.iter().enumerate().map(of_one).sum::<f64>());
            }
        }
        let exact = owen(&worths, MEMBERS, OTHERS, EMOTIONS);
        let all = (1 << MEMBERS) - 1;
        let of_groups = worths.chunks_exact(EMOTIONS).enumerate().filter(|(at, _)| [0, all].contains(&(at & all)));
        let of_groups: Vec<f64> = of_groups.flat_map(|(_, worths)| worths.iter().copied()).collect();
        let whole = &shapley(&of_groups, 1 + OTHERS, EMOTIONS)[..EMOTIONS];
        let along = |recording: usize, there: &[usize], order: &[usize]| {
            let mut coalition = there.iter().map(|other| 1 << (MEMBERS + other)).sum::<usize>();
            let answer = |coalition| (0..EMOTIONS).map(|emotion| worth(recording, coalition, emotion)).collect();
            let mut answers = vec![answer(coalition)];
            for member in order {
                coalition |= 1 << member;
                answers.push(answer(coalition));
            }
            Ok(answers)
        };
        let Sampled { values, standard_errors } =
            sampled_owen(&shares, MEMBERS, OTHERS, whole, along, &silent).expect("a game without errors");
        let mut squares = 0.0;
        for ((value, exact), error) in values.iter().zip(&exact).zip(&standard_errors) {
            assert!(*error < 0.01, "±{error}");
            squares += ((value - exact) / error).powi(2);
        }
        // Ten squared standard normal numbers: above 30 in one case of a thousand. All at 0 would be too good to be true.
        assert!((0.5..30.0).contains(&squares), "{squares}: {values:?}, exact {exact:?}");
        for (emotion, whole) in whole.iter().enumerate() {
            let sum: f64 = values.iter().skip(emotion).step_by(EMOTIONS).sum();
            assert!((sum - whole).abs() < 1e-12, "{sum}, expected {whole}");
        }
    }
}
