//! Notes that are easily misheard: long ones, slides into short ones, bands that a file does not have, an offset.

use std::f64::consts::TAU;

use super::notes_of;
use super::sounds::SAMPLE_RATE;

/// A string's partials, each 7 dB an octave below the fundamental, whose pitch at `time_s` is `pitch(time_s)`, below `up_to_hz`,
/// and above it 110 dB weaker, as a resampler leaves them.
fn bowed(length_s: f64, pitch: impl Fn(f64) -> f64, up_to_hz: f64) -> Vec<f32> {
    let mut cycles = 0.0;
    let rate = f64::from(SAMPLE_RATE as u32);
    let sample = |at: usize| {
        let time_s = at as f64 / rate;
        let hz = 440.0 * ((pitch(time_s) - 69.0) / 12.0).exp2();
        cycles += hz / rate;
        let edges = (time_s / 0.05).min((length_s - time_s) / 0.05).clamp(0.0, 1.0);
        let partial = |k: usize| {
            let leak = if k as f64 * hz < up_to_hz { 1.0 } else { 3e-6 };
            leak * (k as f64).powf(-7.0 / 6.02) * (TAU * k as f64 * cycles).sin()
        };
        (0.1 * edges * (1..=20).map(partial).sum::<f64>()) as f32
    };
    (0..(length_s * rate) as usize).map(sample).collect()
}

#[test]
fn a_vibrato_is_heard_however_long_the_note() {
    for length_s in [3.0, 6.0, 11.0] {
        let notes = notes_of(bowed(length_s, |time_s| 69.0 + 0.25 * (TAU * 5.5 * time_s).sin(), 1e5)).notes;
        let vibrato = notes.first().and_then(|note| note.vibrato);
        let right = vibrato.is_some_and(|it| {
            (it.rate_hz - 5.5).abs() < 0.1 && (it.extent_cents - 25.0).abs() < 2.0 && it.delay_s < 0.15
        });
        assert!(right && notes.len() == 1, "{length_s} s: {notes:?}");
    }
}

#[test]
fn a_note_after_a_slide_has_its_own_level_and_pitch() {
    // A quarter of a second up from D4, then A4 for not much longer than the slide, and silence.
    let slide = |time_s: f64| 62.0 + 7.0 / (1.0 + (-(time_s - 0.175) / 0.057).exp());
    let heard = |pitch: &dyn Fn(f64) -> f64| {
        let silence = vec![0.0; SAMPLE_RATE as usize / 4];
        notes_of([silence.clone(), bowed(0.45, pitch, 1e5), silence].concat()).notes
    };
    let (slid, held) = (heard(&slide), heard(&|_| 69.0)[0]);
    let last = slid.last().expect("notes");
    // 0.3 semitones are left of the slide when the bow leaves the string.
    assert!(last.joined && (last.pitch - 69.0).abs() < 0.4, "{slid:?}");
    assert!((last.level_db - held.level_db).abs() < 2.0, "{slid:?}, held {held:?}");
}

#[test]
fn a_file_without_the_high_bands_is_not_dull_for_that() {
    let brightness = |up_to_hz: f64| notes_of(bowed(1.0, |_| 69.0, up_to_hz)).notes[0].brightness_db_per_octave;
    let (whole, low) = (brightness(1e5).expect("a slope"), brightness(3900.0).expect("a slope"));
    assert!((whole + 7.0).abs() < 0.5 && (low - whole).abs() < 1.5, "{whole} with all bands, {low} with the low ones");
}

#[test]
fn an_offset_of_the_whole_recording_moves_nothing() {
    // Silence before the note, where the offset is all there is.
    let silence = vec![0.0; SAMPLE_RATE as usize / 4];
    let take = [silence.clone(), bowed(1.0, |_| 69.0, 1e5), silence].concat();
    let (clean, moved) = (notes_of(take.clone()).notes[0], notes_of(take.iter().map(|s| s + 0.02).collect()).notes[0]);
    assert!((clean.onset_s - moved.onset_s).abs() < 2e-3, "{clean:?}, {moved:?}");
    assert!((clean.level_db - moved.level_db).abs() < 0.1, "{clean:?}, {moved:?}");
    let [clean, moved] = [clean, moved].map(|note| note.attack_s.expect("an attack"));
    assert!((clean - moved).abs() < 3e-3, "{clean}, {moved}");
}
