//! Small recordings with names that break files, for the tests of exporters.

use super::NoteTrack;
use crate::analysis::{Analysis, Heard};
use crate::audio::Recording;
use crate::data::{LabelSet, Scale, SoftLabels};
use crate::features::Span;
use crate::model::Moment;
use crate::notes::{Note, Portamento, Vibrato};

/// An emotion as a stranger may call it.
pub const HOSTILE: &str = "=cmd \"x\"\n\ty, é";

fn analysis(labels: &LabelSet, path: &str, shares: [f32; 3]) -> Analysis {
    let answer = |share: f32| SoftLabels::new(labels, vec![share, 1.0 - share]).expect("shares");
    let moment = |(start_s, share)| Moment { span: Span { start_s, end_s: start_s + 3.0 }, answer: answer(share) };
    let recording = Recording::new(path, vec![0.0; 4 * 44_100 + 22_050]).expect("samples");
    let intervals = vec![[0.25, 0.75], [0.25, 0.75]];
    let moments = [(0.0, shares[1]), (1.5, shares[2])].map(moment).into();
    Analysis::new(Heard::of(&recording), answer(shares[0]), intervals, moments, Vec::new())
}

/// Four and a half seconds in two moments.
pub fn answer() -> Analysis {
    let labels = LabelSet::new(vec![HOSTILE.into(), "sad".into()]).expect("names");
    analysis(&labels, "takes/-\"a\", é.wav", [0.5, 0.75, 0.4])
}

/// The same, on a scale from 1 to 9.
pub fn on_a_scale() -> Analysis {
    let scale = Scale { column: "valence".into(), least: 1.0, most: 9.0 };
    analysis(&LabelSet::on_scale(scale).expect("a scale"), "a.wav", [0.5, 0.75, 0.4])
}

/// Two notes of a recording at 48 kHz, and a recording without any.
pub fn tracks() -> [NoteTrack<'static>; 2] {
    static NOTES: [Note; 2] = [
        Note {
            onset_s: 0.5,
            offset_s: 1.25,
            pitch: 69.03,
            cents: 3.0,
            level_db: -20.5,
            joined: false,
            attack_s: Some(0.04),
            portamento: Some(Portamento { duration_s: 0.08, extent_cents: -200.0 }),
            vibrato: Some(Vibrato { rate_hz: 5.6, extent_cents: 21.0, delay_s: 0.1 }),
            brightness_db_per_octave: Some(-6.5),
            bow_noise_db: Some(-31.0),
            plucked: false,
            doubled: false,
        },
        Note {
            onset_s: 1.25,
            offset_s: 2.1,
            pitch: 72.88,
            cents: -12.0,
            level_db: -18.0,
            joined: true,
            attack_s: None,
            portamento: None,
            vibrato: None,
            brightness_db_per_octave: None,
            bow_noise_db: None,
            plucked: true,
            doubled: true,
        },
    ];
    let track = |notes| NoteTrack { path: "a.wav", duration_s: 2.5, sample_rate_hz: 48_000, notes };
    [track(&NOTES), track(&[])]
}
