//! Sounds that are no bowed violin: plucked strings, a piano, chords, speech, noise. All at 44.1 kHz.

use std::f64::consts::TAU;

pub const SAMPLE_RATE: f64 = 44_100.0;

/// Numbers between −1 and 1 that follow from a seed.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() + 1.0) / 2.0
    }
}

fn samples(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE) as usize
}

pub fn hz(pitch: f64) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

pub fn white_noise(seconds: f64, rms: f64) -> Vec<f32> {
    let mut chance = Chance::new(1);
    (0..samples(seconds)).map(|_| (rms * 3f64.sqrt() * chance.next()) as f32).collect()
}

/// `to` += `sound` from the second `at_s` on.
pub fn add(to: &mut [f32], sound: &[f32], at_s: f64) {
    to.iter_mut().skip(samples(at_s)).zip(sound).for_each(|(to, sound)| *to += sound);
}

/// A plucked string after K. Karplus & A. Strong (Computer Music Journal 7, 1983), the pick's noise made softer first.
pub fn plucked(pitch: f64, seconds: f64, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let period = SAMPLE_RATE / hz(pitch) - 0.5;
    let length = period as usize;
    let tuned = (1.0 - period.fract()) / (1.0 + period.fract());
    let mut string: Vec<f64> = (0..length).map(|_| chance.next()).collect();
    for _ in 0..4 {
        string = (0..length).map(|at| (string[at] + string[(at + 1) % length]) / 2.0).collect();
    }
    // Decays by 60 dB in 0.7 s.
    let loss = 10f64.powf(-3.0 * period / SAMPLE_RATE / 0.7);
    let (mut before, mut passed_in, mut passed_out) = (0.0, 0.0, 0.0);
    (0..samples(seconds))
        .map(|at| {
            let out = string[at % length];
            let mean = loss * (out + before) / 2.0;
            before = out;
            // An all-pass for the part of a sample.
            passed_out = tuned * mean + passed_in - tuned * passed_out;
            passed_in = mean;
            string[at % length] = passed_out;
            (0.4 * out) as f32
        })
        .collect()
}

/// A struck string: partials slightly too high, each dying away, the high ones first.
pub fn piano(pitch: f64, seconds: f64) -> Vec<f32> {
    let fundamental = hz(pitch);
    (0..samples(seconds))
        .map(|at| {
            let time = at as f64 / SAMPLE_RATE;
            let partials = 1..=(8_000.0 / fundamental) as usize;
            let sum: f64 = partials
                .map(|number| {
                    let number = number as f64;
                    let stretched = number * fundamental * (1.0 + 4e-4 * number * number).sqrt();
                    let decay = (-time * (1.5 + 0.7 * number)).exp();
                    decay * (TAU * stretched * time).sin() / number
                })
                .sum();
            let hammer = (time / 0.004).min(1.0);
            let damper = ((seconds - time) / 0.03).min(1.0);
            (0.15 * hammer * damper * sum) as f32
        })
        .collect()
}

/// Steady tones of a few partials each, together.
pub fn chord(pitches: &[f64], seconds: f64) -> Vec<f32> {
    (0..samples(seconds))
        .map(|at| {
            let time = at as f64 / SAMPLE_RATE;
            let tone = |pitch: &f64| -> f64 {
                (1..=8).map(|number| (TAU * hz(*pitch) * f64::from(number) * time).sin() / f64::from(number)).sum()
            };
            (0.08 * pitches.iter().map(tone).sum::<f64>()) as f32
        })
        .collect()
}

/// Something like speech: syllables of glottal pulses whose pitch glides by up to an octave and whose formants move, with
/// hisses and pauses between them.
pub fn speech(seconds: f64, pitch_hz: f64) -> Vec<f32> {
    let mut chance = Chance::new(7);
    let mut out: Vec<f32> = Vec::new();
    while out.len() < samples(seconds) {
        let length = samples(chance.between(0.08, 0.26));
        if chance.next() < -0.2 {
            let (mut one, mut other) = (Resonance::default(), Resonance::default());
            let (low, high) = (chance.between(2_000.0, 4_000.0), chance.between(4_500.0, 7_000.0));
            out.extend((0..length / 2).map(|at| {
                let along = at as f64 / (length / 2) as f64;
                let noise = chance.next() * (std::f64::consts::PI * along).sin();
                (0.05 * (one.next(noise, low, 600.0) + other.next(noise, high, 900.0))) as f32
            }));
            out.extend(vec![0.0; samples(chance.between(0.0, 0.08))]);
            continue;
        }
        let pitch = [0, 1, 2].map(|_| pitch_hz * chance.between(-0.6, 0.6).exp2());
        let formants: [[f64; 2]; 3] = [(280.0, 800.0), (900.0, 2_300.0), (2_400.0, 3_100.0)]
            .map(|(low, high)| [chance.between(low, high), chance.between(low, high)]);
        let mut resonances: [Resonance; 3] = Default::default();
        let (mut cycle, mut pulse) = (0.0f64, 0.0);
        for at in 0..length {
            let along = at as f64 / length as f64;
            let (first, second) = (1.0 - along, along);
            let glide = pitch[0] * first * first + 2.0 * pitch[1] * first * second + pitch[2] * second * second;
            // Voices are uneven from period to period.
            cycle += glide / SAMPLE_RATE * (1.0 + 0.15 * chance.next());
            if cycle >= 1.0 {
                cycle -= 1.0;
                pulse = 1.0;
            }
            pulse *= 0.95;
            let source = pulse - 0.3 + 0.03 * chance.next();
            let sound: f64 = resonances
                .iter_mut()
                .zip(&formants)
                .map(|(resonance, ends)| resonance.next(source, ends[0] * first + ends[1] * second, 90.0))
                .sum();
            out.push((0.03 * (std::f64::consts::PI * along).sin().sqrt() * sound) as f32);
        }
    }
    out.truncate(samples(seconds));
    out
}

/// A voice that never stops: even pulses through three fixed formants, whose pitch goes up and down by 3.5 semitones in sentences
/// and words, 3.5 syllables a second.
pub fn chant(seconds: f64, pitch_hz: f64) -> Vec<f32> {
    let mut resonances: [Resonance; 3] = Default::default();
    let mut cycle = 0.0;
    let sample = |at: usize| {
        let time = at as f64 / SAMPLE_RATE;
        let semitones = 2.0 * (TAU * 0.7 * time).sin() + 1.5 * (TAU * 1.9 * time + 1.0).sin();
        cycle += pitch_hz * (semitones / 12.0).exp2() / SAMPLE_RATE;
        let source = if cycle >= 1.0 { 1.0 } else { 0.0 };
        cycle -= source;
        let formants = [(530.0, 80.0), (1_500.0, 120.0), (2_500.0, 160.0)];
        let voiced = resonances.iter_mut().zip(formants).map(|(one, (hz, width_hz))| one.next(source, hz, width_hz));
        (2.0 * voiced.sum::<f64>() * (3.0 * (TAU * 3.5 * time).sin()).clamp(0.0, 1.0)) as f32
    };
    (0..samples(seconds)).map(sample).collect()
}

/// A resonator of two poles, 1 × at its frequency.
#[derive(Default)]
struct Resonance([f64; 2]);

impl Resonance {
    fn next(&mut self, input: f64, hz: f64, width_hz: f64) -> f64 {
        let radius = (-std::f64::consts::PI * width_hz / SAMPLE_RATE).exp();
        let gain = (1.0 - radius) * 2.0 * (TAU * hz / SAMPLE_RATE).sin();
        let out =
            gain * input + 2.0 * radius * (TAU * hz / SAMPLE_RATE).cos() * self.0[0] - radius * radius * self.0[1];
        self.0 = [out, self.0[0]];
        out
    }
}
