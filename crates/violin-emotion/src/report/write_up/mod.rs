//! A page for those who write a paper: what was found, its tables and figures, how it was done, and whom to cite.
//!
//! One HTML file that holds all of it, runs no script and fetches nothing.

mod methods;
mod sources;

pub use methods::Methods;
pub use sources::Source;

use sha2::{Digest, Sha256};

use super::base64::base64;
use super::svg::escape;
use crate::synth;

const STYLE: &str = include_str!("write_up.css");

/// The page.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteUp {
    /// Above all.
    pub title: String,
    /// What was found, in sentences.
    pub findings: Vec<String>,
    /// Tables, in the order in which they are shown.
    pub tables: Vec<Columns>,
    /// Figures, in the order in which they are shown.
    pub figures: Vec<Shown>,
    /// How it was done: paragraphs that may stand in a paper.
    pub methods: Vec<String>,
    /// Whose work the methods rest on.
    pub sources: Vec<Source>,
    /// Whether nobody played or rated the recordings.
    pub rendered: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// What it shows.
    pub caption: String,
    /// The names of its columns.
    pub header: Vec<String>,
    /// Its rows, each beginning with its name.
    pub rows: Vec<Vec<String>>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The file beside the page that holds it, too.
    pub file_name: String,
    /// What to see in it.
    pub caption: String,
    /// The figure.
    pub svg: String,
}

impl WriteUp {
    /// The page as HTML.
    pub fn html(&self) -> String {
        let policy =
            format!("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'", base64(&Sha256::digest(STYLE)));
        let title = escape(&self.title);
        let notice = match self.rendered {
            true => format!(
                "<p class=\"notice\"><strong>{}</strong>: nobody played or rated these recordings.</p>\n",
                synth::NOTICE
            ),
            false => String::new(),
        };
        let paragraphs =
            |of: &[String]| of.iter().map(|words| format!("<p>{}</p>\n", escape(words))).collect::<String>();
        let tables: String = self.tables.iter().map(Columns::html).collect();
        let figures: String = self.figures.iter().map(Shown::html).collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{notice}{findings}{tables}\
             <h2>Figures</h2>\n{figures}<h2>Methods</h2>\n{methods}<h2>To cite</h2>\n\
             <pre tabindex=\"0\" aria-label=\"BibTeX\">{citation}</pre>\n</main>\n</body>\n</html>\n",
            findings = paragraphs(&self.findings),
            methods = paragraphs(&self.methods),
            citation = escape_lines(&sources::bibtex(&self.sources)),
        )
    }
}

impl Columns {
    fn html(&self) -> String {
        let cells = |tag: &str, cells: &[String]| {
            cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect::<String>()
        };
        let row = |row: &Vec<String>| {
            let (name, rest) = row.split_first().expect("a row with its name");
            format!("<tr><th scope=\"row\">{}</th>{}</tr>\n", escape(name), cells("td", rest))
        };
        let head: String = self.header.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
        // What is wider than the page is scrolled, by keys too.
        format!(
            "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n\
             <thead><tr>{head}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n",
            self.rows.iter().map(row).collect::<String>(),
            caption = escape(&self.caption),
        )
    }
}

impl Shown {
    fn html(&self) -> String {
        format!(
            "<figure>\n{}<figcaption>{} <span>({})</span></figcaption>\n</figure>\n",
            self.svg,
            escape(&self.caption),
            escape(&self.file_name)
        )
    }
}

/// As [`escape`], line by line.
fn escape_lines(text: &str) -> String {
    text.lines().map(|line| escape(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> WriteUp {
        WriteUp {
            title: "How well <b> is told".into(),
            findings: vec!["The hybrid & the forest.".into()],
            tables: vec![Columns {
                caption: "Scores".into(),
                header: vec!["".into(), "R²".into()],
                rows: vec![vec!["<script>alert(1)</script>".into(), "0.39".into()]],
            }],
            figures: vec![Shown {
                file_name: "scores.svg".into(),
                caption: "All methods.".into(),
                svg: "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n".into(),
            }],
            methods: vec!["Recordings were read.".into()],
            sources: vec![Source::RandomForests, Source::RandomForests],
            rendered: true,
        }
    }

    #[test]
    fn names_are_text_and_nothing_runs() {
        let html = page().html();
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(
            html.contains("default-src 'none'; style-src 'sha256-") && html.contains("The hybrid &amp; the forest.")
        );
        assert!(html.contains("nobody played or rated") && html.contains("<svg") && html.contains("(scores.svg)"));
    }

    #[test]
    fn what_was_played_has_no_notice_and_a_source_stands_once() {
        let html = WriteUp { rendered: false, ..page() }.html();
        assert!(!html.contains("nobody played"));
        assert_eq!(html.matches("Breiman").count(), 1);
        assert_eq!(html.matches("@software").count(), 1);
    }
}
