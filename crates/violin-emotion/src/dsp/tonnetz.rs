//! Tonal centroids: where the sounding pitch classes lie among fifths and thirds.

use std::f64::consts::PI;

use super::cqt;

/// Pitch classes.
pub const CLASSES: usize = 12;
/// Coordinates: sine and cosine on the circles of fifths, minor thirds and major thirds.
pub const DIMENSIONS: usize = 6;

/// Adds a frame's constant-Q magnitudes up by pitch class, C first, and divides by the largest: 0 to 1 each.
///
/// The three bins around a semitone count for it; octaves are equal. A frame of silence gives zeros
/// (`librosa.feature.chroma_cqt` with its defaults).
pub fn chroma(magnitudes: &[f32]) -> [f32; CLASSES] {
    let mut octave = [0.0; cqt::BINS_PER_OCTAVE];
    for magnitudes in magnitudes.chunks_exact(cqt::BINS_PER_OCTAVE) {
        for (sum, magnitude) in octave.iter_mut().zip(magnitudes) {
            *sum += magnitude;
        }
    }
    let below = |bin: usize| (bin + cqt::BINS_PER_OCTAVE - 1) % cqt::BINS_PER_OCTAVE;
    let classes: [f32; CLASSES] =
        std::array::from_fn(|class| octave[below(3 * class)] + octave[3 * class] + octave[3 * class + 1]);
    let largest = classes.iter().fold(0.0f32, |largest, class| largest.max(*class));
    if largest >= f32::MIN_POSITIVE { classes.map(|class| class / largest) } else { classes }
}

/// The mean over all frames of their tonal centroids; `magnitudes` are frames × 252 from C1
/// ([`cqt::ConstantQ::magnitudes`]). A silent frame counts as zero.
///
/// Each frame's chroma, of sum 1, is the weight of twelve points on three circles of radius 1, 1 and ½
/// (Harte, Sandler and Gasser 2006, "Detecting harmonic change in musical audio"; `librosa.feature.tonnetz`).
pub fn mean_centroid(magnitudes: &[f32]) -> [f32; DIMENSIONS] {
    let mut mean = [0.0; CLASSES];
    let frames = magnitudes.len() / cqt::BINS;
    for frame in magnitudes.chunks_exact(cqt::BINS) {
        let chroma = chroma(frame);
        let sum: f32 = chroma.iter().sum();
        if sum >= f32::MIN_POSITIVE {
            for (mean, class) in mean.iter_mut().zip(chroma) {
                *mean += f64::from(class / sum) / frames as f64;
            }
        }
    }
    // The centroid is linear in the chroma: the mean of the centroids is the centroid of the mean.
    centroid(&mean).map(|coordinate| coordinate as f32)
}

/// The tonal centroid of twelve pitch classes of sum 1, C first.
pub fn centroid(chroma: &[f64; CLASSES]) -> [f64; DIMENSIONS] {
    // Half turns a semitone: 7∕6 takes the fifths' circle round in twelve steps, 3∕2 in four minor, 2∕3 in three major thirds.
    let circles = [(7.0 / 6.0, 1.0), (3.0 / 2.0, 1.0), (2.0 / 3.0, 0.5)];
    std::array::from_fn(|dimension| {
        let (turns, radius) = circles[dimension / 2];
        let terms = chroma.iter().enumerate().map(|(class, weight)| {
            let (sine, cosine) = (PI * turns * class as f64).sin_cos();
            weight * if dimension % 2 == 0 { sine } else { cosine }
        });
        radius * terms.sum::<f64>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of sums of a few single-precision terms.
    const ROUNDING: f32 = 1e-6;

    fn only(bins: &[usize]) -> Vec<f32> {
        let mut frame = vec![0.0; cqt::BINS];
        for bin in bins {
            frame[*bin] = 2.0;
        }
        frame
    }

    #[test]
    fn the_three_bins_around_a_semitone_are_its_class() {
        for (bin, class) in
            [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1), (34, 11), (35, 0), (36, 0), (143, 0), (27 + 108, 9)]
        {
            let mut expected = [0.0; CLASSES];
            expected[class] = 1.0;
            assert_eq!(chroma(&only(&[bin])), expected, "bin {bin}");
        }
    }

    #[test]
    fn c_stands_at_the_top_of_each_circle_and_a_fifth_is_seven_twelfths_of_a_half_turn_on() {
        let c = mean_centroid(&only(&[36]));
        for (found, expected) in c.iter().zip([0.0, 1.0, 0.0, 1.0, 0.0, 0.5]) {
            assert!((found - expected).abs() < ROUNDING, "{c:?}");
        }
        // G: seven semitones are 49∕6 half turns on the first circle: 30 degrees from C.
        let g = mean_centroid(&only(&[36 + 21]));
        assert!((g[0] - 0.5).abs() < ROUNDING && (g[1] - 0.75f32.sqrt()).abs() < ROUNDING, "{g:?}");
    }

    #[test]
    fn a_whole_scale_of_semitones_is_the_middle_and_silence_is_zero() {
        let all: Vec<usize> = (0..12).map(|class| 3 * class).collect();
        assert!(mean_centroid(&only(&all)).iter().all(|coordinate| coordinate.abs() < ROUNDING));
        assert_eq!(mean_centroid(&only(&[])), [0.0; DIMENSIONS]);
    }

    #[test]
    fn the_mean_is_over_all_frames_the_silent_ones_too() {
        let frames: Vec<f32> = [only(&[36]), only(&[])].concat();
        assert!((mean_centroid(&frames)[1] - 0.5).abs() < ROUNDING);
    }
}
