//! Summaries of values over frames: mean, standard deviation, slope, curve.

/// Frames of the line that is fitted for a slope.
const SLOPE_FRAMES: usize = 9;

/// Mean of the values, summed in f64.
pub fn mean(values: &[f32]) -> f32 {
    (values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64) as f32
}

/// Population standard deviation of the values.
pub fn standard_deviation(values: &[f32]) -> f32 {
    let count = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    (values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count).sqrt() as f32
}

/// Fills `column` with one column of a table of `width` columns.
pub fn column(table: &[f32], width: usize, number: usize, column: &mut Vec<f32>) {
    column.clear();
    column.extend(table.iter().skip(number).step_by(width));
}

/// Fills `slopes` with the slope, a frame, of the line through each value and the four on either side (least squares;
/// `librosa.feature.delta` with its defaults). The first and last four frames have the slope of the nearest full line.
/// Fewer than nine values: the slope of the one line through all.
pub fn slopes(values: &[f32], slopes: &mut Vec<f32>) {
    let width = SLOPE_FRAMES.min(values.len());
    slopes.clear();
    slopes.extend(values.windows(width).map(line_slope));
    let (before, after) = (width / 2, width - 1 - width / 2);
    let (Some(&first), Some(&last)) = (slopes.first(), slopes.last()) else {
        return;
    };
    slopes.splice(..0, std::iter::repeat_n(first, before));
    slopes.extend(std::iter::repeat_n(last, after));
}

fn line_slope(values: &[f32]) -> f32 {
    let middle = (values.len() - 1) as f64 / 2.0;
    let (mut weighted, mut squares) = (0.0, 0.0);
    for (at, &value) in values.iter().enumerate() {
        let x = at as f64 - middle;
        weighted += x * f64::from(value);
        squares += x * x;
    }
    if squares > 0.0 { (weighted / squares) as f32 } else { 0.0 }
}

/// The values at `points` places spread evenly from the first to the last, linearly interpolated.
pub fn curve<const POINTS: usize>(values: &[f32]) -> [f32; POINTS] {
    let last = values.len() - 1;
    std::array::from_fn(|point| {
        let place = last as f64 * point as f64 / (POINTS - 1) as f64;
        let before = (place as usize).min(last);
        let share = place - before as f64;
        let (left, right) = (f64::from(values[before]), f64::from(values[(before + 1).min(last)]));
        (left + share * (right - left)) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_has_its_slope_everywhere_and_a_constant_none() {
        let mut found = Vec::new();
        for count in [2, 5, 9, 10, 30] {
            let ramp: Vec<f32> = (0..count).map(|n| 3.0 + 0.5 * n as f32).collect();
            slopes(&ramp, &mut found);
            assert_eq!(found, vec![0.5; count]);
        }
        slopes(&[7.0; 12], &mut found);
        assert_eq!(found, [0.0; 12]);
        slopes(&[7.0], &mut found);
        assert_eq!(found, [0.0]);
    }

    #[test]
    fn a_curve_keeps_its_ends_and_its_lines() {
        assert_eq!(curve::<5>(&[0.0, 4.0]), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(curve::<3>(&[2.0]), [2.0; 3]);
        assert_eq!(curve::<2>(&[1.0, 5.0, 9.0]), [1.0, 9.0]);
    }

    #[test]
    fn the_deviation_is_the_populations() {
        assert_eq!(standard_deviation(&[1.0, 3.0]), 1.0);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        let mut second = Vec::new();
        column(&[1.0, 2.0, 3.0, 4.0], 2, 1, &mut second);
        assert_eq!(second, [2.0, 4.0]);
    }
}
