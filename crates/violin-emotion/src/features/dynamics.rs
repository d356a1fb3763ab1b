//! Level and its course.

use super::Row;
use crate::dsp::level::root_mean_square;
use crate::dsp::summary::{curve, mean, standard_deviation};

/// Measures a window's level; `rms` is scratch memory.
pub(super) fn put(samples: &[f32], rms: &mut Vec<f32>, row: &mut Row) {
    root_mean_square(samples, rms);
    row.put(("rms_mean", 0), mean(rms));
    row.put(("rms_sd", 0), standard_deviation(rms));
    row.put_all("rms_curve", &curve::<20>(rms));
}
