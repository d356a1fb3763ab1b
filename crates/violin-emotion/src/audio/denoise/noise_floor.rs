//! What a recording's noise is, frequency by frequency, while a violin plays over it.

use crate::audio::SAMPLE_RATE;
use crate::dsp::overlap_add::{OverlapAdd, Spectrum};
use crate::dsp::vectorised::vectorised;

/// The floor is the minimum over so long, seconds: longer than most notes, and short enough to follow what drifts.
const SPAN_S: f64 = 6.0;
/// Share of a frame in the running mean whose minimum is taken.
const NEW: f32 = 0.15;
/// Frames until that mean is one.
const FIRST_FRAMES: usize = 7;
/// Between the partials of the lowest string there is room on either side of a frequency, Hz.
const NEIGHBOURS_HZ: f64 = 300.0;
/// What always stands out by more than this from its neighbours is a held note, not noise: a ratio of powers.
const STANDS_OUT: f32 = 3.0;
/// A frame whose samples are all smaller is digital silence, which tells nothing of noise.
const SILENCE: f32 = 1e-7;

/// Minima of a frequency's power, span by half span.
pub(super) struct NoiseFloor {
    /// Frames of half a span.
    half: usize,
    /// At the joints of the half spans.
    rows: Vec<Vec<f32>>,
}

impl NoiseFloor {
    /// Listens to the whole recording; `None` if it is too short, or silent.
    ///
    /// A note leaves its frequencies now and then, and there noise is heard alone: the minimum over some seconds of the
    /// power smoothed in time is noise (Martin 2001, "Noise power spectral density estimation based on optimal smoothing
    /// and minimum statistics"). A note that is held through stands out from its neighbours, and these say what noise there
    /// is.
    pub(super) fn of(transform: &mut OverlapAdd, samples: &[f32]) -> Option<NoiseFloor> {
        let frames_a_second = f64::from(SAMPLE_RATE) / transform.hop() as f64;
        let half = (SPAN_S / 2.0 * frames_a_second).round() as usize;
        // Frames that lie wholly within.
        let inside = 2..transform.frames(samples.len()).saturating_sub(2);
        let mut minima: Vec<Vec<f32>> = Vec::new();
        let (mut mean, mut power) = (vec![0.0; transform.bins()], vec![0.0; transform.bins()]);
        let (mut heard, mut spectrum) = (0, Spectrum::new(transform.bins()));
        for frame in inside {
            if minima.len() <= frame / half {
                minima.push(vec![f32::INFINITY; mean.len()]);
            }
            let start = frame * transform.hop() - transform.frame() / 2;
            if samples[start..start + transform.frame()].iter().all(|sample| sample.abs() < SILENCE) {
                continue;
            }
            transform.spectrum(samples, frame, &mut spectrum);
            spectrum.power(&mut power);
            heard += 1;
            let share = NEW.max(1.0 / heard as f32);
            follow(&mut mean, &power, share);
            if heard >= FIRST_FRAMES {
                keep_least(minima.last_mut().expect("just pushed"), &mean);
            }
        }
        if heard < FIRST_FRAMES {
            return None;
        }
        let hz = f64::from(SAMPLE_RATE) / transform.frame() as f64;
        let reach = (NEIGHBOURS_HZ / hz).round() as usize;
        let joint = |at: usize| {
            let (before, after) = (&minima[at.saturating_sub(1)], &minima[at.min(minima.len() - 1)]);
            let lower: Vec<f32> = before.iter().zip(after).map(|(before, after)| before.min(*after)).collect();
            without_held_notes(&lower, reach)
        };
        Some(NoiseFloor { half, rows: (0..=minima.len()).map(joint).collect() })
    }

    /// Fills `floor` with the minimum of every frequency around a frame.
    pub(super) fn at(&self, frame: usize, floor: &mut [f32]) {
        let last = self.rows.len() - 1;
        let at = (frame / self.half).min(last);
        let along = (frame % self.half) as f32 / self.half as f32;
        let (before, after) = (&self.rows[at], &self.rows[(at + 1).min(last)]);
        vectorised(
            #[inline(always)]
            || {
                for (floor, (before, after)) in floor.iter_mut().zip(before.iter().zip(after)) {
                    *floor = before + along * (after - before);
                }
            },
        );
    }
}

fn follow(means: &mut [f32], powers: &[f32], share: f32) {
    vectorised(
        #[inline(always)]
        || means.iter_mut().zip(powers).for_each(|(mean, power)| *mean += share * (power - *mean)),
    );
}

fn keep_least(minima: &mut [f32], means: &[f32]) {
    vectorised(
        #[inline(always)]
        || minima.iter_mut().zip(means).for_each(|(least, mean)| *least = if mean < least { *mean } else { *least }),
    );
}

/// No frequency further above the lower third of its neighbours than noise would be: half of them may be partials' own.
fn without_held_notes(minimum: &[f32], reach: usize) -> Vec<f32> {
    // The neighbours in their order, as the last ones leave and the next ones come.
    let mut around = minimum[..reach.min(minimum.len())].to_vec();
    around.sort_unstable_by(f32::total_cmp);
    let place = |around: &[f32], value: f32| around.partition_point(|other| other.total_cmp(&value).is_lt());
    let bound = |at: usize| {
        if let Some(next) = minimum.get(at + reach) {
            around.insert(place(&around, *next), *next);
        }
        if let Some(left) = at.checked_sub(reach + 1) {
            around.remove(place(&around, minimum[left]));
        }
        let bounded = minimum[at].min(STANDS_OUT * around[around.len() / 3]);
        // Where nothing but silence was heard.
        if bounded.is_finite() { bounded } else { 0.0 }
    };
    (0..minimum.len()).map(bound).collect()
}
