//! The model that is there without training.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use violin_emotion::model::{EmotionModel, instruction_set};

use crate::workshop::{PROGRAM, Workshop, shared};

fn elsewhere() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder without a model")
}

/// What it says of a recording, in a folder without a model.
fn said(shop: &Workshop, arguments: &[&str]) -> String {
    let folder = elsewhere();
    let run = shop.run_in(folder.path(), arguments).must_succeed();
    assert!(run.stderr.contains("the built-in model answers"), "{}", run.stderr);
    run.stdout
}

const NO_EVIDENCE: &str = "no evidence about listeners";

#[test]
fn where_no_model_is_the_built_in_one_answers_and_says_what_it_is() {
    let (shop, take) = (shared(), shared().recording(0));
    let json: Value = serde_json::from_str(&said(shop, &["predict", &take, "--format", "json"])).expect("JSON");
    let kinds: Vec<&Value> =
        json[0]["warnings"].as_array().expect("warnings").iter().map(|warning| &warning["kind"]).collect();
    assert!(kinds.contains(&&Value::from("learned_from_rendered")), "{kinds:?}");
    for arguments in [
        &["predict", &take] as &[&str],
        &["predict", &take, "--format", "csv"],
        &["predict", &take, "--format", "tidy"],
        &["explain", &take],
        &["explain", &take, "--format", "json"],
        &["compare", &take, &shop.recording(1)],
        &["model", "show"],
    ] {
        let folder = elsewhere();
        let said = shop.run_in(folder.path(), arguments).must_succeed().stdout;
        assert!(said.contains(NO_EVIDENCE), "{arguments:?}: {said}");
    }
    let out = elsewhere();
    said(shop, &["report", &take, "--out", &out.path().display().to_string()]);
    let page = fs::read_to_string(out.path().join("take0.html")).expect("a page");
    assert!(page.contains(NO_EVIDENCE) && page.contains("nobody played or rated what it learned from"));
}

#[test]
fn files_for_other_programs_say_it_too() {
    for format in ["textgrid", "audacity", "svl", "jams"] {
        let file = said(shared(), &["predict", &shared().recording(0), "--format", format]);
        assert!(file.contains(NO_EVIDENCE), "{format}: {file}");
    }
}

#[test]
fn its_explanation_names_what_is_played() {
    let told = said(shared(), &["explain", &shared().recording(2)]);
    // The table names every part; below it stand those that moved the answer, with what was heard: `mode: less anger (…); nearer to major (…)`.
    let (_, below) = told.split_once("\nanswer ").expect("a table");
    let heard = |line: &&str| line.contains(" (+0.") || line.contains(" (-0.");
    let sentences: Vec<&str> = below.lines().filter(heard).collect();
    assert!(sentences.len() >= 2 && sentences.iter().any(|line| line.contains(" against ")), "{told}");
}

#[test]
fn it_can_be_asked_by_name_where_another_model_is() {
    let folder = elsewhere();
    fs::create_dir(folder.path().join("hybrid_model")).expect("a folder");
    let run = shared().run_in(folder.path(), &["predict", &shared().recording(0)]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("--model built-in asks the built-in model\nerror: "), "{}", run.stderr);
    for arguments in
        [&["predict", "--model", "built-in", &shared().recording(0)] as &[&str], &["model", "show", "built-in"]]
    {
        let run = shared().run_in(folder.path(), arguments).must_succeed();
        assert!(run.stdout.contains(NO_EVIDENCE) && !run.stderr.contains("no --model"), "{}", run.stderr);
    }
}

/// Ten minutes: `./check --full` runs it.
#[test]
#[ignore = "renders and trains for ten minutes"]
fn one_command_makes_it_again() {
    // Of the answers to other takes, where the last bits of training differ.
    const TOLERANCE: f64 = 1e-4;
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../violin-emotion/built_in");
    let out = elsewhere();
    let made = out.path().join("hybrid_model");
    let run = Command::new(recipe.join("make")).arg(&made).arg(PROGRAM).status().expect("bash");
    assert!(run.success());
    let (old, new) = (EmotionModel::built_in(), EmotionModel::load(&made).expect("a model"));
    if old.summary().instruction_set == instruction_set() {
        for (name, bytes) in old.files() {
            assert!(fs::read(made.join(name)).expect("a file") == bytes, "{name} differs");
        }
        let card = fs::read_to_string(made.join("MODEL_CARD.md")).expect("a card");
        assert_eq!(card, EmotionModel::built_in_card());
        return;
    }
    let shop = shared();
    let answers = |model: &EmotionModel| -> Vec<f32> {
        let of = |number| {
            let path = shop.recording(number);
            let told = violin_emotion::pipeline::analyze(Path::new(&path), model).expect("an answer");
            told.emotions.expect("shares").soft_labels().shares().to_vec()
        };
        (0..12).flat_map(of).collect()
    };
    for (old, new) in answers(&old).into_iter().zip(answers(&new)) {
        assert!(f64::from((old - new).abs()) <= TOLERANCE, "{old} here, {new} made again");
    }
}
