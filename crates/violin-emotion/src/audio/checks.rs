//! What was measured while reading → what a person should know.

use std::path::Path;

use super::decode::Pass;
use super::{MIN_DURATION_S, SAMPLE_RATE};
use crate::{Error, Result, Warning, WarningKind};

/// Less than this is missing from many sound files: encoders pad, and players trim. In seconds.
const MISSING_S: f64 = 0.1;

/// Smallest share of cut peaks worth a word: 4 samples a second.
const CLIPPED_SHARE: f64 = 1e-4;

/// Channels cancel where their mix has less than this part of the energy that channels without relation would leave in
/// it: −10 dB. A single sounding channel among silent ones, or stereo of any width, loses nothing by this measure.
const CANCELLED: f64 = 0.1;

/// Peak below which nothing is to be heard: −80 dB of full scale.
const SILENT_PEAK: f32 = 1e-4;

/// What the file itself was like; an error where nothing usable came out of it.
pub(super) fn of_the_file(path: &Path, pass: &Pass) -> Result<Vec<Warning>> {
    let found_s = pass.samples.len() as f64 / f64::from(SAMPLE_RATE);
    if found_s < MIN_DURATION_S {
        // Rounded down: 0.499 s are not "0.50 s, too short".
        let shown_s = (100 * pass.samples.len() / SAMPLE_RATE as usize) as f64 / 100.0;
        let problem = format!("{shown_s:.2} s is too short: at least {MIN_DURATION_S} s are needed");
        return Err(Error::audio(path, problem, "a longer recording is needed to say anything of its expression"));
    }
    let mixer = &pass.mixer;
    let total = mixer.frames * mixer.channels.len() as u64;
    if mixer.not_finite == total {
        let problem = format!("expected numbers, found NaN or infinity in all {total} samples");
        return Err(Error::audio(path, problem, "the program that made it failed: make it again"));
    }
    let mut warnings = Vec::new();
    let mut warn = |kind, message: String| warnings.push(Warning::new(kind, message));
    if pass.rate < SAMPLE_RATE {
        let (rate, top) = (pass.rate, f64::from(pass.rate) / 2000.0);
        warn(
            WarningKind::Upsampled,
            format!("recorded at {rate} Hz: the band from {top} to 22.05 kHz is empty, and features of timbre suffer"),
        );
    }
    if let Some(claimed) = pass.claimed_frames {
        let expected_s = claimed as f64 / f64::from(pass.rate);
        if found_s + MISSING_S < expected_s {
            let message = format!("the file is cut: its header says {expected_s:.2} s, found {found_s:.2} s");
            warn(WarningKind::Truncated, message);
        }
    }
    if pass.damaged_packets > 0 {
        let (count, s) = (pass.damaged_packets, if pass.damaged_packets == 1 { "" } else { "s" });
        warn(WarningKind::Truncated, format!("the file is damaged: {count} packet{s} could not be decoded, left out"));
    }
    if pass.ends_early {
        let message = "the file is cut: its last page does not end the Ogg stream";
        warn(WarningKind::Truncated, message.into());
    }
    if pass.more_streams {
        let message = "the file holds several streams one after the other: only the first was read";
        warn(WarningKind::Truncated, message.into());
    }
    if mixer.not_finite > 0 {
        let count = mixer.not_finite;
        warn(WarningKind::NotFinite, format!("{count} of {total} samples were no numbers (NaN or infinite): set to 0"));
    }
    // The worst channel: the other one may well be fine and would halve the share.
    let clipped = mixer.channels.iter().map(|channel| channel.clipped).max().unwrap_or(0);
    let share = clipped as f64 / mixer.frames as f64;
    if share > CLIPPED_SHARE {
        let percent = 100.0 * share;
        warn(WarningKind::Clipped, format!("clipped: {percent:.2} % of the samples stand at full scale in runs"));
    }
    Ok(warnings)
}

/// The channel to take instead of a mix in which the channels cancel, counted from 0, and why.
pub(super) fn of_the_channels(pass: &Pass) -> Option<(usize, Warning)> {
    let channels = &pass.mixer.channels;
    let count = channels.len() as f64;
    let unrelated = channels.iter().map(|channel| channel.energy).sum::<f64>() / (count * count);
    if pass.mixer.mix_energy >= CANCELLED * unrelated {
        return None;
    }
    let (loudest, channel) =
        channels.iter().enumerate().max_by(|(_, a), (_, b)| a.energy.total_cmp(&b.energy)).expect("a channel");
    let found = match pass.mixer.mix_energy {
        0.0 => "leaves nothing of it".to_string(),
        energy => format!("is {:.0} dB below it", 10.0 * (channel.energy / energy).log10()),
    };
    let number = loudest + 1;
    let message = format!("the channels cancel: channel {number} is used alone, for the mix {found}");
    Some((loudest, Warning::new(WarningKind::ChannelsCancel, message)))
}

/// What there is to be heard at all.
pub(super) fn of_the_sound(samples: &[f32]) -> Option<Warning> {
    let (low, high) = samples.iter().fold((f32::MAX, f32::MIN), |(low, high), &x| (low.min(x), high.max(x)));
    // Half the span, so that a constant offset does not pass for sound.
    let peak = (high - low) / 2.0;
    if peak >= SILENT_PEAK {
        return None;
    }
    let found = match peak {
        0.0 => "all samples are equal".to_string(),
        peak => format!("its peak is {:.0} dB of full scale", 20.0 * peak.log10()),
    };
    Some(Warning::new(WarningKind::Silent, format!("the recording is silent: {found}")))
}
