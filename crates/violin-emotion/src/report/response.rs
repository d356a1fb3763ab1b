//! What the model would answer if one cue were otherwise: one line an emotion.

use super::apart::spread;
use super::colours::{GRID, INK, QUIET, line_style};
use super::scale::{Scale, drawable, number};
use super::svg::{Anchor, Canvas, Key, LABEL, MARGIN, NOTHING, SMALL, WIDTH, path, segment};
use super::text::Font;

/// Where the plot begins: its numbers stand to the left.
const LEFT: f64 = MARGIN + 38.0;
/// Height of the plot, or more where there are many names beside it.
const HEIGHT: f64 = 300.0;
/// From the plot to the names at its right: a leader joins each line and its name.
const LEADER: f64 = 26.0;
/// Names are cut beyond this.
const NAMES: f64 = 190.0;
/// From one name to the next.
const APART: f64 = 16.0;
/// The ground of what the training data holds, and the lines over the rest.
const SEEN: &str = "#eef3f8";
const HATCH: &str = "#c4c4c4";

/// The figure: the share of each emotion over the value of one cue.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// The cue that is changed: `vibrato extent`.
    pub cue: String,
    /// Its unit; empty where there is none.
    pub unit: String,
    /// The values of the cue for which the model was asked, rising.
    pub values: Vec<f64>,
    /// One line an emotion.
    pub lines: Vec<Line>,
    /// The recording's own value, if it could be measured.
    pub own: Option<f64>,
    /// The 5th and the 95th percentile of the training data. What lies outside, the model has hardly seen.
    pub seen: Option<(f64, f64)>,
}

/// The share of one emotion.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The emotion.
    pub emotion: String,
    /// Its share at each value of the cue; NaN where there is none: the line is broken there.
    pub shares: Vec<f64>,
}

/// The points of a line that are known, in pixels; breaks between them.
type Points = Vec<Option<(f64, f64)>>;

impl Response {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let names: Vec<&str> = self.lines.iter().map(|line| line.emotion.as_str()).collect();
        let Some((low, high, most)) = self.reach() else {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        };
        self.legend(&mut canvas);
        let top = canvas.below + 2.0 * LABEL.line();
        let bottom = top + HEIGHT.max(APART * names.len() as f64);
        let widest = names.iter().map(|name| LABEL.width(name)).fold(0.0, f64::max).min(NAMES);
        let x = Scale::new(low, high, LEFT, WIDTH - MARGIN - widest - LEADER);
        let y = Scale::new(0.0, most, bottom, top);

        self.ground(&mut canvas, &x, &y);
        let lines: Vec<Points> = self.lines.iter().map(|line| self.points(line, &x, &y)).collect();
        for (number, points) in lines.iter().enumerate() {
            let (colour, dash) = line_style(number);
            canvas.stroke(&path(points.iter().copied()), colour, 2.0, dash, "line");
        }
        self.hide_unseen(&mut canvas, &x, &y);
        self.mark_own(&mut canvas, &x, &y);
        self.name(&mut canvas, &lines, &x, &y);
        canvas.below = bottom + 28.0 + LABEL.line();
        canvas.finish(&self.description(), &self.footnote)
    }

    /// The least and the largest value of the cue, and the largest share; none without a point.
    fn reach(&self) -> Option<(f64, f64, f64)> {
        let points = self.lines.iter().flat_map(|line| self.known(line)).flatten();
        let own = self.own.filter(|own| drawable(*own)).map(|own| (own, 0.0));
        let beyond = |(low, high, most): (f64, f64, f64), (value, share): (f64, f64)| {
            (low.min(value), high.max(value), most.max(share))
        };
        let mut points = points.peekable();
        points.peek()?;
        let (low, high, most) = points.chain(own).fold((f64::MAX, f64::MIN, 0.0), beyond);
        // Air above the highest line; no share at all still has an axis.
        Some((low, high, if most > 0.0 { 1.05 * most } else { 1.0 }))
    }

    /// The points of a line: a value of the cue and the share there.
    fn known(&self, line: &Line) -> impl Iterator<Item = Option<(f64, f64)>> {
        let points = self.values.iter().copied().zip(line.shares.iter().copied());
        points.map(|(value, share)| (drawable(value) && drawable(share)).then_some((value, share)))
    }

    fn points(&self, line: &Line, x: &Scale, y: &Scale) -> Points {
        self.known(line).map(|point| point.map(|(value, share)| (x.at(value), y.at(share)))).collect()
    }

    fn seen(&self) -> Option<(f64, f64)> {
        self.seen.filter(|(low, high)| drawable(*low) && drawable(*high) && low <= high)
    }

    fn legend(&self, canvas: &mut Canvas) {
        if self.seen().is_none() {
            return;
        }
        let seen = |canvas: &mut Canvas, x: f64, y: f64| canvas.rect((x, y - 6.0), (x + 26.0, y + 6.0), SEEN, "");
        let unseen = |canvas: &mut Canvas, x: f64, y: f64| hatch(canvas, (x, y - 6.0), (x + 26.0, y + 6.0));
        canvas.legend(&[
            Key { width: 26.0, words: "90 % of what the model learned from", draw: &seen },
            Key { width: 26.0, words: "the model has learned from few", draw: &unseen },
        ]);
    }

    /// The seen range, the grid, the axes and their words.
    fn ground(&self, canvas: &mut Canvas, x: &Scale, y: &Scale) {
        let (left, right, bottom, top) = (x.start, x.end, y.start, y.end);
        if let Some((low, high)) = self.seen() {
            let edge = |value: f64| x.at(value.clamp(x.low, x.high));
            canvas.rect((edge(low), top), (edge(high), bottom), SEEN, "seen");
        }
        for (height, label) in y.ticks(50.0, false) {
            canvas.stroke(&segment((left, height), (right, height)), GRID, 1.0, "", "");
            canvas.text(left - 7.0, height + 4.0, Anchor::End, SMALL, &label);
        }
        for (place, label) in x.ticks(64.0, false) {
            canvas.stroke(&segment((place, bottom), (place, bottom + 4.0)), QUIET, 1.0, "", "");
            canvas.text(place, bottom + 17.0, Anchor::Middle, SMALL, &label);
        }
        canvas.stroke(&segment((left, bottom), (right, bottom)), QUIET, 1.0, "", "");
        canvas.text(MARGIN, top - 11.0, Anchor::Start, LABEL, "share");
        let axis = LABEL.fit(&in_unit(&self.cue, &self.unit), right - left);
        canvas.text((left + right) / 2.0, bottom + 36.0, Anchor::Middle, LABEL, &axis);
    }

    fn hide_unseen(&self, canvas: &mut Canvas, x: &Scale, y: &Scale) {
        let Some((low, high)) = self.seen() else { return };
        for (from, to) in [(x.low, low.min(x.high)), (high.max(x.low), x.high)] {
            if from < to {
                canvas.veil((x.at(from), y.end), (x.at(to), y.start));
                hatch(canvas, (x.at(from), y.end), (x.at(to), y.start));
            }
        }
    }

    /// A pole at the recording's own value, the words beside it like a flag, on the side where there is more room.
    fn mark_own(&self, canvas: &mut Canvas, x: &Scale, y: &Scale) {
        let Some(own) = self.own.filter(|own| drawable(*own)) else { return };
        let (pole, font) = (x.at(own), Font { ink: INK, ..SMALL });
        canvas.stroke(&segment((pole, y.end - 20.0), (pole, y.start)), INK, 1.2, "", "own");
        let (side, anchor, room) = if pole < (x.start + x.end) / 2.0 {
            (5.0, Anchor::Start, x.end - pole)
        } else {
            (-5.0, Anchor::End, pole - x.start)
        };
        let words = format!("this recording: {} {}", number(own), self.unit);
        canvas.text(pole + side, y.end - 11.0, anchor, font, &font.fit(words.trim_end(), room));
    }

    /// Each line's name at its end, pushed apart where the lines end together.
    fn name(&self, canvas: &mut Canvas, lines: &[Points], x: &Scale, y: &Scale) {
        let ends = lines.iter().enumerate().filter_map(|(line, points)| Some((line, points.iter().flatten().last()?)));
        let ends: Vec<(usize, (f64, f64))> = ends.map(|(line, end)| (line, *end)).collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, (_, y))| *y).collect();
        for ((line, end), height) in ends.iter().zip(spread(&wanted, APART, y.end + 4.0, y.start)) {
            let name = LABEL.fit(&self.lines[*line].emotion, NAMES);
            let leader = path([Some((end.0 + 2.0, end.1)), Some((x.end + LEADER - 5.0, height))]);
            canvas.stroke(&leader, line_style(*line).0, 1.0, "", "leader");
            canvas.text(x.end + LEADER, height + 4.0, Anchor::Start, LABEL, &name);
        }
    }

    fn description(&self) -> String {
        let names: Vec<&str> = self.lines.iter().map(|line| line.emotion.as_str()).collect();
        let cue = in_unit(&self.cue, &self.unit);
        let mut words = format!("Lines of the share of each emotion over {cue}: {}.", names.join(", "));
        if let Some(own) = self.own.filter(|own| drawable(*own)) {
            words += &format!(" This recording: {}.", number(own));
        }
        if let Some((low, high)) = self.seen() {
            words += &format!(" 90 % of what the model learned from: {} to {}.", number(low), number(high));
        }
        words
    }
}

fn in_unit(cue: &str, unit: &str) -> String {
    if unit.is_empty() { cue.to_owned() } else { format!("{cue} ({unit})") }
}

/// Slanting lines over a box; drawn one by one, for a pattern needs a name that is its own in a whole page.
fn hatch(canvas: &mut Canvas, (left, top): (f64, f64), (right, bottom): (f64, f64)) {
    const APART: f64 = 7.0;
    let (width, height) = (right - left, bottom - top);
    let slant = |number: usize| {
        // Up and to the right from `foot`, which may lie left of the box.
        let foot = (number as f64 + 0.5) * APART - height;
        let (from, to) = ((-foot).max(0.0), (width - foot).min(height));
        segment((left + foot + from, bottom - from), (left + foot + to, bottom - to))
    };
    let count = ((width + height) / APART - 0.5).ceil().max(0.0) as usize;
    canvas.stroke(&(0..count).map(slant).collect::<String>(), HATCH, 0.8, "", "hatch");
}

#[cfg(test)]
mod tests {
    use super::super::looks::{attribute, checked, class, dozen, points};
    use super::*;

    fn figure(emotions: Vec<String>, shares: impl Fn(usize, f64) -> f64) -> Response {
        let values: Vec<f64> = (0..21).map(|step| 3.0 * f64::from(step)).collect();
        let line =
            |(number, emotion)| Line { emotion, shares: values.iter().map(|value| shares(number, *value)).collect() };
        Response {
            title: "If the vibrato were wider".into(),
            footnote: "rendered, no evidence about listeners".into(),
            cue: "vibrato extent".into(),
            unit: "cents".into(),
            lines: emotions.into_iter().enumerate().map(line).collect(),
            values: values.clone(),
            own: Some(24.0),
            seen: Some((12.0, 48.0)),
        }
    }

    #[test]
    fn a_point_stands_at_its_value_and_its_share() {
        let svg = figure(vec!["calmness".into()], |_, value| value / 120.0).svg();
        let page = checked(&svg);
        let line = points(&class(&page, "line")[0]);
        let (first, last) = (line[0], line[20]);
        // Share 0.5 at the end, the axis to 1.05 times that.
        assert!((first.1 - last.1 - HEIGHT / 1.05).abs() < 0.11, "{first:?} {last:?}");
        let at = |value: f64| first.0 + value / 60.0 * (last.0 - first.0);
        assert!((line[7].0 - at(21.0)).abs() < 0.11);
        assert!((points(&class(&page, "own")[0])[0].0 - at(24.0)).abs() < 0.11);
        let seen = &class(&page, "seen")[0];
        assert!((attribute(seen, "x") - at(12.0)).abs() < 0.11);
        assert!((attribute(seen, "width") - (at(48.0) - at(12.0))).abs() < 0.11);
        let veils = class(&page, "veil");
        assert!((attribute(&veils[0], "width") - (at(12.0) - at(0.0))).abs() < 0.11);
        assert!((attribute(&veils[1], "x") - at(48.0)).abs() < 0.11);
    }

    #[test]
    fn a_dozen_names_stand_apart_though_all_lines_end_together() {
        for own in [0.0, 24.0, 60.0, -31.5] {
            let mut figure = figure(dozen(), |number, value| 0.08 + 1e-5 * number as f64 * value);
            figure.own = Some(own);
            let svg = figure.svg();
            let page = checked(&svg);
            assert_eq!(class(&page, "leader").len(), 12);
        }
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known() {
        let svg =
            figure(vec!["joy".into(), "anger".into()], |_, value| if value == 30.0 { f64::NAN } else { 0.4 }).svg();
        let page = checked(&svg);
        let line = class(&page, "line")[0].attribute("d").expect("a path").to_owned();
        assert_eq!(line.matches('M').count(), 2, "{line}");
    }

    #[test]
    fn the_impossible_is_left_out() {
        let nothing = figure(vec!["joy".into()], |_, _| f64::NAN);
        assert!(checked(&nothing.svg()).descendants().any(|node| node.text() == Some(NOTHING)));
        assert!(checked(&figure(Vec::new(), |_, _| 0.0).svg()).descendants().any(|node| node.text() == Some(NOTHING)));
        let mut odd = figure(vec!["<joy> & \"anger\"".into()], |_, _| 0.0);
        for (own, seen) in
            [(f64::NAN, (f64::NAN, 3.0)), (f64::INFINITY, (9.0, 3.0)), (70.0, (-9.0, -3.0)), (7.0, (90.0, 99.0))]
        {
            (odd.own, odd.seen) = (Some(own), Some(seen));
            checked(&odd.svg());
        }
        (odd.own, odd.seen, odd.values) = (None, None, vec![3.0]);
        checked(&odd.svg());
    }

    #[test]
    fn the_same_numbers_give_the_same_bytes() {
        let shares = |number, value: f64| 0.1 + (value + number as f64).sin() / 20.0;
        assert_eq!(figure(dozen(), shares).svg(), figure(dozen(), shares).svg());
    }
}
