//! Pitches as players write them.

use super::PitchRange;
use crate::error::{Error, Result};

const STEPS: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
/// What a pitch range may reach, Hz: pYIN's frame grows with the period, and above there is no instrument's fundamental.
const LOWEST_HZ: f64 = 25.0;
const HIGHEST_HZ: f64 = 5_000.0;

/// The nearest tempered pitch of a MIDI number by name: 69 is `A4`, 61 is `C#4`.
pub fn note_name(pitch: f32) -> String {
    let number = pitch.round() as i32;
    format!("{}{}", STEPS[number.rem_euclid(12) as usize], number.div_euclid(12) - 1)
}

/// Hz of `A4`, `C#4`, `Eb5`, or of a plain number.
fn hz_of(text: &str) -> Option<f64> {
    if let Ok(hz) = text.parse::<f64>() {
        return hz.is_finite().then_some(hz);
    }
    let letter = text.get(..1)?.to_uppercase();
    let step = STEPS.iter().position(|name| *name == letter)? as f64;
    let (shift, octave) = match text.get(1..2)? {
        "#" => (1.0, &text[2..]),
        "b" => (-1.0, &text[2..]),
        _ => (0.0, &text[1..]),
    };
    let octave: i32 = octave.parse().ok().filter(|octave| (-1..=9).contains(octave))?;
    Some(440.0 * ((12.0 * f64::from(octave + 1) + step + shift - 69.0) / 12.0).exp2())
}

impl PitchRange {
    /// Reads `G3-E7`, or Hz as in `190-2700`: from the lowest pitch to the highest, each widened by half a semitone where it
    /// is a name.
    ///
    /// # Errors
    /// If it is anything else, not rising, or outside 25 to 5000 Hz.
    pub fn parse(text: &str) -> Result<Self> {
        let quarter = |name: &str, way: f64| if name.parse::<f64>().is_ok() { 1.0 } else { (way / 24.0).exp2() };
        let range = text.split_once('-').and_then(|(low, high)| {
            let (low, high) = (low.trim(), high.trim());
            Some(PitchRange { low_hz: hz_of(low)? * quarter(low, -1.0), high_hz: hz_of(high)? * quarter(high, 1.0) })
        });
        range.filter(PitchRange::fits).ok_or_else(|| {
            let expected = format!(
                "two pitches, the lower one first, as in G3-E7 or 190-2700 (Hz), between {LOWEST_HZ} and {HIGHEST_HZ} Hz"
            );
            Error::config("--pitch-range", expected, text)
        })
    }

    fn fits(&self) -> bool {
        self.low_hz >= LOWEST_HZ && self.high_hz <= HIGHEST_HZ && self.low_hz * 1.05 < self.high_hz
    }

    /// Checks a range that was not read by [`PitchRange::parse`]; `key` is the setting's name.
    ///
    /// # Errors
    /// `Config` if it is not rising, or outside 25 to 5000 Hz.
    pub fn check(&self, key: &str) -> Result<()> {
        match self.fits() {
            true => Ok(()),
            false => {
                let expected = format!("a low_hz and a higher high_hz, between {LOWEST_HZ} and {HIGHEST_HZ} Hz");
                Err(Error::config(key, expected, format!("{} and {} Hz", self.low_hz, self.high_hz)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_nearest_key() {
        assert_eq!([69.0, 60.4, 61.0, 54.6, -1.0].map(note_name), ["A4", "C4", "C#4", "G3", "B-2"]);
    }

    #[test]
    fn ranges_are_read() {
        let violin = PitchRange::parse("G3-E7").expect("a range");
        assert!((violin.low_hz - 190.4).abs() < 0.1 && (violin.high_hz - 2714.3).abs() < 0.1, "{violin:?}");
        assert_eq!(PitchRange::parse("60 - 1000").expect("a range"), PitchRange { low_hz: 60.0, high_hz: 1000.0 });
        let flat = PitchRange::parse("Eb2-C#6").expect("a range");
        assert!((flat.low_hz - 75.6).abs() < 0.1, "{flat:?}");
        for text in ["", "G3", "E7-G3", "H3-E7", "G3-E7-B7", "0-100", "5-100", "100-9000", "nan-100", "é3-E7", "G-E"] {
            let error = PitchRange::parse(text).expect_err(text).to_string();
            assert!(error.contains("--pitch-range") && error.contains("G3-E7"), "{error}");
        }
    }
}
