//! A fingerprint of a sound: how neighbouring bands change against each other, from moment to moment.
//!
//! In the manner of Haitsma and Kalker ("A highly robust audio fingerprinting system", ISMIR 2002), with soft signs in the
//! place of bits: where nothing happens there is nothing to agree on. Gain, coding, a little noise, another sample rate and
//! a cut leave it; another take of the same notes has its own vibrato, bow and timing, and so its own fingerprint.

use super::plane::Plane;
use super::stft::{FRAME, HOP, Stft};

/// Values a frame.
pub const VALUES: usize = 16;
/// Samples from one frame to the next.
pub const STEP: usize = 2 * HOP;

/// One more band than values: these are differences of neighbours.
const BANDS: usize = VALUES + 1;
/// Lowest and highest frequency of the bands, which are equally wide on a logarithmic scale. Half of 11 025 Hz, a low sample
/// rate, lies above.
const EDGES_HZ: [f64; 2] = [200.0, 5_000.0];
/// Spectra that one frame is the sum of: a cut between two frames moves a quarter of it at most.
const SUMMED: usize = 4;
/// Frames across which a change is measured: what they are made of does not overlap by more than a half.
const LAG: usize = 2;
/// Below the loud moments by more than this is as good as silent: noise that was added stays without a say.
const RANGE_DB: f64 = 45.0;
/// The share of frames that are loud.
const LOUD: f64 = 0.05;
/// A change of this many dB counts half as much as a large one.
const HALF_DB: f64 = 1.0;
/// Spectra computed at a time, so that long recordings need no more memory than short ones.
const BLOCK: usize = 1024;

/// Frames × [`VALUES`], each a soft sign: −127 to 127.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint {
    values: Vec<i8>,
}

impl Fingerprint {
    /// The fingerprint of a signal; empty if it is shorter than about a tenth of a second at 44.1 kHz.
    pub fn of(signal: &[f32], sample_rate: u32) -> Self {
        let energies = energies(signal, sample_rate);
        let mut peaks: Vec<f64> = energies.iter().map(|bands| bands.iter().copied().fold(0.0, f64::max)).collect();
        peaks.sort_by(f64::total_cmp);
        let loud = peaks.get(((1.0 - LOUD) * peaks.len() as f64) as usize).copied().unwrap_or(0.0);
        if loud <= 0.0 {
            return Fingerprint { values: vec![0; energies.len().saturating_sub(LAG) * VALUES] };
        }
        let floor = loud * 10f64.powf(-RANGE_DB / 10.0);
        let levels: Vec<[f64; BANDS]> =
            energies.iter().map(|bands| bands.map(|energy| 10.0 * (energy + floor).log10())).collect();
        let mut values = Vec::with_capacity(levels.len().saturating_sub(LAG) * VALUES);
        for (before, after) in levels.iter().zip(levels.iter().skip(LAG)) {
            for band in 0..VALUES {
                let change = (after[band] - before[band]) - (after[band + 1] - before[band + 1]);
                values.push((f64::from(i8::MAX) * change / (change.abs() + HALF_DB)).round() as i8);
            }
        }
        Fingerprint { values }
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.values.len() / VALUES
    }

    /// The frames, in time order.
    pub fn rows(&self) -> &[[i8; VALUES]] {
        self.values.as_chunks().0
    }
}

/// The energy in each band of each frame.
fn energies(signal: &[f32], sample_rate: u32) -> Vec<[f64; BANDS]> {
    let edges = edges(sample_rate);
    let spectra = signal.len() / HOP;
    let (mut stft, mut magnitude) = (Stft::new(), Plane::default());
    let mut powers: Vec<[f64; BANDS]> = Vec::with_capacity(spectra);
    while powers.len() < spectra {
        // Spectra are centred: those at the block's ends reach into its neighbours.
        let lead = (FRAME / HOP).min(powers.len());
        let first = powers.len() - lead;
        let wanted = BLOCK.min(spectra - powers.len());
        let end = ((first + lead + wanted + FRAME / HOP) * HOP).min(signal.len());
        stft.magnitudes(&signal[first * HOP..end], &mut magnitude);
        for frame in lead..lead + wanted {
            let power = |band: usize| {
                let bins = edges[band]..edges[band + 1];
                bins.map(|bin| f64::from(magnitude.at(frame, bin)).powi(2)).sum()
            };
            powers.push(std::array::from_fn(power));
        }
    }
    let sum = |group: &[[f64; BANDS]]| std::array::from_fn(|band| group.iter().map(|bands| bands[band]).sum());
    powers.windows(SUMMED).step_by(STEP / HOP).map(sum).collect()
}

/// First bin of each band, and the end of the last.
fn edges(sample_rate: u32) -> [usize; BANDS + 1] {
    let [low, high] = EDGES_HZ;
    let bin_hz = f64::from(sample_rate) / FRAME as f64;
    std::array::from_fn(|band| (low * (high / low).powf(band as f64 / BANDS as f64) / bin_hz).round() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 44_100;

    /// Tones whose strengths come and go, each in its own time.
    fn music(seconds: f64) -> Vec<f32> {
        let sound = |n: usize| {
            let time = n as f64 / f64::from(RATE);
            let tone = |k: usize| {
                let (hz, swell) = (330.0 * k as f64, 1.0 + 0.9 * (time * (3.0 + 2.3 * k as f64)).sin());
                swell * (std::f64::consts::TAU * hz * time).sin() / k as f64
            };
            (0.05 * (1..9).map(tone).sum::<f64>()) as f32
        };
        (0..(seconds * f64::from(RATE)) as usize).map(sound).collect()
    }

    #[test]
    fn silence_and_a_steady_tone_say_nothing() {
        for signal in [vec![0.0; 88_200], (0..88_200).map(|n| (0.1 * n as f32).sin()).collect::<Vec<f32>>()] {
            let print = Fingerprint::of(&signal, RATE);
            // Without the ends, where the tone begins and stops.
            let rows = &print.rows()[4..print.frames() - 4];
            // 0.5 dB of ripple would be 42.
            assert!(rows.iter().flatten().all(|value| value.abs() < 8), "{rows:?}");
        }
    }

    #[test]
    fn gain_leaves_it_and_a_shift_by_whole_frames_moves_it() {
        let sound = music(3.0);
        let print = Fingerprint::of(&sound, RATE);
        let louder: Vec<f32> = sound.iter().map(|sample| 4.0 * sample).collect();
        assert_eq!(print, Fingerprint::of(&louder, RATE));
        let later = Fingerprint::of(&sound[10 * STEP..], RATE);
        let off = |at: usize, value: usize| (print.rows()[at + 10][value] - later.rows()[at][value]).unsigned_abs();
        // The loud level is another one by a little.
        assert!((2..100).all(|at| (0..VALUES).all(|value| off(at, value) <= 8)));
    }

    #[test]
    fn blocks_are_not_heard() {
        let sound = music(30.0);
        let second_block = (BLOCK - 100) * HOP;
        let (whole, part) = (energies(&sound, RATE), energies(&sound[second_block..], RATE));
        let frames = second_block / STEP;
        for (at, bands) in part.iter().enumerate().skip(4).take(200) {
            for (one, other) in bands.iter().zip(&whole[frames + at]) {
                // The transform's rounding in f32.
                assert!((one - other).abs() <= 1e-4 * one.max(1e-3), "frame {at}: {one} {other}");
            }
        }
    }

    #[test]
    fn too_short_is_empty() {
        assert_eq!(Fingerprint::of(&[], RATE).frames(), 0);
        assert_eq!(Fingerprint::of(&[0.5; 2000], RATE).frames(), 0);
    }
}
