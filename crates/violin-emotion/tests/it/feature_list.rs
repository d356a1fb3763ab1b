//! docs/features.md is written from the catalog: `UPDATE_DOCS=1 cargo test feature_list` writes it anew.

use std::fmt::Write;
use std::path::Path;

use violin_emotion::features::Catalog;

fn page(catalog: &Catalog) -> String {
    let mut page = format!(
        "# Features\n\nSet `{}`, version {}: {} numbers a window, in this order. `features` prints them under these names; \
         a group of several numbers counts from `_1`.\n\n| columns | name | unit | family | scope | what it is |\n\
         |---|---|---|---|---|---|\n",
        catalog.name(),
        catalog.version(),
        catalog.len()
    );
    for group in catalog.groups() {
        let columns = catalog.columns(group.name);
        let place = if group.count == 1 {
            columns.start.to_string()
        } else {
            format!("{}–{}", columns.start, columns.end - 1)
        };
        let name = if group.count == 1 {
            group.name.to_string()
        } else {
            format!("{0}_1 … {0}_{1}", group.name, group.count)
        };
        let (family, scope) =
            (format!("{:?}", group.family).to_lowercase(), format!("{:?}", group.scope).to_lowercase());
        writeln!(page, "| {place} | `{name}` | {} | {family} | {scope} | {} |", group.unit, group.about)
            .expect("a string");
    }
    page.push_str(
        "\nScope says what a feature belongs to: the *piece* (written by the composer), the *performance* (made by the \
         player), or the *recording* (made by microphone, room and gain).\n\nAll are computed at 44.1 kHz with frames of \
         2048 samples every 512 and librosa 0.11's defaults; standard deviations are the population's. How near they come \
         to librosa's stands in [accuracy.md](accuracy.md).\n",
    );
    page
}

#[test]
fn the_page_of_features_is_that_of_the_catalog() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/features.md");
    let expected = page(Catalog::classic());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("a writable page");
    }
    let found = std::fs::read_to_string(&path).expect("docs/features.md");
    assert!(found == expected, "docs/features.md is out of date: UPDATE_DOCS=1 cargo test feature_list");
}
