//! The peaks of a frame's spectrum, and which of them are sounding pitches rather than partials of another.

use super::spectrum::{BIN_HZ, FLOOR, semitones};

/// Peaks are sought from here …
const LOWEST_HZ: f32 = 54.0;
/// … to here: above, few fundamentals lie.
const HIGHEST_HZ: f32 = 4000.0;
/// A peak stands so far above the frame's strongest one less 30 dB …
const SHARE: f32 = 1e-3;
/// … above the floor by 10 dB …
const ABOVE_FLOOR: f32 = 10.0;
/// … and above the mean of the bins around it by 3 dB: the crests of hiss are lower.
const ABOVE_MEAN: f32 = 2.0;
/// Bins on either side that are around it.
const AROUND: usize = 4;
/// The most peaks of a frame that are kept.
const MOST: usize = 48;
/// A peak is a partial of a lower one if it is so near to a multiple of it, semitones …
const NEAR: f32 = 0.35;
/// … up to this multiple …
const PARTIALS: f32 = 16.0;
/// … not stronger by more than 25 dB …
const STRONGER: f32 = 316.0;
/// … and not by more than 9 dB stronger than both the partials beside it.
const STANDS_OUT: f32 = 8.0;

/// A pitch that sounds has a partial, and it or one of them is not softer than the frame's strongest peak by more than 20 dB …
const VOICE: f32 = 0.01;
/// … or it is a pure tone not softer by more than 8 dB. What is neither is where partials of several tones meet.
const PURE: f32 = 0.16;

/// One peak of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    /// Its pitch as a MIDI number.
    pub pitch: f32,
    /// Its power.
    pub power: f32,
    /// Whether no lower one has it among its partials.
    pub alone: bool,
    /// The power of the strongest of it and its partials.
    pub voice: f32,
    /// Whether it has partials.
    pub rich: bool,
}

impl Peak {
    /// How much it counts against the strongest of its frame: the square root of its amplitude, so that soft voices are heard.
    pub(super) fn weight(&self, strongest: f32) -> f32 {
        (self.power / strongest).sqrt().sqrt()
    }

    /// Whether it is a pitch that sounds, in a frame whose strongest peak has this power.
    pub(super) fn is_pitch(&self, strongest: f32) -> bool {
        self.alone && self.voice >= if self.rich { VOICE } else { PURE } * strongest
    }
}

/// Fills `peaks` with those of a frame, the lowest first.
pub(super) fn find(power: &[f32], peaks: &mut Vec<Peak>) {
    peaks.clear();
    let (first, last) = ((LOWEST_HZ / BIN_HZ) as usize + 1, (HIGHEST_HZ / BIN_HZ) as usize);
    let strongest = power[first..last].iter().copied().fold(0.0, f32::max);
    let least = (SHARE * strongest).max(ABOVE_FLOOR * FLOOR);
    for bin in first..last {
        let middle = power[bin];
        if middle <= least || middle <= power[bin - 1] || middle < power[bin + 1] {
            continue;
        }
        let around = &power[bin - AROUND..=bin + AROUND];
        if middle < ABOVE_MEAN / (2 * AROUND + 1) as f32 * around.iter().sum::<f32>() {
            continue;
        }
        peaks.push(Peak {
            pitch: semitones(place(power, bin) * BIN_HZ),
            power: middle,
            alone: true,
            voice: middle,
            rich: false,
        });
    }
    if peaks.len() > MOST {
        peaks.sort_unstable_by(|one, other| other.power.total_cmp(&one.power));
        peaks.truncate(MOST);
        peaks.sort_unstable_by(|one, other| one.pitch.total_cmp(&other.pitch));
    }
    tell_partials(peaks);
}

/// The peak's bin with its fraction: a parabola through the logarithms, which is exact to a fiftieth of a bin under a Hann window.
fn place(power: &[f32], bin: usize) -> f32 {
    let [left, middle, right] =
        [power[bin - 1], power[bin], power[bin + 1]].map(|power| (power + f32::MIN_POSITIVE).ln());
    let curvature = left + right - 2.0 * middle;
    let shift = if curvature < 0.0 { 0.5 * (left - right) / curvature } else { 0.0 };
    bin as f32 + shift.clamp(-0.5, 0.5)
}

/// Goes up from the lowest peak: what is a partial of one below is not alone, nor is a partial of a partial.
fn tell_partials(peaks: &mut [Peak]) {
    for at in 1..peaks.len() {
        if let Some(lower) = (0..at).find(|lower| is_partial(peaks, at, *lower)) {
            peaks[at].alone = false;
            peaks[lower].voice = peaks[lower].voice.max(peaks[at].power);
            peaks[lower].rich = true;
        }
    }
}

fn is_partial(peaks: &[Peak], at: usize, lower: usize) -> bool {
    let (peak, lower) = (&peaks[at], &peaks[lower]);
    let multiple = ((peak.pitch - lower.pitch) / 12.0).exp2().round();
    let partial = |multiple: f32| lower.pitch + 12.0 * multiple.log2();
    if !(2.0..=PARTIALS).contains(&multiple)
        || (peak.pitch - partial(multiple)).abs() > NEAR
        || peak.power > STRONGER * lower.power
    {
        return false;
    }
    // The partials of one tone are of a kind: one that stands far out from both its neighbours is another tone.
    let beside = power_near(peaks, partial(multiple - 1.0)).max(power_near(peaks, partial(multiple + 1.0)));
    peak.power <= STANDS_OUT * beside
}

/// The power of the strongest peak about a pitch (two that are not parted stand between theirs), 0 if there is none.
fn power_near(peaks: &[Peak], pitch: f32) -> f32 {
    let near = peaks.iter().filter(|peak| (peak.pitch - pitch).abs() <= 2.0 * NEAR);
    near.map(|peak| peak.power).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::dsp::power_frames::{BINS, FRAME, PowerFrames};

    fn heard(sample: impl Fn(f64) -> f64) -> Vec<Peak> {
        let signal: Vec<f32> = (0..FRAME).map(|n| sample(n as f64 / 44_100.0) as f32).collect();
        let mut power = vec![0.0; BINS];
        PowerFrames::new().rows(&signal, 1.0, &mut power);
        let mut peaks = Vec::new();
        find(&power, &mut peaks);
        peaks
    }

    /// Eight partials falling by their number.
    fn tone(t: f64, midi: f64) -> f64 {
        let hz = 440.0 * ((midi - 69.0) / 12.0).exp2();
        (1..=8).map(f64::from).map(|partial| 0.1 * (TAU * partial * hz * t).sin() / partial).sum()
    }

    #[test]
    fn a_tone_is_one_pitch_and_its_partials() {
        for midi in [45.0, 55.3, 69.0, 80.4] {
            let peaks = heard(|t| tone(t, midi));
            let alone: Vec<&Peak> = peaks.iter().filter(|peak| peak.alone).collect();
            assert!(peaks.len() >= 4 && alone.len() == 1, "{midi}: {peaks:?}");
            // A twentieth of a bin is 8 cents at 110 Hz.
            assert!((f64::from(alone[0].pitch) - midi).abs() < 0.1, "{midi}: {alone:?}");
        }
    }

    #[test]
    fn a_chord_is_its_voices() {
        let peaks = heard(|t| [57.0, 60.0, 64.0].into_iter().map(|midi| tone(t, midi)).sum());
        let alone: Vec<f32> = peaks.iter().filter(|peak| peak.alone).map(|peak| peak.pitch.round()).collect();
        assert_eq!(alone, [57.0, 60.0, 64.0]);
    }

    #[test]
    fn a_melody_on_a_partial_of_the_bass_is_heard() {
        let peaks = heard(|t| 0.3 * tone(t, 48.0) + tone(t, 72.0));
        let alone: Vec<f32> = peaks.iter().filter(|peak| peak.alone).map(|peak| peak.pitch.round()).collect();
        assert_eq!(alone, [48.0, 72.0]);
    }

    #[test]
    fn silence_has_none() {
        assert!(heard(|_| 0.0).is_empty());
    }
}
