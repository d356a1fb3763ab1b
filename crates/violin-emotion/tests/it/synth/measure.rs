//! The plainest of instruments: frame RMS, a heterodyne, one Fourier transform.

use std::f64::consts::{PI, TAU};

use realfft::RealFftPlanner;
use violin_emotion::synth::SAMPLE_RATE;

pub const RATE: f64 = SAMPLE_RATE as f64;

pub fn part(samples: &[f32], from_s: f64, to_s: f64) -> &[f32] {
    &samples[(from_s * RATE) as usize..(to_s * RATE) as usize]
}

pub fn rms_db(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * power.log10()
}

pub fn frames_db(samples: &[f32], length: usize) -> Vec<f64> {
    samples.chunks_exact(length).map(rms_db).collect()
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    mean(&values.iter().map(|value| (value - middle).powi(2)).collect::<Vec<_>>()).sqrt()
}

/// Frames of the heterodyne, 2 ms apart.
pub const HOP: usize = 88;

/// Phase in cycles and amplitude of what sounds near `hz`, under Hann windows of 24 ms.
pub fn heterodyne(samples: &[f32], hz: f64) -> Vec<(f64, f64)> {
    let length = (0.024 * RATE) as usize;
    let window: Vec<f64> = (0..length).map(|at| 0.5 - 0.5 * (TAU * at as f64 / length as f64).cos()).collect();
    let mut found: Vec<(f64, f64)> = Vec::new();
    for start in (0..samples.len() - length).step_by(HOP) {
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (at, weight) in window.iter().enumerate() {
            let angle = TAU * hz / RATE * (start + at) as f64;
            let value = weight * f64::from(samples[start + at]);
            real += value * angle.cos();
            imaginary -= value * angle.sin();
        }
        let mut phase = imaginary.atan2(real) / TAU;
        if let Some((before, _)) = found.last() {
            phase += (before - phase).round();
        }
        found.push((phase, real.hypot(imaginary)));
    }
    found
}

/// Cents from `hz` over time, one value a [`HOP`]; the first belongs to 13 ms.
pub fn cents(samples: &[f32], hz: f64) -> Vec<f64> {
    let track = heterodyne(samples, hz);
    track.windows(2).map(|pair| 1_200.0 * (1.0 + (pair[1].0 - pair[0].0) * RATE / HOP as f64 / hz).log2()).collect()
}

/// Power spectrum under a Hann window, and the distance of its bins in Hz.
pub fn spectrum(samples: &[f32]) -> (Vec<f64>, f64) {
    let length = samples.len();
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(length);
    let window = |at: usize| 0.5 - 0.5 * (2.0 * PI * at as f64 / length as f64).cos();
    let mut input: Vec<f64> = samples.iter().enumerate().map(|(at, sample)| window(at) * f64::from(*sample)).collect();
    let mut output = plan.make_output_vec();
    plan.process(&mut input, &mut output).expect("lengths that the plan made");
    (output.iter().map(|bin| bin.norm_sqr()).collect(), RATE / length as f64)
}
