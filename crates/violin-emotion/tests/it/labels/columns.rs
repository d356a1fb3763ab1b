//! Which columns are taken for the emotions.

use std::collections::BTreeMap;

use violin_emotion::data::{EmotionSource, LabelOptions, Scale, SoftLabels};

use super::{Case, PLAIN, emotions, normalised, problems_of, read, refused, refused_with, shares};

#[test]
fn the_first_published_layout() {
    let dataset = read(
        "filename,emotion,happy,sad,angry\na.wav,happy,0.5,0.25,0.25\nb.wav,sad,0,0.75,0.25\nc.wav,sad,0.2,0.8,0\n",
    );
    assert_eq!(dataset.labels().names(), ["happy", "sad", "angry"]);
    assert_eq!(shares(&dataset), [[0.5, 0.25, 0.25], [0.0, 0.75, 0.25], [0.2, 0.8, 0.0]]);
    assert_eq!(
        dataset.report().lines(),
        [
            "emotions: happy, sad, angry (their columns sum to 1)",
            "3 recordings, each its own group",
            "read as UTF-8, separated by commas",
            "not used: `emotion` (the shares say more)",
        ]
    );
    let second = &dataset.recordings()[1];
    assert_eq!((&*second.file_name, &*second.group, second.line), ("b.wav", "b.wav", 3));
    assert!(second.path.ends_with("audio/b.wav"));
}

#[test]
fn the_second_published_layout_with_metadata_of_any_kind() {
    for metadata in ["x,y,z", "0.5,0.5,0", "0,0,0", "1,2,3", ",,"] {
        let csv = format!(
            "filename,metadata1,metadata2,metadata3,Happy,Sad,Angry\n\
             a.wav,{metadata},0.5,0.25,0.25\nb.wav,{metadata},0,0.75,0.25\n"
        );
        let dataset = read(csv);
        assert_eq!(dataset.labels().names(), ["Happy", "Sad", "Angry"], "{metadata}");
        assert_eq!(
            dataset.report().lines()[3],
            "not used: `metadata1` (metadata), `metadata2` (metadata), `metadata3` (metadata)"
        );
    }
}

#[test]
fn columns_in_another_order_keep_their_names() {
    let reordered = read("angry,happy,filename,sad\n0.25,0.5,a.wav,0.25\n0.25,0,b.wav,0.75\n0.375,0.125,c.wav,0.5\n");
    for (one, other) in reordered.recordings().iter().zip(read(PLAIN).recordings()) {
        let named = |labels: &SoftLabels| labels.iter().map(|(name, share)| (name.to_owned(), share)).collect();
        let (one, other): (BTreeMap<String, f32>, BTreeMap<String, f32>) = (named(&one.target), named(&other.target));
        assert_eq!(one, other);
    }
}

#[test]
fn counts_identifiers_and_notes_are_no_emotions() {
    let dataset = read(
        "id,filename,happy,n_raters,sad,Track ID,votes,notes\n\
         1,a.wav,0.5,7,0.5,11,3,slow\n2,b.wav,0.25,8,0.75,12,4,\"quick, light\"\n",
    );
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(
        dataset.report().lines()[3],
        "not used: `id` (an identifier), `n_raters` (a count), `Track ID` (an identifier), `votes` (a count), `notes` (notes)"
    );
}

#[test]
fn an_unknown_numeric_column_is_left_out_by_the_sum() {
    let dataset = read("filename,loudness,happy,sad\na.wav,-20.5,0.5,0.5\nb.wav,-18.0,0.25,0.75\n");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(dataset.report().lines()[3], "not used: `loudness` (it takes no part in the sum)");
    // A flag that is rarely set: with it, one row of twelve sums to 2.
    let rows: String = (0..12).map(|at| format!("{at}.wav,{},0.5,0.5\n", u8::from(at == 7))).collect();
    let files: Vec<String> = (0..12).map(|at| format!("{at}.wav")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let case = Case::new(format!("filename,flag,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("the flag is left out");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    // A wrong row among twelve does not change the choice: it is named.
    let rows: String = (0..12).map(|at| format!("{at}.wav,-20,0.5,{}\n", if at == 7 { 0.7 } else { 0.5 })).collect();
    let case = Case::new(format!("filename,loudness,happy,sad\n{rows}"), &files);
    let error = case.read_with(&LabelOptions::default()).expect_err("a wrong row");
    assert_eq!(problems_of(&error), ["line 9: expected shares that sum to 1, found a sum of 1.2"]);
    // A rare emotion at the edge: without it, one row of twelve sums to 0.5.
    let rows: String =
        (0..12).map(|at| if at == 7 { "7.wav,0.5,0.5,0\n".into() } else { format!("{at}.wav,0,0.5,0.5\n") }).collect();
    let case = Case::new(format!("filename,fear,happy,sad\n{rows}"), &files);
    let dataset = case.read_with(&LabelOptions::default()).expect("the rare emotion is kept");
    assert_eq!(dataset.labels().names(), ["fear", "happy", "sad"]);
}

#[test]
fn a_column_of_zeros_at_the_edge_is_asked_about() {
    let csv = "filename,flag,happy,sad\na.wav,0,0.5,0.5\nb.wav,0,0.25,0.75\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        ["line 1: expected one set of columns that sum to 1 (or 100), found 2: `flag`, `happy`, `sad`; `happy`, `sad`"]
    );
    assert_eq!(hint, "say which columns are the emotions, such as --emotions \"flag,happy,sad\"");
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["happy", "sad"])).expect("the emotions are named");
    assert_eq!(dataset.report().source, EmotionSource::Named);
    assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (as named)");
    assert_eq!(dataset.report().lines()[3], "not used: `flag` (not named by --emotions)");
}

#[test]
fn two_distributions_in_one_file_are_asked_about() {
    let csv = "filename,emotion,felt_happy,felt_sad,heard_happy,heard_sad\n\
               a.wav,x,0.5,0.5,0.4,0.6\nb.wav,y,0.25,0.75,0.1,0.9\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        [
            "line 1: expected one set of columns that sum to 1 (or 100), found 2: `felt_happy`, `felt_sad`; `heard_happy`, `heard_sad`"
        ]
    );
    assert_eq!(
        hint,
        "say which columns are the emotions, such as --emotions \"felt_happy,felt_sad\", \
         or --emotions emotion to learn from that column alone"
    );
}

#[test]
fn what_a_hint_offers_is_accepted() {
    // One column is no set, so none is offered.
    let (_, hint) = refused_with("filename,sad\na.wav,1\nb.wav,0.5\n", &LabelOptions::default());
    assert_eq!(hint, "give every emotion a column with its share: two or more");
    let csv = "filename,emotion,sad\na.wav,x,1\nb.wav,y,0.5\n";
    let (_, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        hint,
        "give every emotion a column with its share, or --emotions emotion to learn from that column alone"
    );
    // A stray column between the emotions is left out of the example.
    let csv = "filename,happy,loudness,sad\na.wav,0.25,-20,0.75\nb.wav,0.5,-18,0.5\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        ["line 1: expected neighbouring columns that sum to 1 (or 100) in each row, \
             found `happy`, `loudness`, `sad` (sum -19 on line 2)"]
    );
    assert_eq!(hint, "say which columns are the emotions, such as --emotions \"happy,sad\"");
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    assert!(case.read_with(&emotions(&["happy", "sad"])).is_ok());
    // Where nothing fits, there is no example to give.
    let csv = "filename,happy,sad\na.wav,0.25,0.125\nb.wav,0.125,0.25\n";
    let (_, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(hint, "say which columns are the emotions, such as --emotions A,B,…");
}

#[test]
fn a_column_named_as_groups_is_pointed_at() {
    let csv = "filename,piece,Performer,happy,sad\na.wav,x,Ana,0.5,0.5\nb.wav,y,Ben,0.25,0.75\n";
    let lines = read(csv).report().lines();
    let nudge = "groups may stand in `piece`, `Performer`: --group-by piece keeps each on one side of every split";
    assert_eq!(lines.last().map(String::as_str), Some(nudge));
    let options = LabelOptions { group_by: Some("performer".into()), ..LabelOptions::default() };
    let dataset = Case::new(csv, &["a.wav", "b.wav"]).read_with(&options).expect("a good label file");
    assert!(dataset.report().lines().iter().all(|line| !line.contains("--group-by")));
}

#[test]
fn no_set_of_columns_is_asked_about() {
    // A column is missing: nothing sums to 1.
    let csv = "filename,happy,sad\na.wav,0.25,0.125\nb.wav,0.125,0.25\n";
    let expected = [
        "line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `happy`, `sad` (sum 0.375 on line 2)",
    ];
    assert_eq!(refused(csv), expected);
    assert_eq!(refused_with(csv, &normalised()).0, expected);
    // One column is never a set of emotions.
    let expected =
        ["line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `happy` (sum 1 on line 2)"];
    assert_eq!(refused("filename,happy\na.wav,1\nb.wav,1\n"), expected);
    // No numbers at all.
    let (problems, hint) = refused_with("filename,title\na.wav,x\nb.wav,y\n", &LabelOptions::default());
    assert_eq!(problems, ["line 1: expected columns of shares, or a column `emotion`, found `filename`, `title`"]);
    assert_eq!(hint, "give each emotion a column with its share, or name one emotion a row in a column `emotion`");
}

#[test]
fn emotions_are_named_in_any_order_and_spelling_of_capitals() {
    let case = Case::new(PLAIN, &["a.wav", "b.wav", "c.wav"]);
    let dataset = case.read_with(&emotions(&["Angry", " happy", "sad"])).expect("named emotions");
    assert_eq!(dataset.labels().names(), ["angry", "happy", "sad"]);
    assert_eq!(shares(&dataset)[1], [0.25, 0.0, 0.75]);
}

#[test]
fn emotions_that_are_not_there_or_not_emotions() {
    let (problems, hint) = refused_with(PLAIN, &emotions(&["hapy", "sad", "joy"]));
    assert_eq!(
        problems,
        [
            "line 1, column `hapy`: expected a column of this name, found `filename`, `happy`, `sad`, `angry`; is it `happy`?",
            "line 1, column `joy`: expected a column of this name, found `filename`, `happy`, `sad`, `angry`",
        ]
    );
    assert_eq!(hint, "--emotions takes two or more columns, each once, or the column `emotion` alone");
    assert_eq!(
        refused_with(PLAIN, &emotions(&["happy", "sad", "happy", "filename"])).0,
        [
            "line 1, column `happy`: expected a column of shares, found an emotion named before",
            "line 1, column `filename`: expected a column of shares, found the file names",
        ]
    );
    let options = LabelOptions { group_by: Some("angry".into()), ..emotions(&["happy", "sad", "angry"]) };
    assert_eq!(
        refused_with(PLAIN, &options).0,
        ["line 1, column `angry`: expected a column of shares, found the groups"]
    );
    assert_eq!(refused_with(PLAIN, &emotions(&["sad"])).0, ["line 1: expected two or more emotions, found `sad`"]);
    assert_eq!(refused_with(PLAIN, &emotions(&[])).0, ["line 1: expected two or more emotions, found none"]);
}

#[test]
fn one_emotion_a_recording() {
    let dataset = read("filename,emotion,notes\na.wav,sad,x\nb.wav, happy ,y\nc.wav,sad,z\n");
    assert_eq!(dataset.labels().names(), ["happy", "sad"]);
    assert_eq!(shares(&dataset), [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]);
    assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (one a recording, from the column `emotion`)");
    // Beside numbers that are no shares, the column has to be named.
    let csv = "filename,emotion,loudness\na.wav,sad,-20\nb.wav,happy,-18\n";
    assert_eq!(
        refused(csv),
        [
            "line 1: expected neighbouring columns that sum to 1 (or 100) in each row, found `loudness` (sum -20 on line 2)"
        ]
    );
    let case = Case::new(csv, &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["emotion"])).expect("the emotion column is named");
    assert_eq!((dataset.labels().len(), dataset.report().source), (2, EmotionSource::OneHot));
}

#[test]
fn one_emotion_a_recording_gone_wrong() {
    assert_eq!(
        refused("filename,emotion\na.wav,sad\nb.wav,\nc.wav,Sad\n"),
        [
            "line 3, column `emotion`: expected an emotion, found an empty cell",
            "line 4, column `emotion`: expected one spelling, found `Sad` beside `sad`",
        ]
    );
    assert_eq!(
        refused("filename,emotion\na.wav,sad\nb.wav,sad\n"),
        ["line 1, column `emotion`: expected at least two different emotions, found `sad` alone"]
    );
}

#[test]
fn a_scale_is_read_as_its_two_ends() {
    let scale = |column: &str, least, most| {
        let scale = Some(Scale { column: column.into(), least, most });
        LabelOptions { scale, ..LabelOptions::default() }
    };
    let csv = "filename,valence,arousal\na.wav,1,0.5\nb.wav,\"5,0\",-1\nc.wav,9,1\n";
    let case = Case::new(csv, &["a.wav", "b.wav", "c.wav"]);
    let dataset = case.read_with(&scale("Valence", 1.0, 9.0)).expect("a scale");
    assert_eq!(dataset.labels().names(), ["high valence", "low valence"]);
    assert_eq!(shares(&dataset), [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]);
    assert_eq!(dataset.report().lines()[0], "emotions: high valence, low valence (the two ends of a scale)");
    let values: Vec<Option<f64>> = dataset.recordings().iter().map(|one| one.target.value()).collect();
    assert_eq!(values, [Some(1.0), Some(5.0), Some(9.0)]);
    let dataset = case.read_with(&scale("arousal", -1.0, 1.0)).expect("a scale");
    assert_eq!(shares(&dataset), [[0.75, 0.25], [0.0, 1.0], [1.0, 0.0]]);
    let (problems, hint) = refused_with("filename,valence\na.wav,0\nb.wav,\nc.wav,9\n", &scale("valence", 1.0, 9.0));
    assert_eq!(
        problems,
        [
            "line 2, column `valence`: expected a number from 1 to 9, found `0`",
            "line 3, column `valence`: expected a number from 1 to 9, found an empty cell",
        ]
    );
    assert_eq!(hint, "give every recording a number within what the scale goes from and to: --scale COL=LEAST..MOST");
    let (problems, _) = refused_with(csv, &scale("valance", 1.0, 9.0));
    assert!(problems[0].ends_with("is it `valence`?"), "{problems:?}");
}

#[test]
fn a_scale_that_does_not_rise_is_refused() {
    for (least, most) in [(9.0, 1.0), (1.0, 1.0), (f64::NAN, 9.0), (1.0, f64::INFINITY)] {
        let scale = Some(Scale { column: "valence".into(), least, most });
        let options = LabelOptions { scale, ..LabelOptions::default() };
        let (problems, hint) = refused_with("filename,valence\na.wav,1\nb.wav,2\n", &options);
        assert!(problems[0].contains("a scale that rises"), "{problems:?}");
        assert!(hint.contains("--scale valence=1..9"), "{hint}");
    }
}

#[test]
fn numbers_of_votes_are_read_and_anything_else_is_named() {
    let votes = |csv: &str| read(csv).votes();
    let rows = |header: &str, cells: [&str; 2]| {
        format!("filename,{header},happy,sad\na.wav,{},0.5,0.5\nb.wav,{},0.25,0.75\n", cells[0], cells[1])
    };
    assert_eq!(votes(&rows("N_Raters", ["7", "12.0"])), Some(vec![7, 12]));
    assert_eq!(votes(&rows("n_raters", ["7", ""])), Some(vec![7, 0]));
    assert_eq!(votes(&rows("raters", ["7", "8"])), Some(vec![7, 8]));
    assert_eq!(votes(&rows("raters", ["Ann", "8"])), None, "their names");
    for cell in ["seven", "-1", "7.5", "NaN", "1e30"] {
        assert_eq!(
            refused(rows("n_raters", ["7", cell])),
            [format!("line 3, column `n_raters`: expected a whole number of listeners or votes, found `{cell}`")]
        );
    }
}
