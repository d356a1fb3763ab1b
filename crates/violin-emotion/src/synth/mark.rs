//! How a rendered corpus is known as one.

use std::fs;
use std::path::Path;

/// The recipe's file in the folder of a rendered corpus.
pub const RECIPE_FILE: &str = "recipe.toml";

/// The first words of that file.
pub const RENDERED_MARK: &str = "# Rendered by violin-emotion";

/// Whether a rendered corpus lies in this folder.
pub fn is_rendered(folder: &Path) -> bool {
    fs::read_to_string(folder.join(RECIPE_FILE)).is_ok_and(|text| text.starts_with(RENDERED_MARK))
}
