//! `predict`: a model's answers, in input order, one row a recording whatever happens to it.

mod answers;

use std::path::Path;

use violin_emotion::analysis::Analysis;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::features::FeatureCache;
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline;

use super::in_order::{in_order, outcome};
use super::{Failure, Outcome};
use crate::args::{AnswerFormat, PredictArguments};
use crate::inputs::{self, Input};
pub use answers::Answers;

pub fn run(arguments: &PredictArguments) -> Result<Outcome, Failure> {
    let model = super::model(arguments.model.as_deref())?;
    let inputs = inputs::recordings(&arguments.inputs)?;
    super::not_over_any(inputs::files(&arguments.inputs, &inputs), arguments.out.as_deref())?;
    #[cfg(feature = "parquet")]
    if let Some(shard) = arguments.shard {
        return answer_shard(shard, arguments, &model, &inputs);
    }
    let names: Vec<_> = inputs.iter().map(|input| input.name().to_path_buf()).collect();
    let format = arguments.format.unwrap_or(AnswerFormat::Table);
    let mut answers = Answers::open(format, arguments.timeline, arguments.out.as_deref(), &model, &names)?;
    let failed = answer_all(&inputs, &model, None, |name, analysis| answers.push(name, &analysis))?;
    answers.finish()?;
    Ok(outcome(failed, inputs.len(), "answered"))
}

/// Answers all recordings, and gives each answer to `take`; how many could not be answered.
fn answer_all(
    inputs: &[Input],
    model: &EmotionModel,
    cache: Option<&FeatureCache>,
    mut take: impl FnMut(&Path, Analysis) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let (audio, features) = (&model.config().audio, &model.config().features);
    let answer = |input: &Input| {
        let (measured, _) = input.measure(audio, features, &Augmentation::default(), cache)?;
        pipeline::analyze_measured(&input.name().display().to_string(), &measured, model)
    };
    in_order(inputs, "listening", answer, |name, analysis| {
        take(name, analysis.unwrap_or_else(|error| Analysis::failed(&name.display().to_string(), &error)))
    })
}

#[cfg(feature = "parquet")]
fn answer_shard(
    shard: violin_emotion::report::Shard,
    arguments: &PredictArguments,
    model: &EmotionModel,
    inputs: &[Input],
) -> Result<Outcome, Failure> {
    use super::shard::{self, Begun};
    use violin_emotion::report::Table;
    use violin_emotion::{Checksum, Error};

    if let Some(other) = arguments.format.filter(|format| *format != AnswerFormat::Parquet) {
        return Err(Error::config("--format", "parquet with --shard", format!("{other:?}").to_lowercase()).into());
    }
    let files: Vec<_> = model.files().into_iter().map(|(name, bytes)| (name, Checksum::of(&bytes))).collect();
    let run = shard::run("predict", serde_json::json!([files, arguments.timeline]), inputs);
    let own = &inputs[shard.range(inputs.len())];
    let failed = match shard::begin(shard, run, own, arguments.out.as_deref(), Table::answers())? {
        Begun::IsThere { failed } => failed,
        Begun::Open(mut part) => {
            let cache = part.cache()?;
            let answered = answer_all(own, model, Some(&cache), |_, analysis| {
                let shown = if arguments.timeline { analysis } else { analysis.without_timeline() };
                part.push(Table::of_answer(&shown))
            });
            let failed = answered.inspect_err(|_| part.stopped())?;
            part.finish(failed)?;
            failed
        }
    };
    Ok(outcome(failed, own.len(), "answered"))
}
