//! What noise reduction gives and takes: recorded violin phrases in noise of four levels, clean phrases, held notes, rests, and
//! vibrato before and after, for each mode. `cargo run --release --example denoise_table -- ../shared/data` prints tables.

use std::error::Error;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use violin_emotion::audio::{self, AudioSettings, Denoise, Recording, denoise};
use violin_emotion::notes::{Note, PitchRange, find};
use violin_emotion::synth::SAMPLE_RATE;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Signal-to-noise ratios of the mixtures, dB.
const SNRS_DB: [f64; 4] = [0.0, 5.0, 10.0, 20.0];
/// Onsets this near belong together, seconds.
const NEAR_S: f64 = 0.05;
const MODES: [Denoise; 3] = [Denoise::Violin, Denoise::Stationary, Denoise::Nonstationary];

fn main() -> Outcome<()> {
    let data = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let Ok(phrases) = recordings(&data.join("violin/bach_violin_phrases")) else {
        println!("skipped: no recordings in {}", data.display());
        return Ok(());
    };
    let phrases: Vec<Vec<f32>> = phrases.into_iter().map(|(_, samples)| samples).collect();
    let mut noises = recordings(&data.join("noise"))?;
    noises.push(("white".into(), white(12 * SAMPLE_RATE as usize)));
    noises.push(("hum, 20 partials".into(), tone(50.0, 20, 12 * SAMPLE_RATE as usize)));
    in_noise(&phrases, &noises);
    clean(&phrases);
    held_notes();
    rests();
    vibrato(&phrases, &noises);
    Ok(())
}

/// SI-SDR gained, dB, mean over the phrases and least of them.
fn in_noise(phrases: &[Vec<f32>], noises: &[(String, Vec<f32>)]) {
    println!("SI-SDR gained, dB: mean over {} phrases (the least of them)\n", phrases.len());
    println!("| mode, noise | {} |", SNRS_DB.map(|snr| format!("{snr} dB")).join(" | "));
    println!("|---|{}", "---|".repeat(SNRS_DB.len()));
    for mode in MODES {
        let mut cells = Vec::new();
        for (name, noise) in noises {
            let mut line = format!("| {mode:?}, {name} |");
            for snr_db in SNRS_DB {
                let gained = |phrase: &Vec<f32>| {
                    let mixed = mix(phrase, noise, snr_db);
                    si_sdr_db(phrase, &reduced(&mixed, mode)) - si_sdr_db(phrase, &mixed)
                };
                let gained: Vec<f64> = phrases.par_iter().map(gained).collect();
                let least = gained.iter().copied().fold(f64::INFINITY, f64::min);
                line += &format!(" {:+.2} ({least:+.2}) |", mean(&gained));
                cells.push(mean(&gained));
            }
            println!("{line}");
        }
        let least = cells.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "| {mode:?}, mean of all cells {:+.2}, least {least:+.2} |{}",
            mean(&cells),
            " |".repeat(SNRS_DB.len())
        );
    }
}

fn clean(phrases: &[Vec<f32>]) {
    println!(
        "\nClean phrases\n\n| mode | loss of level, dB, each | onset F1 against the clean phrase, each |\n|---|---|---|"
    );
    for mode in MODES {
        let kept: Vec<(f64, f64)> = phrases
            .par_iter()
            .map(|phrase| {
                let after = reduced(phrase, mode);
                (decibels(energy(phrase) / energy(&after)), onset_f1(&notes(phrase), &notes(&after)))
            })
            .collect();
        let said = |of: fn(&(f64, f64)) -> f64| {
            kept.iter().map(|kept| format!("{:.2}", of(kept))).collect::<Vec<String>>().join(", ")
        };
        println!("| {mode:?} | {} | {} |", said(|kept| kept.0), said(|kept| kept.1));
    }
}

fn held_notes() {
    println!("\nSteady tones of 10 s, loss of level, dB\n\n| mode | G3 | A4 | E6 | G3 and D4 |\n|---|---|---|---|---|");
    let samples = 10 * SAMPLE_RATE as usize;
    let (g, d) = (tone(196.0, 12, samples), tone(293.66, 12, samples));
    let both: Vec<f32> = g.iter().zip(&d).map(|(g, d)| 0.5 * (g + d)).collect();
    let tones = [g, tone(440.0, 12, samples), tone(1318.5, 12, samples), both];
    for mode in MODES {
        let lost = |tone: &Vec<f32>| decibels(energy(tone) / energy(&reduced(tone, mode)));
        println!("| {mode:?} | {} |", tones.each_ref().map(|tone| format!("{:.2}", lost(tone))).join(" | "));
    }
}

/// Notes of half a second with rests as long, under hiss.
fn rests() {
    println!(
        "\nHiss 40 dB below notes with rests: how far it falls in the rests, dB\n\n| mode | falls by |\n|---|---|"
    );
    let samples = 10 * SAMPLE_RATE as usize;
    let half = SAMPLE_RATE as usize / 2;
    let notes = tone(440.0, 12, samples);
    let hiss = white(samples);
    let gain = (1e-4 * energy(&notes) / energy(&hiss)).sqrt() as f32;
    let played = |n: usize| if (n / half).is_multiple_of(2) { notes[n] } else { 0.0 };
    let mixed: Vec<f32> = (0..samples).map(|n| played(n) + gain * hiss[n]).collect();
    for mode in MODES {
        let after = reduced(&mixed, mode);
        // The middle half of every rest.
        let in_rests = |signal: &[f32]| -> f64 {
            (half..samples).step_by(2 * half).map(|rest| energy(&signal[rest + half / 4..rest + 3 * half / 4])).sum()
        };
        println!("| {mode:?} | {:.1} |", decibels(in_rests(&mixed) / in_rests(&after)));
    }
}

/// Notes with vibrato on both sides: median differences of rate and half width.
fn vibrato(phrases: &[Vec<f32>], noises: &[(String, Vec<f32>)]) {
    println!("\nVibrato, median over notes: rate, Hz; half width, cents; (notes)\n");
    println!(
        "| mode | SNR | after against before | after against clean | before against clean |\n|---|---|---|---|---|"
    );
    for mode in MODES {
        let mut of_both: [Vec<(f64, f64)>; 3] = Default::default();
        for snr_db in [10.0, 20.0] {
            let pairs: Vec<_> =
                phrases.iter().flat_map(|phrase| noises.iter().map(move |noise| (phrase, noise))).collect();
            let differences: Vec<[Vec<(f64, f64)>; 3]> = pairs
                .par_iter()
                .map(|(phrase, (_, noise))| {
                    let mixed = mix(phrase, noise, snr_db);
                    let (clean, before, after) = (notes(phrase), notes(&mixed), notes(&reduced(&mixed, mode)));
                    [differences(&before, &after), differences(&clean, &after), differences(&clean, &before)]
                })
                .collect();
            let all = [0, 1, 2].map(|at| differences.iter().flat_map(|one| one[at].clone()).collect::<Vec<_>>());
            println!("| {mode:?} | {snr_db} dB |{}", cells(&all));
            of_both.iter_mut().zip(all).for_each(|(both, all)| both.extend(all));
        }
        println!("| {mode:?} | both |{}", cells(&of_both));
    }
}

fn cells(columns: &[Vec<(f64, f64)>; 3]) -> String {
    let cell = |all: &Vec<(f64, f64)>| {
        let (rates, widths) = all.iter().copied().unzip();
        format!(" {:.3}; {:.2}; ({}) |", median(rates), median(widths), all.len())
    };
    columns.iter().map(cell).collect()
}

fn differences(one: &[Note], other: &[Note]) -> Vec<(f64, f64)> {
    let near = |a: f32, b: f32| f64::from((a - b).abs()) < NEAR_S;
    one.iter()
        .filter_map(|note| {
            let same = |found: &&Note| near(found.onset_s, note.onset_s) && near(found.offset_s, note.offset_s);
            let (a, b) = (note.vibrato?, other.iter().find(same)?.vibrato?);
            Some((f64::from((a.rate_hz - b.rate_hz).abs()), f64::from((a.extent_cents - b.extent_cents).abs())))
        })
        .collect()
}

fn recordings(folder: &Path) -> Outcome<Vec<(String, Vec<f32>)>> {
    let mut paths: Vec<PathBuf> = folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    paths.retain(|path| audio::is_named_as_recording(path));
    paths.sort();
    let open = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, audio::open(path, &AudioSettings::default())?.samples().to_vec()))
    };
    paths.iter().map(open).collect()
}

fn reduced(samples: &[f32], mode: Denoise) -> Vec<f32> {
    let mut recording = Recording::new("mixture", samples.to_vec()).expect("finite samples");
    denoise(&mut recording, mode, None).expect("no clip, so no error");
    recording.samples().to_vec()
}

fn notes(samples: &[f32]) -> Vec<Note> {
    find(&Recording::new("phrase", samples.to_vec()).expect("finite samples"), PitchRange::VIOLIN).notes
}

/// The noise, over and over, so far below the phrase.
fn mix(phrase: &[f32], noise: &[f32], snr_db: f64) -> Vec<f32> {
    let repeated: Vec<f32> = noise.iter().copied().cycle().take(phrase.len()).collect();
    let gain = (energy(phrase) / energy(&repeated) / 10f64.powf(snr_db / 10.0)).sqrt() as f32;
    phrase.iter().zip(&repeated).map(|(phrase, noise)| phrase + gain * noise).collect()
}

/// Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019).
fn si_sdr_db(truth: &[f32], found: &[f32]) -> f64 {
    let along = truth.iter().zip(found).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / energy(truth);
    let error = |(a, b): (&f32, &f32)| (along * f64::from(*a) - f64::from(*b)).powi(2);
    decibels(along * along * energy(truth) / truth.iter().zip(found).map(error).sum::<f64>())
}

fn onset_f1(truth: &[Note], found: &[Note]) -> f64 {
    let mut free: Vec<f32> = found.iter().map(|note| note.onset_s).collect();
    let all = truth.len() + free.len();
    let mut hits = 0;
    for note in truth {
        let away = |onset: &f32| f64::from((onset - note.onset_s).abs());
        let nearest = (0..free.len()).min_by(|a, b| away(&free[*a]).total_cmp(&away(&free[*b])));
        if let Some(nearest) = nearest.filter(|nearest| away(&free[*nearest]) <= NEAR_S) {
            free.remove(nearest);
            hits += 1;
        }
    }
    2.0 * f64::from(hits) / all as f64
}

/// Partials falling as 1 / number, up to 8 kHz.
fn tone(hz: f64, partials: usize, samples: usize) -> Vec<f32> {
    let sample = |n: usize| {
        let partial = |k: usize| (TAU * hz * k as f64 * n as f64 / f64::from(SAMPLE_RATE) + k as f64).sin() / k as f64;
        (0.2 * (1..=partials).filter(|k| hz * *k as f64 <= 8_000.0).map(partial).sum::<f64>()) as f32
    };
    (0..samples).map(sample).collect()
}

/// White noise, close to normal.
fn white(samples: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..samples).map(|_| (0..8).map(|_| uniform()).sum()).collect()
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
