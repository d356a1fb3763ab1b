//! What a recording's way to us does to each cue that is read from its notes: rendered takes as they are, and the same
//! through gain, MP3, 48 kHz and noise. `cargo run --release --example cue_robustness -- [TAKES]` prints a table.
//!
//! MP3 needs `ffmpeg` or `lame` on the path; without them its column says so.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;
use violin_emotion::audio::{self, AudioSettings, Recording};
use violin_emotion::notes::{Note, Notes, PitchRange, find};
use violin_emotion::synth::{self, CorpusSettings, Phrase, SAMPLE_RATE, Take};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Length of a take, seconds.
const TAKE_S: f64 = 12.0;
/// Onsets this near belong together, seconds.
const NEAR_S: f64 = 0.05;
/// Level of the white noise re the take, dB.
const NOISE_DB: f64 = -20.0;

fn main() -> Outcome<()> {
    let takes = std::env::args().nth(1).map_or(Ok(24), |takes| takes.parse())?;
    let takes = synth::corpus(&CorpusSettings { takes, performers: 4, pieces: 6, duration_s: TAKE_S }, 11);
    println!("{} takes of {TAKE_S} s; {}\n", takes.len(), synth::NOTICE);
    let variants = variants();
    // Takes × (as it is, then the variants) × cues.
    let mut read = Vec::new();
    for take in &takes {
        let samples = take.render();
        let mut row = vec![Some(cues(take, &listen(samples.clone())?))];
        for (_, change) in &variants {
            row.push(
                change(&samples)?.map(|changed| Ok::<_, Box<dyn Error>>(cues(take, &listen(changed)?))).transpose()?,
            );
        }
        read.push(row);
    }
    let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
    println!("| cue of a take | as it is: median (10 to 90 % of takes) | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len()));
    for (at, cue) in CUES.iter().enumerate() {
        let plain: Vec<f64> = read.iter().filter_map(|row| row[0].as_ref()?[at]).collect();
        let mut line = format!(
            "| {} | {} ({} to {}) |",
            cue.name,
            cue.said(quantile(&plain, 0.5)),
            cue.said(quantile(&plain, 0.1)),
            cue.said(quantile(&plain, 0.9))
        );
        for variant in 1..=variants.len() {
            let changes: Vec<f64> =
                read.iter().filter_map(|row| Some(row[variant].as_ref()?[at]? - row[0].as_ref()?[at]?)).collect();
            let sizes: Vec<f64> = changes.iter().map(|change| change.abs()).collect();
            line += &match sizes.is_empty() {
                true => " skipped |".to_string(),
                false => format!(
                    " {}{} ({}) |",
                    if quantile(&changes, 0.5) > 0.0 { "+" } else { "" },
                    cue.said(quantile(&changes, 0.5)),
                    cue.said(quantile(&sizes, 0.9))
                ),
            };
        }
        println!("{line}");
    }
    println!("\nEach cell: the median change of a take's value (nine takes in ten change by no more than).");
    Ok(())
}

/// A take's samples in, the changed ones out; `None` if a program for it is missing.
type Change = fn(&[f32]) -> Outcome<Option<Vec<f32>>>;

fn variants() -> [(&'static str, Change); 5] {
    [
        ("gain −20 dB", |samples| Ok(Some(samples.iter().map(|sample| 0.1 * sample).collect()))),
        ("gain +20 dB", |samples| Ok(Some(samples.iter().map(|sample| 10.0 * sample).collect()))),
        ("MP3 128k", through_mp3),
        ("48 kHz", through_48_khz),
        ("noise 20 dB below", |samples| Ok(Some(with_noise(samples)))),
    ]
}

fn listen(samples: Vec<f32>) -> Outcome<Notes> {
    Ok(find(&Recording::new("take", samples)?, PitchRange::VIOLIN))
}

fn through_mp3(samples: &[f32]) -> Outcome<Option<Vec<f32>>> {
    let folder = tempfile::tempdir()?;
    let (wav, mp3) = (folder.path().join("take.wav"), folder.path().join("take.mp3"));
    write_wav(&wav, SAMPLE_RATE, samples)?;
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-i"]).arg(&wav).args(["-b:a", "128k"]).arg(&mp3);
    let mut lame = Command::new("lame");
    lame.args(["--quiet", "-b", "128"]).arg(&wav).arg(&mp3);
    for mut program in [ffmpeg, lame] {
        match program.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => {
                return Ok(Some(audio::open(&mp3, &AudioSettings::default())?.samples().to_vec()));
            }
            Ok(status) => return Err(format!("{:?}: {status}", program.get_program()).into()),
            Err(_) => continue,
        }
    }
    Ok(None)
}

/// To 48 kHz by its spectrum, and back as every recording is read.
fn through_48_khz(samples: &[f32]) -> Outcome<Option<Vec<f32>>> {
    let mut planner = RealFftPlanner::<f32>::new();
    let mut input = samples[..samples.len() / 147 * 147].to_vec();
    let forward = planner.plan_fft_forward(input.len());
    let inverse = planner.plan_fft_inverse(input.len() / 147 * 160);
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut input, &mut spectrum)?;
    if let Some(last) = spectrum.last_mut() {
        *last = Complex32::ZERO;
    }
    spectrum.resize(inverse.len() / 2 + 1, Complex32::ZERO);
    let mut output = inverse.make_output_vec();
    inverse.process(&mut spectrum, &mut output)?;
    output.iter_mut().for_each(|sample| *sample /= input.len() as f32);
    let folder = tempfile::tempdir()?;
    let wav = folder.path().join("take.wav");
    write_wav(&wav, 48_000, &output)?;
    Ok(Some(audio::open(&wav, &AudioSettings::default())?.samples().to_vec()))
}

fn write_wav(path: &Path, sample_rate: u32, samples: &[f32]) -> Outcome<()> {
    let format =
        hound::WavSpec { channels: 1, sample_rate, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let mut wav = hound::WavWriter::create(path, format)?;
    samples.iter().try_for_each(|sample| wav.write_sample(*sample))?;
    Ok(wav.finalize()?)
}

fn with_noise(samples: &[f32]) -> Vec<f32> {
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    // Uniform between ±a has an RMS of a / √3.
    let width = (3.0 * power).sqrt() * 10f64.powf(NOISE_DB / 20.0);
    let mut state = 5u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    samples.iter().map(|sample| sample + (width * next()) as f32).collect()
}

struct Cue {
    name: &'static str,
    digits: usize,
    of: fn(&Phrase, &Notes) -> Option<f64>,
}

impl Cue {
    fn said(&self, value: f64) -> String {
        format!("{value:.digits$}", digits = self.digits)
    }
}

const CUES: [Cue; 14] = [
    Cue { name: "onsets, F1", digits: 3, of: |phrase, notes| Some(onset_f1(phrase, notes)) },
    Cue { name: "notes a second", digits: 2, of: |_, notes| Some(notes.notes.len() as f64 / TAKE_S) },
    Cue { name: "pitch, MIDI number", digits: 3, of: |_, notes| middle(notes, |note| Some(note.pitch)) },
    Cue { name: "vibrato, share of notes", digits: 3, of: |_, notes| share(notes, |note| note.vibrato.is_some()) },
    Cue { name: "vibrato rate, Hz", digits: 2, of: |_, notes| middle(notes, |note| Some(note.vibrato?.rate_hz)) },
    Cue {
        name: "vibrato half width, cents",
        digits: 1,
        of: |_, notes| middle(notes, |note| Some(note.vibrato?.extent_cents)),
    },
    Cue { name: "attack, ms", digits: 1, of: |_, notes| middle(notes, |note| Some(1000.0 * note.attack_s?)) },
    Cue { name: "articulation, share that sounds", digits: 3, of: |_, notes| articulation(notes) },
    Cue { name: "slides, share of notes", digits: 3, of: |_, notes| share(notes, |note| note.portamento.is_some()) },
    Cue {
        name: "slide, ms",
        digits: 0,
        of: |_, notes| middle(notes, |note| Some(1000.0 * note.portamento?.duration_s)),
    },
    Cue {
        name: "brightness, dB/octave",
        digits: 2,
        of: |_, notes| middle(notes, |note| note.brightness_db_per_octave),
    },
    Cue { name: "bow noise, dB", digits: 1, of: |_, notes| middle(notes, |note| note.bow_noise_db) },
    Cue { name: "relative level, quartiles apart, dB", digits: 2, of: |_, notes| level_spread(notes) },
    Cue {
        name: "plucked or doubled (there are none), share of notes",
        digits: 3,
        of: |_, notes| share(notes, |note| note.plucked || note.doubled),
    },
];

fn cues(take: &Take, notes: &Notes) -> Vec<Option<f64>> {
    let phrase = take.phrase();
    CUES.iter().map(|cue| (cue.of)(&phrase, notes)).collect()
}

/// Median over the notes that have it.
fn middle(notes: &Notes, of: impl Fn(&Note) -> Option<f32>) -> Option<f64> {
    let values: Vec<f64> = notes.notes.iter().filter_map(|note| Some(f64::from(of(note)?))).collect();
    (!values.is_empty()).then(|| quantile(&values, 0.5))
}

fn share(notes: &Notes, is_so: impl Fn(&Note) -> bool) -> Option<f64> {
    let count = notes.notes.iter().filter(|note| is_so(note)).count();
    (!notes.notes.is_empty()).then(|| count as f64 / notes.notes.len() as f64)
}

fn articulation(notes: &Notes) -> Option<f64> {
    let share = |pair: &[Note]| f64::from((pair[0].offset_s - pair[0].onset_s) / (pair[1].onset_s - pair[0].onset_s));
    let shares: Vec<f64> = notes.notes.windows(2).map(share).collect();
    (!shares.is_empty()).then(|| quantile(&shares, 0.5))
}

fn level_spread(notes: &Notes) -> Option<f64> {
    let own_db = notes.level_db();
    let levels: Vec<f64> = notes.notes.iter().map(|note| f64::from(note.level_db - own_db)).collect();
    (!levels.is_empty()).then(|| quantile(&levels, 0.75) - quantile(&levels, 0.25))
}

/// Harmonic mean of the found share of true onsets and the true share of found ones; a note slurred to its own pitch has
/// none that could be heard.
fn onset_f1(phrase: &Phrase, notes: &Notes) -> f64 {
    let heard = phrase
        .notes
        .iter()
        .enumerate()
        .filter(|(at, note)| !note.joined || *at == 0 || (note.pitch - phrase.notes[at - 1].pitch).abs() >= 0.5);
    let (mut hits, mut truths, mut left) = (0, 0, notes.notes.as_slice());
    for (_, truth) in heard {
        truths += 1;
        let away = |note: &Note| (f64::from(note.onset_s) - truth.onset_s).abs();
        let nearest = (0..left.len()).min_by(|a, b| away(&left[*a]).total_cmp(&away(&left[*b])));
        if let Some(nearest) = nearest.filter(|nearest| away(&left[*nearest]) <= NEAR_S) {
            hits += 1;
            left = &left[nearest + 1..];
        }
    }
    2.0 * f64::from(hits) / (truths + notes.notes.len()) as f64
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}
