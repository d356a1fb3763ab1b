//! Power spectra of long frames: fine enough in frequency to part the notes of a chord.

use std::f64::consts::TAU;

use pulp::{Arch, Simd, WithSimd};

use super::columns::{Columns, pad, windowed_pairs};
use super::fft::RealFft;
use super::plane::{Aligned, LANES, Lanes, part_mut, parts};

/// Samples of a frame.
pub const FRAME: usize = 4096;
/// Samples from one frame's start to the next.
pub const HOP: usize = 1024;
/// Frequencies kept of a frame: up to 10 kHz at 44.1 kHz.
pub const BINS: usize = 930;
/// Frames transformed together.
pub const TOGETHER: usize = LANES;

/// Hops that sixteen frames read, and one more that makes them a multiple of four.
const HOPS: usize = LANES + FRAME / HOP;

/// Whole frames in a signal: none of them reaches beyond its ends.
pub fn frames(samples: usize) -> usize {
    if samples < FRAME { 0 } else { 1 + (samples - FRAME) / HOP }
}

/// Forward transform with a periodic Hann window of 4096 samples every 1024; sixteen frames are transformed side by side.
pub struct PowerFrames {
    fft: RealFft,
    /// Half the window, as the transform gives twice the spectrum.
    window: Vec<f32>,
    padded: Vec<f32>,
    columns: Columns,
    re: Aligned,
    im: Aligned,
    power: Vec<Lanes>,
}

impl PowerFrames {
    /// A transform ready for any signal.
    pub fn new() -> Self {
        let fft = RealFft::new(FRAME);
        let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos();
        PowerFrames {
            re: Aligned::new(fft.room() * LANES),
            im: Aligned::new(fft.room() * LANES),
            fft,
            window: (0..FRAME).map(|n| (0.5 * hann(n)) as f32).collect(),
            padded: Vec::new(),
            columns: Columns::default(),
            power: vec![[0.0; LANES]; BINS],
        }
    }

    /// Fills `rows` (up to sixteen frames × [`BINS`]) with `scale` times the power of the frames that begin with `signal`.
    ///
    /// At `scale` 1 a frame's powers add up to the mean square of its samples, as far as they lie below 10 kHz.
    ///
    /// # Panics
    /// If `rows` is not whole frames, or more than sixteen.
    pub fn rows(&mut self, signal: &[f32], scale: f32, rows: &mut [f32]) {
        assert!(rows.len().is_multiple_of(BINS) && rows.len() <= TOGETHER * BINS, "up to sixteen whole frames");
        pad(signal, 0, HOPS * HOP, &mut self.padded);
        self.columns.fill(&self.padded, HOP, HOPS);
        // Of the squared spectrum, one side holds 3 ∕ 16 of the square of the frame's length, the Hann window's share.
        let scale = scale * 16.0 / (3.0 * (FRAME * FRAME) as f32);
        Arch::new().dispatch(Block { frames: self, scale });
        for (frame, row) in rows.chunks_exact_mut(BINS).enumerate() {
            row.iter_mut().zip(&self.power).for_each(|(value, lanes)| *value = lanes[frame]);
        }
    }
}

impl Default for PowerFrames {
    fn default() -> Self {
        PowerFrames::new()
    }
}

struct Block<'a> {
    frames: &'a mut PowerFrames,
    scale: f32,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let PowerFrames { fft, window, columns, re, im, power, .. } = self.frames;
        let scale = simd.splat_f32s(self.scale);
        let (re, im) = (S::as_mut_simd_f32s(re.get_mut()).0, S::as_mut_simd_f32s(im.get_mut()).0);
        for part in 0..parts::<S>() {
            let first = part * S::F32_LANES;
            fft.forward(
                simd,
                #[inline(always)]
                |point| windowed_pairs(simd, columns, window, point, first),
                re,
                im,
            );
            for (k, power) in power.iter_mut().enumerate() {
                let [(x, y), _] = fft.bins(simd, k, re, im);
                let square = simd.mul_add_e_f32s(x, x, simd.mul_f32s(y, y));
                *part_mut::<S>(power, part) = simd.mul_f32s(square, scale);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a transform of 4096 single-precision samples, against the frame's largest power.
    const ROUNDING: f64 = 1e-5;

    fn noise(length: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn equals_the_definition() {
        let signal = noise(FRAME + 3 * HOP + 7);
        assert_eq!((frames(signal.len()), frames(FRAME - 1), frames(FRAME)), (4, 0, 1));
        let mut rows = vec![0.0; 4 * BINS];
        PowerFrames::new().rows(&signal, 1.0, &mut rows);
        for frame in 0..4 {
            let row = &rows[frame * BINS..][..BINS];
            let largest = f64::from(row.iter().copied().fold(0.0, f32::max));
            for bin in [0, 1, 5, 400, BINS - 1] {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, sample) in signal[frame * HOP..][..FRAME].iter().enumerate() {
                    let window = 0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos();
                    let (sine, cosine) = (TAU * (bin * n % FRAME) as f64 / FRAME as f64).sin_cos();
                    re += f64::from(*sample) * window * cosine;
                    im -= f64::from(*sample) * window * sine;
                }
                let power = (re * re + im * im) * 16.0 / (3.0 * (FRAME * FRAME) as f64);
                let found = f64::from(row[bin]);
                assert!((found - power).abs() < ROUNDING * largest, "frame {frame}, bin {bin}: {found}, not {power}");
            }
        }
    }

    #[test]
    fn the_powers_of_a_sine_add_up_to_its_mean_square() {
        let signal: Vec<f32> = (0..3 * FRAME).map(|n| 0.5 * (TAU * n as f64 * 0.0123).sin() as f32).collect();
        let mut rows = vec![0.0; 5 * BINS];
        PowerFrames::new().rows(&signal, 2.0, &mut rows);
        for row in rows.chunks_exact(BINS) {
            // Twice one eighth; the window meets the sine's cycles by chance.
            assert!((row.iter().sum::<f32>() - 0.25).abs() < 1e-3, "{}", row.iter().sum::<f32>());
        }
    }
}
