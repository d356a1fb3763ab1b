//! Pitch and tempo, apart and together.

use super::super::resample::Resampler;
use crate::dsp::phase_vocoder;

/// The largest numbers of a ratio that stands for a pitch: it is then off by a tenth of a cent at most, and its filter
/// is short.
const LARGEST: u32 = 1_000;

/// Stretched; `rate` 1.1 is faster.
pub(super) fn stretch(samples: &[f32], rate: f64) -> Vec<f32> {
    let mut out = Vec::with_capacity(phase_vocoder::stretched_length(samples.len(), rate));
    phase_vocoder::stretch(samples, rate, |block| out.extend_from_slice(block));
    out
}

/// Resampled, so that it plays at `factor` times the speed.
pub(super) fn speed(samples: &[f32], factor: f64) -> Vec<f32> {
    let (from, to) = ratio(factor);
    let mut out = Vec::with_capacity(samples.len() * to as usize / from as usize + 1);
    let mut resampler = Resampler::new(from, to);
    resampler.push(samples, &mut out);
    resampler.finish(&mut out);
    out.resize((samples.len() as f64 / factor).round() as usize, 0.0);
    out
}

/// Shifted in pitch: stretched, and played at such a speed that it has its own length again.
pub(super) fn shift(samples: &[f32], semitones: f64) -> Vec<f32> {
    let (from, to) = ratio((semitones / 12.0).exp2());
    let rate = f64::from(to) / f64::from(from);
    let mut out = Vec::with_capacity(samples.len() + 1);
    let mut resampler = Resampler::new(from, to);
    phase_vocoder::stretch(samples, rate, |block| resampler.push(block, &mut out));
    resampler.finish(&mut out);
    out.resize(samples.len(), 0.0);
    out
}

/// The nearest ratio of numbers up to [`LARGEST`]: the last convergent of the continued fraction that keeps to it.
fn ratio(value: f64) -> (u32, u32) {
    let (mut before, mut last) = ((0, 1), (1, 0));
    let mut rest = value;
    loop {
        let whole = rest.floor();
        let next = (whole as u32 * last.0 + before.0, whole as u32 * last.1 + before.1);
        if next.0 > LARGEST || next.1 > LARGEST {
            return last;
        }
        (before, last) = (last, next);
        rest -= whole;
        if rest < 1e-9 {
            return last;
        }
        rest = 1.0 / rest;
        if rest > f64::from(LARGEST) {
            return last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Well below what anyone hears, or the bar of 3 cents.
    const CENTS: f64 = 0.1;

    #[test]
    fn ratios_are_exact_where_they_can_be_and_near_elsewhere() {
        assert_eq!([ratio(0.9), ratio(1.1), ratio(0.5), ratio(2.0)], [(9, 10), (11, 10), (1, 2), (2, 1)]);
        for step in -120..=120 {
            let factor = (f64::from(step) / 120.0).exp2();
            let (over, under) = ratio(factor);
            let cents = 1200.0 * (f64::from(over) / f64::from(under) / factor).log2();
            assert!(cents.abs() < CENTS, "{factor}: {over} / {under}, {cents} cents");
        }
    }
}
