//! docs/features.md is written from the catalog: `UPDATE_DOCS=1 cargo test feature_list` writes it anew.

use std::fmt::Write;
use std::path::Path;

use violin_emotion::features::{Catalog, FeatureSet};

const INTRODUCTION: &str = "# Features

Three sets; `violin+music`, the default, which is the last two, and `all`, which is one after the other. `features --set` prints them
under these names; a group of several numbers counts from `_1`.

Scope says what a feature belongs to: the *piece* (written by the composer), the *performance* (made by the player), or the
*recording* (made by microphone, room and gain).
";

const CLASSIC: &str =
    "All are computed at 44.1 kHz with frames of 2048 samples every 512 and librosa 0.11's defaults; standard
deviations are the population's. How near they come to librosa's stands in [accuracy.md](accuracy.md).
";

const VIOLIN: &str = "These are read from the notes that `notes` lists, so they follow one voice. A note belongs to a window if a tenth of a second
of it sounds there, or half of it. With `--windowing whole` the window is the recording: then the medians, spreads and slopes
are those of the whole. What cannot be measured is missing: an empty cell in CSV, NaN in NumPy, never 0. A model reads a
missing value as the mean of its training windows, and beside it, for each family, how much of it is missing.

How near the notes come to what was played stands in [accuracy.md](accuracy.md).
";

const MUSIC: &str = "What a musician hears in any recording, with one voice or many; no notes are read. Spectra of 4096 samples every 1024 (93 ms every
23 ms), 50 Hz to 10 kHz; a window's frames are those whose middles lie in it. Levels are against the recording's own loud
moments (the loudest twentieth of its frames), so its gain moves nothing, and every recording is heard as if the same faint hiss were in it,
35 dB below them: its own counts for little. A frame sounds if it is within 30 dB of them; pitches and colour are those of the
frames that sound. With `--windowing whole` the window is the recording. What a window cannot tell is missing, never 0.

What is heard of known signals, and what moves, stands in [accuracy.md](accuracy.md).
";

fn page() -> String {
    let mut page = INTRODUCTION.to_string();
    for (set, about) in [(FeatureSet::Classic, CLASSIC), (FeatureSet::Violin, VIOLIN), (FeatureSet::Music, MUSIC)] {
        let catalog = Catalog::of(set);
        let (name, version, count) = (catalog.name(), catalog.version(), catalog.len());
        write!(page, "\n## `{name}`, version {version}: {count} numbers a window\n\n{about}\n{}", table(catalog))
            .expect("a string");
    }
    page
}

fn table(catalog: &Catalog) -> String {
    let gaps = catalog.groups().any(|group| group.missing.is_some());
    let missing = if gaps { [" missing if |", "---|"] } else { ["", ""] };
    let mut table = format!(
        "| columns | name | unit | family | scope | what it is |{}\n|---|---|---|---|---|---|{}\n",
        missing[0], missing[1]
    );
    for group in catalog.groups() {
        let columns = catalog.columns(group.name);
        let (place, name) = match group.count {
            1 => (columns.start.to_string(), group.name.to_string()),
            count => (format!("{}–{}", columns.start, columns.end - 1), format!("{0}_1 … {0}_{count}", group.name)),
        };
        let (family, scope) = (in_words(&format!("{:?}", group.family)), in_words(&format!("{:?}", group.scope)));
        let missing = group.missing.map_or_else(String::new, |missing| format!(" {missing} |"));
        writeln!(table, "| {place} | `{name}` | {} | {family} | {scope} | {} |{missing}", group.unit, group.about)
            .expect("a string");
    }
    table
}

/// `BowNoise` → `bow noise`
fn in_words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[test]
fn the_page_of_features_is_that_of_the_catalog() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/features.md");
    let expected = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("a writable page");
    }
    let found = std::fs::read_to_string(&path).expect("docs/features.md");
    assert!(found == expected, "docs/features.md is out of date: UPDATE_DOCS=1 cargo test feature_list");
}
