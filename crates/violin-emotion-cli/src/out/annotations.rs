//! One file a recording: under the recording's own name, and never two recordings under one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{Write, stdout};
use std::path::{Component, Path, PathBuf};

use violin_emotion::report::Annotation;
use violin_emotion::{Error, WholeFile};

use crate::failure::Failure;

/// Where the files go.
pub enum Annotations {
    /// One recording's, to stdout.
    Stdout,
    /// Recording, as it was named → its file.
    Folder(HashMap<PathBuf, PathBuf>),
}

impl Annotations {
    /// Without a folder there must be one recording. `of` says what the files are of, in their names: `take.notes.TextGrid`.
    pub fn open(
        format: Annotation,
        of: &str,
        out: Option<&Path>,
        recordings: &[PathBuf],
    ) -> Result<Annotations, Error> {
        let Some(folder) = out else {
            if recordings.len() == 1 {
                return Ok(Annotations::Stdout);
            }
            let expected = "one recording, or --out DIR for one file a recording";
            return Err(Error::config("--format", expected, format!("{} recordings", recordings.len())));
        };
        let names = names(recordings)?;
        fs::create_dir_all(folder).map_err(|source| Error::file("create", folder, source))?;
        let file = |name: PathBuf| {
            let mut name = folder.join(name).into_os_string();
            name.push(format!(".{of}.{}", format.extension()));
            PathBuf::from(name)
        };
        Ok(Annotations::Folder(names.into_iter().map(|(recording, name)| (recording, file(name))).collect()))
    }

    /// Writes the file of one of the recordings.
    pub fn write(&self, recording: &Path, text: &str) -> Result<(), Failure> {
        match self {
            Annotations::Stdout => Ok(stdout().write_all(text.as_bytes())?),
            Annotations::Folder(files) => {
                let file = &files[recording];
                let folder = file.parent().expect("a file in a folder");
                fs::create_dir_all(folder).map_err(|source| Error::file("create", folder, source))?;
                Ok(WholeFile::save(file, text.as_bytes())?)
            }
        }
    }
}

/// A name for each recording that is there, relative and without its ending; the folders that tell recordings apart are kept.
/// Where two differ in the ending alone, all keep theirs.
fn names(recordings: &[PathBuf]) -> Result<HashMap<PathBuf, PathBuf>, Error> {
    let mut places = BTreeMap::new();
    for recording in recordings {
        // What is in an archive lies in a file.
        let Some(file) = recording.ancestors().find(|place| place.is_file()) else { continue };
        let inside = recording.strip_prefix(file).expect("a place in it");
        if !inside.components().all(|component| matches!(component, Component::Normal(_))) {
            continue;
        }
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().map_err(|source| Error::file("read", folder, source))?;
        let place = folder.join(file.file_name().expect("a file has a name"));
        // Nothing inside would leave a slash behind the name.
        places.insert(recording, if file == recording { place } else { place.join(inside) });
    }
    let common = places.values().filter_map(|place| place.parent()).map(Path::to_path_buf).reduce(|one, other| {
        one.components().zip(other.components()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
    });
    let common = common.unwrap_or_default();
    let inner = |place: &PathBuf| place.strip_prefix(&common).expect("a folder around all").to_path_buf();
    let without_ending = |place: &PathBuf| inner(place).with_extension("");
    let distinct: HashSet<&PathBuf> = places.values().collect();
    // Two names that differ in capitals alone are one on some systems.
    let told_apart = |name: &dyn Fn(&PathBuf) -> PathBuf| {
        let names: HashSet<String> =
            distinct.iter().map(|&place| name(place).to_string_lossy().to_lowercase()).collect();
        names.len() == distinct.len()
    };
    let name: &dyn Fn(&PathBuf) -> PathBuf = if told_apart(&without_ending) { &without_ending } else { &inner };
    if !told_apart(name) {
        let found = "recordings whose names differ in capitals alone";
        return Err(Error::config("--out", "a name of its own for each recording", found));
    }
    Ok(places.into_iter().map(|(recording, place)| (recording.clone(), name(&place))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of empty files of these names, as they are sorted.
    fn named(files: &[&str]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let paths: Vec<PathBuf> = files.iter().map(|file| folder.path().join(file)).collect();
        for path in &paths {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        let names = names(&[paths.clone(), vec![folder.path().join("gone.wav")]].concat())
            .map_err(|error| error.to_string())?;
        assert!(names.len() <= paths.len(), "what is not there has no name");
        Ok(paths.iter().map(|path| names[path].display().to_string()).collect())
    }

    #[test]
    fn names_are_kept_and_never_two_on_one() {
        let named = |files: &[&str]| named(files).expect("names");
        assert_eq!(named(&["b/one.wav", "b/two.flac"]), ["one", "two"]);
        assert_eq!(named(&["b/one.wav", "c/d/one.wav"]), ["b/one", "c/d/one"]);
        assert_eq!(named(&["b/one.wav", "b/one.flac", "b/c/two.wav"]), ["one.wav", "one.flac", "c/two.wav"]);
        assert_eq!(named(&["one.a.wav", "one.wav"]), ["one.a", "one"]);
        assert_eq!(named(&["b/one.wav", "b/one.wav"]), ["one", "one"], "one recording, named twice");
        assert_eq!(named(&["c/../b/one.wav", "b/\"é\n=x.wav", "c/x.wav"]), ["b/one", "b/\"é\n=x", "c/x"]);
        assert_eq!(named(&["b/take"]), ["take"]);
    }

    #[test]
    fn what_is_in_an_archive_has_a_name_in_it_and_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |path: &str| folder.path().join(path);
        fs::write(inside("a.tar"), "").expect("a file");
        fs::write(inside("b.wav"), "").expect("a file");
        let paths = ["a.tar/x/one.wav", "a.tar/../../one.wav", "b.wav"].map(inside);
        let names = names(&paths).expect("names");
        assert_eq!(names[&paths[0]], Path::new("a.tar/x/one"));
        assert_eq!((names.get(&paths[1]), &*names[&paths[2]]), (None, Path::new("b")));
    }

    #[test]
    fn capitals_alone_tell_nothing_apart() {
        assert_eq!(named(&["one.wav", "ONE.flac"]), Ok(vec!["one.wav".into(), "ONE.flac".into()]));
        let error = named(&["one.wav", "ONE.wav"]).expect_err("one name");
        assert!(error.starts_with("setting `--out`: expected a name of its own for each recording"), "{error}");
    }
}
