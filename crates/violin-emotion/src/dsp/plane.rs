//! Values of many frames, sixteen frames side by side, so that a loop over bins works on sixteen frames at a time.

use pulp::Simd;

use super::stft::BINS;

/// Frames side by side: as many as the widest vectors hold.
pub const LANES: usize = 16;
/// One bin of sixteen frames.
pub type Lanes = [f32; LANES];

/// Bytes of a cache line. Vectors that lie across two of them are read and written at half the speed.
const LINE: usize = 64;

/// One value for each of [`BINS`] bins of each frame: block by block of sixteen frames, in a block bin by bin, in a bin
/// frame by frame. Lanes of the last block that have no frame hold values without meaning.
#[derive(Debug, Default, Clone)]
pub struct Plane {
    frames: usize,
    values: Aligned,
}

impl Plane {
    /// The same values from a table of frames × [`BINS`], bins side by side.
    ///
    /// # Panics
    /// If the table is not whole frames.
    pub fn from_rows(rows: &[f32]) -> Self {
        assert!(rows.len().is_multiple_of(BINS), "whole frames");
        let mut plane = Plane::default();
        plane.resize(rows.len() / BINS);
        for (block, rows) in plane.blocks_mut().zip(rows.chunks(LANES * BINS)) {
            for (lane, row) in rows.chunks_exact(BINS).enumerate() {
                block.iter_mut().zip(row).for_each(|(bin, value)| bin[lane] = *value);
            }
        }
        plane
    }

    /// Makes room for so many frames.
    pub fn resize(&mut self, frames: usize) {
        self.frames = frames;
        self.values.resize(frames.div_ceil(LANES) * BINS * LANES);
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The value of a frame at a bin.
    pub fn at(&self, frame: usize, bin: usize) -> f32 {
        self.values.get()[(frame / LANES * BINS + bin) * LANES + frame % LANES]
    }

    /// Sixteen frames at a time.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &[Lanes; BINS]> {
        self.values.get().as_chunks().0.as_chunks().0.iter()
    }

    /// The same, to be filled.
    pub fn blocks_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [Lanes; BINS]> {
        self.values.get_mut().as_chunks_mut().0.as_chunks_mut().0.iter_mut()
    }
}

/// Vectors that sixteen lanes fill on this machine.
#[inline(always)]
pub(super) const fn parts<S: Simd>() -> usize {
    LANES / S::F32_LANES
}

/// Vectors that so many of them fill.
#[inline(always)]
pub(super) fn parts_of<S: Simd>(frames: usize) -> usize {
    frames.min(LANES).div_ceil(S::F32_LANES)
}

/// One of these vectors.
#[inline(always)]
pub(super) fn part<S: Simd>(lanes: &Lanes, part: usize) -> S::f32s {
    S::as_simd_f32s(lanes).0[part]
}

/// The same, to be filled.
#[inline(always)]
pub(super) fn part_mut<S: Simd>(lanes: &mut Lanes, part: usize) -> &mut S::f32s {
    &mut S::as_mut_simd_f32s(lanes).0[part]
}

/// Values that begin with a cache line.
#[derive(Debug, Default, Clone)]
pub(super) struct Aligned {
    values: Vec<f32>,
    start: usize,
    length: usize,
}

impl Aligned {
    /// So many zeros.
    pub(super) fn new(length: usize) -> Self {
        let values = vec![0.0; length + LINE / size_of::<f32>()];
        let start = values.as_ptr().align_offset(LINE).min(values.len() - length);
        Aligned { values, start, length }
    }

    /// Makes room for so many values; what they are is not said.
    pub(super) fn resize(&mut self, length: usize) {
        if self.start + length > self.values.len() {
            *self = Aligned::new(length);
        }
        self.length = length;
    }

    #[inline(always)]
    pub(super) fn get(&self) -> &[f32] {
        &self.values[self.start..][..self.length]
    }

    #[inline(always)]
    pub(super) fn get_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.start..][..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_places() {
        let rows: Vec<f32> = (0..19 * BINS).map(|n| n as f32).collect();
        let plane = Plane::from_rows(&rows);
        assert_eq!((plane.frames(), plane.blocks().len()), (19, 2));
        for (frame, bin) in [(0, 0), (3, 1024), (15, 7), (16, 0), (18, 1024)] {
            assert_eq!(plane.at(frame, bin), rows[frame * BINS + bin]);
        }
    }
}
