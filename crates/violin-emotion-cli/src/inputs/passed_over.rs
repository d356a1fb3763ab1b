//! What lay among the recordings and is named as none.

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::printable;

/// Extensions that are named.
const MOST_NAMED: usize = 12;

#[derive(Default)]
pub struct PassedOver {
    files: usize,
    /// Their extensions, as they are written.
    extensions: BTreeSet<String>,
    linked_folders: usize,
}

impl PassedOver {
    /// A file in a folder, or a member of an archive.
    pub fn file(&mut self, path: &Path) {
        if is_hidden(path) {
            return;
        }
        self.files += 1;
        let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
        self.extensions.insert(extension.unwrap_or_else(|| "names without an extension".into()));
    }

    pub fn linked_folder(&mut self) {
        self.linked_folders += 1;
    }

    /// A line on stderr for each kind.
    pub fn tell(&self) {
        let mut named: Vec<&str> = self.extensions.iter().take(MOST_NAMED).map(String::as_str).collect();
        if self.extensions.len() > MOST_NAMED {
            named.push("and more");
        }
        let (named, be) = (printable(&named.join(", ")), if named.len() == 1 { "is" } else { "are" });
        match self.files {
            0 => {}
            1 => eprintln!("1 file was passed over: {named} {be} not read"),
            many => eprintln!("{many} files were passed over: {named} {be} not read"),
        }
        match self.linked_folders {
            0 => {}
            1 => eprintln!("1 linked folder was not followed: name it to have it read"),
            many => eprintln!("{many} linked folders were not followed: name them to have them read"),
        }
    }
}

/// What systems leave in every folder.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
