//! Sounds that are no bowed violin: no crash, nothing invented, and a warning that says what was heard.

use violin_emotion::WarningKind::{self, *};
use violin_emotion::notes::{Notes, PitchRange, find};
use violin_emotion::synth::{Cues, Note, Phrase, add_room, phrase, render};

use super::sounds::{SAMPLE_RATE, add, chant, chord, piano, plucked, speech, white_noise};
use super::{ROOM_DB, notes_of, recorded};

fn kinds(notes: &Notes) -> Vec<WarningKind> {
    notes.warnings().iter().map(|warning| warning.kind).collect()
}

fn vibratos(notes: &Notes) -> usize {
    notes.notes.iter().filter(|note| note.vibrato.is_some()).count()
}

#[test]
fn silence_and_noise_have_no_notes() {
    for samples in [vec![0.0; 50_000], white_noise(10.0, 0.1), white_noise(3.0, 1e-4), vec![0.0], vec![0.3; 2]] {
        let notes = notes_of(samples);
        assert!(notes.notes.is_empty(), "{:?}", notes.notes);
        assert_eq!(kinds(&notes), [NoNotes]);
    }
}

#[test]
fn recorded_noise_is_no_music() {
    for (path, recording) in recorded("noise") {
        let notes = find(&recording, PitchRange::VIOLIN);
        let (heard, seconds) = (kinds(&notes), recording.duration_s());
        println!("{}: {} notes in {seconds:.1} s, {heard:?}", path.display(), notes.notes.len());
        assert!(heard.contains(&NoNotes) || heard.contains(&LittlePitch), "{}: {heard:?}", path.display());
        assert_eq!(vibratos(&notes), 0, "{}", path.display());
        // Dishes ring, cats have a voice: what has a pitch for a moment may be told of.
        assert!(notes.notes.len() as f64 <= 1.5 * seconds, "{}: {}", path.display(), notes.notes.len());
    }
}

#[test]
fn chords_are_several_voices() {
    for pitches in [[60.0, 64.0, 67.0, 70.0], [67.0, 71.0, 74.0, 79.0], [55.0, 62.0, 71.0, 79.0]] {
        let notes = notes_of(chord(&pitches, 4.0));
        assert!(kinds(&notes).iter().any(|kind| [SeveralVoices, LittlePitch, NoNotes].contains(kind)), "{pitches:?}");
        assert!(notes.notes.iter().all(|note| note.doubled), "{pitches:?}: {:?}", notes.notes);
        assert_eq!(vibratos(&notes), 0, "{pitches:?}");
    }
}

#[test]
fn speech_is_no_melody() {
    for pitch_hz in [110.0, 200.0, 260.0] {
        let notes = notes_of(speech(10.0, pitch_hz));
        let heard = kinds(&notes);
        println!("speech at {pitch_hz} Hz: {} notes, {} with vibrato, {heard:?}", notes.notes.len(), vibratos(&notes));
        assert!(heard.contains(&LittlePitch) || heard.contains(&PitchWanders), "{pitch_hz} Hz: {heard:?}");
        assert!(20 * vibratos(&notes) <= notes.notes.len(), "{pitch_hz} Hz: {} vibratos", vibratos(&notes));
    }
}

#[test]
fn a_voice_without_a_pause_is_no_melody() {
    for pitch_hz in [220.0, 300.0] {
        let notes = notes_of(chant(5.0, pitch_hz));
        let heard = kinds(&notes);
        println!("chant at {pitch_hz} Hz: {} notes, {} with vibrato, {heard:?}", notes.notes.len(), vibratos(&notes));
        assert!(heard.contains(&PitchWanders), "{pitch_hz} Hz: {heard:?}");
        assert_eq!(vibratos(&notes), 0, "{pitch_hz} Hz");
    }
}

#[test]
fn a_violin_full_of_slides_and_vibrato_is_no_voice() {
    let slides =
        Cues { articulation: 1.0, portamento_share: 0.5, portamento_s: 0.25, note_rate: 5.0, ..Cues::default() };
    let vibrato = Cues { articulation: 1.0, vibrato_extent_cents: 50.0, note_rate: 5.0, ..Cues::default() };
    for cues in [slides, vibrato] {
        let mut samples = render(&phrase(&cues, 15.0, 3), 3);
        add_room(&mut samples, ROOM_DB);
        assert_eq!(kinds(&notes_of(samples)), [], "{cues:?}");
    }
}

fn melody(sound: impl Fn(f64) -> Vec<f32>) -> Vec<f32> {
    let mut samples = vec![0.0; 6 * SAMPLE_RATE as usize];
    for (at, pitch) in [67.0, 69.0, 71.0, 72.0, 74.0, 72.0, 71.0, 69.0, 67.0, 79.0, 76.0, 74.0].iter().enumerate() {
        add(&mut samples, &sound(*pitch), 0.45 * at as f64);
    }
    samples
}

#[test]
fn a_piano_is_no_violin() {
    let one = notes_of(melody(|pitch| piano(pitch, 0.5)));
    assert_eq!((kinds(&one), vibratos(&one)), (vec![Plucked], 0), "{:?}", one.notes);
    let chords = notes_of(melody(|pitch| {
        let mut sound = piano(pitch, 0.5);
        [-5.0, -12.0, -20.0].iter().for_each(|below| add(&mut sound, &piano(pitch + below, 0.5), 0.0));
        sound
    }));
    assert!(kinds(&chords).contains(&SeveralVoices) && vibratos(&chords) == 0, "{:?}", chords.warnings());
    let strings = notes_of(melody(|pitch| plucked(pitch, 0.5, 3)));
    assert_eq!((kinds(&strings), vibratos(&strings)), (vec![Plucked], 0), "{:?}", strings.notes);
}

#[test]
fn a_cello_lies_below() {
    let low = notes_of(melody(|pitch| {
        let note = Note { pitch: pitch - 26.0, interval_s: 0.45, sounding_s: 0.4, ..Note::default() };
        render(&Phrase::of(note), 1)
    }));
    assert!(kinds(&low).iter().any(|kind| [OutsideRange, NoNotes].contains(kind)), "{:?}", low.warnings());
}

#[test]
fn half_a_second_is_enough_for_a_note() {
    let note = Note { interval_s: 0.5, sounding_s: 0.4, ..Note::default() };
    let notes = notes_of(render(&Phrase::of(note), 2));
    assert_eq!((notes.notes.len(), vibratos(&notes), kinds(&notes).len()), (1, 0, 0));
    assert!(notes.notes[0].brightness_db_per_octave.is_some() && notes.notes[0].bow_noise_db.is_some());
}
