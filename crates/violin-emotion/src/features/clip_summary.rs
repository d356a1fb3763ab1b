//! A whole recording in one row: what a method that hears no order in time learns from.

use super::{Catalog, Gap, Sequence};

/// Mean and standard deviation of each feature over the windows (population), then for each family that has gaps the missing
/// share of its features. A feature that is missing in every window has NaN for both.
///
/// # Panics
/// If the sequence has another number of features than the catalog.
pub fn clip_summary(sequence: &Sequence, catalog: &Catalog) -> Vec<f32> {
    assert_eq!(sequence.width(), catalog.len(), "a sequence of this catalog");
    let mut means = Vec::with_capacity(clip_summary_len(catalog));
    let mut deviations = Vec::with_capacity(catalog.len());
    for column in 0..catalog.len() {
        let (count, sum) = sequence.known(column).fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        let mean: f64 = sum / count;
        let square: f64 = sequence.known(column).map(|value| (value - mean).powi(2)).sum();
        means.push(mean as f32);
        deviations.push((square / count).sqrt() as f32);
    }
    means.append(&mut deviations);
    means.extend(catalog.gaps().iter().map(|Gap { columns, .. }| {
        let known: usize = columns.iter().map(|&column| sequence.known(column).count()).sum();
        1.0 - known as f32 / (columns.len() * sequence.windows()) as f32
    }));
    means
}

/// Numbers of a [`clip_summary`].
pub fn clip_summary_len(catalog: &Catalog) -> usize {
    2 * catalog.len() + catalog.gaps().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FeatureSet, Span};

    #[test]
    fn means_deviations_and_what_is_missing() {
        let catalog = Catalog::of(FeatureSet::Violin);
        let missing = catalog.gaps()[0].columns.clone();
        let spans = (0..3).map(|at| Span { start_s: f64::from(at), end_s: f64::from(at + 1) }).collect();
        let value = |window: usize, column: usize| match column {
            column if column == missing[0] => f32::NAN,
            column if column == missing[1] && window == 1 => f32::NAN,
            column => (window * window + column) as f32,
        };
        let values = (0..3).flat_map(|window| (0..catalog.len()).map(move |column| value(window, column))).collect();
        let row = clip_summary(&Sequence::new(catalog, spans, values), catalog);
        assert_eq!(row.len(), clip_summary_len(catalog));
        let (whole, half) = ((0..catalog.len()).find(|column| !missing.contains(column)).expect("one"), missing[1]);
        // Of 0, 1 and 4 above the column: mean 5∕3, variance 26∕9.
        assert!((row[whole] - (whole as f32 + 5.0 / 3.0)).abs() < 1e-4);
        assert!((row[catalog.len() + whole] - (26.0f32 / 9.0).sqrt()).abs() < 1e-6);
        assert_eq!((row[half], row[catalog.len() + half]), (half as f32 + 2.0, 2.0));
        assert!(row[missing[0]].is_nan() && row[catalog.len() + missing[0]].is_nan());
        assert!((row[2 * catalog.len()] - 4.0 / (3 * missing.len()) as f32).abs() < 1e-6);
    }
}
