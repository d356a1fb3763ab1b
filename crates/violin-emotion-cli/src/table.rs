//! Plain tables: names to the left, figures to the right.

use violin_emotion::model::Scores;

use crate::failure::printable;

/// A table with its columns aligned; the first column is text, the others are figures.
pub fn aligned(header: &[String], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(header.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string() + "\n"
    };
    let lines = std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
    printable(&lines.map(line).collect::<String>())
}

/// The score table; `n/a` where a figure cannot exist.
pub fn scores(rows: &[Scores]) -> String {
    let figure = |value: Option<f64>| value.map_or_else(|| "n/a".into(), |value| format!("{value:.3}"));
    let mut header: Vec<String> = ["", "mean R²", "JS", "accuracy"].map(String::from).into();
    // Of two shares, as of a scale's ends, each has the R² of the other.
    let by_emotion = rows.first().is_some_and(|row| row.r2.len() > 2);
    header.extend(
        rows.iter().take(usize::from(by_emotion)).flat_map(|row| row.r2.keys().map(|emotion| format!("R² {emotion}"))),
    );
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let fixed =
                [row.name.clone(), figure(row.mean_r2), format!("{:.4}", row.js), format!("{:.2}", row.accuracy)];
            let shown = row.r2.values().take(if by_emotion { usize::MAX } else { 0 });
            fixed.into_iter().chain(shown.map(|&value| figure(value))).collect()
        })
        .collect();
    let mut table = aligned(&header, &lines);
    if lines.iter().flatten().any(|cell| cell == "n/a") {
        table += "n/a: rated alike in all these recordings, so that there is nothing to tell\n";
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_clean() {
        let text = |cells: [&str; 2]| cells.map(String::from).to_vec();
        let table = aligned(&text(["", "R²"]), &[text(["mean label", "-0.040"]), text(["hybrid", "0.1"])]);
        assert_eq!(table, "                R²\nmean label  -0.040\nhybrid         0.1\n");
    }
}
