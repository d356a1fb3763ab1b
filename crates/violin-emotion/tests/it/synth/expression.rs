//! What happens within a note, along a phrase, and in the recorder.

use violin_emotion::synth::{Cues, Note, Phrase, Recorded, ScoreNote, compose, perform, phrase, render};

use super::measure::{HOP, RATE, cents, deviation, frames_db, heterodyne, mean, part, rms_db, spectrum};
use super::{LEVEL_TOLERANCE_DB, note, play};

#[test]
fn a_note_swells_and_grows_as_asked() {
    // At its quarters: along is 0.05, 0.5 and 0.95 of 2.8 s; the bow's own arch is 1 dB.
    let levels = |swell_db: f64, crescendo_db: f64| {
        let samples = play(Note { swell_db, crescendo_db, bow_noise_db: -60.0, ..note() });
        [0.14, 1.4, 2.66].map(|middle| rms_db(part(&samples, middle - 0.05, middle + 0.05)))
    };
    let plain = levels(0.0, 0.0);
    for (swell_db, crescendo_db) in [(4.0, 0.0), (0.0, 4.0), (0.0, -4.0), (3.0, -3.0)] {
        let found = levels(swell_db, crescendo_db);
        for ((found, plain), along) in found.iter().zip(plain).zip([0.05_f64, 0.5, 0.95]) {
            let asked = swell_db * (4.0 * along * (1.0 - along) - 2.0 / 3.0) + crescendo_db * (along - 0.5);
            // The same seed is unsteady in the same way.
            assert!((found - plain - asked).abs() < 0.1, "{} dB at {along}, asked {asked}", found - plain);
        }
    }
}

#[test]
fn irregular_vibrato_changes_from_cycle_to_cycle_about_its_mean() {
    let cycles = |vibrato_irregularity: f64| {
        let asked = Note {
            interval_s: 12.0,
            sounding_s: 11.8,
            vibrato_rate_hz: 5.5,
            vibrato_extent_cents: 40.0,
            vibrato_irregularity,
            ..note()
        };
        let track = cents(&play(asked), asked.frequency_hz());
        let middle = mean(&track);
        // Upward crossings of the middle, each counted once the curve has gone well down again.
        let (mut crossings, mut low) = (Vec::new(), false);
        for (time, value) in track.iter().enumerate().skip((0.5 * RATE) as usize / HOP) {
            low |= *value < middle - 10.0;
            if low && *value > middle {
                crossings.push(time as f64 * HOP as f64 / RATE);
                low = false;
            }
        }
        (crossings.windows(2).map(|pair| 1.0 / (pair[1] - pair[0])).collect::<Vec<f64>>(), deviation(&track))
    };
    let (even, width) = cycles(0.0);
    let (uneven, uneven_width) = cycles(0.15);
    assert!(deviation(&uneven) > 3.0 * deviation(&even), "{} Hz and {} Hz", deviation(&uneven), deviation(&even));
    // A cycle averages over what changes within it: of 15 % of 5.5 Hz, between a half and all is left.
    assert!((0.4..0.85).contains(&deviation(&uneven)), "rates spread by {} Hz", deviation(&uneven));
    // 60 cycles of 15 %, neighbours alike.
    assert!((mean(&uneven) - 5.5).abs() < 0.3, "{} Hz on average", mean(&uneven));
    assert!((uneven_width / width - 1.0).abs() < 0.1, "{uneven_width} and {width} cents");
}

#[test]
fn a_plucked_note_decays_high_partials_first_and_has_no_bow_noise() {
    let asked = Note { plucked: true, attack_s: 0.003, bow_noise_db: -20.0, ..note() };
    let samples = play(asked);
    let start = rms_db(part(&samples, 0.006, 0.02));
    assert!((start - asked.level_db).abs() < 2.0, "{start} dB at the pluck");
    let levels: Vec<f64> = frames_db(part(&samples, 0.01, 1.0), 4410);
    assert!(levels.windows(2).all(|pair| pair[1] < pair[0] - 1.0), "{levels:?}");

    let fall = |partial: f64| {
        let track = heterodyne(part(&samples, 0.02, 0.25), partial * asked.frequency_hz());
        20.0 * (track[0].1 / track[track.len() - 1].1).log10()
    };
    let falls = [1.0, 4.0, 8.0].map(fall);
    assert!(falls[1] > 1.3 * falls[0] && falls[2] > 1.3 * falls[1], "partials 1, 4, 8 fall by {falls:?} dB");

    // Bowed, noise at −20 dB lies between the partials; plucked, the recording's floor at −80 dB does.
    let gap = |samples: &[f32]| {
        let (power, bin_hz) = spectrum(part(samples, 0.1, 0.6));
        let at = (3.5 * asked.frequency_hz() / bin_hz) as usize;
        10.0 * power[at - 20..at + 20].iter().sum::<f64>().log10()
    };
    let bowed = play(Note { plucked: false, ..asked });
    assert!(gap(&samples) < gap(&bowed) - 30.0, "{} and {} dB between partials", gap(&samples), gap(&bowed));
}

#[test]
fn a_plucked_note_begins_anew_even_where_it_is_joined() {
    let first = Note { interval_s: 0.5, sounding_s: 0.5, plucked: true, attack_s: 0.003, ..Note::default() };
    let second = Note { onset_s: 0.5, joined: true, ..first };
    let samples = render(&Phrase { notes: vec![first, second], duration_s: 1.0 }, 1);
    let rise = rms_db(part(&samples, 0.505, 0.53)) - rms_db(part(&samples, 0.46, 0.49));
    assert!(rise > 6.0, "{rise} dB");
}

#[test]
fn rubato_is_slow_at_the_ends_of_a_phrase() {
    let score = compose(4);
    let cues = Cues { rubato: 0.1, timing_variability: 0.0, note_rate: 4.0, ..Cues::default() };
    let played = perform(&score, &cues, 60.0, 1);
    let pairs: Vec<_> = played.notes.iter().zip(score.notes.iter().cycle()).collect();
    let pairs = &pairs[..pairs.len() - 1];
    let stretch = |(note, written): &(&Note, &ScoreNote)| (note.interval_s * 4.0 / written.beats).ln();
    let found = deviation(&pairs.iter().map(stretch).collect::<Vec<_>>());
    // Thirty phrases of eight notes, the last one cut.
    assert!((found / 0.1 - 1.0).abs() < 0.02, "the tempo varies by {found}, not 0.1");
    let at = |place: std::ops::Range<f64>| {
        mean(&pairs.iter().filter(|(_, written)| place.contains(&written.place)).map(stretch).collect::<Vec<_>>())
    };
    assert!(at(0.0..0.1) > at(0.4..0.6) + 0.2 && at(0.9..1.1) > at(0.4..0.6) + 0.2);
    assert!((played.notes.len() as f64 / 60.0 - 4.0).abs() < 0.2, "{} notes in 60 s", played.notes.len());
}

#[test]
fn a_recording_has_its_gain_and_its_noise() {
    let dry = render(&phrase(&Cues::default(), 4.0, 2), 2);
    let recorded = |conditions: Recorded| {
        let mut samples = dry.clone();
        conditions.apply(&mut samples, 2);
        samples
    };
    assert_eq!(recorded(Recorded::default()), dry);

    let softer = recorded(Recorded { gain_db: -9.0, ..Recorded::default() });
    assert!((rms_db(&softer) - rms_db(&dry) + 9.0).abs() < 1e-3);

    for snr_db in [20.0, 40.0] {
        let noisy = recorded(Recorded { snr_db: Some(snr_db), ..Recorded::default() });
        let noise: Vec<f32> = noisy.iter().zip(&dry).map(|(with, without)| with - without).collect();
        // 176,400 draws: 0.01 dB.
        assert!((rms_db(&dry) - rms_db(&noise) - snr_db).abs() < 0.05, "{} dB below", rms_db(&dry) - rms_db(&noise));
        let both = recorded(Recorded { gain_db: -6.0, snr_db: Some(snr_db), ..Recorded::default() });
        // The gain lifts tone and noise alike.
        assert!((rms_db(&noisy) - rms_db(&both) - 6.0).abs() < 1e-3);
    }
    let wet = recorded(Recorded { room_db: Some(-14.0), ..Recorded::default() });
    assert!((rms_db(&wet) - rms_db(&dry)).abs() < 2.0 * LEVEL_TOLERANCE_DB && wet != dry);
}

#[test]
fn the_truth_can_be_read_back() {
    let played = phrase(&Cues::default(), 4.0, 2);
    let csv = played.to_csv();
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    assert_eq!(header, Note::columns());
    let column = |name: &str| header.iter().position(|column| *column == name).expect("a column");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), played.notes.len());
    for (row, note) in rows.iter().zip(&played.notes) {
        assert_eq!(row[column("onset_s")].parse(), Ok(note.onset_s));
        assert_eq!(row[column("pitch")].parse(), Ok(note.pitch));
        assert_eq!(row[column("joined")].parse(), Ok(note.joined));
    }
    let json: serde_json::Value = serde_json::from_str(&played.to_json()).expect("JSON");
    assert_eq!(json["duration_s"], 4.0);
    assert_eq!(json["notes"][1]["vibrato_rate_hz"], played.notes[1].vibrato_rate_hz);
}
