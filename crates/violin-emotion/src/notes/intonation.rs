//! How far from equal temperament notes are, once the instrument's own tuning is taken off.

use std::f64::consts::TAU;

use super::Note;

/// Cents by which the notes of a recording lie above equal temperament at A4 = 440 Hz, −50 to 50: the mean direction on the
/// circle of a semitone, long notes counting more. 0 if there are none.
pub(super) fn tuning_cents(notes: &[Note]) -> f32 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for note in notes {
        let (s, c) = (TAU * f64::from(note.pitch)).sin_cos();
        let weight = f64::from(note.offset_s - note.onset_s);
        sine += weight * s;
        cosine += weight * c;
    }
    if sine == 0.0 && cosine == 0.0 { 0.0 } else { (100.0 * sine.atan2(cosine) / TAU) as f32 }
}

/// Cents from the nearest pitch of the so tuned temperament, −50 to 50.
pub(super) fn cents_off(pitch: f32, tuning_cents: f32) -> f32 {
    let tuned = pitch - tuning_cents / 100.0;
    100.0 * (tuned - tuned.round())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(pitches: &[f32]) -> Vec<Note> {
        let note = |(at, pitch): (usize, &f32)| Note {
            onset_s: at as f32,
            offset_s: at as f32 + 1.0,
            pitch: *pitch,
            ..Note::default()
        };
        pitches.iter().enumerate().map(note).collect()
    }

    #[test]
    fn the_tuning_is_what_all_notes_share() {
        for tuning in [-0.42_f32, -0.1, 0.0, 0.3, 0.49] {
            let pitches = [60.0, 62.05, 63.95, 65.02, 66.98].map(|pitch: f32| pitch + tuning);
            let found = tuning_cents(&notes(&pitches));
            assert!((found - 100.0 * tuning).abs() < 0.5, "{tuning}: {found}");
            assert!((cents_off(pitches[1], found) - 5.0).abs() < 0.6);
        }
        assert_eq!(tuning_cents(&[]), 0.0);
    }
}
