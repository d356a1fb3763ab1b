//! What a recording's noise is, frequency by frequency, while a violin plays over it.

use crate::audio::SAMPLE_RATE;
use crate::dsp::overlap_add::OverlapAdd;

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
        let (mut mean, mut heard): (Vec<f32>, usize) = (vec![0.0; transform.bins()], 0);
        for frame in inside {
            if minima.len() <= frame / half {
                minima.push(vec![f32::INFINITY; mean.len()]);
            }
            let start = frame * transform.hop() - transform.frame() / 2;
            if samples[start..start + transform.frame()].iter().all(|sample| sample.abs() < SILENCE) {
                continue;
            }
            let spectrum = transform.spectrum(samples, frame);
            heard += 1;
            let share = NEW.max(1.0 / heard as f32);
            let minimum = minima.last_mut().expect("just pushed");
            for ((mean, value), minimum) in mean.iter_mut().zip(spectrum).zip(minimum) {
                *mean += share * (value.norm_sqr() - *mean);
                *minimum = if heard >= FIRST_FRAMES { minimum.min(*mean) } else { *minimum };
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
        for ((floor, before), after) in floor.iter_mut().zip(before).zip(after) {
            *floor = before + along * (after - before);
        }
    }
}

/// No frequency further above the lower third of its neighbours than noise would be: half of them may be partials' own.
fn without_held_notes(minimum: &[f32], reach: usize) -> Vec<f32> {
    let mut around = Vec::new();
    let bound = |at: usize| {
        around.clear();
        around.extend_from_slice(&minimum[at.saturating_sub(reach)..(at + reach + 1).min(minimum.len())]);
        let third = around.len() / 3;
        let (_, low, _) = around.select_nth_unstable_by(third, f32::total_cmp);
        let bounded = minimum[at].min(STANDS_OUT * *low);
        // Where nothing but silence was heard.
        if bounded.is_finite() { bounded } else { 0.0 }
    };
    (0..minimum.len()).map(bound).collect()
}
