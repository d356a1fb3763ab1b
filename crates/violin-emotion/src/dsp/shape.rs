//! The shape of a spectrum, frame by frame: centroid, bandwidth, flatness, as `librosa.feature`.

use pulp::{Arch, Simd, WithSimd};

use super::logarithm::{ln, split};
use super::plane::{self, LANES, Lanes, Plane, part_mut, parts};
use super::stft::{BINS, FRAME};

/// Power below this counts as this.
const LEAST_POWER: f32 = 1e-10;
/// Bins that are added up by themselves before they join the whole, which keeps rounding small. A mantissa is below 2, so
/// the product of so many stays far below the largest number.
const TOGETHER: usize = 32;

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
    /// Measures all frames from their magnitudes.
    pub fn measure(&mut self, magnitude: &Plane, sample_rate: u32) {
        let bin_hz = sample_rate as f32 / FRAME as f32;
        let frames = magnitude.frames();
        self.centroid.clear();
        self.bandwidth.clear();
        self.flatness.clear();
        for magnitude in magnitude.blocks() {
            let [sum, weighted, squared] = Arch::new().dispatch(Spread { magnitude });
            let Logs { exponents, products, total } = Arch::new().dispatch(Flatness { magnitude });
            for lane in 0..LANES.min(frames - self.centroid.len()) {
                // Silence has no shape: what its formulas approach when nothing is divided by nothing.
                let sound = sum[lane] >= f32::MIN_POSITIVE;
                let share = |moment: f32| if sound { moment / sum[lane] } else { 0.0 };
                self.centroid.push(share(weighted[lane]) * bin_hz);
                self.bandwidth.push(share(squared[lane]).sqrt() * bin_hz);
                let mean_log = (exponents[lane] * std::f32::consts::LN_2 + ln(products[lane])) / BINS as f32;
                self.flatness.push(mean_log.exp() / (total[lane] / BINS as f32));
            }
        }
    }
}

/// Of sixteen frames the sums over the bins of the magnitude, of magnitude × bin, and of magnitude × the square of the
/// distance from the mean bin.
struct Spread<'a> {
    magnitude: &'a [Lanes],
}

impl WithSimd for Spread<'_> {
    type Output = [Lanes; 3];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [Lanes; 3] {
        let mut moments = [[0.0; LANES]; 3];
        for part in 0..parts::<S>() {
            let zero = simd.splat_f32s(0.0);
            let (mut sum, mut weighted, mut squared) = (zero, zero, zero);
            for (number, bins) in self.magnitude.chunks(TOGETHER).enumerate() {
                let (mut some, mut some_weighted) = (zero, zero);
                for (offset, bin) in bins.iter().enumerate() {
                    let value = plane::part::<S>(bin, part);
                    let place = simd.splat_f32s((number * TOGETHER + offset) as f32);
                    some = simd.add_f32s(some, value);
                    some_weighted = simd.mul_add_e_f32s(value, place, some_weighted);
                }
                (sum, weighted) = (simd.add_f32s(sum, some), simd.add_f32s(weighted, some_weighted));
            }
            let centre = simd.div_f32s(weighted, simd.max_f32s(sum, simd.splat_f32s(f32::MIN_POSITIVE)));
            for (number, bins) in self.magnitude.chunks(TOGETHER).enumerate() {
                let mut some = zero;
                for (offset, bin) in bins.iter().enumerate() {
                    let place = simd.splat_f32s((number * TOGETHER + offset) as f32);
                    let distance = simd.sub_f32s(place, centre);
                    let square = simd.mul_f32s(distance, distance);
                    some = simd.mul_add_e_f32s(plane::part::<S>(bin, part), square, some);
                }
                squared = simd.add_f32s(squared, some);
            }
            for (moment, value) in moments.iter_mut().zip([sum, weighted, squared]) {
                *part_mut::<S>(moment, part) = value;
            }
        }
        moments
    }
}

/// Of sixteen frames, what the logarithm of all powers multiplied is made of, and their sum.
struct Logs {
    /// Powers of two …
    exponents: Lanes,
    /// … and what is left.
    products: Lanes,
    total: Lanes,
}

/// One logarithm for a whole frame: mantissas are multiplied, exponents added.
struct Flatness<'a> {
    magnitude: &'a [Lanes],
}

impl WithSimd for Flatness<'_> {
    type Output = Logs;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Logs {
        let (mut exponents, mut products, mut total) = ([0.0; LANES], [1.0; LANES], [0.0; LANES]);
        let (fraction, one) = (simd.splat_u32s(0x007f_ffff), simd.splat_u32s(0x3f80_0000));
        let (least, shift) = (simd.splat_f32s(LEAST_POWER), simd.splat_u32s(23));
        for bins in self.magnitude.chunks(TOGETHER) {
            let mut counts = [0u32; LANES];
            for part in 0..parts::<S>() {
                let product = part_mut::<S>(&mut products, part);
                let mut sum = simd.splat_f32s(0.0);
                let mut count = simd.splat_u32s(0);
                for bin in bins {
                    let magnitude = plane::part::<S>(bin, part);
                    let power = simd.max_f32s(simd.mul_f32s(magnitude, magnitude), least);
                    let bits = simd.transmute_u32s_f32s(power);
                    let mantissa = simd.or_u32s(simd.and_u32s(bits, fraction), one);
                    count = simd.add_u32s(count, simd.wrapping_dyn_shr_u32s(bits, shift));
                    *product = simd.mul_f32s(*product, simd.transmute_f32s_u32s(mantissa));
                    sum = simd.add_f32s(sum, power);
                }
                let total = part_mut::<S>(&mut total, part);
                *total = simd.add_f32s(*total, sum);
                S::as_mut_simd_u32s(&mut counts).0[part] = count;
            }
            for ((exponent, product), count) in exponents.iter_mut().zip(&mut products).zip(counts) {
                let (more, mantissa) = split(*product);
                *exponent += count as f32 - (127 * bins.len()) as f32 + more;
                *product = mantissa;
            }
        }
        Logs { exponents, products, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(magnitude: &[f32]) -> Shapes {
        let mut shapes = Shapes::default();
        shapes.measure(&Plane::from_rows(magnitude), 44_100);
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
