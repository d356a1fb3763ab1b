//! Small multiples: one panel an emotion, the families its rows, and the same scale in all of them.

use super::colours::{GRID, QUIET};
use super::scale::Scale;
use super::svg::{Anchor, Canvas, HEADING, LABEL, MARGIN, NOTHING, SMALL, WIDTH, segment};

/// Between two panels, side by side.
const GUTTER: f64 = 18.0;
/// Above a panel's first row: its heading.
const HEAD: f64 = 24.0;
/// Below a panel's last row: its numbers, and air.
const FOOT: f64 = 36.0;
/// The families' names are cut beyond this.
const NAMES: f64 = 150.0;
/// From one number of an axis to the next, at least.
const APART: f64 = 52.0;

/// What all panels share.
pub(super) struct Panels<'a> {
    /// A panel each.
    pub emotions: &'a [String],
    /// A row each, from the top.
    pub families: &'a [&'a str],
    /// Height of a row in pixels.
    pub row: f64,
    /// From the least value to the largest; its pixels are not looked at.
    pub values: Scale,
    /// Side by side, at most.
    pub columns: usize,
}

/// One panel.
pub(super) struct Panel {
    pub scale: Scale,
    top: f64,
    bottom: f64,
    row: f64,
}

impl Panels<'_> {
    /// Draws headings, names, numbers and guides, and says where the panels are.
    pub fn frame(&self, canvas: &mut Canvas) -> Vec<Panel> {
        let names = self.families.iter().map(|name| LABEL.width(name)).fold(0.0, f64::max).min(NAMES);
        let left = MARGIN + names + 10.0;
        let width = |columns: usize| (WIDTH - MARGIN - left + GUTTER) / columns as f64 - GUTTER;
        let widest = self.emotions.iter().map(|emotion| HEADING.width(emotion)).fold(0.0, f64::max);
        // Rather fewer panels side by side than headings that are cut.
        let most = (2..=self.columns).rev().find(|columns| widest <= width(*columns)).unwrap_or(2);
        let columns = columns(self.emotions.len(), most);
        let width = width(columns);
        // The numbers at the ends of an axis do not reach into the next panel.
        let numbers = self.values.between(0.0, width).ticks(APART, true);
        let inset = numbers.iter().map(|(_, number)| SMALL.width(number)).fold(0.0, f64::max) / 2.0 - 4.0;
        let height = self.row * self.families.len() as f64;
        let mut panels = Vec::new();
        for (number, emotion) in self.emotions.iter().enumerate() {
            let (row, column) = (number / columns, number % columns);
            let top = canvas.below + 12.0 + row as f64 * (HEAD + height + FOOT) + HEAD;
            let start = left + column as f64 * (width + GUTTER);
            let scale = self.values.between(start + inset, start + width - inset);
            let panel = Panel { scale, top, bottom: top + height, row: self.row };
            if column == 0 {
                self.names(canvas, &panel, left - 10.0);
            }
            panel.guides(canvas, self.families.len());
            let heading = HEADING.fit(emotion, width);
            canvas.text((panel.scale.start + panel.scale.end) / 2.0, top - 8.0, Anchor::Middle, HEADING, &heading);
            panels.push(panel);
        }
        canvas.below += 12.0 + self.emotions.len().div_ceil(columns) as f64 * (HEAD + height + FOOT) - 14.0;
        canvas.below += SMALL.line();
        let middle = (left + WIDTH - MARGIN) / 2.0;
        canvas.text(middle, canvas.below - 5.0, Anchor::Middle, SMALL, "change of the share");
        panels
    }

    fn names(&self, canvas: &mut Canvas, panel: &Panel, right: f64) {
        for (row, family) in self.families.iter().enumerate() {
            let y = panel.middle(row) + 0.36 * LABEL.size;
            canvas.text(right, y, Anchor::End, LABEL, &LABEL.fit(family, NAMES));
        }
    }
}

impl Panel {
    /// The middle of a row.
    pub fn middle(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * self.row
    }

    fn guides(&self, canvas: &mut Canvas, rows: usize) {
        let across = |row| segment((self.scale.start, self.middle(row)), (self.scale.end, self.middle(row)));
        canvas.stroke(&(0..rows).map(across).collect::<String>(), GRID, 1.0, "1 3", "");
        let ticks = self.scale.ticks(APART, true);
        let down = |(x, _): &(f64, String)| segment((*x, self.top), (*x, self.bottom));
        canvas.stroke(&ticks.iter().map(down).collect::<String>(), GRID, 1.0, "", "");
        for (x, label) in &ticks {
            canvas.text(*x, self.bottom + 14.0, Anchor::Middle, SMALL, label);
        }
    }

    /// The line at which nothing is added.
    pub fn zero(&self, canvas: &mut Canvas) {
        let x = self.scale.at(0.0);
        canvas.stroke(&segment((x, self.top), (x, self.bottom)), QUIET, 1.0, "", "zero");
    }

    /// Says that there is nothing.
    pub fn nothing(&self, canvas: &mut Canvas) {
        let (x, y) = ((self.scale.start + self.scale.end) / 2.0, (self.top + self.bottom) / 2.0);
        let half = SMALL.width(NOTHING) / 2.0 + 6.0;
        canvas.rect((x - half, y - 10.0), (x + half, y + 10.0), "#ffffff", "");
        canvas.text(x, y + 4.0, Anchor::Middle, SMALL, NOTHING);
    }
}

/// How many panels stand side by side: `most`, or one fewer where that leaves fewer places empty.
fn columns(panels: usize, most: usize) -> usize {
    if panels <= most {
        return panels.max(1);
    }
    let empty = |columns: usize| panels.next_multiple_of(columns) - panels;
    if most > 2 && empty(most - 1) < empty(most) { most - 1 } else { most }
}

/// The numbers of the families from the one that weighs most: the mean of what can be drawn of its absolute values.
pub(super) fn by_weight(weights: impl Iterator<Item = Vec<f64>>) -> Vec<usize> {
    let mean = |values: Vec<f64>| {
        let known: Vec<f64> = values.into_iter().map(f64::abs).filter(|value| super::scale::drawable(*value)).collect();
        known.iter().sum::<f64>() / known.len().max(1) as f64
    };
    let means: Vec<f64> = weights.map(mean).collect();
    let mut order: Vec<usize> = (0..means.len()).collect();
    order.sort_by(|one, other| means[*other].total_cmp(&means[*one]));
    order
}

/// What all such figures tell those who do not see them.
pub(super) fn description(what: &str, emotions: &[String], families: &[&str]) -> String {
    let (emotions, families) = (emotions.join(", "), families.join(", "));
    format!("{what} One panel an emotion: {emotions}. Rows from the family that moves the shares most: {families}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_places_stay_empty() {
        let pairs = [(0, 1), (1, 1), (3, 3), (4, 4), (5, 3), (6, 3), (7, 4), (8, 4), (9, 3), (10, 4), (12, 4)];
        for (panels, expected) in pairs {
            assert_eq!(columns(panels, 4), expected, "{panels}");
        }
    }

    #[test]
    fn the_heaviest_comes_first_and_equals_stay_in_order() {
        let weights = [vec![0.1], vec![f64::NAN, -0.3], vec![], vec![0.1]];
        assert_eq!(by_weight(weights.into_iter()), [1, 0, 3, 2]);
    }
}
