//! Label files that break other programs, or that they read wrongly in silence.

use std::fs;

use crate::workshop::Workshop;

/// Trains on the labels given, one row a take of the corpus, and gives what was said.
fn train_on(labels: &[u8]) -> crate::workshop::Run {
    let shop = Workshop::new();
    fs::write(shop.path("labels.csv"), labels).expect("labels");
    shop.on_corpus("train", &[])
}

fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    (0..12).fold(format!("{header}\n"), |text, take| text + &row(take) + "\n")
}

fn natural(take: usize) -> String {
    let happy = 0.2 + 0.05 * take as f64;
    format!("take{take}.wav,happy,{happy:.2},{:.2},0.10", 0.9 - happy)
}

fn learns(labels: &[u8], emotions: &str) {
    let run = train_on(labels).must_succeed();
    assert!(run.stderr.contains(&format!("emotions: {emotions}")), "{}", run.stderr);
}

fn refuses(labels: &str, problem: &str) {
    let run = train_on(labels.as_bytes());
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains(problem) && run.stderr.contains("\nhint: "), "{}", run.stderr);
}

#[test]
fn both_published_layouts_give_all_three_emotions() {
    learns(rows("filename,emotion,happy,sad,angry", natural).as_bytes(), "happy, sad, angry");
    let with_metadata = |take| natural(take).replacen("happy", "a,3,x", 1);
    learns(
        rows("filename,metadata1,metadata2,metadata3,Happy,Sad,Angry", with_metadata).as_bytes(),
        "Happy, Sad, Angry",
    );
}

#[test]
fn semicolons_commas_latin_1_and_notes_are_read() {
    let comma = |take: usize| natural(take).replace(',', ";").replace('.', ",").replace(",wav", ".wav");
    learns(rows("filename;emotion;happy;sad;angry", comma).as_bytes(), "happy, sad, angry");
    let noted = |take: usize| natural(take) + ",tr\u{e8}s beau";
    let latin: Vec<u8> = rows("filename,emotion,happy,sad,angry,notes", noted).chars().map(|c| c as u8).collect();
    learns(&latin, "happy, sad, angry");
}

#[test]
fn percentages_are_recognised_and_said() {
    let run = train_on(
        rows("filename,happy,sad", |take| format!("take{take}.wav,{},{}", 5 * take, 100 - 5 * take)).as_bytes(),
    );
    assert!(run.must_succeed().stderr.to_lowercase().contains("percent"));
}

#[test]
fn wrong_rows_are_named_by_line() {
    let with = |line: usize, row: &str| {
        let row = row.to_string();
        rows("filename,emotion,happy,sad,angry", move |take| if take == line - 2 { row.clone() } else { natural(take) })
    };
    refuses(&with(4, "take2.wav,happy,0.5,0.5,0.5"), "line 4");
    refuses(&with(5, "take3.wav,happy,1.2,-0.3,0.1"), "line 5, column `sad`");
    refuses(&with(6, "take4.wav,happy,NaN,0.5,0.5"), "line 6, column `happy`");
    refuses(&with(7, "take5.wav,happy,,0.5,0.5"), "line 7, column `happy`");
    refuses(&with(8, "take0.wav,sad,0.1,0.8,0.1"), "line 8");
    refuses(&with(9, "gone.wav,sad,0.1,0.8,0.1"), "gone.wav");
    refuses(&with(10, "../take8.wav,sad,0.1,0.8,0.1"), "line 10");
}

#[test]
fn a_name_with_a_leading_space_is_mended_and_said() {
    let run = train_on(rows("filename,emotion,happy,sad,angry", |take| format!(" {}", natural(take))).as_bytes());
    assert!(run.must_succeed().stderr.contains("take0.wav"));
}

#[test]
fn reordered_columns_keep_their_names() {
    let turned = |take: usize| {
        let cells: Vec<String> = natural(take).split(',').map(String::from).collect();
        [&*cells[0], &*cells[4], &*cells[3], &*cells[2]].join(",")
    };
    let shop = Workshop::new();
    for (name, labels) in
        [("one", rows("filename,emotion,happy,sad,angry", natural)), ("two", rows("filename,angry,sad,happy", turned))]
    {
        fs::write(shop.path("labels.csv"), labels).expect("labels");
        shop.on_corpus("train", &["--out", name, "--seed", "5"]).must_succeed();
        let answer = shop.run(&["predict", &shop.recording(0), "--model", name, "--format", "jsonl"]).must_succeed();
        let row: serde_json::Value = serde_json::from_str(&answer.stdout).expect("JSON");
        // Anger is rated 0.1 everywhere: whatever its column, the answer stays the least.
        let share = |emotion: &str| row["emotions"][emotion].as_f64().expect("a share");
        assert!(share("angry") < share("happy").max(share("sad")), "{row}");
    }
}

#[test]
fn a_missing_group_column_is_named() {
    let shop = Workshop::new();
    let run = shop.on_corpus("train", &["--group-by", "player"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("player") && run.stderr.contains("performer"), "{}", run.stderr);
}
