//! Lines over numbers: a reliability curve, a learning curve.

use super::colours::{GRID, QUIET, line_style};
use super::scale::{Scale, drawable};
use super::svg::{Anchor, Canvas, Key, LABEL, MARGIN, NOTHING, SMALL, WIDTH, path, segment};

/// Where the plot begins: its numbers stand to the left.
const LEFT: f64 = MARGIN + 44.0;
const HEIGHT: f64 = 320.0;
/// Diameter of a point, and of the smallest: where points have weights, their areas go by these.
const POINT: f64 = 6.0;
const LARGEST: f64 = 10.0;
const SMALLEST: f64 = 2.5;
/// Width of a sample in the legend.
const SAMPLE: f64 = 26.0;

/// What draws a sample of the legend.
type Draw = Box<dyn Fn(&mut Canvas, f64, f64)>;

/// The figure: lines through points.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// What the horizontal axis shows.
    pub across: String,
    /// What the vertical axis shows.
    pub up: String,
    /// The lines.
    pub lines: Vec<PlotLine>,
    /// What would be right everywhere, drawn in grey: both axes then show the same.
    pub diagonal: Option<String>,
    /// What cannot be passed, with its name.
    pub ceiling: Option<(String, f64)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotLine {
    /// Its name.
    pub name: String,
    /// Its colour, counted from 0: the same for the same thing in several figures.
    pub colour: usize,
    /// Its points, from the left; one that is no number breaks the line.
    pub points: Vec<(f64, f64)>,
    /// What each point rests on, if that differs: the more, the larger it is drawn.
    pub weights: Option<Vec<f64>>,
}

impl PlotLine {
    /// The points' diameters.
    fn diameters(&self) -> Vec<f64> {
        let Some(weights) = &self.weights else { return vec![POINT; self.points.len()] };
        let most = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        weights.iter().map(|weight| (LARGEST * (weight / most).max(0.0).sqrt()).max(SMALLEST)).collect()
    }
}

impl Plot {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let Some((x, y)) = self.scales() else {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        };
        self.legend(&mut canvas);
        let top = canvas.below + 2.0 * LABEL.line();
        let bottom = top + HEIGHT;
        let (x, y) = (x.between(LEFT + 8.0, WIDTH - MARGIN - 8.0), y.between(bottom, top));
        let (left, right) = (LEFT, WIDTH - MARGIN);
        for (height, label) in y.ticks(44.0, false) {
            canvas.stroke(&segment((left, height), (right, height)), GRID, 1.0, "", "");
            canvas.text(left - 7.0, height + 4.0, Anchor::End, SMALL, &label);
        }
        for (place, label) in x.ticks(64.0, false) {
            canvas.stroke(&segment((place, bottom), (place, bottom + 4.0)), QUIET, 1.0, "", "");
            canvas.text(place, bottom + 17.0, Anchor::Middle, SMALL, &label);
        }
        canvas.stroke(&segment((left, bottom), (right, bottom)), QUIET, 1.0, "", "");
        canvas.text(left, top - 12.0, Anchor::Start, LABEL, &LABEL.fit(&self.up, right - left));
        canvas.text((left + right) / 2.0, bottom + 36.0, Anchor::Middle, LABEL, &LABEL.fit(&self.across, right - left));
        if self.diagonal.is_some() {
            let (low, high) = (x.low.max(y.low), x.high.min(y.high));
            canvas.stroke(&segment((x.at(low), y.at(low)), (x.at(high), y.at(high))), QUIET, 1.0, "4 3", "diagonal");
        }
        if let Some((_, value)) = self.ceiling() {
            canvas.stroke(&segment((left, y.at(value)), (right, y.at(value))), QUIET, 1.0, "1 3", "ceiling");
        }
        for line in &self.lines {
            let (colour, dash) = line_style(line.colour);
            let points = || line.points.iter().map(|point| known(point).map(|(across, up)| (x.at(across), y.at(up))));
            canvas.stroke(&path(points()), colour, 2.0, dash, "line");
            for (diameter, (x, y)) in line.diameters().into_iter().zip(points()).filter_map(|(d, at)| Some((d, at?))) {
                canvas.group_dots(diameter);
                canvas.dots(&super::svg::dot(x, y), colour);
                canvas.end_group();
            }
        }
        canvas.below = bottom + 28.0 + LABEL.line();
        let names: Vec<&str> = self.lines.iter().map(|line| &*line.name).collect();
        let description = format!("{} over {}. Lines: {}.", self.up, self.across, names.join(", "));
        canvas.finish(&description, &self.footnote)
    }

    /// From the least to the largest value; none without a point.
    fn scales(&self) -> Option<(Scale, Scale)> {
        let points: Vec<(f64, f64)> = self.lines.iter().flat_map(|line| &line.points).filter_map(known).collect();
        let first = *points.first()?;
        let reach = |of: fn(&(f64, f64)) -> f64, first: f64| {
            points.iter().map(of).fold((first.min(0.0), first), |(low, high), value| (low.min(value), high.max(value)))
        };
        let (mut across, mut up) = (reach(|point| point.0, first.0), reach(|point| point.1, first.1));
        if let Some((_, value)) = self.ceiling() {
            up.1 = up.1.max(value);
        }
        if self.diagonal.is_some() {
            (across.1, up.1) = (across.1.max(up.1), across.1.max(up.1));
        }
        let air = |(low, high): (f64, f64)| Scale::new(low, high + 0.04 * (high - low), 0.0, 1.0);
        Some((air(across), air(up)))
    }

    fn ceiling(&self) -> Option<(&str, f64)> {
        self.ceiling.as_ref().filter(|(_, value)| drawable(*value)).map(|(name, value)| (&**name, *value))
    }

    fn legend(&self, canvas: &mut Canvas) {
        let samples: Vec<Draw> = (self.lines.iter())
            .map(|line| {
                let (colour, dash) = line_style(line.colour);
                Box::new(move |canvas: &mut Canvas, x: f64, y: f64| {
                    canvas.stroke(&segment((x, y), (x + SAMPLE, y)), colour, 2.0, dash, "");
                }) as Draw
            })
            .collect();
        let grey = |dash: &'static str| {
            move |canvas: &mut Canvas, x: f64, y: f64| {
                canvas.stroke(&segment((x, y), (x + SAMPLE, y)), QUIET, 1.0, dash, "")
            }
        };
        let (dashed, dotted) = (grey("4 3"), grey("1 3"));
        let lines = self.lines.iter().zip(&samples);
        let mut keys: Vec<Key> = lines.map(|(line, draw)| Key { width: SAMPLE, words: &line.name, draw }).collect();
        keys.extend(self.diagonal.iter().map(|words| Key { width: SAMPLE, words, draw: &dashed }));
        keys.extend(self.ceiling().map(|(words, _)| Key { width: SAMPLE, words, draw: &dotted }));
        canvas.legend(&keys);
    }
}

fn known((across, up): &(f64, f64)) -> Option<(f64, f64)> {
    (drawable(*across) && drawable(*up)).then_some((*across, *up))
}

#[cfg(test)]
mod tests {
    use super::super::looks::{checked, class};
    use super::*;

    fn plot(lines: Vec<Vec<(f64, f64)>>) -> Plot {
        let line =
            |(number, points)| PlotLine { name: format!("method {number}"), colour: number, points, weights: None };
        Plot {
            title: "Do shares mean what they say?".into(),
            footnote: "pooled answers".into(),
            across: "answered share".into(),
            up: "rated share".into(),
            lines: lines.into_iter().enumerate().map(line).collect(),
            diagonal: Some("what is said is so".into()),
            ceiling: None,
        }
    }

    #[test]
    fn each_line_is_drawn_and_named() {
        let svg = plot(vec![vec![(0.1, 0.12), (0.5, 0.4)], vec![(0.2, 0.2), (f64::NAN, 0.1), (0.7, 0.9)]]).svg();
        let page = checked(&svg);
        assert_eq!((class(&page, "line").len(), class(&page, "diagonal").len()), (2, 1));
    }

    #[test]
    fn areas_go_by_what_a_point_rests_on() {
        let weights = Some(vec![100.0, 25.0, 0.0]);
        let line =
            PlotLine { name: "ridge".into(), colour: 0, points: vec![(0.1, 0.1), (0.2, 0.2), (0.3, 0.3)], weights };
        assert_eq!(line.diameters(), [LARGEST, LARGEST / 2.0, SMALLEST]);
    }

    #[test]
    fn scores_below_nought_and_a_ceiling_are_within() {
        let mut curve = plot(vec![vec![(25.0, -0.3), (100.0, 0.2)]; 6]);
        (curve.diagonal, curve.ceiling) = (None, Some(("ceiling".into(), 0.72)));
        assert_eq!(class(&checked(&curve.svg()), "ceiling").len(), 1);
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing() {
        assert!(plot(vec![vec![(f64::NAN, 1.0)]]).svg().contains(NOTHING));
        checked(&plot(Vec::new()).svg());
    }
}
