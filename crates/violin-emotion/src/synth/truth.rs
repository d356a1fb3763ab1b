//! The true values of what was played, as CSV and JSON.

use serde_json::{Map, Value};

use super::note::{Note, Phrase};

impl Note {
    /// The names of a note's values: its fields, in their order.
    pub fn columns() -> Vec<String> {
        fields(&Note::default()).into_iter().map(|(name, _)| name).collect()
    }

    /// The values, as text from which the same numbers are read again.
    pub fn values(&self) -> Vec<String> {
        fields(self).into_iter().map(|(_, value)| value.to_string()).collect()
    }
}

impl Phrase {
    /// The notes as CSV: a header of [`Note::columns`], one line a note.
    pub fn to_csv(&self) -> String {
        let rows = self.notes.iter().map(Note::values);
        std::iter::once(Note::columns()).chain(rows).map(|row| row.join(",") + "\n").collect()
    }

    /// `{"notes": [{"onset_s": …}, …], "duration_s": …}`.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data") + "\n"
    }
}

fn fields(note: &Note) -> Map<String, Value> {
    match serde_json::to_value(note) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("a note is a struct of numbers"),
    }
}
