//! Everything said of one recording, and its JSON contract.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::audio::Recording;
use crate::data::{LabelSet, SoftLabels};
use crate::features::Measurement;
use crate::model::Moment;
use crate::{Error, Warning};

/// Name and version of the JSON contract.
pub const SCHEMA: &str = "violin-emotion/analysis/1";

/// Everything said of one recording; one JSON object, the same from every door.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Analysis {
    schema: &'static str,
    /// The recording, as it was named by the one who asked.
    pub path: String,
    /// Whether there is an answer.
    pub status: Status,
    /// What went wrong, if anything did.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Length of the recording, seconds.
    pub duration_s: Option<f64>,
    /// Sample rate of its file, Hz.
    pub sample_rate_hz: Option<u32>,
    /// The answer for the whole recording: the model on the whole sequence.
    pub emotions: Option<Distribution>,
    /// For each emotion, where the share that listeners would give lies in four of five cases.
    pub intervals: Option<Intervals>,
    /// The same as a number, if the model was trained on a scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<OnScale>,
    /// What a reader of the answer should know.
    pub warnings: Vec<Warning>,
    /// The answer over time: one distribution a window.
    pub timeline: Vec<TimelineEntry>,
}

/// What an answer says of the recording itself.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its length, seconds.
    pub duration_s: f64,
    /// Sample rate of its file, Hz.
    pub file_rate_hz: u32,
    /// What was noticed while it was read.
    pub warnings: &'a [Warning],
}

impl<'a> Heard<'a> {
    /// Of a recording that is here.
    pub fn of(recording: &'a Recording) -> Self {
        Heard {
            name: recording.name(),
            duration_s: recording.duration_s(),
            file_rate_hz: recording.file_rate_hz(),
            warnings: recording.warnings(),
        }
    }

    /// Of one that was measured, under the name `name`.
    pub fn before(name: &'a str, measured: &'a Measurement) -> Self {
        Heard {
            name,
            duration_s: measured.duration_s,
            file_rate_hz: measured.file_rate_hz,
            warnings: &measured.warnings,
        }
    }
}

/// Whether a recording could be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was answered.
    Ok,
    /// It could not be; the error says why.
    Error,
}

/// One moment of the answer over time.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TimelineEntry {
    /// Begin of the window, seconds.
    pub start_s: f64,
    /// End of the window, seconds.
    pub end_s: f64,
    /// The answer of networks and forests to the excerpt of windows around this one.
    pub emotions: Distribution,
    /// The same as a number, if the model was trained on a scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<OnScale>,
}

/// A number on a scale, such as valence.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct OnScale {
    /// The scale's name.
    pub name: String,
    /// The number.
    pub value: f64,
    /// The scale's least value.
    pub least: f64,
    /// The scale's largest value.
    pub most: f64,
    /// Of a whole recording: where the number that listeners would give lies in four of five cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

impl OnScale {
    fn of(answer: &SoftLabels) -> Option<Self> {
        let (scale, value) = (answer.labels().scale()?, answer.value()?);
        Some(OnScale { name: scale.column.clone(), value, least: scale.least, most: scale.most, interval: None })
    }

    /// With the interval of the share that stands for the number.
    fn within(answer: &SoftLabels, intervals: &[[f32; 2]]) -> Option<Self> {
        let scale = answer.labels().scale()?;
        let interval = intervals[0].map(|share| scale.value(share));
        OnScale::of(answer).map(|value| OnScale { interval: Some(interval), ..value })
    }
}

/// A distribution as a JSON object, emotion by emotion in the label set's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution(SoftLabels);

impl Distribution {
    /// The distribution.
    pub fn soft_labels(&self) -> &SoftLabels {
        &self.0
    }
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.labels().len()))?;
        for (name, share) in self.0.iter() {
            map.serialize_entry(name, &share)?;
        }
        map.end()
    }
}

/// Where each emotion's share lies, as a JSON object, emotion by emotion in the label set's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    labels: LabelSet,
    ends: Vec<[f32; 2]>,
}

impl Intervals {
    /// Lower and upper end, emotion by emotion.
    pub fn ends(&self) -> &[[f32; 2]] {
        &self.ends
    }
}

impl Serialize for Intervals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.labels.names().iter().zip(&self.ends))
    }
}

impl Analysis {
    /// The answer to one recording, and everything that a reader of it should know; `intervals` has lower and upper end of each
    /// emotion's share.
    pub fn new(
        heard: Heard,
        overall: SoftLabels,
        intervals: Vec<[f32; 2]>,
        timeline: Vec<Moment>,
        warnings: Vec<Warning>,
    ) -> Self {
        let entry = |moment: Moment| TimelineEntry {
            start_s: moment.span.start_s,
            end_s: moment.span.end_s,
            scale: OnScale::of(&moment.answer),
            emotions: Distribution(moment.answer),
        };
        Analysis {
            schema: SCHEMA,
            path: heard.name.to_string(),
            status: Status::Ok,
            error: None,
            hint: None,
            duration_s: Some(heard.duration_s),
            sample_rate_hz: Some(heard.file_rate_hz),
            scale: OnScale::within(&overall, &intervals),
            intervals: Some(Intervals { labels: overall.labels().clone(), ends: intervals }),
            emotions: Some(Distribution(overall)),
            warnings,
            timeline: timeline.into_iter().map(entry).collect(),
        }
    }

    /// The row of a recording that could not be answered.
    pub fn failed(path: &str, error: &Error) -> Self {
        Analysis::refused(path, error.to_string(), error.hint().map(str::to_string))
    }

    /// The same of what was no recording, which its door says.
    pub fn refused(path: &str, problem: String, hint: Option<String>) -> Self {
        Analysis {
            schema: SCHEMA,
            path: path.to_string(),
            status: Status::Error,
            error: Some(problem),
            hint,
            duration_s: None,
            sample_rate_hz: None,
            emotions: None,
            intervals: None,
            scale: None,
            warnings: Vec::new(),
            timeline: Vec::new(),
        }
    }

    /// The same without the answer over time.
    pub fn without_timeline(mut self) -> Self {
        self.timeline.clear();
        self
    }
}
