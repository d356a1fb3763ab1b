//! Onset strength: how much the spectrum rises from frame to frame.

use super::vectorised::vectorised;

/// Mel bands of a frame.
pub const BANDS: usize = 128;

/// Frames by which the rise between two frames is late: the step itself, and half a frame of 2048 samples every 512.
const DELAY: usize = 1 + 2;

/// Fills `strength` with one value a frame, in dB: the median over the bands of the rise since the frame before,
/// falls counted as zero (`librosa.onset.onset_strength` with `aggregate=np.median`, as beat tracking uses it).
///
/// `mel_db` is frames × 128, in dB. The first three frames are zero.
///
/// # Panics
/// If `mel_db` is not whole frames.
pub fn onset_strength(mel_db: &[f32], strength: &mut Vec<f32>) {
    assert!(mel_db.len().is_multiple_of(BANDS), "whole frames");
    let frames = mel_db.len() / BANDS;
    strength.clear();
    strength.resize(frames, 0.0);
    let pairs = mel_db.chunks_exact(BANDS).zip(mel_db.chunks_exact(BANDS).skip(1));
    for (strength, (before, after)) in strength.iter_mut().skip(DELAY).zip(pairs) {
        *strength = vectorised(
            #[inline(always)]
            || median_rise(before, after),
        );
    }
}

/// Median of the rises: the mean of the two middle ones.
#[inline(always)]
fn median_rise(before: &[f32], after: &[f32]) -> f32 {
    // Numbers that are not negative are ordered as their bits are.
    let mut rises = [0u32; BANDS];
    let mut risen = 0;
    for (rise, (before, after)) in rises.iter_mut().zip(before.iter().zip(after)) {
        let difference = after - before;
        *rise = if difference > 0.0 { difference } else { 0.0 }.to_bits();
        risen += u32::from(difference > 0.0);
    }
    if risen < BANDS as u32 / 2 {
        return 0.0;
    }
    // The upper middle value is the least that more than half of the values do not exceed; found bit by bit.
    let mut upper = 0;
    for bit in (0..31).rev() {
        let candidate = upper | (1 << bit);
        let below: u32 = rises.iter().map(|rise| u32::from(*rise < candidate)).sum();
        if below <= BANDS as u32 / 2 {
            upper = candidate;
        }
    }
    let below: u32 = rises.iter().map(|rise| u32::from(*rise < upper)).sum();
    let largest_below = rises.iter().map(|rise| if *rise < upper { *rise } else { 0 }).fold(0, u32::max);
    let lower = if below == BANDS as u32 / 2 { largest_below } else { upper };
    (f32::from_bits(lower) + f32::from_bits(upper)) / 2.0
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The definition: sort, and take the mean of the two in the middle.
    fn slow(before: &[f32], after: &[f32]) -> f32 {
        let mut rises: Vec<f32> = before.iter().zip(after).map(|(before, after)| (after - before).max(0.0)).collect();
        rises.sort_by(f32::total_cmp);
        (rises[BANDS / 2 - 1] + rises[BANDS / 2]) / 2.0
    }

    #[test]
    fn equal_to_sorting_the_rises() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        for lean in [-0.9, -0.5, -0.45, -0.1, 0.0] {
            for levels in [2, 3, 1000] {
                let before = [0.0; BANDS];
                let after: Vec<f32> =
                    (0..BANDS).map(|_| lean + random.random_range(0..levels) as f32 / levels as f32).collect();
                assert_eq!(median_rise(&before, &after), slow(&before, &after), "lean {lean}, {levels} levels");
            }
        }
    }

    #[test]
    fn a_step_of_6_db_is_6_at_its_frame_and_a_fall_is_nothing() {
        let mut mel_db = vec![-40.0; 20 * BANDS];
        mel_db[8 * BANDS..12 * BANDS].fill(-34.0);
        let mut strength = Vec::new();
        onset_strength(&mel_db, &mut strength);
        let mut expected = vec![0.0; 20];
        // From frame 7 to frame 8, two frames later for the half frame that the window looks ahead.
        expected[8 + 2] = 6.0;
        assert_eq!(strength, expected);
    }

    #[test]
    fn one_frame_has_no_rise() {
        let mut strength = Vec::new();
        onset_strength(&[0.0; BANDS], &mut strength);
        assert_eq!(strength, [0.0]);
    }
}
