//! From listeners' ratings to soft labels, in every form they come in; and how far listeners agree.

use std::fs;
use std::path::{Path, PathBuf};

use violin_emotion::data::ratings::{
    Answers, RatingOptions, Ratings, interval_alpha, intraclass, nominal_alpha, read_ratings,
};

/// Both sides add a few hundred numbers in f64.
const REFERENCE: f64 = 1e-9;

/// The shared labels went through three decimals on their way: 1.04e-4 apart at most.
const SHARED: f64 = 2e-4;

#[derive(serde::Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    nominal: bool,
    clips: Vec<Vec<f64>>,
    alpha: f64,
    icc: Option<Icc>,
}

#[derive(serde::Deserialize)]
struct Icc {
    single: f64,
    mean: f64,
}

#[test]
fn agreement_is_that_of_the_reference_libraries() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/reliability.json");
    let golden: Golden = serde_json::from_str(&fs::read_to_string(path).expect("a golden")).expect("a golden");
    assert_eq!(golden.cases.len(), 6);
    for (at, Case { nominal, clips, alpha, icc }) in golden.cases.iter().enumerate() {
        let found = if *nominal {
            let clips: Vec<Vec<usize>> =
                clips.iter().map(|clip| clip.iter().map(|value| *value as usize).collect()).collect();
            nominal_alpha(&clips)
        } else {
            interval_alpha(clips)
        };
        assert!(found.is_some_and(|found| (found - alpha).abs() < REFERENCE), "case {at}: {found:?}, expected {alpha}");
        if let Some(Icc { single, mean }) = icc {
            let found = intraclass(clips).expect("a correlation");
            // pingouin rounds nothing, and takes the same sums of squares.
            assert!((found.single - single).abs() < REFERENCE && (found.mean - mean).abs() < REFERENCE, "{found:?}");
        }
    }
}

fn read(text: &str, options: &RatingOptions) -> Result<Ratings, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ratings.csv");
    fs::write(&path, text).expect("a file");
    read_ratings(&path, options).map_err(|error| format!("{error}; {}", error.hint().unwrap_or_default()))
}

fn plain(text: &str) -> Ratings {
    read(text, &RatingOptions::default()).expect("ratings")
}

/// Name, listeners and shares in hundredths, clip by clip.
fn shares(ratings: &Ratings) -> Vec<(String, usize, Vec<i64>)> {
    let rows = ratings.soft_labels(0.0).expect("labels").rows;
    let hundredths = |shares: Vec<f64>| shares.iter().map(|share| (share * 100.0).round() as i64).collect();
    rows.into_iter().map(|row| (row.name, row.raters, hundredths(row.shares))).collect()
}

#[test]
fn one_emotion_a_row_is_counted() {
    let ratings = plain(
        "rater,filename,emotion,performer\nann,a.wav,joy,X\nbob,a.wav,joy,X\nann,b.wav,anger,Y\nbob,b.wav,joy,Y\ncy,b.wav,anger,Y\n",
    );
    assert_eq!((ratings.answers, ratings.raters.len()), (Answers::Chosen, 3));
    assert_eq!(ratings.emotions.names(), ["anger", "joy"]);
    assert_eq!(shares(&ratings), [("a.wav".into(), 2, vec![0, 100]), ("b.wav".into(), 3, vec![67, 33])]);
    assert_eq!(
        (ratings.carried.as_slice(), ratings.clips[1].carried.as_slice()),
        (["performer".into()].as_slice(), ["Y".into()].as_slice())
    );
}

#[test]
fn flags_and_scales_are_votes_above_their_least() {
    let flags = plain("clip;participant;joy;calm;age\na;1;1;0;20\na;2;1;1;30\nb;1;0;1;20\nb;2;0;0;30\n");
    assert_eq!(flags.answers, Answers::Flags);
    assert_eq!(flags.emotions.names(), ["joy", "calm"]);
    assert_eq!(shares(&flags), [("a".into(), 2, vec![67, 33]), ("b".into(), 2, vec![0, 100])]);
    let scale = plain("clip,rater,joy,calm\na,1,7,1\na,2,4,1\nb,1,1,4\nb,2,1,1\n");
    assert_eq!(scale.answers, Answers::Scale { least: 1.0, most: 7.0 });
    assert_eq!(shares(&scale), [("a".into(), 2, vec![100, 0]), ("b".into(), 2, vec![0, 100])]);
    let said = RatingOptions { scale: Some((0.0, 9.0)), ..RatingOptions::default() };
    let scale = read("clip,rater,joy,calm\na,1,7,1\na,2,4,1\nb,1,1,4\nb,2,1,1\n", &said).expect("ratings");
    assert_eq!(shares(&scale), [("a".into(), 2, vec![85, 15]), ("b".into(), 2, vec![29, 71])]);
}

#[test]
fn a_questionnaire_has_one_row_a_listener() {
    let numbers = plain("participant,age,c1_joy,c1_calm,c2_joy,c2_calm\np1,20,1,0,0,1\np2,31,1,1,,\n");
    assert_eq!((numbers.ratings.len(), numbers.raters.len()), (3, 2));
    assert_eq!(shares(&numbers), [("c1".into(), 2, vec![67, 33]), ("c2".into(), 1, vec![0, 100])]);
    let brackets = plain("id_no,x [joy],x [calm],y [joy],y [calm]\n1,0,5,3,3\n2,0,5,3,3\n");
    assert_eq!(shares(&brackets), [("x".into(), 2, vec![0, 100]), ("y".into(), 2, vec![50, 50])]);
    let names = plain("listener,take1.wav,take2.wav\nann,joy,calm\nbob,joy,\n");
    assert_eq!(names.answers, Answers::Chosen);
    assert_eq!(shares(&names), [("take1.wav".into(), 2, vec![0, 100]), ("take2.wav".into(), 1, vec![100, 0])]);
}

#[test]
fn smoothing_spreads_votes_and_clips_without_any_are_named() {
    let ratings = plain("clip,rater,joy,calm\na,1,1,0\na,2,1,0\nb,1,0,0\nb,2,0,0\n");
    let labels = ratings.soft_labels(0.0).expect("labels");
    assert_eq!(
        (labels.rows.len(), labels.without_votes.as_slice(), labels.never_chosen.as_slice()),
        (1, ["b".to_string()].as_slice(), ["calm".to_string()].as_slice())
    );
    let labels = ratings.soft_labels(1.0).expect("labels");
    assert_eq!(labels.rows[0].shares, [2.5 / 3.0, 0.5 / 3.0]);
    assert_eq!(labels.rows[1].shares, [0.5, 0.5]);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(ratings.soft_labels(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let refused = |text: &str| read(text, &RatingOptions::default()).expect_err(text);
    let twice = refused("rater,clip,emotion\nann,a,joy\nann,a,calm\n");
    assert!(twice.contains("line 3") && twice.contains("another of `ann` on `a`, as on line 2"), "{twice}");
    let gap = refused("rater,clip,joy,calm\nann,a,1,0\nann,b,1,\n");
    assert!(gap.contains("line 3, column `calm`: expected a number, found an empty cell"), "{gap}");
    // The other two emotions would do: it must not be lost for one cell.
    let word = refused("rater,clip,joy,calm,grief\nann,a,1,0,1\nann,b,1,0,much\nann,c,1,0,2\n");
    assert!(word.contains("line 3, column `grief`: expected a number, found `much`"), "{word}");
    let spelt = refused("rater,clip,emotion\nann,a,joy\nbob,a,Joy\ncy,b,calm\n");
    assert!(spelt.contains("found `Joy` beside `joy`"), "{spelt}");
    let one = refused("rater,clip,emotion\nann,a,joy\nbob,a,joy\n");
    assert!(one.contains("at least two different emotions, found `joy` alone"), "{one}");
    let nobody = refused("rater,clip,emotion\n,a,joy\nbob,a,calm\n");
    assert!(nobody.contains("expected a listener, found an empty cell"), "{nobody}");
    let form = refused("alpha,beta\n1,2\n");
    assert!(form.contains("--clip"), "{form}");
    let outside = RatingOptions { scale: Some((0.0, 6.0)), ..RatingOptions::default() };
    let outside = read("clip,rater,joy,calm\na,1,7,1\n", &outside).expect_err("off the scale");
    assert!(outside.contains("line 2: expected 0 to 6, found 7"), "{outside}");
    let named = RatingOptions { clip: Some("song".into()), ..RatingOptions::default() };
    assert!(read("clip,rater,joy,calm\na,1,7,1\n", &named).expect_err("no such column").contains("`song`"));
}

#[test]
fn listeners_who_do_not_listen_are_flagged_and_others_are_not() {
    // Thirty honest listeners name a clip's own emotion two times of three; one answers at random, one always the same.
    let mut text = String::from("rater,clip,emotion\n");
    let mut state = 7u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let emotions = ["anger", "calm", "joy", "sadness"];
    for rater in 0..32 {
        for clip in 0..24u64 {
            let emotion = match rater {
                30 => draw(4),
                31 => 2,
                _ if draw(3) > 0 => clip % 4,
                _ => draw(4),
            };
            text += &format!("r{rater},c{clip},{}\n", emotions[emotion as usize]);
        }
    }
    let suspects = plain(&text).suspects();
    let names: Vec<&str> = suspects.raters.iter().map(|suspect| suspect.rater.as_str()).collect();
    assert_eq!(names, ["r30", "r31"], "{suspects:?}");
    assert!(suspects.raters[1].reasons.iter().any(|reason| reason.contains("24 clips in a row")), "{suspects:?}");
    assert!(suspects.clips.is_empty(), "{:?}", suspects.clips);
    let without = plain(&text).without_raters(&["r30", "r31"]);
    assert_eq!(without.ratings.len(), 30 * 24);
}

#[test]
fn the_shared_ratings_give_the_shared_labels() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/emotify_classical");
    if !shared.is_dir() {
        eprintln!("skipped: no recordings beside the project");
        return;
    }
    let options = RatingOptions { audio: Some(PathBuf::from(&shared).join("audio")), ..RatingOptions::default() };
    let ratings = read_ratings(&shared.join("ratings.csv"), &options).expect("ratings");
    assert_eq!((ratings.answers, ratings.ratings.len(), ratings.clips.len()), (Answers::Flags, 2688, 100));
    let labels = ratings.soft_labels(0.0).expect("labels");
    let mut csv = csv::Reader::from_path(shared.join("emotion_labels.csv")).expect("labels");
    let headers = csv.headers().expect("a header").clone();
    let mut compared = 0;
    for record in csv.records() {
        let record = record.expect("a row");
        let row = labels.rows.iter().find(|row| row.name == record[0]).expect("a clip");
        assert_eq!(row.raters.to_string(), record[3], "{}", row.name);
        for (name, share) in ratings.emotions.names().iter().zip(&row.shares) {
            let column = headers.iter().position(|header| header == name).expect("an emotion");
            let theirs: f64 = record[column].parse().expect("a share");
            assert!((share - theirs).abs() < SHARED, "{} {name}: {share}, expected {theirs}", row.name);
            compared += 1;
        }
    }
    assert_eq!(compared, 900);
}
