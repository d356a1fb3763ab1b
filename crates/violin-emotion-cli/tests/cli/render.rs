//! `render`: the folder it makes, and the folders it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::workshop::{Run, Workshop, shared};

const SMALL: [&str; 7] = ["render", "--n", "6", "--duration", "1", "--performers", "3"];

fn render(folder: &Path, further: &[&str]) -> Run {
    shared().run_in(folder, &[&SMALL, further].concat())
}

/// Every file below `folder` by its name, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
    found
}

fn table(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(|line| line.split(',').map(String::from).collect()).collect()
}

#[test]
fn a_corpus_has_its_recordings_votes_truth_and_notice() {
    let place = tempfile::tempdir().expect("a folder");
    let run = render(place.path(), &["--out", "new/corpus", "--raters", "7"]).must_succeed();
    assert!(run.stdout.contains("rendered, no evidence about listeners"), "{}", run.stdout);
    assert_eq!(fs::read_dir(place.path().join("new")).expect("a folder").count(), 1, "something was left beside it");
    let folder = place.path().join("new/corpus");
    let found = files(&folder);
    let names: Vec<&str> = found.keys().map(String::as_str).filter(|name| !name.contains('/')).collect();
    assert_eq!(names, ["README.txt", "emotion_labels.csv", "notes.csv", "ratings.csv", "recipe.toml", "truth.csv"]);
    for file in ["README.txt", "recipe.toml"] {
        let text = String::from_utf8_lossy(&found[file]).into_owned();
        assert!(text.contains("no evidence about listeners") && text.contains("--seed 0 --raters 7"), "{text}");
    }

    let labels = table(&folder, "emotion_labels.csv");
    let emotions = ["happiness", "sadness", "anger", "tenderness"];
    assert_eq!(labels[0], [&["filename", "emotion", "performer", "piece", "n_raters"], &emotions[..]].concat());
    assert_eq!(labels.len(), 7);
    let ratings = table(&folder, "ratings.csv");
    assert_eq!((ratings[0].join(","), ratings.len()), ("rater,filename,emotion".into(), 1 + 6 * 7));
    for row in &labels[1..] {
        let wav = hound::WavReader::open(folder.join("recordings").join(&row[0])).expect("a recording");
        assert_eq!((wav.spec().bits_per_sample, wav.spec().sample_rate, wav.duration()), (16, 44_100, 44_100));
        assert_eq!(row[4], "7");
        for (emotion, share) in emotions.iter().zip(&row[5..]) {
            let votes = ratings.iter().filter(|rating| rating[1] == row[0] && rating[2] == *emotion).count();
            assert_eq!(share.parse::<f64>(), Ok(votes as f64 / 7.0), "{emotion} of {}", row[0]);
        }
    }

    let truth = table(&folder, "truth.csv");
    for column in ["filename", "performer", "piece", "note_rate", "mode", "gain_db", "snr_db", "anger"] {
        assert!(truth[0].iter().any(|name| name == column), "no column {column} in {:?}", truth[0]);
    }
    for row in &truth[1..] {
        let sum: f64 = row[row.len() - 4..].iter().map(|share| share.parse::<f64>().expect("a share")).sum();
        // Four shares in f32.
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    }
    let notes = table(&folder, "notes.csv");
    assert_eq!(&notes[0][..3], ["filename", "onset_s", "interval_s"]);
    assert!(labels[1..].iter().all(|row| notes.iter().any(|note| note[0] == row[0])), "a take without notes");

    // What was written is what `evaluate` reads.
    let run = shared().run_in(
        &folder,
        &["train", "--audio", "recordings", "--labels", "emotion_labels.csv", "--group-by", "composer"],
    );
    assert!(run.stderr.contains("found `filename`, `emotion`, `performer`"), "{}", run.stderr);
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_threads_and_from_its_own_recipe() {
    let place = tempfile::tempdir().expect("a folder");
    for (out, further) in [
        ("one", ["--jobs", "1", "--seed", "4", "--recipe", "cues"]),
        ("two", ["--jobs", "2", "--seed", "4", "--recipe", "cues"]),
        ("again", ["--jobs", "2", "--seed", "4", "--recipe", "one/recipe.toml"]),
    ] {
        render(place.path(), &[&["--out", out], &further[..]].concat()).must_succeed();
        assert!(files(&place.path().join(out)) == files(&place.path().join("one")), "{out} differs");
    }
    render(place.path(), &["--out", "other", "--seed", "5"]).must_succeed();
    let [one, other] = ["one", "other"].map(|folder| files(&place.path().join(folder)));
    assert!(one.keys().eq(other.keys()) && one["truth.csv"] != other["truth.csv"]);
}

#[test]
fn other_things_stay_where_they_are() {
    let place = tempfile::tempdir().expect("a folder");
    let out = place.path().join("out");
    fs::create_dir(&out).expect("a folder");
    render(place.path(), &["--out", "out"]).must_succeed();
    let first = files(&out);

    // A folder of its own is written anew, and what else lies there stays.
    fs::write(out.join("my model.txt"), "mine").expect("a file");
    render(place.path(), &["--out", "out", "--seed", "1"]).must_succeed();
    let second = files(&out);
    assert!(second["my model.txt"] == b"mine" && second["truth.csv"] != first["truth.csv"]);
    assert_eq!(second.len(), first.len() + 1);

    // A recording of somebody's among the takes, and a folder of other things, are refused.
    fs::write(out.join("recordings/mine.wav"), "mine").expect("a file");
    let foreign = place.path().join("foreign");
    fs::create_dir(&foreign).expect("a folder");
    fs::write(foreign.join("thesis.txt"), "mine").expect("a file");
    for (folder, found) in [("out", "mine.wav"), ("foreign", "thesis.txt")] {
        let before = files(&place.path().join(folder));
        let run = render(place.path(), &["--out", folder]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{folder}");
        assert!(run.stderr.contains(found) && run.stderr.contains("hint: name another folder"), "{}", run.stderr);
        assert!(files(&place.path().join(folder)) == before, "{folder} was changed");
    }
}

#[test]
fn what_cannot_be_rendered_is_said() {
    let place = tempfile::tempdir().expect("a folder");
    for (arguments, code, problem) in [
        (["render", "--n=0", "--out=x"], 2, "expected a whole number from 1 to 100000"),
        (["render", "--n=2", "--duration=nan"], 2, "expected seconds from 0.5 to 600"),
        (["render", "--n=2", "--raters=some"], 2, "expected a whole number"),
    ] {
        let run = shared().run_in(place.path(), &arguments);
        assert_eq!(run.code, code);
        assert!(run.stderr.contains(problem), "{}", run.stderr);
    }
    let run = render(place.path(), &["--recipe", "none.toml", "--out", "x"]);
    assert!(run.code == 1 && run.stderr.contains("cannot read none.toml"), "{}", run.stderr);
    fs::write(place.path().join("mine.toml"), "temperature = 1\n").expect("a recipe");
    let run = render(place.path(), &["--recipe", "mine.toml", "--out", "x"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("mine.toml") && run.stderr.contains("missing field `emotions`"), "{}", run.stderr);
    assert!(!place.path().join("x").exists());
}

#[test]
#[cfg(unix)]
fn an_interrupted_rendering_leaves_nothing() {
    let shop = Workshop::new();
    let mut child = shop.command(&["render", "--n", "5000", "--out", "many"]).spawn().expect("the program");
    std::thread::sleep(std::time::Duration::from_secs(1));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    let left = files(&shop.path("."));
    assert!(left.keys().all(|name| !name.contains("many") && !name.contains(".violin-emotion")), "{:?}", left.keys());
}
