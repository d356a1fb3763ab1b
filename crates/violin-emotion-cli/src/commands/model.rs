//! `model`: what a model folder says of itself.

use std::io::{Write, stdout};

use violin_emotion::model::{self, EmotionModel};

use super::{Failure, Outcome};
use crate::args::{ModelArguments, ModelCommand};
use crate::failure::printable;

pub fn run(arguments: &ModelArguments) -> Result<Outcome, Failure> {
    let ModelCommand::Show { folder } = &arguments.command;
    let card = match super::model_folder(folder.as_deref()) {
        Some(folder) => model::read_card(folder)?,
        None => EmotionModel::built_in_card().to_string(),
    };
    stdout().write_all(printable(&card).as_bytes())?;
    Ok(Outcome::Complete)
}
