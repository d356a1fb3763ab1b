//! The rendered corpus: independent cues, groups, labels by the published rule.

use violin_emotion::synth::{CUES, CorpusSettings, Cue, Cues, EMOTIONS, Recipe, SAMPLE_RATE, Take, corpus, labels};

use super::measure::{deviation, mean};

/// Chance in 400 independent draws: r has a standard deviation of 0.05, and of the pairs 1.6 % lie beyond 0.12. Three
/// times as many are allowed, and none beyond four deviations.
const USUAL_CORRELATION: f64 = 0.12;
const UNUSUAL_SHARE: f64 = 0.05;
const LARGEST_CORRELATION: f64 = 0.2;
/// The mean of ten such r has a standard deviation of 0.016; performers' habits are drawn once a corpus and add little.
const MEAN_CORRELATION: f64 = 0.06;
/// What is asked of the decoy, over its standard deviation at 400 takes: 0.01.
const DECOY_TOLERANCE: f64 = 0.05;

const SETTINGS: CorpusSettings = CorpusSettings { takes: 300, performers: 6, pieces: 10, duration_s: 2.0 };
const LARGER: CorpusSettings = CorpusSettings { takes: 400, performers: 16, pieces: 12, duration_s: 2.0 };

fn values(takes: &[Take], cue: &Cue) -> Vec<f64> {
    takes.iter().map(|take| (cue.get)(&take.cues)).collect()
}

fn correlation(own: &[f64], theirs: &[f64]) -> f64 {
    let (a, b) = (mean(own), mean(theirs));
    let product: Vec<f64> = own.iter().zip(theirs).map(|(x, y)| (x - a) * (y - b)).collect();
    mean(&product) / deviation(own) / deviation(theirs)
}

#[test]
fn the_corpus_draws_its_cues_independently_within_their_ranges() {
    let recipe = Recipe::built_in();
    let corpora: Vec<Vec<Take>> = (0..10).map(|seed| corpus(&LARGER, seed)).collect();
    let drawn: Vec<&Cue> = CUES.iter().filter(|cue| recipe.ranges().contains_key(cue.name)).collect();
    assert!(drawn.len() >= 16 && recipe.decoys().len() == 1);
    let (mut pairs, mut unusual) = (0, 0);
    for (at, cue) in drawn.iter().enumerate() {
        let [low, high] = recipe.ranges()[cue.name];
        let own: Vec<Vec<f64>> = corpora.iter().map(|takes| values(takes, cue)).collect();
        assert!(own.iter().flatten().all(|value| (low..=high).contains(value)), "{} leaves its range", cue.name);
        assert!(deviation(&own.concat()) > 0.27 * (high - low), "{} hardly varies", cue.name);
        let gains = |takes: &[Take]| takes.iter().map(|take| take.recorded.gain_db).collect::<Vec<_>>();
        let with_gain: Vec<f64> =
            corpora.iter().zip(&own).map(|(takes, own)| correlation(own, &gains(takes))).collect();
        assert!(mean(&with_gain).abs() < MEAN_CORRELATION, "{} and the gain: r {with_gain:?}", cue.name);
        for other in &drawn[..at] {
            let r: Vec<f64> =
                own.iter().zip(&corpora).map(|(own, takes)| correlation(own, &values(takes, other))).collect();
            let asked = recipe.decoys().iter().find(|decoy| {
                [(cue, other), (other, cue)].iter().any(|(a, b)| decoy.cue == a.name && decoy.follows == b.name)
            });
            if let Some(decoy) = asked {
                let near = r.iter().all(|r| (r - decoy.correlation).abs() < DECOY_TOLERANCE);
                assert!(near, "{} follows {} with r {r:?}", decoy.cue, decoy.follows);
                continue;
            }
            pairs += r.len();
            unusual += r.iter().filter(|r| r.abs() > USUAL_CORRELATION).count();
            let largest = r.iter().fold(0.0_f64, |largest, r| largest.max(r.abs()));
            assert!(largest < LARGEST_CORRELATION, "{} and {}: r {r:?}", cue.name, other.name);
            assert!(mean(&r).abs() < MEAN_CORRELATION, "{} and {}: r {r:?}", cue.name, other.name);
        }
    }
    assert!(unusual as f64 <= UNUSUAL_SHARE * pairs as f64, "{unusual} of {pairs} pairs beyond {USUAL_CORRELATION}");
}

#[test]
fn raters_choose_by_the_true_shares() {
    const RATERS: usize = 1_000;
    let mut strays: Vec<f64> = Vec::new();
    for take in corpus(&SETTINGS, 1) {
        let votes = take.votes(RATERS);
        assert_eq!(take.votes(10), votes[..10]);
        for (emotion, share) in take.labels.iter().enumerate() {
            let found = votes.iter().filter(|vote| **vote == emotion).count() as f64 / RATERS as f64;
            let share = f64::from(*share);
            strays.push((found - share) / (share * (1.0 - share) / RATERS as f64).sqrt());
        }
    }
    // Of 1200 binomial draws in their own deviations: mean 0 ± 0.03 each, spread 1 ± 0.02.
    assert!(mean(&strays).abs() < 0.1 && (deviation(&strays) - 1.0).abs() < 0.1, "{}", deviation(&strays));
    assert!(strays.iter().all(|stray| stray.abs() < 6.0));
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
        assert_eq!(take.labels, labels(&take.cues));
        strongest += take.labels.iter().copied().fold(0.0, f32::max) / 300.0;
        for (sum, share) in shares.iter_mut().zip(&take.labels) {
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
