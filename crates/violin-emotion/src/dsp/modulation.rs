//! How a curve moves, slowly or fast: its variance band by band.

use std::f64::consts::TAU;

use realfft::RealFftPlanner;

/// Variance of `curve` around its mean in each band of cycles a sample, under a Hann window: what a sine of amplitude a adds
/// to its band is a² ∕ 2.
///
/// # Panics
/// If the curve is empty.
pub fn variances<const BANDS: usize>(curve: &[f32], bands: [(f64, f64); BANDS]) -> [f64; BANDS] {
    let length = curve.len();
    assert!(length > 0, "a curve has values");
    let window: Vec<f64> = (0..length).map(|n| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / length as f64).cos()).collect();
    let sum: f64 = window.iter().sum();
    // The mean as the window weighs it: nothing of it leaks into the lowest band.
    let mean = curve.iter().zip(&window).map(|(value, weight)| f64::from(*value) * weight).sum::<f64>() / sum;
    let points = (2 * length).next_power_of_two();
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(points);
    let mut padded = transform.make_input_vec();
    for (point, (value, weight)) in padded.iter_mut().zip(curve.iter().zip(&window)) {
        *point = (f64::from(*value) - mean) * weight;
    }
    let mut spectrum = transform.make_output_vec();
    transform.process(&mut padded, &mut spectrum).expect("buffers of the planned length");
    let energy: f64 = window.iter().map(|weight| weight * weight).sum();
    let scale = 2.0 / (points as f64 * energy);
    bands.map(|(low, high)| {
        let bin = |frequency: f64| ((frequency * points as f64).ceil() as usize).clamp(1, points / 2);
        spectrum[bin(low)..bin(high)].iter().map(|value| value.norm_sqr() * scale).sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_in_its_band_with_its_variance() {
        let curve: Vec<f32> = (0..1000).map(|n| 3.0 + 0.4 * (TAU * 0.05 * f64::from(n)).sin() as f32).collect();
        let found = variances(&curve, [(0.005, 0.03), (0.03, 0.07), (0.07, 0.5)]);
        assert!((found[1] - 0.08).abs() < 1e-3 && found[0] < 1e-5 && found[2] < 1e-5, "{found:?}");
        assert!(variances(&[5.0; 40], [(0.01, 0.5)])[0] < 1e-20);
    }
}
