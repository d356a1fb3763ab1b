//! One recording under several names.

use violin_emotion::audit::{Kind, Severity};

use super::{Shop, chance, only, shares, takes, write_wav};

/// Eight recordings of 8 s, two of each piece, and what was planted beside them.
fn shop() -> (Shop, Vec<Vec<f32>>) {
    let mut shop = Shop::new("performer,joy,grief");
    let sounds: Vec<Vec<f32>> = takes(8, 8.0).iter().map(|take| take.render()).collect();
    for (at, sound) in sounds.iter().enumerate() {
        shop.add(&format!("{}.wav", ["ada", "bea", "cy", "dan", "eve", "fay", "gus", "hal"][at]), sound, &row(at, at));
    }
    (shop, sounds)
}

fn row(performer: usize, at: usize) -> String {
    format!("P{performer},{}", shares(chance(at, 1)))
}

#[test]
fn the_same_samples_are_said_to_be_judged_as_one() {
    let (mut shop, sounds) = shop();
    shop.add("again.wav", &sounds[0], &row(20, 0));
    let audit = shop.audit(Some("performer"));
    let finding = only(&audit, Kind::SameSound);
    assert_eq!(
        (finding.severity, &finding.recordings[..]),
        (Severity::Note, &["ada.wav".into(), "again.wav".into()][..])
    );
    assert_eq!(audit.findings.len(), 1, "{:#?}", audit.findings);
}

#[test]
fn changed_copies_and_excerpts_are_found_across_groups_and_other_takes_are_not() {
    let (mut shop, sounds) = shop();
    // Another level, a tenth of a second less, noise 40 dB below.
    let loud = sounds[1].iter().map(|sample| sample * sample).sum::<f32>() / sounds[1].len() as f32;
    let noise = |at: usize| (0.01 * loud.sqrt() * 12f32.sqrt()) * (chance(at, 7) as f32 - 0.5);
    let copy: Vec<f32> = sounds[1][5_000..].iter().enumerate().map(|(at, sample)| 0.5 * (sample + noise(at))).collect();
    shop.add("changed.wav", &copy, &row(21, 1));
    // Half the rate, by means of neighbours.
    let halves: Vec<f32> = sounds[2].chunks(2).map(|pair| pair.iter().sum::<f32>() / pair.len() as f32).collect();
    write_wav(&shop.path("halved.wav"), &halves, 22_050, 2, 24);
    shop.row("halved.wav", &row(22, 2));
    shop.add("part.wav", &sounds[3][90_000..250_000], &row(23, 3));
    // Of one player: nothing is lost by it.
    shop.add("home.wav", &sounds[4][3_000..], &row(4, 4));
    let audit = shop.audit(Some("performer"));
    let found: Vec<(Kind, Severity, Vec<&str>)> = audit
        .findings
        .iter()
        .map(|it| (it.kind, it.severity, it.recordings.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::NearDuplicate, Severity::Serious, vec!["bea.wav", "changed.wav"]),
            (Kind::NearDuplicate, Severity::Serious, vec!["cy.wav", "halved.wav"]),
            (Kind::Excerpt, Severity::Serious, vec!["dan.wav", "part.wav"]),
            (Kind::NearDuplicate, Severity::Note, vec!["eve.wav", "home.wav"]),
        ]
    );
    let part = only(&audit, Kind::Excerpt);
    assert!(part.found.contains("they share 3.6 s of one recording"), "{}", part.found);
    assert!(part.agreement.is_some_and(|it| it > 0.7), "{part:?}");
}

#[test]
fn excerpts_that_hang_together_like_a_chain_are_said_pair_by_pair() {
    let (mut shop, _) = shop();
    let sound = takes(9, 15.0)[8].render();
    // The first and the last share nothing.
    for (number, name) in ["begin.wav", "middle.wav", "end.wav"].into_iter().enumerate() {
        let start = number * 7 * 22_050;
        shop.add(name, &sound[start..start + 7 * 44_100], &row(20 + number, 20 + number));
    }
    let audit = shop.audit(Some("performer"));
    let finding = only(&audit, Kind::Excerpt);
    assert_eq!(finding.recordings, ["begin.wav", "middle.wav", "end.wav"]);
    let pairs = "they share sound pair by pair: begin.wav and middle.wav 3.4 s (";
    assert!(
        finding.found.contains(pairs) && finding.found.contains("), middle.wav and end.wav 3.4 s ("),
        "{finding:?}"
    );
}
