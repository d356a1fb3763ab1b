//! The command line of Violin Emotion Analysis: data on stdout, progress on stderr, a hint after every error.

mod args;
mod commands;
mod failure;
mod inputs;
mod interrupt;
mod npz;
mod out;
mod progress;
mod table;
mod wav;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Arguments, Command};
use commands::{Failure, Outcome};

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    interrupt::listen();
    match commands::evaluate::replay::arguments(&words).and_then(|arguments| run(&arguments)) {
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    commands::use_threads(arguments.command.jobs())?;
    match &arguments.command {
        Command::Demo(demo) => commands::demo::run(demo),
        Command::Render(render) => commands::render::run(render),
        Command::Labels(labels) => commands::labels::run(labels),
        Command::Audit(audit) => commands::audit::run(audit),
        Command::Features(features) => commands::features::run(features),
        Command::Denoise(denoise) => commands::denoise::run(denoise),
        Command::Notes(notes) => commands::notes::run(notes),
        Command::Augment(augment) => commands::augment::run(augment),
        Command::Train(train) => commands::train::run(train),
        Command::Model(model) => commands::model::run(model),
        Command::Evaluate(evaluate) => commands::evaluate::run(evaluate),
        Command::Predict(predict) => commands::predict::run(predict),
        #[cfg(feature = "parquet")]
        Command::Merge(merge) => commands::merge::run(merge),
        Command::Explain(explain) => commands::explain::run(explain),
        Command::Compare(compare) => commands::compare::run(compare),
        Command::Report(report) => commands::report::run(report),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => commands::serve::run(serve),
    }
}
