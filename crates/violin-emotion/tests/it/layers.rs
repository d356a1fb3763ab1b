//! The one-way flow, held: a room never uses the floors above it.

use std::fs;
use std::path::Path;

/// Top to bottom; rooms of one line may use each other.
const FLOORS: &[&[&str]] = &[
    &["pipeline", "report"],
    &["analysis"],
    &["explain", "evaluate", "audit"],
    &["model", "config"],
    &["data"],
    &["features"],
    &["notes"],
    &["audio"],
    &["synth"],
    &["dsp"],
    &["error", "warning", "watch", "checksum", "whole_file"],
];

fn floor_of(room: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&room)).unwrap_or_else(|| panic!("room `{room}` stands on no floor"))
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn no_room_uses_a_floor_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut climbs = Vec::new();
    for file in rust_files(&source) {
        let inner = file.strip_prefix(&source).expect("a file of the source folder");
        let room = inner.components().next().expect("a name").as_os_str().to_string_lossy().replace(".rs", "");
        if room == "lib" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a readable source file");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for used in code.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // Names re-exported by lib.rs (capitals) and crate-wide functions belong to the ground floor.
                let is_room = FLOORS.iter().any(|floor| floor.contains(&used.as_str()));
                if is_room && used != room && floor_of(&used) < floor_of(&room) {
                    climbs.push(format!("{}:{}: uses `{used}`", inner.display(), number + 1));
                }
            }
        }
    }
    assert!(climbs.is_empty(), "upward uses:\n{}", climbs.join("\n"));
}
