//! The lists of features: names, units, what they are.

use super::catalog::Family::{self, *};
use super::catalog::Group;
use super::catalog::Scope::{self, *};

/// The 138 numbers of the notebook, in its order.
#[rustfmt::skip]
pub(super) const CLASSIC: &[Group] = &[
    group("mfcc_mean", 13, "dB", Timbre, Recording, "mel-frequency cepstral coefficient, mean"),
    group("mfcc_sd", 13, "dB", Timbre, Performance, "mel-frequency cepstral coefficient, standard deviation"),
    group("mfcc_delta_mean", 13, "dB/frame", Timbre, Performance, "slope of the coefficient over nine frames, mean"),
    group("mfcc_delta_sd", 13, "dB/frame", Timbre, Performance, "slope of the coefficient, standard deviation"),
    group("chroma_mean", 12, "1", Pitch, Piece, "strength of the pitch class, C first, mean"),
    group("chroma_delta_mean", 12, "1/frame", Pitch, Piece, "slope of the pitch class, mean"),
    group("contrast_mean", 7, "dB", Timbre, Performance, "spectral contrast: peak over valley in an octave band, mean"),
    group("centroid_mean", 1, "Hz", Timbre, Performance, "spectral centroid, mean"),
    group("centroid_sd", 1, "Hz", Timbre, Performance, "spectral centroid, standard deviation"),
    group("bandwidth_mean", 1, "Hz", Timbre, Performance, "spectral bandwidth, mean"),
    group("flatness_mean", 1, "1", Timbre, Performance, "spectral flatness: 0 a tone, 1 white noise, mean"),
    group("tempo", 1, "beats/min", Timing, Performance, "the strongest pulse of the onsets; octave errors are common"),
    group("tonnetz_mean", 6, "1", Pitch, Piece, "tonal centroid of the harmonic part: fifths, minor and major thirds, mean"),
    group("rms_mean", 1, "1", Dynamics, Recording, "root mean square level, mean"),
    group("rms_sd", 1, "1", Dynamics, Performance, "root mean square level, standard deviation"),
    group("rms_curve", 20, "1", Dynamics, Performance, "root mean square level at 20 points of the window"),
    group("zcr_mean", 1, "1/sample", Timbre, Performance, "zero crossings a sample, mean"),
    group("zcr_sd", 1, "1/sample", Timbre, Performance, "zero crossings a sample, standard deviation"),
    group("zcr_curve", 20, "1/sample", Timbre, Performance, "zero crossings a sample at 20 points of the window"),
];

/// What the player does, read from the notes.
#[rustfmt::skip]
pub(super) const VIOLIN: &[Group] = &[
    gap("note_level_db", "dB", Dynamics, Performance, "level of the notes against the recording's own, median", NO_NOTE),
    gap("note_level_spread_db", "dB", Dynamics, Performance, "level of the notes, mean distance from their median", NO_TWO_NOTES),
    gap("note_level_slope_db_per_s", "dB/s", Dynamics, Performance, "level of the notes, slope over time", NO_THREE_NOTES),
    gap("vibrato_share", "share", Vibrato, Performance, "share of the notes long enough to tell that have vibrato: 3.2 to 9.6 swings a second, 6 cents or more up and down", NO_LONG_NOTE),
    gap("vibrato_extent_cents", "cents", Vibrato, Performance, "half width of the vibrato, median over the notes that have it, 0 if none of those long enough to tell does", NO_LONG_NOTE),
    gap("vibrato_rate_hz", "Hz", Vibrato, Performance, "cycles a second, median over the notes with vibrato", NO_VIBRATO),
    gap("vibrato_delay_s", "s", Vibrato, Performance, "from a note's onset to the start of its vibrato, median", NO_VIBRATO),
    gap("slides_per_s", "1/s", Portamento, Performance, "slides into a note, a second", NO_NOTE),
    gap("slide_s", "s", Portamento, Performance, "duration of the slides, from 10 % to 90 % of the way, median", NO_SLIDE),
    gap("slide_extent_cents", "cents", Portamento, Performance, "way of the slides up or down, median", NO_SLIDE),
    gap("articulation", "share", Articulation, Performance, "sounding share of the time from one onset to the next, mean: staccato well under 0.5, legato 1", NO_INTERVAL),
    gap("articulation_spread", "share", Articulation, Performance, "sounding share, mean distance from the median", NO_TWO_INTERVALS),
    gap("slurred_share", "share", Articulation, Performance, "share of the notes to which the bow goes on from the note before", NO_ONSET),
    gap("plucked_share", "share", Articulation, Performance, "share of the notes that are plucked", NO_NOTE),
    gap("attack_s", "s", Attack, Performance, "from 10 % to 90 % of the amplitude at the start of a stroke, median", NO_ATTACK),
    gap("attack_spread", "octaves", Attack, Performance, "attack times, mean distance of their log2 from the median", NO_TWO_ATTACKS),
    gap("intonation_cents", "cents", Intonation, Performance, "from the nearest pitch of the recording's own tuning, median", NO_NOTE),
    gap("intonation_spread_cents", "cents", Intonation, Performance, "from the nearest pitch of the recording's own tuning, up or down, mean", NO_TWO_NOTES),
    gap("note_rate_per_s", "1/s", Timing, Performance, "note onsets a second", NO_INTERVAL),
    gap("note_rate_slope", "octaves/s", Timing, Performance, "log2 of the note rate, slope over time: accelerando above 0", NO_THREE_INTERVALS),
    gap("interval_spread", "octaves", Timing, Piece, "times from onset to onset, mean distance of their log2 from the median", NO_TWO_INTERVALS),
    gap("timing_deviation", "share", Timing, Performance, "times from onset to onset against the nearest multiples of one unit, mean; 12 s around the window", NO_RHYTHM),
    gap("pitch_semitones", "semitones", Register, Piece, "pitch of the notes as a MIDI number, mean", NO_NOTE),
    gap("pitch_spread_semitones", "semitones", Register, Piece, "pitch of the notes, mean distance from their median", NO_TWO_NOTES),
    gap("pitch_slope_semitones_per_s", "semitones/s", Register, Piece, "pitch of the notes, slope over time: rising above 0", NO_THREE_NOTES),
    gap("step_semitones", "semitones", Register, Piece, "way from note to note, up or down, mean", NO_TWO_NOTES),
    gap("doubled_share", "share", Register, Piece, "share of the notes with which another voice sounds: double stops, chords", NO_NOTE),
    gap("brightness_db_per_octave", "dB/octave", Brightness, Performance, "slope of the partials' levels, median", NO_BRIGHTNESS),
    gap("brightness_spread_db_per_octave", "dB/octave", Brightness, Performance, "slope of the partials' levels, mean distance from the median", NO_TWO_NOTES),
    gap("bow_noise_db", "dB", BowNoise, Performance, "energy between the partials over that of the partials, median", NO_BOW_NOISE),
    gap("bow_noise_spread_db", "dB", BowNoise, Performance, "energy between the partials, mean distance from the median", NO_TWO_NOTES),
    gap("mode", "correlation", Mode, Piece, "how much better the pitches fit the best major key than the best minor one; 12 s around the window", NO_KEY),
    gap("third", "share", Mode, Piece, "major less minor third over the tonic of the best key, over both: 1 major, −1 minor; 12 s around the window", NO_KEY),
    gap("key_clarity", "correlation", Mode, Piece, "how well the pitches fit the best key of all; 12 s around the window", NO_KEY),
];

const NO_NOTE: &str = "no note in the window";
const NO_TWO_NOTES: &str = "fewer than two such notes in the window";
const NO_THREE_NOTES: &str = "fewer than three notes in the window";
const NO_LONG_NOTE: &str = "no note long enough to tell";
const NO_VIBRATO: &str = "no note with vibrato in the window";
const NO_SLIDE: &str = "no slide in the window";
const NO_ONSET: &str = "no note begins in the window";
const NO_INTERVAL: &str = "no two notes in a row";
const NO_TWO_INTERVALS: &str = "fewer than three notes in a row";
const NO_THREE_INTERVALS: &str = "fewer than four notes in a row";
const NO_RHYTHM: &str = "fewer than seven notes in the 12 s around the window";
const NO_ATTACK: &str = "no separately bowed note begins in the window";
const NO_TWO_ATTACKS: &str = "fewer than two separately bowed notes begin in the window";
const NO_BRIGHTNESS: &str = "no note with three partials or more that is long enough";
const NO_BOW_NOISE: &str = "no bowed note long enough";
const NO_KEY: &str = "fewer than three different pitch classes in the 12 s around the window";

const fn group(
    name: &'static str,
    count: usize,
    unit: &'static str,
    family: Family,
    scope: Scope,
    about: &'static str,
) -> Group {
    Group { name, count, unit, family, scope, about, missing: None }
}

/// One feature that may be missing, and why.
pub(super) const fn gap(
    name: &'static str,
    unit: &'static str,
    family: Family,
    scope: Scope,
    about: &'static str,
    missing: &'static str,
) -> Group {
    Group { name, count: 1, unit, family, scope, about, missing: Some(missing) }
}

/// Several features that may be missing for one reason.
pub(super) const fn gaps(
    name: &'static str,
    count: usize,
    unit: &'static str,
    family: Family,
    scope: Scope,
    about: &'static str,
    missing: &'static str,
) -> Group {
    Group { name, count, unit, family, scope, about, missing: Some(missing) }
}
