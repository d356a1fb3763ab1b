//! What a player decides: the cues, each with its unit and range.

/// One cue: its name, unit and range, and its place in [`Cues`].
#[derive(Debug, Clone, Copy)]
pub struct Cue {
    /// Its field in [`Cues`].
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Lower end of the range that players use.
    pub low: f64,
    /// An unremarkable value.
    pub typical: f64,
    /// Upper end of the range that players use.
    pub high: f64,
    /// Reads it.
    pub get: fn(&Cues) -> f64,
    /// Writes it.
    pub set: fn(&mut Cues, f64),
}

impl Cue {
    /// The cue of this name.
    pub fn named(name: &str) -> Option<&'static Cue> {
        CUES.iter().find(|cue| cue.name == name)
    }
}

macro_rules! cues {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:literal, $low:literal, $typical:literal, $high:literal;)+) => {
        /// How a phrase is played; the default is an unremarkable player.
        ///
        /// Values beyond a range are played as far as a note of its length allows. Typical values after the sources
        /// quoted with [`labels`](super::labels).
        #[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
        pub struct Cues {
            $($(#[doc = $doc])+
            #[doc = concat!("\n\nUnit: ", $unit, ". Range ", stringify!($low), " to ", stringify!($high), ", typical ", stringify!($typical), ".")]
            pub $name: f64,)+
        }

        impl Default for Cues {
            fn default() -> Self {
                Cues { $($name: $typical,)+ }
            }
        }

        /// Every cue, in the order of the fields of [`Cues`].
        pub const CUES: &[Cue] = &[$(Cue {
            name: stringify!($name),
            unit: $unit,
            low: $low,
            typical: $typical,
            high: $high,
            get: |cues| cues.$name,
            set: |cues, value| cues.$name = value,
        },)+];
    };
}

cues! {
    /// Note onsets a second, over a phrase of mixed rhythm.
    note_rate: "notes/s", 1.2, 2.5, 6.0;
    /// RMS of a sounding note, re full scale, in the middle of the dynamics.
    level_db: "dB", -32.0, -24.0, -18.0;
    /// Standard deviation of the notes' levels: half of its square is the phrase's arch, half is chance.
    level_variability_db: "dB", 0.3, 1.5, 4.5;
    /// How much louder a note is in its middle than at its ends.
    swell_db: "dB", 0.0, 0.0, 4.0;
    /// How much louder a note is at its end than at its beginning; negative dies away.
    crescendo_db: "dB", -4.0, 0.0, 4.0;
    /// The whole melody moved by this much, rounded to a semitone.
    register_semitones: "semitones", -6.0, 0.0, 6.0;
    /// Major if positive, (harmonic) minor if not. It belongs to the piece.
    mode: "−1 minor, 1 major", -1.0, 1.0, 1.0;
    /// Mean share of the inter-onset interval that sounds. Above 0.6 more and more notes are slurred together.
    articulation: "share", 0.3, 0.85, 1.0;
    /// Time from 10 % to 90 % of the amplitude at the start of a bow stroke.
    attack_s: "s", 0.015, 0.045, 0.12;
    /// Vibrato cycles a second.
    vibrato_rate_hz: "Hz", 4.0, 5.5, 6.5;
    /// Vibrato's half width: the pitch moves this far up and this far down. 0 is no vibrato.
    vibrato_extent_cents: "cents", 0.0, 20.0, 50.0;
    /// Standard deviation of the vibrato's rate and of its half width, relative to both, from one cycle to the next.
    vibrato_irregularity: "share", 0.0, 0.0, 0.2;
    /// From a note's onset to the start of its vibrato; a note that ends within a cycle of it has none.
    vibrato_delay_s: "s", 0.0, 0.12, 0.4;
    /// Spectral slope of the string on top of its natural −6 dB an octave; the level stays.
    brightness_db_per_octave: "dB/octave", -5.0, -1.0, 3.0;
    /// RMS of the bow's noise over RMS of the tone.
    bow_noise_db: "dB", -42.0, -32.0, -20.0;
    /// Standard deviation of the inter-onset intervals, relative to their written length.
    timing_variability: "share", 0.0, 0.03, 0.12;
    /// The tempo curve: standard deviation of the tempo over a phrase that begins and ends slower than its middle.
    rubato: "share", 0.0, 0.0, 0.15;
    /// Standard deviation of the notes' pitch about equal temperament.
    intonation_cents: "cents", 0.0, 5.0, 15.0;
    /// Share of the slurred notes that are slid into.
    portamento_share: "share", 0.0, 0.1, 0.5;
    /// Length of a slide, from 10 % to 90 % of its way.
    portamento_s: "s", 0.06, 0.12, 0.25;
}
