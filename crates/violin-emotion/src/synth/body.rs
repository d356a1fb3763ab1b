//! The instrument's body: fixed resonances that every partial is heard through.
//!
//! A partial that vibrato moves across them changes in amplitude, which is much of what makes a violin one.

use std::sync::LazyLock;

/// Nothing sounds above, Hz.
pub(super) const HIGHEST_HZ: f64 = 16_000.0;
/// Where the fade to [`HIGHEST_HZ`] begins, so that partials do not drop in and out.
const FADE_HZ: f64 = 15_000.0;
/// Distance of the table's entries; the narrowest resonance is nine times as wide.
const STEP_HZ: f64 = 2.0;

/// The modes below 700 Hz (frequency Hz, quality factor, gain dB): A0 of the air, CBR, B1− and B1+ of the corpus, one more.
/// Frequencies as they are commonly reported of violins (E. V. Jansson, "Acoustics for violin and guitar makers", 2002).
const SIGNATURE: [(f64, f64, f64); 5] =
    [(275.0, 14.0, -5.0), (400.0, 22.0, -8.0), (455.0, 26.0, 0.0), (545.0, 28.0, 3.0), (640.0, 24.0, -4.0)];
/// Plate modes above: their number, first and last frequency, quality factor.
const PLATE_MODES: usize = 72;
const PLATE_LOW_HZ: f64 = 720.0;
const PLATE_HIGH_HZ: f64 = 14_000.0;
const PLATE_QUALITY: f64 = 40.0;
/// How far single plate modes stand above or below their neighbourhood, dB.
const PLATE_UNEVENNESS_DB: f64 = 6.0;
/// The plate modes' mean gain: frequency Hz, dB; straight lines over log frequency. The rise at 2–3 kHz is the bridge
/// hill. Set so that the long-term spectrum of a rendered corpus is that of recorded solo violin.
const NEIGHBOURHOOD: [(f64, f64); 9] = [
    (700.0, -3.0),
    (1_000.0, -4.0),
    (1_300.0, -9.0),
    (1_600.0, -9.0),
    (2_000.0, 1.0),
    (2_700.0, -1.0),
    (4_000.0, -5.5),
    (8_000.0, -12.5),
    (16_000.0, -17.0),
];

/// Gain over frequency.
pub(super) struct Body {
    gains: Vec<f32>,
}

impl Body {
    /// The one instrument there is.
    pub fn violin() -> &'static Self {
        static VIOLIN: LazyLock<Body> = LazyLock::new(Body::new);
        &VIOLIN
    }

    fn new() -> Self {
        let modes = modes();
        let entries = (HIGHEST_HZ / STEP_HZ) as usize + 2;
        let gains = (0..entries).map(|at| response(&modes, at as f64 * STEP_HZ) as f32).collect();
        Body { gains }
    }

    /// Amplitude factor at `hz` ≥ 0; 0 from [`HIGHEST_HZ`] on.
    pub fn gain(&self, hz: f64) -> f32 {
        let place = hz / STEP_HZ;
        let at = place as usize;
        match self.gains.get(at..at + 2) {
            Some(&[below, above]) => below + (above - below) * (place - at as f64) as f32,
            _ => 0.0,
        }
    }
}

/// A damped resonance: 1 × `gain` at its frequency.
struct Mode {
    hz: f64,
    quality: f64,
    gain: f64,
}

fn modes() -> Vec<Mode> {
    let signature = SIGNATURE.map(|(hz, quality, db)| Mode { hz, quality, gain: amplitude(db) });
    let mut modes = Vec::from(signature);
    for at in 0..PLATE_MODES {
        // Two golden-ratio sequences: uneven, the same every time.
        let uneven = (at as f64 * 0.618_033_988_75).fract() * 2.0 - 1.0;
        let shifted = (at as f64 * 0.754_877_666_25).fract() - 0.5;
        let place = (at as f64 + 0.8 * shifted) / (PLATE_MODES - 1) as f64;
        let hz = PLATE_LOW_HZ * (PLATE_HIGH_HZ / PLATE_LOW_HZ).powf(place.max(0.0));
        let sign = if (at as f64 * 0.569_840_290_99).fract() < 0.5 { 1.0 } else { -1.0 };
        let gain = sign * amplitude(neighbourhood(hz) + PLATE_UNEVENNESS_DB * uneven);
        modes.push(Mode { hz, quality: PLATE_QUALITY, gain });
    }
    modes
}

/// Magnitude of the sum of all modes at `hz`, faded out towards [`HIGHEST_HZ`].
fn response(modes: &[Mode], hz: f64) -> f64 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for mode in modes {
        // gain · jd / (1 − r² + jd), r = hz / mode.hz, d = r / quality
        let ratio = hz / mode.hz;
        let damping = ratio / mode.quality;
        let detuning = 1.0 - ratio * ratio;
        let scale = mode.gain * damping / (detuning * detuning + damping * damping);
        real += scale * damping;
        imaginary += scale * detuning;
    }
    let fade = ((HIGHEST_HZ - hz) / (HIGHEST_HZ - FADE_HZ)).clamp(0.0, 1.0);
    fade * real.hypot(imaginary)
}

fn neighbourhood(hz: f64) -> f64 {
    let above = NEIGHBOURHOOD.iter().position(|point| point.0 > hz).unwrap_or(NEIGHBOURHOOD.len() - 1).max(1);
    let ((low_hz, low_db), (high_hz, high_db)) = (NEIGHBOURHOOD[above - 1], NEIGHBOURHOOD[above]);
    low_db + (high_db - low_db) * (hz / low_hz).ln() / (high_hz / low_hz).ln()
}

/// Decibels → amplitude factor.
pub(super) fn amplitude(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}
