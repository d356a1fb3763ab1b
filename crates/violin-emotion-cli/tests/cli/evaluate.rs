//! `evaluate`: its table, its folder, its folds, and the same bytes once more.

use std::fs;

use super::workshop::{Workshop, shared};

const BY_PLAYER: [&str; 4] = ["--folds", "3", "--group-by", "performer"];

fn on(shop: &Workshop, further: &[&str]) -> super::workshop::Run {
    shop.on_corpus("evaluate", &[&BY_PLAYER, further].concat())
}

#[test]
fn the_best_is_said_first_and_every_method_has_a_row() {
    let run = on(shared(), &[]).must_succeed();
    let first = run.stdout.lines().next().expect("a line");
    assert!(first.contains("mean R²"), "{first}");
    for name in ["mean label ", "ridge ", "forest ", "network ", "forest on embedding ", "low-rank ridge ", "hybrid "] {
        let rows = run.stdout.lines().filter(|line| line.starts_with(name)).count();
        assert!(rows >= 3, "{name}: {rows} rows\n{}", run.stdout);
    }
    for said in [
        "ceiling n/a: the label file has no column `n_votes` or `n_raters`",
        "ridge penalty ",
        "3 folds by group",
        "no intervals: an interval needs at least 10 groups, found 4",
    ] {
        assert!(run.stdout.contains(said), "{said}\n{}", run.stdout);
    }
}

#[test]
fn restarts_and_how_they_are_combined_may_be_asked_for() {
    let shop = shared();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let asked = [&["--folds", "2", "--format", "json"][..], arguments].concat();
        serde_json::from_str(&shop.on_corpus("evaluate", &asked).must_succeed().stdout).expect("JSON")
    };
    let chosen = &json(&["--restarts", "3", "--combine", "best"])["chosen"][0];
    let count = |key: &str| chosen[key].as_array().map(Vec::len);
    // Three for each of the two parts of the features; of each part one answers.
    assert_eq!((count("network_epochs"), count("answering"), count("feature_parts")), (Some(6), Some(2), Some(2)));
    let run = shop.on_corpus("evaluate", &["--restarts", "0"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("setting `model.restarts`: expected 1 to 100, found 0"), "{}", run.stderr);
}

#[test]
fn the_notebooks_hybrid_has_no_ridge_and_what_networks_add_is_said_of_the_other() {
    let said = "what networks and forests add to the low-rank ridge: mean R² ";
    let run = on(shared(), &[]).must_succeed();
    assert!(run.stdout.contains(said) && run.stdout.contains("; weights in the hybrid"), "{}", run.stdout);
    let shop = shared();
    let preset = ["--preset", "notebook", "--folds", "2"];
    let fixed = ["evaluate", "--audio", "recordings", "--labels", "labels.csv", "--group-by", "performer"];
    let refused = shop.run(&[&fixed[..], &preset[..], &["--config", "quick.toml"]].concat());
    assert!(refused.code == 2 && refused.stderr.contains("cannot be used with"), "{}", refused.stderr);
    let run = shop.run(&[&fixed[..], &preset[..]].concat()).must_succeed();
    assert!(!run.stdout.contains("low-rank ridge"), "{}", run.stdout);
}

#[test]
fn evaluation_as_json_has_its_rows() {
    let run = on(shared(), &["--format", "json"]).must_succeed();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let names: Vec<&str> =
        json["rows"].as_array().expect("rows").iter().filter_map(|row| row["method"].as_str()).collect();
    assert_eq!(names, ["mean_label", "ridge", "forest", "network", "embedding_forest", "low_rank_ridge", "hybrid"]);
    for row in json["rows"].as_array().expect("rows") {
        let figures = &row["figures"];
        for figure in ["mean_r2", "mean_ccc", "js", "kl", "chebyshev", "cosine", "intersection", "accuracy"] {
            assert!(figures[figure].is_number(), "{figure}: {row}");
        }
        assert_eq!(figures["r2"].as_array().map(Vec::len), Some(4));
        // Four players say nothing of others.
        assert!(row["intervals"]["R2"].is_null());
    }
    assert_eq!(json["answers"].as_array().map(Vec::len), Some(12));
    assert_eq!(json["chosen"].as_array().map(Vec::len), Some(3));
    // What the arrays of the answers stand for, in their order.
    assert_eq!(json["emotions"], serde_json::json!(["happiness", "sadness", "anger", "tenderness"]));
    assert_eq!(json["answers"][0]["answers"]["hybrid"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_run_can_be_repeated_to_the_byte_and_a_change_is_found() {
    let shop = Workshop::new();
    let run = shop.on_corpus("evaluate", &["--folds", "3", "--out", "judged", "--learning-curve"]).must_succeed();
    assert!(run.stdout.contains("mean R² learning from so many of the training groups:"), "{}", run.stdout);
    for name in [
        "evaluation.json",
        "evaluation.html",
        "predictions.csv",
        "scores.svg",
        "confusion.svg",
        "reliability.svg",
        "learning.svg",
        "run.json",
    ] {
        assert!(shop.path("judged").join(name).is_file(), "{name}");
    }
    let page = fs::read_to_string(shop.path("judged/evaluation.html")).expect("a page");
    let methods = [
        "The corpus has 12 recordings (0.8 minutes)",
        "290 features (set violin+music, version 1)",
        "scored by 3 folds",
        "(2 for each of the 2 parts of the features)",
        "(16 and 8 units a direction, an embedding of 8, dropout 0.3)",
        "at most 3 epochs",
        "of 10 trees in all and a depth of 10 at most",
        "The seed was 0",
        "@inproceedings{mauch2014pyin",
    ];
    for said in methods {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(page.matches("<svg").count(), 4);
    assert!(!page.contains("<script") && !page.contains("nobody played"));
    let csv = fs::read_to_string(shop.path("judged/predictions.csv")).expect("a table");
    assert_eq!(csv.lines().count(), 13);
    assert!(csv.starts_with("filename,group,repetition,fold,rated: happiness,"), "{csv}");
    let again = shop.run(&["evaluate", "--replay", "judged/run.json"]).must_succeed();
    assert_eq!(again.stdout, "the same bytes: evaluation.json, predictions.csv\n");

    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    fs::write(shop.path("labels.csv"), format!("{labels}\n")).expect("labels");
    let run = shop.run(&["evaluate", "--replay", "judged/run.json"]);
    let problem = "error: expected the same files as recorded, found labels.csv with other contents\nhint: ";
    assert!(run.code == 1 && run.stderr.contains(problem), "{}", run.stderr);
    fs::write(shop.path("labels.csv"), labels).expect("labels");
    fs::copy(shop.recording(1), shop.recording(0)).expect("a copy");
    let run = shop.run(&["evaluate", "--replay", "judged/run.json"]);
    assert!(run.code == 1 && run.stderr.contains("found take0.wav with another sound"), "{}", run.stderr);

    fs::write(shop.path("judged/run.json"), "{}").expect("a file");
    let run = shop.run(&["evaluate", "--replay", "judged/run.json"]);
    let problem = "expected the record of a run, as JSON, found judged/run.json: missing field `schema` at line 1 column 2\n\
                   hint: give the run.json that `evaluate --out` wrote";
    assert!(run.code == 1 && run.stderr.contains(problem), "{}", run.stderr);
}

#[test]
fn folds_and_pieces_come_from_columns_and_files() {
    let shop = Workshop::new();
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let with = |line: (usize, &str)| match line {
        (0, header) => format!("{header},piece,n_raters\n"),
        (row, line) => format!("{line},piece {},10\n", (row - 1) / 4),
    };
    fs::write(shop.path("labels.csv"), labels.lines().enumerate().map(with).collect::<String>()).expect("labels");
    let run = on(&shop, &["--pieces", "piece", "--permutations", "19"]).must_succeed();
    for said in ["R² between pieces", "ceiling ", "permutation test, ridge: ", "permutation test, forest: "] {
        assert!(run.stdout.contains(said), "{said}\n{}", run.stdout);
    }
    let folds: String = (0..12).map(|take| format!("take{take}.wav,{}\n", take % 4)).collect();
    fs::write(shop.path("folds.csv"), format!("filename,fold\n{folds}")).expect("folds");
    let run = shop.on_corpus("evaluate", &["--folds-file", "folds.csv"]).must_succeed();
    assert!(run.stdout.contains("folds as given, scores of the 12 pooled held-out answers"), "{}", run.stdout);
    let run = shop.on_corpus("evaluate", &["--group-by", "performer", "--leave-one-group-out"]).must_succeed();
    assert!(run.stdout.contains("each group held out by itself"), "{}", run.stdout);
    let refused = |further: &[&str], problem: &str| {
        let run = on(&shop, further);
        assert!(run.code == 1 && run.stderr.contains(problem), "{}", run.stderr);
    };
    let judged = ["--second-group", "piece", "--folds", "2", "--out", "crossed"];
    shop.on_corpus("evaluate", &[&["--group-by", "performer"], &judged[..]].concat()).must_succeed();
    let csv = fs::read_to_string(shop.path("crossed/predictions.csv")).expect("a table");
    assert!(csv.starts_with("filename,group,second_group,repetition,fold,"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.split(',').nth(2).is_some_and(|cell| cell.starts_with("piece "))));
    refused(&["--pieces", "work"], "setting `--pieces`: expected a column of the label file: filename, performer, ");
    refused(
        &["--pieces", "Sadness"],
        "setting `--pieces`: expected a column that says what recordings share, found `Sadness`, which says how they are rated",
    );
    refused(&["--second-group", "work"], "setting `--second-group`: expected a column of the label file: ");
    refused(&["--learning-curve"], "setting `--learning-curve`: expected at least 8 groups to learn from, found 2");
    refused(&["--second-group", "performer"], "expected another column than that of --group-by, found `performer`");
    refused(&["--repeat", "0"], "setting `--repeat`: expected at least 1, found 0");
}

#[test]
fn a_model_of_a_scale_answers_with_its_number() {
    let shop = Workshop::new();
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let rated = |(row, line): (usize, &str)| match row {
        0 => format!("{line},valence\n"),
        // Cubes of the share of happiness, so that no other column sums up with it.
        _ => format!(
            "{line},{:.3}\n",
            1.0 + 8.0 * line.split(',').nth(2).expect("a share").parse::<f64>().expect("a number").powi(3)
        ),
    };
    fs::write(shop.path("labels.csv"), labels.lines().enumerate().map(rated).collect::<String>()).expect("labels");
    let scale = ["--scale", "valence=1..9"];
    let run = on(&shop, &[&scale[..], &["--out", "judged"]].concat()).must_succeed();
    assert!(run.stdout.contains("hybrid ") && !run.stdout.contains("high valence"), "{}", run.stdout);
    let csv = fs::read_to_string(shop.path("judged/predictions.csv")).expect("a table");
    let cells: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let at = |name: &str| cells[0].iter().position(|header| *header == name).unwrap_or_else(|| panic!("{name}"));
    let (value, high) = (at("hybrid: valence"), at("hybrid: high valence"));
    for row in &cells[1..] {
        let [value, high] = [value, high].map(|at| row[at].parse::<f64>().expect("a number"));
        assert!((value - (1.0 + 8.0 * high)).abs() < 1e-5, "{row:?}");
    }
    shop.train(&[&scale[..], &["--out", "on_scale"]].concat()).must_succeed();
    let take = shop.recording(0);
    let predict =
        |format: &str| shop.run(&["predict", &take, "--model", "on_scale", "--format", format]).must_succeed().stdout;
    let json: serde_json::Value = serde_json::from_str(&predict("json")).expect("JSON");
    let scale = &json[0]["scale"];
    assert_eq!((&scale["name"], &scale["least"], &scale["most"]), (&"valence".into(), &1.0.into(), &9.0.into()));
    let value = scale["value"].as_f64().expect("a number");
    let share = json[0]["emotions"]["high valence"].as_f64().expect("a share");
    assert!((value - (1.0 + 8.0 * share)).abs() < 1e-5, "{json}");
    let ends = [0, 1].map(|end| scale["interval"][end].as_f64().expect("a number"));
    assert!(1.0 <= ends[0] && ends[0] <= value && value <= ends[1] && ends[1] <= 9.0, "{json}");
    let csv = predict("csv");
    assert!(
        csv.starts_with("path,status,error,duration_s,valence,high valence,low valence,valence_low,valence_high,"),
        "{csv}"
    );
    assert!(predict("table").contains(&format!(" {value:.2} ")), "{value}");
}

#[test]
fn the_hybrids_permutations_go_on_where_they_stopped() {
    let shop = Workshop::new();
    let some = |count: &str| on(&shop, &["--out", "judged", "--hybrid-permutations", count]);
    let run = some("1").must_succeed();
    assert!(run.stderr.contains("permutation 1 of 1: mean R² "), "{}", run.stderr);
    let path = shop.path("judged/hybrid_permutations.csv");
    let kept = fs::read_to_string(&path).expect("a table");
    // The run was killed while it wrote the second.
    fs::write(&path, format!("{kept}1,-0.")).expect("a table");
    let run = some("3").must_succeed();
    assert!(run.stderr.contains("1 permutation scored before") && run.stderr.contains("min to go"), "{}", run.stderr);
    let more = fs::read_to_string(&path).expect("a table");
    assert!(more.starts_with(&kept) && more.lines().count() == 5, "{more}");
    assert!(run.stdout.contains("permutation test, hybrid: mean R² "), "{}", run.stdout);
    let run = on(&shop, &["--out", "judged", "--hybrid-permutations", "3", "--seed", "1"]);
    assert!(run.code == 1 && run.stderr.contains("found those of another\nhint: "), "{}", run.stderr);
    fs::write(&path, more.replacen("0,", "0,x", 1)).expect("a table");
    let run = some("3");
    assert!(run.code == 1 && run.stderr.contains("expected permutation 0 and its score on line 3"), "{}", run.stderr);
}

#[test]
fn a_comparison_refuses_what_it_does_not_do() {
    for beside in [&["--out", "judged"][..], &["--permutations", "3"], &["--learning-curve"]] {
        let run = on(shared(), &[&["--compare-augment"], beside].concat());
        assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
}

#[test]
fn noise_reductions_stand_side_by_side_on_the_same_folds() {
    let shop = shared();
    let run = on(shop, &["--compare-denoise", "--format", "json"]).must_succeed();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let ways = json["ways"].as_array().expect("ways");
    let names: Vec<&str> = ways.iter().filter_map(|way| way["name"].as_str()).collect();
    assert_eq!(names, ["none", "violin", "stationary", "nonstationary"]);
    let plain = on(shop, &["--format", "json"]).must_succeed();
    let plain: serde_json::Value = serde_json::from_str(&plain.stdout).expect("JSON");
    assert_eq!(ways[0]["rows"], plain["rows"]);
    assert_ne!(ways[3]["rows"], plain["rows"]);
    assert_eq!(ways[0]["gain_over_first"]["ridge"]["mean_r2"], 0.0);
}

#[test]
fn sets_of_features_stand_side_by_side_on_the_same_folds() {
    let shop = shared();
    let run = on(shop, &["--compare-sets", "--format", "json"]).must_succeed();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let ways = json["ways"].as_array().expect("ways");
    let names: Vec<&str> = ways.iter().filter_map(|way| way["name"].as_str()).collect();
    assert_eq!(names, ["classic", "violin", "music", "violin+music"]);
    let plain = on(shop, &["--set", "violin", "--format", "json"]).must_succeed();
    let plain: serde_json::Value = serde_json::from_str(&plain.stdout).expect("JSON");
    assert_eq!(ways[1]["rows"], plain["rows"]);
    let said = on(shop, &["--compare-sets"]).must_succeed();
    assert!(said.stdout.contains("the hybrid on violin+music over a forest on classic: mean R² "), "{}", said.stdout);
}

#[test]
fn every_word_and_figure_of_a_rendered_corpus_says_so() {
    let shop = Workshop::new();
    fs::write(shop.path("recipe.toml"), "# Rendered by violin-emotion 0.1.0\n").expect("a recipe");
    let judged = shop.on_corpus("evaluate", &["--folds", "3", "--out", "judged"]).must_succeed();
    let corpus = ["explain", "--corpus", "recordings", "--labels", "labels.csv", "--group-by", "performer"];
    let importance = ["--folds", "2", "--against", "1", "--config", "quick.toml", "--figures", "importance"];
    let explained = shop.run(&[&corpus[..], &importance].concat()).must_succeed();
    for said in [&judged.stdout, &explained.stdout] {
        assert!(said.contains("the recordings are rendered, no evidence about listeners\n"), "{said}");
    }
    for (folder, least) in [("judged", 3), ("importance", 3)] {
        let files = fs::read_dir(shop.path(folder)).expect("a folder").map(|file| file.expect("a file").path());
        let figures: Vec<_> =
            files.filter(|file| file.extension().is_some_and(|extension| extension == "svg")).collect();
        assert!(figures.len() >= least, "{figures:?}");
        for figure in figures {
            let svg = fs::read_to_string(&figure).expect("a figure");
            assert!(svg.to_lowercase().contains("rendered"), "{}: {svg}", figure.display());
        }
    }
}
