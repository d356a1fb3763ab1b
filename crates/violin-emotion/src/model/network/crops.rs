//! Excerpts: what training shows beside whole recordings, because a moment's answer is given to an excerpt.

use std::ops::Range;

use crate::{Error, Result};

use super::random::Random;

/// The excerpts that answers about a moment are given to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CropSettings {
    /// Windows of an excerpt; at a recording's ends it may have down to half as many.
    pub windows: usize,
}

impl Default for CropSettings {
    fn default() -> Self {
        CropSettings { windows: 5 }
    }
}

impl CropSettings {
    /// # Errors
    /// `Config` for a length out of its range.
    pub fn check(&self) -> Result<()> {
        if (1..=10_000).contains(&self.windows) {
            return Ok(());
        }
        Err(Error::config("crops.windows", "a number from 1 to 10000", self.windows))
    }

    /// What one epoch shows of a recording: the whole, or, for every second recording longer than an excerpt, a random
    /// excerpt of half to all of its windows.
    pub(super) fn draw(&self, windows: usize, random: &mut Random) -> Range<usize> {
        if windows <= self.windows || random.unit() < 0.5 {
            return 0..windows;
        }
        let shortest = self.windows.div_ceil(2);
        let length = shortest + random.below(self.windows - shortest + 1);
        let start = random.below(windows - length + 1);
        start..start + length
    }

    /// Excerpts one after the other over a recording longer than one; the last ends where the recording ends.
    pub(super) fn consecutive(&self, windows: usize) -> impl Iterator<Item = Range<usize>> {
        let length = self.windows;
        let starts = (0..windows).step_by(length).filter(move |_| windows > length);
        starts.map(move |start| start.min(windows - length)).map(move |start| start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn half_the_draws_are_whole_and_the_others_every_excerpt() {
        let (crops, mut random) = (CropSettings::default(), Random::new(1, Purpose::Order));
        let draws: Vec<Range<usize>> = (0..4000).map(|_| crops.draw(8, &mut random)).collect();
        let whole = draws.iter().filter(|draw| **draw == (0..8)).count();
        assert!((1840..2160).contains(&whole), "{whole}: within 5 standard errors of a half");
        for length in 3..=5 {
            for start in 0..=8 - length {
                assert!(draws.contains(&(start..start + length)), "{start}, {length}");
            }
        }
        assert!(draws.iter().all(|draw| draw.len() == 8 || (3..=5).contains(&draw.len()) && draw.end <= 8));
    }

    #[test]
    fn a_recording_no_longer_than_an_excerpt_stays_whole() {
        let (crops, mut random) = (CropSettings::default(), Random::new(1, Purpose::Order));
        for windows in 1..=5 {
            assert!((0..50).all(|_| crops.draw(windows, &mut random) == (0..windows)));
            assert_eq!(crops.consecutive(windows).count(), 0);
        }
    }

    #[test]
    fn consecutive_excerpts_cover_the_recording() {
        let crops = CropSettings { windows: 5 };
        assert_eq!(crops.consecutive(12).collect::<Vec<_>>(), [0..5, 5..10, 7..12]);
        assert_eq!(crops.consecutive(10).collect::<Vec<_>>(), [0..5, 5..10]);
        assert_eq!(crops.consecutive(6).collect::<Vec<_>>(), [0..5, 1..6]);
    }
}
