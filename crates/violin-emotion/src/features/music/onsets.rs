//! Where something begins, how strongly, how fast it rises and dies away.

use std::ops::Range;

use super::heard::{FRAME_RATE, Heard};
use super::spectrum::BANDS;
use super::statistics::{Sorted, mean_and_deviation, median, moving_mean};
use crate::features::Row;

/// Frames over which the bands rise: half a frame's samples are new.
const STEP: usize = 2;
/// An onset's rise is the largest within so many frames on either side …
const ALONE: usize = 3;
/// … and stands above the mean of the 0.35 s on either side by so much, dB.
const ABOVE_DB: f32 = 0.75;
const AROUND: usize = 15;
/// Frames over which the level's rise at an onset is looked for, and the fall after it.
const ATTACK: usize = 3;
const DECAY: usize = 11;
/// Fewer onsets have no usual interval.
const FEWEST: usize = 3;

/// Something that begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Onset {
    /// Its moment, frames.
    pub at: f32,
    /// The rise of the bands, dB.
    pub strength_db: f32,
    /// Steepest rise of the level, dB/s.
    pub attack: f32,
    /// Fall of the level until the next onset, at most a quarter of a second, dB/s.
    pub decay: f32,
}

/// Mean rise of each frame's bands (frames × bands, dB) since two frames before, a band against the loudest of it and its
/// neighbours, so that vibrato is no onset (S. Böck and G. Widmer 2013, "Maximum filter vibrato suppression for onset
/// detection"); and their mean way up or down.
pub(super) fn rises(bands: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let frames = bands.len() / BANDS;
    let (mut rises, mut ways) = (vec![0.0; frames], vec![f32::NAN; frames]);
    let pairs = bands.chunks_exact(BANDS).zip(bands.chunks_exact(BANDS).skip(STEP));
    for (at, (before, here)) in pairs.enumerate() {
        let (mut rise, mut way) = (0.0, 0.0);
        for band in 0..BANDS {
            let around = &before[band.saturating_sub(1)..(band + 2).min(BANDS)];
            let loudest = around.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            rise += (here[band] - loudest).max(0.0);
            way += (here[band] - before[band]).abs();
        }
        (rises[at + STEP], ways[at + STEP]) = (rise / BANDS as f32, way / BANDS as f32);
    }
    (rises, ways)
}

/// The onsets of a whole recording.
pub(super) fn find(strength_db: &[f32], level_db: &[f32]) -> Vec<Onset> {
    let means = moving_mean(strength_db, AROUND);
    let is_one = |at: usize| {
        let here = strength_db[at];
        let around = &strength_db[at.saturating_sub(ALONE)..(at + ALONE + 1).min(strength_db.len())];
        // Of equal neighbours the first is the onset.
        let first = strength_db[at.saturating_sub(ALONE)..at].iter().all(|before| *before < here);
        here >= means[at] + ABOVE_DB && first && around.iter().all(|other| *other <= here)
    };
    let frames: Vec<usize> = (0..strength_db.len()).filter(|at| is_one(*at)).collect();
    let ends = frames.iter().skip(1).copied().chain(std::iter::once(strength_db.len()));
    frames.iter().zip(ends).map(|(&at, end)| onset(at, end, strength_db, level_db)).collect()
}

fn onset(at: usize, end: usize, strength_db: &[f32], level_db: &[f32]) -> Onset {
    let level = |frame: usize| level_db[frame.min(level_db.len() - 1)];
    let rise = |frame: usize| (level(frame) - level(frame.saturating_sub(STEP))) * FRAME_RATE / STEP as f32;
    let attack = (at.saturating_sub(ATTACK)..=at + ATTACK).map(rise).fold(f32::NEG_INFINITY, f32::max);
    let peak = (at..=at + ATTACK).max_by(|one, other| level(*one).total_cmp(&level(*other))).unwrap_or(at);
    let last = (peak + DECAY).min(end.saturating_sub(STEP).max(peak + 1));
    let decay = (level(peak) - level(last)) * FRAME_RATE / (last - peak) as f32;
    let [before, here, after] =
        [at.saturating_sub(1), at, (at + 1).min(strength_db.len() - 1)].map(|at| strength_db[at]);
    let curvature = before + after - 2.0 * here;
    let shift = if curvature < 0.0 { (0.5 * (before - after) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
    Onset { at: at as f32 + shift, strength_db: here, attack, decay }
}

/// The names of a mean and a standard deviation, and what of an onset they are of.
type Track = (&'static str, &'static str, fn(&Onset) -> f32);

/// Puts what the onsets of a span say.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    let inside = |onset: &&Onset| frames.contains(&(onset.at.round() as usize));
    let onsets: Vec<&Onset> = heard.onsets.iter().filter(inside).collect();
    let sorted = Sorted::of(heard.strength_db[frames.clone()].iter().copied());
    row.put_known("onset_strength_mean_db", sorted.as_ref().map(Sorted::mean));
    row.put_known("onset_strength_sd_db", sorted.as_ref().map(Sorted::deviation));
    row.put_known("onset_strength_q90_db", sorted.as_ref().map(|sorted| sorted.quantile(0.9)));
    row.put_known("onsets_per_s", Some(onsets.len() as f32 * FRAME_RATE / frames.len() as f32));

    let mut octaves: Vec<f32> = onsets.windows(2).map(|pair| ((pair[1].at - pair[0].at) / FRAME_RATE).log2()).collect();
    let middle = median(&mut octaves).filter(|_| octaves.len() + 1 >= FEWEST);
    let spread = |middle: f32| octaves.iter().map(|value| (value - middle).abs()).sum::<f32>() / octaves.len() as f32;
    row.put_known("onset_interval_s", middle.map(f32::exp2));
    row.put_known("onset_interval_spread", middle.map(spread));

    let values = |of: fn(&Onset) -> f32| -> Vec<f32> { onsets.iter().map(|onset| of(onset)).collect() };
    let tracks: [Track; 3] = [
        ("onset_peak_db", "onset_peak_sd_db", |onset| onset.strength_db),
        ("onset_attack_db_per_s", "onset_attack_sd_db_per_s", |onset| onset.attack),
        ("onset_decay_db_per_s", "onset_decay_sd_db_per_s", |onset| onset.decay),
    ];
    for (mean, deviation, of) in tracks {
        let values = values(of);
        row.put_known(mean, mean_and_deviation(&values, 1).map(|(mean, _)| mean));
        row.put_known(deviation, mean_and_deviation(&values, FEWEST).map(|(_, deviation)| deviation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_bands_is_an_onset_and_a_slide_to_the_next_band_is_none() {
        let mut bands = vec![-40.0; 60 * BANDS];
        bands[30 * BANDS..].fill(-30.0);
        let (strength, way) = rises(&bands);
        assert_eq!((strength[29], strength[30], strength[31], strength[32]), (0.0, 10.0, 10.0, 0.0));
        assert!(way[1].is_nan() && way[30] == 10.0);
        let mut slide = vec![-40.0; 60 * BANDS];
        for frame in 0..60 {
            slide[frame * BANDS + 20 + usize::from(frame >= 30)] = 0.0;
        }
        assert_eq!(rises(&slide).0, vec![0.0; 60]);
    }

    #[test]
    fn an_onset_has_its_moment_its_rise_and_its_fall() {
        let mut strength = vec![0.1; 80];
        (strength[39], strength[40], strength[41]) = (3.0, 6.0, 3.0);
        let level: Vec<f32> = (0..80).map(|at| if at < 40 { -30.0 } else { -(at as f32 - 40.0) }).collect();
        let onsets = find(&strength, &level);
        assert_eq!(onsets.len(), 1);
        assert_eq!((onsets[0].at, onsets[0].strength_db), (40.0, 6.0));
        assert!((onsets[0].attack - 15.0 * FRAME_RATE).abs() < 1e-2, "{onsets:?}");
        assert!((onsets[0].decay - FRAME_RATE).abs() < 1e-2, "{onsets:?}");
    }
}
