//! JAMS, the JSON that music research keeps annotations in (Humphrey, Salamon, Nieto, Forsyth, Bittner and Bello 2014, "JAMS: a
//! JSON annotated music specification for reproducible MIR research").

use std::path::Path;

use indexmap::IndexMap;
use serde::Serialize;

use super::annotation::{Answered, NoteTrack};
use crate::Warning;
use crate::data::{Scale, SoftLabels};

/// The version of the format that is written.
const VERSION: &str = "0.3.4";

#[derive(Serialize)]
struct Jams<'a, Data> {
    annotations: Vec<Annotation<'a, Data>>,
    file_metadata: FileMetadata<'a>,
    sandbox: FileSandbox<'a>,
}

/// What the format has no place for, of the recording.
#[derive(Serialize)]
struct FileSandbox<'a> {
    /// The recording, as it was named.
    path: &'a str,
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct FileMetadata<'a> {
    title: &'a str,
    artist: &'static str,
    release: &'static str,
    duration: f64,
    identifiers: IndexMap<String, String>,
    jams_version: &'static str,
}

#[derive(Serialize)]
struct Annotation<'a, Data> {
    namespace: &'static str,
    annotation_metadata: Metadata,
    data: Vec<Data>,
    sandbox: Sandbox<'a>,
    time: f64,
    duration: f64,
}

#[derive(Serialize)]
struct Metadata {
    annotation_tools: String,
    annotation_rules: &'static str,
    data_source: &'static str,
}

/// What the format has no place for, of an annotation.
#[derive(Default, Serialize)]
struct Sandbox<'a> {
    /// What the observations are about: `whole` or `moments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    /// Emotion → lower and upper end around its share.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    intervals: IndexMap<&'a str, [f32; 2]>,
    /// The scale whose ends the tags are.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<&'a Scale>,
}

/// An emotion's share over a stretch of time, which the format calls confidence.
#[derive(Serialize)]
struct Tag<'a> {
    time: f64,
    duration: f64,
    value: &'a str,
    confidence: f32,
}

#[derive(Serialize)]
struct HeardNote {
    time: f32,
    duration: f32,
    /// MIDI number.
    value: f32,
    confidence: Option<f32>,
}

/// Two annotations of free tags: the emotions of the whole recording, and those of each moment.
pub(super) fn answer(answered: &Answered) -> String {
    let (labels, duration) = (answered.whole.labels(), answered.duration_s);
    let annotation = |scope, data, intervals| Annotation {
        namespace: "tag_open",
        annotation_metadata: metadata("every emotion is a tag; its confidence is its share"),
        data,
        sandbox: Sandbox { scope: Some(scope), intervals, scale: labels.scale() },
        time: 0.0,
        duration,
    };
    let whole = tags(0.0, duration, answered.whole).collect();
    let intervals = labels.names().iter().map(String::as_str).zip(answered.intervals.iter().copied()).collect();
    let moments = answered
        .timeline
        .iter()
        .flat_map(|moment| tags(moment.start_s, moment.end_s - moment.start_s, moment.emotions.soft_labels()));
    let annotations =
        vec![annotation("whole", whole, intervals), annotation("moments", moments.collect(), IndexMap::new())];
    file(answered.path, duration, answered.warnings, annotations)
}

/// One annotation of notes.
pub(super) fn notes(track: &NoteTrack) -> String {
    let heard = |note: &crate::notes::Note| HeardNote {
        time: note.onset_s,
        duration: note.offset_s - note.onset_s,
        value: note.pitch,
        confidence: None,
    };
    let annotation = Annotation {
        namespace: "note_midi",
        annotation_metadata: metadata(
            "one voice; a pitch is the middle of its note, vibrato taken off, re A4 = 440 Hz",
        ),
        data: track.notes.iter().map(heard).collect(),
        sandbox: Sandbox::default(),
        time: 0.0,
        duration: track.duration_s,
    };
    file(track.path, track.duration_s, &[], vec![annotation])
}

fn tags(time: f64, duration: f64, answer: &SoftLabels) -> impl Iterator<Item = Tag<'_>> {
    answer.iter().map(move |(value, confidence)| Tag { time, duration, value, confidence })
}

fn metadata(annotation_rules: &'static str) -> Metadata {
    let annotation_tools = concat!("violin-emotion ", env!("CARGO_PKG_VERSION")).into();
    Metadata { annotation_tools, annotation_rules, data_source: "program" }
}

fn file<Data: Serialize>(
    path: &str,
    duration: f64,
    warnings: &[Warning],
    annotations: Vec<Annotation<Data>>,
) -> String {
    let title = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path);
    let (artist, release, identifiers) = ("", "", IndexMap::new());
    let jams = Jams {
        annotations,
        file_metadata: FileMetadata { title, artist, release, duration, identifiers, jams_version: VERSION },
        sandbox: FileSandbox { path, warnings },
    };
    serde_json::to_string_pretty(&jams).expect("names and finite numbers are JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::report::Annotation::Jams;
    use crate::report::examples::{HOSTILE, answer, on_a_scale, tracks};

    fn read(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn shares_are_tags_of_the_whole_and_of_moments() {
        let jams = read(&Jams.of_answer(&answer()).expect("an answer"));
        let tag = |time: f64, duration: f64, value: &str, confidence: f64| json!({"time": time, "duration": duration, "value": value, "confidence": confidence});
        let [whole, moments] = [0, 1].map(|at| &jams["annotations"][at]);
        assert_eq!(whole["data"], json!([tag(0.0, 4.5, HOSTILE, 0.5), tag(0.0, 4.5, "sad", 0.5)]));
        assert_eq!(whole["sandbox"]["intervals"]["sad"], json!([0.25, 0.75]));
        let expected = [
            tag(0.0, 3.0, HOSTILE, 0.75),
            tag(0.0, 3.0, "sad", 0.25),
            tag(1.5, 3.0, HOSTILE, 0.4),
            tag(1.5, 3.0, "sad", 0.6),
        ];
        assert_eq!(moments["data"], json!(expected));
        assert_eq!(moments["namespace"], "tag_open");
        let metadata = json!({"title": "-\"a\", é.wav", "artist": "", "release": "", "duration": 4.5,
                              "identifiers": {}, "jams_version": "0.3.4"});
        assert_eq!((&jams["file_metadata"], &jams["sandbox"]["path"]), (&metadata, &json!("takes/-\"a\", é.wav")));
        let jams = read(&Jams.of_answer(&on_a_scale()).expect("an answer"));
        assert_eq!(jams["annotations"][1]["sandbox"]["scale"], json!({"column": "valence", "least": 1.0, "most": 9.0}));
    }

    #[test]
    fn notes_are_midi_numbers() {
        let [two, none] = tracks();
        let data = &read(&Jams.of_notes(&two))["annotations"][0]["data"];
        assert_eq!(data[0], json!({"time": 0.5, "duration": 0.75, "value": 69.03, "confidence": null}));
        assert_eq!(data.as_array().map(Vec::len), Some(2));
        assert_eq!(read(&Jams.of_notes(&none))["annotations"][0]["data"], json!([]));
    }
}
