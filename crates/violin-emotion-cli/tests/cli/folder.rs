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
fn damage_is_named() {
    refused("it has no meta.json", |folder| fs::remove_file(folder.join("meta.json")).expect("removed"));
    refused("rf_model.safetensors", |folder| fs::remove_file(folder.join("rf_model.safetensors")).expect("removed"));
    refused("lstm_model.safetensors", |folder| {
        let path = folder.join("lstm_model.safetensors");
        let bytes = fs::read(&path).expect("the file");
        fs::write(path, &bytes[..bytes.len() / 2]).expect("the half");
    });
    refused("expected schema", |folder| edit(folder, "violin-emotion/model/1", "violin-emotion/model/9"));
    refused("unknown field `colour`", |folder| {
        edit(folder, "\"program_version\"", "\"colour\": 1, \"program_version\"")
    });
    refused("damaged", |folder| edit(folder, "{", "["));
    refused("softmax", |folder| edit(folder, "\"happiness\",", "\"happiness\", \"awe\","));
    refused("model.network_weight", |folder| edit(folder, "\"network_weight\": 0.7", "\"network_weight\": 7.0"));
    refused("expected features", |folder| edit(folder, "\"features\": 138", "\"features\": 139"));
}

#[test]
fn numbers_that_are_none_are_found() {
    for file in ["lstm_model.safetensors", "rf_model.safetensors"] {
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

#[test]
fn what_is_no_model_is_never_replaced() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("letters")).expect("a folder");
    fs::write(shop.path("letters/one.txt"), "dear").expect("a file");
    let run = shop.train(&["--out", "letters"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("is no model folder: it is left as it is"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(shop.path("letters/one.txt")).expect("the letter"), "dear");
}
