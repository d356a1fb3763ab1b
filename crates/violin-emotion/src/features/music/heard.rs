//! Recording → what is heard in each of its frames, once for all spans.

use std::f64::consts::PI;

use super::onsets::Onset;
use super::peaks::{self, Peak};
use super::spectrum::{BANDS, OCTAVES, Shape, Spectrum, WIDE_BANDS};
use super::{chroma, onsets};
use crate::audio::SAMPLE_RATE;
use crate::dsp::power_frames::{BINS, FRAME, HOP, PowerFrames, TOGETHER, frames};
use crate::dsp::vectorised::vectorised;

/// Frames a second.
pub(super) const FRAME_RATE: f32 = SAMPLE_RATE as f32 / HOP as f32;
/// Cepstral coefficients.
pub(super) const COEFFICIENTS: usize = 20;
/// The share of blocks that are softer than the recording's loud ones.
const LOUD: f64 = 0.95;
/// A recording whose loud frames have a mean square below this is silence: −140 dB.
const SILENCE: f64 = 1e-14;
/// A frame sounds if it is not softer than the loud ones by more than this, dB.
const SOUNDING_DB: f32 = -30.0;
/// Frames from one to the next that shares no sample with it.
const APART: usize = FRAME / HOP;
/// Power of a bin that is no more than this against the loud frames is taken for hiss: 6 dB above the floor.
const ABOVE: f32 = 4.0 * super::spectrum::FLOOR;

/// The pitches that sound in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pitches {
    /// The lowest, the highest and the mean of them as MIDI numbers; NaN where there is none.
    pub lowest: f32,
    pub highest: f32,
    pub mean: f32,
    /// How many they are, and how many peaks the spectrum has.
    pub count: f32,
    pub peaks: f32,
}

/// Tracks of one value a frame. A frame that does not sound has NaN in all but the level, the strength of onsets and the chroma.
#[derive(Default)]
pub(super) struct Heard {
    /// dB re the recording's loud frames, up to 4 kHz.
    pub level_db: Vec<f32>,
    pub sounds: Vec<bool>,
    pub coefficients: Vec<Vec<f32>>,
    /// dB of wide bands re the frame's own level.
    pub bands: Vec<Vec<f32>>,
    pub contrast: Vec<Vec<f32>>,
    pub shapes: Vec<Shape>,
    /// Share of the power that was there neither a frame before nor a frame after.
    pub percussive: Vec<f32>,
    /// Mean way of the bands since two frames before, up or down, dB.
    pub flux_db: Vec<f32>,
    pub pitches: Vec<Pitches>,
    /// Weights of the pitch classes, C first, of sum 1; all 0 where none sounds.
    pub chroma: Vec<[f32; 12]>,
    /// Way of the tonal centroid across each frame; NaN where nothing sounds around it.
    pub harmonic_change: Vec<f32>,
    /// Semitones from the tempered pitches above A = 440 Hz.
    pub tuning: f32,
    /// Mean rise of the bands since two frames before, dB.
    pub strength_db: Vec<f32>,
    pub onsets: Vec<Onset>,
}

impl Heard {
    /// Listens to a whole recording.
    pub(super) fn new(samples: &[f32]) -> Self {
        let mut heard = Heard::default();
        let loud = loud(samples);
        let count = frames(samples.len());
        if loud < SILENCE || count == 0 {
            return heard;
        }
        let mut listener = Listener::new((1.0 / loud) as f32);
        let mut first = 0;
        while first < count {
            let together = TOGETHER.min(count - first);
            listener.hear(&samples[first * HOP..], together, &mut heard);
            first += together;
        }
        listener.finish(&mut heard);
        heard
    }

    /// Number of frames; 0 in silence.
    pub(super) fn frames(&self) -> usize {
        self.level_db.len()
    }
}

/// Mean square of the loud parts of a recording.
fn loud(samples: &[f32]) -> f64 {
    let mut squares: Vec<f64> = samples.chunks_exact(FRAME).map(mean_square).collect();
    squares.sort_unstable_by(f64::total_cmp);
    squares.get((LOUD * squares.len() as f64) as usize).copied().unwrap_or(0.0)
}

fn mean_square(samples: &[f32]) -> f64 {
    vectorised(
        #[inline(always)]
        || {
            let mut sums = [0.0f32; 16];
            for chunk in samples.as_chunks::<16>().0 {
                sums.iter_mut().zip(chunk).for_each(|(sum, sample)| *sum += sample * sample);
            }
            sums.iter().map(|sum| f64::from(*sum)).sum::<f64>() / samples.len() as f64
        },
    )
}

/// What hearing needs, block after block.
struct Listener {
    transform: PowerFrames,
    scale: f32,
    spectrum: Spectrum,
    /// The power of the last eight frames before, and those that are being heard.
    rows: Vec<f32>,
    cosines: Vec<[f32; BANDS]>,
    /// Frames × bands, dB.
    bands: Vec<f32>,
    /// The peaks of all frames: pitch and weight.
    peaks: Vec<(f32, f32)>,
    /// Where each frame's peaks end.
    ends: Vec<usize>,
    found: Vec<Peak>,
}

impl Listener {
    fn new(scale: f32) -> Self {
        let cosine = |number: usize, band: usize| {
            (2.0 / BANDS as f64).sqrt() * (PI * number as f64 * (band as f64 + 0.5) / BANDS as f64).cos()
        };
        Listener {
            transform: PowerFrames::new(),
            scale,
            spectrum: Spectrum::new(),
            rows: Vec::new(),
            cosines: (0..COEFFICIENTS).map(|number| std::array::from_fn(|band| cosine(number, band) as f32)).collect(),
            bands: Vec::new(),
            peaks: Vec::new(),
            ends: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Hears the first `together` frames of `signal`, which go on where the last ones ended.
    fn hear(&mut self, signal: &[f32], together: usize, heard: &mut Heard) {
        let kept = self.rows.len().min(2 * APART * BINS);
        self.rows.drain(..self.rows.len() - kept);
        self.rows.resize(kept + together * BINS, 0.0);
        let mut rows = std::mem::take(&mut self.rows);
        self.transform.rows(signal, self.scale, &mut rows[kept..]);
        for row in rows[kept..].chunks_exact(BINS) {
            self.hear_frame(row, heard);
        }
        // A frame is percussive against those before and after it: it waits until they are there.
        self.rows = rows;
        let begun = heard.frames() - self.rows.len() / BINS;
        for frame in heard.percussive.len()..heard.frames().saturating_sub(APART) {
            self.tell_percussive(frame, begun, heard);
        }
    }

    fn hear_frame(&mut self, power: &[f32], heard: &mut Heard) {
        let mut contrast = [0.0; OCTAVES];
        let shape = self.spectrum.shape(power, &mut contrast);
        let sounds = shape.level_db > SOUNDING_DB;
        let known = |value: f32| if sounds { value } else { f32::NAN };
        heard.level_db.push(shape.level_db);
        heard.sounds.push(sounds);
        push_all(&mut heard.contrast, contrast.map(known));
        heard.shapes.push(if sounds { shape } else { Shape::missing(shape.level_db) });

        let start = self.bands.len();
        self.bands.resize(start + BANDS, 0.0);
        let mut wide = [0.0; WIDE_BANDS];
        self.spectrum.bands(power, &mut self.bands[start..], &mut wide);
        push_all(&mut heard.bands, wide.map(|band| known(band - shape.level_db)));
        let bands = &self.bands[start..];
        let coefficient = |cosines: &[f32; BANDS]| bands.iter().zip(cosines).map(|(band, cosine)| band * cosine).sum();
        let coefficients: Vec<f32> = self.cosines.iter().map(|cosines| known(coefficient(cosines))).collect();
        push_all(&mut heard.coefficients, coefficients);

        self.found.clear();
        if sounds {
            peaks::find(power, &mut self.found);
        }
        heard.pitches.push(pitches(&self.found, sounds));
        let strongest = self.found.iter().fold(0.0f32, |strongest, peak| strongest.max(peak.power));
        let weight = |peak: &Peak| peak.weight(strongest) * if peak.alone { 1.0 } else { chroma::PARTIAL };
        self.peaks.extend(self.found.iter().map(|peak| (peak.pitch, weight(peak))));
        self.ends.push(self.peaks.len());
    }

    /// `begun` is the frame whose power stands first in the rows.
    fn tell_percussive(&self, frame: usize, begun: usize, heard: &mut Heard) {
        let row = |frame: usize| self.rows.get((frame.checked_sub(begun)?) * BINS..)?.get(..BINS);
        let share = match (heard.sounds[frame], row(frame)) {
            (true, Some(here)) => percussive_share(here, frame.checked_sub(APART).and_then(row), row(frame + APART)),
            _ => f32::NAN,
        };
        heard.percussive.push(share);
    }

    fn finish(self, heard: &mut Heard) {
        let begun = heard.frames() - self.rows.len() / BINS;
        for frame in heard.percussive.len()..heard.frames() {
            self.tell_percussive(frame, begun, heard);
        }
        (heard.strength_db, heard.flux_db) = onsets::rises(&self.bands);
        let sounding = heard.flux_db.iter_mut().zip(&heard.sounds);
        sounding.filter(|(_, sounds)| !**sounds).for_each(|(flux, _)| *flux = f32::NAN);
        heard.onsets = onsets::find(&heard.strength_db, &heard.level_db);
        heard.tuning = chroma::tuning(&self.peaks);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let frames = starts.zip(&self.ends).map(|(start, &end)| &self.peaks[start..end]);
        heard.chroma = frames.map(|peaks| chroma::classes(peaks, heard.tuning)).collect();
        heard.harmonic_change = chroma::harmonic_change(&heard.chroma);
    }
}

fn push_all(tracks: &mut Vec<Vec<f32>>, values: impl IntoIterator<Item = f32>) {
    for (at, value) in values.into_iter().enumerate() {
        if tracks.len() == at {
            tracks.push(Vec::new());
        }
        tracks[at].push(value);
    }
}

fn pitches(peaks: &[Peak], sounds: bool) -> Pitches {
    let strongest = peaks.iter().fold(0.0f32, |strongest, peak| strongest.max(peak.power));
    let (mut sum, mut weights, mut count) = (0.0, 0.0, 0.0);
    let (mut lowest, mut highest) = (f32::NAN, f32::NAN);
    for peak in peaks.iter().filter(|peak| peak.is_pitch(strongest)) {
        let weight = (peak.voice / strongest).sqrt().sqrt();
        (sum, weights, count) = (sum + weight * peak.pitch, weights + weight, count + 1.0);
        (lowest, highest) = (lowest.min(peak.pitch), highest.max(peak.pitch));
    }
    let of_sound = |value: f32| if sounds { value } else { f32::NAN };
    Pitches { lowest, highest, mean: sum / weights, count: of_sound(count), peaks: of_sound(peaks.len() as f32) }
}

/// Share of a frame's power that exceeds both neighbours at its place and beside it, so that vibrato is not a stroke.
fn percussive_share(here: &[f32], before: Option<&[f32]>, after: Option<&[f32]>) -> f32 {
    let (before, after) = (before.or(after).unwrap_or(here), after.or(before).unwrap_or(here));
    let (mut alone, mut all) = ([0.0f32; 16], [0.0f32; 16]);
    vectorised(
        #[inline(always)]
        || {
            let around = before.windows(3).zip(after.windows(3));
            for (at, (here, (before, after))) in here[1..].iter().zip(around).enumerate() {
                let highest = max(max(max(before[0], before[1]), before[2]), max(max(after[0], after[1]), after[2]));
                let power = max(here - ABOVE, 0.0);
                all[at % 16] += power;
                alone[at % 16] += max(power - highest, 0.0);
            }
        },
    );
    let (alone, all): (f32, f32) = (alone.iter().sum(), all.iter().sum());
    if all > 0.0 { alone / all } else { f32::NAN }
}

#[inline(always)]
fn max(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}
