//! The two 31-tap median filters of harmonic–percussive separation, equal to `scipy.ndimage.median_filter(mode="reflect")`.
//!
//! Lanes run across the other axis, so there is no branch and no data-dependent step. Sixteen neighbouring outputs share
//! the sixteen rows in their middle: these are sorted once, and every further step adds rows that fewer outputs share and
//! keeps only the values that can still be the median. That is 28 minima and maxima for an output vector of 31 values.

use pulp::{Arch, Simd, WithSimd};

/// Taps of the filters.
pub const TAPS: usize = 31;

/// Outputs that are computed together, and the rows added before the first and after the last of them.
const BLOCK: usize = 16;

/// Median filters over a matrix of `rows × columns`, stored row by row.
#[derive(Debug, Default)]
pub struct MedianFilter {
    tile: Vec<f32>,
    medians: Vec<f32>,
}

impl MedianFilter {
    /// A filter without scratch memory; it grows on first use.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every value's median over the 31 values around it in its column (rows are time: the harmonic median).
    ///
    /// # Panics
    /// If the two matrices differ in size, or their size is no multiple of `columns`.
    pub fn down_columns(&mut self, input: &[f32], columns: usize, output: &mut [f32]) {
        check(input, columns, output);
        Arch::new().dispatch(DownColumns { filter: self, input, columns, output });
    }

    /// Every value's median over the 31 values around it in its row (columns are frequency: the percussive median).
    ///
    /// # Panics
    /// If the two matrices differ in size, or their size is no multiple of `columns`.
    pub fn along_rows(&mut self, input: &[f32], columns: usize, output: &mut [f32]) {
        check(input, columns, output);
        Arch::new().dispatch(AlongRows { filter: self, input, columns, output });
    }

    /// Makes room for `length` values in each lane.
    fn resize(&mut self, length: usize, lanes: usize) {
        let blocks = length.div_ceil(BLOCK);
        self.tile.resize((blocks + 2) * BLOCK * lanes, 0.0);
        self.medians.resize(blocks * BLOCK * lanes, 0.0);
    }
}

fn check(input: &[f32], columns: usize, output: &[f32]) {
    assert_eq!(input.len(), output.len(), "one median a value");
    assert!(columns > 0 && input.len().is_multiple_of(columns), "whole rows");
}

struct DownColumns<'a> {
    filter: &'a mut MedianFilter,
    input: &'a [f32],
    columns: usize,
    output: &'a mut [f32],
}

impl WithSimd for DownColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let DownColumns { filter, input, columns, output } = self;
        let rows = input.len() / columns;
        filter.resize(rows, S::F32_LANES);
        for first in (0..columns).step_by(S::F32_LANES) {
            let width = S::F32_LANES.min(columns - first);
            let tile = S::as_mut_simd_f32s(&mut filter.tile).0;
            for (to, from) in tile[BLOCK..].iter_mut().zip(input.chunks_exact(columns)) {
                let from = &from[first..first + width];
                *to = S::as_simd_f32s(from).0.first().copied().unwrap_or_else(|| simd.partial_load_f32s(from));
            }
            medians_of_tile(simd, filter, rows);
            let medians = S::as_simd_f32s(&filter.medians).0;
            for (from, to) in medians.iter().zip(output.chunks_exact_mut(columns)) {
                let to = &mut to[first..first + width];
                match S::as_mut_simd_f32s(to).0.first_mut() {
                    Some(whole) => *whole = *from,
                    None => simd.partial_store_f32s(to, *from),
                }
            }
        }
    }
}

struct AlongRows<'a> {
    filter: &'a mut MedianFilter,
    input: &'a [f32],
    columns: usize,
    output: &'a mut [f32],
}

impl WithSimd for AlongRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let AlongRows { filter, input, columns, output } = self;
        filter.resize(columns, S::F32_LANES);
        let group = S::F32_LANES * columns;
        for (from, to) in input.chunks(group).zip(output.chunks_mut(group)) {
            let tile = &mut filter.tile[BLOCK * S::F32_LANES..];
            for first in (0..columns).step_by(BLOCK) {
                let height = BLOCK.min(columns - first);
                for (lane, row) in from.chunks_exact(columns).enumerate() {
                    for (offset, value) in row[first..first + height].iter().enumerate() {
                        tile[(first + offset) * S::F32_LANES + lane] = *value;
                    }
                }
            }
            medians_of_tile(simd, filter, columns);
            for first in (0..columns).step_by(BLOCK) {
                let height = BLOCK.min(columns - first);
                for (lane, row) in to.chunks_exact_mut(columns).enumerate() {
                    for (offset, value) in row[first..first + height].iter_mut().enumerate() {
                        *value = filter.medians[(first + offset) * S::F32_LANES + lane];
                    }
                }
            }
        }
    }
}

/// Medians down the filled tile of `length` vectors, which begins after one block.
#[inline(always)]
fn medians_of_tile<S: Simd>(simd: S, filter: &mut MedianFilter, length: usize) {
    let tile = S::as_mut_simd_f32s(&mut filter.tile).0;
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
    let medians = S::as_mut_simd_f32s(&mut filter.medians).0;
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
        let mut rows = rows;
        exchange(simd, &mut rows, [(0, 1), (2, 3), (4, 5), (6, 7)]);
        let pairs = rows;
        exchange(simd, &mut rows, [(0, 2), (1, 3), (4, 6), (5, 7)]);
        exchange(simd, &mut rows, [(1, 2), (5, 6)]);
        let quads = rows;
        exchange(simd, &mut rows, [(0, 4), (1, 5), (2, 6), (3, 7)]);
        exchange(simd, &mut rows, [(2, 4), (3, 5)]);
        exchange(simd, &mut rows, [(1, 2), (3, 4), (5, 6)]);
        Eight { pairs, quads, sorted: rows }
    }
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
fn sort_bitonic<S: Simd, const N: usize>(simd: S, values: &mut [S::f32s; N]) {
    if N >= 8 {
        for low in 0..4 {
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

    fn compare(values: &[f32], columns: usize) {
        let rows = values.len() / columns;
        let mut filter = MedianFilter::new();
        let mut down = vec![0.0; values.len()];
        let mut along = vec![0.0; values.len()];
        filter.down_columns(values, columns, &mut down);
        filter.along_rows(values, columns, &mut along);
        for row in 0..rows {
            let line = row * columns..(row + 1) * columns;
            assert_eq!(along[line.clone()], slow(&values[line]), "row {row} of {rows} × {columns}");
        }
        for column in 0..columns {
            let line: Vec<f32> = values.iter().skip(column).step_by(columns).copied().collect();
            let found: Vec<f32> = down.iter().skip(column).step_by(columns).copied().collect();
            assert_eq!(found, slow(&line), "column {column} of {rows} × {columns}");
        }
    }

    #[test]
    fn equal_to_sorting_every_window() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(31);
        for (rows, columns) in [(1, 1), (2, 3), (15, 16), (16, 17), (30, 31), (31, 33), (44, 65), (130, 100), (259, 40)]
        {
            let values: Vec<f32> = (0..rows * columns).map(|_| random.random()).collect();
            compare(&values, columns);
        }
    }

    #[test]
    fn ties_and_zeros_are_values_like_others() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let values: Vec<f32> = (0..70 * 50).map(|_| random.random_range(0..4) as f32).collect();
        compare(&values, 50);
        compare(&vec![0.0; 70 * 50], 50);
    }

    #[test]
    fn a_click_is_removed_and_a_step_is_kept() {
        let mut line = vec![1.0; 100];
        line[40] = 9.0;
        line[60..].fill(3.0);
        let mut found = vec![0.0; line.len()];
        MedianFilter::new().along_rows(&line, line.len(), &mut found);
        line[40] = 1.0;
        assert_eq!(found, line);
    }
}
