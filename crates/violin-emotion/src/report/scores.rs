//! Methods by their score: dots with intervals, below the most that can be reached.

use super::colours::{GRID, INK, QUIET, line_style};
use super::scale::{Scale, drawable};
use super::svg::{Anchor, Canvas, LABEL, MARGIN, NOTHING, SMALL, WIDTH, segment};

const ROW: f64 = 24.0;
const DOT: f64 = 8.0;
const HALF_WHISKER: f64 = 4.0;
/// The methods' names are cut beyond this.
const NAMES: f64 = 170.0;
/// To the right, for the figures in words.
const FIGURES: f64 = 150.0;

/// The figure.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRows {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// What is shown: `mean R²`.
    pub across: String,
    /// From the top.
    pub rows: Vec<ScoreRow>,
    /// What cannot be passed.
    pub ceiling: Option<f64>,
}

/// One method.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// Its name.
    pub name: String,
    /// Its colour, counted from 0: the same for the same thing in several figures.
    pub colour: usize,
    /// Its score; NaN where there is none.
    pub value: f64,
    /// Where it would lie with other recordings, from the lower end to the upper.
    pub interval: Option<(f64, f64)>,
}

impl ScoreRows {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let rows: Vec<&ScoreRow> = self.rows.iter().filter(|row| drawable(row.value)).collect();
        if rows.is_empty() {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        }
        let ceiling = self.ceiling.filter(|value| drawable(*value));
        let ends = |row: &&ScoreRow| [row.value, row.low(), row.high()];
        let values = || rows.iter().flat_map(ends).chain(ceiling).chain([0.0]);
        let (low, high) = values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let names = rows.iter().map(|row| LABEL.width(&row.name)).fold(0.0, f64::max).min(NAMES);
        let (left, right) = (MARGIN + names + 14.0, WIDTH - MARGIN - FIGURES);
        let scale = Scale::new(low - 0.02 * (high - low), high + 0.04 * (high - low), left, right);
        let top = canvas.below + if ceiling.is_some() { 10.0 + SMALL.line() } else { 10.0 };
        let bottom = top + ROW * rows.len() as f64;
        for (x, number) in scale.ticks(52.0, false) {
            canvas.stroke(&segment((x, top), (x, bottom)), GRID, 1.0, "", "");
            canvas.text(x, bottom + 15.0, Anchor::Middle, SMALL, &number);
        }
        canvas.stroke(&segment((scale.at(0.0), top), (scale.at(0.0), bottom)), QUIET, 1.0, "", "zero");
        if let Some(value) = ceiling {
            let x = scale.at(value);
            canvas.stroke(&segment((x, top - 4.0), (x, bottom)), QUIET, 1.0, "1 3", "ceiling");
            let half = SMALL.width(CEILING) / 2.0;
            let place = x.clamp(left + half, WIDTH - MARGIN - half);
            canvas.text(place, top - 8.0, Anchor::Middle, SMALL, CEILING);
        }
        for (number, row) in rows.iter().enumerate() {
            row.draw(&mut canvas, &scale, top + (number as f64 + 0.5) * ROW);
        }
        canvas.below = bottom + 22.0 + LABEL.line();
        canvas.text((left + right) / 2.0, canvas.below - 5.0, Anchor::Middle, LABEL, &self.across);
        let said: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.words())).collect();
        canvas.finish(&format!("{}: {}.", self.across, said.join(", ")), &self.footnote)
    }
}

/// What the line that cannot be passed is called.
const CEILING: &str = "the most that listeners' disagreement allows";

impl ScoreRow {
    fn low(&self) -> f64 {
        self.interval.map_or(self.value, |(low, _)| low)
    }

    fn high(&self) -> f64 {
        self.interval.map_or(self.value, |(_, high)| high)
    }

    fn words(&self) -> String {
        match self.interval {
            Some((low, high)) => format!("{:.2} ({low:.2} to {high:.2})", self.value).replace('-', "−"),
            None => format!("{:.2}", self.value).replace('-', "−"),
        }
    }

    fn draw(&self, canvas: &mut Canvas, scale: &Scale, y: f64) {
        let (colour, _) = line_style(self.colour);
        canvas.group(&format!("{}: {}", self.name, self.words()));
        let base = y + 0.36 * LABEL.size;
        canvas.text(scale.start - 10.0, base, Anchor::End, LABEL, &LABEL.fit(&self.name, NAMES));
        if self.interval.is_some() {
            let (low, high) = (scale.at(self.low()), scale.at(self.high()));
            let end = |x: f64| segment((x, y - HALF_WHISKER), (x, y + HALF_WHISKER));
            canvas.stroke(&(segment((low, y), (high, y)) + &end(low) + &end(high)), INK, 1.2, "", "interval");
        }
        canvas.group_dots(DOT);
        canvas.dots(&super::svg::dot(scale.at(self.value), y), colour);
        canvas.end_group();
        canvas.text(WIDTH - MARGIN, base, Anchor::End, SMALL, &self.words());
        canvas.end_group();
    }
}

#[cfg(test)]
mod tests {
    use super::super::looks::{checked, class};
    use super::*;

    type Score = (f64, Option<(f64, f64)>);

    fn figure(values: &[Score], ceiling: Option<f64>) -> ScoreRows {
        let row = |(number, &(value, interval)): (usize, &Score)| ScoreRow {
            name: format!("forest on embedding {number}"),
            colour: number,
            value,
            interval,
        };
        ScoreRows {
            title: "How much of what differs is told?".into(),
            footnote: "5 folds by group".into(),
            across: "mean R²".into(),
            rows: values.iter().enumerate().map(row).collect(),
            ceiling,
        }
    }

    #[test]
    fn scores_below_nought_intervals_and_the_ceiling_are_within_the_page() {
        let values = [(-0.004, Some((-0.1, 0.05))), (0.156, Some((0.05, 0.26))), (0.388, Some((0.288, 0.489)))];
        for ceiling in [Some(0.72), Some(0.99), Some(0.001), None] {
            let svg = figure(&values, ceiling).svg();
            let page = checked(&svg);
            assert_eq!(class(&page, "interval").len(), 3);
            assert_eq!(class(&page, "ceiling").len(), usize::from(ceiling.is_some()));
        }
        assert!(figure(&values, None).svg().contains("0.39 (0.29 to 0.49)"));
    }

    #[test]
    fn what_has_no_score_has_no_row() {
        let svg = figure(&[(f64::NAN, None), (0.5, None)], None).svg();
        assert!(!svg.contains("forest on embedding 0") && svg.contains("forest on embedding 1"));
        assert!(figure(&[(f64::NAN, None)], Some(0.7)).svg().contains(NOTHING));
    }
}
