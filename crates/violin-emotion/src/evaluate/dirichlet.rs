//! Distributions behind votes: a Dirichlet prior fitted to all of them, and draws given the votes of one recording.

use super::chance::Chance;

/// Steps of the fit at most, and what they may still change; the fit converges linearly and draws do not notice more.
const STEPS: usize = 2000;
const SETTLED: f64 = 1e-5;
/// An emotion nobody ever voted for keeps this much, so that draws exist.
const LEAST: f64 = 1e-4;

/// The Dirichlet distribution under which these votes (a row a recording, not necessarily whole) are likeliest, by Minka's
/// fixed point ("Estimating a Dirichlet distribution", 2000).
pub(super) fn fit(votes: &[Vec<f64>]) -> Vec<f64> {
    let emotions = votes.first().map_or(0, Vec::len);
    let cast = |row: &[f64]| row.iter().sum::<f64>();
    let all: f64 = votes.iter().map(|row| cast(row)).sum();
    let share = |at: usize| votes.iter().map(|row| row[at]).sum::<f64>() / all;
    let mut alpha: Vec<f64> = (0..emotions).map(|at| 2.0 * share(at) + 0.05).collect();
    for _ in 0..STEPS {
        let sum: f64 = alpha.iter().sum();
        let rise: f64 = votes.iter().map(|row| digamma(cast(row) + sum) - digamma(sum)).sum();
        let mut moved = 0.0f64;
        for (at, alpha) in alpha.iter_mut().enumerate() {
            let of_emotion: f64 = votes.iter().map(|row| digamma(row[at] + *alpha) - digamma(*alpha)).sum();
            let next = (*alpha * of_emotion / rise).max(LEAST);
            moved = moved.max((next / *alpha - 1.0).abs());
            *alpha = next;
        }
        if moved < SETTLED {
            break;
        }
    }
    alpha
}

/// One distribution that may have led to these votes, the prior being a Dirichlet distribution.
pub(super) fn draw(prior: &[f64], votes: &[f64], chance: &mut Chance) -> Vec<f32> {
    let drawn: Vec<f64> = prior.iter().zip(votes).map(|(alpha, votes)| chance.gamma(alpha + votes)).collect();
    let sum: f64 = drawn.iter().sum();
    drawn.iter().map(|share| (share / sum) as f32).collect()
}

/// Derivative of ln Γ, for x > 0: to 1e-10 (relative to 1/x below 1) by the recurrence and the asymptotic series.
fn digamma(mut x: f64) -> f64 {
    let mut value = 0.0;
    while x < 8.0 {
        value -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0)));
    value + x.ln() - 0.5 / x - series
}

#[cfg(test)]
mod tests {
    use super::super::chance::Purpose;
    use super::*;

    #[test]
    fn digamma_is_that_of_the_tables() {
        // −γ, −γ − 2 ln 2, and H₉ − γ.
        for (x, expected) in [(1.0, -0.577_215_664_901_5), (0.5, -1.963_510_026_021_4), (10.0, 2.251_752_589_066_7)] {
            assert!((digamma(x) - expected).abs() < 1e-9, "{x}: {}", digamma(x));
        }
    }

    #[test]
    fn the_prior_that_votes_were_drawn_from_is_found() {
        let truth = [2.0, 1.0, 0.5];
        let mut chance = Chance::new(3, Purpose::Truths, 0);
        // So many votes that they are the distribution.
        let votes = |_| draw(&truth, &[0.0; 3], &mut chance).iter().map(|share| f64::from(*share) * 1e4).collect();
        let votes: Vec<Vec<f64>> = (0..600).map(votes).collect();
        for (found, expected) in fit(&votes).iter().zip(truth) {
            // A parameter's standard error is about 5 % of 600 distributions.
            assert!((found / expected - 1.0).abs() < 0.2, "{found}, expected {expected}");
        }
    }
}
