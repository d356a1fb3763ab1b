//! Recording → [`Sequence`]: one spectrum a window, lent to every family.

use std::sync::LazyLock;

use super::pitch::Pitch;
use super::timbre::Timbre;
use super::timing::Timing;
use super::{Catalog, FeatureSettings, Row, Sequence, Span, dynamics, windows};
use crate::Result;
use crate::audio::{Recording, SAMPLE_RATE};
use crate::dsp::mel::{MelFilters, power_to_db};
use crate::dsp::stft::{Spectra, Stft};

static MEL_FILTERS: LazyLock<MelFilters> = LazyLock::new(|| MelFilters::new(SAMPLE_RATE));

/// Measures a recording, window by window.
///
/// # Errors
/// `Config` for a setting out of its range; `Data` if the recording is shorter than half a second.
pub fn extract(recording: &Recording, settings: &FeatureSettings) -> Result<Sequence> {
    settings.check()?;
    let catalog = Catalog::classic();
    let windows = windows::windows(recording.samples().len(), settings)?;
    let mut values = vec![0.0; windows.len() * catalog.len()];
    let mut workshop = Workshop::new();
    for (window, values) in windows.iter().zip(values.chunks_exact_mut(catalog.len())) {
        workshop.measure(&recording.samples()[window.clone()], &mut Row::new(catalog, values));
    }
    let seconds = |sample: usize| sample as f64 / f64::from(SAMPLE_RATE);
    let spans = windows.iter().map(|window| Span { start_s: seconds(window.start), end_s: seconds(window.end) });
    Ok(Sequence::new(catalog, spans.collect(), values))
}

/// What measuring a window needs; kept from window to window, so that nothing is allocated on the way.
struct Workshop {
    stft: Stft,
    spectra: Spectra,
    mel: Vec<f32>,
    mel_db: Vec<f32>,
    timbre: Timbre,
    timing: Timing,
    pitch: Pitch,
    rms: Vec<f32>,
}

impl Workshop {
    fn new() -> Self {
        Workshop {
            stft: Stft::new(),
            spectra: Spectra::default(),
            mel: Vec::new(),
            mel_db: Vec::new(),
            timbre: Timbre::new(),
            timing: Timing::default(),
            pitch: Pitch::default(),
            rms: Vec::new(),
        }
    }

    fn measure(&mut self, samples: &[f32], row: &mut Row) {
        self.stft.transform(samples, &mut self.spectra);
        MEL_FILTERS.apply(&self.spectra.magnitude, &mut self.mel);
        power_to_db(&self.mel, &mut self.mel_db);
        self.timbre.put(samples, &self.spectra, &self.mel_db, row);
        self.pitch.put(samples, &self.spectra, &mut self.stft, row);
        self.timing.put(&self.mel_db, row);
        dynamics::put(samples, &mut self.rms, row);
    }
}
