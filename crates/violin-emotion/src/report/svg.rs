//! A page on which text, lines and boxes are put, from top to bottom, and its SVG.

use super::colours::{INK, QUIET};
use super::text::Font;

/// Width of every figure in pixels: a column of a paper.
pub(super) const WIDTH: f64 = 720.0;
/// What stays free at every side.
pub(super) const MARGIN: f64 = 16.0;
/// Said where a panel or a figure would be empty.
pub(super) const NOTHING: &str = "nothing to show";

pub(super) const TITLE: Font = Font { size: 16.0, bold: true, ink: INK };
pub(super) const HEADING: Font = Font { size: 12.0, bold: true, ink: INK };
pub(super) const LABEL: Font = Font { size: 12.0, bold: false, ink: INK };
pub(super) const SMALL: Font = Font { size: 11.0, bold: false, ink: QUIET };

/// Which point of a text stands at the given place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One entry of a legend: a sample of `width` pixels, drawn from its left end and its middle on, and words.
pub(super) struct Key<'a> {
    pub width: f64,
    pub words: &'a str,
    pub draw: &'a dyn Fn(&mut Canvas, f64, f64),
}

/// The page.
pub(super) struct Canvas {
    title: String,
    body: String,
    /// Where the next part may begin.
    pub below: f64,
}

impl Canvas {
    /// A page with its title.
    pub fn new(title: &str) -> Self {
        let mut canvas = Canvas { title: title.to_owned(), body: String::new(), below: MARGIN };
        canvas.paragraph(title, TITLE);
        canvas
    }

    /// Lines of text over the whole width.
    pub fn paragraph(&mut self, words: &str, font: Font) {
        for line in font.wrap(words, WIDTH - 2.0 * MARGIN) {
            self.below += font.line();
            self.text(MARGIN, self.below - 0.4 * font.size, Anchor::Start, font, &line);
        }
    }

    /// A legend, side by side as far as there is room.
    pub fn legend(&mut self, keys: &[Key]) {
        let mut left = MARGIN;
        self.below += SMALL.line() + 4.0;
        for key in keys {
            let width = key.width + 6.0 + SMALL.width(key.words);
            if left > MARGIN && left + width > WIDTH - MARGIN {
                left = MARGIN;
                self.below += SMALL.line() + 4.0;
            }
            let middle = self.below - 0.75 * SMALL.size;
            (key.draw)(self, left, middle);
            self.text(left + key.width + 6.0, middle + 0.36 * SMALL.size, Anchor::Start, SMALL, key.words);
            left += width + 16.0;
        }
    }

    /// One line of text; `y` is its baseline.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, font: Font, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let bold = if font.bold { r#" font-weight="bold""# } else { "" };
        let (x, y, words) = (pixel(x), pixel(y), escape(words));
        let Font { size, ink, .. } = font;
        self.body +=
            &format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{ink}\"{anchor}{bold}>{words}</text>\n");
    }

    /// A box from one corner to the opposite one.
    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), fill: &str, class: &str) {
        self.body += &format!("<rect{}{} fill=\"{fill}\"/>\n", attribute("class", class), corners(from, to));
    }

    /// A white box that half hides what is below it.
    pub fn veil(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.body += &format!("<rect class=\"veil\"{} fill=\"#ffffff\" fill-opacity=\"0.6\"/>\n", corners(from, to));
    }

    /// A line along `path`, see [`path`]; dashed where `dash` says so.
    pub fn stroke(&mut self, path: &str, colour: &str, width: f64, dash: &str, class: &str) {
        if path.is_empty() {
            return;
        }
        let (class, dash) = (attribute("class", class), attribute("stroke-dasharray", dash));
        self.body += &format!("<path{class} d=\"{path}\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>\n");
    }

    /// Opens a group of round dots of one size; [`Canvas::end_group`] closes it.
    pub fn group_dots(&mut self, diameter: f64) {
        self.body += &format!("<g class=\"dots\" stroke-width=\"{diameter}\" stroke-linecap=\"round\">\n");
    }

    /// Dots of one colour at the points of `path`, see [`dot`].
    pub fn dots(&mut self, path: &str, colour: &str) {
        if !path.is_empty() {
            self.body += &format!("<path d=\"{path}\" stroke=\"{colour}\"/>\n");
        }
    }

    /// Opens a group with a title, which a browser shows where the pointer rests; [`Canvas::end_group`] closes it.
    pub fn group(&mut self, title: &str) {
        self.body += &format!("<g><title>{}</title>\n", escape(title));
    }

    pub fn end_group(&mut self) {
        self.body += "</g>\n";
    }

    /// The page's SVG, with a footnote below all else and a description for those who do not see it.
    pub fn finish(mut self, description: &str, footnote: &str) -> String {
        self.below += 8.0;
        self.paragraph(footnote, SMALL);
        let height = pixel(self.below + MARGIN);
        let (title, description, body) = (escape(&self.title), escape(description), self.body);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" fill="none">
<title>{title}</title>
<desc>{description}</desc>
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
{body}</svg>
"##
        )
    }
}

/// A path through points; a point that is not there breaks it.
pub(super) fn path(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> String {
    let (mut path, mut command) = (String::new(), 'M');
    for point in points {
        let Some((x, y)) = point else {
            command = 'M';
            continue;
        };
        path += &format!("{command}{} {}", pixel(x), pixel(y));
        command = 'L';
    }
    path
}

/// A path from one point to another.
pub(super) fn segment(from: (f64, f64), to: (f64, f64)) -> String {
    path([Some(from), Some(to)])
}

/// A path without length: round ends make it a dot. Thousands of dots are one element so, and ten letters each.
pub(super) fn dot(x: f64, y: f64) -> String {
    format!("M{} {}h0", pixel(x), pixel(y))
}

/// Pixels to a tenth.
pub(super) fn pixel(value: f64) -> String {
    let tenth = (10.0 * value).round() / 10.0;
    // Not −0.
    format!("{}", tenth + 0.0)
}

fn corners((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    let (x, y) = (pixel(x1.min(x2)), pixel(y1.min(y2)));
    let (width, height) = (pixel((x2 - x1).abs()), pixel((y2 - y1).abs()));
    format!(" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

fn attribute(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!(" {name}=\"{value}\"") }
}

/// The words as XML has them, without the letters that it cannot have.
pub(super) fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\u{0}'..' ' | '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_can_end_a_text_or_the_page() {
        assert_eq!(escape("a<b & \"c\u{1}\">"), "a&lt;b &amp; &quot;c &quot;&gt;");
    }

    #[test]
    fn pixels_have_one_decimal_at_most() {
        assert_eq!([12.0, 12.34, -0.01].map(pixel), ["12", "12.3", "0"]);
    }

    #[test]
    fn a_path_breaks_where_a_point_is_missing() {
        assert_eq!(path([Some((0.0, 1.0)), Some((2.0, 3.0)), None, Some((4.0, 5.0))]), "M0 1L2 3M4 5");
    }
}
