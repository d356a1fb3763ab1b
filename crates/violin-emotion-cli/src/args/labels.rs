//! Arguments of `labels`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use violin_emotion::data::Scale;

use super::ScoreFormat;

#[derive(Debug, Args)]
pub struct LabelsArguments {
    #[command(subcommand)]
    pub command: LabelsCommand,
}

#[derive(Debug, Subcommand)]
pub enum LabelsCommand {
    /// Make soft labels of several listeners' ratings, and say how far the listeners agree
    FromRatings(FromRatingsArguments),
    /// Say everything that `train` would say of a label file, before any recording is read
    Check(CheckArguments),
}

#[derive(Debug, Args)]
pub struct FromRatingsArguments {
    /// Ratings as CSV: one row a listener and clip, or one row a listener
    #[arg(value_name = "RATINGS")]
    pub ratings: PathBuf,
    /// Label file to write
    #[arg(long, value_name = "CSV")]
    pub out: PathBuf,
    /// The emotions: columns of numbers, the one column that names them, or the endings of a questionnaire's columns
    #[arg(long, value_name = "A,B,…", value_delimiter = ',')]
    pub emotions: Option<Vec<String>>,
    /// Column of the clips, if no name like `clip` or `filename` says so
    #[arg(long, value_name = "COL")]
    pub clip: Option<String>,
    /// Column of the listeners, if no name like `rater` or `participant` says so
    #[arg(long, value_name = "COL")]
    pub rater: Option<String>,
    /// What a scale goes from and to, such as 0..6; else the least and most that is met
    #[arg(long, value_name = "LEAST..MOST", value_parser = scale, allow_hyphen_values = true)]
    pub scale: Option<(f64, f64)>,
    /// Votes that are spread evenly over the emotions of every clip, so that no share is 0
    #[arg(long, value_name = "VOTES", default_value_t = 0.0, allow_negative_numbers = true)]
    pub smoothing: f64,
    /// Folder of the recordings: clips get the names of their files
    #[arg(long, value_name = "DIR")]
    pub audio: Option<PathBuf>,
    /// Leave out the ratings of listeners that are flagged
    #[arg(long)]
    pub without_flagged_raters: bool,
    /// Leave out the clips that are flagged
    #[arg(long)]
    pub without_flagged_clips: bool,
    /// How the agreement is written
    #[arg(long, value_enum, default_value_t = ScoreFormat::Table)]
    pub format: ScoreFormat,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Label file
    #[arg(value_name = "CSV")]
    pub labels: PathBuf,
    /// Folder of the recordings
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    #[command(flatten)]
    pub reading: LabelArguments,
}

/// How a label file is read.
#[derive(Debug, Args)]
pub struct LabelArguments {
    /// Column whose groups (performers, pieces) never stand on both sides of a split
    #[arg(long, value_name = "COL")]
    pub group_by: Option<String>,
    /// Emotion columns, where they cannot be told from the others, or `emotion` for one emotion a recording
    #[arg(long, value_name = "A,B,…", value_delimiter = ',')]
    pub emotions: Option<Vec<String>>,
    /// A scale instead of emotions (valence, arousal): its column, and what it goes from and to
    #[arg(long, value_name = "COL=LEAST..MOST", value_parser = target_scale, conflicts_with_all = ["emotions", "normalise_labels"])]
    pub scale: Option<Scale>,
    /// Rescale rows that do not sum to 1 instead of refusing them
    #[arg(long)]
    pub normalise_labels: bool,
}

/// `valence=1..9`.
pub fn target_scale(text: &str) -> Result<Scale, String> {
    let parts = text.rsplit_once('=').filter(|(column, _)| !column.is_empty());
    let parsed = parts.and_then(|(column, ends)| Some((column, scale(ends).ok()?)));
    let (column, (least, most)) =
        parsed.ok_or("expected COL=LEAST..MOST, two numbers and the first below the second, such as valence=1..9")?;
    Ok(Scale { column: column.into(), least, most })
}

fn scale(text: &str) -> Result<(f64, f64), String> {
    let numbers = text.split_once("..").and_then(|(least, most)| {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        Some((number(least)?, number(most)?))
    });
    numbers.filter(|(least, most)| least < most).ok_or_else(|| "expected LEAST..MOST, such as 0..6".into())
}
