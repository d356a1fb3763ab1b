//! Windows as the network reads them: features on a common scale, then for each family that has gaps how much is missing.

use super::ridge::NormalScores;
use super::scaler::Scaler;
use super::settings::Scaling;
use crate::Result;
use crate::features::{Catalog, Family, Gap, Sequence};

/// The way from features to the network's input, fitted on the training windows.
#[derive(Debug, Clone)]
pub(super) struct Inputs {
    catalog: &'static Catalog,
    scaler: Scaler,
    /// In the place of the scaler's numbers, if so.
    scores: Option<NormalScores>,
    /// The columns that may be missing, part by part and family by family.
    gaps: Vec<Gap>,
}

impl Inputs {
    /// Fits on all windows of the training recordings.
    ///
    /// # Errors
    /// As [`Scaler::fit`].
    pub(super) fn fit<'a>(
        catalog: &'static Catalog,
        scaling: Scaling,
        sequences: impl Iterator<Item = &'a Sequence>,
    ) -> Result<Self> {
        let windows: Vec<&[f32]> = sequences.map(Sequence::values).collect();
        let scaler = Scaler::fit(&windows, catalog.len())?;
        let scores = (scaling == Scaling::Normal).then(|| NormalScores::fit(&windows.concat(), catalog.len(), 0.0));
        Ok(Inputs::new(catalog, scaler, scores))
    }

    /// With what was fitted before, on the features of `catalog`.
    pub(super) fn new(catalog: &'static Catalog, scaler: Scaler, scores: Option<NormalScores>) -> Self {
        Inputs { catalog, scaler, scores, gaps: catalog.gaps() }
    }

    pub(super) fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    pub(super) fn scaler(&self) -> &Scaler {
        &self.scaler
    }

    pub(super) fn scores(&self) -> Option<&NormalScores> {
        self.scores.as_ref()
    }

    /// Numbers a window.
    pub(super) fn width(&self) -> usize {
        width(self.catalog)
    }

    /// The columns of each family: its features, and how much of them is missing.
    pub(super) fn families(&self) -> Vec<(Family, Vec<usize>)> {
        let mut families = self.catalog.families();
        for (at, gap) in self.gaps.iter().enumerate() {
            let columns = families.iter_mut().find(|(known, _)| *known == gap.family).map(|(_, columns)| columns);
            columns.expect("a family of the catalog").push(self.catalog.len() + at);
        }
        families
    }

    /// The columns of one part of the catalog: its features, and how much of them is missing.
    pub(super) fn columns_of_part(&self, part: usize) -> Vec<usize> {
        let gaps = self.gaps.iter().enumerate().filter(|(_, gap)| gap.part == part);
        self.catalog.parts()[part].1.clone().chain(gaps.map(|(at, _)| self.catalog.len() + at)).collect()
    }

    /// The names of the columns: its features', and `vibrato_missing` for how much of a family is missing; `music_timing_missing`
    /// where there are several parts.
    pub(super) fn columns(&self) -> Vec<String> {
        let parts = self.catalog.parts();
        let missing = self.gaps.iter().map(|gap| match parts {
            [_] => format!("{}_missing", gap.family.name()),
            _ => format!("{}_{}_missing", parts[gap.part].0, gap.family.name()),
        });
        self.catalog.names().iter().cloned().chain(missing).collect()
    }

    /// A sequence's windows × [`Inputs::width`], row by row: features on a common scale, a missing one being the training windows'
    /// mean (or median), then for each family with gaps the missing share of its features.
    ///
    /// # Errors
    /// `Data` if the sequence has another number of features, or one that is not finite and not allowed to be missing.
    pub(super) fn of(&self, sequence: &Sequence) -> Result<Vec<f32>> {
        sequence.check(self.catalog)?;
        let features = self.catalog.len();
        let scaled = match &self.scores {
            Some(scores) => scores.of(sequence.values()),
            None => self.scaler.standardise(sequence.values())?,
        };
        let mut rows = Vec::with_capacity(sequence.windows() * self.width());
        for (window, scaled) in scaled.chunks_exact(features).enumerate() {
            let row = sequence.row(window);
            rows.extend_from_slice(scaled);
            rows.extend(self.gaps.iter().map(|Gap { columns, .. }| {
                let missing = columns.iter().filter(|column| row[**column].is_nan()).count();
                missing as f32 / columns.len() as f32
            }));
        }
        Ok(rows)
    }
}

/// Numbers a window that the network reads of a catalog's features.
pub(super) fn width(catalog: &Catalog) -> usize {
    catalog.len() + catalog.gaps().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FeatureSet, Span};

    fn sequence(catalog: &Catalog, value: impl Fn(usize, usize) -> f32) -> Sequence {
        let spans = (0..4).map(|at| Span { start_s: f64::from(at), end_s: f64::from(at + 1) }).collect();
        let values = (0..4).flat_map(|window| (0..catalog.len()).map(move |column| (window, column)));
        Sequence::new(catalog, spans, values.map(|(window, column)| value(window, column)).collect())
    }

    #[test]
    fn without_gaps_the_network_reads_the_features_alone() {
        let catalog = Catalog::of(FeatureSet::Classic);
        let sequence = sequence(catalog, |window, column| (window * column) as f32);
        let inputs = Inputs::fit(catalog, Scaling::Standard, std::iter::once(&sequence)).expect("a fit");
        assert_eq!((inputs.width(), inputs.of(&sequence).expect("rows").len()), (138, 4 * 138));
    }

    #[test]
    fn what_is_missing_is_the_mean_and_said_beside_it() {
        let catalog = Catalog::of(FeatureSet::Violin);
        let missing = catalog.columns("vibrato_rate_hz").start;
        let gap_at =
            catalog.len() + catalog.gaps().iter().position(|gap| gap.columns.contains(&missing)).expect("a gap");
        let of_family = catalog.gaps()[gap_at - catalog.len()].columns.len() as f32;
        let sequence = sequence(catalog, |window, column| match (window, column) {
            (2, column) if column == missing => f32::NAN,
            _ => (window + column) as f32,
        });
        let inputs = Inputs::fit(catalog, Scaling::Standard, std::iter::once(&sequence)).expect("a fit");
        let rows = inputs.of(&sequence).expect("rows");
        let row = |window: usize| &rows[window * inputs.width()..][..inputs.width()];
        assert_eq!((row(2)[missing], row(2)[gap_at]), (0.0, 1.0 / of_family));
        assert_eq!(row(1)[catalog.len()..], vec![0.0; catalog.gaps().len()]);
    }

    #[test]
    fn what_may_not_be_missing_is_refused() {
        let catalog = Catalog::of(FeatureSet::Classic);
        let whole = sequence(catalog, |window, column| (window + column) as f32);
        let inputs = Inputs::fit(catalog, Scaling::Standard, std::iter::once(&whole)).expect("a fit");
        let broken = sequence(catalog, |window, column| if (window, column) == (1, 87) { f32::NAN } else { 1.0 });
        let error = inputs.of(&broken).expect_err("a feature that is always measured");
        assert_eq!(error.to_string(), "expected finite features, found NaN for `tempo` in window 1");
        let other = sequence(Catalog::of(FeatureSet::Violin), |_, _| 0.0);
        assert!(inputs.of(&other).is_err());
    }
}
