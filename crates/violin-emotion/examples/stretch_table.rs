//! What copies keep of recorded phrases, by our own ears: length, energy, pitch, onsets and vibrato of notes that are found
//! again, and the CPU time for a copy. `cargo run --release --example stretch_table -- [FOLDER]` prints a table.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use violin_emotion::audio::augment::{AugmentSettings, Augmentation, Change};
use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::notes::{Note, PitchRange, find};

/// Onsets this near belong together, seconds.
const NEAR_S: f32 = 0.05;
/// A violin's lowest note lies lower in a copy.
const RANGE: PitchRange = PitchRange { low_hz: 150.0, ..PitchRange::VIOLIN };

/// What was found of all recordings, for one change.
#[derive(Default)]
struct Found {
    longest_off: usize,
    energy_db: Vec<f32>,
    cents: Vec<f32>,
    rate_hz: Vec<f32>,
    extent_cents: Vec<f32>,
    onsets: (usize, usize, usize),
    seconds: (f64, f64),
}

fn main() -> Result<(), Box<dyn Error>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/violin/bach_violin_phrases");
    let folder = std::env::args().nth(1).map_or(default, PathBuf::from);
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: no recordings in {}", folder.display());
        return Ok(());
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| audio::is_named_as_recording(path));
    paths.sort();
    let audio = AudioSettings::default();
    let augmentation = Augmentation::open(&AugmentSettings { speed: vec![1.1], ..AugmentSettings::usual() }, &audio)?;
    let recordings = paths.iter().map(|path| audio::open(path, &audio)).collect::<Result<Vec<_>, _>>()?;
    println!("{} recordings of {}\n", recordings.len(), folder.display());
    println!(
        "| copy | length off, samples | energy, dB: median (most) | pitch, cents: median (90 % within) | vibrato: rate off, Hz; half \
         width off, cents (medians) | onset F1 | times real time |"
    );
    println!("|---|---|---|---|---|---|---|");
    for change in augmentation.changes() {
        let mut found = Found::default();
        for recording in &recordings {
            let begun = Instant::now();
            let copy = augmentation.copy(recording, change)?;
            found.seconds.0 += begun.elapsed().as_secs_f64();
            found.seconds.1 += recording.duration_s();
            compare(recording, &copy, change, &mut found);
        }
        println!("| {change} | {} |", row(found));
    }
    Ok(())
}

/// Semitones and tempo of a copy.
fn expected(change: &Change) -> (f32, f32) {
    match change {
        Change::Pitch(semitones) => (*semitones as f32, 1.0),
        Change::Stretch(rate) => (0.0, *rate as f32),
        Change::Speed(factor) => (12.0 * factor.log2() as f32, *factor as f32),
        _ => (0.0, 1.0),
    }
}

fn compare(recording: &Recording, copy: &Recording, change: &Change, found: &mut Found) {
    let (semitones, tempo) = expected(change);
    let length = (recording.samples().len() as f64 / f64::from(tempo)).round() as usize;
    found.longest_off = found.longest_off.max(copy.samples().len().abs_diff(length));
    found.energy_db.push(power_db(copy) - power_db(recording));
    let (played, heard) = (find(recording, RANGE).notes, find(copy, RANGE).notes);
    let mut left: Vec<&Note> = heard.iter().collect();
    for note in &played {
        let at = note.onset_s / tempo;
        let off = |other: &&Note| (other.onset_s - at).abs();
        let nearest = (0..left.len()).min_by(|&a, &b| off(&left[a]).total_cmp(&off(&left[b])));
        let Some(place) = nearest.filter(|place| off(&left[*place]) < NEAR_S) else { continue };
        let again = left.remove(place);
        found.onsets.0 += 1;
        let cents = 100.0 * (again.pitch - note.pitch - semitones);
        if cents.abs() > 50.0 {
            continue;
        }
        found.cents.push(cents);
        if let (Some(before), Some(after)) = (note.vibrato, again.vibrato) {
            found.rate_hz.push((after.rate_hz - tempo * before.rate_hz).abs());
            found.extent_cents.push((after.extent_cents - before.extent_cents).abs());
        }
    }
    found.onsets.1 += played.len();
    found.onsets.2 += heard.len();
}

fn power_db(recording: &Recording) -> f32 {
    let samples = recording.samples();
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (10.0 * (energy / samples.len() as f64).log10()) as f32
}

fn row(found: Found) -> String {
    let (hits, played, heard) = found.onsets;
    let most = found.energy_db.iter().copied().fold(0.0, |most: f32, db| if db.abs() > most.abs() { db } else { most });
    let sizes = found.cents.iter().map(|cents| cents.abs()).collect();
    format!(
        "{} | {:+.2} ({most:+.2}) | {:+.2} ({:.1}) | {:.2}; {:.1} ({} notes) | {:.3} | {:.0}",
        found.longest_off,
        quantile(found.energy_db.clone(), 0.5),
        quantile(found.cents, 0.5),
        quantile(sizes, 0.9),
        quantile(found.rate_hz.clone(), 0.5),
        quantile(found.extent_cents, 0.5),
        found.rate_hz.len(),
        2.0 * hits as f64 / (played + heard) as f64,
        found.seconds.1 / found.seconds.0,
    )
}

fn quantile(mut values: Vec<f32>, share: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((share * last as f64).round() as usize).copied().unwrap_or(f32::NAN)
}
