//! What the player does in a window, family by family, from the notes that sound in it.

use super::key::key;
use super::rhythm::{Interval, intervals, note_rate, timing_deviation};
use super::values::Values;
use super::{Row, Span};
use crate::notes::{Note, Notes, Vibrato};

/// A note this long has two cycles of the slowest vibrato once its start is over, seconds: shorter ones cannot tell.
const LONG_ENOUGH_S: f32 = 0.35;
/// Key and rhythm are heard over a longer time than a window: so many seconds around its middle.
const CONTEXT_S: f64 = 12.0;

/// A recording's notes, and what is asked of them in every window.
pub(super) struct Playing<'a> {
    played: &'a Notes,
    intervals: Vec<Interval>,
    /// Median level of all notes, dB re full scale: what a window's level is compared with.
    level_db: f32,
}

impl<'a> Playing<'a> {
    pub fn new(played: &'a Notes) -> Self {
        Playing { played, intervals: intervals(&played.notes), level_db: played.level_db() }
    }

    /// Puts the `violin` features of the window `span`; what cannot be measured stays missing.
    pub fn put(&self, span: Span, row: &mut Row) {
        let window = Stretch { start_s: span.start_s as f32, end_s: span.end_s as f32 };
        let context = around(span);
        let notes = self.notes_in(window);
        let begun: Vec<&Note> = notes.iter().copied().filter(|note| note.onset_s >= window.start_s).collect();
        let intervals = self.intervals_in(window);
        put_dynamics(&notes, self.level_db, row);
        put_vibrato(&notes, row);
        put_portamento(&notes, &begun, window, row);
        put_articulation(&notes, &begun, &intervals, row);
        put_attack(&begun, row);
        put_intonation(&notes, row);
        put_timing(&intervals, &self.intervals_in(context), window, row);
        put_register(&notes, row);
        put_tone(&notes, row);
        put_mode(&self.notes_in(context), self.played.tuning_cents, row);
    }

    fn notes_in(&self, stretch: Stretch) -> Vec<&'a Note> {
        self.played.notes.iter().filter(|note| stretch.holds(note.onset_s, note.offset_s)).collect()
    }

    fn intervals_in(&self, stretch: Stretch) -> Vec<Interval> {
        self.intervals.iter().filter(|interval| stretch.holds(interval.start_s, interval.end_s)).copied().collect()
    }
}

/// A stretch of time, in seconds.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start_s: f32,
    end_s: f32,
}

impl Stretch {
    /// Whether what lasts from `start_s` to `end_s` belongs to it: a tenth of a second of it does, or half of it.
    fn holds(self, start_s: f32, end_s: f32) -> bool {
        let inside_s = end_s.min(self.end_s) - start_s.max(self.start_s);
        inside_s > 0.0 && inside_s >= (0.5 * (end_s - start_s)).min(0.1)
    }
}

/// The time over which key and rhythm are heard: the window, and what is around it.
fn around(span: Span) -> Stretch {
    let middle_s = (span.start_s + span.end_s) / 2.0;
    let (start_s, end_s) = (middle_s - CONTEXT_S / 2.0, middle_s + CONTEXT_S / 2.0);
    Stretch { start_s: start_s.min(span.start_s) as f32, end_s: end_s.max(span.end_s) as f32 }
}

fn put_dynamics(notes: &[&Note], own_db: f32, row: &mut Row) {
    let levels = Values::of(notes, |note| Some(note.level_db - own_db));
    row.put_known("note_level_db", levels.median());
    row.put_known("note_level_spread_db", levels.spread());
    row.put_known("note_level_slope_db_per_s", levels.slope());
}

fn put_vibrato(notes: &[&Note], row: &mut Row) {
    let tells = |note: &&&Note| note.vibrato.is_some() || note.offset_s - note.onset_s >= LONG_ENOUGH_S;
    let telling: Vec<&Note> = notes.iter().filter(tells).copied().collect();
    let vibrato = |of: fn(&Vibrato) -> f32| Values::of(&telling, |note| note.vibrato.as_ref().map(of)).median();
    let none = (!telling.is_empty()).then_some(0.0);
    row.put_known("vibrato_share", Values::share(&telling, |note| note.vibrato.is_some()));
    row.put_known("vibrato_extent_cents", vibrato(|vibrato| vibrato.extent_cents).or(none));
    row.put_known("vibrato_rate_hz", vibrato(|vibrato| vibrato.rate_hz));
    row.put_known("vibrato_delay_s", vibrato(|vibrato| vibrato.delay_s));
}

fn put_portamento(notes: &[&Note], begun: &[&Note], window: Stretch, row: &mut Row) {
    let slides = Values::of(begun, |note| note.portamento.map(|slide| slide.duration_s));
    let extents = Values::of(begun, |note| note.portamento.map(|slide| slide.extent_cents)).sizes();
    let per_s = slides.len() as f32 / (window.end_s - window.start_s);
    row.put_known("slides_per_s", (!notes.is_empty()).then_some(per_s));
    row.put_known("slide_s", slides.median());
    row.put_known("slide_extent_cents", extents.median());
}

fn put_articulation(notes: &[&Note], begun: &[&Note], intervals: &[Interval], row: &mut Row) {
    let shares = Values::at(intervals.iter().map(|interval| (interval.start_s, interval.sounding_share())));
    row.put_known("articulation", shares.mean());
    row.put_known("articulation_spread", shares.spread());
    row.put_known("slurred_share", Values::share(begun, |note| note.joined));
    row.put_known("plucked_share", Values::share(notes, |note| note.plucked));
}

fn put_attack(begun: &[&Note], row: &mut Row) {
    row.put_known("attack_s", Values::of(begun, |note| note.attack_s).median());
    // Half a millisecond is below what the level's own window lets through.
    let octaves = Values::of(begun, |note| note.attack_s.map(|attack_s| attack_s.max(5e-4).log2()));
    row.put_known("attack_spread", octaves.spread());
}

fn put_intonation(notes: &[&Note], row: &mut Row) {
    let cents = Values::of(notes, |note| Some(note.cents));
    row.put_known("intonation_cents", cents.median());
    row.put_known("intonation_spread_cents", cents.sizes().mean().filter(|_| cents.len() > 1));
}

fn put_timing(here: &[Interval], around: &[Interval], window: Stretch, row: &mut Row) {
    let octaves = Values::at(here.iter().map(|interval| (interval.start_s, -interval.length_s().log2())));
    row.put_known("note_rate_per_s", note_rate(here, window.start_s, window.end_s));
    row.put_known("note_rate_slope", octaves.slope());
    row.put_known("interval_spread", octaves.spread());
    row.put_known("timing_deviation", timing_deviation(around));
}

fn put_register(notes: &[&Note], row: &mut Row) {
    let pitches = Values::of(notes, |note| Some(note.pitch));
    row.put_known("pitch_semitones", pitches.mean());
    row.put_known("pitch_spread_semitones", pitches.spread());
    row.put_known("pitch_slope_semitones_per_s", pitches.slope());
    let steps = notes.windows(2).map(|pair| (pair[1].onset_s, (pair[1].pitch - pair[0].pitch).abs()));
    row.put_known("step_semitones", Values::at(steps).mean());
    row.put_known("doubled_share", Values::share(notes, |note| note.doubled));
}

fn put_tone(notes: &[&Note], row: &mut Row) {
    let brightness = Values::of(notes, |note| note.brightness_db_per_octave);
    row.put_known("brightness_db_per_octave", brightness.median());
    row.put_known("brightness_spread_db_per_octave", brightness.spread());
    let noise = Values::of(notes, |note| note.bow_noise_db);
    row.put_known("bow_noise_db", noise.median());
    row.put_known("bow_noise_spread_db", noise.spread());
}

fn put_mode(notes: &[&Note], tuning_cents: f32, row: &mut Row) {
    let key = key(notes, tuning_cents);
    row.put_known("mode", key.map(|key| key.mode));
    row.put_known("third", key.map(|key| key.third));
    row.put_known("key_clarity", key.map(|key| key.clarity));
}
