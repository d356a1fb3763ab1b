//! Files for other programs beside the pages: each recording's answer and its notes, as `predict` and `notes` write them.

use std::path::Path;

use violin_emotion::analysis::Analysis;
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::Told;
use violin_emotion::report::{Annotation, NoteTrack};
use violin_emotion::{Error, WholeFile};

use crate::args::{AnswerFormat, NotesFormat, ReportFormat};
use crate::commands::Failure;
use crate::commands::notes::{Played, PlayedNotes};
use crate::commands::predict::Answers;

/// The files of all formats that are asked for.
pub struct Files<'a> {
    out: &'a Path,
    /// Those that hold all recordings.
    tables: Vec<(Answers<'a>, PlayedNotes)>,
    /// Those that each recording has for itself, called as its page.
    annotations: Vec<Annotation>,
}

impl<'a> Files<'a> {
    pub fn open(formats: &[ReportFormat], model: &'a EmotionModel, out: &'a Path) -> Result<Self, Failure> {
        let table = |(of_answers, of_notes, ending): (AnswerFormat, NotesFormat, &str)| {
            let place = |of: &str| out.join(format!("{of}.{ending}"));
            let answers = Answers::open(of_answers, true, Some(&place("emotions")), model, &[])?;
            Ok((answers, PlayedNotes::open(of_notes, Some(&place("notes")), &[])?))
        };
        Ok(Files {
            out,
            tables: formats.iter().filter_map(|format| format.tables()).map(table).collect::<Result<_, Failure>>()?,
            annotations: formats.iter().filter_map(|format| format.annotation()).collect(),
        })
    }

    /// Adds what is told of the recording at `path`, whose page is called `page`.
    pub fn push(&mut self, path: &Path, page: &str, told: &Told) -> Result<(), Failure> {
        let (played, stem) = (Played::of(&told.recording, &told.notes), page.trim_end_matches(".html"));
        for format in &self.annotations {
            let track = NoteTrack {
                path: told.recording.name(),
                duration_s: told.recording.duration_s(),
                sample_rate_hz: told.recording.file_rate_hz(),
                notes: &told.notes.notes,
            };
            let answer = format.of_answer(&told.analysis).expect("what is told of has an answer");
            for (of, text) in [("emotions", answer), ("notes", format.of_notes(&track))] {
                let file = self.out.join(format!("{stem}.{of}.{}", format.extension()));
                WholeFile::save(&file, text.as_bytes())?;
            }
        }
        self.push_row(path, &told.analysis, &played)
    }

    /// Adds a recording of which nothing can be told.
    pub fn push_failed(&mut self, path: &Path, error: &Error) -> Result<(), Failure> {
        let name = path.display().to_string();
        self.push_row(path, &Analysis::failed(&name, error), &Played::failed(&name, error))
    }

    fn push_row(&mut self, path: &Path, analysis: &Analysis, played: &Played) -> Result<(), Failure> {
        for (answers, notes) in &mut self.tables {
            answers.push(path, analysis)?;
            notes.push(path, played)?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), Failure> {
        for (answers, notes) in self.tables {
            answers.finish()?;
            notes.finish()?;
        }
        Ok(())
    }
}
