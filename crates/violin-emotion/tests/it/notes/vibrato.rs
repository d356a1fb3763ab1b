//! Vibrato: read where there is one, and only there.

use violin_emotion::notes::Notes;
use violin_emotion::synth::{Note, Phrase, add_room, render};

use super::{ROOM_DB, add_noise, between, notes_of, onset_f1, pairs, pairs_missed, share};

/// Separate notes of 0.25 to 3 s with vibrato of 4 to 8 Hz, ±5 to ±60 cents, or with none; white noise 20 dB below them.
fn vibrato_notes(with_vibrato: bool) -> (Phrase, Vec<f32>) {
    let mut phrase = Phrase { notes: Vec::new(), duration_s: 0.0 };
    for at in 0..200 {
        let sounding_s = 0.25 * 12f64.powf(between(at, 0, 0.0, 1.0));
        phrase = phrase.then(&Phrase::of(Note {
            interval_s: sounding_s + 0.25,
            sounding_s,
            pitch: between(at, 1, 56.0, 93.0).round(),
            attack_s: 0.03,
            vibrato_rate_hz: between(at, 2, 4.0, 8.0),
            vibrato_extent_cents: if with_vibrato { 5.0 * 12f64.powf(between(at, 3, 0.0, 1.0)) } else { 0.0 },
            ..Note::default()
        }));
    }
    let mut samples = render(&phrase, 5);
    add_noise(&mut samples);
    (phrase, samples)
}

#[test]
fn vibrato_is_read_where_there_is_one() {
    let (phrase, samples) = vibrato_notes(true);
    let notes = notes_of(samples);
    let clear = |truth: &Note| truth.vibrato_extent_cents >= 10.0 && truth.sounding_s * truth.vibrato_rate_hz >= 2.0;
    let pairs: Vec<_> = pairs(&phrase, &notes).into_iter().filter(|(truth, _)| clear(truth)).collect();
    let missed = phrase.notes.iter().filter(|truth| clear(truth)).count() - pairs.len();
    let present = share(&pairs, |(_, note)| note.vibrato.is_some());
    let right = share(&pairs, |(truth, note)| {
        note.vibrato.is_some_and(|found| {
            let rate = (f64::from(found.rate_hz) - truth.vibrato_rate_hz).abs();
            let extent = (f64::from(found.extent_cents) - truth.vibrato_extent_cents).abs();
            rate <= 0.2 && extent <= (0.1 * truth.vibrato_extent_cents).max(3.0)
        })
    });
    let (without, samples) = vibrato_notes(false);
    let straight = notes_of(samples);
    let invented = share(&straight.notes, |note| note.vibrato.is_some());
    println!("{} notes with vibrato: found {present:.3}, right {right:.3}; invented {invented:.3}", pairs.len());
    assert_eq!((missed, pairs_missed(&without, &straight)), (0, 0), "notes that were not found");
    assert!(present >= 0.95 && right >= 0.925, "found {present}, right {right}");
    assert!(invented <= 0.05, "invented {invented}");
}

/// A melody of 60 notes of `shortest_s` to `longest_s`, mostly slurred, a third of the slurs as slides, with vibrato of 4 to
/// 8 Hz and ±10 to ±60 cents or with none.
fn melody(shortest_s: f64, longest_s: f64, with_vibrato: bool) -> Phrase {
    let mut phrase = Phrase { notes: Vec::new(), duration_s: 0.0 };
    let mut pitch: f64 = 70.0;
    for at in 0..60 {
        let interval_s = between(at, 10, shortest_s, longest_s);
        let step = between(at, 11, 1.0, 7.4).round();
        pitch += if pitch > 84.0 || (pitch > 60.0 && between(at, 12, 0.0, 1.0) < 0.5) { -step } else { step };
        let slides = between(at, 13, 0.0, 1.0) < 0.33;
        phrase = phrase.then(&Phrase::of(Note {
            interval_s,
            sounding_s: interval_s,
            pitch: pitch + between(at, 14, -0.1, 0.1),
            joined: at % 3 != 0,
            glide_s: if slides { between(at, 15, 0.08, 0.2).min(interval_s / 2.0) } else { 0.012 },
            vibrato_rate_hz: between(at, 2, 4.0, 8.0),
            vibrato_extent_cents: if with_vibrato { 10.0 * 6f64.powf(between(at, 3, 0.0, 1.0)) } else { 0.0 },
            ..Note::default()
        }));
    }
    phrase
}

fn in_a_room(phrase: &Phrase) -> Notes {
    let mut samples = render(phrase, 6);
    add_room(&mut samples, ROOM_DB);
    notes_of(samples)
}

#[test]
fn no_vibrato_is_read_into_melodies_without() {
    for (shortest_s, longest_s) in [(0.1, 0.2), (0.2, 0.4), (0.4, 0.7), (0.7, 1.0), (1.0, 1.0), (1.0, 2.0), (2.0, 3.0)]
    {
        let phrase = melody(shortest_s, longest_s, false);
        let notes = in_a_room(&phrase);
        let absent = share(&notes.notes, |note| note.vibrato.is_none());
        let f1 = onset_f1(&[(phrase, notes)]);
        println!("notes of {shortest_s} to {longest_s} s: onset F1 {f1:.3}, no vibrato in {absent:.3}");
        assert!(absent >= 0.95, "notes of {shortest_s} to {longest_s} s: no vibrato in {absent}");
        assert!(f1 >= 0.95, "notes of {shortest_s} to {longest_s} s: onset F1 {f1}");
    }
}

#[test]
fn vibrato_is_read_in_melodies() {
    for (shortest_s, longest_s) in [(0.5, 1.0), (1.0, 2.0)] {
        let phrase = melody(shortest_s, longest_s, true);
        let notes = in_a_room(&phrase);
        let clear: Vec<_> = pairs(&phrase, &notes)
            .into_iter()
            .filter(|(truth, _)| truth.sounding_s * truth.vibrato_rate_hz >= 2.0)
            .collect();
        let present = share(&clear, |(_, note)| note.vibrato.is_some());
        let rate = share(clear.iter().filter_map(|(truth, note)| Some((truth, note.vibrato?))), |(truth, found)| {
            (f64::from(found.rate_hz) - truth.vibrato_rate_hz).abs() <= 0.2
        });
        let extent = share(clear.iter().filter_map(|(truth, note)| Some((truth, note.vibrato?))), |(truth, found)| {
            let off = (f64::from(found.extent_cents) - truth.vibrato_extent_cents).abs();
            off <= (0.1 * truth.vibrato_extent_cents).max(3.0)
        });
        let f1 = onset_f1(&[(phrase, notes)]);
        println!(
            "vibrato on notes of {shortest_s} to {longest_s} s: onset F1 {f1:.3}, found {present:.3}, rate {rate:.3}, extent {extent:.3}"
        );
        assert!(present >= 0.95, "notes of {shortest_s} to {longest_s} s: found {present}");
        assert!(rate >= 0.925 && extent >= 0.925, "notes of {shortest_s} to {longest_s} s: {rate}, {extent}");
    }
}
