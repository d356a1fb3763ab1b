//! Spectral peaks and the bins that belong to each.

use std::ops::Range;

use super::super::vectorised::vectorised;

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
    let strongest = strongest(power);
    if strongest < f32::MIN_POSITIVE {
        return;
    }
    let floor = FLOOR * strongest;
    // The least bin since the last peak, and its power.
    let mut least = (0, f32::INFINITY);
    for (bin, &here) in power.iter().enumerate() {
        if here < least.1 {
            least = (bin, here);
        }
        if here > floor && is_top(power, bin) {
            let start = peaks.last_mut().map_or(0, |before| {
                before.range.end = least.0;
                least.0
            });
            peaks.push(Peak { bin, range: start..power.len() });
            least = (bin, f32::INFINITY);
        }
    }
}

/// Whether a bin is higher than two bins to either side.
#[inline(always)]
fn is_top(power: &[f32], bin: usize) -> bool {
    let here = power[bin];
    if bin > 0 && power[bin - 1] >= here {
        return false;
    }
    let (below, above) = (power[bin.saturating_sub(2)..bin].iter(), power[bin + 1..power.len().min(bin + 3)].iter());
    below.chain(above).all(|other| here > *other)
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
        let mut peaks = Vec::new();
        find_peaks(&power, &mut peaks);
        let expected = [(0, 0..2), (4, 2..7), (9, 7..12)].map(|(bin, range)| Peak { bin, range });
        assert_eq!(peaks, expected);
        find_peaks(&[0.0; 12], &mut peaks);
        assert_eq!(peaks, []);
    }
}
