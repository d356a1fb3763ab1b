//! How many voices sound in a note: none but noise, one, or more.

use super::spectrum::Spectrum;

/// Voices are looked for up to here, Hz, but over the lowest partials at least.
const HIGHEST_HZ: f64 = 4_000.0;
const FEWEST: usize = 4;
/// What is further from the partials is not theirs, in shares of the fundamental.
const OWN: f64 = 0.2;
/// Another voice sounds where what is between the partials is not weaker than this, dB re the partials, in each third of the
/// note: what rings on from the note before fades.
const BETWEEN_DB: f32 = -12.0;
/// In notes too short to see anything fade, it must be stronger.
const BETWEEN_SHORT_DB: f32 = -7.0;
/// Ratios of two voices whose common fundamental may be taken for the pitch: fifth, fourth, thirds and sixths.
const RATIOS: [(usize, usize); 6] = [(2, 3), (3, 4), (3, 5), (4, 5), (5, 6), (5, 8)];
/// They are heard where the partials that neither of them has are weaker than theirs by this much in the mean, dB.
const HOLES_DB: f32 = 13.0;
/// Partials looked at for that.
const PARTIALS: usize = 16;
/// Power of a tone's bins over that of its emptiest, dB: a single look at noise makes 5 (−10 lg −ln 0.75), bowed notes 7 to
/// 48, with two voices too.
const TONE_DB: f32 = 7.0;

/// Whether there is more in the spectrum than one voice's partials.
pub(super) fn is_doubled(spectrum: &Spectrum) -> bool {
    let between_db = if spectrum.frames.len() > 1 { BETWEEN_DB } else { BETWEEN_SHORT_DB };
    between(spectrum) > between_db || RATIOS.iter().any(|ratio| holes(spectrum, *ratio) > HOLES_DB)
}

/// Power between the partials over theirs, dB: the least of the note's thirds.
fn between(spectrum: &Spectrum) -> f32 {
    let partials = ((HIGHEST_HZ / spectrum.hz) as usize).max(FEWEST);
    let third = spectrum.frames.len().div_ceil(3);
    let ratio = |frames: &[Vec<f32>]| {
        let (mut own, mut other) = (0.0, 0.0);
        for frame in frames {
            for number in (1..=partials).map(|number| number as f64) {
                own += frame[spectrum.bins(number - OWN, number + OWN)].iter().sum::<f32>();
                other += frame[spectrum.bins(number + OWN, number + 1.0 - OWN)].iter().sum::<f32>();
            }
        }
        10.0 * (other / own).log10()
    };
    spectrum.frames.chunks(third).map(ratio).fold(f32::INFINITY, f32::min)
}

/// By how much the partials that are multiples of neither number are weaker than the others, dB, in the mean.
fn holes(spectrum: &Spectrum, (one, other): (usize, usize)) -> f32 {
    let mean = spectrum.mean();
    let partials = ((HIGHEST_HZ / spectrum.hz) as usize).clamp(FEWEST, PARTIALS);
    let mut sums = [(0.0, 0.0); 2];
    for number in 1..=partials {
        let bins = spectrum.bins(number as f64 - OWN, number as f64 + OWN);
        let level = 10.0 * (mean[bins].iter().sum::<f32>() + f32::MIN_POSITIVE).log10();
        let of_either = number.is_multiple_of(one) || number.is_multiple_of(other);
        let (sum, count) = &mut sums[usize::from(of_either)];
        *sum += level;
        *count += 1.0;
    }
    let [(holes, hole_count), (theirs, count)] = sums;
    theirs / count - holes / hole_count
}

/// Whether anything sounds but noise: the power of all bins over what the emptiest quarter of them would make of it, each
/// partial and the half gaps beside it looked at on their own. Tones leave most bins empty, noise fills them all.
pub(super) fn is_tone(spectrum: &Spectrum) -> bool {
    let mean = spectrum.mean();
    let (mut all, mut floor) = (0.0, f32::MIN_POSITIVE);
    for number in 1..=((HIGHEST_HZ / spectrum.hz) as usize).max(FEWEST) {
        let mut bins = mean[spectrum.bins(number as f64 - 0.5, number as f64 + 0.5)].to_vec();
        if bins.is_empty() {
            continue;
        }
        all += bins.iter().sum::<f32>();
        let quarter = bins.len() / 4;
        floor += *bins.select_nth_unstable_by(quarter, f32::total_cmp).1 * bins.len() as f32;
    }
    10.0 * (all / floor).log10() > TONE_DB
}
