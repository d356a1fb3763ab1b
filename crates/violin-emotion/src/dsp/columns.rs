//! A stretch of signal cut at every hop, the pieces side by side: what frames that overlap are read from and added to.

use pulp::Simd;

use super::plane::Aligned;
use super::vectorised::vectorised;

/// Samples turned together, of as many hops.
const SQUARE: usize = 4;

/// Rows of samples that are a hop apart: row j holds samples j, j + hop, j + 2 hop …
///
/// Sample n of neighbouring frames stands in neighbouring places of row n mod hop.
#[derive(Debug, Default)]
pub(super) struct Columns {
    hop_bits: u32,
    width: usize,
    rows: Aligned,
}

impl Columns {
    /// Room for `width` hops, whatever is in it; hop and width are multiples of four, and the hop is a power of two.
    fn resize(&mut self, hop: usize, width: usize) {
        (self.hop_bits, self.width) = (hop.ilog2(), width);
        self.rows.resize(hop * width);
    }

    /// Silence.
    pub(super) fn clear(&mut self, hop: usize, width: usize) {
        self.resize(hop, width);
        self.rows.get_mut().fill(0.0);
    }

    /// The first `width` hops of `signal`.
    pub(super) fn fill(&mut self, signal: &[f32], hop: usize, width: usize) {
        self.resize(hop, width);
        let rows = self.rows.get_mut();
        vectorised(
            #[inline(always)]
            || {
                for (at, hops) in signal.chunks_exact(SQUARE * hop).enumerate().take(width / SQUARE) {
                    for (four, rows) in rows.chunks_exact_mut(SQUARE * width).enumerate() {
                        let samples = square(hops, hop, four);
                        for number in 0..SQUARE {
                            let row: [f32; SQUARE] = std::array::from_fn(|lane| samples[lane][number]);
                            rows[number * width + at * SQUARE..][..SQUARE].copy_from_slice(&row);
                        }
                    }
                }
            },
        );
    }

    /// Adds the hops to the beginning of `signal`.
    pub(super) fn add_to(&self, signal: &mut [f32]) {
        let (width, hop, rows) = (self.width, 1 << self.hop_bits, self.rows.get());
        vectorised(
            #[inline(always)]
            || {
                for (at, hops) in signal.chunks_exact_mut(SQUARE * hop).enumerate().take(width / SQUARE) {
                    for (four, rows) in rows.chunks_exact(SQUARE * width).enumerate() {
                        let samples = square(rows, width, at);
                        for number in 0..SQUARE {
                            let sums = &mut hops[number * hop + four * SQUARE..][..SQUARE];
                            for (lane, sum) in sums.iter_mut().enumerate() {
                                *sum += samples[lane % SQUARE][number];
                            }
                        }
                    }
                }
            },
        );
    }

    /// All rows, one after the other, to be added to.
    #[inline(always)]
    pub(super) fn rows_mut(&mut self) -> &mut [f32] {
        self.rows.get_mut()
    }

    /// Where sample `n` of frame `first` stands among the rows; those of the frames after it follow.
    #[inline(always)]
    pub(super) fn place(&self, n: usize, first: usize) -> usize {
        (n & ((1 << self.hop_bits) - 1)) * self.width + first + (n >> self.hop_bits)
    }

    /// Samples n, n + `apart`, n + 2 `apart` and n + 3 `apart` of neighbouring frames, `first` and those after it; they are
    /// whole hops apart.
    #[inline(always)]
    pub(super) fn four_samples<S: Simd>(&self, n: usize, apart: usize, first: usize) -> [S::f32s; 4] {
        let apart = apart >> self.hop_bits;
        let row = &self.rows.get()[self.place(n, first)..][..3 * apart + S::F32_LANES];
        [
            S::as_simd_f32s(&row[..S::F32_LANES]).0[0],
            S::as_simd_f32s(&row[apart..][..S::F32_LANES]).0[0],
            S::as_simd_f32s(&row[2 * apart..][..S::F32_LANES]).0[0],
            S::as_simd_f32s(&row[3 * apart..][..S::F32_LANES]).0[0],
        ]
    }
}

/// Samples 2 `point` and 2 `point` + 1 of neighbouring frames, `first` and those after it, and the same one, two and three quarters
/// of the window later, each times its place's value of the `window`: what a transform of real frames begins with.
#[inline(always)]
pub(super) fn windowed_pairs<S: Simd>(
    simd: S,
    columns: &Columns,
    window: &[f32],
    point: usize,
    first: usize,
) -> [(S::f32s, S::f32s); 4] {
    let quarter = window.len() / 4;
    let (even, odd) = (2 * point, 2 * point + 1);
    let evens = columns.four_samples::<S>(even, quarter, first);
    let odds = columns.four_samples::<S>(odd, quarter, first);
    let mut pairs = [(evens[0], odds[0]); 4];
    for (number, (x, y)) in pairs.iter_mut().enumerate() {
        let later = number * quarter;
        *x = simd.mul_f32s(evens[number], simd.splat_f32s(window[even + later]));
        *y = simd.mul_f32s(odds[number], simd.splat_f32s(window[odd + later]));
    }
    pairs
}

/// Four values of each of four lines of `length`.
#[inline(always)]
fn square(lines: &[f32], length: usize, four: usize) -> [[f32; SQUARE]; SQUARE] {
    let mut square = [[0.0; SQUARE]; SQUARE];
    for (number, values) in square.iter_mut().enumerate() {
        values.copy_from_slice(&lines[number * length + four * SQUARE..][..SQUARE]);
    }
    square
}

/// Fills `padded` with `signal` after `before` samples of silence, and silence up to `length`; what is longer is cut.
pub(super) fn pad(signal: &[f32], before: usize, length: usize, padded: &mut Vec<f32>) {
    padded.clear();
    padded.resize(before, 0.0);
    padded.extend_from_slice(&signal[..signal.len().min(length - before)]);
    padded.resize(length, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_stand_a_hop_apart_and_come_back() {
        let signal: Vec<f32> = (0..80).map(|n| n as f32).collect();
        let mut columns = Columns::default();
        columns.fill(&signal, 8, 8);
        let rows = columns.rows_mut().to_vec();
        assert_eq!(rows[..8], [0.0, 8.0, 16.0, 24.0, 32.0, 40.0, 48.0, 56.0]);
        assert_eq!((rows[columns.place(63, 0)], rows[columns.place(5, 3)]), (63.0, 29.0));
        let mut sums = vec![1.0; 80];
        columns.add_to(&mut sums);
        assert!(sums.iter().enumerate().all(|(n, sum)| *sum == if n < 64 { n as f32 + 1.0 } else { 1.0 }));
    }

    #[test]
    fn padding_is_silence() {
        let mut padded = vec![9.0];
        pad(&[1.0, 2.0], 2, 6, &mut padded);
        assert_eq!(padded, [0.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
        pad(&[1.0, 2.0], 2, 3, &mut padded);
        assert_eq!(padded, [0.0, 0.0, 1.0]);
    }
}
