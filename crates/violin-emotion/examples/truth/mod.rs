//! What the examples on explanations share: which family speaks of a cue, and how alike two rankings are.

// Each example uses its own part.
#![allow(dead_code)]

/// The cues of the built-in recipe that move an emotion, and the family that speaks of each.
pub const FAMILIES: [(&str, &str); 11] = [
    ("note_rate", "timing"),
    ("level_db", "dynamics"),
    ("level_variability_db", "dynamics"),
    ("register_semitones", "register"),
    ("mode", "mode"),
    ("articulation", "articulation"),
    ("attack_s", "attack"),
    ("vibrato_extent_cents", "vibrato"),
    ("brightness_db_per_octave", "brightness"),
    ("bow_noise_db", "bow noise"),
    ("timing_variability", "timing"),
];

/// What the set `violin` leaves out on purpose: a recording's gain hides it.
pub const UNHEARD: &str = "level_db";

/// Rank correlation; equal values have the mean of their ranks.
pub fn spearman(one: &[f64], other: &[f64]) -> f64 {
    correlation(&ranks(one), &ranks(other))
}

/// Pearson's; 0 where one does not vary.
pub fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let (mean_one, mean_other) = (mean(one), mean(other));
    let product: f64 = one.iter().zip(other).map(|(a, b)| (a - mean_one) * (b - mean_other)).sum();
    let scale = (variance(one) * variance(other)).sqrt() * one.len() as f64;
    if scale > 0.0 { product / scale } else { 0.0 }
}

pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |value: f64| values.iter().filter(|other| **other < value).count() as f64;
    let equal = |value: f64| values.iter().filter(|other| **other == value).count() as f64;
    values.iter().map(|&value| below(value) + (equal(value) - 1.0) / 2.0).collect()
}
