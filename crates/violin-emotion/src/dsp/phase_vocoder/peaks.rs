//! Spectral peaks and the bins that belong to each.

use std::ops::Range;

use super::super::vectorised::vectorised;

/// What lies this far below the strongest bin is rounding, as power: 120 dB.
const FLOOR: f32 = 1e-12;
/// A peak is higher than so many bins to either side.
const REACH: usize = 2;
/// Bins looked at together.
const TOGETHER: usize = 8;

/// A local maximum of the power over five bins, and the bins around it: up to the least one between it and the next.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Peak {
    pub bin: usize,
    pub range: Range<usize>,
}

/// Finds peaks, spectrum after spectrum.
#[derive(Default)]
pub(super) struct Peaks {
    found: Vec<Peak>,
    /// The power, and what is lower than any power on both sides of it.
    framed: Vec<f32>,
    /// Where bins are higher than those around them.
    tops: Vec<bool>,
}

impl Peaks {
    /// Peaks in rising order; their ranges together are all bins. There are none in silence. A constant offset is a peak at
    /// bin 0.
    pub fn find(&mut self, power: &[f32]) -> &[Peak] {
        self.found.clear();
        let strongest = strongest(power);
        if strongest < f32::MIN_POSITIVE {
            return &self.found;
        }
        self.find_tops(power, FLOOR * strongest);
        // The least bin since the last peak: powers that are not negative are in the order of their bits, and of equal ones
        // the first is the least.
        let mut least = u64::MAX;
        for (bin, (power, is_top)) in power.iter().zip(&self.tops).enumerate() {
            least = least.min(u64::from(power.to_bits()) << 32 | bin as u64);
            if *is_top {
                let start = self.found.last_mut().map_or(0, |before| {
                    before.range.end = least as u32 as usize;
                    before.range.end
                });
                self.found.push(Peak { bin, range: start..self.tops.len() });
                least = u64::MAX;
            }
        }
        &self.found
    }

    fn find_tops(&mut self, power: &[f32], floor: f32) {
        let Self { framed, tops, .. } = self;
        let padded = power.len().next_multiple_of(TOGETHER);
        framed.clear();
        framed.resize(padded + 2 * REACH, -1.0);
        framed[REACH..][..power.len()].copy_from_slice(power);
        tops.resize(padded, false);
        vectorised(
            #[inline(always)]
            || {
                for (at, tops) in tops.as_chunks_mut::<TOGETHER>().0.iter_mut().enumerate() {
                    let around: &[f32; TOGETHER + 2 * REACH] =
                        framed[at * TOGETHER..].first_chunk().expect("room on both sides");
                    for (n, top) in tops.iter_mut().enumerate() {
                        let here = around[n + 2];
                        let (below, above) = (around[n].max(around[n + 1]), around[n + 3].max(around[n + 4]));
                        *top = here > floor.max(below).max(above);
                    }
                }
            },
        );
        tops.truncate(power.len());
    }
}

fn strongest(power: &[f32]) -> f32 {
    vectorised(
        #[inline(always)]
        || {
            let mut lanes = [0.0f32; 16];
            let (chunks, rest) = power.as_chunks::<16>();
            for chunk in chunks {
                for (most, value) in lanes.iter_mut().zip(chunk) {
                    *most = if value > most { *value } else { *most };
                }
            }
            lanes.iter().chain(rest).copied().fold(0.0, f32::max)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_share_all_bins_and_part_at_the_least_one() {
        let power = [9.0, 4.0, 1.0, 3.0, 5.0, 4.0, 2.0, 0.5, 2.0, 7.0, 3.0, 1.0];
        let mut peaks = Peaks::default();
        let expected = [(0, 0..2), (4, 2..7), (9, 7..12)].map(|(bin, range)| Peak { bin, range });
        assert_eq!(peaks.find(&power), expected);
        assert_eq!(peaks.find(&[0.0; 12]), []);
    }

    #[test]
    fn peaks_are_their_definition() {
        // Few values, so that some bins are equal.
        let power: Vec<f32> = (0..1025).map(|n| ((n * n) as f32 * 0.37).sin().mul_add(9.0, 10.0).floor()).collect();
        let is_top = |bin: usize| {
            let near = bin.saturating_sub(REACH)..(bin + REACH + 1).min(power.len());
            near.filter(|other| *other != bin).all(|other| power[bin] > power[other])
        };
        let tops: Vec<usize> = (0..power.len()).filter(|bin| is_top(*bin)).collect();
        let mut peaks = Peaks::default();
        let found = peaks.find(&power);
        assert_eq!(found.iter().map(|peak| peak.bin).collect::<Vec<_>>(), tops);
        for pair in found.windows(2) {
            let [before, after] = [&pair[0], &pair[1]];
            let between = before.bin + 1..after.bin;
            let least = between.min_by(|a, b| power[*a].total_cmp(&power[*b])).expect("a bin between peaks");
            assert!(before.range.end == least && after.range.start == least, "between {before:?} and {after:?}");
        }
    }
}
