//! From values to pixels, and round numbers along an axis.

/// A larger or smaller number is not drawn: none of a share or of a cue is as large, and sums of them stay finite.
const LARGEST: f64 = 1e9;
/// What is nearer together counts as equal.
const SMALLEST: f64 = 1e-6;

/// Whether a number can be drawn.
pub(super) fn drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// An axis: `low` stands at the pixel `start`, `high` at `end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    pub start: f64,
    pub end: f64,
}

impl Scale {
    /// From `low` to `high`, or somewhat around them where they are equal.
    pub fn new(low: f64, high: f64, start: f64, end: f64) -> Self {
        let around = if high - low < SMALLEST * (1.0 + low.abs()) { 0.05 * low.abs().max(1.0) } else { 0.0 };
        Scale { low: low - around, high: high + around, start, end }
    }

    /// Zero in the middle, and the largest of the values, to either side, near the ends.
    pub fn around_zero(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Self {
        let largest = values.map(f64::abs).filter(|value| drawable(*value)).fold(0.0, f64::max);
        let reach = if largest < SMALLEST { 0.01 } else { 1.06 * largest };
        Scale { low: -reach, high: reach, start, end }
    }

    /// The same values from another pixel to another.
    pub fn between(&self, start: f64, end: f64) -> Self {
        Scale { start, end, ..*self }
    }

    /// Where a value stands.
    pub fn at(&self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// Round numbers at least `apart` pixels from each other, with their places. Zero is not the only one.
    pub fn ticks(&self, apart: f64, signed: bool) -> Vec<(f64, String)> {
        let largest = self.low.abs().max(self.high.abs());
        let (mut digit, mut exponent) = digit_above(apart * (self.high - self.low) / (self.end - self.start).abs());
        if digit * 10f64.powi(exponent) > largest {
            (digit, exponent) = digit_below(largest);
        }
        let step = digit * 10f64.powi(exponent);
        let decimals = usize::try_from(-exponent).unwrap_or(0);
        // A tick at the very end is not lost to rounding.
        let (first, last) = ((self.low / step - 1e-9).ceil() as i64, (self.high / step + 1e-9).floor() as i64);
        let tick = |count: i64| {
            let value = count as f64 * step;
            let sign = if value < 0.0 {
                "−"
            } else if signed && count > 0 {
                "+"
            } else {
                ""
            };
            let decimals = if count == 0 { 0 } else { decimals };
            (self.at(value), format!("{sign}{:.decimals$}", value.abs()))
        };
        (first..=last).map(tick).collect()
    }
}

/// The smallest of 1, 2, 5, 10, 20, … and 0.5, 0.2, 0.1, … that is no smaller: its digit and power of ten.
fn digit_above(value: f64) -> (f64, i32) {
    let (digit, exponent) = digit(value);
    match [1.0, 2.0, 5.0].into_iter().find(|round| digit <= *round) {
        Some(round) => (round, exponent),
        None => (1.0, exponent + 1),
    }
}

/// The largest number of one digit that is no larger.
fn digit_below(value: f64) -> (f64, i32) {
    let (digit, exponent) = digit(value);
    (digit.floor(), exponent)
}

fn digit(value: f64) -> (f64, i32) {
    let exponent = value.log10().floor();
    (value / 10f64.powf(exponent), exponent as i32)
}

/// The number with three digits at most.
pub(super) fn number(value: f64) -> String {
    let decimals = if value == 0.0 { 0.0 } else { (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) };
    let digits = format!("{:.*}", decimals as usize, value.abs());
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{}{digits}", if value < 0.0 && digits != "0" { "−" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale, apart: f64, signed: bool) -> Vec<String> {
        scale.ticks(apart, signed).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn a_value_stands_in_proportion() {
        let scale = Scale::new(0.0, 0.5, 100.0, 300.0);
        assert!((scale.at(0.25) - 200.0).abs() < 1e-9);
        assert!((Scale::around_zero([0.1, f64::NAN, -0.5].into_iter(), 0.0, 106.0).at(0.5) - 103.0).abs() < 1e-9);
    }

    #[test]
    fn ticks_are_round_and_never_zero_alone() {
        assert_eq!(labels(&Scale::new(0.0, 0.5, 0.0, 300.0), 50.0, false), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(&Scale::new(-0.1, 0.1, 0.0, 200.0), 50.0, true), ["−0.10", "−0.05", "0", "+0.05", "+0.10"]);
        assert_eq!(labels(&Scale::new(-0.083, 0.083, 0.0, 120.0), 50.0, true), ["−0.08", "0", "+0.08"]);
        assert_eq!(labels(&Scale::new(120.0, 880.0, 0.0, 300.0), 50.0, false), ["200", "400", "600", "800"]);
    }

    #[test]
    fn equal_and_impossible_values_leave_a_scale() {
        for scale in [Scale::new(3.0, 3.0, 0.0, 9.0), Scale::around_zero([0.0, f64::INFINITY].into_iter(), 0.0, 9.0)] {
            assert!(scale.at(scale.low).is_finite() && scale.low < scale.high, "{scale:?}");
            assert!(scale.ticks(50.0, false).len() < 9, "{scale:?}");
        }
        assert!(!drawable(f64::NAN) && !drawable(f64::NEG_INFINITY) && drawable(-1.0));
    }

    #[test]
    fn numbers_have_three_digits_at_most() {
        let pairs =
            [(0.0, "0"), (28.26, "28.3"), (0.04567, "0.0457"), (-0.5, "−0.5"), (1234.0, "1234"), (100.0, "100")];
        for (value, expected) in pairs {
            assert_eq!(number(value), expected);
        }
        assert_eq!(number(-1e-12), "0");
    }
}
