//! What is heard from moment to moment: pitch and level.

use std::f64::consts::TAU;
use std::ops::Range;

use realfft::num_complex::Complex32;

use super::PitchRange;
use crate::dsp::demodulate::{BLOCK, demodulate};
use crate::dsp::pyin::{PitchTrack, PyinSettings, pyin};
use crate::dsp::vectorised::vectorised;

pub(super) const SAMPLE_RATE: f64 = 44_100.0;
/// Samples from one moment to the next: 5.8 ms.
pub(super) const HOP: usize = 256;
/// Seconds from one moment to the next.
pub(super) const HOP_S: f64 = HOP as f64 / SAMPLE_RATE;
const BLOCKS_PER_HOP: usize = HOP / BLOCK;

/// Half the window through which partials are followed, in blocks: 20 ms in all, four periods of a violin's lowest note.
const HALF_WINDOW: usize = 7;
/// Partials that are followed, and how high they may be: a body passes what the bow does to a string up to there.
pub(super) const PARTIALS: usize = 12;
const HIGHEST_PARTIAL_HZ: f64 = 14_000.0;
/// Those that tell of the pitch: more or higher ones are lost in noise and rooms, and turn too fast.
const PITCH_PARTIALS: usize = 8;
const HIGHEST_PITCH_PARTIAL_HZ: f64 = 6_000.0;
/// Moments on either side over which pYIN's steps of ten cents are evened out before partials are followed.
const EVEN_OUT: usize = 4;
/// Moments by which a voiced stretch is followed beyond its ends.
const BEYOND: usize = 3;
/// Half the window of the level, in samples: 12 ms in all.
const HALF_LEVEL: usize = 256;
/// A moment without a pitch in the midst of a tone is bridged, up to so many.
const BRIDGED: usize = 3;
/// Sums kept apart, so that none waits for another.
const LANES: usize = 16;
/// Quieter is silence, dB re full scale.
const SILENT_DB: f32 = -120.0;

/// One value a moment; the first moment is the first sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// Pitch as a MIDI number (69 is 440 Hz); NaN where there is none.
    pub pitch: Vec<f32>,
    /// RMS, dB re full scale.
    pub level_db: Vec<f32>,
    /// Level of each of the lowest partials, dB re full scale; NaN where there is no pitch or the partial is too high.
    pub partials_db: Vec<[f32; PARTIALS]>,
}

impl Curves {
    pub(super) fn of(samples: &[f32], range: PitchRange) -> Self {
        let track = pyin(samples, &settings(range));
        let moments = track.hz.len();
        let nothing = vec![f32::NAN; moments];
        let partials_db = vec![[f32::NAN; PARTIALS]; moments];
        let mut curves = Curves { pitch: nothing, level_db: levels(samples, offset(samples), moments), partials_db };
        for stretch in voiced_stretches(&track) {
            curves.follow(samples, &track, stretch);
        }
        curves
    }

    /// Refines the pitch of one voiced stretch by the turning of its partials about pYIN's pitch.
    fn follow(&mut self, samples: &[f32], track: &PitchTrack, stretch: Range<usize>) {
        let rough = evened_out(&track.hz[stretch.clone()]);
        let first = stretch.start.saturating_sub(BEYOND);
        let last = (stretch.end - 1 + BEYOND).min(samples.len() / HOP);
        // cycles a sample at the edges of the blocks between the first moment and the last
        let rough_at = |edge: usize| {
            let place = (first * BLOCKS_PER_HOP + edge) as f64 / BLOCKS_PER_HOP as f64 - stretch.start as f64;
            let place = place.clamp(0.0, (rough.len() - 1) as f64);
            let before = place as usize;
            let after = (before + 1).min(rough.len() - 1);
            (rough[before] + (rough[after] - rough[before]) * (place - before as f64)).exp2() / SAMPLE_RATE
        };
        let edges = (last - first) * BLOCKS_PER_HOP;
        let rates: Vec<f64> = (0..=edges).map(rough_at).collect();
        let highest = rates.iter().fold(0.0_f64, |highest, rate| highest.max(*rate)) * SAMPLE_RATE;
        let partials = ((HIGHEST_PARTIAL_HZ / highest) as usize).clamp(1, PARTIALS);
        let for_pitch = ((HIGHEST_PITCH_PARTIAL_HZ / highest) as usize).clamp(1, PITCH_PARTIALS);
        let blocks = demodulate(&samples[first * HOP..last * HOP], &rates, partials);

        let window = hann(2 * HALF_WINDOW);
        for moment in stretch {
            let edge = (moment - first) * BLOCKS_PER_HOP;
            let (before, after) = (edge.saturating_sub(2), (edge + 2).min(edges));
            let [one, other] = [before, after].map(|edge| smoothed(&blocks, partials, edge, &window));
            let steps = (after - before) as f64;
            let known: f64 = (before..after).map(|at| (rates[at] + rates[at + 1]) / 2.0).sum::<f64>() / steps;
            let turn = turning(&one[..for_pitch], &other[..for_pitch]) / (steps * BLOCK as f64);
            let hz = (known + turn) * SAMPLE_RATE;
            self.pitch[moment] = (69.0 + 12.0 * (hz / 440.0).log2()) as f32;
            for ((level, one), other) in self.partials_db[moment].iter_mut().zip(&one).zip(&other) {
                *level = decibels(f64::from(one.norm_sqr() + other.norm_sqr()));
            }
        }
    }
}

/// pYIN's frame holds four periods of the lowest pitch, and 2048 samples at least.
fn settings(range: PitchRange) -> PyinSettings {
    let frame = (4.0 * SAMPLE_RATE / range.low_hz) as usize;
    PyinSettings {
        sample_rate: SAMPLE_RATE,
        low_hz: range.low_hz,
        high_hz: range.high_hz,
        frame: frame.next_power_of_two().max(2048),
        hop: HOP,
    }
}

/// Runs of moments with a pitch; short interruptions do not count, unless the pitch leaps in them.
fn voiced_stretches(track: &PitchTrack) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for moment in (0..track.voiced.len()).filter(|moment| track.voiced[*moment]) {
        match stretches.last_mut() {
            Some(stretch) if moment - stretch.end <= BRIDGED => stretch.end = moment + 1,
            _ => stretches.push(moment..moment + 1),
        }
    }
    stretches
}

/// log2 of the frequencies, averaged over neighbours by a triangle.
fn evened_out(hz: &[f32]) -> Vec<f64> {
    let logarithms: Vec<f64> = hz.iter().map(|hz| f64::from(*hz).log2()).collect();
    let around = |at: usize| {
        let reach = EVEN_OUT.min(at).min(logarithms.len() - 1 - at);
        let weight = |place: usize| (reach + 1 - place.abs_diff(at)) as f64;
        let places = at - reach..=at + reach;
        let sum: f64 = places.clone().map(|place| weight(place) * logarithms[place]).sum();
        sum / places.map(weight).sum::<f64>()
    };
    (0..logarithms.len()).map(around).collect()
}

/// The partials around a block's edge, seen through a window.
fn smoothed(blocks: &[Complex32], partials: usize, edge: usize, window: &[f32]) -> Vec<Complex32> {
    let mut sums = vec![Complex32::ZERO; partials];
    let mut weights = 0.0;
    for (offset, &weight) in window.iter().enumerate() {
        let Some(block) = (edge + offset).checked_sub(HALF_WINDOW) else { continue };
        let Some(amplitudes) = blocks.get(block * partials..(block + 1) * partials) else { continue };
        weights += weight;
        sums.iter_mut().zip(amplitudes).for_each(|(sum, amplitude)| *sum += amplitude * weight);
    }
    sums.iter_mut().for_each(|sum| *sum /= weights.max(f32::MIN_POSITIVE));
    sums
}

/// Cycles by which the fundamental turned from one to the other: each partial's turn over its number, the strong and the
/// high ones counting more, which in noise is the best mean.
fn turning(one: &[Complex32], other: &[Complex32]) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (at, (one, other)) in one.iter().zip(other).enumerate() {
        let number = (at + 1) as f64;
        let product = other * one.conj();
        let weight = f64::from(product.norm()) * number * number;
        sum += weight * f64::from(product.arg()) / number;
        weights += weight;
    }
    if weights > 0.0 { sum / weights / TAU } else { 0.0 }
}

/// The recording's mean: what a poor converter adds to all of it, and nobody hears.
fn offset(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| f64::from(*sample)).sum::<f64>() / samples.len().max(1) as f64) as f32
}

/// RMS around each moment, through a Hann window, the constant `offset` taken off.
fn levels(samples: &[f32], offset: f32, moments: usize) -> Vec<f32> {
    let window = hann(2 * HALF_LEVEL);
    let level = |moment: usize| {
        let start = (moment * HOP).saturating_sub(HALF_LEVEL);
        let end = (moment * HOP + HALF_LEVEL).min(samples.len());
        let window = &window[start + HALF_LEVEL - moment * HOP..];
        let [power, weights] = vectorised(
            #[inline(always)]
            || weighted_power(&samples[start.min(end)..end], window, offset),
        );
        decibels(f64::from(power / weights.max(f32::MIN_POSITIVE)))
    };
    (0..moments).map(level).collect()
}

/// The sums of the squares, and of their weights.
#[inline(always)]
fn weighted_power(samples: &[f32], window: &[f32], offset: f32) -> [f32; 2] {
    let mut sums = [[0.0f32; LANES]; 2];
    for (samples, window) in samples.chunks(LANES).zip(window.chunks(LANES)) {
        for (lane, (sample, weight)) in samples.iter().zip(window).enumerate() {
            let sample = sample - offset;
            sums[0][lane] += weight * sample * sample;
            sums[1][lane] += weight;
        }
    }
    sums.map(|sums| sums.iter().sum())
}

fn hann(length: usize) -> Vec<f32> {
    (0..length).map(|at| (0.5 - 0.5 * (TAU * (at as f64 + 0.5) / length as f64).cos()) as f32).collect()
}

fn decibels(power: f64) -> f32 {
    (10.0 * power.log10()).max(f64::from(SILENT_DB)) as f32
}
