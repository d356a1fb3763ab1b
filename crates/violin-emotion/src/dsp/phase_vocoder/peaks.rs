//! Spectral peaks and the bins that belong to each.

use std::ops::Range;

/// What lies this far below the strongest bin is rounding, as power: 120 dB.
const FLOOR: f32 = 1e-12;

/// A local maximum of the power over five bins, and the bins around it: up to the least one between it and the next.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Peak {
    pub bin: usize,
    pub range: Range<usize>,
}

/// Fills `peaks`; their ranges together are all bins. There are none in silence. A constant offset is a peak at bin 0.
pub(super) fn find_peaks(power: &[f32], peaks: &mut Vec<Peak>) {
    peaks.clear();
    let strongest = power.iter().copied().fold(0.0, f32::max);
    if strongest < f32::MIN_POSITIVE {
        return;
    }
    let floor = FLOOR * strongest;
    let last = power.len() - 1;
    let mut start = 0;
    let mut bin = 0;
    while bin <= last {
        let here = power[bin];
        let above = |other: Option<usize>| other.is_none_or(|other| here > power[other.min(last)] || other > last);
        let is_peak = here > floor
            && above(Some(bin + 1))
            && above(bin.checked_sub(1))
            && above(Some(bin + 2))
            && above(bin.checked_sub(2));
        if is_peak {
            if let Some(before) = peaks.last_mut() {
                let between = &power[before.bin..bin];
                let least = (0..between.len()).min_by(|&a, &b| between[a].total_cmp(&between[b])).unwrap_or(0);
                start = before.bin + least;
                before.range.end = start;
            }
            peaks.push(Peak { bin, range: start..last + 1 });
        }
        bin += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_share_all_bins_and_part_at_the_least_one() {
        let power = [9.0, 4.0, 1.0, 3.0, 5.0, 4.0, 2.0, 0.5, 2.0, 7.0, 3.0, 1.0];
        let mut peaks = Vec::new();
        find_peaks(&power, &mut peaks);
        let expected = [(0, 0..2), (4, 2..7), (9, 7..12)].map(|(bin, range)| Peak { bin, range });
        assert_eq!(peaks, expected);
        find_peaks(&[0.0; 12], &mut peaks);
        assert_eq!(peaks, []);
    }
}
