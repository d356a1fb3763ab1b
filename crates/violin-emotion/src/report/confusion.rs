//! Which emotion was strongest in the ratings, and which in the answers.

use super::colours::{INK, QUIET};
use super::svg::{Anchor, Canvas, HEADING, LABEL, MARGIN, NOTHING, SMALL, WIDTH};
use super::text::Font;

/// Names are cut beyond this.
const NAMES: f64 = 170.0;
/// Height of a row.
const ROW: f64 = 34.0;
/// Cells are no wider than this.
const WIDEST: f64 = 92.0;

/// What the rows are.
const ROWS: &str = "in the ratings";

/// The figure: a table of counts, rows shaded by their shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// Names of the emotions.
    pub emotions: Vec<String>,
    /// How often the emotion of the row was strongest in the ratings and that of the column in the answers.
    pub counts: Vec<Vec<f64>>,
}

impl Confusion {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        if self.counts.iter().flatten().sum::<f64>() == 0.0 {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        }
        let names = self.emotions.iter().map(|name| LABEL.width(name)).fold(HEADING.width(ROWS), f64::max).min(NAMES);
        let left = MARGIN + names + 10.0;
        let width = ((WIDTH - MARGIN - left) / self.emotions.len() as f64).min(WIDEST);
        canvas.below += 10.0 + LABEL.line();
        canvas.text(left, canvas.below - 6.0, Anchor::Start, HEADING, "strongest in the answers");
        canvas.text(left - 10.0, canvas.below - 6.0, Anchor::End, HEADING, ROWS);
        canvas.below += SMALL.line();
        for (column, name) in self.emotions.iter().enumerate() {
            let middle = left + (column as f64 + 0.5) * width;
            canvas.text(middle, canvas.below - 4.0, Anchor::Middle, SMALL, &SMALL.fit(name, width - 6.0));
        }
        for (row, (name, counts)) in self.emotions.iter().zip(&self.counts).enumerate() {
            let top = canvas.below + row as f64 * ROW;
            let base = top + ROW / 2.0 + 0.36 * LABEL.size;
            canvas.text(left - 10.0, base, Anchor::End, LABEL, &LABEL.fit(name, NAMES));
            let sum: f64 = counts.iter().sum();
            for (column, count) in counts.iter().enumerate() {
                let share = if sum > 0.0 { count / sum } else { 0.0 };
                let start = left + column as f64 * width;
                let class = if row == column { "right" } else { "wrong" };
                canvas.rect((start + 1.0, top + 1.0), (start + width - 1.0, top + ROW - 1.0), &shade(share), class);
                let ink = match share {
                    share if share > 0.5 => "#ffffff",
                    0.0 => QUIET,
                    _ => INK,
                };
                let number = if count.fract() == 0.0 { format!("{count:.0}") } else { format!("{count:.1}") };
                canvas.text(start + width / 2.0, base, Anchor::Middle, Font { ink, ..LABEL }, &number);
            }
        }
        canvas.below += self.emotions.len() as f64 * ROW + 6.0;
        let right: f64 = (0..self.counts.len()).map(|at| self.counts[at][at]).sum();
        let all: f64 = self.counts.iter().flatten().sum();
        let description = format!(
            "A table of the strongest emotion in the ratings (rows) and in the answers (columns): {}. The same in {:.0} % of the recordings.",
            self.emotions.join(", "),
            100.0 * right / all
        );
        canvas.finish(&description, &self.footnote)
    }
}

/// From near white to dark blue.
fn shade(share: f64) -> String {
    let between = |light: f64, dark: f64| (light + share.clamp(0.0, 1.0) * (dark - light)).round() as u8;
    format!("#{:02x}{:02x}{:02x}", between(244.0, 8.0), between(247.0, 74.0), between(250.0, 140.0))
}

#[cfg(test)]
mod tests {
    use super::super::looks::{checked, class, dozen};
    use super::*;

    #[test]
    fn a_cell_for_each_pair_and_names_that_fit() {
        for count in [2, 4, 12] {
            let counts = (0..count).map(|row| (0..count).map(|column| ((row * column) % 7) as f64).collect()).collect();
            let emotions = dozen().into_iter().take(count).collect();
            let figure = Confusion { title: "Hybrid".into(), footnote: "pooled answers".into(), emotions, counts };
            let page = figure.svg();
            let page = checked(&page);
            assert_eq!(class(&page, "right").len() + class(&page, "wrong").len(), count * count);
        }
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing() {
        let (title, footnote) = ("Hybrid".into(), "none".into());
        let figure = Confusion { title, footnote, emotions: vec!["joy".into()], counts: vec![vec![0.0]] };
        assert!(figure.svg().contains(NOTHING));
    }
}
