//! `model`: what a model folder says of itself.

use std::io::{Write, stdout};

use violin_emotion::model::{self, EmotionModel};

use super::{Failure, Outcome};
use crate::args::{ModelArguments, ModelCommand};

pub fn run(arguments: &ModelArguments) -> Result<Outcome, Failure> {
    let ModelCommand::Show { folder } = &arguments.command;
    let card = match super::model_folder(folder.as_deref()) {
        Some(folder) => model::read_card(folder)?,
        None => EmotionModel::built_in_card().to_string(),
    };
    // A stranger's card has no say over the terminal.
    let shown = card.chars().filter(|letter| !letter.is_control() || *letter == '\n');
    stdout().write_all(shown.collect::<String>().as_bytes())?;
    Ok(Outcome::Complete)
}
