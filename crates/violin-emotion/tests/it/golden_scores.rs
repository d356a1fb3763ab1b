//! Scores against scikit-learn, scipy and numpy, of the distributions that tests/golden/make_golden_scores.py drew.

use violin_emotion::evaluate::{CalibrationBin, Figures, calibration};

/// Both sides sum some hundred terms of size 1 in double precision, of the same shares.
const EXACT: f64 = 1e-9;

#[derive(serde::Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    rated: Vec<Vec<f32>>,
    answers: Vec<Vec<f32>>,
    weights: Vec<f64>,
    figures: Figures,
    curve: Vec<Option<[f64; 3]>>,
}

fn cases() -> Vec<Case> {
    let golden: Golden = serde_json::from_str(include_str!("../golden/scores.json")).expect("the golden file");
    golden.cases
}

fn rows(table: &[Vec<f32>]) -> Vec<&[f32]> {
    table.iter().map(Vec::as_slice).collect()
}

fn assert_close(name: &str, found: Option<f64>, expected: Option<f64>) {
    let close = found.zip(expected).is_some_and(|(found, expected)| (found - expected).abs() < EXACT);
    assert!(close, "{name}: {found:?}, expected {expected:?}");
}

#[test]
fn figures_are_those_of_the_reference_libraries() {
    for case in cases() {
        let found = Figures::of(&rows(&case.rated), &rows(&case.answers), &case.weights);
        for (found, expected) in found.scalars().iter().zip(case.figures.scalars()) {
            assert_close(found.name, found.value, expected.value);
        }
        for (found, expected) in found.r2.iter().chain(&found.ccc).zip(case.figures.r2.iter().chain(&case.figures.ccc))
        {
            assert_close("of an emotion", *found, *expected);
        }
    }
}

#[test]
fn reliability_curves_are_those_of_numpy() {
    for case in cases() {
        let found = calibration(&rows(&case.rated), &rows(&case.answers), &case.weights);
        let numbers = |bin: &CalibrationBin| [bin.weight, bin.predicted, bin.rated];
        for (found, expected) in found.iter().zip(&case.curve) {
            let (found, expected) = (found.as_ref().map(numbers), expected);
            let close =
                |(one, other): (&[f64; 3], &[f64; 3])| one.iter().zip(other).all(|(a, b)| (a - b).abs() < EXACT);
            assert!(found.is_none() && expected.is_none() || found.as_ref().zip(expected.as_ref()).is_some_and(close));
        }
    }
}
