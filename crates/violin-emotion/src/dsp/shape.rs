//! The shape of a spectrum, frame by frame: centroid, bandwidth, flatness, as `librosa.feature`.

use super::vectorised::vectorised;

use super::logarithm::{ln, split};
use super::stft::{BINS, FRAME};

/// Power below this counts as this.
const LEAST_POWER: f32 = 1e-10;
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// The shape of each frame.
#[derive(Debug, Default, Clone)]
pub struct Shapes {
    /// Mean frequency, weighted by magnitude, Hz; 0 in silence.
    pub centroid: Vec<f32>,
    /// Standard deviation of the frequency around the centroid, weighted by magnitude, Hz.
    pub bandwidth: Vec<f32>,
    /// Geometric over arithmetic mean of the power: near 0 for a tone, near 1 for noise (Dubnov 2004).
    pub flatness: Vec<f32>,
}

impl Shapes {
    /// Measures all frames of `magnitude` and `power`, each frames × 1025.
    pub fn measure(&mut self, magnitude: &[f32], power: &[f32], sample_rate: u32) {
        let bin_hz = sample_rate as f32 / FRAME as f32;
        self.centroid.clear();
        self.bandwidth.clear();
        self.flatness.clear();
        vectorised(
            #[inline(always)]
            || {
                for (magnitude, power) in magnitude.chunks_exact(BINS).zip(power.chunks_exact(BINS)) {
                    let (centroid, bandwidth) = spread(magnitude, bin_hz);
                    self.centroid.push(centroid);
                    self.bandwidth.push(bandwidth);
                    self.flatness.push(flatness(power));
                }
            },
        );
    }
}

#[inline(always)]
fn spread(magnitude: &[f32], bin_hz: f32) -> (f32, f32) {
    let [sum, weighted] = sums(magnitude, |bin| [1.0, bin]);
    if sum < f32::MIN_POSITIVE {
        // The formula's limit when nothing is divided: bins of silence have no weight.
        return (0.0, 0.0);
    }
    let centre = weighted / sum;
    let [_, squared] = sums(magnitude, |bin| [0.0, (bin - centre) * (bin - centre)]);
    (centre * bin_hz, (squared / sum).sqrt() * bin_hz)
}

/// Sums over the bins of the value times each of two weights.
#[inline(always)]
fn sums(values: &[f32], weights: impl Fn(f32) -> [f32; 2]) -> [f32; 2] {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [[0.0f32; LANES]; 2];
    for (number, chunk) in chunks.iter().enumerate() {
        for lane in 0..LANES {
            let [first, second] = weights((number * LANES + lane) as f32);
            lanes[0][lane] += chunk[lane] * first;
            lanes[1][lane] += chunk[lane] * second;
        }
    }
    for (offset, value) in rest.iter().enumerate() {
        let [first, second] = weights((chunks.len() * LANES + offset) as f32);
        lanes[0][offset] += value * first;
        lanes[1][offset] += value * second;
    }
    lanes.map(|lanes| lanes.iter().sum())
}

/// One logarithm for each lane's product: a mantissa is below 2, so 65 of them stay far below the largest number.
#[inline(always)]
fn flatness(power: &[f32]) -> f32 {
    let (chunks, rest) = power.as_chunks::<LANES>();
    let (mut products, mut exponents, mut total): (Lanes, Lanes, Lanes) = ([1.0; LANES], [0.0; LANES], [0.0; LANES]);
    let mut add = |lane: usize, power: f32| {
        let power = if power > LEAST_POWER { power } else { LEAST_POWER };
        let (exponent, mantissa) = split(power);
        products[lane] *= mantissa;
        exponents[lane] += exponent;
        total[lane] += power;
    };
    for chunk in chunks {
        for (lane, &power) in chunk.iter().enumerate() {
            add(lane, power);
        }
    }
    for (lane, &power) in rest.iter().enumerate() {
        add(lane, power);
    }
    let sum: f32 = total.iter().sum();
    let exponent: f32 = exponents.iter().sum();
    let logs: f32 = products.iter().map(|&product| ln(product)).sum();
    let mean_log = (exponent * std::f32::consts::LN_2 + logs) / BINS as f32;
    mean_log.exp() / (sum / BINS as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(magnitude: &[f32]) -> Shapes {
        let power: Vec<f32> = magnitude.iter().map(|value| value * value).collect();
        let mut shapes = Shapes::default();
        shapes.measure(magnitude, &power, 44_100);
        shapes
    }

    #[test]
    fn the_centroid_of_one_bin_is_that_bin() {
        let mut magnitude = vec![0.0; BINS];
        magnitude[100] = 3.0;
        let shapes = shapes(&magnitude);
        assert_eq!(shapes.centroid, [100.0 * 44_100.0 / 2048.0]);
        assert_eq!(shapes.bandwidth, [0.0]);
        assert!(shapes.flatness[0] < 1e-6);
    }

    #[test]
    fn two_equal_bins_lie_half_their_distance_around_the_middle() {
        let mut magnitude = vec![0.0; BINS];
        (magnitude[200], magnitude[1024]) = (0.5, 0.5);
        let bin_hz = 44_100.0 / 2048.0;
        let shapes = shapes(&magnitude);
        assert!((shapes.centroid[0] - 612.0 * bin_hz).abs() < 0.01, "{shapes:?}");
        assert!((shapes.bandwidth[0] - 412.0 * bin_hz).abs() < 0.01, "{shapes:?}");
    }

    #[test]
    fn a_flat_spectrum_is_flat_at_any_level() {
        for level in [1e-4, 1.0, 1e4] {
            let flatness = shapes(&[level; 2 * BINS]).flatness;
            assert!(flatness.iter().all(|value| (value - 1.0).abs() < 1e-4), "{level}: {flatness:?}");
        }
    }

    #[test]
    fn flatness_is_the_ratio_of_the_means() {
        let magnitude: Vec<f32> = (0..BINS).map(|bin| 0.01 + (bin as f32 * 0.37).sin().abs()).collect();
        let power: Vec<f64> = magnitude.iter().map(|value| f64::from(value * value)).collect();
        let logs = power.iter().map(|power| power.ln()).sum::<f64>() / BINS as f64;
        let expected = logs.exp() / (power.iter().sum::<f64>() / BINS as f64);
        let found = f64::from(shapes(&magnitude).flatness[0]);
        // 1025 products in f32.
        assert!((found / expected - 1.0).abs() < 2e-5, "{found}, not {expected}");
    }

    #[test]
    fn silence_has_a_finite_shape() {
        let shapes = shapes(&[0.0; BINS]);
        assert_eq!((shapes.centroid[0], shapes.bandwidth[0]), (0.0, 0.0));
        assert!((shapes.flatness[0] - 1.0).abs() < 1e-4);
    }
}
