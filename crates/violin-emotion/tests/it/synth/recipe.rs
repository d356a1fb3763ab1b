//! Recipes as TOML: the built-in one can be changed, and what makes no sense is named.

use std::path::Path;

use violin_emotion::Result;
use violin_emotion::synth::{CorpusSettings, Recipe, corpus};

const SETTINGS: CorpusSettings = CorpusSettings { takes: 20, performers: 4, pieces: 4, duration_s: 2.0 };

fn changed(from: &str, to: &str) -> Result<Recipe> {
    let text = Recipe::built_in_text();
    assert!(text.contains(from), "the built-in recipe has no {from}");
    Recipe::from_toml(&text.replacen(from, to, 1), Path::new("mine.toml"))
}

#[test]
fn a_copy_of_the_built_in_recipe_draws_the_same_takes() {
    let copy = Recipe::from_toml(Recipe::built_in_text(), Path::new("copy.toml")).expect("a recipe");
    assert_eq!(copy.takes(&SETTINGS, 3), corpus(&SETTINGS, 3));
}

#[test]
fn what_is_changed_is_all_that_changes() {
    let softer = changed("temperature = 3.5", "temperature = 35").expect("a recipe");
    let (soft, plain) = (softer.takes(&SETTINGS, 3), corpus(&SETTINGS, 3));
    for (soft, plain) in soft.iter().zip(&plain) {
        assert_eq!(soft.cues, plain.cues);
        assert!(soft.labels.iter().all(|share| (share - 0.25).abs() < 0.1), "{:?}", soft.labels);
    }

    let narrow = changed("[-32.0, -18.0]", "[-20.0, -18.0]").expect("a recipe");
    for (narrow, plain) in narrow.takes(&SETTINGS, 3).iter().zip(&plain) {
        assert!((-20.0..=-18.0).contains(&narrow.cues.level_db));
        assert_eq!(narrow.cues.attack_s, plain.cues.attack_s);
    }

    let still = changed("snr_db = [45.0, 65.0]", "").expect("a recipe");
    assert!(still.takes(&SETTINGS, 3).iter().all(|take| take.recorded.snr_db.is_none()));
}

#[test]
fn two_emotions_and_two_cues_are_a_recipe() {
    let text = "emotions = [\"calm\", \"tense\"]\ntemperature = 1.0\nhabit = 0.0\n[weights]\nnote_rate = [-1.0, 1.0]\n\
                [ranges]\nnote_rate = [2.0, 4.0]\nlevel_db = [-30.0, -20.0]\n";
    let recipe = Recipe::from_toml(text, Path::new("mine.toml")).expect("a recipe");
    for take in recipe.takes(&SETTINGS, 1) {
        assert_eq!(take.labels.len(), 2);
        assert_eq!(take.labels[1] > 0.5, take.cues.note_rate > 3.0, "{take:?}");
        assert_eq!((take.cues.attack_s, take.recorded.gain_db), (0.045, 0.0));
    }
}

#[test]
fn a_recipe_that_makes_no_sense_is_refused_by_name() {
    for (from, to, problem) in [
        ("temperature = 3.5", "temperature = 0", "mine.toml: temperature`: expected a number above 0"),
        ("temperature = 3.5", "temperature = nan", "mine.toml: temperature"),
        ("temperature = 3.5", "warmth = 3.5", "unknown field `warmth`"),
        ("temperature = 3.5", "", "missing field `temperature`"),
        ("habit = 0.1", "habit = 0.9", "mine.toml: habit`: expected a share from 0 to 0.5"),
        ("\"sadness\", ", "", "mine.toml: weights.articulation`: expected 3 numbers, one an emotion"),
        ("\"sadness\"", "\"anger\"", "mine.toml: emotions`: expected two or more names, each once"),
        (
            "mode                     =",
            "moods = ",
            "mine.toml: weights.moods`: expected a cue that is drawn (articulation, ",
        ),
        ("attack_s                 = [0", "attacks = [0", "mine.toml: weights.attack_s`: expected a cue that is drawn"),
        (
            "portamento_s             = [0.06, 0.25]",
            "sul_tasto = [0, 1]",
            "mine.toml: ranges.sul_tasto`: expected one of note_rate",
        ),
        ("portamento_s             = [0.06, 0.25]", "mode = [-1.0, 1.0]", "mine.toml: ranges.mode`: expected one of"),
        (
            "[1.2, 6.0]",
            "[6.0, 1.2]",
            "mine.toml: ranges.note_rate`: expected two numbers from 1.2 to 6, the lower first",
        ),
        ("[1.2, 6.0]", "[1.2, 60.0]", "mine.toml: ranges.note_rate"),
        ("[1.2, 6.0]", "[1.2, nan]", "mine.toml: ranges.note_rate"),
        ("cue = \"vibrato_rate_hz\"", "cue = \"rubato\"", "mine.toml: decoys[0].cue`: expected a cue with a range"),
        (
            "cue = \"vibrato_rate_hz\"",
            "cue = \"level_db\"",
            "mine.toml: decoys[0].cue`: expected a cue without a weight",
        ),
        ("follows = \"bri", "follows = \"sh", "mine.toml: decoys[0].follows`: expected a cue with a range"),
        (
            "correlation = 0.9",
            "correlation = 1.9",
            "mine.toml: decoys[0].correlation`: expected a number between 0 and 1",
        ),
        (
            "gain_db = [-9.0, 0.0]",
            "gain_db = [0.0, 9.0]",
            "mine.toml: recording.gain_db`: expected two numbers from -60 to 0",
        ),
        ("snr_db = [45.0", "snr_db = [-45.0", "mine.toml: recording.snr_db"),
        ("room_db = -16.0", "room_db = 16.0", "mine.toml: recording.room_db`: expected a number from -60 to 0"),
        ("habit = 0.1", "habit = ", "mine.toml, line 16"),
    ] {
        match changed(from, to) {
            Ok(_) => panic!("`{to}` for `{from}` was taken"),
            Err(error) => assert!(error.to_string().contains(problem), "{error}, expected {problem}"),
        }
    }
}
