//! What each family adds to each emotion across a corpus: bars with their intervals.

use super::panels::{Panel, Panels, by_weight, description};
use super::scale::{Scale, drawable, number};
use super::svg::{Anchor, Canvas, Key, NOTHING, SMALL, segment};

/// The mean over the corpus, with its sign.
const MEAN: &str = "#56b4e9";
/// The mean of the absolute values, behind it.
const ABSOLUTE: &str = "#e1f1fb";
const WHISKER: &str = "#222222";
/// Height of a row.
const ROW: f64 = 19.0;
/// Half the height of a bar, of the one behind it, and of a whisker's ends.
const HALF_MEAN: f64 = 4.5;
const HALF_ABSOLUTE: f64 = 7.5;
const HALF_WHISKER: f64 = 2.5;
/// Width of a sample in the legend.
const SAMPLE: f64 = 26.0;

/// The figure: what each family adds to each emotion's share, over a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// Names of the emotions, one panel each.
    pub emotions: Vec<String>,
    /// The families of cues, in any order: those that move the shares most are drawn first.
    pub families: Vec<FamilyBars>,
    /// What share of its repetitions a bootstrap interval holds: 0.95.
    pub confidence: f64,
}

/// One family's row in every panel.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyBars {
    /// The family.
    pub name: String,
    /// One an emotion, in the emotions' order.
    pub bars: Vec<Bar>,
}

/// What a family adds to one emotion's share, in shares: 0.02 is two hundredths more. NaN where it is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The mean over the recordings.
    pub mean: f64,
    /// Its bootstrap interval, from the lower end to the upper.
    pub interval: (f64, f64),
    /// The mean of the absolute values: how much the family moves the share, up or down.
    pub absolute: f64,
}

impl Bars {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let order = by_weight(self.families.iter().map(|family| family.bars.iter().map(|bar| bar.absolute).collect()));
        let families: Vec<&FamilyBars> = order.into_iter().map(|family| &self.families[family]).collect();
        let names: Vec<&str> = families.iter().map(|family| family.name.as_str()).collect();
        if families.is_empty() || self.emotions.is_empty() {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        }
        self.legend(&mut canvas);
        let ends = |bar: &Bar| [bar.mean, bar.interval.0, bar.interval.1, bar.absolute];
        let values = families.iter().flat_map(|family| family.bars.iter().flat_map(ends));
        let values = Scale::around_zero(values, 0.0, 1.0);
        let panels = Panels { emotions: &self.emotions, families: &names, row: ROW, values, columns: 4 };
        for (emotion, panel) in panels.frame(&mut canvas).iter().enumerate() {
            let known = |bar: &&Bar| drawable(bar.mean);
            let bars: Vec<Option<&Bar>> =
                families.iter().map(|family| family.bars.get(emotion).filter(known)).collect();
            for (row, bar) in bars.iter().enumerate() {
                let whose = format!("{}, {}", names[row], self.emotions[emotion]);
                match bar {
                    Some(bar) => bar.draw(&mut canvas, panel, row, &whose),
                    None if bars.iter().any(Option::is_some) => unknown(&mut canvas, panel, row),
                    None => {}
                }
            }
            panel.zero(&mut canvas);
            if bars.iter().all(Option::is_none) {
                panel.nothing(&mut canvas);
            }
        }
        let what = "Bars of what each family of cues adds to each emotion's share.";
        canvas.finish(&description(what, &self.emotions, &names), &self.footnote)
    }

    fn legend(&self, canvas: &mut Canvas) {
        let sample = |half: f64, colour: &'static str| {
            move |canvas: &mut Canvas, x: f64, y: f64| canvas.rect((x, y - half), (x + SAMPLE, y + half), colour, "")
        };
        let (mean, absolute) = (sample(HALF_MEAN, MEAN), sample(HALF_ABSOLUTE, ABSOLUTE));
        let interval = |canvas: &mut Canvas, x, y| whisker(canvas, x, x + SAMPLE, y);
        let share = if drawable(self.confidence) { number(100.0 * self.confidence) + " % " } else { String::new() };
        let uncertainty = format!("its {share}bootstrap interval");
        canvas.legend(&[
            Key { width: SAMPLE, words: "mean contribution", draw: &mean },
            Key { width: SAMPLE, words: &uncertainty, draw: &interval },
            Key { width: SAMPLE, words: "mean absolute contribution, up or down", draw: &absolute },
        ]);
    }
}

impl Bar {
    fn draw(&self, canvas: &mut Canvas, panel: &Panel, row: usize, whose: &str) {
        let (y, zero) = (panel.middle(row), panel.scale.at(0.0));
        let (low, high) = self.interval;
        let interval = drawable(low) && drawable(high);
        let mut words = format!("{whose}: {}", number(self.mean));
        if interval {
            words += &format!(" ({} to {})", number(low), number(high));
        }
        canvas.group(&words);
        if drawable(self.absolute) {
            let ends = (panel.scale.at(-self.absolute), panel.scale.at(self.absolute));
            canvas.rect((ends.0, y - HALF_ABSOLUTE), (ends.1, y + HALF_ABSOLUTE), ABSOLUTE, "absolute");
        }
        canvas.rect((zero, y - HALF_MEAN), (panel.scale.at(self.mean), y + HALF_MEAN), MEAN, "mean");
        if interval {
            whisker(canvas, panel.scale.at(low), panel.scale.at(high), y);
        }
        canvas.end_group();
    }
}

fn whisker(canvas: &mut Canvas, left: f64, right: f64, y: f64) {
    let end = |x| segment((x, y - HALF_WHISKER), (x, y + HALF_WHISKER));
    let path = segment((left, y), (right, y)) + &end(left) + &end(right);
    canvas.stroke(&path, WHISKER, 1.2, "", "interval");
}

/// A row of a panel of which nothing is known, where others are.
fn unknown(canvas: &mut Canvas, panel: &Panel, row: usize) {
    canvas.text(panel.scale.at(0.0) + 6.0, panel.middle(row) + 4.0, Anchor::Start, SMALL, "not known");
}

#[cfg(test)]
mod tests {
    use super::super::looks::{attribute, checked, class, dozen, thirteen, words};
    use super::*;

    const UNKNOWN: Bar = Bar { mean: f64::NAN, interval: (f64::NAN, f64::NAN), absolute: f64::NAN };

    fn figure(emotions: Vec<String>, families: Vec<String>, bar: impl Fn(usize, usize) -> Bar) -> Bars {
        let count = emotions.len();
        let family = |(row, name)| FamilyBars { name, bars: (0..count).map(|emotion| bar(row, emotion)).collect() };
        Bars {
            title: "What each family adds".into(),
            footnote: "rendered, no evidence about listeners".into(),
            emotions,
            families: families.into_iter().enumerate().map(family).collect(),
            confidence: 0.95,
        }
    }

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Some bar, larger for later families.
    fn some(row: usize, emotion: usize) -> Bar {
        let absolute = 0.01 * (row + 1) as f64;
        let mean = absolute * ((3 * row + emotion) as f64).sin();
        Bar { mean, interval: (mean - 0.002, mean + 0.003), absolute }
    }

    #[test]
    fn a_bar_is_as_wide_as_its_value() {
        let bar = |row, _| {
            let mean = [0.04, -0.02][row];
            Bar { mean, interval: (mean - 0.01, mean + 0.01), absolute: 0.06 - 0.01 * row as f64 }
        };
        let svg = figure(named(&["joy"]), named(&["vibrato", "attack"]), bar).svg();
        let page = checked(&svg);
        let (means, absolutes) = (class(&page, "mean"), class(&page, "absolute"));
        // The widest band says how many pixels a share has: 0.12 from end to end.
        let scale = attribute(&absolutes[0], "width") / 0.12;
        let zero = attribute(&absolutes[0], "x") + 0.06 * scale;
        assert!((attribute(&means[0], "width") - 0.04 * scale).abs() < 0.11);
        assert!((attribute(&means[0], "x") - zero).abs() < 0.11);
        assert!((attribute(&means[1], "width") - 0.02 * scale).abs() < 0.11);
        assert!((attribute(&means[1], "x") + attribute(&means[1], "width") - zero).abs() < 0.11);
    }

    #[test]
    fn the_family_that_moves_the_shares_most_comes_first() {
        let svg = figure(named(&["joy", "anger"]), named(&["mode", "attack", "vibrato"]), some).svg();
        let page = checked(&svg);
        let height = |name: &str| words(&page).into_iter().find(|words| words.text == name).expect("its name").bottom;
        assert!(height("vibrato") < height("attack") && height("attack") < height("mode"));
    }

    #[test]
    fn a_dozen_emotions_and_thirteen_families_have_room() {
        for count in 1..=12 {
            let emotions: Vec<String> = dozen().into_iter().take(count).collect();
            let svg = figure(emotions, thirteen(), some).svg();
            assert_eq!(class(&checked(&svg), "mean").len(), 13 * count);
        }
        let small = |row, emotion| {
            let Bar { mean, absolute, .. } = some(row, emotion);
            Bar { mean: mean / 300.0, interval: (0.0, 0.0), absolute: absolute / 300.0 }
        };
        checked(&figure(dozen(), thirteen(), small).svg());
        let long = "an emotion of which nobody could say in less than a whole line what it is like";
        checked(&figure(named(&[long, long, long]), named(&[long, long]), some).svg());
    }

    #[test]
    fn what_is_not_known_is_said() {
        let bar = |row, emotion| if emotion == 0 || row == 1 { UNKNOWN } else { some(row, emotion) };
        let svg = figure(named(&["joy", "anger"]), named(&["vibrato", "attack"]), bar).svg();
        let page = checked(&svg);
        let said = |text: &str| words(&page).iter().filter(|words| words.text == text).count();
        assert_eq!((said(NOTHING), said("not known"), class(&page, "mean").len()), (1, 1, 1));
        let endless = |_, _| Bar { interval: (f64::INFINITY, 1e300), ..some(0, 0) };
        checked(&figure(named(&["joy"]), named(&["mode"]), endless).svg());
        for empty in [figure(Vec::new(), thirteen(), some), figure(dozen(), Vec::new(), some)] {
            assert_eq!(words(&checked(&empty.svg())).iter().filter(|words| words.text == NOTHING).count(), 1);
        }
    }

    #[test]
    fn names_are_escaped_and_the_same_numbers_give_the_same_bytes() {
        let figure = figure(named(&["<joy> & \"anger\""]), named(&["'vibrato' \u{0}"]), some);
        checked(&figure.svg());
        assert_eq!(figure.svg(), figure.clone().svg());
    }
}
