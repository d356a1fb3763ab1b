//! The rendered corpus: independent cues, groups, labels by the published rule.

use violin_emotion::synth::{CUES, CorpusSettings, Cue, Cues, EMOTIONS, SAMPLE_RATE, Take, corpus, labels};

use super::measure::{deviation, mean};

/// Chance in 300 independent draws of 16 cues has |r| below 0.2 in all 120 pairs with a probability of 0.94 or more.
const CORRELATION_TOLERANCE: f64 = 0.2;

const SETTINGS: CorpusSettings = CorpusSettings { takes: 300, performers: 6, pieces: 10, duration_s: 2.0 };

fn values(takes: &[Take], cue: &Cue) -> Vec<f64> {
    takes.iter().map(|take| (cue.get)(&take.cues)).collect()
}

#[test]
fn the_corpus_draws_its_cues_independently_within_their_ranges() {
    let takes = corpus(&SETTINGS, 1);
    assert_eq!(takes.len(), 300);
    for (at, cue) in CUES.iter().enumerate() {
        let own = values(&takes, cue);
        assert!(own.iter().all(|value| (cue.low..=cue.high).contains(value)), "{} leaves its range", cue.name);
        assert!(deviation(&own) > 0.25 * (cue.high - cue.low), "{} hardly varies", cue.name);
        for other in &CUES[..at] {
            let theirs = values(&takes, other);
            let (a, b) = (mean(&own), mean(&theirs));
            let product: Vec<f64> = own.iter().zip(&theirs).map(|(x, y)| (x - a) * (y - b)).collect();
            let r = mean(&product) / deviation(&own) / deviation(&theirs);
            assert!(r.abs() < CORRELATION_TOLERANCE, "{} and {}: r {r}", cue.name, other.name);
        }
    }
}

#[test]
fn the_corpus_is_made_of_groups() {
    let takes = corpus(&SETTINGS, 1);
    for performer in 1..=6 {
        assert_eq!(takes.iter().filter(|take| take.performer == performer).count(), 50);
    }
    for take in &takes {
        assert_eq!(take.cues.mode, if take.piece % 2 == 1 { 1.0 } else { -1.0 });
        let same = takes.iter().find(|other| other.piece == take.piece).expect("at least itself");
        let pitches = |take: &Take| take.phrase().notes[0].pitch - take.cues.register_semitones;
        // Same melody, intonation apart, or moved up by an octave to stay within the violin's range.
        let apart = (pitches(take) - pitches(same)).rem_euclid(12.0);
        assert!(apart.min(12.0 - apart) < 1.5, "{} begins {apart} semitones from {}", take.name, same.name);
    }
    assert_eq!(corpus(&SETTINGS, 1), takes);
    assert_ne!(corpus(&SETTINGS, 2), takes);
    let mut names: Vec<&str> = takes.iter().map(|take| take.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 300);

    let samples = takes[17].render();
    assert_eq!(samples.len(), 2 * SAMPLE_RATE as usize);
    assert_eq!(samples, takes[17].render());
}

#[test]
fn labels_are_informative_distributions() {
    let takes = corpus(&SETTINGS, 1);
    let mut shares = [0.0; 4];
    let mut strongest = 0.0;
    for take in &takes {
        assert!((take.labels.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(take.labels.iter().all(|share| *share > 0.0));
        strongest += take.labels.iter().copied().fold(0.0, f32::max) / 300.0;
        for (sum, share) in shares.iter_mut().zip(take.labels) {
            *sum += share / 300.0;
        }
    }
    assert!((0.5..0.7).contains(&strongest), "the strongest emotion has {strongest} on average");
    assert!(shares.iter().all(|share| (0.15..0.35).contains(share)), "{EMOTIONS:?} have {shares:?} on average");
}

/// The table of Juslin & Laukka 2003 and Juslin 2001 in its own words, one letter an emotion in the order of [`EMOTIONS`]:
/// `+` high, fast, slow (attack), legato, wide, major; `-` its opposite; `.` medium or nothing said.
const PUBLISHED: [(&str, &str); 11] = [
    ("note_rate", "+-+-"),
    ("level_db", "+-+-"),
    ("level_variability_db", "--+-"),
    ("register_semitones", "+-+-"),
    ("mode", "+--+"),
    ("articulation", "-+-+"),
    ("attack_s", "-+-+"),
    ("vibrato_extent_cents", ".-+."),
    ("brightness_db_per_octave", "+-+-"),
    ("bow_noise_db", "--+-"),
    ("timing_variability", "-+-+"),
];

#[test]
fn raising_a_cue_moves_the_emotions_in_the_published_direction() {
    for cue in CUES {
        let moved = |value: f64| {
            let mut cues = Cues::default();
            // From the middle of all ranges, where the four emotions are equal.
            CUES.iter().for_each(|other| (other.set)(&mut cues, (other.low + other.high) / 2.0));
            (cue.set)(&mut cues, value);
            labels(&cues)
        };
        let (low, high) = (moved(cue.low), moved(cue.high));
        let Some((_, signs)) = PUBLISHED.iter().find(|(name, _)| *name == cue.name) else {
            assert_eq!(low, high, "{} has no published sign, and yet moves the labels", cue.name);
            continue;
        };
        for (emotion, sign) in signs.chars().enumerate() {
            let rise = high[emotion] - low[emotion];
            let right = match sign {
                '+' => rise > 0.0,
                '-' => rise < 0.0,
                _ => true,
            };
            assert!(right, "{} raised moves {} by {rise}, published {sign}", cue.name, EMOTIONS[emotion]);
        }
    }
}
