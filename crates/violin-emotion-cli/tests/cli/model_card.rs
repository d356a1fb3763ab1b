//! The card that goes into a model folder.

use std::fs;

use crate::workshop::{Workshop, shared};

fn card(shop: &Workshop) -> String {
    fs::read_to_string(shop.path("hybrid_model/MODEL_CARD.md")).expect("a card")
}

#[test]
fn the_card_says_what_was_learned_and_what_is_reached() {
    let shop = shared();
    let card = card(shop);
    for said in [
        "# Model card\n\nThis model listens to a recording and says how listeners would share their votes for it among happiness, \
         sadness, anger, tenderness.\n",
        "- **Recordings**: 12, 48 seconds in all.\n",
        "- **Groups**: 4, by the column “performer” of the label file.",
        "- **Listeners**: the label file does not say how many there were.\n",
        " recordings of 1 group were held out",
        "was then trained again on all recordings",
        "| the mean of all labels, without listening | ",
        "| **this model** | ",
        "- No intervals: to say how far chance may have moved a score takes 10 groups, and 1 was held out.",
        "- The most that could be reached is not known: the label file does not say how many listeners there were.\n",
        "should lie in 80 of 100 cases",
        "It has learned from 4 groups alone",
        "from 290 features a window (`violin+music`, version 1), with seed 0",
        "restarts = 2\n",
    ] {
        assert!(card.contains(said), "{said}\n\n{card}");
    }
    // The table of `train` has the same figures.
    let hybrid = shop.trained.stdout.lines().find(|line| line.starts_with("hybrid")).expect("a row");
    let r2: f64 = hybrid.split_whitespace().nth(1).and_then(|cell| cell.parse().ok()).expect("a figure");
    let row = card.lines().find(|line| line.starts_with("| **this model** |")).expect("a row");
    let told: f64 = row.split('|').nth(2).and_then(|cell| cell.trim().parse().ok()).expect("a figure");
    // Thousandths there, hundredths here.
    assert!((told - r2).abs() < 0.0056, "{hybrid}\n{row}");
    let here = shop.path(".").display().to_string();
    assert!(!card.contains(here.trim_end_matches("/.")), "no place of this machine: {card}");
    assert!(!card.contains("endered"), "nobody said that these takes are rendered");
}

#[test]
fn listeners_groups_and_rendered_takes_are_said() {
    let shop = Workshop::new();
    let labels = fs::read_to_string(shop.path("labels.csv")).expect("labels");
    let mut lines = labels.lines();
    let mut counted = format!("{},n_raters\n", lines.next().expect("a header"));
    lines.enumerate().for_each(|(at, line)| counted += &format!("{line},{}\n", 10 + at));
    fs::write(shop.path("labels.csv"), counted).expect("labels");
    fs::write(shop.path("recipe.toml"), "# Rendered by violin-emotion 0.1.0\n").expect("a recipe");
    shop.on_corpus("train", &["--no-refit", "--augment"]).must_succeed();
    let card = card(&shop);
    for said in [
        "\n**Rendered, no evidence about listeners**: ",
        "- **Groups**: none were named, so every recording was taken to be unlike all others.",
        "rest on 10 to 21 votes (half of them on 15 or fewer)",
        "- **Copies**: ",
        "The saved model is the one that was judged.",
        "Of these the saved model learned from a part: the rest judged it.",
        "is not known: a ceiling needs 10 recordings of two raters at least, found ",
        "- Its recordings and labels are rendered, no evidence about listeners.\n",
    ] {
        assert!(card.contains(said), "{said}\n\n{card}");
    }
}

#[test]
fn it_is_shown_and_may_be_added_to() {
    let shop = Workshop::new();
    shop.train(&[]).must_succeed();
    let written = card(&shop);
    assert_eq!(shop.run(&["model", "show", "hybrid_model"]).must_succeed().stdout, written);
    assert_eq!(shop.run(&["model", "show"]).must_succeed().stdout, written);
    fs::write(shop.path("hybrid_model/MODEL_CARD.md"), b"mine \xff\x1b[31m\n").expect("a card");
    assert_eq!(shop.run(&["model", "show"]).must_succeed().stdout, "mine \u{fffd}\u{fffd}[31m\n");
    shop.run(&["predict", &shop.recording(0)]).must_succeed();
    // A model that is trained into the same place brings its own.
    shop.train(&["--seed", "4"]).must_succeed();
    assert!(card(&shop).contains("with seed 4 and"), "{}", card(&shop));
    fs::remove_file(shop.path("hybrid_model/MODEL_CARD.md")).expect("removed");
    shop.run(&["predict", &shop.recording(0)]).must_succeed();
    let run = shop.run(&["model", "show"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let said =
        "error: hybrid_model: the model has no MODEL_CARD.md\nhint: models of older versions have none: train again";
    assert!(run.stderr.starts_with(said), "{}", run.stderr);
}

#[test]
fn a_damaged_model_has_no_card_to_show() {
    let shop = Workshop::new();
    shop.train(&[]).must_succeed();
    let path = shop.path("hybrid_model/rf_model.safetensors");
    let mut bytes = fs::read(&path).expect("a file");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&path, bytes).expect("a file");
    let run = shop.run(&["model", "show"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("rf_model.safetensors: damaged, or of another model"), "{}", run.stderr);
    let run = shop.run(&["model", "show", "recordings"]);
    assert!(run.code == 1 && run.stderr.contains("it has no meta.json"), "{}", run.stderr);
}
