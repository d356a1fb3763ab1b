//! Cues → soft labels, by the published signs.
//!
//! What emotion a rendered take is labelled with is this rule's word alone: rendered, no evidence about listeners.

use super::cues::{CUES, Cues};

/// The emotions of [`labels`], in order.
pub const EMOTIONS: [&str; 4] = ["happiness", "sadness", "anger", "tenderness"];

/// How a cue moves [`EMOTIONS`] when it rises: 1 for a published "high, fast, slow attack, legato, wide, major", −1 for
/// its opposite, a half for "medium to high" and the like; 0 where nothing or "medium" is published. Mode, the strongest
/// cue of valence, counts more (Eerola, Friberg & Bresin 2013; Battcock & Schutz 2019).
///
/// The signs as they are commonly quoted from P. N. Juslin & P. Laukka, "Communication of emotions in vocal expression and
/// music performance", Psychological Bulletin 129 (2003); those of articulation, bow noise, vibrato and timing from
/// P. N. Juslin, "Communicating emotion in music performance", in Music and Emotion (2001).
const WEIGHTS: [(&str, [f64; 4]); 11] = [
    // cue                       happiness sadness anger tenderness
    ("note_rate", [1.0, -1.0, 1.0, -1.0]),
    ("level_db", [0.5, -1.0, 1.0, -1.0]),
    ("level_variability_db", [-0.5, -1.0, 1.0, -1.0]),
    ("register_semitones", [1.0, -1.0, 1.0, -1.0]),
    ("mode", [1.5, -1.5, -1.5, 1.5]),
    ("articulation", [-1.0, 1.0, -1.0, 1.0]),
    ("attack_s", [-1.0, 1.0, -1.0, 1.0]),
    ("vibrato_extent_cents", [0.0, -1.0, 1.0, 0.0]),
    ("brightness_db_per_octave", [0.5, -1.0, 1.0, -1.0]),
    ("bow_noise_db", [-1.0, -1.0, 1.0, -1.0]),
    ("timing_variability", [-1.0, 1.0, -1.0, 1.0]),
];

/// Softens the shares: with cues drawn at random, the largest is 0.6 on average.
const TEMPERATURE: f64 = 3.5;

/// Shares of [`EMOTIONS`], summing to 1: the weighted sum of the standardised cues through a softmax.
pub fn labels(cues: &Cues) -> [f32; 4] {
    let mut scores = [0.0; 4];
    for (name, weights) in WEIGHTS {
        let cue = CUES.iter().find(|cue| cue.name == name).expect("a weight names a cue");
        let height = cue.standardised(cues);
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += weight * height / TEMPERATURE;
        }
    }
    let highest = scores.into_iter().fold(f64::MIN, f64::max);
    let powers = scores.map(|score| (score - highest).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| (power / sum) as f32)
}
