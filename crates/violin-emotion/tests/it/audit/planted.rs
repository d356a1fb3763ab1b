//! Labels that can be told without listening: each is planted alone into labels drawn by chance, and found alone.

use violin_emotion::audit::{Audit, Kind, Severity};

use super::{Shop, chance, kinds, only, shares, takes, write_wav};

const COUNT: usize = 36;

/// Recordings with labels drawn by chance; `write` puts each where it is wanted and gives its name.
fn audit(write: impl Fn(&Shop, usize, &[f32], f64) -> String) -> Audit {
    let mut shop = Shop::new("joy,grief");
    for (at, take) in takes(COUNT, 1.5).iter().enumerate() {
        let joy = chance(at, 2);
        let name = write(&shop, at, &take.render(), joy);
        shop.row(&name, &shares(joy));
    }
    shop.audit(None)
}

/// A name that says nothing of its order.
fn name(at: usize) -> String {
    let letter = |salt: usize| char::from(b'a' + (26.0 * chance(at, salt)) as u8);
    format!("{}{}{}.wav", letter(10), letter(11), letter(12))
}

fn plain(shop: &Shop, at: usize, samples: &[f32]) -> String {
    write_wav(&shop.path(&name(at)), samples, 44_100, 1, 16);
    name(at)
}

#[test]
fn nothing_planted_nothing_found() {
    let audit = audit(|shop, at, samples, _| plain(shop, at, samples));
    assert_eq!(audit.findings, []);
}

#[test]
fn clip_length() {
    let audit = audit(|shop, at, samples, joy| plain(shop, at, &samples[..48_000 + (10_000.0 * joy) as usize]));
    let finding = only(&audit, Kind::Length);
    assert_eq!((kinds(&audit).len(), finding.severity), (1, Severity::Serious), "{:#?}", audit.findings);
    assert!(finding.found.starts_with("clip length alone explains ") && finding.p.is_some_and(|p| p < 0.01));
    assert!(finding.explains.is_some_and(|share| share > 0.7), "{finding:?}");
}

#[test]
fn level() {
    let audit = audit(|shop, at, samples, joy| {
        let rms = (samples.iter().map(|it| it * it).sum::<f32>() / samples.len() as f32).sqrt();
        let gain = 0.02 * (1.0 + 3.0 * joy as f32) / rms;
        plain(shop, at, &samples.iter().map(|it| gain * it).collect::<Vec<f32>>())
    });
    assert_eq!(kinds(&audit), [Kind::Level], "{:#?}", audit.findings);
}

#[test]
fn silence_at_the_start() {
    // All of one length, so that the length says nothing.
    let audit = audit(|shop, at, samples, joy| {
        let silence = vec![0.0; if joy > 0.5 { 13_230 } else { 0 }];
        plain(shop, at, &[&silence, &samples[..52_920 - silence.len()]].concat())
    });
    assert_eq!(kinds(&audit), [Kind::Silence], "{:#?}", audit.findings);
    assert!(audit.findings[0].found.starts_with("silence at the start alone"), "{}", audit.findings[0].found);
}

#[test]
fn file_order() {
    let mut shop = Shop::new("joy,grief");
    for (at, take) in takes(COUNT, 1.5).iter().enumerate() {
        let name = plain(&shop, at, &take.render());
        shop.row(&name, &shares((at / 9) as f64 / 4.0 + 0.2 * chance(at, 2)));
    }
    let audit = shop.audit(None);
    assert_eq!(kinds(&audit), [Kind::Order], "{:#?}", audit.findings);
    assert!(audit.findings[0].found.starts_with("the order of the rows alone explains"), "{:#?}", audit.findings);
}

#[test]
fn file_format() {
    let audit = audit(|shop, at, samples, joy| {
        let joyful = joy > 0.5;
        // Two channels of one sound: nothing else differs.
        write_wav(&shop.path(&name(at)), samples, 44_100, if joyful { 2 } else { 1 }, 16);
        name(at)
    });
    let finding = only(&audit, Kind::Format);
    assert_eq!((kinds(&audit).len(), finding.severity), (1, Severity::Serious), "{:#?}", audit.findings);
    assert!(finding.found.starts_with("the number of channels alone explains"), "{}", finding.found);
}

/// Recordings with a column more, made of their place and share.
fn with_column(header: &str, cell: impl Fn(usize, f64) -> String, label: impl Fn(usize) -> f64) -> Shop {
    let mut shop = Shop::new(&format!("{header},joy,grief"));
    for (at, take) in takes(COUNT, 1.5).iter().enumerate() {
        let name = plain(&shop, at, &take.render());
        shop.row(&name, &format!("{},{}", cell(at, label(at)), shares(label(at))));
    }
    shop
}

#[test]
fn a_performer_that_settles_the_emotion() {
    let performer =
        |at: usize, joy: f64| format!("{}{}", if joy > 0.5 { "Ann" } else { "Bob" }, (3.0 * chance(at, 3)) as u8);
    let shop = with_column("performer", performer, |at| chance(at, 2));
    let ungrouped = shop.audit(None);
    let finding = only(&ungrouped, Kind::LabelBySource);
    assert_eq!((finding.severity, &finding.columns[..]), (Severity::Serious, &["performer".to_string()][..]));
    assert_eq!(kinds(&ungrouped).len(), 1, "{:#?}", ungrouped.findings);
    let grouped = shop.audit(Some("performer"));
    let finding = only(&grouped, Kind::LabelBySource);
    assert_eq!((finding.severity, kinds(&grouped).len()), (Severity::Check, 1), "{:#?}", grouped.findings);
}

#[test]
fn a_column_of_groups_that_is_not_used() {
    let piece = |at: usize| at * 7 % 9;
    let label = |at: usize| 0.25 + 0.5 * chance(piece(at), 4) + 0.2 * chance(at, 5);
    let shop = with_column("melody", |at, _| format!("m{}", piece(at)), label);
    let audit = shop.audit(None);
    let finding = only(&audit, Kind::UnusedGroups);
    assert_eq!((kinds(&audit).len(), &finding.columns[..]), (1, &["melody".to_string()][..]), "{:#?}", audit.findings);
    assert!(finding.advice.ends_with("give --group-by melody"), "{}", finding.advice);
    assert_eq!(shop.audit(Some("melody")).findings, [], "it is used now");
}

#[test]
fn an_order_that_only_echoes_a_column_is_no_finding_of_its_own() {
    let piece = |at: usize| at / 6;
    let label = |at: usize| 0.55 + 0.06 * piece(at) as f64 + 0.05 * chance(at, 5);
    let shop = with_column("melody", |at, _| format!("m{}", piece(at)), label);
    let audit = shop.audit(None);
    assert_eq!(kinds(&audit), [Kind::UnusedGroups], "{:#?}", audit.findings);
    let order = audit.tests.iter().find(|test| test.what.contains("order of the rows")).expect("it was tested");
    assert!(order.p < 0.01, "alone it would stand: {order:?}");
}

#[test]
fn beside_groups_a_second_column_of_groups_is_advised() {
    let (piece, performer) = (|at: usize| at * 7 % 9, |at: usize| at % 6);
    let label = |at: usize| 0.25 + 0.5 * chance(piece(at), 4) + 0.2 * chance(at, 5);
    let shop = with_column("performer,melody", |at, _| format!("p{},m{}", performer(at), piece(at)), label);
    let audit = shop.audit(Some("performer"));
    let finding = only(&audit, Kind::UnusedGroups);
    assert!(finding.advice.contains("--second-group melody as well (`evaluate`)"), "{}", finding.advice);
}

#[test]
fn a_column_that_names_the_emotion_is_no_finding() {
    let emotion = |_: usize, joy: f64| if joy > 0.5 { "Joy" } else { "Grief" }.to_string();
    assert_eq!(with_column("heard", emotion, |at| chance(at, 2)).audit(None).findings, []);
}

#[test]
fn numbered_takes_without_groups() {
    let takes_of = |shop: &Shop, at: usize, samples: &[f32], _: f64| {
        let name = format!("{}_take{}.wav", ["largo", "presto", "gigue", "air"][at % 4], at / 4 + 1);
        write_wav(&shop.path(&name), samples, 44_100, 1, 16);
        name
    };
    let audit = audit(takes_of);
    let finding = only(&audit, Kind::NumberedNames);
    assert_eq!((kinds(&audit).len(), finding.severity), (1, Severity::Check), "{:#?}", audit.findings);
    assert!(finding.found.contains("36 recordings of 4 things"), "{}", finding.found);
}

#[test]
fn emotions_that_are_one_column() {
    let mut shop = Shop::new("joy,delight,grief,calm");
    for (at, take) in takes(12, 1.5).iter().enumerate() {
        let joy = 0.1 + 0.4 * chance(at, 2);
        let name = plain(&shop, at, &take.render());
        shop.row(&name, &format!("{joy:.6},{:.6},{:.6},0.1", 0.5 * joy, 0.9 - 1.5 * joy));
    }
    let audit = shop.audit(None);
    let columns: Vec<Vec<&str>> =
        audit.findings.iter().map(|it| it.columns.iter().map(String::as_str).collect()).collect();
    assert!(audit.findings.iter().all(|it| it.kind == Kind::Emotions), "{:#?}", audit.findings);
    assert_eq!(columns, [vec!["calm"], vec!["joy", "delight"], vec!["joy", "grief"], vec!["delight", "grief"]]);
    assert!(audit.findings[1].found.contains("0.50 times the first"), "{}", audit.findings[1].found);
}
