//! The named features: the only source of their order.

use std::ops::Range;
use std::sync::LazyLock;

use super::music::MUSIC;
use super::{FeatureSet, sets};

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
    /// Tempo, pulse, the notes' intervals.
    Timing,
    /// The regular swing of a note's pitch.
    Vibrato,
    /// Slides from note to note.
    Portamento,
    /// How much of its time a note sounds, and whether the bow goes on.
    Articulation,
    /// How a note begins.
    Attack,
    /// How near the notes are to the tempered pitches.
    Intonation,
    /// How high it is, and where it goes.
    Register,
    /// How strong the high partials are: the colour of the sound.
    Brightness,
    /// What is heard between the partials.
    BowNoise,
    /// Major or minor, and what else the harmony has.
    Mode,
}

impl Family {
    /// `bow_noise`
    pub fn name(self) -> &'static str {
        match self {
            Family::Timbre => "timbre",
            Family::Pitch => "pitch_classes",
            Family::Dynamics => "dynamics",
            Family::Timing => "timing",
            Family::Vibrato => "vibrato",
            Family::Portamento => "portamento",
            Family::Articulation => "articulation",
            Family::Attack => "attack",
            Family::Intonation => "intonation",
            Family::Register => "register",
            Family::Brightness => "brightness",
            Family::BowNoise => "bow_noise",
            Family::Mode => "mode",
        }
    }
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
    /// Why they may be missing (NaN); `None` for what can always be measured.
    pub missing: Option<&'static str>,
}

/// A feature's name in code: its group's name and its number inside the group.
pub type FeatureId = (&'static str, usize);

/// Features of one family, in one part of a catalog, that may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Number of the part.
    pub part: usize,
    /// The family.
    pub family: Family,
    /// Its columns there that may be missing.
    pub columns: Vec<usize>,
}

/// An ordered, versioned set of features.
#[derive(Debug)]
pub struct Catalog {
    name: &'static str,
    version: u32,
    groups: Vec<(Group, usize)>,
    names: Vec<String>,
    parts: Vec<(&'static str, Range<usize>)>,
}

/// The groups of one part of a catalog, with its name.
type Part = (&'static str, &'static [Group]);
const CLASSIC_PART: Part = ("classic", sets::CLASSIC);
const VIOLIN_PART: Part = ("violin", sets::VIOLIN);
const MUSIC_PART: Part = ("music", MUSIC);

static CLASSIC: LazyLock<Catalog> = LazyLock::new(|| Catalog::new("classic", 1, &[CLASSIC_PART]));
static VIOLIN: LazyLock<Catalog> = LazyLock::new(|| Catalog::new("violin", 1, &[VIOLIN_PART]));
static MUSIC_CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new("music", 1, &[MUSIC_PART]));
static VIOLIN_MUSIC: LazyLock<Catalog> = LazyLock::new(|| Catalog::new("violin+music", 1, &[VIOLIN_PART, MUSIC_PART]));
static ALL: LazyLock<Catalog> = LazyLock::new(|| Catalog::new("all", 2, &[CLASSIC_PART, VIOLIN_PART, MUSIC_PART]));

impl Catalog {
    /// The features of a set.
    pub fn of(set: FeatureSet) -> &'static Catalog {
        match set {
            FeatureSet::Classic => &CLASSIC,
            FeatureSet::Violin => &VIOLIN,
            FeatureSet::Music => &MUSIC_CATALOG,
            FeatureSet::ViolinMusic => &VIOLIN_MUSIC,
            FeatureSet::All => &ALL,
        }
    }

    fn new(name: &'static str, version: u32, parts: &[Part]) -> Self {
        let mut catalog = Catalog { name, version, groups: Vec::new(), names: Vec::new(), parts: Vec::new() };
        let names = &mut catalog.names;
        for (part, groups) in parts {
            let first = names.len();
            for group in *groups {
                catalog.groups.push((*group, names.len()));
                let name =
                    |number| if group.count == 1 { group.name.into() } else { format!("{}_{number}", group.name) };
                names.extend((1..=group.count).map(name));
            }
            catalog.parts.push((part, first..names.len()));
        }
        catalog
    }

    /// The sets that it is made of, one after the other, each with its columns: one, or several of which each is a world of its own.
    pub fn parts(&self) -> &[(&'static str, Range<usize>)] {
        &self.parts
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

    /// All families, each with its columns, in order.
    pub fn families(&self) -> Vec<(Family, Vec<usize>)> {
        self.by_family(&(0..self.len()), |_| true)
    }

    /// Part by part the families of which something may be missing, each with its columns that may, in order.
    pub fn gaps(&self) -> Vec<Gap> {
        let of_part = |(number, (_, part)): (usize, &(_, Range<usize>))| {
            let families = self.by_family(part, |group| group.missing.is_some());
            families.into_iter().map(move |(family, columns)| Gap { part: number, family, columns })
        };
        self.parts.iter().enumerate().flat_map(of_part).collect()
    }

    fn by_family(&self, part: &Range<usize>, wanted: impl Fn(&Group) -> bool) -> Vec<(Family, Vec<usize>)> {
        let mut families: Vec<(Family, Vec<usize>)> = Vec::new();
        let of_part = self.groups.iter().filter(|(_, first)| part.contains(first));
        for (group, first) in of_part.filter(|(group, _)| wanted(group)) {
            let columns = *first..first + group.count;
            match families.iter_mut().find(|(family, _)| *family == group.family) {
                Some((_, of_family)) => of_family.extend(columns),
                None => families.push((group.family, columns.collect())),
            }
        }
        families
    }

    /// Whether a column's value may be missing.
    pub fn may_be_missing(&self, column: usize) -> bool {
        self.group_of(column).is_some_and(|group| group.missing.is_some())
    }

    /// A column's unit; `1` where there is none.
    pub fn unit(&self, column: usize) -> &'static str {
        self.group_of(column).map_or("1", |group| group.unit)
    }

    fn group_of(&self, column: usize) -> Option<&Group> {
        let in_group = |(group, first): &&(Group, usize)| (*first..first + group.count).contains(&column);
        self.groups.iter().find(in_group).map(|(group, _)| group)
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

    /// Puts the one value of a group; what is not known stays missing.
    pub fn put_known(&mut self, group: &'static str, value: Option<f32>) {
        self.put((group, 0), value.unwrap_or(f32::NAN));
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
        let catalog = Catalog::of(FeatureSet::Classic);
        assert_eq!(catalog.len(), 138);
        assert_eq!(catalog.columns("mfcc_mean"), 0..13);
        assert_eq!(catalog.columns("chroma_mean"), 52..64);
        assert_eq!(catalog.columns("tempo"), 87..88);
        assert_eq!(catalog.columns("rms_curve"), 96..116);
        assert_eq!(catalog.columns("zcr_curve"), 118..138);
    }

    #[test]
    fn a_value_is_found_under_the_name_it_was_put() {
        let catalog = Catalog::of(FeatureSet::Classic);
        let mut values = vec![0.0; catalog.len()];
        let mut row = Row::new(catalog, &mut values);
        row.put(("chroma_mean", 9), 0.5);
        let column = catalog.names().iter().position(|name| name == "chroma_mean_10");
        assert_eq!(column.map(|column| values[column]), Some(0.5));
        assert_eq!(values.iter().filter(|value| value.is_nan()).count(), 137);
    }
}
