//! What holds for every label file.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use violin_emotion::data::{Dataset, LabelOptions, permute_labels, read_labels};

use super::{Case, grouped, normalised, shares};

/// Shares are 32-bit: a sum of nine of them is off by a few units in the last place.
const SUM_TOLERANCE: f32 = 1e-6;

/// Votes of each recording: 2–6 emotions, none of which is without votes.
fn votes() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (2_usize..=6).prop_flat_map(|emotions| {
        let row = prop::collection::vec(0_u32..20, emotions);
        prop::collection::vec(row.prop_filter("a vote", |row| row.iter().sum::<u32>() > 0), 2..12)
    })
}

fn write_csv(votes: &[Vec<u32>], separator: char, comma: bool, scale: f64, end: &str) -> String {
    let cells = |row: &Vec<u32>| -> String {
        let sum: u32 = row.iter().sum();
        let cell = |vote: &u32| {
            let text = format!("{:.9}", f64::from(*vote) / f64::from(sum) * scale);
            format!("{separator}{}", if comma { text.replace('.', ",") } else { text })
        };
        row.iter().map(cell).collect()
    };
    let header: String = (0..votes[0].len()).map(|at| format!("{separator}é{at}")).collect();
    let rows: String = votes.iter().enumerate().map(|(at, row)| format!("{at}.wav{}{end}", cells(row))).collect();
    format!("filename{header}{end}{rows}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_label_file_survives_any_form(
        votes in votes(), form in 0_usize..5, percent: bool, latin: bool, end in prop::sample::select(vec!["\n", "\r\n", "\r"]), seed: u64,
    ) {
        let (separator, comma) = [(',', false), (';', false), (';', true), ('\t', false), ('\t', true)][form];
        let text = write_csv(&votes, separator, comma, if percent { 100.0 } else { 1.0 }, end);
        let bytes = if latin { text.chars().map(|c| c as u8).collect() } else { text.into_bytes() };
        let files: Vec<String> = (0..votes.len()).map(|at| format!("{at}.wav")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let names: Vec<String> = (0..votes[0].len()).map(|at| format!("é{at}")).collect();
        let options = LabelOptions { emotions: Some(names.clone()), ..LabelOptions::default() };
        let dataset = Case::new(bytes, &files).read_with(&options).expect("a good label file");
        prop_assert_eq!(dataset.labels().names(), &names[..]);
        for (recording, row) in dataset.recordings().iter().zip(&votes) {
            let sum: u32 = row.iter().sum();
            prop_assert!((recording.target.shares().iter().sum::<f32>() - 1.0).abs() <= SUM_TOLERANCE);
            for (share, vote) in recording.target.shares().iter().zip(row) {
                prop_assert!((share - *vote as f32 / sum as f32).abs() <= SUM_TOLERANCE);
            }
        }
        prop_assert_eq!(dataset.report().renormalised, 0);
        prop_assert_eq!(dataset.report().percentages, percent);

        let permuted = permute_labels(&dataset, seed);
        let sorted = |dataset: &Dataset| {
            let mut targets: Vec<String> = shares(dataset).iter().map(|shares| format!("{shares:?}")).collect();
            targets.sort();
            targets
        };
        prop_assert_eq!(sorted(&permuted), sorted(&dataset));
        prop_assert_eq!(&permuted, &permute_labels(&dataset, seed));
        for (one, other) in permuted.recordings().iter().zip(dataset.recordings()) {
            prop_assert_eq!((&one.path, &one.group, one.line), (&other.path, &other.group, other.line));
        }
    }

    #[test]
    fn columns_found_by_their_sum_are_the_right_ones_or_are_asked_about(votes in votes(), before in prop::collection::vec(-50_f64..50.0, 12)) {
        let text = write_csv(&votes, ',', false, 1.0, "\n");
        // One more numeric column, right before the emotions.
        let mut lines = text.lines();
        let mut wider = lines.next().expect("a header").replace("filename", "filename,level") + "\n";
        for (line, value) in lines.zip(&before) {
            wider += &line.replace(".wav", &format!(".wav,{value}"));
            wider.push('\n');
        }
        let files: Vec<String> = (0..votes.len()).map(|at| format!("{at}.wav")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let edge_is_empty = [0, votes[0].len() - 1].iter().any(|at| votes.iter().all(|row| row[*at] == 0));
        match Case::new(wider, &files).read_with(&LabelOptions::default()) {
            Ok(dataset) => prop_assert_eq!(dataset.labels().len(), votes[0].len()),
            Err(error) => prop_assert!(edge_is_empty, "{}", error),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(filename|emotion|a\\.wav|b\\.wav|0\\.5|1|-3|[,;\t\"\r\n%]){0,60}") {
        let case = Case::new(bytes, &["a.wav", "b.wav"]);
        let _ = case.read_with(&LabelOptions::default());
        fs::write(case.0.path().join("labels.csv"), format!("filename,happy,sad\n{text}")).expect("a label file");
        let _ = case.read_with(&normalised());
        fs::write(case.0.path().join("labels.csv"), text).expect("a label file");
        let _ = case.read_with(&grouped("emotion"));
    }
}

#[test]
fn permuting_moves_labels() {
    let rows: String =
        (0..20).map(|at| format!("{at}.wav,{},{}\n", at as f32 / 32.0, 1.0 - at as f32 / 32.0)).collect();
    let files: Vec<String> = (0..20).map(|at| format!("{at}.wav")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let case = Case::new(format!("filename,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("twenty recordings");
    let moved = |seed| {
        let permuted = permute_labels(&dataset, seed);
        shares(&permuted).iter().zip(shares(&dataset)).filter(|(one, other)| *one != other).count()
    };
    assert!((0..10).all(|seed| moved(seed) >= 14), "a permutation of 20 leaves about one in place");
    assert_ne!(permute_labels(&dataset, 0), permute_labels(&dataset, 1));
}

#[test]
fn the_emotify_labels() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/emotify_classical");
    if !data.is_dir() {
        eprintln!("skipped: {} is absent", data.display());
        return;
    }
    let csv = data.join("emotion_labels.csv");
    let dataset = read_labels(&csv, &data.join("audio"), &grouped("performer")).expect("the emotify labels");
    assert_eq!(dataset.recordings().len(), 100);
    assert_eq!(
        dataset.labels().names(),
        [
            "amazement",
            "solemnity",
            "tenderness",
            "nostalgia",
            "calmness",
            "power",
            "joyful_activation",
            "tension",
            "sadness"
        ]
    );
    assert_eq!(dataset.report().groups, 44);
    assert_eq!(
        dataset.report().lines(),
        [
            "emotions: amazement, solemnity, tenderness, nostalgia, calmness, power, joyful_activation, tension, sadness \
             (their columns sum to 1)",
            "100 recordings in 44 groups by `performer`",
            "read as UTF-8, separated by commas",
            "not used: `emotion` (the shares say more), `n_raters` (a count)",
        ]
    );
}
