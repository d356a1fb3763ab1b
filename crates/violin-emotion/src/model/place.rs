//! Where a model folder may stand, and how it gets there: whole or not at all, and never in the place of anything else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::EmotionModel;
use super::meta::{self, CARD, FOREST, META, NETWORK, RIDGE};
use crate::whole_file::folder_of;
use crate::{Error, Result};

const ELSEWHERE: &str = "name another folder with --out, or move this one away";

/// Checks that a model can be written to `folder`, before the work that makes one: that nothing but a model or an empty
/// folder stands there, and that the folder around it can be written.
///
/// # Errors
/// `Model` if something else stands there; `File` if the folder around it cannot be written.
pub fn check_place(folder: &Path) -> Result<()> {
    let place = resolve(folder)?;
    let mut around = folder_of(&place);
    while !around.exists() && around != folder_of(around) {
        around = folder_of(around);
    }
    // Only to try whether it can be done; it is gone at once.
    workshop(around).map(drop).map_err(|source| Error::file("write", folder, source))
}

/// Moves what `write` puts into an empty folder to `folder`; a model that stood there is replaced.
///
/// # Errors
/// As [`check_place`], and as `write`. Whatever goes wrong, what stood there is there still.
pub(super) fn put(folder: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let place = resolve(folder)?;
    let unwritten = |source| Error::file("write", folder, source);
    fs::create_dir_all(folder_of(&place)).map_err(unwritten)?;
    let workshop = workshop(folder_of(&place)).map_err(unwritten)?;
    let whole = workshop.path().join("new");
    fs::create_dir(&whole).map_err(unwritten)?;
    write(&whole)?;
    if !place.exists() {
        return fs::rename(&whole, &place).map_err(unwritten);
    }
    let old = workshop.path().join("old");
    fs::rename(&place, &old).map_err(unwritten)?;
    fs::rename(&whole, &place).map_err(|source| {
        if fs::rename(&old, &place).is_err() {
            let kept = workshop.keep().join("old");
            let hint = format!("the model that stood there is in {}: move it back", kept.display());
            return Error::model(folder, format!("cannot be replaced: {source}"), hint);
        }
        unwritten(source)
    })
}

/// A folder to work in, beside the place.
fn workshop(around: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(".violin-emotion-").tempdir_in(around)
}

/// The place that a name stands for, through links, if a model may be put there.
fn resolve(folder: &Path) -> Result<PathBuf> {
    let refused = |problem: String| Err(Error::model(folder, problem, ELSEWHERE));
    if folder == Path::new(EmotionModel::BUILT_IN) {
        return refused("is what the built-in model is called".into());
    }
    let place = match folder.canonicalize() {
        Ok(place) => place,
        Err(_) if folder.is_symlink() => return refused("is a link that leads nowhere: it is left as it is".into()),
        // Not there yet; whether it can be made is seen when it is tried.
        Err(_) => return Ok(folder.to_path_buf()),
    };
    if !place.is_dir() {
        return refused("stands there and is no folder: it is left as it is".into());
    }
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    if here.is_ok_and(|here| here.starts_with(&place)) {
        let hint = "name a folder inside it, such as --out hybrid_model";
        return Err(Error::model(folder, "is the folder you are in, and would be replaced as a whole", hint));
    }
    let entries = fs::read_dir(&place).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|source| Error::file("read", folder, source))?;
    if !entries.is_empty() && !meta::is_of_a_model(&place) {
        return refused("stands there and is no model folder: it is left as it is".into());
    }
    let foreign = entries
        .iter()
        .map(fs::DirEntry::file_name)
        .find(|name| ![META, NETWORK, FOREST, RIDGE, CARD].iter().any(|ours| name == ours));
    match foreign {
        Some(name) => refused(format!("holds more than a model (`{}`): it is left as it is", name.to_string_lossy())),
        None => Ok(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = r#"{"schema": "violin-emotion/model/1"}"#;

    fn write(folder: &Path, text: &str) {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join(META), text).expect("a file");
    }

    fn new(folder: &Path) -> Result<()> {
        fs::write(folder.join(META), "new").map_err(|source| Error::file("write", folder, source))
    }

    fn meta(folder: &Path) -> String {
        fs::read_to_string(folder.join(META)).expect("meta.json")
    }

    fn refusal(folder: &Path) -> String {
        let error = check_place(folder).expect_err("a place that is taken");
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
        let said = error.to_string();
        assert_eq!(put(folder, new).expect_err("a place that is taken").to_string(), said);
        said.replace(&folder.display().to_string(), "it")
    }

    #[test]
    fn a_model_an_empty_folder_and_nothing_may_be_replaced() {
        let around = tempfile::tempdir().expect("a folder");
        for name in ["model", "empty", "none", "deep/er/none"] {
            let folder = around.path().join(name);
            match name {
                "model" => write(&folder, MODEL),
                "empty" => fs::create_dir(&folder).expect("a folder"),
                _ => (),
            }
            check_place(&folder).expect("a free place");
            assert!(name != "deep/er/none" || !around.path().join("deep").exists(), "a check makes nothing");
            put(&folder, new).expect("a free place");
            assert_eq!(meta(&folder), "new");
        }
        assert_eq!(fs::read_dir(around.path()).expect("a folder").count(), 4, "nothing else is left");
    }

    #[test]
    fn what_belongs_to_others_is_left_as_it_is() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("theirs");
        for text in [r#"{"schema": "their/meta/1"}"#, r#"{"name": "a thesis"}"#, "[]", "no JSON"] {
            write(&folder, text);
            assert_eq!(refusal(&folder), "it: stands there and is no model folder: it is left as it is", "{text}");
            assert_eq!(meta(&folder), text);
        }
        write(&folder, MODEL);
        fs::write(folder.join("thesis.tex"), "years of work").expect("a file");
        assert_eq!(refusal(&folder), "it: holds more than a model (`thesis.tex`): it is left as it is");
        let file = folder.join("thesis.tex");
        assert_eq!(refusal(&file), "it: stands there and is no folder: it is left as it is");
        let inside = check_place(&file.join("model")).expect_err("a file is no folder").to_string();
        assert!(inside.starts_with("cannot write "), "{inside}");
        assert_eq!(refusal(Path::new(".")), "it: is the folder you are in, and would be replaced as a whole");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_and_its_folder_is_written() {
        use std::os::unix::fs::symlink;
        let around = tempfile::tempdir().expect("a folder");
        let (real, link) = (around.path().join("real"), around.path().join("link"));
        write(&real, MODEL);
        symlink(&real, &link).expect("a link");
        put(&link, new).expect("a free place");
        assert!(link.is_symlink() && meta(&real) == "new");
        fs::remove_dir_all(&real).expect("removed");
        assert_eq!(refusal(&link), "it: is a link that leads nowhere: it is left as it is");
    }

    #[test]
    fn what_fails_leaves_the_old_model() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("model");
        write(&folder, MODEL);
        let failed = put(&folder, |whole| Err(Error::file("write", whole, io::Error::other("full"))));
        assert!(failed.is_err() && meta(&folder) == MODEL);
        // The second of the two renames fails: there is nothing to move.
        let failed = put(&folder, |whole| fs::remove_dir(whole).map_err(|source| Error::file("write", whole, source)));
        assert!(failed.expect_err("nothing to move").to_string().starts_with("cannot write "));
        assert_eq!(meta(&folder), MODEL);
        assert_eq!(fs::read_dir(around.path()).expect("a folder").count(), 1);
    }
}
