//! From ratings to labels on the command line, and what a label file is said to hold.

use std::fs;

use crate::workshop::Workshop;

const RATINGS: &str = "rater,clip,emotion,performer\n\
                       ann,a,joy,X\nbob,a,joy,X\nann,b,anger,Y\nbob,b,joy,Y\nann,c,anger,Z\nbob,c,anger,Z\n";

fn shop(ratings: &str) -> Workshop {
    let shop = Workshop::new();
    fs::write(shop.path("ratings.csv"), ratings).expect("ratings");
    fs::create_dir(shop.path("clips")).expect("a folder");
    for clip in ["a", "b", "c"] {
        // Nothing is decoded: the names alone count.
        fs::write(shop.path("clips").join(format!("{clip}.wav")), b"no sound").expect("a file");
    }
    shop
}

#[test]
fn ratings_become_a_label_file_that_can_be_checked() {
    let shop = shop(RATINGS);
    let run =
        shop.run(&["labels", "from-ratings", "ratings.csv", "--out", "made.csv", "--audio", "clips"]).must_succeed();
    let labels = fs::read_to_string(shop.path("made.csv")).expect("labels");
    assert_eq!(
        labels,
        "filename,performer,n_raters,n_votes,anger,joy\na.wav,X,2,2,0.000000,1.000000\nb.wav,Y,2,2,0.500000,0.500000\n\
         c.wav,Z,2,2,1.000000,0.000000\n"
    );
    assert!(run.stdout.starts_with("6 ratings of 3 clips, 2 listeners\n"), "{}", run.stdout);
    assert!(run.stdout.contains("alpha of the chosen emotions, as names: 0.444"), "{}", run.stdout);
    assert!(run.stderr.contains("kept beside the clips: `performer`"), "{}", run.stderr);
    let check = ["labels", "check", "made.csv", "--audio", "clips", "--group-by", "performer"];
    let run = shop.run(&check).must_succeed();
    assert!(run.stdout.contains("emotions: anger, joy"), "{}", run.stdout);
    assert!(run.stdout.contains("`evaluate` with 5 folds cannot be run: "), "{}", run.stdout);
}

#[test]
fn agreement_as_json_says_what_cannot_be_told() {
    let shop = shop("clip,emotion\na,joy\nb,anger\nc,joy\n");
    let asked = ["labels", "from-ratings", "ratings.csv", "--out", "made.csv", "--format", "json"];
    let run = shop.run(&asked).must_succeed();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(json["schema"], "violin-emotion/reliability/1");
    assert!(json["reliability"]["alpha"].is_null() && json["reliability"]["emotions"][0]["intraclass"].is_null());
    assert!(run.stderr.contains("no column of listeners"), "{}", run.stderr);
}

#[test]
fn an_emotion_alone_is_no_label_file() {
    let shop = shop("rater,clip,joy,calm\nann,a,1,0\nbob,a,2,0\nann,b,1,0\nbob,b,2,0\n");
    let run = shop.run(&["labels", "from-ratings", "ratings.csv", "--out", "labels_out.csv"]);
    let problem = "expected at least two emotions that somebody chose, found 1 of joy, calm";
    assert!(run.code == 1 && run.stderr.contains(problem), "{}", run.stderr);
    assert!(!shop.path("labels_out.csv").exists());
}

#[test]
fn ratings_that_cannot_be_used_leave_no_file() {
    for (ratings, further, problem) in [
        ("rater,clip,emotion\nann,a,joy\nann,a,anger\n", &[][..], "expected one row a listener and clip"),
        ("rater,clip,emotion\nann,a,joy\nann,b,joy\n", &[], "found `joy` alone"),
        ("rater,clip,emotion\n", &[], "found none"),
        (RATINGS, &["--smoothing", "-1"], "setting `--smoothing`: expected 0 votes or more, found -1"),
        (RATINGS, &["--rater", "listener"], "column `listener`"),
        ("rater,clip,emotion\nann,d,joy\nbob,a,anger\n", &["--audio", "clips"], "expected a recording named `d`"),
    ] {
        let shop = shop(ratings);
        let run = shop.run(&[&["labels", "from-ratings", "ratings.csv", "--out", "made.csv"], further].concat());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        assert!(run.stderr.contains(problem) && run.stderr.contains("\nhint: "), "{}", run.stderr);
        assert!(!shop.path("made.csv").exists(), "{problem}");
    }
}
