//! Recorded phrases, where they lie beside the project.

use std::path::Path;

use violin_emotion::audio::augment::AugmentSettings;
use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::notes::{PitchRange, find};

use super::{ENERGY_DB, PITCH_CENTS, copies, power_db};

/// Notes whose onsets lie so near each other, seconds, are one.
const NEAR_S: f32 = 0.05;

#[test]
fn recorded_phrases_keep_their_notes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/violin/bach_violin_phrases");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    // Two players, so that this stays quick; examples/stretch_table.rs has them all.
    for path in paths.iter().step_by(5) {
        let recording = audio::open(path, &AudioSettings::default()).expect("a recording");
        let played = find(&recording, PitchRange::VIOLIN).notes;
        for (name, copy) in copies(recording.samples(), &AugmentSettings::usual()) {
            let (semitones, rate) = match name.as_str() {
                "pitch -2 semitones" => (-2.0, 1.0),
                "pitch +2 semitones" => (2.0, 1.0),
                "stretch 0.9" => (0.0, 0.9),
                _ => (0.0, 1.1),
            };
            let energy_db = power_db(copy.samples()) - power_db(recording.samples());
            assert!(energy_db.abs() < ENERGY_DB, "{name} of {}: {energy_db:.2} dB", path.display());
            let mut cents = matched_cents(&played, &copy, semitones, rate);
            assert!(2 * cents.len() > played.len(), "{name} of {}: {} notes are left", path.display(), cents.len());
            cents.sort_by(f32::total_cmp);
            let median = cents[cents.len() / 2];
            println!("{name} of {}: {median:+.2} cents, {energy_db:+.2} dB", path.display());
            assert!(median.abs() < PITCH_CENTS, "{name} of {}: {median:.2} cents", path.display());
        }
    }
}

/// How far each note that is found again lies from where it should, cents.
fn matched_cents(played: &[violin_emotion::notes::Note], copy: &Recording, semitones: f32, rate: f32) -> Vec<f32> {
    // A violin's lowest note lies lower in a copy.
    let range = PitchRange { low_hz: 150.0, ..PitchRange::VIOLIN };
    let heard = find(copy, range).notes;
    let again = |note: &violin_emotion::notes::Note| {
        let at = note.onset_s / rate;
        let near = heard.iter().min_by(|a, b| (a.onset_s - at).abs().total_cmp(&(b.onset_s - at).abs()))?;
        let cents = 100.0 * (near.pitch - note.pitch - semitones);
        ((near.onset_s - at).abs() < NEAR_S && cents.abs() < 50.0).then_some(cents)
    };
    played.iter().filter_map(again).collect()
}
