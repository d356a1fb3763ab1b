//! What makes a score dishonest, as the command line says it.

use std::fs;

use crate::workshop::{Workshop, write_wav};

const AUDIT: [&str; 7] = ["audit", "--audio", "recordings", "--labels", "labels.csv", "--config", "audit.toml"];

/// The small corpus, with copies that are made in a moment.
fn shop() -> Workshop {
    let shop = Workshop::new();
    fs::write(shop.path("audit.toml"), "[augment]\ngain_db = [-3.0, 3.0]\n").expect("settings");
    shop
}

#[test]
fn findings_are_told_in_plain_words_and_are_no_failure() {
    let shop = shop();
    let run = shop.run(&[&AUDIT[..], &["--group-by", "performer"]].concat()).must_succeed();
    assert!(run.stdout.starts_with("12 recordings, 4 groups by `performer`\nnothing was found that"), "{}", run.stdout);
    assert!(run.stdout.contains("\ntested against the labels: "), "{}", run.stdout);
    let shown = "when recordings and their 2 augmented copies are split at random, and -";
    assert!(run.stdout.contains(shown) && run.stdout.ends_with(" when groups are held out\n"), "{}", run.stdout);

    // A take once more: at half its level, from a tenth of a second on, by another player.
    let mut take = hound::WavReader::open(shop.recording(1)).expect("a take");
    let samples: Vec<f32> = take.samples::<f32>().map(|sample| 0.5 * sample.expect("a sample")).skip(4_410).collect();
    write_wav(&shop.path("recordings/other.wav"), 1, 44_100, &samples);
    fs::write(shop.path("recordings/torn.wav"), "no sound").expect("a file");
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    fs::write(shop.path("labels.csv"), format!("{labels}other.wav,9,0.2,0.3,0.4,0.1\ntorn.wav,9,0.2,0.3,0.4,0.1\n"))
        .expect("labels");
    let run = shop.run(&[&AUDIT[..], &["--group-by", "performer"]].concat()).must_succeed();
    for said in [
        "14 recordings, 5 groups by `performer`\nfound: 1 serious, 1 to check\n",
        "\nserious  take1.wav, other.wav: copies of one recording (",
        "\n         → what is learned from one is tested on the other: keep one, or give them one group",
        "\ncheck    torn.wav was left out: ",
    ] {
        assert!(run.stdout.contains(said), "{said}\n{}", run.stdout);
    }
}

#[test]
fn json_has_every_finding_and_every_test() {
    let shop = shop();
    fs::copy(shop.recording(0), shop.path("recordings/again.wav")).expect("a copy");
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let row = labels.lines().nth(1).expect("a row").replacen("take0.wav", "again.wav", 1);
    fs::write(shop.path("labels.csv"), format!("{labels}{row}\n")).expect("labels");
    let run = shop.run(&[&AUDIT[..], &["--format", "json", "--cache", "kept"]].concat()).must_succeed();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((json["schema"].as_str(), json["recordings"].as_u64()), (Some("violin-emotion/audit/1"), Some(13)));
    let same = &json["findings"].as_array().expect("findings").iter().find(|it| it["kind"] == "same_sound");
    let same = same.expect("the copy");
    assert_eq!(same["recordings"], serde_json::json!(["take0.wav", "again.wav"]));
    assert_eq!((same["severity"].as_str(), same["agreement"].as_f64()), (Some("note"), Some(1.0)));
    assert!(json["tests"].as_array().is_some_and(|tests| tests.iter().all(|test| test["p"].is_number())), "{json}");
    assert!(json["demonstration"]["random_split"].is_number(), "{json}");
    // Thirteen recordings of twelve sounds, each with two copies; one sound is kept once.
    assert_eq!(fs::read_dir(shop.path("kept")).expect("the cache").count(), 36);
}

#[test]
fn labels_that_cannot_be_read_are_an_error() {
    let shop = shop();
    let run = shop.run(&[&AUDIT[..], &["--group-by", "player"]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("column `player`") && run.stderr.contains("\nhint: "), "{}", run.stderr);
}
