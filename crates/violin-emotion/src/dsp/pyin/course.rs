//! The likeliest course of pitch through a recording's frames.

use crate::dsp::vectorised::vectorised;

/// Probability that a frame with a pitch is followed by one without, and the other way.
const SWITCH: f64 = 0.01;
/// ln of the smallest number above 0 in double precision: what librosa takes for the logarithm of 0.
const NEVER: f32 = -708.396_4;
/// Frames whose steps are kept while the course is read back; of earlier ones only the start is.
const BLOCK: usize = 2048;
/// Pitches looked at side by side: a vector of the widest kind.
const LANES: usize = 16;

/// A hidden Markov model whose states are pitches with a voice, then the same without.
///
/// Pitch moves by a triangular distribution of limited reach. That, and keeping scores once a block of frames instead of
/// steps for all, is what makes it fast and small; the course is exactly that of Viterbi's algorithm.
pub(super) struct Course {
    pitches: usize,
    /// A pitch moves by at most so many steps in a frame.
    reach: usize,
    /// Log probability of a move by −reach to reach, before the row's sum is taken off.
    moves: Vec<f32>,
    /// ln of the sum of a state's moves: fewer at the edges.
    row_sums: Vec<f32>,
    /// Proposals of all frames, with the end of each frame's part and its log probability of having no pitch.
    proposals: Vec<(u16, f32)>,
    frames: Vec<(usize, f32)>,
}

impl Course {
    pub fn new(pitches: usize, reach: usize) -> Self {
        assert!(2 * pitches < usize::from(u16::MAX), "{pitches} pitches");
        let height = |distance: usize| (reach + 1 - distance) as f64;
        let sum = |pitch: usize| {
            let below = (1..=reach.min(pitch)).map(height).sum::<f64>();
            let above = (1..=reach.min(pitches - 1 - pitch)).map(height).sum::<f64>();
            (height(0) + below + above).ln() as f32
        };
        Course {
            pitches,
            reach,
            moves: (0..=2 * reach).map(|at| height(at.abs_diff(reach)).ln() as f32).collect(),
            row_sums: (0..pitches).map(sum).collect(),
            proposals: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// Adds a frame: its pitches with their probabilities, and the probability that it has any.
    pub fn push(&mut self, proposals: &[(usize, f64)], voiced: f32) {
        self.proposals.extend(proposals.iter().map(|(pitch, p)| (*pitch as u16, p.ln() as f32)));
        let unvoiced = (1.0 - f64::from(voiced)) / self.pitches as f64;
        let unvoiced = if unvoiced > 0.0 { unvoiced.ln() as f32 } else { NEVER };
        self.frames.push((self.proposals.len(), unvoiced));
    }

    /// One state a frame: a pitch, or that pitch without a voice (plus the number of pitches).
    pub fn likeliest(&self) -> Vec<usize> {
        let mut steps = vec![0u16; 2 * self.pitches * BLOCK.min(self.frames.len())];
        // All states are equally likely before the first frame; the constant does not matter.
        let mut scores = Scores::new(self.pitches, self.reach);
        let mut starts = Vec::new();
        for block in (0..self.frames.len()).step_by(BLOCK) {
            starts.push(scores.clone());
            self.advance(block, &mut scores, &mut steps);
        }

        let mut states = vec![0; self.frames.len()];
        let mut state = usize::from(scores.first_maximum().0);
        for (at, mut start) in starts.into_iter().enumerate().rev() {
            let block = at * BLOCK;
            let end = (block + BLOCK).min(self.frames.len());
            if end < self.frames.len() {
                self.advance(block, &mut start, &mut steps);
            }
            for frame in (block..end).rev() {
                states[frame] = state;
                state = usize::from(steps[(frame - block) * 2 * self.pitches + state]);
            }
        }
        states
    }

    /// Takes the scores through one block of frames; `steps` holds, frame by frame, where each state is best come from.
    fn advance(&self, block: usize, scores: &mut Scores, steps: &mut [u16]) {
        let frames = block..(block + BLOCK).min(self.frames.len());
        for (frame, steps) in frames.zip(steps.chunks_exact_mut(2 * self.pitches)) {
            if frame > 0 {
                vectorised(
                    #[inline(always)]
                    || self.step(scores, steps),
                );
            }
            let first = if frame == 0 { 0 } else { self.frames[frame - 1].0 };
            let (end, unvoiced) = self.frames[frame];
            vectorised(
                #[inline(always)]
                || scores.observe(&self.proposals[first..end], unvoiced),
            );
        }
    }

    /// From one frame to the next, before the next is looked at.
    #[inline(always)]
    fn step(&self, scores: &mut Scores, steps: &mut [u16]) {
        let (elsewhere, best) = scores.first_maximum();
        let (stay, switch) = ((1.0 - SWITCH).ln() as f32, SWITCH.ln() as f32);
        let Scores { voiced, unvoiced, .. } = scores;
        for half in [&mut *voiced, &mut *unvoiced] {
            let inside = &mut half[self.reach..self.reach + self.pitches];
            inside.iter_mut().zip(&self.row_sums).for_each(|(score, sum)| *score -= sum);
        }
        let (to_voiced, to_unvoiced) = steps.split_at_mut(self.pitches);
        for start in (0..self.pitches).step_by(LANES) {
            let moved = [self.best_moves(voiced, start), self.best_moves(unvoiced, start)];
            let count = LANES.min(self.pitches - start);
            for lane in 0..count {
                let pitch = start + lane;
                let from =
                    |half: usize| (pitch + moved[half].shifts[lane] as usize - self.reach + half * self.pitches) as u16;
                let [v, u] = [moved[0].scores[lane], moved[1].scores[lane]];
                // A move out of reach costs NEVER, but is not forbidden.
                let choose = |v: f32, u: f32| {
                    let (score, state) = if u > v { (u, from(1)) } else { (v, from(0)) };
                    if best + NEVER > score { (best + NEVER, elsewhere) } else { (score, state) }
                };
                (scores.next[pitch], to_voiced[pitch]) = choose(v + stay, u + switch);
                (scores.next[self.pitches + pitch], to_unvoiced[pitch]) = choose(v + switch, u + stay);
            }
        }
        let inside = self.reach..self.reach + self.pitches;
        voiced[inside.clone()].copy_from_slice(&scores.next[..self.pitches]);
        unvoiced[inside].copy_from_slice(&scores.next[self.pitches..]);
    }

    /// The best move to each of the pitches from `start` on, from one half of the states: the lowest of equals.
    #[inline(always)]
    fn best_moves(&self, half: &[f32], start: usize) -> Moves {
        let mut moves = Moves { scores: [f32::NEG_INFINITY; LANES], shifts: [0; LANES] };
        for (shift, cost) in self.moves.iter().enumerate() {
            // half[0] is `reach` steps below the lowest pitch.
            let from: &[f32; LANES] = half[start + shift..start + shift + LANES].try_into().expect("padded halves");
            for ((from, best), place) in from.iter().zip(&mut moves.scores).zip(&mut moves.shifts) {
                let score = from + cost;
                let better = score > *best;
                *best = if better { score } else { *best };
                *place = if better { shift as u32 } else { *place };
            }
        }
        moves
    }
}

/// The likeliest moves to [`LANES`] neighbouring pitches: their scores, and the places in [`Course::moves`].
struct Moves {
    scores: [f32; LANES],
    shifts: [u32; LANES],
}

/// Log probability of the likeliest course to each state, the likeliest of all being 0.
#[derive(Clone)]
struct Scores {
    pitches: usize,
    reach: usize,
    /// With `reach` impossible pitches below, and `reach` and up to [`LANES`] above.
    voiced: Vec<f32>,
    unvoiced: Vec<f32>,
    next: Vec<f32>,
}

impl Scores {
    fn new(pitches: usize, reach: usize) -> Self {
        let mut half = vec![f32::NEG_INFINITY; pitches + 2 * reach + LANES];
        half[reach..reach + pitches].fill(0.0);
        Scores { pitches, reach, voiced: half.clone(), unvoiced: half, next: vec![0.0; 2 * pitches] }
    }

    #[inline(always)]
    fn observe(&mut self, proposals: &[(u16, f32)], no_pitch: f32) {
        let inside = self.reach..self.reach + self.pitches;
        let (voiced, unvoiced) = (&mut self.voiced[inside.clone()], &mut self.unvoiced[inside]);
        let proposed: Vec<(usize, f32)> =
            proposals.iter().map(|(pitch, p)| (usize::from(*pitch), voiced[usize::from(*pitch)] + p)).collect();
        voiced.iter_mut().for_each(|score| *score += NEVER);
        for (pitch, score) in proposed {
            voiced[pitch] = score;
        }
        unvoiced.iter_mut().for_each(|score| *score += no_pitch);
        let best = largest(voiced).max(largest(unvoiced));
        voiced.iter_mut().chain(unvoiced).for_each(|score| *score -= best);
    }

    /// The lowest of the likeliest states, and its score.
    #[inline(always)]
    fn first_maximum(&self) -> (u16, f32) {
        let inside = self.reach..self.reach + self.pitches;
        let (voiced, unvoiced) = (&self.voiced[inside.clone()], &self.unvoiced[inside]);
        let best = largest(voiced).max(largest(unvoiced));
        let place = voiced.iter().chain(unvoiced).position(|score| *score == best).unwrap_or(0);
        (place as u16, best)
    }
}

#[inline(always)]
fn largest(scores: &[f32]) -> f32 {
    // Kept apart, so that none waits for another.
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for scores in scores.chunks(LANES) {
        lanes.iter_mut().zip(scores).for_each(|(most, score)| *most = if score > most { *score } else { *most });
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
}
