//! The two 31-tap median filters of harmonic–percussive separation, equal to `scipy.ndimage.median_filter(mode="reflect")`.
//!
//! Lanes run across the other axis, so there is no branch and no data-dependent step. Sixteen neighbouring outputs share
//! the sixteen rows in their middle: these are sorted once, and every further step adds rows that fewer outputs share and
//! keeps only the values that can still be the median. That is 28 minima and maxima for an output vector of 31 values.

use pulp::{Arch, Simd, WithSimd};

use super::plane::{self, Aligned, LANES, Plane, part_mut, parts};
use super::stft::BINS;

/// Taps of the filters.
pub const TAPS: usize = 31;

/// Outputs that are computed together, and the rows added before the first and after the last of them.
const BLOCK: usize = 16;

/// Median filters over the magnitudes of frames.
#[derive(Debug, Default)]
pub struct MedianFilter {
    tile: Aligned,
    medians: Aligned,
}

impl MedianFilter {
    /// A filter without scratch memory; it grows on first use.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every value's median over the 31 frames around it in its bin: the harmonic median.
    pub fn over_frames(&mut self, input: &Plane, output: &mut Plane) {
        output.resize(input.frames());
        Arch::new().dispatch(OverFrames { filter: self, input, output });
    }

    /// Every value's median over the 31 bins around it in its frame: the percussive median.
    pub fn over_bins(&mut self, input: &Plane, output: &mut Plane) {
        output.resize(input.frames());
        Arch::new().dispatch(OverBins { filter: self, input, output });
    }

    /// Makes room for `length` values in each lane.
    fn resize(&mut self, length: usize, lanes: usize) {
        let blocks = length.div_ceil(BLOCK);
        self.tile.resize((blocks + 2) * BLOCK * lanes);
        self.medians.resize(blocks * BLOCK * lanes);
    }
}

struct OverFrames<'a> {
    filter: &'a mut MedianFilter,
    input: &'a Plane,
    output: &'a mut Plane,
}

impl WithSimd for OverFrames<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let OverFrames { filter, input, output } = self;
        let frames = input.frames();
        filter.resize(frames, S::F32_LANES);
        // Lanes are bins here, in the order in which the machine turns four frames at a time; turning back restores theirs.
        let mut pieces = [[[0.0; 4]; LANES]; LANES / 4];
        for first in (0..BINS).step_by(S::F32_LANES) {
            let bins = first..BINS.min(first + S::F32_LANES);
            let tile = S::as_mut_simd_f32s(filter.tile.get_mut()).0;
            for (tile, block) in tile[BLOCK..].chunks_exact_mut(LANES).zip(input.blocks()) {
                for (lane, values) in block[bins.clone()].iter().enumerate() {
                    for (pieces, piece) in pieces.iter_mut().zip(values.as_chunks::<4>().0) {
                        pieces[lane] = *piece;
                    }
                }
                for (tile, pieces) in tile.as_chunks_mut::<4>().0.iter_mut().zip(&pieces) {
                    let pieces: [_; 4] = array(S::as_simd_f32s(pieces.as_flattened()).0);
                    *tile = simd.deinterleave_shfl_f32s(pieces);
                }
            }
            medians_of_tile(simd, filter, frames);
            let medians = S::as_simd_f32s(filter.medians.get()).0;
            for (medians, block) in medians.chunks_exact(LANES).zip(output.blocks_mut()) {
                for (medians, pieces) in medians.as_chunks::<4>().0.iter().zip(&mut pieces) {
                    let turned = simd.interleave_shfl_f32s(*medians);
                    S::as_mut_simd_f32s(pieces.as_flattened_mut()).0[..4].copy_from_slice(&turned);
                }
                for (lane, values) in block[bins.clone()].iter_mut().enumerate() {
                    for (piece, pieces) in values.as_chunks_mut::<4>().0.iter_mut().zip(&pieces) {
                        *piece = pieces[lane];
                    }
                }
            }
        }
    }
}

struct OverBins<'a> {
    filter: &'a mut MedianFilter,
    input: &'a Plane,
    output: &'a mut Plane,
}

impl WithSimd for OverBins<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let OverBins { filter, input, output } = self;
        filter.resize(BINS, S::F32_LANES);
        for (from, to) in input.blocks().zip(output.blocks_mut()) {
            for part in 0..parts::<S>() {
                let tile = S::as_mut_simd_f32s(filter.tile.get_mut()).0;
                for (place, values) in tile[BLOCK..].iter_mut().zip(from) {
                    *place = plane::part::<S>(values, part);
                }
                medians_of_tile(simd, filter, BINS);
                let medians = S::as_simd_f32s(filter.medians.get()).0;
                for (values, median) in to.iter_mut().zip(medians) {
                    *part_mut::<S>(values, part) = *median;
                }
            }
        }
    }
}

/// Medians down the filled tile of `length` vectors, which begins after one block.
#[inline(always)]
fn medians_of_tile<S: Simd>(simd: S, filter: &mut MedianFilter, length: usize) {
    let tile = S::as_mut_simd_f32s(filter.tile.get_mut()).0;
    // The mirror repeats the value at the edge: … 1 0 | 0 1 … n−1 | n−1 n−2 …
    let mirror = |place: isize| {
        let place = place.rem_euclid(2 * length as isize) as usize;
        BLOCK + place.min(2 * length - 1 - place)
    };
    for before in 0..BLOCK {
        tile[before] = tile[mirror(before as isize - BLOCK as isize)];
    }
    for after in BLOCK + length..tile.len() {
        tile[after] = tile[mirror((after - BLOCK) as isize)];
    }
    let medians = S::as_mut_simd_f32s(filter.medians.get_mut()).0;
    let mut eights = [Eight::sort(simd, array(tile)); RING];
    for (index, place) in eights.iter_mut().enumerate().take(4) {
        *place = Eight::sort(simd, array(&tile[8 * index..]));
    }
    for (block, outputs) in medians.chunks_exact_mut(BLOCK).enumerate() {
        let first = 2 * block;
        for new in [first + 4, first + 5] {
            eights[new % RING] = Eight::sort(simd, array(&tile[8 * new..]));
        }
        let near = [0, 1, 2, 3, 4, 5].map(|index| (first + index) % RING);
        block_medians(simd, &tile[BLOCK * block..][..3 * BLOCK], &eights, near, outputs);
    }
}

/// Places for the eights in use; a power of two.
const RING: usize = 8;

/// Eight neighbouring rows, with the sorted pairs and quads met while sorting them.
#[derive(Clone, Copy)]
struct Eight<V> {
    pairs: [V; 8],
    quads: [V; 8],
    sorted: [V; 8],
}

impl<V: Copy> Eight<V> {
    /// Batcher's odd-even merge sort.
    #[inline(always)]
    fn sort<S: Simd<f32s = V>>(simd: S, rows: [V; 8]) -> Self {
        let mut sorted = rows;
        let (pairs, quads) = sort_eight(simd, &mut sorted);
        Eight { pairs, quads, sorted }
    }
}

/// Sorts eight values; gives the sorted pairs and the sorted quads met on the way.
#[inline(always)]
pub(super) fn sort_eight<S: Simd>(simd: S, rows: &mut [S::f32s; 8]) -> ([S::f32s; 8], [S::f32s; 8]) {
    exchange(simd, rows, [(0, 1), (2, 3), (4, 5), (6, 7)]);
    let pairs = *rows;
    exchange(simd, rows, [(0, 2), (1, 3), (4, 6), (5, 7)]);
    exchange(simd, rows, [(1, 2), (5, 6)]);
    let quads = *rows;
    exchange(simd, rows, [(0, 4), (1, 5), (2, 6), (3, 7)]);
    exchange(simd, rows, [(2, 4), (3, 5)]);
    exchange(simd, rows, [(1, 2), (3, 4), (5, 6)]);
    (pairs, quads)
}

#[inline(always)]
fn exchange<S: Simd, const N: usize, const M: usize>(simd: S, rows: &mut [S::f32s; N], pairs: [(usize, usize); M]) {
    for (low, high) in pairs {
        (rows[low], rows[high]) = (simd.min_f32s(rows[low], rows[high]), simd.max_f32s(rows[low], rows[high]));
    }
}

/// Sixteen medians. `rows` begins sixteen rows before the first output; `near` are the places of its six eights.
#[inline(always)]
fn block_medians<S: Simd>(
    simd: S,
    rows: &[S::f32s],
    eights: &[Eight<S::f32s>; RING],
    near: [usize; 6],
    outputs: &mut [S::f32s],
) {
    // Every window holds the sixteen rows of the block …
    let (low, high) = merge(simd, eights[near[2]].sorted, eights[near[3]].sorted);
    for (half, side) in [near[1], near[4]].into_iter().enumerate() {
        // … each half the eight rows on its side …
        let eight: [_; 8] = keep_middle(simd, low, high, eights[side].sorted);
        for quarter in 0..2 {
            let quarter = 2 * half + quarter;
            // … each quarter four more: rows 4–7, 32–35, 12–15, 40–43 …
            let first = [4, 32, 12, 40][quarter];
            let quad: [_; 4] = array(&eights[near[first / 8]].quads[first % 8..]);
            let four: [_; 4] = keep_middle(simd, array(&eight), array(&eight[4..]), quad);
            for pair in 0..2 {
                // … each pair two more: rows 2, 32, 6, 36 … and their neighbours …
                let pair = 2 * quarter + pair;
                let first = if pair % 2 == 0 { 2 * pair + 2 } else { 2 * pair + 30 };
                let added: [_; 2] = array(&eights[near[first / 8]].pairs[first % 8..]);
                let [least, most] = keep_middle(simd, array(&four), array(&four[2..]), added);
                // … and each output one row of its own, at one end of its window.
                for (output, row) in [(2 * pair, 2 * pair + 1), (2 * pair + 1, 2 * pair + 32)] {
                    outputs[output] = simd.max_f32s(least, simd.min_f32s(rows[row], most));
                }
            }
        }
    }
}

/// Batcher's merge of two sorted eights: the lower and the upper half.
#[inline(always)]
fn merge<S: Simd>(simd: S, a: [S::f32s; 8], b: [S::f32s; 8]) -> ([S::f32s; 8], [S::f32s; 8]) {
    let mut all = [a[0]; 16];
    all[..8].copy_from_slice(&a);
    all[8..].copy_from_slice(&b);
    exchange(simd, &mut all, [(0, 8), (1, 9), (2, 10), (3, 11), (4, 12), (5, 13), (6, 14), (7, 15)]);
    exchange(simd, &mut all, [(4, 8), (5, 9), (6, 10), (7, 11)]);
    exchange(simd, &mut all, [(2, 4), (3, 5), (6, 8), (7, 9), (10, 12), (11, 13)]);
    exchange(simd, &mut all, [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14)]);
    (array(&all), array(&all[8..]))
}

/// The middle third, sorted, of a sorted sequence (given as its lower and upper half) and `added` sorted values.
#[inline(always)]
fn keep_middle<S: Simd, const N: usize>(
    simd: S,
    low: [S::f32s; N],
    high: [S::f32s; N],
    added: [S::f32s; N],
) -> [S::f32s; N] {
    let mut kept = low;
    for index in 0..N {
        kept[index] = simd.max_f32s(low[index], added[N - 1 - index]);
    }
    sort_bitonic(simd, &mut kept);
    for index in 0..N {
        kept[index] = simd.min_f32s(kept[index], high[N - 1 - index]);
    }
    sort_bitonic(simd, &mut kept);
    kept
}

/// Sorts values that rise and then fall, or the other way round.
#[inline(always)]
pub(super) fn sort_bitonic<S: Simd, const N: usize>(simd: S, values: &mut [S::f32s; N]) {
    if N >= 16 {
        for low in 0..8 {
            exchange(simd, values, [(low, low + 8)]);
        }
    }
    if N >= 8 {
        for low in (0..N).filter(|low| low & 4 == 0) {
            exchange(simd, values, [(low, low + 4)]);
        }
    }
    if N >= 4 {
        for low in (0..N).filter(|low| low & 2 == 0) {
            exchange(simd, values, [(low, low + 2)]);
        }
    }
    for low in (0..N).step_by(2) {
        exchange(simd, values, [(low, low + 1)]);
    }
}

/// The first `N` values.
#[inline(always)]
fn array<V: Copy, const N: usize>(values: &[V]) -> [V; N] {
    *values.first_chunk().expect("rows enough, counted above")
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The definition: sort the window, take the middle.
    fn slow(line: &[f32]) -> Vec<f32> {
        let length = line.len() as isize;
        let at = |place: isize| {
            let place = place.rem_euclid(2 * length);
            line[place.min(2 * length - 1 - place) as usize]
        };
        let half = TAPS as isize / 2;
        (0..length)
            .map(|centre| {
                let mut window: Vec<f32> = (centre - half..=centre + half).map(at).collect();
                window.sort_by(f32::total_cmp);
                window[TAPS / 2]
            })
            .collect()
    }

    fn compare(values: &[f32]) {
        let frames = values.len() / BINS;
        let mut filter = MedianFilter::new();
        let (input, mut over_frames, mut over_bins) = (Plane::from_rows(values), Plane::default(), Plane::default());
        filter.over_frames(&input, &mut over_frames);
        filter.over_bins(&input, &mut over_bins);
        for frame in 0..frames {
            let found: Vec<f32> = (0..BINS).map(|bin| over_bins.at(frame, bin)).collect();
            assert_eq!(found, slow(&values[frame * BINS..][..BINS]), "frame {frame} of {frames}");
        }
        for bin in 0..BINS {
            let line: Vec<f32> = values.iter().skip(bin).step_by(BINS).copied().collect();
            let found: Vec<f32> = (0..frames).map(|frame| over_frames.at(frame, bin)).collect();
            assert_eq!(found, slow(&line), "bin {bin} of {frames} frames");
        }
    }

    #[test]
    fn equal_to_sorting_every_window() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(31);
        for frames in [1, 2, 15, 16, 17, 30, 31, 44, 130] {
            compare(&(0..frames * BINS).map(|_| random.random()).collect::<Vec<f32>>());
        }
    }

    #[test]
    fn ties_and_zeros_are_values_like_others() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let values: Vec<f32> = (0..50 * BINS).map(|_| random.random_range(0..4) as f32).collect();
        compare(&values);
        compare(&vec![0.0; 50 * BINS]);
    }

    #[test]
    fn a_click_is_removed_and_a_step_is_kept() {
        let mut line = vec![1.0; BINS];
        line[40] = 9.0;
        line[60..].fill(3.0);
        let mut found = Plane::default();
        MedianFilter::new().over_bins(&Plane::from_rows(&line), &mut found);
        line[40] = 1.0;
        assert_eq!((0..BINS).map(|bin| found.at(0, bin)).collect::<Vec<f32>>(), line);
    }
}
