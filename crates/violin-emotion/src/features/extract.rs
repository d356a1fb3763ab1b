//! Recording → [`Sequence`]: one spectrum a window, lent to every family.

use std::path::Path;
use std::sync::LazyLock;

use super::music::Music;
use super::pitch::Pitch;
use super::playing::Playing;
use super::timbre::Timbre;
use super::timing::Timing;
use super::{Catalog, FeatureSettings, Row, Sequence, Span, Windowing, dynamics, windows};
use crate::audio::{Recording, SAMPLE_RATE};
use crate::dsp::mel::{MelFilters, power_to_db};
use crate::dsp::stft::{Spectra, Stft};
use crate::error::figure;
use crate::notes::{self, Notes};
use crate::{Error, Result, Warning, WarningKind};

static MEL_FILTERS: LazyLock<MelFilters> = LazyLock::new(|| MelFilters::new(SAMPLE_RATE));

/// Measures a recording, window by window.
///
/// # Errors
/// `Config` for a setting out of its range; `Audio` naming the recording if it is shorter than half a second, or too long for
/// one window.
pub fn extract(recording: &Recording, settings: &FeatureSettings) -> Result<Sequence> {
    extract_with_notes(recording, settings).map(|(sequence, _)| sequence)
}

/// As [`extract`], with the notes, if the set is one that reads them.
///
/// # Errors
/// As [`extract`].
pub fn extract_with_notes(recording: &Recording, settings: &FeatureSettings) -> Result<(Sequence, Option<Notes>)> {
    settings.check()?;
    let catalog = Catalog::of(settings.set);
    let named = |error: Error| error.of_recording(Path::new(recording.name()));
    let windows = windows::windows(recording.samples().len(), settings).map_err(named)?;
    let seconds = |sample: usize| sample as f64 / f64::from(SAMPLE_RATE);
    let spans: Vec<Span> =
        windows.iter().map(|window| Span { start_s: seconds(window.start), end_s: seconds(window.end) }).collect();

    let mut values = vec![0.0; windows.len() * catalog.len()];
    let mut rows: Vec<Row> = values.chunks_exact_mut(catalog.len()).map(|values| Row::new(catalog, values)).collect();
    if settings.set.has_classic() {
        let mut workshop = Workshop::new();
        for (window, row) in windows.into_iter().zip(&mut rows) {
            workshop.measure(&recording.samples()[window], row);
        }
    }
    let mut warnings: Vec<Warning> = shortness(recording, settings).into_iter().collect();
    let played = settings.set.has_violin().then(|| notes::find(recording, settings.pitch_range));
    if let Some(played) = &played {
        warnings.extend(played.warnings());
        let playing = Playing::new(played);
        spans.iter().zip(&mut rows).for_each(|(span, row)| playing.put(*span, row));
    }
    if settings.set.has_music() {
        let music = Music::new(recording.samples());
        spans.iter().zip(&mut rows).for_each(|(span, row)| music.put(*span, row));
    }
    let sequence = Sequence::new(catalog, spans, values).with_warnings(warnings);
    sequence.check(catalog).map_err(named)?;
    Ok((sequence, played))
}

/// A warning for a recording that does not fill one window.
fn shortness(recording: &Recording, settings: &FeatureSettings) -> Option<Warning> {
    let (found, window) = (recording.duration_s(), settings.window_s);
    if settings.windowing != Windowing::Cover || found >= window {
        return None;
    }
    let window = figure(window);
    let message =
        format!("{found:.2} s long, shorter than a window of {window} s: measured as one window of its length");
    Some(Warning::new(WarningKind::Short, message))
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
