//! Model folders that are damaged, foreign or in the way.

use std::fs;
use std::path::Path;

use crate::workshop::{Run, Workshop, shared};

/// Copies the shared model, changes the copy, and asks it.
fn ask_after(change: impl Fn(&Path)) -> Run {
    let shop = shared();
    let copy = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(shop.path("hybrid_model")).expect("the model") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
    }
    change(copy.path());
    shop.run(&["predict", &shop.recording(0), "--model", &copy.path().display().to_string()])
}

fn refused(problem: &str, change: impl Fn(&Path)) {
    let run = ask_after(change);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{problem}: {}", run.stderr);
    assert!(run.stderr.contains(problem) && run.stderr.contains("\nhint: "), "{problem}: {}", run.stderr);
}

fn edit(folder: &Path, from: &str, to: &str) {
    let path = folder.join("meta.json");
    let text = fs::read_to_string(&path).expect("meta.json");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).expect("meta.json");
}

#[test]
fn an_untouched_copy_answers() {
    ask_after(|_| ()).must_succeed();
}

#[test]
fn what_is_no_folder_is_named() {
    let here = tempfile::tempdir().expect("a folder");
    for (name, said) in [
        ("old_model.h5", "a model of the notebook (a file alone): not read"),
        ("model.txt", "a file, no model folder"),
        ("nowhere", "there is no such folder"),
    ] {
        if name != "nowhere" {
            fs::write(here.path().join(name), "something").expect("a file");
        }
        let run = shared().run_in(here.path(), &["predict", "a.wav", "--model", name]);
        assert!(run.code == 1 && run.stderr.contains(&format!("{name}: {said}")), "{}", run.stderr);
    }
    let run = shared().run_in(here.path(), &["train", "--audio", "x", "--labels", "y", "--out", "built-in"]);
    assert!(run.code == 1 && run.stderr.contains("built-in: is what the built-in model is called"), "{}", run.stderr);
}

#[test]
fn damage_is_named() {
    refused("it has no meta.json", |folder| fs::remove_file(folder.join("meta.json")).expect("removed"));
    refused("rf_model.safetensors", |folder| fs::remove_file(folder.join("rf_model.safetensors")).expect("removed"));
    refused("ridge_model.safetensors", |folder| {
        fs::remove_file(folder.join("ridge_model.safetensors")).expect("removed");
    });
    refused("expected ridge_model.safetensors if the weighting is learned, and only then", |folder| {
        edit(folder, "\"weighting\": \"learned\"", "\"weighting\": \"notebook\"")
    });
    refused("`blend`: expected weights of 0 or more that sum to 1", |folder| {
        edit(folder, "\"ridge\": [", "\"ridge\": [0.5,")
    });
    refused("`margins`: expected one number of 0 or more an emotion", |folder| {
        edit(folder, "\"margins\": [", "\"margins\": [0.5,")
    });
    refused("lstm_model.safetensors", |folder| {
        let path = folder.join("lstm_model.safetensors");
        let bytes = fs::read(&path).expect("the file");
        fs::write(path, &bytes[..bytes.len() / 2]).expect("the half");
    });
    refused("expected schema `violin-emotion/model/8`, found `violin-emotion/model/1`", |folder| {
        edit(folder, "violin-emotion/model/8", "violin-emotion/model/1")
    });
    refused("unknown field `colour`", |folder| {
        edit(folder, "\"program_version\"", "\"colour\": 1, \"program_version\"")
    });
    refused("damaged", |folder| edit(folder, "{", "["));
    refused("expected an R² for each emotion", |folder| edit(folder, "\"happiness\",", "\"happiness\", \"awe\","));
    refused("lstm_model.safetensors: expected numbers of the emotions [\"joy\",", |folder| {
        let path = folder.join("meta.json");
        let text = fs::read_to_string(&path).expect("meta.json").replace("happiness", "joy");
        fs::write(path, text).expect("meta.json");
    });
    refused("model.network_weight", |folder| edit(folder, "\"network_weight\": 0.7", "\"network_weight\": 7.0"));
    refused(
        "expected the features `violin+music` version 1 (290 a window), found `violin+music` version 1 (291 a window)",
        |folder| edit(folder, "\"features\": 290", "\"features\": 291"),
    );
    refused("expected 6 `restarts`, as the settings say, found 4", |folder| {
        edit(folder, "\"restarts\": 2", "\"restarts\": 3")
    });
    // Four networks share them.
    refused("expected 3 trees, as the settings say, found 2", |folder| edit(folder, "\"trees\": 10", "\"trees\": 11"));
    refused("expected `usual` recordings with shares that sum to 1", |folder| {
        let path = folder.join("meta.json");
        let mut json: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("meta.json")).expect("JSON");
        json["usual"][0][1] = 7.0.into();
        fs::write(path, json.to_string()).expect("meta.json");
    });
    refused("expected an accuracy from 0 to 1", |folder| edit(folder, "\"accuracy\": ", "\"accuracy\": 7"));
    refused("expected `answering` to name 4 of 4 restarts, found [0, 0, 1, 2, 3]", |folder| {
        edit(folder, "\"answering\": [", "\"answering\": [0,")
    });
    refused("expected `answering` to name 2 of 4 restarts, found [0, 1, 2, 3]", |folder| {
        edit(folder, "\"combine\": \"mean\"", "\"combine\": \"best\"")
    });
}

#[test]
fn one_flipped_bit_anywhere_is_found_and_the_file_named() {
    for file in ["lstm_model.safetensors", "rf_model.safetensors", "ridge_model.safetensors"] {
        let length = fs::metadata(shared().path("hybrid_model").join(file)).expect("the file").len() as usize;
        for at in [0, 9, length / 3, length / 2, length - 1] {
            refused(&format!("{file}: damaged, or of another model: expected SHA-256 "), |folder| {
                let path = folder.join(file);
                let mut bytes = fs::read(&path).expect("the file");
                bytes[at] ^= 4;
                fs::write(path, bytes).expect("the file");
            });
        }
    }
}

#[test]
fn files_of_two_models_are_not_mixed() {
    let shop = Workshop::new();
    shop.train(&["--seed", "9"]).must_succeed();
    // A ridge on the same recordings is the same, whatever the seed, unless its penalties differ.
    for file in ["lstm_model.safetensors", "rf_model.safetensors"] {
        refused(&format!("{file}: damaged, or of another model"), |folder| {
            fs::copy(shop.path("hybrid_model").join(file), folder.join(file)).expect("a copy");
        });
    }
}

#[test]
fn numbers_that_are_none_are_found() {
    for file in ["lstm_model.safetensors", "rf_model.safetensors", "ridge_model.safetensors"] {
        refused(file, |folder| {
            let path = folder.join(file);
            let mut bytes = fs::read(&path).expect("the file");
            // All of the arrays' bytes: NaN as f32 and f64, node numbers far outside as u32.
            let begin = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("a length")) as usize;
            bytes[begin..].fill(0xff);
            fs::write(path, bytes).expect("the file");
        });
    }
}

#[test]
fn the_notebooks_model_is_recognised() {
    let shop = shared();
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["lstm_model.h5", "rf_model.pkl"] {
        fs::write(folder.path().join(name), b"anything").expect("a file");
    }
    let run = shop.run(&["predict", &shop.recording(0), "--model", &folder.path().display().to_string()]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("a model of the notebook (lstm_model.h5, rf_model.pkl): not read"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: train again"), "{}", run.stderr);
}

/// Training into a place that is taken: refused before anything is measured.
fn not_replaced(shop: &Workshop, out: &str, problem: &str) {
    let run = shop.train(&["--out", out, "--cache", "kept"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.starts_with(&format!("error: {problem}")), "{}", run.stderr);
    assert!(run.stderr.contains("\nhint: ") && !shop.path("kept").exists(), "{}", run.stderr);
}

#[test]
fn what_is_no_model_is_never_replaced() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("letters")).expect("a folder");
    fs::write(shop.path("letters/one.txt"), "dear").expect("a file");
    not_replaced(&shop, "letters", "letters: stands there and is no model folder: it is left as it is");
    // Many programs call a file so.
    fs::write(shop.path("letters/meta.json"), "{\"title\": \"letters\"}").expect("a file");
    not_replaced(&shop, "letters", "letters: stands there and is no model folder: it is left as it is");
    not_replaced(&shop, "letters/one.txt", "letters/one.txt: stands there and is no folder: it is left as it is");
    not_replaced(&shop, "letters/one.txt/model", "cannot write letters/one.txt/model: ");
    not_replaced(&shop, ".", ".: is the folder you are in, and would be replaced as a whole");
    assert_eq!(fs::read_to_string(shop.path("letters/one.txt")).expect("the letter"), "dear");
}

#[test]
fn a_model_is_replaced_and_nothing_beside_it() {
    let shop = Workshop::new();
    shop.train(&[]).must_succeed();
    let first = fs::read(shop.path("hybrid_model/lstm_model.safetensors")).expect("a file");
    shop.train(&["--seed", "4"]).must_succeed();
    assert!(fs::read(shop.path("hybrid_model/lstm_model.safetensors")).expect("a file") != first);
    fs::write(shop.path("hybrid_model/notes.txt"), "mine").expect("a file");
    not_replaced(&shop, "hybrid_model", "hybrid_model: holds more than a model (`notes.txt`): it is left as it is");
}
