//! Data of which little can be said: what could not be looked at is said, and nothing fails.

use violin_emotion::audit::{Kind, Severity};

use super::{Shop, chance, kinds, only, shares, takes};

#[test]
fn one_rater_and_one_group() {
    let mut shop = Shop::new("player,joy,grief");
    for (at, take) in takes(12, 1.5).iter().enumerate() {
        shop.add(&format!("{at}.wav"), &take.render(), if chance(at, 2) > 0.5 { "Ann,1,0" } else { "Ann,0,1" });
    }
    let audit = shop.audit(Some("player"));
    let found: Vec<&str> = audit.findings.iter().map(|it| it.found.as_str()).collect();
    assert_eq!(
        found,
        ["all recordings are of one group by `player`", "every label is one emotion alone, as a single rater gives it"]
    );
    assert!(audit.demonstration.is_none() && audit.not_examined.len() == 2, "{:?}", audit.not_examined);
}

#[test]
fn three_clips() {
    let mut shop = Shop::new("joy,grief");
    takes(3, 1.5)
        .iter()
        .enumerate()
        .for_each(|(at, take)| shop.add(&format!("{at}.wav"), &take.render(), &shares(chance(at, 2))));
    let audit = shop.audit(None);
    assert_eq!((kinds(&audit), audit.tests.len()), (vec![], 0));
    let [tests, demonstration] = &audit.not_examined[..] else { panic!("{:?}", audit.not_examined) };
    assert!(tests.contains("cannot be told from 3 recordings (at least 8 are needed)"), "{tests}");
    assert!(demonstration.contains("found 3 of 3"), "{demonstration}");
}

#[test]
fn equal_labels() {
    let mut shop = Shop::new("joy,grief");
    takes(12, 1.5).iter().enumerate().for_each(|(at, take)| shop.add(&format!("{at}.wav"), &take.render(), "0.4,0.6"));
    let audit = shop.audit(None);
    let finding = only(&audit, Kind::Labels);
    assert_eq!((finding.severity, &*finding.found), (Severity::Serious, "all labels are equal"));
    assert!(audit.demonstration.is_none() && audit.tests.is_empty());
}

#[test]
fn silence_and_an_unreadable_file() {
    let mut shop = Shop::new("joy,grief");
    takes(10, 1.5)
        .iter()
        .enumerate()
        .for_each(|(at, take)| shop.add(&format!("{at}.wav"), &take.render(), &shares(chance(at, 2))));
    shop.add("still.wav", &[0.0; 66_150], "0.5,0.5");
    shop.add("stiller.wav", &[0.0; 66_150], "0.5,0.5");
    std::fs::write(shop.path("torn.wav"), "no sound").expect("a file");
    shop.row("torn.wav", "0.5,0.5");
    let audit = shop.audit(None);
    assert_eq!(kinds(&audit), [Kind::Unreadable, Kind::Silent], "{:#?}", audit.findings);
    assert_eq!(audit.findings[0].recordings, ["torn.wav"]);
    assert_eq!(audit.findings[1].recordings, ["still.wav", "stiller.wav"]);
    assert!(audit.demonstration.is_some_and(|shown| shown.recordings == 10));
}

#[test]
fn nothing_readable_is_an_error() {
    let mut shop = Shop::new("joy,grief");
    for name in ["a.wav", "b.wav"] {
        std::fs::write(shop.path(name), "no sound").expect("a file");
        shop.row(name, &shares(0.3));
    }
    let error = shop.try_audit(None).expect_err("nothing to look at");
    assert_eq!(error.to_string(), "expected at least one recording that can be read, found none");
    assert!(error.hint().is_some());
}

#[test]
fn two_groups_and_votes_of_one_rater() {
    let mut shop = Shop::new("player,n_raters,joy,grief");
    for (at, take) in takes(12, 1.5).iter().enumerate() {
        let cells = format!("{},1,{}", if at % 2 == 0 { "Ann" } else { "Bob" }, shares(chance(at, 2)));
        shop.add(&format!("{at}.wav"), &take.render(), &cells);
    }
    let found: Vec<String> = shop.audit(Some("player")).findings.into_iter().map(|it| it.found).collect();
    assert_eq!(
        found,
        ["there are 2 groups by `player`", "every label is that of a single rater, as its own column says"]
    );
}
