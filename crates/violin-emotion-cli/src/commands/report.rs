//! `report`: one page a recording, and an index for several.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::explain::{Explainer, Groups, Reference};
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::{self, Told};
use violin_emotion::report::page::{Index, IndexRow, PageData, Trust, WithSound};
use violin_emotion::{Error, Progress, WholeFile};

use super::{Failure, Outcome, complain};
use crate::args::ReportArguments;
use crate::progress::Bar;
use crate::{inputs, interrupt};

/// The index's file name; no page is called so.
const INDEX: &str = "index.html";

pub fn run(arguments: &ReportArguments) -> Result<Outcome, Failure> {
    let model = EmotionModel::load(&super::model_folder(arguments.model.as_deref())?)?;
    let explainer = Explainer::new(&model, Reference::corpus(&model))?.by(Groups::broad(&model)?);
    let paths = inputs::expand(&arguments.paths)?;
    let out = &arguments.out;
    fs::create_dir_all(out).map_err(|source| Error::file("create", out, source))?;
    let writer = Writer { model: &model, explainer, out, sound: arguments.sound.into() };
    let bar = Bar::new("reporting", paths.len());
    let mut names = Names::default();
    let mut rows = Vec::new();
    let mut failed = 0;
    for path in &paths {
        let row = match writer.page(path, &mut names, &bar) {
            Ok((told, page)) => {
                writeln!(stdout(), "{}", out.join(&page).display())?;
                IndexRow::told(&told, &page)
            }
            Err(error) if interrupt::asked() => return Err(error.into()),
            Err(error) => {
                failed += 1;
                complain(&error.to_string(), error.hint());
                IndexRow::failed(&path.display().to_string(), &error)
            }
        };
        rows.push(row);
        bar.recording(path);
    }
    drop(bar);
    if paths.len() > 1 {
        let index = out.join(INDEX);
        WholeFile::save(&index, Index::new(Trust::of(&model), rows).html().as_bytes())?;
        writeln!(stdout(), "{}", index.display())?;
    }
    if failed > 0 {
        eprintln!("{failed} of {} recordings have no page", paths.len());
        return Ok(Outcome::SomeFailed);
    }
    Ok(Outcome::Complete)
}

/// Writes pages of one model into one folder.
struct Writer<'a> {
    model: &'a EmotionModel,
    explainer: Explainer<'a>,
    out: &'a Path,
    sound: WithSound,
}

impl Writer<'_> {
    /// What is told of a recording, and the name of the page that tells it.
    fn page(&self, path: &Path, names: &mut Names, bar: &Bar) -> Result<(Told, String), Error> {
        inputs::refuse_folder(path)?;
        let told = pipeline::tell(path, self.model, &self.explainer, &|progress: Progress| bar.show(progress))?;
        let html = PageData::of(&told, self.model, self.sound)?.html();
        let name = names.free(path);
        WholeFile::save(&self.out.join(&name), html.as_bytes())?;
        Ok((told, name))
    }
}

/// Names of pages, each once, also where letters differ in size alone: some systems do not tell those apart.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn free(&mut self, path: &Path) -> String {
        let stem = plain(&path.file_stem().unwrap_or_default().to_string_lossy());
        let name = |number: usize| if number == 1 { format!("{stem}.html") } else { format!("{stem}-{number}.html") };
        let is_free = |name: &String| {
            let small = name.to_lowercase();
            small != INDEX && !self.0.contains(&small)
        };
        let name = (1..).map(name).find(is_free).expect("numbers do not end");
        self.0.push(name.to_lowercase());
        name
    }
}

/// Letters and digits of any script as they are, all else as `-`: a name that no system, shell or address trips over.
fn plain(stem: &str) -> String {
    const LONGEST: usize = 50;
    let letter = |letter: char| if letter.is_alphanumeric() || "-_".contains(letter) { letter } else { '-' };
    let plain: String = stem.chars().take(LONGEST).map(letter).collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "recording".into() } else { plain.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_name_of_its_own_that_is_a_plain_file() {
        let mut names = Names::default();
        let paths =
            ["a/take.wav", "b/Take.mp3", "<img src=x onerror=alert(1)>.wav", "índex.wav", "index.wav", "....wav", ".."];
        let free: Vec<String> = paths.iter().map(|path| names.free(Path::new(path))).collect();
        let expected = [
            "take.html",
            "Take-2.html",
            "img-src-x-onerror-alert-1.html",
            "índex.html",
            "index-2.html",
            "recording.html",
            "recording-2.html",
        ];
        assert_eq!(free, expected);
    }
}
