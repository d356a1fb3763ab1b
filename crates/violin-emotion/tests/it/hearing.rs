//! What notes sound like against what was rendered, and what is said of sounds that are no bowed violin. The bars are those
//! of docs/accuracy.md.

mod bad_sounds;
mod hard_notes;
mod sounds;

use std::path::{Path, PathBuf};

use sounds::{SAMPLE_RATE, add, plucked};
use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::notes::{Note, Notes, PitchRange, find};
use violin_emotion::synth::{self, CUES, CorpusSettings, Cues, Phrase, add_room, corpus, phrase, render};

const ROOM_DB: f64 = -16.0;
/// Length of a take, seconds.
const TAKE_S: f64 = 8.0;

fn notes_of(samples: Vec<f32>) -> Notes {
    find(&Recording::new("rendered", samples).expect("samples"), PitchRange::VIOLIN)
}

/// The recordings of a folder that lies beside the repository; none, with a line that says so, where it does not.
fn recorded(folder: &str) -> Vec<(PathBuf, Recording)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wav"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let recording = audio::open(&path, &AudioSettings::default()).expect("a recording");
            (path, recording)
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Rank correlation; equal values share their mean rank.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let below = |value: &f64| values.iter().filter(|other| *other < value).count() as f64;
        let equal = |value: &f64| values.iter().filter(|other| *other == value).count() as f64;
        values.iter().map(|value| below(value) + equal(value) / 2.0).collect()
    };
    let (x, y) = (ranks(pairs.iter().map(|p| p.0).collect()), ranks(pairs.iter().map(|p| p.1).collect()));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mx, my) = (mean(&x), mean(&y));
    let sum = |of: &dyn Fn(f64, f64) -> f64| x.iter().zip(&y).map(|(x, y)| of(x - mx, y - my)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Steps of a cue over its range.
const STEPS: usize = 9;

fn take(cues: &Cues, seed: u64, gain_db: f32) -> (Phrase, Notes) {
    let phrase = phrase(cues, TAKE_S, seed);
    let mut samples = render(&phrase, seed);
    add_room(&mut samples, ROOM_DB);
    samples.iter_mut().for_each(|sample| *sample *= 10f32.powf(gain_db / 20.0));
    (phrase, notes_of(samples))
}

type Measure = fn(&Note) -> Option<f32>;

#[test]
fn level_brightness_and_bow_noise_follow_their_cues_whatever_the_gain() {
    let measures: [(&str, Measure); 3] = [
        ("level_db", |note| Some(note.level_db)),
        ("brightness_db_per_octave", |note| note.brightness_db_per_octave),
        ("bow_noise_db", |note| note.bow_noise_db),
    ];
    for (name, measure) in measures {
        let cue = CUES.iter().find(|cue| cue.name == name).expect("a cue");
        let values = |notes: &Notes| -> Vec<f64> { notes.notes.iter().filter_map(measure).map(f64::from).collect() };
        let (mut each, mut worst, mut moved) = (Vec::new(), 1.0f64, 0.0f64);
        for (seed, articulation, vibrato_extent_cents) in [(1, 0.5, 0.0), (2, 0.85, 20.0), (3, 1.0, 40.0)] {
            let mut medians = Vec::new();
            for step in 0..STEPS {
                let value = cue.low + (cue.high - cue.low) * step as f64 / (STEPS - 1) as f64;
                let mut cues = Cues { articulation, vibrato_extent_cents, ..Cues::default() };
                (cue.set)(&mut cues, value);
                let found = values(&take(&cues, seed, 0.0).1);
                each.extend(found.iter().map(|found| (value, *found)));
                medians.push((value, median(found)));
                if step == STEPS / 2 && name != "level_db" {
                    for gain_db in [-20.0, 20.0] {
                        moved = moved.max((median(values(&take(&cues, seed, gain_db).1)) - medians[step].1).abs());
                    }
                }
            }
            let range = medians[STEPS - 1].1 - medians[0].1;
            println!("{name}: medians {:.1} to {:.1}", medians[0].1, medians[STEPS - 1].1);
            worst = worst.min(spearman(&medians));
            moved /= range;
        }
        let each = spearman(&each);
        println!(
            "{name}: Spearman of medians {worst:.3}, of notes {each:.3}; gain moves it by {moved:.4} of its range"
        );
        assert!(worst >= 0.95, "{name}: {worst}");
        assert!(each >= 0.85, "{name}, note by note: {each}");
        assert!(moved <= 0.1, "{name}: gain moves it by {moved}");
    }
}

#[test]
fn relative_level_is_the_players_and_not_the_gains() {
    let cues = Cues { level_variability_db: 4.5, articulation: 0.6, note_rate: 4.0, ..Cues::default() };
    let levels = |gain_db| {
        let (phrase, notes) = take(&cues, 4, gain_db);
        let near = |note: &&synth::Note| {
            let found = notes.notes.iter().find(|found| (f64::from(found.onset_s) - note.onset_s).abs() < 0.05)?;
            Some((note.level_db, f64::from(found.level_db - notes.level_db())))
        };
        phrase.notes.iter().filter_map(|note| near(&note)).collect::<Vec<_>>()
    };
    let plain = levels(0.0);
    let follows = spearman(&plain);
    println!("relative level: Spearman {follows:.3} of {} notes", plain.len());
    assert!(plain.len() > 20 && follows >= 0.95, "{follows} of {}", plain.len());
    let range = plain.iter().fold(0.0f64, |range, pair| range.max(pair.1.abs()));
    for gain_db in [-20.0, 20.0] {
        let other = levels(gain_db);
        assert_eq!(plain.len(), other.len());
        let moved = plain.iter().zip(&other).fold(0.0f64, |moved, (a, b)| moved.max((a.1 - b.1).abs()));
        assert!(moved <= 0.1 * range, "{gain_db} dB of gain move it by {moved} dB of {range}");
    }
}

/// Recorded takes have notes of one voice that the bow plays; so do rendered ones, at any articulation, in a room.
#[test]
fn one_bowed_voice_is_neither_plucked_nor_doubled() {
    let takes = corpus(&CorpusSettings { takes: 24, performers: 4, pieces: 6, duration_s: TAKE_S }, 8);
    let (mut all, mut plucked, mut doubled, mut warned) = (0, 0, 0, Vec::new());
    for take in &takes {
        let notes = notes_of(take.render());
        all += notes.notes.len();
        plucked += notes.notes.iter().filter(|note| note.plucked).count();
        doubled += notes.notes.iter().filter(|note| note.doubled).count();
        warned.extend(notes.warnings());
    }
    println!("of {all} notes {plucked} plucked, {doubled} doubled; {warned:?}");
    assert!(all > 400 && 100 * plucked <= 3 * all && 100 * doubled <= 3 * all, "{plucked}, {doubled} of {all}");
    assert!(warned.is_empty(), "{warned:?}");

    for folder in ["violin/bach_violin_phrases", "violin/tonejs_violin_notes", "violin/vsco_violin_section_vibrato"] {
        for (path, recording) in recorded(folder) {
            let notes = find(&recording, PitchRange::VIOLIN);
            let warnings = notes.warnings();
            assert!(!notes.notes.is_empty() && warnings.is_empty(), "{}: {warnings:?}", path.display());
            let plucked = notes.notes.iter().filter(|note| note.plucked).count();
            assert!(50 * plucked <= notes.notes.len(), "{}: {plucked} plucked", path.display());
        }
    }
}

#[test]
fn plucked_strings_are_plucked() {
    let mut samples = vec![0.0; 6 * SAMPLE_RATE as usize];
    let melody = [67.0, 69.0, 71.0, 72.0, 74.0, 60.0, 62.0, 83.0, 79.0, 76.0, 57.0, 55.0, 81.0, 84.0];
    for (at, pitch) in melody.iter().enumerate() {
        add(&mut samples, &plucked(*pitch, 1.0, at as u64), 0.4 * at as f64);
    }
    let notes = notes_of(samples);
    let found = notes.notes.iter().filter(|note| note.plucked).count();
    println!("{found} of {} notes plucked", notes.notes.len());
    assert!(notes.notes.len().abs_diff(melody.len()) <= 1 && 10 * found >= 9 * notes.notes.len());

    // A section's, from the double bass up: the first sound of each, at whatever pitch it is heard.
    let (mut count, mut right) = (0, 0);
    for (path, recording) in recorded("violin/pizzicato_strings") {
        let notes = find(&recording, PitchRange { low_hz: 30.0, ..PitchRange::VIOLIN });
        let first = notes.notes.first().is_some_and(|note| note.plucked);
        println!("{}: {first}", path.display());
        (count, right) = (count + 1, right + usize::from(first));
    }
    assert_eq!(right, count, "recorded plucked notes");
    for (path, recording) in recorded("violin/tremolo_strings") {
        let notes = find(&recording, PitchRange::VIOLIN).notes;
        let plucked = notes.iter().filter(|note| note.plucked).count();
        assert!(4 * plucked <= notes.len(), "{}: {plucked} of {}", path.display(), notes.len());
    }
}

#[test]
fn double_stops_are_flagged() {
    let (mut all, mut flagged) = (0, 0);
    // Thirds, fourth, fifth, sixths; an octave is one voice's partials.
    for interval in [3.0, 4.0, 5.0, 7.0, 8.0, 9.0] {
        for at in 0..10 {
            let sounding_s = [0.25, 0.5, 1.0][at % 3];
            let lower = synth::Note {
                pitch: 56.0 + 2.0 * at as f64,
                sounding_s,
                interval_s: sounding_s + 0.3,
                vibrato_extent_cents: if at % 2 == 0 { 20.0 } else { 0.0 },
                ..synth::Note::default()
            };
            let level_db = lower.level_db - if at % 4 < 2 { 0.0 } else { 6.0 };
            let upper = synth::Note { pitch: lower.pitch + interval, level_db, vibrato_rate_hz: 6.1, ..lower };
            let mut samples = render(&Phrase::of(lower), at as u64);
            add(&mut samples, &render(&Phrase::of(upper), 100 + at as u64), 0.0);
            add_room(&mut samples, ROOM_DB);
            let notes = notes_of(samples).notes;
            let time = |doubled: bool| -> f32 {
                notes.iter().filter(|note| note.doubled == doubled).map(|note| note.offset_s - note.onset_s).sum()
            };
            all += 1;
            flagged += usize::from(time(true) > time(false));
        }
    }
    println!("{flagged} of {all} double stops flagged for most of their time");
    assert!(10 * flagged >= 8 * all, "{flagged} of {all}");
}
