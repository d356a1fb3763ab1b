//! Harmonic part, constant-Q transform, tonal centroids, onset strength and tempo against librosa 0.11.0, on signals
//! that tests/golden/make_golden_harmony.py renders by the same formulas.

use std::f64::consts::TAU;

use violin_emotion::dsp::cqt::{self, ConstantQ};
use violin_emotion::dsp::hpss::HarmonicPart;
use violin_emotion::dsp::onset_strength::{BANDS, onset_strength};
use violin_emotion::dsp::stft::{Spectra, Stft};
use violin_emotion::dsp::tempo::TempoEstimator;
use violin_emotion::dsp::tonnetz::mean_centroid;

/// Two single-precision transforms of 2048 points, of samples up to 1; librosa itself computes in single precision.
const SAMPLE: f32 = 2e-6;
/// The largest magnitude here is about 3; six decimations in single precision on either side.
const MAGNITUDE: f32 = 2e-5;
/// Coordinates are at most 1 and means over chroma of sum 1.
const CENTROID: f32 = 1e-5;
/// One step of single precision at the size of the picture's values, −75 to −5 dB, and the golden's seven digits.
const STRENGTH: f32 = 2e-5;
/// A tempo is one of a ladder of lags: seven digits, or another step altogether.
const TEMPO: f32 = 1e-4;

#[derive(serde::Deserialize)]
struct Golden {
    harmony: Vec<Harmony>,
    rhythm: Vec<Rhythm>,
}

#[derive(serde::Deserialize)]
struct Harmony {
    samples: usize,
    harmonic_every_97th: Vec<f32>,
    tuning: f32,
    frames: Vec<usize>,
    magnitudes: Vec<Vec<f32>>,
    tonnetz_mean: Vec<f32>,
}

#[derive(serde::Deserialize)]
struct Rhythm {
    frames: usize,
    strength: Vec<f32>,
    tempo: f32,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/harmony.json")).expect("the golden file")
}

/// Three notes of ten partials with vibrato, 17 cents sharp, and a click every quarter of a second.
fn phrase(samples: usize) -> Vec<f32> {
    let sample = |n: usize| {
        let t = n as f64 / 44_100.0;
        let note = (n / (samples / 3 + 1)).min(2);
        let frequency = [392.0, 523.25, 659.26][note] * (17.0f64 / 1200.0).exp2();
        let mut sum = 0.0;
        for partial in 1..=10 {
            let partial = f64::from(partial);
            let vibrato = 0.3 * partial * (TAU * 5.5 * t).sin();
            sum += (TAU * frequency * partial * t + vibrato).sin() / partial.powf(1.5);
        }
        let click = if n % (44_100 / 4) < 3 { 0.5 } else { 0.0 };
        (sum * 0.2 + click) as f32
    };
    (0..samples).map(sample).collect()
}

/// A log-mel picture, frames × 128, with a beat every 37 frames.
fn bands(frames: usize) -> Vec<f32> {
    let value = |frame: usize, band: usize| {
        let (frame, band) = (frame as f64, band as f64);
        let beat = (-(frame % 37.0) / 6.0).exp();
        (-50.0 + 20.0 * (0.37 * band).sin() + 25.0 * beat + 3.0 * (0.9 * frame + band).cos()) as f32
    };
    (0..frames * BANDS).map(|index| value(index / BANDS, index % BANDS)).collect()
}

fn assert_near(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "{what} {index}: {found}, librosa {expected}");
    }
}

#[test]
fn harmonic_part_constant_q_and_centroids_are_librosas() {
    for golden in golden().harmony {
        let mut spectra = Spectra::default();
        Stft::new().transform(&phrase(golden.samples), &mut spectra);
        let mut harmonic = vec![0.0; golden.samples];
        HarmonicPart::new().extract(&spectra, &mut harmonic);
        let every_97th: Vec<f32> = harmonic.iter().step_by(97).copied().collect();
        assert_near(&every_97th, &golden.harmonic_every_97th, SAMPLE, "harmonic sample");

        let mut transform = ConstantQ::new();
        let magnitudes = transform.magnitudes(&harmonic, golden.tuning);
        assert_eq!(magnitudes.len() / cqt::BINS, golden.frames[2] + 1);
        for (frame, expected) in golden.frames.iter().zip(&golden.magnitudes) {
            assert_near(&magnitudes[frame * cqt::BINS..][..cqt::BINS], expected, MAGNITUDE, "magnitude");
        }
        assert_near(&mean_centroid(magnitudes), &golden.tonnetz_mean, CENTROID, "centroid");
    }
}

#[test]
fn onset_strength_and_tempo_are_librosas() {
    let mut strength = Vec::new();
    let mut estimator = TempoEstimator::new();
    for golden in golden().rhythm {
        onset_strength(&bands(golden.frames), &mut strength);
        assert_near(&strength, &golden.strength, STRENGTH, "onset strength");
        assert_near(&[estimator.estimate(&strength)], &[golden.tempo], TEMPO * golden.tempo, "tempo");
    }
}

#[test]
fn the_same_workspace_gives_the_same_numbers_again() {
    let (long, short) = (phrase(60_000), phrase(22_050));
    let mut transform = ConstantQ::new();
    let first = transform.magnitudes(&short, 0.1).to_vec();
    transform.magnitudes(&long, -0.3);
    assert_eq!(transform.magnitudes(&short, 0.1), first);

    let mut part = HarmonicPart::new();
    let mut extract = |signal: &[f32]| {
        let mut spectra = Spectra::default();
        Stft::new().transform(signal, &mut spectra);
        let mut harmonic = vec![0.0; signal.len()];
        part.extract(&spectra, &mut harmonic);
        harmonic
    };
    let first = extract(&short);
    extract(&long);
    assert_eq!(extract(&short), first);
}
