//! Where the windows of a recording lie.

use std::ops::Range;

use super::{FeatureSettings, Windowing};
use crate::audio::{MIN_DURATION_S, SAMPLE_RATE};
use crate::error::figure;
use crate::{Error, Result};

/// The longest window, seconds: its spectra are in memory all at once.
const LONGEST_S: f64 = 60.0;

impl FeatureSettings {
    /// Checks every value's range.
    ///
    /// # Errors
    /// `Config` naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        if !(MIN_DURATION_S..=LONGEST_S).contains(&self.window_s) {
            let expected = format!("{MIN_DURATION_S} to {LONGEST_S} seconds");
            return Err(Error::config("features.window_s", expected, figure(self.window_s)));
        }
        if !(0.01..=60.0).contains(&self.hop_s) {
            return Err(Error::config("features.hop_s", "0.01 to 60 seconds", figure(self.hop_s)));
        }
        self.pitch_range.check("features.pitch_range")
    }
}

/// The windows of a recording of so many samples, in samples; at least one.
///
/// # Errors
/// `Data` if the recording is shorter than half a second, the notebook's rule leaves nothing of it, or it is too long to be
/// one window.
pub(super) fn windows(samples: usize, settings: &FeatureSettings) -> Result<Vec<Range<usize>>> {
    // Whole samples, as the notebook has them.
    let in_samples = |seconds: f64| (seconds * f64::from(SAMPLE_RATE)) as usize;
    let (window, hop) = (in_samples(settings.window_s), in_samples(settings.hop_s).max(1));
    let seconds = samples as f64 / f64::from(SAMPLE_RATE);
    if seconds < MIN_DURATION_S {
        let hint = "give a longer recording";
        return Err(Error::data(format!("at least {MIN_DURATION_S} s"), format!("{seconds:.2} s"), hint));
    }
    match settings.windowing {
        Windowing::Notebook if samples <= window => {
            let expected = format!("more than {} s for the notebook's windowing", settings.window_s);
            Err(Error::data(
                expected,
                format!("{seconds:.3} s"),
                "use --windowing cover, which measures short recordings too (a model keeps the rule it was trained with)",
            ))
        }
        Windowing::Notebook => Ok((0..samples - window).step_by(hop).map(|start| start..start + window).collect()),
        Windowing::Whole if settings.set.has_classic() && seconds > LONGEST_S => {
            let hint = "cut the recording into windows, or ask for --set violin or music, which summarise any length";
            Err(Error::data(format!("at most {LONGEST_S} s in one window"), format!("{seconds:.0} s"), hint))
        }
        Windowing::Whole => Ok(std::iter::once(0..samples).collect()),
        Windowing::Cover if samples <= window => Ok(std::iter::once(0..samples).collect()),
        Windowing::Cover => {
            let last = samples - window;
            // Every hop, and one more that ends with the recording.
            let starts = (0..last).step_by(hop).chain(std::iter::once(last));
            Ok(starts.map(|start| start..start + window).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(seconds: f64, windowing: Windowing) -> Vec<f64> {
        let settings = FeatureSettings { windowing, ..FeatureSettings::default() };
        let samples = (seconds * 44_100.0) as usize;
        let windows = windows(samples, &settings).expect("long enough");
        assert!(windows.iter().all(|window| window.end <= samples));
        windows.iter().map(|window| window.start as f64 / 44_100.0).collect()
    }

    #[test]
    fn cover_reaches_the_end_and_never_pads() {
        assert_eq!(starts(3.0, Windowing::Cover), [0.0]);
        assert_eq!(starts(6.0, Windowing::Cover), [0.0, 1.5, 3.0]);
        assert_eq!(starts(7.0, Windowing::Cover), [0.0, 1.5, 3.0, 4.0]);
        let short = windows(30_000, &FeatureSettings::default()).expect("long enough");
        assert_eq!(short, std::iter::once(0..30_000).collect::<Vec<_>>());
    }

    #[test]
    fn the_notebooks_rule_drops_the_tail() {
        assert_eq!(starts(6.0, Windowing::Notebook), [0.0, 1.5]);
        assert_eq!(starts(7.0, Windowing::Notebook), [0.0, 1.5, 3.0]);
    }

    #[test]
    fn the_notebooks_rule_refuses_a_clip_of_three_seconds() {
        let settings = FeatureSettings { windowing: Windowing::Notebook, ..FeatureSettings::default() };
        let error = windows(132_300, &settings).expect_err("no window");
        assert_eq!(error.to_string(), "expected more than 3 s for the notebook's windowing, found 3.000 s");
        assert!(error.hint().is_some_and(|hint| hint.contains("--windowing cover")));
    }

    #[test]
    fn less_than_half_a_second_is_too_short() {
        let error = windows(13_230, &FeatureSettings::default()).expect_err("too short");
        assert_eq!(error.to_string(), "expected at least 0.5 s, found 0.30 s");
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let wrong = FeatureSettings { hop_s: 0.0, ..FeatureSettings::default() };
        let error = wrong.check().expect_err("no hop");
        assert_eq!(error.to_string(), "setting `features.hop_s`: expected 0.01 to 60 seconds, found 0");
        assert!(FeatureSettings { window_s: f64::NAN, ..FeatureSettings::default() }.check().is_err());
    }
}
