//! What sounds at every moment and frequency, drawn one panel above the other.

use std::collections::BTreeMap;

use super::colours::QUIET;
use super::scale::Scale;
use super::svg::{Anchor, Canvas, HEADING, MARGIN, NOTHING, SMALL, WIDTH, pixel, segment};
use crate::dsp::overlap_add::{OverlapAdd, Spectrum};

/// Samples of a frame.
const FRAME: usize = 2048;
/// Cells of a panel.
const COLUMNS: usize = 320;
const ROWS: usize = 96;
/// The highest frequency shown, kHz, and half the sample rate that all recordings have.
const TOP_KHZ: f64 = 12.0;
const NYQUIST_KHZ: f64 = 22.05;
/// From the loudest cell of the first panel down to white, dB.
const RANGE_DB: f32 = 80.0;
/// Levels told apart: white is the ninth.
const SHADES: [&str; 8] = ["#e6ebf5", "#c6d3ea", "#9fb6dd", "#7396cd", "#4a76b8", "#2f5796", "#1d3a6d", "#0b1f42"];
const LEFT: f64 = MARGIN + 30.0;
const HEIGHT: f64 = 230.0;

/// One panel: the loudest level in every cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrogram {
    /// Above the panel.
    pub name: String,
    /// dB, column by column from the first moment on, in a column from the lowest frequency on.
    pub levels_db: Vec<f32>,
}

/// The figure: panels of one recording, in one scale of levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrograms {
    /// Above all.
    pub title: String,
    /// Length of the recording, seconds.
    pub duration_s: f64,
    /// From the top.
    pub panels: Vec<Spectrogram>,
}

impl Spectrogram {
    /// The levels of mono samples at 44.1 kHz, up to 12 kHz.
    pub fn of(name: &str, samples: &[f32]) -> Self {
        let mut transform = OverlapAdd::new(FRAME);
        let frames = transform.frames(samples.len());
        let shown = (TOP_KHZ / NYQUIST_KHZ * (transform.bins() - 1) as f64) as usize;
        let (mut spectrum, mut power) = (Spectrum::new(transform.bins()), vec![0.0; shown]);
        let mut powers = vec![0f32; COLUMNS * ROWS];
        for (column, cells) in powers.chunks_exact_mut(ROWS).enumerate() {
            // A short recording has fewer frames than columns: one is shown in several.
            let first = column * frames / COLUMNS;
            for frame in first..((column + 1) * frames / COLUMNS).max(first + 1) {
                transform.spectrum(samples, frame, &mut spectrum);
                spectrum.power(&mut power);
                for (bin, power) in power.iter().enumerate() {
                    let cell = &mut cells[bin * ROWS / shown];
                    *cell = cell.max(*power);
                }
            }
        }
        let level = |power: f32| 10.0 * power.max(f32::MIN_POSITIVE).log10();
        Spectrogram { name: name.into(), levels_db: powers.into_iter().map(level).collect() }
    }
}

impl Spectrograms {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.title);
        let Some(first) = self.panels.first() else {
            canvas.paragraph(NOTHING, SMALL);
            return canvas.finish(NOTHING, "");
        };
        let loudest = first.levels_db.iter().copied().fold(f32::MIN, f32::max);
        let time = Scale::new(0.0, self.duration_s, LEFT, WIDTH - MARGIN);
        for panel in &self.panels {
            canvas.below += HEADING.line() + 8.0;
            canvas.text(LEFT, canvas.below - 6.0, Anchor::Start, HEADING, &panel.name);
            let top = canvas.below;
            let frequency = Scale::new(0.0, TOP_KHZ, top + HEIGHT, top);
            panel.draw(&mut canvas, loudest, top);
            for khz in [0.0, 4.0, 8.0, 12.0] {
                let y = frequency.at(khz);
                canvas.stroke(&segment((LEFT - 4.0, y), (LEFT, y)), QUIET, 1.0, "", "");
                canvas.text(LEFT - 7.0, y + 4.0, Anchor::End, SMALL, &khz.to_string());
            }
            canvas.below += HEIGHT;
        }
        for (x, number) in time.ticks(60.0, false) {
            canvas.text(x, canvas.below + 14.0, Anchor::Middle, SMALL, &number);
        }
        canvas.below += 2.0 * SMALL.line();
        canvas.text((LEFT + WIDTH - MARGIN) / 2.0, canvas.below - 2.0, Anchor::Middle, SMALL, "seconds");
        let names: Vec<&str> = self.panels.iter().map(|panel| panel.name.as_str()).collect();
        let description = format!("Spectrograms up to {TOP_KHZ} kHz: {}", names.join(", "));
        let footnote =
            format!("kHz over seconds; from the loudest of the first panel (dark) to {RANGE_DB} dB below (white)");
        canvas.finish(&description, &footnote)
    }
}

impl Spectrogram {
    /// One path a shade: thousands of cells are a few elements so.
    fn draw(&self, canvas: &mut Canvas, loudest: f32, top: f64) {
        let (width, height) = ((WIDTH - MARGIN - LEFT) / COLUMNS as f64, HEIGHT / ROWS as f64);
        let shade = |column: usize, row: usize| {
            let level = self.levels_db.get(column * ROWS + row).copied().unwrap_or(f32::MIN);
            let share = (level - loudest + RANGE_DB) / RANGE_DB;
            ((share * (SHADES.len() + 1) as f32) as usize).min(SHADES.len())
        };
        let mut paths: BTreeMap<usize, String> = BTreeMap::new();
        for row in 0..ROWS {
            let y = pixel(top + HEIGHT - (row as f64 + 0.5) * height);
            let mut start = 0;
            for column in 1..=COLUMNS {
                let shown = shade(start, row);
                if column == COLUMNS || shade(column, row) != shown {
                    if shown > 0 {
                        let (x, length) = (pixel(LEFT + start as f64 * width), pixel((column - start) as f64 * width));
                        *paths.entry(shown).or_default() += &format!("M{x} {y}h{length}");
                    }
                    start = column;
                }
            }
        }
        for (shown, path) in paths {
            // A little more than a row, so that no seam is left between two.
            canvas.stroke(&path, SHADES[shown - 1], height + 0.3, "", "cells");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks::{checked, class};

    /// A picture that a mail can carry, bytes.
    const LARGEST: usize = 1_500_000;

    fn sine(seconds: f64) -> Vec<f32> {
        let sample = |n: usize| 0.5 * (std::f64::consts::TAU * 3_100.0 * n as f64 / 44_100.0).sin() as f32;
        (0..(44_100.0 * seconds) as usize).map(sample).collect()
    }

    #[test]
    fn a_sine_is_a_dark_line_at_its_place() {
        for seconds in [0.5, 4.0] {
            let panel = Spectrogram::of("before", &sine(seconds));
            for column in [0, COLUMNS / 2, COLUMNS - 2] {
                let levels = &panel.levels_db[column * ROWS..][..ROWS];
                let loudest = (0..ROWS).max_by(|a, b| levels[*a].total_cmp(&levels[*b])).expect("rows");
                assert_eq!(loudest, (3.1 / TOP_KHZ * ROWS as f64) as usize, "{seconds} s, column {column}");
            }
        }
    }

    #[test]
    fn the_page_is_whole_and_small_also_for_noise() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Level that changes all the time: no two cells alike.
            (state >> 8) as f32 / (1 << 23) as f32 * ((state >> 12) % 7) as f32
        };
        let noise: Vec<f32> = (0..400_000).map(|_| noise()).collect();
        for (samples, duration_s) in [(noise, 9.07), (sine(1.0), 1.0), (vec![0.0; 30_000], 0.68)] {
            let panels = vec![Spectrogram::of("before", &samples), Spectrogram::of("after", &samples)];
            let svg = Spectrograms { title: "take.wav: noise reduction".into(), duration_s, panels }.svg();
            let page = checked(&svg);
            assert!(svg.len() < LARGEST, "{} bytes", svg.len());
            assert!(class(&page, "cells").len() <= 2 * SHADES.len());
        }
        assert!(Spectrograms { title: "t".into(), duration_s: 1.0, panels: vec![] }.svg().contains(NOTHING));
    }
}
