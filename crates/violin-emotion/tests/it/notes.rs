//! Notes and what was done in them, against what was rendered. The bars are those of docs/accuracy.md.

mod recorded;
mod vibrato;

use violin_emotion::audio::Recording;
use violin_emotion::notes::{self, Notes, PitchRange, find};
use violin_emotion::synth::{Cues, Note, Phrase, add_room, phrase, render};

/// An onset is found if one lies this near, seconds: what the field's evaluations of onsets allow.
const NEAR_S: f64 = 0.05;
/// The room of a rendered take.
const ROOM_DB: f64 = -16.0;

fn notes_of(samples: Vec<f32>) -> Notes {
    find(&Recording::new("rendered", samples).expect("samples"), PitchRange::VIOLIN)
}

/// True notes and the found ones that begin with them, each used once.
fn pairs<'a>(phrase: &'a Phrase, notes: &'a Notes) -> Vec<(&'a Note, &'a notes::Note)> {
    let mut pairs = Vec::new();
    let mut left = notes.notes.as_slice();
    for truth in &phrase.notes {
        let away = |note: &notes::Note| (f64::from(note.onset_s) - truth.onset_s).abs();
        let nearest = (0..left.len()).min_by(|a, b| away(&left[*a]).total_cmp(&away(&left[*b])));
        if let Some(nearest) = nearest.filter(|nearest| away(&left[*nearest]) <= NEAR_S) {
            pairs.push((truth, &left[nearest]));
            left = &left[nearest + 1..];
        }
    }
    pairs
}

/// Harmonic mean of the found share of true onsets and the true share of found ones.
fn onset_f1(played: &[(Phrase, Notes)]) -> f64 {
    let hits: usize = played.iter().map(|(phrase, notes)| pairs(phrase, notes).len()).sum();
    let all: usize = played.iter().map(|(phrase, notes)| phrase.notes.len() + notes.notes.len()).sum();
    2.0 * hits as f64 / all as f64
}

/// Share of `values` for which `good` holds.
fn share<T>(values: impl IntoIterator<Item = T>, good: impl Fn(&T) -> bool) -> f64 {
    let (mut count, mut hits) = (0, 0);
    for value in values {
        count += 1;
        hits += usize::from(good(&value));
    }
    assert!(count > 20, "{count} values are too few to judge");
    f64::from(count as u32).recip() * hits as f64
}

fn played(cues: &Cues) -> Vec<(Phrase, Notes)> {
    let take = |seed| {
        let phrase = phrase(cues, 20.0, seed);
        let mut samples = render(&phrase, seed);
        add_room(&mut samples, ROOM_DB);
        (audible(phrase), notes_of(samples))
    };
    (0..4).map(take).collect()
}

/// A slurred note on the pitch of the one before is no note to be heard: the renderer does not move the bow for it.
fn audible(mut phrase: Phrase) -> Phrase {
    let mut notes: Vec<Note> = Vec::new();
    for note in phrase.notes {
        match notes.last_mut() {
            Some(before) if note.joined && (note.pitch - before.pitch).abs() < 0.5 => {
                before.sounding_s = note.onset_s + note.sounding_s - before.onset_s;
                before.interval_s = note.onset_s + note.interval_s - before.onset_s;
            }
            _ => notes.push(note),
        }
    }
    phrase.notes = notes;
    phrase
}

#[test]
fn notes_begin_and_end_where_they_were_played() {
    let plain = Cues { vibrato_extent_cents: 0.0, ..Cues::default() };
    let styles = [
        ("staccato", Cues { articulation: 0.35, ..plain }),
        ("fast staccato", Cues { articulation: 0.35, note_rate: 6.0, ..plain }),
        ("détaché", Cues { articulation: 0.6, ..plain }),
        ("short attacks", Cues { articulation: 0.6, attack_s: 0.015, ..plain }),
        ("long attacks", Cues { articulation: 0.6, attack_s: 0.1, note_rate: 1.8, ..plain }),
        ("slurred and not", Cues { articulation: 0.85, ..plain }),
        ("legato", Cues { articulation: 1.0, ..plain }),
        ("legato with vibrato", Cues { articulation: 1.0, vibrato_extent_cents: 40.0, ..plain }),
    ];
    for (name, cues) in styles {
        let played = played(&cues);
        let f1 = onset_f1(&played);
        let pairs: Vec<_> = played.iter().flat_map(|(phrase, notes)| pairs(phrase, notes)).collect();
        let in_tune = share(&pairs, |(truth, note)| (f64::from(note.pitch) - truth.pitch).abs() <= 0.03);
        let articulations = pairs.iter().map(|(truth, note)| {
            let found = f64::from(note.offset_s - note.onset_s) / truth.interval_s;
            (truth.sounding_s / truth.interval_s, found)
        });
        let articulations: Vec<(f64, f64)> = articulations.collect();
        let articulated = share(&articulations, |(truth, found)| (found - truth).abs() <= 0.05);
        let mut away: Vec<f64> = articulations.iter().map(|(truth, found)| (found - truth).abs()).collect();
        away.sort_by(f64::total_cmp);
        let (middle, average) = (away[away.len() / 2], away.iter().sum::<f64>() / away.len() as f64);
        let attacks = pairs
            .iter()
            .filter(|(truth, _)| !truth.joined)
            .filter_map(|(truth, note)| Some((truth.attack_s, f64::from(note.attack_s?))));
        let attacks: Vec<_> = attacks.collect();
        let attacked = if attacks.len() > 20 {
            share(&attacks, |(truth, found)| (found - truth).abs() <= (0.2 * truth).max(0.01))
        } else {
            1.0
        };
        println!(
            "{name}: onset F1 {f1:.3}; within 3 cents {in_tune:.3}; articulation off by {middle:.3} (median), {average:.3} (mean), {articulated:.3} within 0.05; attacks {attacked:.3} of {}",
            attacks.len()
        );
        assert!(f1 >= 0.95, "{name}: onset F1 {f1}");
        assert!(in_tune >= 0.9, "{name}: within 3 cents {in_tune}");
        // Where a note lasts 40 ms, 0.05 are 4 ms, less than a moment.
        let shares = if cues.note_rate > 4.0 { 0.65 } else { 0.85 };
        assert!(middle <= 0.05 && articulated >= shares, "{name}: articulation off by {middle}, {articulated}");
        assert!(attacked >= 0.85, "{name}: attacks {attacked}");
    }
}

/// Groups of five notes of one pitch without a gap.
fn bowed_again() -> Phrase {
    let mut phrase = Phrase { notes: Vec::new(), duration_s: 0.0 };
    for at in 0..60 {
        let interval_s = between(at / 5, 0, 0.3, 0.8);
        phrase = phrase.then(&Phrase::of(Note {
            interval_s,
            sounding_s: interval_s,
            pitch: between(at / 5, 1, 57.0, 86.0).round(),
            vibrato_extent_cents: if at / 5 % 2 == 0 { 25.0 } else { 0.0 },
            ..Note::default()
        }));
    }
    phrase
}

#[test]
fn a_note_that_is_bowed_again_is_another_note() {
    let phrase = bowed_again();
    let mut samples = render(&phrase, 4);
    let mut noisy = samples.clone();
    add_noise(&mut noisy);
    add_room(&mut samples, ROOM_DB);
    let [f1, in_noise] = [samples, noisy].map(|samples| onset_f1(&[(phrase.clone(), notes_of(samples))]));
    println!("bowed again: onset F1 {f1:.3}, in noise {in_noise:.3}");
    assert!(f1 >= 0.95 && in_noise >= 0.85, "{f1}, in noise {in_noise}");
}

/// White noise 20 dB below notes of −24 dB.
fn add_noise(samples: &mut [f32]) {
    for (at, sample) in samples.iter_mut().enumerate() {
        // Uniform between ±a has an RMS of a / √3.
        *sample += (between(at, 9, -1.0, 1.0) * 3f64.sqrt() * 10f64.powf(-44.0 / 20.0)) as f32;
    }
}

/// A number between `low` and `high` that follows from `at` and `which` alone.
fn between(at: usize, which: usize, low: f64, high: f64) -> f64 {
    let mut state = (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (which as u64 + 1).wrapping_mul(0xD1B5_4A32);
    state = (state ^ (state >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    low + (high - low) * ((state ^ (state >> 32)) >> 11) as f64 / (1u64 << 53) as f64
}

#[test]
fn a_cello_is_heard_in_its_range() {
    let range = PitchRange::parse("C2-C6").expect("a range");
    let mut scale = Phrase { notes: Vec::new(), duration_s: 0.0 };
    for pitch in 36..=84 {
        let note = Note { interval_s: 0.5, sounding_s: 0.4, pitch: pitch.into(), ..Note::default() };
        scale = scale.then(&Phrase::of(note));
    }
    let mut samples = render(&scale, 7);
    add_room(&mut samples, ROOM_DB);
    let notes = find(&Recording::new("rendered", samples).expect("samples"), range);
    let found: Vec<f32> = notes.notes.iter().map(|note| note.pitch).collect();
    assert_eq!(notes.notes.len(), scale.notes.len(), "{found:?}");
    for (truth, note) in scale.notes.iter().zip(&notes.notes) {
        let (pitch, onset_s) = (f64::from(note.pitch), f64::from(note.onset_s));
        assert!(
            (pitch - truth.pitch).abs() <= 0.05 && (onset_s - truth.onset_s).abs() <= NEAR_S,
            "{truth:?}, {note:?}"
        );
    }
}

fn pairs_missed(phrase: &Phrase, notes: &Notes) -> usize {
    phrase.notes.len() - pairs(phrase, notes).len()
}

/// Pairs of slurred notes a semitone to an octave apart, the second reached in `glide_s(at)` seconds.
fn slurred_pairs(glide_s: impl Fn(usize) -> f64) -> Phrase {
    let mut phrase = Phrase { notes: Vec::new(), duration_s: 0.0 };
    for at in 0..100 {
        let way = if between(at, 1, 0.0, 1.0) < 0.5 { 1.0 } else { -1.0 };
        let interval_s = between(at, 2, 0.4, 0.9);
        let first = Note {
            interval_s,
            sounding_s: interval_s,
            pitch: between(at, 3, 68.0, 82.0).round(),
            vibrato_extent_cents: if at.is_multiple_of(2) { between(at, 4, 5.0, 30.0) } else { 0.0 },
            vibrato_delay_s: 0.1,
            ..Note::default()
        };
        let second = Note {
            onset_s: interval_s,
            interval_s: interval_s + 0.3,
            pitch: first.pitch + way * between(at, 0, 1.0, 12.0).round(),
            joined: true,
            glide_s: glide_s(at),
            ..first
        };
        phrase = phrase.then(&Phrase { notes: vec![first, second], duration_s: 2.0 * interval_s + 0.3 });
    }
    phrase
}

#[test]
fn slides_are_read_and_clean_jumps_are_none() {
    let slides = slurred_pairs(|at| between(at, 5, 0.08, 0.3));
    let jumps = slurred_pairs(|_| 0.012);
    let [slid, jumped] = [&slides, &jumps].map(|phrase| notes_of(render(phrase, 5)));
    let joined = |phrase: &Phrase| phrase.notes.iter().filter(|note| note.joined).count();
    let slid: Vec<_> =
        pairs(&slides, &slid).into_iter().filter(|(truth, _)| truth.joined).map(|(t, n)| (*t, *n)).collect();
    let recall = slid.iter().filter(|(_, note)| note.portamento.is_some()).count() as f64 / joined(&slides) as f64;
    let right =
        share(slid.iter().filter_map(|(truth, note)| Some((truth.glide_s, note.portamento?))), |(truth, found)| {
            (f64::from(found.duration_s) / truth - 1.0).abs() <= 0.25
        });
    let invented = share(&jumped.notes, |note| note.portamento.is_some());
    println!("slides: recall {recall:.3}, duration within 25 % {right:.3}; invented on jumps {invented:.3}");
    assert!(recall >= 0.9 && right >= 0.9, "recall {recall}, right {right}");
    assert!(invented <= 0.05, "invented {invented}");
}

#[test]
fn no_notes_are_invented() {
    let second = |sample: &dyn Fn(usize) -> f64| (0..44_100).map(|at| sample(at) as f32).collect::<Vec<_>>();
    let silence = notes_of(vec![0.0; 44_100]);
    assert!(silence.notes.is_empty());
    let noise = notes_of(second(&|at| between(at, 0, -0.3, 0.3)));
    assert!(noise.notes.is_empty(), "{:?}", noise.notes);
    let click = notes_of(second(&|at| if at == 20_000 { 1.0 } else { 0.0 }));
    assert!(click.notes.is_empty(), "{:?}", click.notes);
    let short = notes_of(render(&Phrase::of(Note { interval_s: 0.5, sounding_s: 0.4, ..Note::default() }), 1));
    assert_eq!(short.notes.len(), 1);
    assert!(short.notes[0].vibrato.is_none());
}
