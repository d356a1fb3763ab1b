//! Pulse: how fast it beats, how clearly, how strictly; and how the loudness moves.

use std::ops::Range;

use super::heard::{FRAME_RATE, Heard};
use super::statistics::moving_mean;
use crate::dsp::modulation::variances;
use crate::features::Row;

/// The pulse is sought in stretches of eight seconds, each two after the one before.
const STRETCH: usize = (8.0 * FRAME_RATE) as usize;
const APART: usize = (2.0 * FRAME_RATE) as usize;
/// No beat is faster than 240 a minute, and none that is heard as one slower than 30, frames.
const SHORTEST: usize = (0.25 * FRAME_RATE) as usize + 1;
const LONGEST: usize = (2.0 * FRAME_RATE) as usize;
/// Multiples of the beat are followed up to here, frames.
const LAGS: usize = (4.0 * FRAME_RATE) as usize;
/// Beats a minute that are believed most; half as much (as a normal distribution falls) so many octaves away.
const LIKELIEST: f32 = 110.0;
const OCTAVES: f32 = 1.0;
/// Where half the beat repeats nearly as well as the beat, it is the beat.
const AS_WELL: f32 = 0.85;
/// A second and a half has no beat that repeats.
const LEAST: usize = (1.5 * FRAME_RATE) as usize;
/// The rises of a second around each frame are what an onset stands out from.
const AROUND: usize = 21;

/// Octaves in which the loudness moves, Hz: the lowest begins here.
const SLOWEST_HZ: f64 = 0.125;
const MODULATIONS: usize = 6;
/// Loudness grows with the power to this (S. S. Stevens 1957, "On the psychophysical law").
const LOUDNESS: f32 = 0.3;
/// A variance below this, against the squared mean, counts as this: −60 dB.
const STILL: f64 = 1e-6;

/// Puts pulse and modulations of a span.
pub(super) fn put(heard: &Heard, frames: &Range<usize>, row: &mut Row) {
    put_modulations(&heard.level_db[frames.clone()], row);
    let Some(repeats) = Repeats::of(&heard.strength_db[frames.clone()]) else { return };
    row.put_known("pulse_entropy", Some(repeats.entropy()));
    let Some(beat) = repeats.beat() else { return };
    let strength = repeats.at(beat);
    row.put_known("pulse_tempo", Some(60.0 * FRAME_RATE / beat));
    row.put_known("pulse_clarity", Some(strength));
    row.put_known("pulse_width", Some(repeats.width(beat)));
    let beats = [
        ("pulse_third_beat", 1.0 / 3.0),
        ("pulse_half_beat", 0.5),
        ("pulse_two_beats", 2.0),
        ("pulse_three_beats", 3.0),
        ("pulse_four_beats", 4.0),
    ];
    for (name, beats) in beats {
        row.put_known(name, repeats.known(beats * beat));
    }
}

/// How well the onsets repeat after each lag: 1 for a strict repetition, about 0 for none.
struct Repeats(Vec<f32>);

impl Repeats {
    /// The mean over the stretches of a span; `None` if it is shorter than 1.5 s or nothing begins in it.
    fn of(strength: &[f32]) -> Option<Self> {
        if strength.len() < LEAST {
            return None;
        }
        let means = moving_mean(strength, AROUND);
        let onsets: Vec<f32> = strength.iter().zip(means).map(|(value, mean)| (value - mean).max(0.0)).collect();
        let stretch = STRETCH.min(onsets.len());
        let lags = LAGS.min(stretch / 2);
        let (mut sum, mut count) = (vec![0.0; lags + 1], 0);
        for onsets in onsets.windows(stretch).step_by(APART) {
            let mean = onsets.iter().sum::<f32>() / stretch as f32;
            let onsets: Vec<f32> = onsets.iter().map(|onset| onset - mean).collect();
            let energy: f32 = onsets.iter().map(|onset| onset * onset).sum();
            if energy <= 0.0 {
                continue;
            }
            count += 1;
            for (lag, sum) in sum.iter_mut().enumerate() {
                let products: f32 = onsets[lag..].iter().zip(&onsets).map(|(one, other)| one * other).sum();
                *sum += products / energy * stretch as f32 / (stretch - lag) as f32;
            }
        }
        (count > 0).then(|| Repeats(sum.into_iter().map(|sum| sum / count as f32).collect()))
    }

    /// At a lag between two frames.
    fn at(&self, lag: f32) -> f32 {
        let below = (lag as usize).min(self.0.len() - 1);
        let above = (below + 1).min(self.0.len() - 1);
        self.0[below] + lag.fract() * (self.0[above] - self.0[below])
    }

    /// The same, as far as lags go; the best within a frame on either side, as the multiple of a lag is less well known.
    fn known(&self, lag: f32) -> Option<f32> {
        let best = || [lag - 1.0, lag - 0.5, lag, lag + 0.5, lag + 1.0].map(|lag| self.at(lag)).into_iter();
        (lag + 1.0 <= (self.0.len() - 1) as f32).then(|| best().fold(f32::NEG_INFINITY, f32::max))
    }

    /// The lag of the beat, frames; `None` where nothing repeats.
    fn beat(&self) -> Option<f32> {
        let last = LONGEST.min(self.0.len() - 2);
        let is_peak =
            |lag: &usize| self.0[*lag] > 0.0 && self.0[*lag] >= self.0[lag - 1] && self.0[*lag] >= self.0[lag + 1];
        let belief = |lag: usize| {
            let octaves = (60.0 * FRAME_RATE / lag as f32 / LIKELIEST).log2() / OCTAVES;
            (-0.5 * octaves * octaves).exp()
        };
        let score = |lag: usize| self.0[lag] * belief(lag);
        let best = (SHORTEST..=last).filter(is_peak).max_by(|one, other| score(*one).total_cmp(&score(*other)))?;
        let beat = self.refined(best);
        let half = (beat / 2.0).round() as usize;
        let halves = half.saturating_sub(1).max(SHORTEST)..=half + 1;
        let half = halves.filter(is_peak).find(|half| self.0[*half] >= AS_WELL * self.0[best]);
        Some(half.map_or(beat, |half| self.refined(half)))
    }

    /// The top of the parabola through a peak and its neighbours.
    fn refined(&self, lag: usize) -> f32 {
        let [left, middle, right] = [self.0[lag - 1], self.0[lag], self.0[lag + 1]];
        let curvature = left + right - 2.0 * middle;
        let shift = if curvature < 0.0 { (0.5 * (left - right) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
        lag as f32 + shift
    }

    /// Width of the beat's peak at half its height, against the beat: at most 1.
    fn width(&self, beat: f32) -> f32 {
        let half = self.at(beat) / 2.0;
        let reach = (beat / 2.0) as usize;
        let until = |sign: f32| {
            let lower = |step: &usize| self.at(beat + sign * *step as f32) < half;
            let Some(step) = (1..=reach).find(lower) else { return beat / 2.0 };
            let (outer, inner) = (self.at(beat + sign * step as f32), self.at(beat + sign * (step - 1) as f32));
            step as f32 - (half - outer) / (inner - outer)
        };
        (until(-1.0) + until(1.0)) / beat
    }

    /// 0 if all repetition is at one lag, 1 if it is at all lags alike.
    fn entropy(&self) -> f32 {
        let lags = &self.0[SHORTEST..=LONGEST.min(self.0.len() - 1)];
        let sum: f32 = lags.iter().map(|value| value.max(0.0)).sum();
        if sum <= 0.0 {
            return 1.0;
        }
        let shares = lags.iter().map(|value| value / sum).filter(|share| *share > 0.0);
        shares.map(|share| -share * share.ln()).sum::<f32>() / (lags.len() as f32).ln()
    }
}

fn put_modulations(level_db: &[f32], row: &mut Row) {
    let loudness: Vec<f32> = level_db.iter().map(|db| 10f32.powf(LOUDNESS * db / 10.0)).collect();
    let mean = f64::from(loudness.iter().sum::<f32>()) / loudness.len() as f64;
    let cycles = |hz: f64| hz / f64::from(FRAME_RATE);
    let lower = |number: usize| SLOWEST_HZ * 2f64.powi(number as i32);
    let bands: [(f64, f64); MODULATIONS + 1] = std::array::from_fn(|number| match number {
        MODULATIONS => (cycles(SLOWEST_HZ), 0.5),
        _ => (cycles(lower(number)), cycles(lower(number + 1))),
    });
    let variances = variances(&loudness, bands);
    let all = variances[MODULATIONS].max(STILL * mean * mean);
    for (number, variance) in variances[..MODULATIONS].iter().enumerate() {
        // One whole cycle at least.
        if cycles(lower(number)) * loudness.len() as f64 >= 1.0 {
            let against_mean = (variance / (mean * mean)).max(STILL);
            row.put(("modulation_db", number), (10.0 * against_mean.log10()) as f32);
            row.put(("modulation_share", number), (variance / all) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rises of one onset a period, as wide as frames make them.
    fn clicks(period: f32, frames: usize) -> Vec<f32> {
        let away = |at: usize| ((at as f32 + period / 2.0) % period - period / 2.0).abs();
        (0..frames).map(|at| (4.0 - 2.0 * away(at)).max(0.0)).collect()
    }

    #[test]
    fn a_strict_pulse_repeats_at_its_lag() {
        for period in [14.4, 21.5, 30.0, 43.1, 51.7] {
            let repeats = Repeats::of(&clicks(period, 600)).expect("long enough");
            let beat = repeats.beat().expect("a beat");
            assert!((beat / period - 1.0).abs() < 0.02, "{beat}, not {period}");
            assert!(repeats.at(beat) > 0.8 && repeats.width(beat) < 0.3, "{period}: {}", repeats.at(beat));
        }
    }

    #[test]
    fn no_onset_has_no_beat() {
        assert!(Repeats::of(&[0.0; 300]).is_none() && Repeats::of(&[1.0; 40]).is_none());
    }
}
