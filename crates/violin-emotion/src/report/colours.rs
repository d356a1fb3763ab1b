//! Colours that the colour-blind can tell apart.

/// Black for what is read first.
pub(super) const INK: &str = "#222222";
/// Grey for what is read second, dark enough for small letters.
pub(super) const QUIET: &str = "#666666";
/// The lines that only guide the eye.
pub(super) const GRID: &str = "#e8e8e8";
/// What could not be measured.
pub(super) const UNKNOWN: &str = "#a0a0a0";

/// One colour and dash a line: the colours of Okabe and Ito (2008) that can be seen on white, first drawn through, then
/// dashed, then dotted.
pub(super) fn line_style(number: usize) -> (&'static str, &'static str) {
    const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
    const DASHES: [&str; 3] = ["", "7 3", "2 3"];
    (COLOURS[number % COLOURS.len()], DASHES[number / COLOURS.len() % DASHES.len()])
}

/// From −2 standard deviations and less to +2 and more: blue over pale yellow to red, as in ColorBrewer's RdYlBu, with a
/// middle that can be seen on white.
pub(super) const DIVERGING: [&str; 9] =
    ["#2c4a9e", "#4575b4", "#74a4cf", "#a9c8dc", "#e3d9a0", "#f2b774", "#ea8250", "#d0492f", "#a11b26"];

/// The place in [`DIVERGING`] of so many standard deviations; none for what is no number.
pub(super) fn diverging(deviations: f64) -> Option<usize> {
    let steps = (DIVERGING.len() - 1) as f64;
    (!deviations.is_nan()).then(|| ((deviations.clamp(-2.0, 2.0) + 2.0) / 4.0 * steps).round() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_a_dozen_lines_look_alike() {
        let styles: std::collections::BTreeSet<_> = (0..12).map(line_style).collect();
        assert_eq!(styles.len(), 12);
    }

    #[test]
    fn the_scale_is_clipped_at_two_standard_deviations() {
        let places = [-7.0, -2.0, -1.0, 0.0, 0.2, 2.0, f64::INFINITY, f64::NAN].map(diverging);
        assert_eq!(places, [Some(0), Some(0), Some(2), Some(4), Some(4), Some(8), Some(8), None]);
    }
}
