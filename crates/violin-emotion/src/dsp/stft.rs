//! The centred short-time Fourier transform, as `librosa.stft`.

use std::f64::consts::TAU;

use pulp::{Arch, Simd, WithSimd};

use super::columns::{Columns, pad, windowed_pairs};
use super::fft::RealFft;
use super::plane::{Aligned, LANES, Lanes, Plane, part_mut, parts_of};

/// Samples of a frame.
pub const FRAME: usize = 2048;
/// Samples from one frame's centre to the next.
pub const HOP: usize = 512;
/// Frequencies of a frame, 0 Hz and half the sample rate included.
pub const BINS: usize = FRAME / 2 + 1;

/// Points of the complex transform within.
const POINTS: usize = FRAME / 2;

/// Frames that [`Stft`] makes of a signal: one a hop, the first centred on the first sample.
pub fn frames(samples: usize) -> usize {
    1 + samples / HOP
}

/// Forward transform with a periodic Hann window of 2048 samples every 512, zeros beyond the signal's ends.
///
/// Sixteen frames are transformed side by side.
pub struct Stft {
    fft: RealFft,
    /// Half the window, as the transform gives twice the spectrum.
    window: Vec<f32>,
    padded: Vec<f32>,
    columns: Columns,
    re: Aligned,
    im: Aligned,
}

/// What [`Stft`] says of one signal.
#[derive(Debug, Default, Clone)]
pub struct Spectra {
    /// Real parts of the transform.
    pub re: Plane,
    /// Its imaginary parts.
    pub im: Plane,
    /// Its absolute values.
    pub magnitude: Plane,
}

impl Spectra {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.magnitude.frames()
    }
}

impl Stft {
    /// A transform ready for signals of any length.
    pub fn new() -> Self {
        let fft = RealFft::new(FRAME);
        Stft {
            re: Aligned::new(fft.room() * LANES),
            im: Aligned::new(fft.room() * LANES),
            fft,
            window: (0..FRAME).map(|n| (0.5 * hann(n)) as f32).collect(),
            padded: Vec::new(),
            columns: Columns::default(),
        }
    }

    /// Fills `spectra` with the transform of `signal` and its magnitude.
    pub fn transform(&mut self, signal: &[f32], spectra: &mut Spectra) {
        let frames = frames(signal.len());
        for plane in [&mut spectra.re, &mut spectra.im, &mut spectra.magnitude] {
            plane.resize(frames);
        }
        self.pad(signal, frames);
        let Spectra { re, im, magnitude } = spectra;
        let blocks = re.blocks_mut().zip(im.blocks_mut()).zip(magnitude.blocks_mut());
        for (block, ((re, im), magnitude)) in blocks.enumerate() {
            let complex = Some((re, im));
            self.columns.fill(&self.padded[block * LANES * HOP..], HOP, LANES + FRAME / HOP);
            Arch::new().dispatch(Block { stft: self, frames: frames - block * LANES, magnitude, complex });
        }
    }

    fn pad(&mut self, signal: &[f32], frames: usize) {
        let length = frames.next_multiple_of(LANES) * HOP + FRAME;
        pad(signal, FRAME / 2, length, &mut self.padded);
    }

    /// Fills `magnitude` with the absolute values alone.
    pub fn magnitudes(&mut self, signal: &[f32], magnitude: &mut Plane) {
        let frames = frames(signal.len());
        magnitude.resize(frames);
        self.pad(signal, frames);
        for (block, magnitude) in magnitude.blocks_mut().enumerate() {
            self.columns.fill(&self.padded[block * LANES * HOP..], HOP, LANES + FRAME / HOP);
            Arch::new().dispatch(Block { stft: self, frames: frames - block * LANES, magnitude, complex: None });
        }
    }
}

/// The sixteen frames that lie in the columns, or those of them that there are.
struct Block<'a> {
    stft: &'a mut Stft,
    frames: usize,
    magnitude: &'a mut [Lanes; BINS],
    /// Real and imaginary parts.
    complex: Option<(&'a mut [Lanes; BINS], &'a mut [Lanes; BINS])>,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Block { stft: Stft { fft, window, columns, re, im, .. }, frames, magnitude, mut complex } = self;
        let (re, im) = (S::as_mut_simd_f32s(re.get_mut()).0, S::as_mut_simd_f32s(im.get_mut()).0);
        for part in 0..parts_of::<S>(frames) {
            let first = part * S::F32_LANES;
            fft.forward(
                simd,
                #[inline(always)]
                |point| windowed_pairs(simd, columns, window, point, first),
                re,
                im,
            );
            for k in 0..=POINTS / 2 {
                for (bin, (x, y)) in [k, POINTS - k].into_iter().zip(fft.bins(simd, k, re, im)) {
                    let power = simd.mul_add_e_f32s(x, x, simd.mul_f32s(y, y));
                    *part_mut::<S>(&mut magnitude[bin], part) = simd.sqrt_f32s(power);
                    if let Some((re, im)) = &mut complex {
                        *part_mut::<S>(&mut re[bin], part) = x;
                        *part_mut::<S>(&mut im[bin], part) = y;
                    }
                }
            }
        }
    }
}

impl Default for Stft {
    fn default() -> Self {
        Stft::new()
    }
}

/// The periodic Hann window of a frame.
pub(super) fn hann(n: usize) -> f64 {
    0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 2048-point f32 FFT is exact to a few rounding errors of the frame's largest bin.
    const ROUNDING: f64 = 2e-6;

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
        let signal = noise(3000);
        let mut spectra = Spectra::default();
        Stft::new().transform(&signal, &mut spectra);
        assert_eq!(spectra.frames(), 6);
        let padded = |at: i64| usize::try_from(at).ok().and_then(|at| signal.get(at)).map_or(0.0, |&v| f64::from(v));
        for frame in 0..6 {
            for bin in [0, 1, 7, 400, 1023, 1024] {
                let (mut re, mut im) = (0.0, 0.0);
                for n in 0..FRAME {
                    let window = 0.5 - 0.5 * (TAU * n as f64 / FRAME as f64).cos();
                    let sample = padded((frame * HOP + n) as i64 - (FRAME / 2) as i64) * window;
                    let angle = TAU * (bin * n % FRAME) as f64 / FRAME as f64;
                    re += sample * angle.cos();
                    im -= sample * angle.sin();
                }
                let found = (spectra.re.at(frame, bin), spectra.im.at(frame, bin));
                let largest = (0..BINS).fold(0.0, |a: f32, bin| a.max(spectra.magnitude.at(frame, bin)));
                let slack = ROUNDING * f64::from(largest);
                assert!((f64::from(found.0) - re).abs() < slack, "frame {frame}, bin {bin}");
                assert!((f64::from(found.1) - im).abs() < slack, "frame {frame}, bin {bin}");
            }
        }
    }

    #[test]
    fn a_sine_is_one_peak_of_a_quarter_of_the_frame() {
        let signal: Vec<f32> = (0..44_100).map(|n| (TAU * n as f64 * 100.0 / FRAME as f64).sin() as f32).collect();
        let mut magnitude = Plane::default();
        Stft::new().magnitudes(&signal, &mut magnitude);
        let frame: Vec<f32> = (0..BINS).map(|bin| magnitude.at(40, bin)).collect();
        // A sine of amplitude 1 under a Hann window: frame ∕ 4 at its bin, half of it beside.
        assert!((frame[100] - 512.0).abs() < 0.01 && (frame[99] - 256.0).abs() < 0.01, "{:?}", &frame[98..103]);
        assert!(frame[110] < 0.01);
    }

    #[test]
    fn a_signal_shorter_than_a_frame_is_padded() {
        let mut spectra = Spectra::default();
        Stft::new().transform(&noise(100), &mut spectra);
        assert_eq!(spectra.frames(), 1);
        assert!((0..BINS).all(|bin| spectra.magnitude.at(0, bin).is_finite()));
    }
}
