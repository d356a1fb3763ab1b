//! What `--out` holds: the answers, the figures, and what is needed to do it again.

use std::collections::BTreeMap;
use std::path::Path;

use violin_emotion::report::text_cell;
use violin_emotion::{Checksum, Error, WholeFile};

use super::replay::Record;
use super::{Judgement, figures, json, write_up};
use crate::args::EvaluateArguments;

/// Its files.
const JSON: &str = "evaluation.json";
const PAGE: &str = "evaluation.html";
const PREDICTIONS: &str = "predictions.csv";
pub const RUN: &str = "run.json";

/// The bytes that a run gives, the same whenever it is repeated.
pub struct Outputs {
    json: Vec<u8>,
    predictions: Vec<u8>,
}

impl Outputs {
    pub fn of(judged: &Judgement) -> Outputs {
        let mut json = serde_json::to_vec_pretty(&json::document(judged)).expect("figures and names are JSON");
        json.push(b'\n');
        Outputs { json, predictions: predictions(judged) }
    }

    /// The judgement as JSON.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// The checksum of each file.
    pub fn checksums(&self) -> BTreeMap<String, String> {
        [(JSON, &self.json), (PREDICTIONS, &self.predictions)]
            .map(|(name, bytes)| (name.to_owned(), Checksum::of(bytes)))
            .into()
    }

    /// Writes the folder; each file appears when it is whole, and the record of the run last.
    pub fn save(&self, folder: &Path, arguments: &EvaluateArguments, judged: &Judgement) -> Result<(), Error> {
        std::fs::create_dir_all(folder).map_err(|source| Error::file("make", folder, source))?;
        WholeFile::save(&folder.join(JSON), &self.json)?;
        WholeFile::save(&folder.join(PREDICTIONS), &self.predictions)?;
        let drawn = figures::all(judged);
        // A figure of an earlier run does not stand beside this one's record.
        for name in figures::NAMES.iter().filter(|name| drawn.iter().all(|drawn| drawn.file_name != **name)) {
            let path = folder.join(name);
            if path.exists() {
                std::fs::remove_file(&path).map_err(|source| Error::file("remove", &path, source))?;
            }
        }
        for figure in drawn {
            WholeFile::save(&folder.join(figure.file_name), figure.svg.as_bytes())?;
        }
        WholeFile::save(&folder.join(PAGE), write_up::page(judged).as_bytes())?;
        let record = serde_json::to_vec_pretty(&Record::new(arguments, judged, self)?).expect("names are JSON");
        WholeFile::save(&folder.join(RUN), &record)
    }
}

/// One row a recording and repetition: its fold and group, the rated shares, every method's; on a scale their number first.
fn predictions(judged: &Judgement) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let written = "memory takes every record";
    let emotions = judged.evaluation.labels().names();
    let scale = judged.evaluation.labels().scale();
    let of = |whose: &str| {
        let named = scale.map(|scale| &scale.column).into_iter().chain(emotions);
        named.map(|name| format!("{whose}: {name}")).collect::<Vec<_>>()
    };
    let second = judged.second_groups.as_deref();
    let place = ["filename", "group"].into_iter().chain(second.map(|_| "second_group")).chain(["repetition", "fold"]);
    let mut header: Vec<String> = place.map(String::from).collect();
    header.extend(of("rated"));
    judged.evaluation.methods().for_each(|method| header.extend(of(method.name())));
    csv.write_record(header).expect(written);
    for (at, answer) in judged.evaluation.answers().iter().enumerate() {
        let mut row = [&answer.file_name, &answer.group].map(|name| text_cell(name).into_owned()).to_vec();
        // In each repetition the answers are in the recordings' order.
        row.extend(second.map(|second| text_cell(&second[at % second.len()]).into_owned()));
        row.extend([answer.repetition.to_string(), answer.fold.to_string()]);
        for shares in std::iter::once(&answer.rated).chain(answer.answers.values()) {
            row.extend(scale.map(|scale| format!("{:.6}", scale.value(shares[0]))));
            row.extend(shares.iter().map(|share| format!("{share:.6}")));
        }
        csv.write_record(row).expect(written);
    }
    csv.into_inner().expect(written)
}
