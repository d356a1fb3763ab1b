//! The named features: the only source of their order.

use std::ops::Range;
use std::sync::LazyLock;

/// What a feature belongs to, and so what a good explanation may say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Written by the composer: mode, register.
    Piece,
    /// Made by the player.
    Performance,
    /// Made by microphone and room.
    Recording,
}

/// What a feature speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Spectral envelope and its colour.
    Timbre,
    /// Pitch classes and harmony.
    Pitch,
    /// Level and its course.
    Dynamics,
    /// Tempo and pulse.
    Timing,
}

/// One group of a catalog: `count` features that one family writes together.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// `mfcc_mean`; its features are `mfcc_mean_1` …, or the bare name where there is one.
    pub name: &'static str,
    /// Number of features.
    pub count: usize,
    /// Their unit; `1` where there is none.
    pub unit: &'static str,
    /// What they speak of.
    pub family: Family,
    /// What they belong to.
    pub scope: Scope,
    /// What they are, in one line.
    pub about: &'static str,
}

/// A feature's name in code: its group's name and its number inside the group.
pub type FeatureId = (&'static str, usize);

/// An ordered, versioned set of features.
#[derive(Debug)]
pub struct Catalog {
    name: &'static str,
    version: u32,
    groups: Vec<(Group, usize)>,
    names: Vec<String>,
}

const fn group(
    name: &'static str,
    count: usize,
    unit: &'static str,
    family: Family,
    scope: Scope,
    about: &'static str,
) -> Group {
    Group { name, count, unit, family, scope, about }
}

static CLASSIC: LazyLock<Catalog> = LazyLock::new(|| {
    use Family::*;
    use Scope::*;
    Catalog::new(
        "classic",
        1,
        &[
            group("mfcc_mean", 13, "dB", Timbre, Recording, "mel-frequency cepstral coefficient, mean"),
            group("mfcc_sd", 13, "dB", Timbre, Performance, "mel-frequency cepstral coefficient, standard deviation"),
            group(
                "mfcc_delta_mean",
                13,
                "dB/frame",
                Timbre,
                Performance,
                "slope of the coefficient over nine frames, mean",
            ),
            group("mfcc_delta_sd", 13, "dB/frame", Timbre, Performance, "slope of the coefficient, standard deviation"),
            group("chroma_mean", 12, "1", Pitch, Piece, "strength of the pitch class, C first, mean"),
            group("chroma_delta_mean", 12, "1/frame", Pitch, Piece, "slope of the pitch class, mean"),
            group(
                "contrast_mean",
                7,
                "dB",
                Timbre,
                Performance,
                "spectral contrast: peak over valley in an octave band, mean",
            ),
            group("centroid_mean", 1, "Hz", Timbre, Performance, "spectral centroid, mean"),
            group("centroid_sd", 1, "Hz", Timbre, Performance, "spectral centroid, standard deviation"),
            group("bandwidth_mean", 1, "Hz", Timbre, Performance, "spectral bandwidth, mean"),
            group("flatness_mean", 1, "1", Timbre, Performance, "spectral flatness: 0 a tone, 1 white noise, mean"),
            group(
                "tempo",
                1,
                "beats/min",
                Timing,
                Performance,
                "the strongest pulse of the onsets; octave errors are common",
            ),
            group(
                "tonnetz_mean",
                6,
                "1",
                Pitch,
                Piece,
                "tonal centroid of the harmonic part: fifths, minor and major thirds, mean",
            ),
            group("rms_mean", 1, "1", Dynamics, Recording, "root mean square level, mean"),
            group("rms_sd", 1, "1", Dynamics, Performance, "root mean square level, standard deviation"),
            group("rms_curve", 20, "1", Dynamics, Performance, "root mean square level at 20 points of the window"),
            group("zcr_mean", 1, "1/sample", Timbre, Performance, "zero crossings a sample, mean"),
            group("zcr_sd", 1, "1/sample", Timbre, Performance, "zero crossings a sample, standard deviation"),
            group(
                "zcr_curve",
                20,
                "1/sample",
                Timbre,
                Performance,
                "zero crossings a sample at 20 points of the window",
            ),
        ],
    )
});

impl Catalog {
    /// The 138 numbers of the notebook, in its order.
    pub fn classic() -> &'static Catalog {
        &CLASSIC
    }

    fn new(name: &'static str, version: u32, groups: &[Group]) -> Self {
        let mut placed = Vec::with_capacity(groups.len());
        let mut names = Vec::new();
        for group in groups {
            placed.push((*group, names.len()));
            for number in 1..=group.count {
                names.push(if group.count == 1 { group.name.to_string() } else { format!("{}_{number}", group.name) });
            }
        }
        Catalog { name, version, groups: placed, names }
    }

    /// Name of the set, as `--set` takes it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Rises when a feature's meaning or place changes; a model keeps the one it was trained with.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: a catalog has features.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All groups, in order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().map(|(group, _)| group)
    }

    /// Columns of a group.
    ///
    /// # Panics
    /// If the catalog has no such group: families and catalog are written together.
    pub fn columns(&self, name: &str) -> Range<usize> {
        let (group, first) = self.groups.iter().find(|(group, _)| group.name == name).expect("a group of this catalog");
        *first..first + group.count
    }
}

/// One window's values while they are being measured; unset ones are NaN.
#[derive(Debug)]
pub struct Row<'a> {
    catalog: &'static Catalog,
    values: &'a mut [f32],
}

impl<'a> Row<'a> {
    /// An empty row over `values`, one per feature of `catalog`.
    pub fn new(catalog: &'static Catalog, values: &'a mut [f32]) -> Self {
        assert_eq!(values.len(), catalog.len(), "one value a feature");
        values.fill(f32::NAN);
        Row { catalog, values }
    }

    /// Puts one value under its name.
    pub fn put(&mut self, (group, number): FeatureId, value: f32) {
        let columns = self.catalog.columns(group);
        self.values[columns][number] = value;
    }

    /// Puts a group's values under its name, in order.
    pub fn put_all(&mut self, group: &'static str, values: &[f32]) {
        let columns = self.catalog.columns(group);
        self.values[columns].copy_from_slice(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classic_is_the_notebooks_138_in_its_order() {
        let catalog = Catalog::classic();
        assert_eq!(catalog.len(), 138);
        assert_eq!(catalog.columns("mfcc_mean"), 0..13);
        assert_eq!(catalog.columns("chroma_mean"), 52..64);
        assert_eq!(catalog.columns("tempo"), 87..88);
        assert_eq!(catalog.columns("rms_curve"), 96..116);
        assert_eq!(catalog.columns("zcr_curve"), 118..138);
    }

    #[test]
    fn a_value_is_found_under_the_name_it_was_put() {
        let catalog = Catalog::classic();
        let mut values = vec![0.0; catalog.len()];
        let mut row = Row::new(catalog, &mut values);
        row.put(("chroma_mean", 9), 0.5);
        let column = catalog.names().iter().position(|name| name == "chroma_mean_10");
        assert_eq!(column.map(|column| values[column]), Some(0.5));
        assert_eq!(values.iter().filter(|value| value.is_nan()).count(), 137);
    }
}
