//! Files for other programs beside the pages: each recording's answer and its notes, as `predict` and `notes` write them.

use std::path::{Path, PathBuf};

use violin_emotion::Error;
use violin_emotion::analysis::Analysis;
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::Told;

use crate::args::{AnswerFormat, NotesFormat, ReportFormat};
use crate::commands::Failure;
use crate::commands::notes::{Played, PlayedNotes};
use crate::commands::predict::Answers;

/// The files of all formats that are asked for.
pub struct Files<'a>(Vec<(Answers<'a>, PlayedNotes)>);

impl<'a> Files<'a> {
    pub fn open(
        formats: &[ReportFormat],
        model: &'a EmotionModel,
        out: &Path,
        paths: &[PathBuf],
    ) -> Result<Self, Failure> {
        let open = |format: &ReportFormat| {
            let (of_answers, of_notes) = as_there(*format);
            // One file of all recordings, or the folder itself for one each.
            let place = |of: &str| {
                format.extension().map_or_else(|| out.to_path_buf(), |extension| out.join(format!("{of}.{extension}")))
            };
            let answers = Answers::open(of_answers, true, Some(&place("emotions")), model, paths)?;
            Ok((answers, PlayedNotes::open(of_notes, Some(&place("notes")), paths)?))
        };
        formats.iter().map(open).collect::<Result<_, Failure>>().map(Files)
    }

    pub fn push(&mut self, path: &Path, told: &Told) -> Result<(), Failure> {
        let played = Played::of(&told.recording, &told.notes);
        self.push_both(path, &told.analysis, &played)
    }

    /// A recording of which nothing can be told.
    pub fn push_failed(&mut self, path: &Path, error: &Error) -> Result<(), Failure> {
        let name = path.display().to_string();
        self.push_both(path, &Analysis::failed(&name, error), &Played::failed(&name, error))
    }

    fn push_both(&mut self, path: &Path, analysis: &Analysis, played: &Played) -> Result<(), Failure> {
        for (answers, notes) in &mut self.0 {
            answers.push(path, analysis)?;
            notes.push(path, played)?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), Failure> {
        for (answers, notes) in self.0 {
            answers.finish()?;
            notes.finish()?;
        }
        Ok(())
    }
}

/// The format as `predict` and `notes` call it.
fn as_there(format: ReportFormat) -> (AnswerFormat, NotesFormat) {
    match format {
        ReportFormat::Json => (AnswerFormat::Json, NotesFormat::Json),
        ReportFormat::Tidy => (AnswerFormat::Tidy, NotesFormat::Csv),
        ReportFormat::Audacity => (AnswerFormat::Audacity, NotesFormat::Audacity),
        ReportFormat::Textgrid => (AnswerFormat::Textgrid, NotesFormat::Textgrid),
        ReportFormat::Jams => (AnswerFormat::Jams, NotesFormat::Jams),
        ReportFormat::Svl => (AnswerFormat::Svl, NotesFormat::Svl),
        #[cfg(feature = "parquet")]
        ReportFormat::Parquet => (AnswerFormat::Parquet, NotesFormat::Parquet),
    }
}
