use std::f64::consts::TAU;

use super::*;

const RATE: f64 = 44_100.0;
/// Rounding of two transforms in single precision, against a full scale of 1.
const ROUNDING: f32 = 2e-6;
/// A hundredth of the bar of 3 cents.
const PITCH_CENTS: f64 = 0.03;
/// A tenth of the bar of 0.5 dB.
const LEVEL_DB: f64 = 0.05;
/// Half of the vocoder's own hop: a click is moved by what its onset is said to be, and that is good to a few milliseconds.
const CLICK_NEAR: usize = 256;
/// Twice the bar: frames that are moved lie a little beside their windows.
const ATTACK_DB: f64 = 1.0;

fn stretched(samples: &[f32], rate: f64) -> Vec<f32> {
    let mut out = Vec::new();
    stretch(samples, rate, |block| out.extend_from_slice(block));
    out
}

fn tone(hz: f64, samples: usize) -> Vec<f32> {
    (0..samples).map(|n| (0.5 * (TAU * hz * n as f64 / RATE).sin()) as f32).collect()
}

/// Complex amplitude of a sine at `hz` in the middle half of a signal, under a Hann window.
fn amplitude(samples: &[f32], hz: f64) -> (f64, f64) {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * n as f64 / middle.len() as f64).cos();
        let (sine, cosine) = (TAU * hz * n as f64 / RATE).sin_cos();
        re += window * f64::from(*sample) * cosine;
        im -= window * f64::from(*sample) * sine;
        sum += window;
    }
    (2.0 * re / sum, 2.0 * im / sum)
}

#[test]
fn at_the_rate_of_one_nothing_changes() {
    let samples: Vec<f32> = (0..20_000).map(|n| ((n * n) as f32 * 0.37).sin() * (n as f32 * 0.001).cos()).collect();
    for (n, (found, sample)) in stretched(&samples, 1.0).iter().zip(&samples).enumerate() {
        assert!((found - sample).abs() < ROUNDING, "sample {n}: {found} for {sample}");
    }
}

#[test]
fn a_tone_keeps_its_pitch_and_level_and_has_the_length_asked_for() {
    for rate in [0.5, 0.9, 1.1, 1.7, 2.0] {
        for hz in [196.0, 441.3, 2_637.0] {
            let count = (RATE * 3.0 * f64::max(rate, 1.0)) as usize;
            let found = stretched(&tone(hz, count), rate);
            assert_eq!(found.len(), stretched_length(count, rate));
            // Two halves of the middle: how far the phase turns between them says how far off the pitch is.
            let (re, im) = amplitude(&found, hz);
            let level_db = 20.0 * (re.hypot(im) / 0.5).log10();
            let off = RATE * 3.0 / 8.0;
            let later = &found[off as usize..];
            let turned = later.len();
            let (earlier, later) = (amplitude(&found[..turned], hz), amplitude(later, hz));
            let phase = |(re, im): (f64, f64)| f64::atan2(im, re);
            let drift = phase(later) - phase(earlier) - TAU * hz * off.floor() / RATE;
            let drift = drift - TAU * (drift / TAU).round();
            let cents = 1200.0 * (1.0 + drift / (TAU * off / RATE) / hz).log2();
            assert!(cents.abs() < PITCH_CENTS, "{hz} Hz at {rate}: {cents} cents");
            assert!(level_db.abs() < LEVEL_DB, "{hz} Hz at {rate}: {level_db} dB");
        }
    }
}

#[test]
fn an_attack_keeps_its_shape_and_stands_where_it_belongs() {
    // A second of rest, then a tone that is there at once and dies away.
    let begin: usize = 44_100;
    let plucked = |n: usize| (-(n as f64) / 8_000.0).exp() * (TAU * 660.0 * n as f64 / RATE).sin();
    let samples: Vec<f32> = (0..2 * begin).map(|n: usize| n.checked_sub(begin).map_or(0.0, plucked) as f32).collect();
    let energy = |samples: &[f32]| samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    for rate in [0.8, 0.9, 1.1, 1.25] {
        let found = stretched(&samples, rate);
        let place = (begin as f64 / rate).round() as usize;
        // What sounds in the 10 ms before is smear; in the 10 ms after, the attack itself, as strong as it was.
        let (before, after) = (energy(&found[place - 882..place - 132]), energy(&found[place..place + 441]));
        let ratio_db = 10.0 * (after / energy(&samples[begin..begin + 441])).log10();
        assert!(before < 0.01 * after, "rate {rate}: {:.1} dB before", 10.0 * (before / after).log10());
        assert!(ratio_db.abs() < ATTACK_DB, "rate {rate}: {ratio_db:.2} dB");
    }
}

#[test]
fn silence_an_offset_a_click_and_a_moment_stay_what_they_are() {
    for rate in [0.5, 0.9, 1.1, 1.9] {
        assert!(stretched(&[0.0; 10_000], rate).iter().all(|sample| *sample == 0.0));
        let offset = stretched(&[0.25; 40_000], rate);
        let middle = &offset[3_000..offset.len() - 3_000];
        assert!(middle.iter().all(|sample| (sample - 0.25).abs() < 1e-3), "rate {rate}");
        let mut click = vec![0.0; 20_000];
        click[10_000] = 1.0;
        let found = stretched(&click, rate);
        let peak = (0..found.len()).max_by(|&a, &b| found[a].abs().total_cmp(&found[b].abs())).expect("samples");
        let place = (10_000.0 / rate).round() as usize;
        assert!(
            peak.abs_diff(place) <= CLICK_NEAR && found.iter().all(|sample| sample.is_finite()),
            "{peak} for {place}"
        );
        for count in [0, 1, 100, 2_047] {
            let found = stretched(&tone(440.0, count), rate);
            assert!(found.len() == stretched_length(count, rate) && found.iter().all(|sample| sample.is_finite()));
        }
    }
}
