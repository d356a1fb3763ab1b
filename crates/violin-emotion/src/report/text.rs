//! How wide a text will be, without its font: as wide as in DejaVu Sans, the widest of the usual sans-serif fonts.

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Font {
    /// Height in pixels.
    pub size: f64,
    pub bold: bool,
    pub ink: &'static str,
}

/// Bold letters are wider, by DejaVu's measure.
const BOLD: f64 = 1.13;

impl Font {
    /// The text's width in pixels, rather too wide than too narrow.
    pub fn width(&self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(ems).sum();
        ems * self.size * if self.bold { BOLD } else { 1.0 }
    }

    /// From one line to the next, in pixels.
    pub fn line(&self) -> f64 {
        (1.4 * self.size).round()
    }

    /// The text, or as much of its beginning as is no wider than `width`, with an ellipsis.
    pub fn fit(&self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().collect();
        let cut = |kept: &[char]| kept.iter().collect::<String>().trim_end().to_owned() + "…";
        while !kept.is_empty() && self.width(&cut(&kept)) > width {
            kept.pop();
        }
        cut(&kept)
    }

    /// The text in lines no wider than `width`, broken between words.
    pub fn wrap(&self, text: &str, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let word = self.fit(word, width);
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}")) <= width => *line = format!("{line} {word}"),
                _ => lines.push(word),
            }
        }
        lines
    }
}

/// The widths of a to z in thousandths of the font's size.
#[rustfmt::skip]
const LETTERS: [u16; 26] = [
    613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592,
    592, 525,
];

/// A letter's width as a part of the font's size.
fn ems(letter: char) -> f64 {
    match letter {
        'a'..='z' => f64::from(LETTERS[letter as usize - 'a' as usize]) / 1000.0,
        ' ' | '.' | ',' | '\'' | ':' | ';' | '|' | '/' | 'I' => 0.34,
        '(' | ')' | '[' | ']' | '-' | '!' => 0.41,
        'M' | 'W' | '%' | '@' | '…' => 1.0,
        '+' | '−' | '=' | '<' | '>' | '±' | '#' => 0.84,
        'A'..='Z' => 0.79,
        '!'..='~' => 0.64,
        '\u{a0}'..'\u{1100}' => 0.8,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 10.0, bold: false, ink: "#000" };

    #[test]
    fn wider_letters_more_letters_and_bold_ones_are_wider() {
        assert!((FONT.width("tea") - 16.2).abs() < 1e-9);
        assert!(FONT.width("ill") < FONT.width("mow"));
        assert!(FONT.width("tea") < Font { bold: true, ..FONT }.width("tea"));
    }

    #[test]
    fn what_is_too_wide_is_cut_and_ends_in_an_ellipsis() {
        assert_eq!(FONT.fit("calmness", 80.0), "calmness");
        let cut = FONT.fit("joyful_activation", 80.0);
        assert!(cut.starts_with("joyful") && cut.ends_with('…') && FONT.width(&cut) <= 80.0, "{cut}");
        assert_eq!(FONT.fit("anger", 0.0), "…");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(FONT.wrap("a bow  on a string", 52.0), ["a bow on", "a string"]);
        assert!(FONT.wrap(" ", 60.0).is_empty());
        assert_eq!(FONT.wrap("portamento", 30.0), ["por…"]);
    }
}
