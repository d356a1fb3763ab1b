//! The inverse of the centred short-time Fourier transform, as `librosa.istft`.

use pulp::{Arch, Simd, WithSimd};

use super::columns::Columns;
use super::fft::RealFft;
use super::plane::{self, Aligned, LANES, Lanes, parts_of};
use super::stft::{BINS, FRAME, HOP, hann};

/// Points of the complex transform within.
const POINTS: usize = FRAME / 2;
/// Rows of sums that are added to together.
const ROWS: usize = 16;

/// Inverse transform with a periodic Hann window of 2048 samples every 512.
///
/// Frames are windowed again and added; the sum is divided by the sum of the squared windows
/// (Griffin and Lim 1984, "Signal estimation from modified short-time Fourier transform").
///
/// Sixteen frames are transformed side by side.
pub struct InverseStft {
    fft: RealFft,
    window: Vec<f32>,
    spectrum: [Vec<Lanes>; 2],
    points: Aligned,
    re: Aligned,
    im: Aligned,
    sums: Columns,
    padded: Vec<f32>,
    /// One over the sum of the squared windows, for the frames and samples of the last call.
    weights: Vec<f32>,
    weighted: (usize, usize),
}

impl InverseStft {
    /// A transform ready for any number of frames.
    pub fn new() -> Self {
        let fft = RealFft::new(FRAME);
        InverseStft {
            re: Aligned::new(fft.room() * LANES),
            im: Aligned::new(fft.room() * LANES),
            fft,
            window: (0..FRAME).map(|n| (hann(n) / FRAME as f64) as f32).collect(),
            spectrum: [vec![[0.0; LANES]; BINS], vec![[0.0; LANES]; BINS]],
            points: Aligned::new(2 * POINTS * LANES),
            sums: Columns::default(),
            padded: Vec::new(),
            weights: Vec::new(),
            weighted: (0, 0),
        }
    }

    /// Fills `output` with the signal of `frames` spectra; its length is the signal's.
    ///
    /// `spectrum` writes sixteen frames, those of the given number of such a block: real and imaginary parts of [`BINS`] bins.
    /// Of the first and last bin the imaginary parts must be 0.
    pub fn invert(
        &mut self,
        frames: usize,
        mut spectrum: impl FnMut(usize, &mut [Lanes], &mut [Lanes]),
        output: &mut [f32],
    ) {
        self.weigh(frames, output.len());
        let padded = frames.next_multiple_of(LANES);
        self.padded.clear();
        self.padded.resize((padded * HOP + FRAME).max(output.len() + FRAME / 2), 0.0);
        for block in 0..padded / LANES {
            let [re, im] = &mut self.spectrum;
            spectrum(block, re, im);
            let first = block * LANES;
            if frames - first < LANES {
                re.iter_mut().chain(im).for_each(|values| values[frames - first..].fill(0.0));
            }
            self.sums.clear(HOP, LANES + FRAME / HOP);
            Arch::new().dispatch(Block { inverse: self, frames: frames - first });
            self.sums.add_to(&mut self.padded[first * HOP..]);
        }
        let samples = self.padded[FRAME / 2..].iter().zip(&self.weights);
        for (output, (sample, weight)) in output.iter_mut().zip(samples) {
            *output = sample * weight;
        }
    }

    fn weigh(&mut self, frames: usize, samples: usize) {
        if self.weighted == (frames, samples) {
            return;
        }
        let squares: Vec<f64> = (0..FRAME).map(|n| hann(n).powi(2)).collect();
        let mut sums = vec![0.0; samples];
        for index in 0..frames {
            let (skipped, place) = place(index, samples);
            sums[place].iter_mut().zip(&squares[skipped..]).for_each(|(sum, square)| *sum += square);
        }
        // Where no window reaches there is nothing to divide.
        let weight = |sum: f64| if sum > f64::from(f32::MIN_POSITIVE) { (1.0 / sum) as f32 } else { 1.0 };
        self.weights.clear();
        self.weights.extend(sums.into_iter().map(weight));
        self.weighted = (frames, samples);
    }
}

impl Default for InverseStft {
    fn default() -> Self {
        Self::new()
    }
}

/// The sixteen frames in `spectrum` are transformed, windowed and added up.
struct Block<'a> {
    inverse: &'a mut InverseStft,
    frames: usize,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Block { inverse: InverseStft { fft, window, spectrum, points, re, im, sums, .. }, frames } = self;
        let [spectrum_re, spectrum_im] = spectrum;
        let (re, im) = (S::as_mut_simd_f32s(re.get_mut()).0, S::as_mut_simd_f32s(im.get_mut()).0);
        let (points_re, points_im) = S::as_mut_simd_f32s(points.get_mut()).0.split_at_mut(POINTS);
        let points_im = &mut points_im[..POINTS];
        for part in 0..parts_of::<S>(frames) {
            for k in 0..=POINTS / 2 {
                let near = (plane::part::<S>(&spectrum_re[k], part), plane::part::<S>(&spectrum_im[k], part));
                let far = POINTS - k;
                let far = (plane::part::<S>(&spectrum_re[far], part), plane::part::<S>(&spectrum_im[far], part));
                fft.set_bins(simd, k, [near, far], points_re, points_im);
            }
            fft.backward(simd, (points_re, points_im), re, im);
            // A few rows at a time: they stay near, and no sum is read again just after it was written.
            for rows in (0..HOP).step_by(ROWS) {
                for n in (rows..FRAME).step_by(HOP).flat_map(|row| (row..row + ROWS).step_by(2)) {
                    let place = fft.place(n / 2);
                    for (n, value) in [(n, re[place]), (n + 1, im[place])] {
                        let place = sums.place(n, part * S::F32_LANES);
                        let sum = &mut sums.rows_mut()[place..place + S::F32_LANES];
                        let sum = &mut S::as_mut_simd_f32s(sum).0[0];
                        *sum = simd.mul_add_e_f32s(value, simd.splat_f32s(window[n]), *sum);
                    }
                }
            }
        }
    }
}

/// Samples of a frame that lie before the signal, and where the others lie in it.
fn place(frame: usize, samples: usize) -> (usize, std::ops::Range<usize>) {
    let skipped = (FRAME / 2).saturating_sub(frame * HOP);
    let start = (frame * HOP).saturating_sub(FRAME / 2).min(samples);
    (skipped, start..(start + FRAME - skipped).min(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a 2048-point transform there and back, in single precision.
    const ROUNDING: f32 = 2e-6;

    /// The centred transform by its definition, one frame: Σ x[t] w[t] e^(−2πikt/2048).
    fn slow_frame(signal: &[f32], frame: usize, lane: usize, bins: (&mut [Lanes], &mut [Lanes])) {
        let (skipped, place) = place(frame, signal.len());
        for (bin, (real, imaginary)) in bins.0.iter_mut().zip(bins.1).enumerate() {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, sample) in signal[place.clone()].iter().enumerate() {
                let n = n + skipped;
                let (sine, cosine) = (std::f64::consts::TAU * (bin * n % FRAME) as f64 / FRAME as f64).sin_cos();
                re += f64::from(*sample) * hann(n) * cosine;
                im -= f64::from(*sample) * hann(n) * sine;
            }
            (real[lane], imaginary[lane]) = (re as f32, if bin % POINTS == 0 { 0.0 } else { im as f32 });
        }
    }

    #[test]
    fn there_and_back_is_the_signal_itself() {
        for length in [1500, 3000, 4096] {
            let signal: Vec<f32> = (0..length).map(|n| (n as f32 * 0.37).sin() + (n as f32 * 0.011).cos()).collect();
            let mut found = vec![0.0; length];
            let frames = 1 + length / HOP;
            let write = |_, re: &mut [Lanes], im: &mut [Lanes]| {
                (0..frames).for_each(|frame| slow_frame(&signal, frame, frame, (re, im)));
            };
            InverseStft::new().invert(frames, write, &mut found);
            for (n, (found, sample)) in found.iter().zip(&signal).enumerate() {
                assert!((found - sample).abs() < ROUNDING * 2.0, "sample {n} of {length}: {found} for {sample}");
            }
        }
    }
}
