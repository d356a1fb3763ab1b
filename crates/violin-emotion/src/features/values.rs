//! One value a note, and what sums them up.

use crate::dsp::least_squares::LeastSquares;
use crate::notes::Note;

/// Values in the order of time, each with its moment in seconds.
pub(super) struct Values(Vec<(f32, f32)>);

impl Values {
    /// What `value` says of each note that it says something of, at the note's onset.
    pub fn of(notes: &[&Note], value: impl Fn(&Note) -> Option<f32>) -> Self {
        Values(notes.iter().filter_map(|note| Some((note.onset_s, value(note)?))).collect())
    }

    /// Moments and values.
    pub fn at(values: impl Iterator<Item = (f32, f32)>) -> Self {
        Values(values.collect())
    }

    /// Share of the notes for which `has` holds; `None` if there are none.
    pub fn share(notes: &[&Note], has: impl Fn(&Note) -> bool) -> Option<f32> {
        let count = notes.iter().filter(|note| has(note)).count();
        (!notes.is_empty()).then(|| count as f32 / notes.len() as f32)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The same values without their signs.
    pub fn sizes(&self) -> Self {
        Values(self.0.iter().map(|(at_s, value)| (*at_s, value.abs())).collect())
    }

    pub fn mean(&self) -> Option<f32> {
        let sum: f32 = self.0.iter().map(|(_, value)| value).sum();
        (!self.0.is_empty()).then(|| sum / self.0.len() as f32)
    }

    /// The middle value; of an even number the mean of the two in the middle.
    pub fn median(&self) -> Option<f32> {
        let mut values: Vec<f32> = self.0.iter().map(|(_, value)| *value).collect();
        values.sort_by(f32::total_cmp);
        let upper = *values.get(values.len() / 2)?;
        Some(if values.len() % 2 == 1 { upper } else { (values[values.len() / 2 - 1] + upper) / 2.0 })
    }

    /// Mean distance from the median: one note that was misheard does not decide it. `None` for fewer than two.
    pub fn spread(&self) -> Option<f32> {
        let median = self.median().filter(|_| self.0.len() >= 2)?;
        let distances: f32 = self.0.iter().map(|(_, value)| (value - median).abs()).sum();
        Some(distances / self.0.len() as f32)
    }

    /// Slope of the line through the values, a second; `None` for fewer than three.
    pub fn slope(&self) -> Option<f32> {
        let (first_s, _) = self.0.first().filter(|_| self.0.len() >= 3)?;
        let mut line = LeastSquares::new();
        self.0.iter().for_each(|(at_s, value)| line.add([1.0, f64::from(at_s - first_s)], f64::from(*value)));
        line.solve().map(|([_, slope], _)| slope as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(values: &[f32]) -> Values {
        Values::at(values.iter().enumerate().map(|(at, value)| (at as f32 / 2.0, *value)))
    }

    #[test]
    fn a_few_values_are_summed_up() {
        let four = values(&[4.0, 1.0, 3.0, 2.0]);
        assert_eq!((four.mean(), four.median()), (Some(2.5), Some(2.5)));
        assert_eq!(four.spread(), Some(1.0));
        assert!(values(&[5.0, 4.0, 3.0]).slope().is_some_and(|slope| (slope + 2.0).abs() < 1e-6));
    }

    #[test]
    fn too_few_are_not() {
        let (none, one, two) = (values(&[]), values(&[7.0]), values(&[7.0, 9.0]));
        assert_eq!((none.mean(), none.median(), Values::share(&[], |_| true)), (None, None, None));
        assert_eq!((one.median(), one.spread(), two.slope()), (Some(7.0), None, None));
    }
}
