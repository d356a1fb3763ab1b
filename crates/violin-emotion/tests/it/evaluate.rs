//! Scores: every method on the same folds, what exists where little is given, and what chance reaches.

use violin_emotion::data::{Copies, Corpus, LabelSet, Measured, Plan, SoftLabels};
use violin_emotion::evaluate::{Evaluation, Method, QUICK, cross_validate, permutation_test};
use violin_emotion::features::{Catalog, FeatureSet, Sequence, Span};
use violin_emotion::{Config, silent};

use crate::small;

/// What a recording says: its group, one number that its features carry, its label.
struct Take {
    group: usize,
    cue: f32,
    shares: Vec<f32>,
}

/// Recordings whose first ten features follow the cue, the others chance.
fn corpus(takes: &[Take]) -> Corpus {
    let catalog = Catalog::of(FeatureSet::Classic);
    let emotions = takes[0].shares.len();
    let labels = LabelSet::new((0..emotions).map(|at| format!("emotion{at}")).collect()).expect("names");
    let of_one = |(at, take): (usize, &Take)| {
        let chance = |window: usize, column: usize| ((at * 31 + window * 17 + column * 7) as f32 * 12.9898).sin();
        let value = |window: usize, column: usize| match column < 10 {
            true => take.cue * (1 + column) as f32 + 0.1 * chance(window, column),
            false => chance(window, column),
        };
        let values = (0..3).flat_map(|window| (0..catalog.len()).map(move |column| value(window, column))).collect();
        let spans = (0..3).map(|at| Span { start_s: f64::from(at), end_s: f64::from(at) + 3.0 }).collect();
        Measured {
            file_name: format!("{at}.wav"),
            group: take.group.to_string(),
            sound: at.to_string(),
            sequence: Sequence::new(catalog, spans, values),
            target: SoftLabels::new(&labels, take.shares.clone()).expect("shares"),
            warnings: Vec::new(),
            copies: Copies::default(),
        }
    };
    Corpus::new(labels.clone(), takes.iter().enumerate().map(of_one).collect()).expect("a corpus")
}

/// Forty takes by twenty players; the first share is the cue.
fn audible() -> Corpus {
    let cue = |at: usize| ((at * 29) % 40) as f32 / 39.0;
    let take = |at| Take { group: at / 2, cue: cue(at), shares: vec![cue(at), 1.0 - cue(at)] };
    corpus(&(0..40).map(take).collect::<Vec<_>>())
}

fn settings() -> Config {
    let mut config = small::settings(FeatureSet::Classic);
    config.model.restarts = 1;
    config
}

fn judged(corpus: &Corpus, folds: usize) -> Evaluation {
    let plan = Plan::by_group(&corpus.groups(), folds, 1, 0).expect("folds");
    cross_validate(corpus, &settings(), &plan, 0, &silent).expect("scores")
}

#[test]
fn what_a_line_explains_the_ridge_finds_and_is_said_to_be_best() {
    let evaluation = judged(&audible(), 5);
    let methods: Vec<Method> = evaluation.rows().iter().map(|row| row.method).collect();
    assert_eq!(methods, Method::ALL);
    let r2 = |method| evaluation.row(method).figures.mean_r2.expect("shares that vary");
    assert!(r2(Method::Ridge) > 0.9, "{}", r2(Method::Ridge));
    assert!(r2(Method::MeanLabel) < 0.0 && r2(Method::Forest) > 0.7);
    assert_eq!(evaluation.best().method, Method::Ridge);
    let gain = evaluation.gain(Method::Ridge, &evaluation, Method::MeanLabel).expect("a gain");
    assert!((gain.mean_r2 - (r2(Method::Ridge) - r2(Method::MeanLabel))).abs() < 1e-12);
    let interval = gain.interval.expect("twenty groups");
    assert!(interval.low > 0.0 && interval.low < gain.mean_r2 && gain.mean_r2 < interval.high, "{interval:?}");
    assert_eq!(evaluation.chosen().len(), 5);
    assert!(evaluation.chosen().iter().all(|chosen| chosen.learned_from == 32));
}

#[test]
fn a_repetition_adds_answers_and_scores_are_means() {
    let corpus = audible();
    let plan = Plan::by_group(&corpus.groups(), 4, 2, 7).expect("folds");
    let both = cross_validate(&corpus, &settings(), &plan, 7, &silent).expect("scores");
    let single = |seed| {
        let plan = Plan::by_group(&corpus.groups(), 4, 1, seed).expect("folds");
        cross_validate(&corpus, &settings(), &plan, seed, &silent).expect("scores")
    };
    let (one, other) = (single(7), single(8));
    assert_eq!(both.answers().len(), 80);
    assert_eq!(both.answers()[..40], *one.answers());
    for (both, (one, other)) in both.rows().iter().zip(one.rows().iter().zip(other.rows())) {
        assert!((both.figures.js - (one.figures.js + other.figures.js) / 2.0).abs() < 1e-12);
    }
    let names: Vec<&str> = one.answers().iter().map(|answer| answer.file_name.as_str()).collect();
    assert_eq!(names[..3], ["0.wav", "1.wav", "2.wav"]);
}

#[test]
fn what_cannot_exist_is_none_and_never_nought() {
    // All labels equal; the second emotion is never chosen.
    let take = |at| Take { group: at, cue: at as f32, shares: vec![1.0, 0.0] };
    let evaluation = judged(&corpus(&(0..6).map(take).collect::<Vec<_>>()), 3);
    for row in evaluation.rows() {
        assert_eq!((row.figures.mean_r2, row.figures.mean_ccc, &row.figures.r2[..]), (None, None, &[None, None][..]));
        assert!(row.figures.js.is_finite() && row.figures.js >= 0.0);
    }
    assert!(evaluation.gain(Method::Hybrid, &evaluation, Method::Ridge).is_none());
    // Nobody chose the last emotion: the others have their scores.
    let take = |at: usize| {
        let first = (at % 5) as f32 / 4.0;
        Take { group: at, cue: first, shares: vec![first, 1.0 - first, 0.0] }
    };
    let evaluation = judged(&corpus(&(0..12).map(take).collect::<Vec<_>>()), 3);
    let ridge = &evaluation.row(Method::Ridge).figures;
    assert!(ridge.r2[0].is_some() && ridge.r2[1].is_some() && ridge.r2[2].is_none() && ridge.mean_r2.is_some());
}

#[test]
fn three_clips_and_a_fold_without_an_emotion_are_judged() {
    let take = |at: usize| Take { group: at, cue: at as f32, shares: [vec![1.0, 0.0], vec![0.5, 0.5]][at % 2].clone() };
    let evaluation = judged(&corpus(&(0..3).map(take).collect::<Vec<_>>()), 3);
    assert_eq!(evaluation.answers().len(), 3);
    for row in evaluation.rows() {
        assert!(row.intervals.values().all(Option::is_none), "three groups say nothing of others: {:?}", row.intervals);
    }
    // The third emotion is heard in one group alone: when it is held out, nobody learns of it.
    let take = |at: usize| Take {
        group: at / 2,
        cue: at as f32,
        shares: if at < 2 { vec![0.0, 0.0, 1.0] } else { vec![at as f32 / 12.0, 1.0 - at as f32 / 12.0, 0.0] },
    };
    let evaluation = judged(&corpus(&(0..12).map(take).collect::<Vec<_>>()), 3);
    let answer = &evaluation.answers()[0].answers;
    assert_eq!((answer[&Method::MeanLabel][2], answer[&Method::Forest][2], answer[&Method::Ridge][2]), (0.0, 0.0, 0.0));
    assert!(evaluation.rows().iter().all(|row| row.figures.kl.is_finite()));
}

#[test]
fn chance_does_not_reach_a_score_that_is_heard_and_reaches_one_that_is_not() {
    let (corpus, mut config) = (audible(), settings());
    config.model.forest.trees = 10;
    let test = |corpus: &Corpus| {
        let plan = Plan::by_group(&corpus.groups(), 4, 1, 0).expect("folds");
        QUICK.map(|method| {
            let test = permutation_test(corpus, &config, &plan, method, 39, 5, &silent).expect("a test");
            test.expect("shares that vary")
        })
    };
    let heard = test(&corpus);
    for test in &heard {
        assert_eq!((test.permuted.len(), test.p), (39, 1.0 / 40.0), "{test:?}");
    }
    let order: Vec<usize> = (0..40).map(|at| (at * 23 + 11) % 40).collect();
    for test in test(&corpus.with_labels_in(&order)) {
        assert!(test.p > 0.05, "{test:?}");
    }
    // The observed score is that of the evaluation, and each permutation that of a ridge fitted to it alone.
    let evaluation = judged(&corpus, 4);
    let ridge = evaluation.row(Method::Ridge).figures.mean_r2.expect("shares that vary");
    assert!((heard[0].observed - ridge).abs() < 1e-6, "{} {ridge}", heard[0].observed);
}
