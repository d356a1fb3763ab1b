//! Parts of the playing put together, opened, and imagined otherwise.

use violin_emotion::explain::{Explainer, Groups, Reference, WhatIf};
use violin_emotion::features::{Catalog, FeatureSet, Sequence};
use violin_emotion::silent;

use super::{ROUNDING, fit, is_complete, without_vibrato};
use crate::small;

#[test]
fn groups_are_put_together_and_taken_apart() {
    let (_, model) = fit(FeatureSet::Violin, 3);
    let families = Groups::families(&model);
    let groups = families.clone().gather("sound", &["brightness", "bow_noise", "attack"]).expect("groups");
    let groups = groups.gather("rate", &["vibrato_rate_hz"]).expect("groups");
    let groups = groups.gather("line", &["Register", "mode", "intonation", "dynamics", "timing"]).expect("groups");
    assert_eq!(groups.names(), ["vibrato", "portamento", "articulation", "sound", "rate", "line"]);
    let sequence = small::sequence(FeatureSet::Violin, 2, 91);
    let usual = Reference::recordings("a take", vec![small::sequence(FeatureSet::Violin, 3, 17)]).expect("one");
    let explainer = Explainer::new(&model, usual).expect("an explainer").by(groups);
    let explanation = explainer.explain(&sequence, &silent).expect("an explanation");
    is_complete(&explanation.whole);
    let names: Vec<&str> = explanation.whole.contributions.keys().map(String::as_str).collect();
    assert_eq!(names, ["vibrato", "portamento", "articulation", "sound", "rate", "line", "length"]);
    let rate: Vec<&str> =
        explanation.changes.iter().filter(|change| change.group == "rate").map(|change| &*change.feature).collect();
    assert_eq!((rate, explanation.changes.len()), (vec!["vibrato_rate_hz"], 34));

    let refused = |parts: &[&str], name: &str| families.clone().gather(name, parts).expect_err("no group").to_string();
    assert!(refused(&["loudness"], "sound").contains("found `loudness`"));
    assert!(refused(&[], "sound").contains("found none"));
    assert!(refused(&["attack"], "vibrato").contains("a name that is free"));
    assert!(refused(&["attack", "Attack"], "tone").contains("each part once"));
    assert!(refused(&["attack"], "answer").contains("other than reference"));
}

#[test]
fn features_of_a_group_share_what_it_adds() {
    let (_, model) = fit(FeatureSet::Violin, 3);
    let sequence = small::sequence(FeatureSet::Violin, 2, 91);
    let usual = Reference::recordings("a take", vec![small::sequence(FeatureSet::Violin, 3, 17)]).expect("one");
    let groups = Groups::families(&model).gather("rest", &["register", "mode", "timing", "intonation", "dynamics"]);
    let explainer = Explainer::new(&model, usual).expect("an explainer").by(groups.expect("groups"));
    let whole = explainer.explain(&sequence, &silent).expect("an explanation").whole;
    let within = explainer.within("vibrato", &sequence, &silent).expect("an explanation");
    assert_eq!(within.standard_errors, None);
    let within = within.contributions;
    let names: Vec<&str> = within.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["vibrato_share", "vibrato_extent_cents", "vibrato_rate_hz", "vibrato_delay_s", "vibrato_missing"]
    );
    for (emotion, added) in &whole.contributions["vibrato"] {
        let sum: f64 = within.values().map(|values| values[emotion]).sum();
        assert!((sum - added).abs() < ROUNDING, "{emotion}: {sum}, expected {added}");
    }
    // 20 features of the group `rest` would be millions of coalitions: sampled, and still what the group adds.
    let within = explainer.within("rest", &sequence, &silent).expect("an explanation");
    let errors = within.standard_errors.expect("standard errors");
    assert!(errors["mode"].values().all(|error| *error > 0.0 && *error < 0.01), "{errors:?}");
    for (emotion, added) in &whole.contributions["rest"] {
        let sum: f64 = within.contributions.values().map(|values| values[emotion]).sum();
        assert!((sum - added).abs() < ROUNDING, "{emotion}: {sum}, expected {added}");
    }
    assert!(explainer.within("loudness", &sequence, &silent).is_err());
}

#[test]
fn what_if_one_thing_were_otherwise_is_the_answer_to_that() {
    let (_, model) = fit(FeatureSet::Violin, 3);
    let catalog = Catalog::of(FeatureSet::Violin);
    let sequence = small::sequence(FeatureSet::Violin, 3, 91);
    let column = catalog.columns("attack_s").start;
    let played = (0..3).map(|window| f64::from(sequence.row(window)[column])).sum::<f64>() / 3.0;
    type Otherwise = fn(f32, f64) -> f32;
    let with = |change: Otherwise| {
        let values = sequence.values().iter().enumerate();
        let values =
            values.map(|(at, value)| if at % catalog.len() == column { change(*value, played) } else { *value });
        model.predict(&Sequence::new(catalog, sequence.spans().to_vec(), values.collect())).expect("an answer")
    };
    let cases: [(&str, Otherwise); 3] = [
        ("attack_s=+50%", |value, _| 1.5 * value),
        ("attack_s=-2", |value, _| value - 2.0),
        ("attack_s=7", |value, played| value + (7.0 - played) as f32),
    ];
    let before = model.predict(&sequence).expect("an answer");
    for (asked, change) in cases {
        let imagined = WhatIf::parse(asked, &model).expect(asked).ask(&model, &sequence).expect(asked);
        assert!((imagined.played.expect("it is heard") - played).abs() < 1e-6);
        assert_eq!((&*imagined.unit, imagined.answers.len()), ("s", 1));
        let expected = with(change);
        for ((emotion, expected), before) in expected.iter().zip(before.shares()) {
            let answer = &imagined.answers[0];
            assert!((answer.prediction[emotion] - f64::from(expected)).abs() < ROUNDING, "{asked}: {answer:?}");
            assert!((answer.change[emotion] - f64::from(expected - before)).abs() < ROUNDING, "{asked}: {answer:?}");
        }
    }
    let curve = WhatIf::parse("attack_s=0..10", &model).expect("a grid").ask(&model, &sequence).expect("answers");
    assert_eq!((curve.answers.len(), curve.answers[0].value.abs() < 1e-9), (21, true));
    assert!((curve.answers[20].value - 10.0).abs() < 1e-9 && curve.seen.is_some());

    assert!(WhatIf::parse("loudness=+1", &model).is_err());
    assert!(WhatIf::parse("attack_s=more", &model).is_err());
    let vibrato = WhatIf::parse("vibrato_rate_hz=6", &model).expect("a change");
    let nothing = vibrato.ask(&model, &without_vibrato(&sequence)).expect("no error");
    assert_eq!((nothing.played, nothing.answers.len()), (None, 0), "there is none to be heard");
    for (asked, message) in
        [("attack_s=1000", "near what the training"), ("note_level_db=-3..900", "near what the training")]
    {
        let error = WhatIf::parse(asked, &model).expect(asked).ask(&model, &sequence).expect_err(asked);
        assert!(error.to_string().contains(message), "{error}");
    }
}
