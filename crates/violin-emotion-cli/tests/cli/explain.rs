//! `explain`: the table, the JSON, and what cannot be explained.

use std::fs;

use crate::workshop::{shared, write_wav};

const FAMILIES: [&str; 11] = [
    "dynamics",
    "vibrato",
    "portamento",
    "articulation",
    "attack",
    "intonation",
    "timing",
    "register",
    "brightness",
    "bow noise",
    "mode",
];

#[test]
fn the_table_leads_from_the_reference_to_the_answer() {
    let shop = shared();
    let (take, earlier) = (shop.recording(0), shop.recording(1));
    let said = shop.run(&["explain", &take, "--reference", &earlier]).must_succeed().stdout;
    assert!(said.starts_with(&format!("{take}, against {earlier}\n")), "{said}");
    let names: Vec<&str> = said.lines().map(|line| line.split("  ").next().unwrap_or_default()).collect();
    let first = names.iter().position(|name| *name == "reference").expect("the reference's line");
    assert_eq!(names[first + 1..][..11], FAMILIES);
    assert_eq!(names[first + 12], "answer");
}

#[test]
fn the_json_adds_up_and_does_not_depend_on_the_threads() {
    let shop = shared();
    let asked = ["explain", &shop.recording(0), &shop.recording(1), "--format", "json"];
    let said = shop.run(&[&asked[..], &["--jobs", "1"]].concat()).must_succeed().stdout;
    assert_eq!(said, shop.run(&[&asked[..], &["--jobs", "2"]].concat()).must_succeed().stdout);
    let json: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    for row in json.as_array().expect("an array") {
        assert_eq!((row["status"].as_str(), row["reference"].as_str()), (Some("ok"), Some("corpus")));
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        for emotion in ["happiness", "sadness", "anger", "tenderness"] {
            let added: f64 = FAMILIES.iter().map(|family| number(&row["contributions"][family][emotion])).sum();
            let whole = number(&row["base"][emotion]) + added;
            assert!((whole - number(&row["prediction"][emotion])).abs() <= 1e-6, "{emotion}: {row}");
        }
        assert_eq!(row["changes"].as_array().map(Vec::len), Some(290));
        assert_eq!(row["timeline"], serde_json::json!([]));
    }
}

#[test]
fn every_moment_is_explained_if_asked() {
    let shop = shared();
    let take = shop.recording(0);
    let asked = ["explain", &take, "--reference", &take, "--timeline", "--format", "json"];
    let json: serde_json::Value = serde_json::from_str(&shop.run(&asked).must_succeed().stdout).expect("JSON");
    // 4 s: a window at 0 s and one that ends with the recording.
    let moments = json[0]["timeline"].as_array().expect("an array");
    assert_eq!(moments.iter().map(|moment| moment["start_s"].as_f64()).collect::<Vec<_>>(), [Some(0.0), Some(1.0)]);
    assert!(moments[0]["contributions"]["mode"]["anger"].is_number(), "{json}");
}

#[test]
fn what_cannot_be_explained_is_said_and_the_others_go_on() {
    let shop = shared();
    fs::write(shop.path("no-take.wav"), "text").expect("a file");
    let run = shop.run(&["explain", "no-take.wav", &shop.recording(0)]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("no-take.wav: error\n") && run.stdout.contains("\nanswer "), "{}", run.stdout);
    assert!(run.stderr.contains("error: no-take.wav: ") && run.stderr.contains("hint: "), "{}", run.stderr);
    let run = shop.run(&["explain", &shop.recording(0), "--reference", "nowhere.wav"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("nowhere.wav") && run.stderr.contains("hint: "), "{}", run.stderr);
}

#[test]
fn two_takes_are_compared_in_words_and_figures() {
    let shop = shared();
    let (before, after) = (shop.recording(0), shop.recording(1));
    let said = shop.run(&["compare", &before, &after]).must_succeed().stdout;
    assert!(said.starts_with(&format!("{after}, compared with {before}\n\nwhat differs most surely: ")), "{said}");
    assert!(said.contains("\nbefore ") && said.contains("\nafter "), "{said}");
    let json = shop.run(&["compare", &before, &after, "--format", "json"]).must_succeed().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((json["path"].as_str(), json["reference"].as_str()), (Some(&*after), Some(&*before)));
    let differences = json["differences"].as_array().expect("an array");
    assert!(said.contains(differences[0].as_str().expect("a line")), "{said}");

    let same = shop.run(&["compare", &before, &before]).must_succeed().stdout;
    assert!(same.contains("nothing in the playing differs for sure"), "{same}");
}

#[test]
fn silence_and_half_a_second_are_explained_and_compared() {
    let shop = shared();
    for (name, samples) in [("silent.wav", vec![0.0; 5 * 44_100]), ("short.wav", vec![0.1; 22_050])] {
        write_wav(&shop.path(name), 1, 44_100, &samples);
        let json = shop.run(&["explain", name, "--format", "json"]).must_succeed().stdout;
        let row = &serde_json::from_str::<serde_json::Value>(&json).expect("JSON")[0];
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        for emotion in ["happiness", "sadness", "anger", "tenderness"] {
            let contributions = row["contributions"].as_object().expect("an object").values();
            let whole = number(&row["base"][emotion]) + contributions.map(|added| number(&added[emotion])).sum::<f64>();
            assert!((whole - number(&row["prediction"][emotion])).abs() <= 1e-6, "{name}, {emotion}: {row}");
        }
        let said = shop.run(&["compare", &shop.recording(0), name]).must_succeed().stdout;
        assert!(said.contains("nothing can be compared: one of the two has nothing to be measured"), "{said}");
    }
}

#[test]
fn parts_are_put_together_opened_and_imagined_otherwise() {
    let shop = shared();
    let (take, earlier) = (shop.recording(0), shop.recording(1));
    let figures = shop.path("curves");
    let asked = [
        &["explain", &take, "--reference", &earlier][..],
        &["--group", "tone=brightness+bow_noise+attack", "--group", "line=register+mode+intonation"],
        &["--within", "tone", "--what-if", "attack_s=+50%", "--what-if", "pitch_semitones=60..80"],
        &["--figures", figures.to_str().expect("a path")],
    ];
    let said = shop.run(&asked.concat()).must_succeed().stdout;
    for line in [
        "tone ",
        "line ",
        "within tone ",
        "attack_spread ",
        "what if attack_s, ",
        "change ",
        "what if pitch_semitones, ",
    ] {
        assert!(said.lines().any(|found| found.starts_with(line)), "{line}: {said}");
    }
    assert!(!said.contains("\nbrightness "), "it is part of the tone now: {said}");
    let curves: Vec<_> = fs::read_dir(&figures).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(curves.len(), 1, "one change has no curve: {curves:?}");
    assert!(fs::read_to_string(&curves[0]).expect("SVG").starts_with("<svg"));

    for (refused, message) in [
        (["--group", "tone"], "NAME=PART+PART"),
        (["--group", "tone=loudness"], "found `loudness`"),
        (["--within", "loudness"], "one of the groups"),
        (["--what-if", "loudness=+1"], "a feature of the set `violin+music`"),
        (["--what-if", "attack_s=quick"], "a change in numbers"),
        (["--what-if", "attack_s=900"], "near what the training recordings have"),
        (["--what-if", "brightness_db_per_octave=+10%"], "a percentage of a value above 0"),
        (["--figures", "no-curves"], "the curve to draw"),
        (["--labels", "labels.csv"], "--corpus beside it"),
    ] {
        let run = shop.run(&[&["explain", &take, "--reference", &earlier][..], &refused].concat());
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains(message) && run.stderr.contains("hint: "), "{}", run.stderr);
    }
}

#[test]
fn what_matters_across_a_corpus_is_a_table_figures_and_a_file() {
    let shop = shared();
    let figures = shop.path("importance");
    let asked = [
        &["explain", "--corpus", "recordings", "--labels", "labels.csv", "--group-by", "performer"][..],
        &["--folds", "2", "--against", "1", "--config", "quick.toml"],
        &["--figures", figures.to_str().expect("a path")],
    ];
    let said = shop.run(&asked.concat()).must_succeed().stdout;
    for family in FAMILIES {
        assert!(said.lines().any(|line| line.starts_with(family)), "{family}: {said}");
    }
    for file in ["importance.svg", "beeswarm.svg"] {
        assert!(fs::read_to_string(figures.join(file)).expect(file).starts_with("<svg"));
    }
    let page = fs::read_to_string(figures.join("importance.html")).expect("a page");
    for said in [
        "(importance.svg)",
        "(response-",
        "in 4 groups by performer",
        "exact Shapley values",
        "(2 folds by group, seed 0)",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(page.matches("<svg").count(), 6);
    let csv = fs::read_to_string(figures.join("contributions.csv")).expect("a table");
    assert!(csv.starts_with("filename,group,family,emotion,contribution\n"), "{csv}");

    assert!(
        shop.run(&["compare", "recordings", &shop.recording(0)])
            .stderr
            .contains("expected a recording, found a folder")
    );
    let run = shop.run(&["explain", "--corpus", "recordings"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--labels"), "{}", run.stderr);
}
