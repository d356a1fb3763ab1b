//! Tables as CSV, and cells that no spreadsheet takes for a formula.

use std::borrow::Cow;

use super::Table;
use super::table::Cell;

/// A text as a cell of CSV. A spreadsheet would take it for a formula if it began with `=`, `+`, `-`, `@` or a letter that is not
/// seen: then an apostrophe comes first. Numbers need none, and get none.
///
/// ```
/// use violin_emotion::report::text_cell;
/// assert_eq!(text_cell("=1+2.wav"), "'=1+2.wav");
/// assert_eq!(text_cell("take 1.wav"), "take 1.wav");
/// ```
pub fn text_cell(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

impl Table {
    /// The rows as CSV, with a header first if asked for. Empty cells are empty, truths 1 and 0, numbers as exact as they are.
    pub fn csv(&self, header: bool) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        const WRITTEN: &str = "memory takes every record";
        if header {
            csv.write_record(self.columns.iter().map(|column| &*column.name)).expect(WRITTEN);
        }
        for row in &self.rows {
            csv.write_record(row.iter().map(|cell| written(cell).into_owned())).expect(WRITTEN);
        }
        String::from_utf8(csv.into_inner().expect(WRITTEN)).expect("texts and numbers are UTF-8")
    }
}

fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => text_cell(text),
        Cell::Number(number) => number.to_string().into(),
        Cell::Single(number) => number.to_string().into(),
        Cell::Truth(truth) => u8::from(*truth).to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::analysis::Analysis;
    use crate::report::examples::{answer, on_a_scale, tracks};

    #[test]
    fn an_answer_is_one_row_an_emotion() {
        let hostile = "\"'=cmd \"\"x\"\"\n\ty, é\"";
        let path = "\"takes/-\"\"a\"\", é.wav\"";
        assert_eq!(
            Table::of_answer(&answer()).csv(true),
            format!(
                "path,status,error,scope,start_s,end_s,emotion,value,unit,low,high,warnings\n\
                 {path},ok,,whole,0,4.5,{hostile},0.5,share,0.25,0.75,\n\
                 {path},ok,,whole,0,4.5,sad,0.5,share,0.25,0.75,\n\
                 {path},ok,,moment,0,3,{hostile},0.75,share,,,\n\
                 {path},ok,,moment,0,3,sad,0.25,share,,,\n\
                 {path},ok,,moment,1.5,4.5,{hostile},0.4,share,,,\n\
                 {path},ok,,moment,1.5,4.5,sad,0.6,share,,,\n"
            )
        );
        let csv = Table::of_answer(&on_a_scale()).csv(false);
        assert_eq!(csv.lines().next(), Some("a.wav,ok,,whole,0,4.5,valence,5,from 1 to 9,3,7,"));
        let failed = Analysis::failed("=gone.wav", &Error::interrupted());
        let csv = Table::of_answer(&failed).csv(false);
        assert_eq!(csv, "'=gone.wav,error,stopped on request; nothing half-written is left,,,,,,,,,\n");
    }

    #[test]
    fn notes_are_rows_and_negative_numbers_are_no_formulas() {
        let [two, _] = tracks();
        let csv = Table::of_notes("a.wav", Ok(two.notes)).csv(false);
        assert_eq!(
            csv,
            "a.wav,0.5,1.25,A4,69.03,3,-20.5,0,0.04,5.6,21,0.1,0.08,-200,-6.5,-31,0,0,\n\
             a.wav,1.25,2.1,C#5,72.88,-12,-18,1,,,,,,,,,1,1,\n"
        );
        let csv = Table::of_notes("@a.wav", Err("-1: no such file")).csv(false);
        assert_eq!(csv, "'@a.wav,,,,,,,,,,,,,,,,,,'-1: no such file\n");
    }

    #[test]
    fn what_a_spreadsheet_would_run_begins_with_an_apostrophe() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text_cell(text), format!("'{text}"));
        }
        for text in ["", "a=b", " =1", "take-1.wav", "é"] {
            assert_eq!(text_cell(text), text);
        }
    }
}
