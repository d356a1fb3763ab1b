//! Recorded single notes.

use std::path::Path;

use violin_emotion::audio::{self, AudioSettings};
use violin_emotion::notes::{PitchRange, find};

/// Where the bow turns in recorded single notes, seconds: between 9 and 14 kHz the level falls by 10 to 14 dB for some 30 ms,
/// elsewhere in the same notes by 8 at most. In the other six a turn, if there is one, cannot be told so clearly.
const BOW_TURNS: [(&str, f32); 9] = [
    ("A3", 3.43),
    ("A4", 3.04),
    ("C4", 2.92),
    ("C5", 3.64),
    ("E4", 3.17),
    ("E6", 3.46),
    ("G3", 3.66),
    ("G4", 3.19),
    ("G6", 3.20),
];
/// A turn takes some time.
const TURN_NEAR_S: f32 = 0.06;

#[test]
fn recorded_single_notes_have_the_named_pitch_and_break_only_where_the_bow_turns() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/violin/tonejs_violin_notes");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return;
    };
    let mut count = 0;
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
        let Some(named) = pitch_named(&name) else { continue };
        let recording = audio::open(&path, &AudioSettings::default()).expect("a recording");
        let found = find(&recording, PitchRange::VIOLIN);
        let longest = found.notes.iter().max_by(|a, b| (a.offset_s - a.onset_s).total_cmp(&(b.offset_s - b.onset_s)));
        let pitch = f64::from(longest.unwrap_or_else(|| panic!("no note in {name}")).pitch);
        let begun: Vec<f32> = found.notes.iter().map(|note| note.onset_s).collect();
        println!("{name}: {:+.1} cents, notes begin at {begun:.2?}", 100.0 * (pitch - named));
        assert!((pitch - named).abs() <= 0.35, "{name}: {pitch}");
        let turn_s = BOW_TURNS.iter().find(|(turned, _)| *turned == name).map(|(_, turn_s)| *turn_s);
        let turns = |onset_s: &f32| turn_s.is_some_and(|turn_s: f32| (onset_s - turn_s).abs() < TURN_NEAR_S);
        assert!(begun[1..].iter().all(turns) && begun.len() <= 2, "{name}: {begun:?}, the bow turns at {turn_s:?}");
        count += 1;
    }
    assert!(count > 0, "no named notes in {}", folder.display());
}

/// `A4` or `Cs5` → MIDI number.
fn pitch_named(name: &str) -> Option<f64> {
    let step = "C D EF G A B".find(name.chars().next()?)? as f64;
    let sharp = if name.contains('s') || name.contains('#') { 1.0 } else { 0.0 };
    let octave: f64 = name.chars().last()?.to_digit(10)?.into();
    Some(12.0 * (octave + 1.0) + step + sharp)
}
