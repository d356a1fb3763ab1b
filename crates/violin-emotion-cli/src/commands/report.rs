//! `report`: one page a recording, and an index for several.

mod files;

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::explain::{Explainer, Groups, Reference};
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::{self, Told};
use violin_emotion::report::page::{Comparison, Index, IndexRow, PageData, Trust, WithSound};
use violin_emotion::{Error, Progress, WholeFile};

use super::{Failure, Outcome, complain};
use crate::args::ReportArguments;
use crate::progress::Bar;
use crate::{inputs, interrupt};
use files::Files;

/// The index's file name; no page is called so.
const INDEX: &str = "index.html";

/// The file name of the page of two takes; no other page is called so.
const COMPARISON: &str = "comparison.html";

pub fn run(arguments: &ReportArguments) -> Result<Outcome, Failure> {
    let model = super::model(arguments.model.as_deref())?;
    let explainer = Explainer::new(&model, Reference::corpus(&model))?.by(Groups::broad(&model)?);
    let paths = inputs::expand(&arguments.paths)?;
    if arguments.compare && paths.len() != 2 {
        return Err(Error::config("--compare", "two recordings", paths.len()).into());
    }
    let out = &arguments.out;
    fs::create_dir_all(out).map_err(|source| Error::file("create", out, source))?;
    let mut files = Files::open(&arguments.formats, &model, out)?;
    let bar = Bar::new("reporting", paths.len());
    let writer = Writer { model: &model, explainer, out, sound: arguments.sound.into(), bar: &bar };
    let mut names = Names::default();
    let (mut rows, mut takes) = (Vec::new(), Vec::new());
    for path in &paths {
        match writer.page(path, &mut names) {
            Ok((told, page)) => {
                writeln!(stdout(), "{}", out.join(&page).display())?;
                rows.push(IndexRow::told(&told, &page));
                files.push(path, &page, &told)?;
                // Of many recordings the samples are not kept.
                takes.extend(arguments.compare.then_some(told));
            }
            Err(error) if interrupt::asked() => return Err(error.into()),
            Err(error) => {
                complain(&error.to_string(), error.hint());
                rows.push(IndexRow::failed(&path.display().to_string(), &error));
                files.push_failed(path, &error)?;
            }
        }
        bar.recording(path);
    }
    files.finish()?;
    let failed = rows.iter().filter(|row| row.page().is_none()).count();
    let comparison = match &takes[..] {
        [first, second] => Some(writer.comparison(first, second)?),
        _ => None,
    };
    if paths.len() > 1 {
        let index = out.join(INDEX);
        let page = Index::new(Trust::of(&model), rows, comparison.map(|()| COMPARISON.into()));
        WholeFile::save(&index, page.html().as_bytes())?;
        writeln!(stdout(), "{}", index.display())?;
    }
    drop(writer);
    drop(bar);
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
    bar: &'a Bar,
}

impl Writer<'_> {
    /// What is told of a recording, and the name of the page that tells it.
    fn page(&self, path: &Path, names: &mut Names) -> Result<(Told, String), Error> {
        inputs::expect_recording(path)?;
        let told = pipeline::tell(path, self.model, &self.explainer, &|progress: Progress| self.bar.show(progress))?;
        let html = PageData::of(&told, self.model, self.sound)?.html();
        let name = names.free(path);
        WholeFile::save(&self.out.join(&name), html.as_bytes())?;
        Ok((told, name))
    }

    /// The page of two takes.
    fn comparison(&self, first: &Told, second: &Told) -> Result<(), Failure> {
        let watcher = |progress: Progress| self.bar.show(progress);
        let html = Comparison::of(first, second, self.model, self.sound, &watcher)?.html();
        let path = self.out.join(COMPARISON);
        WholeFile::save(&path, html.as_bytes())?;
        writeln!(stdout(), "{}", path.display())?;
        Ok(())
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
            small != INDEX && small != COMPARISON && !self.0.contains(&small)
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
