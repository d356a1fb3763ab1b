//! Channels → one, and what was met on the way.

/// What becomes of the channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Take {
    /// Their mean.
    Mix,
    /// One of them, counted from 0.
    Channel(usize),
}

/// Beyond this level (120 dB over full scale) a sample is no sound but a damaged number: no recorder writes it, and its
/// powers would leave the range of f32.
const MAX_LEVEL: f32 = 1e6;

/// A run of this many samples at full scale is a cut peak; shorter ones are peaks that just reach it.
const CLIPPED_RUN: u64 = 3;

/// Mixes packet by packet and counts.
#[derive(Debug)]
pub(super) struct Mixer {
    take: Take,
    full_scale: f32,
    /// One for each channel.
    pub(super) channels: Vec<Channel>,
    /// Sum of squares of the mean of all channels.
    pub(super) mix_energy: f64,
    /// Frames taken: samples of one channel.
    pub(super) frames: u64,
    /// Samples that were no numbers, in all channels.
    pub(super) not_finite: u64,
}

/// What one channel held.
#[derive(Debug, Clone, Default)]
pub(super) struct Channel {
    /// Sum of squares.
    pub(super) energy: f64,
    /// Samples at full scale in runs of [`CLIPPED_RUN`] or more.
    pub(super) clipped: u64,
    run: u64,
}

impl Mixer {
    /// For files with so many `channels` and, where they hold whole numbers, `bits` a sample.
    pub(super) fn new(channels: usize, bits: Option<u32>, take: Take) -> Self {
        // The highest positive step of a whole number is one below 1.0. Finer formats are often made from 16 bits.
        let bits = bits.unwrap_or(16).clamp(2, 16);
        let full_scale = 1.0 - 1.0 / (1u32 << (bits - 1)) as f32;
        let channels = vec![Channel::default(); channels];
        Mixer { take, full_scale, channels, mix_energy: 0.0, frames: 0, not_finite: 0 }
    }

    /// Takes one packet, a slice a channel, all of one length, and leaves what is asked for in `mono`. Samples that are no
    /// numbers become 0 in `planes`.
    pub(super) fn mix(&mut self, planes: &mut [Vec<f32>], mono: &mut Vec<f32>) {
        assert_eq!(planes.len(), self.channels.len(), "as many channels as announced");
        for (plane, channel) in planes.iter_mut().zip(&mut self.channels) {
            self.not_finite += silence_what_is_no_number(plane);
            channel.energy += energy(plane);
            channel.count_clipped(plane, self.full_scale);
        }
        self.frames += planes[0].len() as u64;
        mono.clear();
        mono.extend_from_slice(&planes[0]);
        if planes.len() > 1 {
            for plane in &planes[1..] {
                mono.iter_mut().zip(plane).for_each(|(sum, sample)| *sum += sample);
            }
            let count = planes.len() as f32;
            mono.iter_mut().for_each(|sum| *sum /= count);
        }
        self.mix_energy += energy(mono);
        if let Take::Channel(number) = self.take {
            mono.copy_from_slice(&planes[number]);
        }
    }
}

impl Channel {
    fn count_clipped(&mut self, plane: &[f32], full_scale: f32) {
        let peak = plane.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        if peak < full_scale {
            self.run = 0;
            return;
        }
        for sample in plane {
            self.run = if sample.abs() >= full_scale { self.run + 1 } else { 0 };
            self.clipped += match self.run {
                0..CLIPPED_RUN => 0,
                CLIPPED_RUN => CLIPPED_RUN,
                _ => 1,
            };
        }
    }
}

fn silence_what_is_no_number(plane: &mut [f32]) -> u64 {
    // NaN compares as false, so it counts as beyond the level.
    if plane.iter().fold(true, |fine, sample| fine & (sample.abs() <= MAX_LEVEL)) {
        return 0;
    }
    let mut count = 0;
    for sample in plane {
        if sample.is_nan() || sample.abs() > MAX_LEVEL {
            *sample = 0.0;
            count += 1;
        }
    }
    count
}

/// Sum of squares: in f32 lanes over a short stretch, in f64 over all of them.
fn energy(samples: &[f32]) -> f64 {
    const LANES: usize = 16;
    let mut total = 0.0;
    for stretch in samples.chunks(64 * LANES) {
        let mut sums = [0.0f32; LANES];
        let pieces = stretch.chunks_exact(LANES);
        total += pieces.remainder().iter().map(|x| f64::from(x * x)).sum::<f64>();
        for piece in pieces {
            sums.iter_mut().zip(piece).for_each(|(sum, x)| *sum += x * x);
        }
        total += sums.iter().map(|sum| f64::from(*sum)).sum::<f64>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(mixer: &mut Mixer, planes: &[&[f32]]) -> Vec<f32> {
        let mut planes: Vec<Vec<f32>> = planes.iter().map(|plane| plane.to_vec()).collect();
        let mut mono = Vec::new();
        mixer.mix(&mut planes, &mut mono);
        mono
    }

    #[test]
    fn the_mix_is_the_mean_and_energies_are_sums_of_squares() {
        let mut mixer = Mixer::new(2, Some(16), Take::Mix);
        assert_eq!(mix(&mut mixer, &[&[0.5, -0.5, 0.25], &[0.5, 0.5, 0.75]]), [0.5, 0.0, 0.5]);
        assert_eq!((mixer.channels[0].energy, mixer.channels[1].energy), (0.5625, 1.0625));
        assert_eq!((mixer.mix_energy, mixer.frames), (0.5, 3));
    }

    #[test]
    fn one_channel_can_be_taken_while_the_mix_is_still_measured() {
        let mut mixer = Mixer::new(2, Some(16), Take::Channel(1));
        assert_eq!(mix(&mut mixer, &[&[0.5, -0.5], &[-0.5, 0.5]]), [-0.5, 0.5]);
        assert_eq!(mixer.mix_energy, 0.0);
    }

    #[test]
    fn the_energy_of_a_long_stretch_agrees_with_a_plain_f64_sum() {
        let samples: Vec<f32> = (0..100_003).map(|n| ((n * 7919) % 2000) as f32 / 1000.0 - 1.0).collect();
        let plain: f64 = samples.iter().map(|x| f64::from(*x).powi(2)).sum();
        // 64 additions of f32 in a lane: 64 × 2⁻²⁴, and never all in one direction.
        const RELATIVE: f64 = 4e-6;
        assert!((energy(&samples) / plain - 1.0).abs() < RELATIVE);
    }

    #[test]
    fn only_runs_at_full_scale_are_clipped_also_across_packets() {
        let mut mixer = Mixer::new(1, Some(16), Take::Mix);
        let top = 32767.0 / 32768.0;
        mix(&mut mixer, &[&[0.0, top, top, 0.0, -1.0, 0.1, top, top]]);
        assert_eq!(mixer.channels[0].clipped, 0);
        mix(&mut mixer, &[&[top, top, 0.0, top]]);
        assert_eq!(mixer.channels[0].clipped, 4);
        // An 8-bit file's highest step is far lower.
        let mut mixer = Mixer::new(1, Some(8), Take::Mix);
        mix(&mut mixer, &[&[127.0 / 128.0; 5]]);
        assert_eq!(mixer.channels[0].clipped, 5);
    }

    #[test]
    fn what_is_no_number_becomes_silence_and_is_counted() {
        let mut mixer = Mixer::new(1, None, Take::Mix);
        let found = mix(&mut mixer, &[&[0.5, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3e38, 0.25]]);
        assert_eq!((found, mixer.not_finite), (vec![0.5, 0.0, 0.0, 0.0, 0.0, 0.25], 4));
    }
}
