//! What each family adds to each emotion in every recording of a corpus: one dot a recording.

use super::colours::{DIVERGING, UNKNOWN, diverging};
use super::panels::{Panel, Panels, by_weight, description};
use super::scale::{Scale, drawable};
use super::svg::{Canvas, Key, NOTHING, SMALL, dot};

/// Diameters of a dot, the best first.
const DIAMETERS: [f64; 8] = [5.0, 4.2, 3.5, 2.9, 2.4, 2.0, 1.6, 1.2];
/// A part of the row that stays free.
const FREE: f64 = 3.0;
/// Each turn draws every so manieth dot of a row.
const TURNS: usize = 4;
/// Side of a colour in the legend.
const SWATCH: f64 = 12.0;

/// The figure: one dot a recording, at what a family adds to an emotion's share.
#[derive(Debug, Clone, PartialEq)]
pub struct Beeswarm {
    /// Above all.
    pub title: String,
    /// Below all: what the numbers rest on.
    pub footnote: String,
    /// Names of the emotions, one panel each.
    pub emotions: Vec<String>,
    /// The families of cues, in any order: those that move the shares most are drawn first.
    pub families: Vec<FamilyDots>,
}

/// One family's row in every panel.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyDots {
    /// The family.
    pub name: String,
    /// How the family's leading feature differs from the corpus, in standard deviations, one number a recording; NaN where
    /// it could not be measured, as where the list is too short.
    pub deviations: Vec<f64>,
    /// What the family adds, in shares: one list an emotion, one number a recording. What is NaN is not drawn.
    pub contributions: Vec<Vec<f64>>,
}

impl Beeswarm {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let order = by_weight(self.families.iter().map(|family| family.contributions.concat()));
        let families: Vec<&FamilyDots> = order.into_iter().map(|family| &self.families[family]).collect();
        let names: Vec<&str> = families.iter().map(|family| family.name.as_str()).collect();
        if families.is_empty() || self.emotions.is_empty() {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, &self.footnote);
        }
        legend(&mut canvas);
        let recordings = families.iter().flat_map(|family| &family.contributions).map(Vec::len).max().unwrap_or(0);
        let row = (18.0 + 1.1 * (recordings as f64).sqrt()).min(44.0).round();
        let values = families.iter().flat_map(|family| family.contributions.iter().flatten().copied());
        let values = Scale::around_zero(values, 0.0, 1.0);
        let panels = Panels { emotions: &self.emotions, families: &names, row, values, columns: 3 }.frame(&mut canvas);

        let height = row - FREE;
        let swarms_of = |(emotion, panel): (usize, &Panel)| -> Vec<Swarm> {
            families.iter().map(|family| Swarm::new(family, emotion, &panel.scale, height)).collect()
        };
        let swarms: Vec<Vec<Swarm>> = panels.iter().enumerate().map(swarms_of).collect();
        // Dots of one size in half of the rows, and smaller ones where they would not fit.
        let mut diameters: Vec<f64> = swarms.iter().flatten().map(|swarm| swarm.diameter).collect();
        diameters.sort_by(f64::total_cmp);
        let usual = diameters[diameters.len() / 2];
        for (panel, swarms) in panels.iter().zip(&swarms) {
            panel.zero(&mut canvas);
            for (row_number, swarm) in swarms.iter().enumerate() {
                swarm.draw(&mut canvas, panel.middle(row_number), swarm.diameter.min(usual), height);
            }
            if swarms.iter().all(|swarm| swarm.dots.is_empty()) {
                panel.nothing(&mut canvas);
            }
        }
        let what = "Dots of what each family of cues adds to each emotion's share, one dot a recording.";
        canvas.finish(&description(what, &self.emotions, &names), &self.footnote)
    }
}

/// The dots of one row of one panel.
struct Swarm {
    /// Where each stands and its colour, from the left.
    dots: Vec<(f64, Option<usize>)>,
    /// The largest diameter with which the dots need no more than the row's height; the smallest of all where none does.
    diameter: f64,
}

impl Swarm {
    fn new(family: &FamilyDots, emotion: usize, scale: &Scale, height: f64) -> Self {
        let deviations = family.deviations.iter().chain(std::iter::repeat(&f64::NAN));
        let values = family.contributions.get(emotion).into_iter().flatten().zip(deviations);
        let known = values.filter(|(value, _)| drawable(**value));
        let mut dots: Vec<_> = known.map(|(value, deviations)| (scale.at(*value), diverging(*deviations))).collect();
        dots.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut swarm = Swarm { dots, diameter: DIAMETERS[DIAMETERS.len() - 1] };
        let fits = |diameter: &f64| count(&swarm.levels(*diameter)) as f64 * diameter <= height;
        swarm.diameter = DIAMETERS.into_iter().find(fits).unwrap_or(swarm.diameter);
        swarm
    }

    /// The level of each dot: the lowest on which it touches none before it.
    fn levels(&self, diameter: f64) -> Vec<usize> {
        let mut last: Vec<f64> = Vec::new();
        let level = |(x, _): &(f64, Option<usize>)| {
            let level = last.iter().position(|before| x - before >= diameter).unwrap_or(last.len());
            if level == last.len() {
                last.push(*x);
            } else {
                last[level] = *x;
            }
            level
        };
        self.dots.iter().map(level).collect()
    }

    /// Levels lie around the row's middle, in turn below and above; those that are too many for `height` are pressed
    /// together.
    fn draw(&self, canvas: &mut Canvas, middle: f64, diameter: f64, height: f64) {
        let levels = self.levels(diameter);
        let step = diameter.min((height - diameter) / count(&levels).saturating_sub(1).max(1) as f64);
        // By turn and colour. Where dots are pressed together, the colours cover each other in turn, too: none hides.
        let mut paths = vec![vec![String::new(); DIVERGING.len() + 1]; TURNS];
        for (number, ((x, colour), level)) in self.dots.iter().zip(&levels).enumerate() {
            let away = level.div_ceil(2) as f64 * step;
            let y = if level % 2 == 0 { middle + away } else { middle - away };
            paths[number % TURNS][colour.map_or(0, |colour| colour + 1)] += &dot(*x, y);
        }
        let colours: Vec<&str> = [UNKNOWN].into_iter().chain(DIVERGING).collect();
        canvas.group_dots(diameter);
        for (turn, paths) in paths.iter().enumerate() {
            let mut paths: Vec<_> = paths.iter().zip(&colours).collect();
            if turn % 2 == 1 {
                paths.reverse();
            }
            paths.into_iter().for_each(|(path, colour)| canvas.dots(path, colour));
        }
        canvas.end_group();
    }
}

/// How many levels there are.
fn count(levels: &[usize]) -> usize {
    levels.iter().max().map_or(0, |most| most + 1)
}

fn legend(canvas: &mut Canvas) {
    let words = "One dot a recording. Its colour: how the family's leading feature differs from the corpus.";
    canvas.paragraph(words, SMALL);
    let colours = |canvas: &mut Canvas, x: f64, y: f64| {
        for (number, colour) in DIVERGING.iter().enumerate() {
            let left = x + number as f64 * SWATCH;
            canvas.rect((left, y - SWATCH / 2.0), (left + SWATCH, y + SWATCH / 2.0), colour, "");
        }
    };
    let unknown = |canvas: &mut Canvas, x: f64, y: f64| {
        canvas.group_dots(8.0);
        canvas.dots(&dot(x + 4.0, y), UNKNOWN);
        canvas.end_group();
    };
    let width = SWATCH * DIVERGING.len() as f64;
    canvas.legend(&[
        Key { width, words: "−2 standard deviations or lower, to +2 or higher", draw: &colours },
        Key { width: 8.0, words: "could not be measured", draw: &unknown },
    ]);
}

#[cfg(test)]
mod tests {
    use super::super::looks::{attribute, checked, class, dozen, points, thirteen, words};
    use super::*;

    /// Numbers without a pattern, in −1 to 1.
    fn some(number: usize) -> f64 {
        (number as f64 * 12.9898).sin()
    }

    fn figure(emotions: Vec<String>, families: Vec<String>, recordings: usize) -> Beeswarm {
        let count = emotions.len();
        let family = |(row, name)| FamilyDots {
            name,
            deviations: (0..recordings).map(|at| 3.0 * some(at + 7 * row)).collect(),
            contributions: (0..count)
                .map(|emotion| {
                    (0..recordings).map(|at| 0.01 * (row + 1) as f64 * some(at + 31 * emotion + row)).collect()
                })
                .collect(),
        };
        Beeswarm {
            title: "Recording by recording".into(),
            footnote: "rendered, no evidence about listeners".into(),
            emotions,
            families: families.into_iter().enumerate().map(family).collect(),
        }
    }

    /// One row with these contributions and deviations.
    fn row(contributions: &[f64], deviations: &[f64]) -> Beeswarm {
        let mut figure = figure(vec!["joy".into()], vec!["vibrato".into()], 0);
        figure.families[0].contributions = vec![contributions.to_vec()];
        figure.families[0].deviations = deviations.to_vec();
        figure
    }

    /// All dots of one row, with their colours.
    fn dots<'a>(group: &roxmltree::Node<'a, '_>) -> Vec<((f64, f64), &'a str)> {
        let path = |path: roxmltree::Node<'a, '_>| {
            points(&path).into_iter().map(move |point| (point, path.attribute("stroke").expect("a colour")))
        };
        group.children().filter(|node| node.is_element()).flat_map(path).collect()
    }

    #[test]
    fn a_dot_stands_at_its_contribution_in_the_colour_of_its_difference() {
        let svg = row(&[0.05, -0.05, 0.0, 0.02], &[2.5, -2.0, 0.0]).svg();
        let page = checked(&svg);
        // The first group is the legend's.
        let mut dots = dots(&class(&page, "dots")[1]);
        dots.sort_by(|one, other| one.0.0.total_cmp(&other.0.0));
        let colours: Vec<&str> = dots.iter().map(|(_, colour)| *colour).collect();
        assert_eq!(colours, [DIVERGING[0], DIVERGING[4], UNKNOWN, DIVERGING[8]]);
        let at = |value: f64| dots[1].0.0 + value / 0.05 * (dots[3].0.0 - dots[1].0.0);
        assert!((dots[0].0.0 - at(-0.05)).abs() < 0.21);
        assert!((dots[2].0.0 - at(0.02)).abs() < 0.21);
        assert!(dots.iter().all(|((_, y), _)| *y == dots[0].0.1), "nothing pushes them apart");
    }

    #[test]
    fn dots_of_a_row_do_not_touch() {
        let svg = figure(vec!["joy".into(), "anger".into()], thirteen(), 60).svg();
        let page = checked(&svg);
        for group in &class(&page, "dots")[1..] {
            let (dots, diameter) = (dots(group), attribute(group, "stroke-width"));
            assert_eq!(dots.len(), 60);
            for (number, ((x, y), _)) in dots.iter().enumerate() {
                for ((other_x, other_y), _) in &dots[..number] {
                    let away = (x - other_x).hypot(y - other_y);
                    assert!(away > diameter - 0.15, "{away} from each other, {diameter} wide");
                }
            }
        }
    }

    #[test]
    fn thousands_stay_in_their_row() {
        let svg = row(&vec![0.01; 2000], &vec![1.0; 2000]).svg();
        let page = checked(&svg);
        let heights = dots(&class(&page, "dots")[1]).into_iter().map(|((_, y), _)| y);
        let (low, high) = heights.fold((f64::MAX, f64::MIN), |(low, high), y| (low.min(y), high.max(y)));
        assert!(high - low < 44.0, "{low} to {high}");
        let svg = figure(dozen().split_off(9), thirteen(), 2000).svg();
        assert!(svg.len() < 13 * 3 * 2000 * 18, "{} bytes", svg.len());
    }

    #[test]
    fn a_dozen_emotions_and_thirteen_families_have_room() {
        for count in 1..=12 {
            let svg = figure(dozen().split_off(12 - count), thirteen(), 20).svg();
            // The last family has the largest contributions.
            let page = checked(&svg);
            let names = words(&page);
            let height = |name: &str| names.iter().find(|words| words.text == name).expect("its name").bottom;
            assert!(height(&thirteen()[12]) < height(&thirteen()[0]));
        }
    }

    #[test]
    fn what_is_no_number_is_not_drawn() {
        for figure in [row(&[f64::NAN, f64::INFINITY], &[1.0, 1.0]), row(&[], &[]), figure(Vec::new(), thirteen(), 3)] {
            assert_eq!(words(&checked(&figure.svg())).iter().filter(|words| words.text == NOTHING).count(), 1);
        }
        checked(&row(&[0.0, 0.0], &[f64::INFINITY, f64::NAN]).svg());
    }

    #[test]
    fn the_same_numbers_give_the_same_bytes() {
        assert_eq!(figure(dozen(), thirteen(), 30).svg(), figure(dozen(), thirteen(), 30).svg());
    }
}
