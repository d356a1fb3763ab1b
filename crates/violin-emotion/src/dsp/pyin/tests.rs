use std::f64::consts::TAU;

use super::*;

const VIOLIN: PyinSettings =
    PyinSettings { sample_rate: 44_100.0, low_hz: 196.0, high_hz: 2_637.0, frame: 2_048, hop: 512 };

/// Half a step of the model, and the parabola's error on a tone of several partials.
const CENTS: f64 = 7.0;

fn tone(hz: impl Fn(f64) -> f64, seconds: f64) -> Vec<f32> {
    let mut cycle = 0.0;
    let partial = |cycle: f64, k: f64| (TAU * k * cycle).sin() / k;
    (0..(seconds * 44_100.0) as usize)
        .map(|n| {
            cycle += hz(n as f64 / 44_100.0) / 44_100.0;
            (0.2 * (1..=6).map(|k| partial(cycle, f64::from(k))).sum::<f64>()) as f32
        })
        .collect()
}

fn cents(one: f64, other: f64) -> f64 {
    1200.0 * (one / other).log2()
}

#[test]
fn a_tone_has_its_pitch() {
    for hz in [196.5, 220.0, 440.0, 659.26, 1_174.7, 2_400.0] {
        let track = pyin(&tone(|_| hz, 1.0), &VIOLIN);
        assert_eq!(track.hz.len(), 87);
        for frame in 4..82 {
            assert!(track.voiced[frame], "{hz} Hz, frame {frame}");
            assert!(cents(f64::from(track.hz[frame]), hz).abs() < CENTS, "{hz} Hz: {}", track.hz[frame]);
        }
    }
}

#[test]
fn a_slide_is_followed() {
    let hz = |t: f64| 330.0 * (t / 2.0).exp2();
    let track = pyin(&tone(hz, 2.0), &VIOLIN);
    for frame in 4..168 {
        let expected = hz(frame as f64 * 512.0 / 44_100.0);
        assert!(cents(f64::from(track.hz[frame]), expected).abs() < CENTS, "frame {frame}: {}", track.hz[frame]);
    }
}

#[test]
fn silence_and_noise_have_no_pitch() {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let hiss: Vec<f32> = (0..44_100).map(|_| 0.1 * noise()).collect();
    for samples in [vec![0.0; 44_100], hiss, vec![0.0; 1]] {
        let track = pyin(&samples, &VIOLIN);
        assert!(track.voiced.iter().all(|voiced| !voiced));
        assert!(track.probability.iter().all(|probability| (0.0..0.5).contains(probability)));
    }
}

/// The plain algorithm, with every move written out, in double precision.
#[test]
fn the_course_is_viterbis() {
    const PITCHES: usize = 40;
    const REACH: usize = 10;
    const FRAMES: usize = 2_300;
    let mut state = 7u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut frames = Vec::new();
    for frame in 0..FRAMES {
        let mut proposals: Vec<(usize, f64)> = Vec::new();
        // Stretches with a pitch, with none, and with several that differ by more than the reach.
        for at in 0..[1, 0, 3][frame / 50 % 3] {
            let pitch = (frame / 9 + 13 * at + (3.0 * chance()) as usize) % PITCHES;
            proposals.retain(|(other, _)| *other != pitch);
            proposals.push((pitch, 0.05 + 0.25 * chance()));
        }
        frames.push(proposals);
    }
    let mut course = Course::new(PITCHES, REACH);
    let height = |one: usize, other: usize| (REACH + 1).saturating_sub(one.abs_diff(other)) as f64;
    let row_sum = |from: usize| (0..PITCHES).map(|to| height(from, to)).sum::<f64>();
    let mut scores = vec![0.0; 2 * PITCHES];
    let mut steps = Vec::new();
    for (frame, proposals) in frames.iter().enumerate() {
        let voiced: f64 = proposals.iter().map(|(_, p)| p).sum();
        course.push(proposals, voiced as f32);
        if frame > 0 {
            let best = |to: usize| {
                let score = |from: usize| {
                    let kept = if from / PITCHES == to / PITCHES { 0.99 } else { 0.01 };
                    let moved = height(from % PITCHES, to % PITCHES) / row_sum(from % PITCHES);
                    scores[from] + (kept * moved + f64::MIN_POSITIVE).ln()
                };
                (0..2 * PITCHES)
                    .map(|from| (from, score(from)))
                    .rev()
                    .max_by(|a, b| a.1.total_cmp(&b.1))
                    .expect("states")
            };
            let next: Vec<(usize, f64)> = (0..2 * PITCHES).map(best).collect();
            steps.push(next.iter().map(|best| best.0).collect::<Vec<_>>());
            scores = next.iter().map(|best| best.1).collect();
        }
        for (at, score) in scores.iter_mut().enumerate() {
            let proposed = proposals.iter().find(|(pitch, _)| *pitch == at).map_or(0.0, |proposal| proposal.1);
            let seen = if at < PITCHES { proposed } else { (1.0 - voiced) / PITCHES as f64 };
            *score += (seen + f64::MIN_POSITIVE).ln();
        }
    }
    let mut state = (0..2 * PITCHES).rev().max_by(|a, b| scores[*a].total_cmp(&scores[*b])).expect("states");
    let mut expected = vec![state];
    for steps in steps.iter().rev() {
        state = steps[state];
        expected.push(state);
    }
    expected.reverse();
    // Where nothing is proposed, unvoiced states tie; which is taken means nothing.
    let pitch = |states: &[usize]| -> Vec<Option<usize>> {
        states.iter().map(|state| (*state < PITCHES).then_some(*state)).collect()
    };
    assert_eq!(pitch(&course.likeliest()), pitch(&expected));
    assert!(expected.iter().any(|state| *state < PITCHES) && expected.iter().any(|state| *state >= PITCHES));
}
