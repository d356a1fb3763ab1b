//! Fourier transforms of many signals side by side: every vector lane carries a signal of its own, and no step mixes lanes.

use std::f64::consts::TAU;

use pulp::Simd;

/// Vectors left free between the quarters of a transform's memory: a power of two apart, they would share the same few
/// places of the nearest cache.
const GAP: usize = 4;

/// What a point is multiplied with.
struct Turn {
    cosine: f32,
    sine: f32,
}

/// Those of the second, third and fourth of four points.
type Turns = [Turn; 3];

/// A complex transform of a power of two of points, unscaled.
///
/// Decimation in frequency (Gentleman and Sande 1966) by four at a time; where the power is odd, by two at last. The steps
/// leave the frequencies in an order of their own, in which [`Fft::place`] finds them. Backwards is forwards with real and
/// imaginary parts exchanged.
pub(super) struct Fft {
    /// The turns of each step by four, the first step's first.
    steps: Vec<Vec<Turns>>,
    places: Vec<usize>,
}

impl Fft {
    /// A transform of so many points: a power of two, at least 16.
    pub(super) fn new(points: usize) -> Self {
        assert!(points.is_power_of_two() && points >= 16, "a power of two of points");
        let turn = |part: usize, of: usize| {
            let (sine, cosine) = (TAU * part as f64 / of as f64).sin_cos();
            Turn { cosine: cosine as f32, sine: -sine as f32 }
        };
        let step = |size: usize| (0..size / 4).map(move |k| [turn(k, size), turn(2 * k, size), turn(3 * k, size)]);
        let sizes = std::iter::successors(Some(points), |size| Some(size / 4)).take_while(|size| *size >= 4);
        Fft {
            steps: sizes.map(|size| step(size).collect()).collect(),
            places: (0..points).map(|frequency| place(frequency, points) + frequency % 4 * GAP).collect(),
        }
    }

    /// Vectors of memory that the transform needs, for real and for imaginary parts.
    pub(super) fn room(&self) -> usize {
        self.places.len() + 4 * GAP
    }

    /// Where a frequency stands after the transform.
    #[inline(always)]
    pub(super) fn place(&self, frequency: usize) -> usize {
        self.places[frequency]
    }

    /// Σ x[n] e^(−2πikn ∕ points) of the signals in each lane; `points` gives x, real and
    /// imaginary parts, at n and at one, two and three quarters of the points after it.
    #[inline(always)]
    pub(super) fn forward<S: Simd>(
        &self,
        simd: S,
        points: impl Fn(usize) -> [(S::f32s, S::f32s); 4],
        re: &mut [S::f32s],
        im: &mut [S::f32s],
    ) {
        let (first, steps) = self.steps.split_first().expect("sixteen points or more");
        let quarter = first.len();
        let apart = quarter + GAP;
        let [re_0, re_1, re_2, re_3] = quarters(re, apart, quarter);
        let [im_0, im_1, im_2, im_3] = quarters(im, apart, quarter);
        for (k, turns) in first.iter().enumerate() {
            let [a, b, c, d] = four(simd, points(k));
            (re_0[k], im_0[k]) = a;
            (re_1[k], im_1[k]) = turned(simd, b, &turns[0]);
            (re_2[k], im_2[k]) = turned(simd, c, &turns[1]);
            (re_3[k], im_3[k]) = turned(simd, d, &turns[2]);
        }
        // The first step ran over all points; what it left is finished part by part, while it is in the nearest cache.
        for (re, im) in re.chunks_exact_mut(apart).zip(im.chunks_exact_mut(apart)) {
            let (re, im) = (&mut re[..quarter], &mut im[..quarter]);
            for turns in steps {
                match 4 * turns.len() {
                    4 => by_four_at_last(simd, re, im),
                    8 => by_eight_at_last(simd, turns, re, im),
                    size => {
                        for (re, im) in re.chunks_exact_mut(size).zip(im.chunks_exact_mut(size)) {
                            by_four(simd, turns, re, im);
                        }
                    }
                }
            }
        }
    }
}

/// A step by r puts frequency k with the others of its remainder k mod r; among them it is the k ∕ r-th.
fn place(frequency: usize, points: usize) -> usize {
    match points {
        1 | 2 => frequency,
        _ => frequency % 4 * (points / 4) + place(frequency / 4, points / 4),
    }
}

#[inline(always)]
fn by_four<S: Simd>(simd: S, turns: &[Turns], re: &mut [S::f32s], im: &mut [S::f32s]) {
    let quarter = turns.len();
    let [re_0, re_1, re_2, re_3] = quarters(re, quarter, quarter);
    let [im_0, im_1, im_2, im_3] = quarters(im, quarter, quarter);
    for (k, turns) in turns.iter().enumerate() {
        let points = [(re_0[k], im_0[k]), (re_1[k], im_1[k]), (re_2[k], im_2[k]), (re_3[k], im_3[k])];
        let [a, b, c, d] = four(simd, points);
        (re_0[k], im_0[k]) = a;
        (re_1[k], im_1[k]) = turned(simd, b, &turns[0]);
        (re_2[k], im_2[k]) = turned(simd, c, &turns[1]);
        (re_3[k], im_3[k]) = turned(simd, d, &turns[2]);
    }
}

#[inline(always)]
fn by_four_at_last<S: Simd>(simd: S, re: &mut [S::f32s], im: &mut [S::f32s]) {
    for (re, im) in re.as_chunks_mut::<4>().0.iter_mut().zip(im.as_chunks_mut::<4>().0) {
        let [a, b, c, d] = four(simd, [(re[0], im[0]), (re[1], im[1]), (re[2], im[2]), (re[3], im[3])]);
        *re = [a.0, b.0, c.0, d.0];
        *im = [a.1, b.1, c.1, d.1];
    }
}

/// By four, and the pairs that are left by two.
#[inline(always)]
fn by_eight_at_last<S: Simd>(simd: S, turns: &[Turns], re: &mut [S::f32s], im: &mut [S::f32s]) {
    for (re, im) in re.as_chunks_mut::<8>().0.iter_mut().zip(im.as_chunks_mut::<8>().0) {
        let [a, b, c, d] = four(simd, [(re[0], im[0]), (re[2], im[2]), (re[4], im[4]), (re[6], im[6])]);
        let [e, f, g, h] = four(simd, [(re[1], im[1]), (re[3], im[3]), (re[5], im[5]), (re[7], im[7])]);
        let turns = &turns[1];
        let (f, g, h) = (turned(simd, f, &turns[0]), turned(simd, g, &turns[1]), turned(simd, h, &turns[2]));
        (re[0], im[0]) = add(simd, a, e);
        (re[1], im[1]) = sub(simd, a, e);
        (re[2], im[2]) = add(simd, b, f);
        (re[3], im[3]) = sub(simd, b, f);
        (re[4], im[4]) = add(simd, c, g);
        (re[5], im[5]) = sub(simd, c, g);
        (re[6], im[6]) = add(simd, d, h);
        (re[7], im[7]) = sub(simd, d, h);
    }
}

#[inline(always)]
fn quarters<V>(values: &mut [V], apart: usize, quarter: usize) -> [&mut [V]; 4] {
    let (low, high) = values.split_at_mut(2 * apart);
    let (first, second) = low.split_at_mut(apart);
    let (third, fourth) = high.split_at_mut(apart);
    // The length said for each spares a check at every point.
    [&mut first[..quarter], &mut second[..quarter], &mut third[..quarter], &mut fourth[..quarter]]
}

/// The transform of four points.
#[inline(always)]
fn four<S: Simd>(simd: S, [a, b, c, d]: [(S::f32s, S::f32s); 4]) -> [(S::f32s, S::f32s); 4] {
    let (even, even_difference) = (add(simd, a, c), sub(simd, a, c));
    let (odd, (re, im)) = (add(simd, b, d), sub(simd, b, d));
    // Times −i: a quarter of a turn back.
    let first = (simd.add_f32s(even_difference.0, im), simd.sub_f32s(even_difference.1, re));
    let third = (simd.sub_f32s(even_difference.0, im), simd.add_f32s(even_difference.1, re));
    [add(simd, even, odd), first, sub(simd, even, odd), third]
}

#[inline(always)]
fn add<S: Simd>(simd: S, a: (S::f32s, S::f32s), b: (S::f32s, S::f32s)) -> (S::f32s, S::f32s) {
    (simd.add_f32s(a.0, b.0), simd.add_f32s(a.1, b.1))
}

#[inline(always)]
fn sub<S: Simd>(simd: S, a: (S::f32s, S::f32s), b: (S::f32s, S::f32s)) -> (S::f32s, S::f32s) {
    (simd.sub_f32s(a.0, b.0), simd.sub_f32s(a.1, b.1))
}

#[inline(always)]
fn turned<S: Simd>(simd: S, (re, im): (S::f32s, S::f32s), turn: &Turn) -> (S::f32s, S::f32s) {
    let (cosine, sine) = (simd.splat_f32s(turn.cosine), simd.splat_f32s(turn.sine));
    let turned_re = simd.negate_mul_add_e_f32s(im, sine, simd.mul_f32s(re, cosine));
    let turned_im = simd.mul_add_e_f32s(im, cosine, simd.mul_f32s(re, sine));
    (turned_re, turned_im)
}

/// A transform of real signals of twice as many samples as the complex one within has points: samples 2n and 2n + 1 go
/// through it as real and imaginary part of point n.
pub(super) struct RealFft {
    complex: Fft,
    /// Cosine and sine of 2πk ∕ samples, up to a quarter of a turn.
    turns: Vec<Turn>,
}

impl RealFft {
    /// A transform of so many samples: a power of two, at least 32.
    pub(super) fn new(samples: usize) -> Self {
        let turn = |k: usize| {
            let (sine, cosine) = (TAU * k as f64 / samples as f64).sin_cos();
            Turn { cosine: cosine as f32, sine: sine as f32 }
        };
        RealFft { complex: Fft::new(samples / 2), turns: (0..=samples / 4).map(turn).collect() }
    }

    /// Vectors of memory that the transform needs, for real and for imaginary parts.
    pub(super) fn room(&self) -> usize {
        self.complex.room()
    }

    /// Points of the complex transform within.
    pub(super) fn points(&self) -> usize {
        2 * (self.turns.len() - 1)
    }

    /// The transform of real signals; `points` gives samples 2n and 2n + 1, and those at one, two and three quarters of the
    /// samples after them. [`Self::bins`] reads the result.
    #[inline(always)]
    pub(super) fn forward<S: Simd>(
        &self,
        simd: S,
        points: impl Fn(usize) -> [(S::f32s, S::f32s); 4],
        re: &mut [S::f32s],
        im: &mut [S::f32s],
    ) {
        self.complex.forward(simd, points, re, im);
    }

    /// Twice the spectra at frequencies k and points − k, where k is at most half the points.
    #[inline(always)]
    pub(super) fn bins<S: Simd>(&self, simd: S, k: usize, re: &[S::f32s], im: &[S::f32s]) -> [(S::f32s, S::f32s); 2] {
        let mirrored = if k == 0 { 0 } else { self.points() - k };
        let (near, far) = (self.complex.place(k), self.complex.place(mirrored));
        let (cosine, sine) = (simd.splat_f32s(self.turns[k].cosine), simd.splat_f32s(self.turns[k].sine));
        // Samples of even number and of odd number, parted by their symmetry, and the odd ones moved by one sample.
        let (even_re, even_im) = (simd.add_f32s(re[near], re[far]), simd.sub_f32s(im[near], im[far]));
        let (odd_re, odd_im) = (simd.add_f32s(im[near], im[far]), simd.sub_f32s(re[far], re[near]));
        let moved_re = simd.mul_add_e_f32s(odd_re, cosine, simd.mul_f32s(odd_im, sine));
        let moved_im = simd.negate_mul_add_e_f32s(odd_re, sine, simd.mul_f32s(odd_im, cosine));
        [
            (simd.add_f32s(even_re, moved_re), simd.add_f32s(even_im, moved_im)),
            (simd.sub_f32s(even_re, moved_re), simd.sub_f32s(moved_im, even_im)),
        ]
    }

    /// Makes the points of spectra from their values at frequencies k and points − k, where k is at most half the points.
    #[inline(always)]
    pub(super) fn set_bins<S: Simd>(
        &self,
        simd: S,
        k: usize,
        [near, far]: [(S::f32s, S::f32s); 2],
        re: &mut [S::f32s],
        im: &mut [S::f32s],
    ) {
        let mirrored = if k == 0 { 0 } else { self.points() - k };
        let (cosine, sine) = (simd.splat_f32s(self.turns[k].cosine), simd.splat_f32s(self.turns[k].sine));
        let (even_re, even_im) = (simd.add_f32s(near.0, far.0), simd.sub_f32s(near.1, far.1));
        let (moved_re, moved_im) = (simd.sub_f32s(near.0, far.0), simd.add_f32s(near.1, far.1));
        let odd_re = simd.negate_mul_add_e_f32s(moved_im, sine, simd.mul_f32s(moved_re, cosine));
        let odd_im = simd.mul_add_e_f32s(moved_im, cosine, simd.mul_f32s(moved_re, sine));
        (re[k], im[k]) = (simd.sub_f32s(even_re, odd_im), simd.add_f32s(even_im, odd_re));
        (re[mirrored], im[mirrored]) = (simd.add_f32s(even_re, odd_im), simd.sub_f32s(odd_re, even_im));
    }

    /// From the points that [`Self::set_bins`] made to the signals times the number of samples; samples 2n and 2n + 1 are
    /// the real and imaginary part at [`Self::place`] n.
    #[inline(always)]
    pub(super) fn backward<S: Simd>(
        &self,
        simd: S,
        points: (&[S::f32s], &[S::f32s]),
        re: &mut [S::f32s],
        im: &mut [S::f32s],
    ) {
        self.complex.forward(
            simd,
            #[inline(always)]
            |n| {
                let (a, quarter) = (n, self.points() / 4);
                let (b, c, d) = (a + quarter, a + 2 * quarter, a + 3 * quarter);
                let (re, im) = points;
                [(im[a], re[a]), (im[b], re[b]), (im[c], re[c]), (im[d], re[d])]
            },
            im,
            re,
        );
    }

    /// Where the transform back leaves a point.
    #[inline(always)]
    pub(super) fn place(&self, point: usize) -> usize {
        self.complex.place(point)
    }
}

#[cfg(test)]
mod tests {
    use pulp::{Arch, WithSimd};

    use super::*;

    /// Rounding of sums of up to a thousand single-precision terms, each at most 1, of the root of their number.
    const ROUNDING: f64 = 1e-6;

    fn sample(n: usize, lane: usize) -> f32 {
        ((n * n + 3 * lane) as f32 * 0.37).sin()
    }

    struct Transformed(usize);

    impl WithSimd for Transformed {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            let points = self.0;
            let fft = Fft::new(points);
            let lanes = |part: usize| -> Vec<f32> {
                let value = |n: usize| sample(2 * (n / S::F32_LANES) + part, n % S::F32_LANES);
                (0..points * S::F32_LANES).map(value).collect()
            };
            let input = (lanes(0), lanes(1));
            let point = |n: usize| (S::as_simd_f32s(&input.0).0[n], S::as_simd_f32s(&input.1).0[n]);
            let quarters = |n: usize| [0, 1, 2, 3].map(|quarter| point(n + quarter * points / 4));
            let (mut re, mut im) = (vec![0.0; fft.room() * S::F32_LANES], vec![0.0; fft.room() * S::F32_LANES]);
            fft.forward(simd, quarters, S::as_mut_simd_f32s(&mut re).0, S::as_mut_simd_f32s(&mut im).0);
            for lane in [0, S::F32_LANES - 1] {
                for k in 0..points {
                    let (mut sum_re, mut sum_im) = (0.0, 0.0);
                    for n in 0..points {
                        let (sine, cosine) = (TAU * (k * n % points) as f64 / points as f64).sin_cos();
                        let (x, y) = (f64::from(sample(2 * n, lane)), f64::from(sample(2 * n + 1, lane)));
                        sum_re += x * cosine + y * sine;
                        sum_im += y * cosine - x * sine;
                    }
                    let found = fft.place(k) * S::F32_LANES + lane;
                    let slack = ROUNDING * points as f64;
                    assert!((f64::from(re[found]) - sum_re).abs() < slack, "{points} points, frequency {k}");
                    assert!((f64::from(im[found]) - sum_im).abs() < slack, "{points} points, frequency {k}");
                }
            }
        }
    }

    #[test]
    fn equal_to_the_definition() {
        for points in [16, 32, 64, 512, 1024] {
            Arch::new().dispatch(Transformed(points));
        }
    }

    struct ThereAndBack(usize);

    impl WithSimd for ThereAndBack {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            let samples = self.0;
            let fft = RealFft::new(samples);
            let points = fft.points();
            let splat = |n: usize| simd.splat_f32s(sample(n, 0));
            let (mut re, mut im) = (vec![splat(0); fft.room()], vec![splat(0); fft.room()]);
            let point = |n: usize| (splat(2 * n), splat(2 * n + 1));
            let quarters = |n: usize| [0, 1, 2, 3].map(|quarter| point(n + quarter * points / 4));
            fft.forward(simd, quarters, &mut re, &mut im);
            let value = |v: S::f32s| f64::from(simd.reduce_max_f32s(v));
            let bins: Vec<_> = (0..=points / 2).map(|k| fft.bins(simd, k, &re, &im)).collect();
            for (k, [near, far]) in bins.iter().enumerate() {
                for (k, bin) in [(k, near), (points - k, far)] {
                    let (mut sum_re, mut sum_im) = (0.0, 0.0);
                    for n in 0..samples {
                        let (sine, cosine) = (TAU * (k * n % samples) as f64 / samples as f64).sin_cos();
                        sum_re += 2.0 * f64::from(sample(n, 0)) * cosine;
                        sum_im -= 2.0 * f64::from(sample(n, 0)) * sine;
                    }
                    let slack = ROUNDING * samples as f64;
                    assert!((value(bin.0) - sum_re).abs() < slack, "{samples} samples, frequency {k}");
                    assert!((value(bin.1) - sum_im).abs() < slack, "{samples} samples, frequency {k}");
                }
            }
            for (k, bins) in bins.into_iter().enumerate() {
                fft.set_bins(simd, k, bins, &mut re, &mut im);
            }
            fft.backward(simd, (&re.clone(), &im.clone()), &mut re, &mut im);
            for n in 0..samples {
                let place = fft.place(n / 2);
                let found = value(if n % 2 == 0 { re[place] } else { im[place] }) / (2 * samples) as f64;
                assert!((found - f64::from(sample(n, 0))).abs() < ROUNDING, "sample {n} of {samples}: {found}");
            }
        }
    }

    #[test]
    fn real_signals_go_there_and_back() {
        for samples in [32, 64, 1024, 2048] {
            Arch::new().dispatch(ThereAndBack(samples));
        }
    }
}
