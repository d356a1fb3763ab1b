//! Label files as people write them, and every way in which they go wrong. No audio is decoded: the files are empty.

mod columns;
mod files;
mod form;
mod properties;
mod sums;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use violin_emotion::data::{Dataset, LabelOptions, read_labels};
use violin_emotion::{Error, ErrorKind};

/// A label file beside a folder of empty recordings.
struct Case(TempDir);

impl Case {
    fn new(csv: impl AsRef<[u8]>, files: &[&str]) -> Case {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("labels.csv"), csv).expect("a label file");
        fs::create_dir(folder.path().join("audio")).expect("an audio folder");
        let case = Case(folder);
        for file in files {
            let path = case.audio().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder inside the audio folder");
            fs::write(path, "").expect("an empty recording");
        }
        case
    }

    fn audio(&self) -> PathBuf {
        self.0.path().join("audio")
    }

    fn read_with(&self, options: &LabelOptions) -> Result<Dataset, Error> {
        read_labels(&self.0.path().join("labels.csv"), &self.audio(), options)
    }
}

fn read(csv: impl AsRef<[u8]>) -> Dataset {
    Case::new(csv, &["a.wav", "b.wav", "c.wav"]).read_with(&LabelOptions::default()).expect("a good label file")
}

fn problems_of(error: &Error) -> Vec<String> {
    match error.kind() {
        ErrorKind::Labels { problems, .. } => problems.iter().map(ToString::to_string).collect(),
        other => panic!("expected problems of labels, found {other:?}"),
    }
}

fn refused_with(csv: impl AsRef<[u8]>, options: &LabelOptions) -> (Vec<String>, String) {
    let error = Case::new(csv, &["a.wav", "b.wav", "c.wav"]).read_with(options).expect_err("a bad label file");
    (problems_of(&error), error.hint().expect("a hint").to_owned())
}

fn refused(csv: impl AsRef<[u8]>) -> Vec<String> {
    refused_with(csv, &LabelOptions::default()).0
}

fn emotions(names: &[&str]) -> LabelOptions {
    LabelOptions { emotions: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..LabelOptions::default() }
}

fn grouped(column: &str) -> LabelOptions {
    LabelOptions { group_by: Some(column.to_owned()), ..LabelOptions::default() }
}

fn normalised() -> LabelOptions {
    LabelOptions { normalise: true, ..LabelOptions::default() }
}

fn shares(dataset: &Dataset) -> Vec<Vec<f32>> {
    dataset.recordings().iter().map(|recording| recording.target.shares().to_vec()).collect()
}

/// Three recordings, three emotions.
const PLAIN: &str = "filename,happy,sad,angry\na.wav,0.5,0.25,0.25\nb.wav,0,0.75,0.25\nc.wav,0.125,0.5,0.375\n";
