//! What a listener should know of the samples: not numbers, clipped, silent, from a low rate.

use std::path::Path;

use super::SAMPLE_RATE;
use crate::{Error, Result, Warning, WarningKind};

/// A sample this near to full scale stands at it, whatever its word length.
const FULL_SCALE: f32 = 0.999;
/// Samples in a row at full scale that make it clipping rather than a peak.
const CLIPPED_RUN: usize = 3;
/// Share of clipped samples that is worth a word.
const CLIPPED_SHARE: f64 = 1e-4;
/// A recording whose peak is below this is silent: −80 dB of full scale.
const SILENT_PEAK: f32 = 1e-4;

/// Puts silence in place of samples that are not numbers.
///
/// # Errors
/// `Audio` if none is a number.
pub(super) fn mend_not_finite(path: &Path, samples: &mut [f32], warnings: &mut Vec<Warning>) -> Result<()> {
    let wrong = samples.iter().filter(|sample| !sample.is_finite()).count();
    if wrong == 0 {
        return Ok(());
    }
    if wrong == samples.len() {
        return Err(Error::audio(path, "expected samples, found NaN or infinity only", "export the recording again"));
    }
    samples.iter_mut().filter(|sample| !sample.is_finite()).for_each(|sample| *sample = 0.0);
    let message = format!("{wrong} of {} samples are not numbers (NaN or infinity): taken as silence", samples.len());
    warnings.push(Warning::new(WarningKind::NotFinite, message));
    Ok(())
}

/// Looks at the samples as they were decoded.
pub(super) fn look(samples: &[f32], rate: u32, warnings: &mut Vec<Warning>) {
    if rate < SAMPLE_RATE {
        let message = format!(
            "recorded at {rate} Hz: nothing is known above {:.1} kHz, and brightness reads low",
            f64::from(rate) / 2000.0
        );
        warnings.push(Warning::new(WarningKind::Upsampled, message));
    }
    let clipped = clipped(samples) as f64 / samples.len() as f64;
    if clipped > CLIPPED_SHARE {
        let message = format!("{:.2} % of the samples are clipped at full scale", 100.0 * clipped);
        warnings.push(Warning::new(WarningKind::Clipped, message));
    }
    if samples.iter().all(|sample| sample.abs() < SILENT_PEAK) {
        let message = "silent: nothing above −80 dB of full scale; the answer is about silence";
        warnings.push(Warning::new(WarningKind::Silent, message));
    }
}

/// Samples in runs at full scale.
fn clipped(samples: &[f32]) -> usize {
    let runs = samples.chunk_by(|a, b| (a.abs() >= FULL_SCALE) == (b.abs() >= FULL_SCALE) && a.signum() == b.signum());
    runs.filter(|run| run.len() >= CLIPPED_RUN && run[0].abs() >= FULL_SCALE).map(<[f32]>::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(samples: &[f32], rate: u32) -> Vec<WarningKind> {
        let mut warnings = Vec::new();
        look(samples, rate, &mut warnings);
        warnings.iter().map(|warning| warning.kind).collect()
    }

    #[test]
    fn a_clipped_sine_is_noticed_and_a_full_scale_one_is_not() {
        let sine = |gain: f32| -> Vec<f32> {
            (0..44_100).map(|n| (gain * (n as f32 * 0.06).sin()).clamp(-1.0, 1.0)).collect()
        };
        assert_eq!(kinds(&sine(2.0), 44_100), [WarningKind::Clipped]);
        assert_eq!(kinds(&sine(0.99), 44_100), []);
        assert_eq!(kinds(&sine(0.5), 8000), [WarningKind::Upsampled]);
        assert_eq!(kinds(&sine(0.0), 48_000), [WarningKind::Silent]);
    }

    #[test]
    fn not_a_number_becomes_silence() {
        let (mut samples, mut warnings) = ([0.5, f32::NAN, f32::INFINITY, 0.1], Vec::new());
        mend_not_finite(Path::new("a.wav"), &mut samples, &mut warnings).expect("two numbers");
        assert_eq!(samples, [0.5, 0.0, 0.0, 0.1]);
        assert!(warnings[0].message.starts_with("2 of 4 samples"));
        let error = mend_not_finite(Path::new("a.wav"), &mut [f32::NAN; 3], &mut warnings).expect_err("no number");
        assert_eq!(error.to_string(), "a.wav: expected samples, found NaN or infinity only");
    }
}
