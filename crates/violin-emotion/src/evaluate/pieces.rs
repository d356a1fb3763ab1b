//! What of a score lies between pieces, and what within them, from take to take.

use std::collections::HashMap;

use super::{HeldOut, Method};

/// One method's R² between pieces and within them, pooled over emotions.
///
/// Between: of the pieces' mean shares. Within: of the takes' distances from their piece's mean, in the ratings and in the
/// answers; pieces of one take tell nothing of that. A method that knows the pieces and hears no player reaches 0 within.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ByPiece {
    /// Whose.
    pub method: Method,
    /// Of the pieces' means; `None` where these do not vary.
    pub between: Option<f64>,
    /// Of the distances from them; `None` where takes of a piece do not vary.
    pub within: Option<f64>,
}

pub(super) fn by_piece<P: AsRef<str>>(answers: &[HeldOut], method: Method, pieces: &[P]) -> ByPiece {
    let repetitions: Vec<&[HeldOut]> = answers.chunk_by(|one, other| one.repetition == other.repetition).collect();
    let both: Vec<[Option<f64>; 2]> = repetitions.iter().map(|answers| of_one(answers, method, pieces)).collect();
    let mean = |which: usize| {
        let known: Vec<f64> = both.iter().filter_map(|both| both[which]).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    ByPiece { method, between: mean(0), within: mean(1) }
}

fn of_one<P: AsRef<str>>(answers: &[HeldOut], method: Method, pieces: &[P]) -> [Option<f64>; 2] {
    assert_eq!(answers.len(), pieces.len(), "a piece for each recording");
    let mut takes: HashMap<&str, Vec<&HeldOut>> = HashMap::new();
    for (answer, piece) in answers.iter().zip(pieces) {
        takes.entry(piece.as_ref()).or_default().push(answer);
    }
    let mut pieces: Vec<Vec<&HeldOut>> = takes.into_values().collect();
    // Sums do not depend on the order of a hash map.
    pieces.sort_by(|one, other| one[0].file_name.cmp(&other[0].file_name));
    let (mut between, mut within) = (Explained::default(), Explained::default());
    for emotion in 0..answers[0].rated.len() {
        let rated = |answer: &HeldOut| f64::from(answer.rated[emotion]);
        let answered = |answer: &HeldOut| f64::from(answer.answers[&method][emotion]);
        let mean = |takes: &[&HeldOut], of: &dyn Fn(&HeldOut) -> f64| {
            takes.iter().map(|take| of(take)).sum::<f64>() / takes.len() as f64
        };
        let means: Vec<(f64, f64)> = pieces.iter().map(|takes| (mean(takes, &rated), mean(takes, &answered))).collect();
        let grand = means.iter().map(|(rated, _)| rated).sum::<f64>() / means.len() as f64;
        for (takes, (mean_rated, mean_answered)) in pieces.iter().zip(means) {
            between.add(mean_rated - grand, mean_answered - grand);
            takes.iter().for_each(|take| within.add(rated(take) - mean_rated, answered(take) - mean_answered));
        }
    }
    [between.r2(), within.r2()]
}

#[derive(Default)]
struct Explained {
    missed: f64,
    total: f64,
    count: usize,
}

impl Explained {
    fn add(&mut self, rated: f64, answered: f64) {
        self.missed += (rated - answered).powi(2);
        self.total += rated.powi(2);
        self.count += 1;
    }

    fn r2(&self) -> Option<f64> {
        // Shares are f32: below this the variation is rounding.
        const ROUNDING: f64 = 1e-12;
        (self.total > ROUNDING * self.count as f64).then(|| 1.0 - self.missed / self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(name: &str, rated: f32, answered: f32) -> HeldOut {
        let answers = Method::ALL.into_iter().map(|method| (method, vec![answered, 1.0 - answered])).collect();
        let (file_name, group) = (name.to_owned(), name.to_owned());
        HeldOut {
            file_name,
            group,
            repetition: 0,
            fold: 0,
            rated: vec![rated, 1.0 - rated],
            intervals: Vec::new(),
            answers,
        }
    }

    #[test]
    fn who_knows_the_pieces_alone_reaches_one_between_and_nought_within() {
        let takes = [take("a", 0.1, 0.2), take("b", 0.3, 0.2), take("c", 0.7, 0.8), take("d", 0.9, 0.8)];
        let found = by_piece(&takes, Method::Ridge, &["one", "one", "two", "two"]);
        assert!(found.between.is_some_and(|r2| (r2 - 1.0).abs() < 1e-6), "{found:?}");
        assert!(found.within.is_some_and(|r2| r2.abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn who_hears_the_takes_alone_reaches_one_within() {
        let takes = [take("a", 0.1, 0.4), take("b", 0.3, 0.6), take("c", 0.7, 0.4), take("d", 0.9, 0.6)];
        let found = by_piece(&takes, Method::Hybrid, &["one", "one", "two", "two"]);
        assert!(found.between.is_some_and(|r2| r2.abs() < 1e-6), "{found:?}");
        assert!(found.within.is_some_and(|r2| (r2 - 1.0).abs() < 1e-5), "{found:?}");
        let single = by_piece(&takes, Method::Hybrid, &["one", "two", "three", "four"]);
        assert_eq!(single.within, None);
    }
}
