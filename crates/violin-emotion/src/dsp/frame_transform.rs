//! The transform of one frame of real samples there and back, real and imaginary parts apart, so that loops over
//! frequencies become vector instructions.

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::vectorised::vectorised;

/// Frequencies worked on together.
const TOGETHER: usize = 8;

/// A spectrum at 0 Hz, half the sample rate and all frequencies between.
#[derive(Debug, Clone, Default)]
pub struct Spectrum {
    /// Real parts.
    pub re: Vec<f32>,
    /// Imaginary parts.
    pub im: Vec<f32>,
}

impl Spectrum {
    /// Zeros.
    pub fn new(bins: usize) -> Self {
        Spectrum { re: vec![0.0; bins], im: vec![0.0; bins] }
    }

    /// Fills `power` with the squares of the absolute values.
    pub fn power(&self, power: &mut [f32]) {
        vectorised(
            #[inline(always)]
            || {
                for ((power, re), im) in power.iter_mut().zip(&self.re).zip(&self.im) {
                    *power = re * re + im * im;
                }
            },
        );
    }

    /// Fills `output` with the spectrum times a gain for each frequency.
    pub fn times(&self, gains: &[f32], output: &mut Spectrum) {
        vectorised(
            #[inline(always)]
            || {
                let parts = output.re.iter_mut().zip(&mut output.im).zip(self.re.iter().zip(&self.im));
                for (((re, im), from), gain) in parts.zip(gains) {
                    (*re, *im) = (from.0 * gain, from.1 * gain);
                }
            },
        );
    }
}

/// Transforms of frames of one length; even and odd samples go through a complex transform of half of it as real and
/// imaginary parts.
pub(super) struct FrameTransform {
    forward: Arc<dyn Fft<f32>>,
    backward: Arc<dyn Fft<f32>>,
    points: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// The points' real and imaginary parts; the first stands again after the last.
    re: Vec<f32>,
    im: Vec<f32>,
    /// Cosine and sine of 2πk ∕ frame below a quarter of a turn.
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

impl FrameTransform {
    /// Transforms of so many samples, a multiple of 32.
    pub(super) fn new(frame: usize) -> Self {
        assert!(frame.is_multiple_of(4 * TOGETHER), "frames of a multiple of 32 samples");
        let (half, mut planner) = (frame / 2, FftPlanner::new());
        let (forward, backward) = (planner.plan_fft_forward(half), planner.plan_fft_inverse(half));
        let scratch = forward.get_inplace_scratch_len().max(backward.get_inplace_scratch_len());
        let turns = || (0..half / 2).map(|k| TAU * k as f64 / frame as f64);
        FrameTransform {
            forward,
            backward,
            points: vec![Complex32::ZERO; half],
            scratch: vec![Complex32::ZERO; scratch],
            re: vec![0.0; half + 1],
            im: vec![0.0; half + 1],
            cosines: turns().map(|turn| turn.cos() as f32).collect(),
            sines: turns().map(|turn| turn.sin() as f32).collect(),
        }
    }

    /// Twice the spectrum of `samples` times `window`.
    pub(super) fn forward(&mut self, samples: &[f32], window: &[f32], spectrum: &mut Spectrum) {
        let half = self.points.len();
        let Self { forward, points, scratch, re, im, cosines, sines, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                let windowed = samples.as_chunks::<2>().0.iter().zip(window.as_chunks::<2>().0);
                for (point, (samples, window)) in points.iter_mut().zip(windowed) {
                    *point = Complex32::new(samples[0] * window[0], samples[1] * window[1]);
                }
            },
        );
        forward.process_with_scratch(points, scratch);
        vectorised(
            #[inline(always)]
            || {
                for ((re, im), point) in re.iter_mut().zip(&mut *im).zip(&*points) {
                    (*re, *im) = (point.re, point.im);
                }
                (re[half], im[half]) = (re[0], im[0]);
                pairs(cosines, sines, (re, im), (&mut spectrum.re, &mut spectrum.im), untangle);
            },
        );
        // In the middle both of a pair are one.
        (spectrum.re[half / 2], spectrum.im[half / 2]) = (2.0 * re[half / 2], -2.0 * im[half / 2]);
        (spectrum.im[0], spectrum.im[half]) = (0.0, 0.0);
    }

    /// Adds to `sums` the samples of a spectrum times `window`, times their number. The imaginary parts at both ends are
    /// taken for 0.
    pub(super) fn add_backward(&mut self, spectrum: &Spectrum, window: &[f32], sums: &mut [f32]) {
        let half = self.points.len();
        let Self { backward, points, scratch, re, im, cosines, sines, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                pairs(cosines, sines, (&spectrum.re, &spectrum.im), (re, im), tangle);
                (re[0], im[0]) = (spectrum.re[0] + spectrum.re[half], spectrum.re[0] - spectrum.re[half]);
                (re[half / 2], im[half / 2]) = (2.0 * spectrum.re[half / 2], -2.0 * spectrum.im[half / 2]);
                for ((re, im), point) in re.iter().zip(&*im).zip(&mut *points) {
                    *point = Complex32::new(*re, *im);
                }
            },
        );
        backward.process_with_scratch(points, scratch);
        vectorised(
            #[inline(always)]
            || {
                let windowed = points.iter().zip(window.as_chunks::<2>().0);
                for (sums, (point, window)) in sums.as_chunks_mut::<2>().0.iter_mut().zip(windowed) {
                    *sums = [sums[0] + point.re * window[0], sums[1] + point.im * window[1]];
                }
            },
        );
    }
}

/// Two values that stand at k and at points − k.
type Pair = [(f32, f32); 2];

/// What even and odd samples have in the spectrum, parted by their symmetry; the odd ones are moved by one sample.
#[inline(always)]
fn untangle([near, far]: Pair, cosine: f32, sine: f32) -> Pair {
    let (even_re, even_im) = (near.0 + far.0, near.1 - far.1);
    let (odd_re, odd_im) = (near.1 + far.1, far.0 - near.0);
    let (moved_re, moved_im) = (odd_re * cosine + odd_im * sine, odd_im * cosine - odd_re * sine);
    [(even_re + moved_re, even_im + moved_im), (even_re - moved_re, moved_im - even_im)]
}

/// The way back.
#[inline(always)]
fn tangle([near, far]: Pair, cosine: f32, sine: f32) -> Pair {
    let (even_re, even_im) = (near.0 + far.0, near.1 - far.1);
    let (moved_re, moved_im) = (near.0 - far.0, near.1 + far.1);
    let (odd_re, odd_im) = (moved_re * cosine - moved_im * sine, moved_im * cosine + moved_re * sine);
    [(even_re - odd_im, even_im + odd_re), (even_re + odd_im, odd_re - even_im)]
}

/// Makes `output` of all pairs but the middle, from both ends towards it, eight at a time.
#[inline(always)]
fn pairs(
    cosines: &[f32],
    sines: &[f32],
    input: (&[f32], &[f32]),
    output: (&mut [f32], &mut [f32]),
    job: impl Fn(Pair, f32, f32) -> Pair,
) {
    let quarter = cosines.len();
    let (re_near, re_far) = (&input.0[..quarter], &input.0[quarter + 1..2 * quarter + 1]);
    let (im_near, im_far) = (&input.1[..quarter], &input.1[quarter + 1..2 * quarter + 1]);
    let (out_re_near, out_re_far) = output.0[..2 * quarter + 1].split_at_mut(quarter);
    let (out_im_near, out_im_far) = output.1[..2 * quarter + 1].split_at_mut(quarter);
    let near = re_near.as_chunks::<TOGETHER>().0.iter().zip(im_near.as_chunks::<TOGETHER>().0);
    let far = re_far.as_chunks::<TOGETHER>().0.iter().zip(im_far.as_chunks::<TOGETHER>().0).rev();
    let out_near = out_re_near.as_chunks_mut::<TOGETHER>().0.iter_mut().zip(out_im_near.as_chunks_mut::<TOGETHER>().0);
    let out_far = out_re_far[1..].as_chunks_mut::<TOGETHER>().0.iter_mut();
    let out_far = out_far.zip(out_im_far[1..].as_chunks_mut::<TOGETHER>().0).rev();
    let turns = cosines.as_chunks::<TOGETHER>().0.iter().zip(sines.as_chunks::<TOGETHER>().0);
    for ((((near, far), out_near), out_far), turns) in near.zip(far).zip(out_near).zip(out_far).zip(turns) {
        let (far_re, far_im) = (reversed(far.0), reversed(far.1));
        let mut made = [[0.0; TOGETHER]; 4];
        for n in 0..TOGETHER {
            let pair = job([(near.0[n], near.1[n]), (far_re[n], far_im[n])], turns.0[n], turns.1[n]);
            [(made[0][n], made[1][n]), (made[2][n], made[3][n])] = pair;
        }
        (*out_near.0, *out_near.1) = (made[0], made[1]);
        (*out_far.0, *out_far.1) = (reversed(&made[2]), reversed(&made[3]));
    }
}

#[inline(always)]
fn reversed(values: &[f32; TOGETHER]) -> [f32; TOGETHER] {
    std::array::from_fn(|n| values[TOGETHER - 1 - n])
}
